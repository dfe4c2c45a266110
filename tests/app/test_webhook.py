"""Stories of the webhook: who may post, what is kept of it, and what happens when it can't be."""

from __future__ import annotations

import sqlite3

import pytest

from tests.app.conftest import Web
from tests.app.happenings import AMY, GROUP, happening, mention, text
from tests.running import PROJECT

#: LINE's own example.
EMPTY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


# --- who may post ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x-line-signature", "X-Line-Signature", "X-LINE-SIGNATURE"])
def test_the_consoles_verify_button_gets_its_200_however_the_header_is_written(
    web: Web, name: str
) -> None:
    answer = web.posts(EMPTY, {name: SIGNATURE})
    assert answer.status_code == 200
    assert web.waiting() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-line-signature": ""},
        {"x-line-signature": SIGNATURE},
        {"x-line-signature": "錯的簽章"},
        {"x-line-signatures": SIGNATURE},
    ],
    ids=["no-header", "empty", "of-another-body", "not-ascii", "another-header"],
)
def test_who_did_not_sign_gets_401_and_nothing_is_stored(web: Web, headers: dict[str, str]) -> None:
    body = b'{"destination":"U","events":[{"type":"message"}]}'
    answer = web.posts(body, headers)
    assert answer.status_code == 401
    assert web.waiting() == 0
    assert not web.woken()


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b'"events"', b"{}", b'{"events":{}}'])
def test_what_is_signed_but_no_webhook_gets_400(web: Web, body: bytes) -> None:
    assert web.sends_raw(body).status_code == 400
    assert web.waiting() == 0


def test_a_webhook_with_any_content_type_is_taken(web: Web) -> None:
    answer = web.posts(EMPTY, {"x-line-signature": SIGNATURE, "Content-Type": "text/plain"})
    assert answer.status_code == 200


# --- what is kept ------------------------------------------------------------------------------


def test_a_message_is_stored_and_its_chat_woken(web: Web) -> None:
    answer = web.sends(text("你好嗎？"))
    assert (answer.status_code, answer.json_body) == (200, {})
    assert web.waiting() == 1
    assert web.woken() == {f"user:{AMY}"}


def test_several_peoples_events_of_one_webhook_are_all_stored(web: Web) -> None:
    ben = AMY[:-1] + "0"
    web.sends(text("你好嗎？"), text("我也在", chat=ben, user=ben), mention("大家好？"))
    assert web.waiting() == 3
    assert web.woken() == {f"user:{AMY}", f"user:{ben}", f"group:{GROUP}"}


def test_an_event_that_comes_again_is_stored_once(web: Web) -> None:
    event = text("你好嗎？")
    web.sends(event)
    again = {**event, "deliveryContext": {"isRedelivery": True}}
    assert web.sends(again).status_code == 200
    assert web.sends(event, event).status_code == 200
    assert web.waiting() == 1


def test_an_event_without_an_id_is_stored_once_too(web: Web) -> None:
    event = text("你好嗎？")
    del event["webhookEventId"]
    web.sends(event)
    web.sends({**event, "deliveryContext": {"isRedelivery": True}})
    assert web.waiting() == 1


def test_in_standby_nothing_is_stored(web: Web) -> None:
    event = {**text("你好嗎？"), "mode": "standby"}
    assert web.sends(event).status_code == 200
    assert web.waiting() == 0


def test_an_unknown_event_costs_the_others_nothing(web: Web) -> None:
    strangers = [
        happening("hologram", hologram={"depth": 3}),
        happening("message", message={"id": "1", "type": "smell"}),
        {**text("哪裡來的？"), "source": {"type": "satellite", "satelliteId": "S1"}},
        {"type": "message"},
        {},
    ]
    assert web.sends(*strangers, text("你好嗎？"), *strangers).status_code == 200
    assert web.waiting() == 1


def test_words_of_a_group_that_are_not_for_the_bot_are_not_stored(web: Web) -> None:
    sticker = happening("message", chat=GROUP, message={"id": "1", "type": "sticker"})
    web.sends(text("午餐吃什麼？", chat=GROUP), sticker)
    assert web.waiting() == 0
    assert "午餐" not in stored(web)


def test_a_mention_or_a_command_in_a_group_is_stored(web: Web) -> None:
    web.sends(mention("午餐吃什麼？"), text("/說明", chat=GROUP))
    assert web.waiting() == 2


def stored(web: Web) -> str:
    """All words that the store holds."""
    with web.database.read() as connection:
        return str([tuple(row) for row in connection.execute("SELECT text FROM words")])


# --- when it can't be kept ---------------------------------------------------------------------


def test_a_store_that_another_process_locks_makes_a_503_and_the_redelivery_is_stored_once(
    web: Web,
) -> None:
    # The store waits 5 s for others; here its one writing connection is told to be less patient.
    web.database._writer.execute("PRAGMA busy_timeout = 20")
    event = text("你好嗎？")
    other = sqlite3.connect(web.data / "liao.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        answer = web.sends(event)
        assert answer.status_code == 503
        assert "another process keeps it locked" in answer.json_body["message"]
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert web.waiting() == 0
    assert web.sends({**event, "deliveryContext": {"isRedelivery": True}}).status_code == 200
    assert web.waiting() == 1


def test_a_data_file_that_is_none_makes_a_503_that_says_what_to_do(web: Web) -> None:
    web.data.mkdir()
    (web.data / "liao.db").write_bytes(b"certainly not a database " * 100)
    for answer in (web.sends(text("你好嗎？")), web.get("/health")):
        assert answer.status_code == 503
        assert "move it away to begin anew" in answer.json_body["message"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LINE_CHANNEL_SECRET", "", "LINE_CHANNEL_SECRET is missing: copy it from"),
        ("LIAO_PUSH", "maybe", "LIAO_PUSH='maybe' is not one of: never, late, all"),
        ("LIAO_DATA_DIR", str(PROJECT / "data"), "lies inside the project"),
    ],
)
def test_a_setting_that_will_not_do_makes_a_503_that_names_it(
    web: Web, name: str, value: str, sentence: str
) -> None:
    web.setting(name, value)
    for answer in (web.sends(text("你好嗎？")), web.get("/health")):
        assert answer.status_code == 503
        said = answer.json_body["message"]
        assert name in said
        assert sentence in said
        assert "\n" not in said


def test_once_the_missing_setting_is_there_it_works_without_a_restart(web: Web) -> None:
    secret = web.secret
    web.setting("LINE_CHANNEL_SECRET", "")
    assert web.sends(text("你好嗎？")).status_code == 503
    web.setting("LINE_CHANNEL_SECRET", secret)
    assert web.sends(text("你好嗎？")).status_code == 200
