"""Each limit of LINE's, below it, at it, and above it: what is kept and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.ids import quote_token, user_id
from tests.contract.bodies import (
    NOBODY,
    PICTURE,
    action,
    buttons,
    carousel,
    chips,
    column,
    confirm,
    flex,
    image_map,
    text,
    words,
)
from tests.contract.limited import limited, rule_at
from tests.contract.limits import LIMITS, Limit
from tests.contract.spec import FILE, Exchange
from tests.simulated import Simulated, simulated

Json = dict[str, Any]
REPLY = "/line/v2/bot/message/reply"
PUSH = "/line/v2/bot/message/push"
LOADING = "/line/v2/bot/chat/loading/start"


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


def call(sim: Simulated, path: str, body: Any, *, verb: str = "POST", **headers: str) -> Exchange:
    """Call the API with a body of any kind, and check the answer by LINE's file."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    given = {"authorization": f"Bearer {sim.token}", "content-type": "application/json", **headers}
    response = sim.http.request(verb, path, content=raw, headers=given)
    exchange = Exchange(
        method=verb,
        url=f"{sim.url}{path}",
        headers=given,
        body=raw,
        status=response.status_code,
        answer=response.content,
        answer_headers=dict(response.headers),
    )
    assert response.headers["x-line-request-id"]
    if FILE.exists():
        exchange.check_response()
        if exchange.status < 400:
            exchange.check_request()
    return exchange


def reply(sim: Simulated, messages: Any, **more: Any) -> Exchange:
    """Reply with a fresh token."""
    token = sim.text(sim.user("Amy"), "hi").token
    return call(sim, REPLY, {"replyToken": token, "messages": messages, **more})


def complete(limit: Limit, size: int, *, token: str, amy: str) -> Json:
    """A body with so many of a thing, and with whom it is for."""
    whose: Json = {PUSH: {"to": amy}, REPLY: {"replyToken": token}}.get(limit.asking.path, {})
    return {**whose, **limit.build(size)}


def ask(sim: Simulated, limit: Limit, size: int) -> Exchange:
    """Send so many of a thing."""
    amy = sim.user("Amy")
    body = complete(limit, size, token=str(sim.text(amy, "hi").token), amy=amy)
    return call(sim, limit.asking.path, body, verb=limit.asking.verb)


def message_of(exchange: Exchange) -> Json:
    body: Json = json.loads(exchange.answer)
    return body


@pytest.mark.parametrize("what", LIMITS)
def test_below_and_at_the_limit_it_is_taken_beyond_it_is_refused(sim: Simulated, what: str) -> None:
    limit = LIMITS[what]
    within, beyond = limit.sizes()
    taken = {size: ask(sim, limit, size).status for size in within}
    refused = {size: ask(sim, limit, size).status for size in beyond}
    assert taken == dict.fromkeys(within, limit.asking.taken)
    assert refused == dict.fromkeys(beyond, 400)


def test_every_rule_with_a_limit_is_what_refuses_one_of_them() -> None:
    tried = set()
    for limit in LIMITS.values():
        for size in limit.sizes()[1]:
            body = complete(limit, size, token="x", amy=NOBODY)
            problem = next(iter(limit.asking.rule.problems(body, ())))
            tried.add(id(rule_at(limit.asking.rule, body, problem.path)))
    assert {where for key, where in limited().items() if key not in tried} == set()


@pytest.mark.parametrize(("seconds", "status"), [(7, 400), (0, 400), (-5, 400), (20, 202)])
def test_dots_show_in_steps_of_5_seconds(sim: Simulated, seconds: int, status: int) -> None:
    body = {"chatId": sim.user("Amy"), "loadingSeconds": seconds}
    assert call(sim, LOADING, body).status == status


def test_a_flex_bubble_holds_30_kilobytes(sim: Simulated) -> None:
    room = 30 * 1024 - len(json.dumps(words(0)))
    made = [flex(words(size)) for size in (room - 1, room, room + 1)]
    assert [reply(sim, [one]).status for one in made] == [200, 200, 400]


def test_a_flex_carousel_holds_50_kilobytes(sim: Simulated) -> None:
    def of(size: int) -> Json:
        return {"type": "carousel", "contents": [words(20_000), words(20_000), words(size)]}

    room = 50 * 1024 - len(json.dumps(of(0)))
    made = [flex(of(size)) for size in (room - 1, room, room + 1)]
    assert [reply(sim, [one]).status for one in made] == [200, 200, 400]


