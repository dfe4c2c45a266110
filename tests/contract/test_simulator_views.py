"""What the simulator tells of itself, piece by piece, to whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.model_api.images import paint
from tests.simulated import Receiver, Simulated

Json = dict[str, Any]
WIDTH, HEIGHT = 1_200, 405


def asked(sim: Simulated, where: str) -> Json:
    found: Json = sim.http.get(f"/sim{where}").json()
    return found


def line(sim: Simulated, path: str, body: Json) -> Json:
    bearer = {"authorization": f"Bearer {sim.token}"}
    answer = sim.http.post(f"/line/v2/bot{path}", json=body, headers=bearer)
    assert answer.is_success, answer.text
    return dict(answer.json())


def menu(sim: Simulated, alias: str) -> str:
    """A rich menu with a picture and an alias; its id."""
    size = {"width": WIDTH, "height": HEIGHT}
    area = {
        "bounds": {"x": 0, "y": 0, **size},
        "action": {"type": "richmenuswitch", "richMenuAliasId": "more", "data": "to more"},
    }
    body = {"size": size, "selected": False, "name": alias, "chatBarText": alias, "areas": [area]}
    made = str(line(sim, "/richmenu", body)["richMenuId"])
    uploaded = sim.http.post(
        f"/line/v2/bot/richmenu/{made}/content",
        content=paint(alias, WIDTH, HEIGHT),
        headers={"authorization": f"Bearer {sim.token}", "content-type": "image/png"},
    )
    assert uploaded.is_success, uploaded.text
    line(sim, "/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": made})
    return made


def test_a_chat_is_read_backwards_piece_by_piece(sim: Simulated) -> None:
    amy = sim.user("Amy")
    for number in range(7):
        sim.text(amy, str(number))
    newest = asked(sim, f"/chats/{amy}?limit=3")["messages"]
    assert [one["content"]["text"] for one in newest] == ["4", "5", "6"]
    before = asked(sim, f"/chats/{amy}?limit=3&before={newest[0]['seq']}")["messages"]
    assert [one["content"]["text"] for one in before] == ["1", "2", "3"]
    first = asked(sim, f"/chats/{amy}?limit=3&before={before[0]['seq']}")["messages"]
    assert [one["content"]["text"] for one in first] == ["0"]


@pytest.mark.parametrize(
    ("where", "name"),
    [("/webhooks", "webhooks"), ("/calls", "calls"), ("/model/requests", "requests")],
)
def test_the_last_entries_of_a_journal_are_told_alone_and_all_are_counted(
    sim: Simulated, where: str, name: str
) -> None:
    amy, before = sim.user("Amy"), asked(sim, where)["count"]
    for number in range(4):
        sim.text(amy, str(number), wait=True)
        sim.http.get("/line/v2/bot/info", headers={"authorization": f"Bearer {sim.token}"})
        prompt = {"model": "demo", "messages": [{"role": "user", "content": str(number)}]}
        key = {"authorization": "Bearer any"}
        sim.http.post("/openai/v1/chat/completions", json=prompt, headers=key)
    told = asked(sim, f"{where}?limit=2")
    assert told["count"] == before + 4
    assert [entry["seq"] for entry in told[name]] == [
        entry["seq"] for entry in asked(sim, where)[name][-2:]
    ]
    assert asked(sim, f"{where}?limit=0")[name] == []


@pytest.mark.parametrize(
    ("wanted", "status", "raw", "told"),
    [
        ("", 200, b"0123456789", None),
        ("bytes=0-", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=1-2,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_player_that_seeks_gets_the_piece_it_asks_for(
    sim: Simulated, amy: str, wanted: str, status: int, raw: bytes, told: str | None
) -> None:
    sent = sim.media(amy, b"0123456789", kind="video", media_type="video/mp4", duration=10)
    found = sim.http.get(f"/sim/media/{sent.message_id}", headers={"range": wanted})
    assert (found.status_code, found.content) == (status, raw)
    assert found.headers.get("content-range") == told


def test_who_sees_which_rich_menu_is_told_with_its_picture(sim: Simulated) -> None:
    assert sim.state()["menus"] == {"default": None, "linked": {}, "menus": []}
    first = menu(sim, "first")
    line(sim, f"/user/all/richmenu/{first}", {})
    told = sim.state()["menus"]
    assert told["default"] == first
    assert [one["richMenuId"] for one in told["menus"]] == [first]
    picture = sim.http.get(f"/sim/menus/{first}")
    assert picture.content == paint("first", WIDTH, HEIGHT)
    assert picture.headers["content-type"] == "image/png"
    assert sim.http.get("/sim/menus/richmenu-none").status_code == 404


def test_a_tap_that_leads_to_another_rich_menu_links_it_and_tells_the_bot(
    sim: Simulated, bot: Receiver
) -> None:
    amy = sim.user("Amy")
    menu(sim, "first")
    tap = {"user": amy, "alias": "more", "data": "to more", "wait": True}
    sim.http.post("/sim/menu", json=tap)
    more = menu(sim, "more")
    sim.http.post("/sim/menu", json=tap)
    assert sim.state()["menus"]["linked"] == {amy: more}
    told = [event["postback"]["params"] for event in bot.wait_for_events(2)]
    assert told == [
        {"newRichMenuAliasId": "more", "status": "RICHMENU_ALIAS_ID_NOTFOUND"},
        {"newRichMenuAliasId": "more", "status": "SUCCESS"},
    ]