WRONG: dict[str, Any] = {
    "no text": [{"type": "text"}],
    "an empty text": [text("")],
    "a text that is a number": [text(5)],  # type: ignore[arg-type]
    "an unknown kind": [{"type": "markdown", "text": "x"}],
    "no kind": [{"text": "x"}],
    "not a list": text(),
    "an unknown field": [text(parseMode="markdown")],
    "an unknown field of a template": [buttons(markdown=True)],
    "an unknown field of an action": [buttons(actions=[action(style="x")])],
    "no buttons": [buttons(actions=[])],
    "a button without a label": [buttons(actions=[{"type": "message", "text": "x"}])],
    "a postback without data": [buttons(actions=[action("postback", data="")])],
    "a link that is none": [buttons(actions=[action("uri", uri="javascript:alert(1)")])],
    "one button to confirm": [confirm(actions=[action()])],
    "three buttons to confirm": [confirm(actions=[action()] * 3)],
    "an empty quick reply": [chips()],
    "a picture without HTTPS": [buttons(thumbnailImageUrl="http://example.com/a.png")],
    "no alternative text": [{"type": "template", "template": buttons()["template"]}],
    "braces that name nothing": [{"type": "textV2", "text": "a {key} here"}],
    "columns with different buttons": [carousel(column(), column(actions=[action()] * 2))],
    "columns with and without a title": [carousel(column(), column(title="x"))],
    "an emoji where no sign for it is": [
        text("abc", emojis=[{"index": 0, "productId": "5ac1", "emojiId": "001"}])
    ],
    "an image map of another width": [{**image_map(1), "baseSize": {"width": 1041, "height": 700}}],
    "a lone brace": [{"type": "textV2", "text": "a { here"}],
}


@pytest.mark.parametrize("what", WRONG)
def test_what_line_does_not_know_is_refused(sim: Simulated, what: str) -> None:
    assert reply(sim, WRONG[what]).status == 400


RIGHT: dict[str, Json] = {
    "a text with a quote": text(quoteToken=quote_token(user_id("Amy"))),
    "a sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "an image": {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
    "an audio": {"type": "audio", "originalContentUrl": PICTURE, "duration": 1_000},
    "escaped braces": {"type": "textV2", "text": "a {{key}} here"},
    "a substituted mention": {
        "type": "textV2",
        "text": "{who} 你好",
        "substitution": {"who": {"type": "mention", "mentionee": {"type": "all"}}},
    },
    "a place": {
        "type": "location",
        "title": "x",
        "address": "y",
        "latitude": 25.0,
        "longitude": 121.5,
    },
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_line_knows_is_taken(sim: Simulated, what: str) -> None:
    assert reply(sim, [RIGHT[what]], notificationDisabled=True).status == 200


@pytest.mark.parametrize("token", [quote_token(user_id("Ben")), "abc"], ids=["another", "made up"])
def test_a_quote_of_another_chat_is_refused(sim: Simulated, token: str) -> None:
    answer = reply(sim, [text(), text(quoteToken=token)])
    assert answer.status == 400
    (detail,) = message_of(answer)["details"]
    assert detail["property"] == "messages[1].quoteToken"


def test_an_error_names_the_property(sim: Simulated) -> None:
    answer = message_of(reply(sim, [text(""), {"type": "x"}]))
    assert answer["message"] == "The request body has 2 error(s)"
    assert answer["details"][0] == {"message": "May not be empty", "property": "messages[0].text"}
    assert answer["details"][1]["property"] == "messages[1].type"


def test_an_error_within_a_template_names_the_message(sim: Simulated) -> None:
    answer = message_of(reply(sim, [text(), buttons(text="x" * 161)]))
    assert answer["message"] == "A message (messages[1]) in the request body is invalid"
    assert answer["details"][0]["property"] == "template/text"


def test_an_unknown_field_is_named_with_its_place(sim: Simulated) -> None:
    answer = message_of(call(sim, REPLY, b'{"replyToken":"x",\n"messages":[],"nope":1}'))
    expected = "The property, 'nope', in the request body is invalid (line: 2, column: 15)"
    assert answer["message"] == expected


def test_a_body_that_is_no_json_is_refused(sim: Simulated) -> None:
    answer = call(sim, REPLY, b"{nope")
    assert answer.status == 400
    assert "could not be parsed as JSON" in message_of(answer)["message"]


def test_another_content_type_is_refused(sim: Simulated) -> None:
    assert call(sim, REPLY, {}, **{"content-type": "text/plain"}).status == 415


def test_an_unknown_path_is_a_404(sim: Simulated) -> None:
    assert call(sim, "/line/v2/bot/nothing", {}).status == 404
