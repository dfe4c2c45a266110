"""Each limit of LINE's, below it, at it, and above it: what is kept and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.spec import FILE, Exchange
from tests.simulated import Simulated, simulated

Json = dict[str, Any]
Build = Callable[[int], Json]
REPLY = "/line/v2/bot/message/reply"
LOADING = "/line/v2/bot/chat/loading/start"
PICTURE = "https://example.com/a.png"


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


def call(sim: Simulated, path: str, body: Any, **headers: str) -> Exchange:
    """Call the API with a body of any kind, and check the answer by LINE's file."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    given = {"authorization": f"Bearer {sim.token}", "content-type": "application/json", **headers}
    response = sim.http.post(path, content=raw, headers=given)
    exchange = Exchange(
        method="POST",
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


def message_of(exchange: Exchange) -> Json:
    body: Json = json.loads(exchange.answer)
    return body


def text(words: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def action(kind: str = "message", **more: Any) -> Json:
    own = {
        "message": {"text": "x"},
        "postback": {"data": "x"},
        "uri": {"uri": "https://example.com"},
        "clipboard": {"clipboardText": "x"},
    }
    return {"type": kind, "label": "x", **own[kind], **more}


def template(**inside: Any) -> Json:
    return {"type": "template", "altText": "x", "template": inside}


def buttons(**more: Any) -> Json:
    return template(**{"type": "buttons", "text": "x", "actions": [action()], **more})


def confirm(**more: Any) -> Json:
    return template(**{"type": "confirm", "text": "x", "actions": [action(), action()], **more})


def carousel(*columns: Json) -> Json:
    return template(type="carousel", columns=list(columns))


def column(**more: Any) -> Json:
    return {"text": "x", "actions": [action()], **more}


def chips(*actions: Json) -> Json:
    items = [{"type": "action", "action": one} for one in actions]
    return text(quickReply={"items": items})


def flex(contents: Json, alt: str = "x") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def words(size: int) -> Json:
    """A bubble that says so many letters."""
    line = {"type": "text", "text": "x" * size}
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [line]}}


def footed(does: Json) -> Json:
    """A bubble with one button."""
    button = {"type": "button", "action": does}
    return {"type": "bubble", "footer": {"type": "box", "layout": "vertical", "contents": [button]}}


def image_map(areas: int) -> Json:
    """A picture with so many tappable places."""
    place = {"x": 0, "y": 0, "width": 10, "height": 10}
    return {
        "type": "imagemap",
        "baseUrl": "https://example.com/map",
        "altText": "x",
        "baseSize": {"width": 1040, "height": 700},
        "actions": [{"type": "message", "text": "x", "area": place}] * areas,
    }


LIMITS: dict[str, tuple[int, Build]] = {
    "a text's units": (5_000, lambda n: text("x" * n)),
    "a text's units where a sign is two": (2_500, lambda n: text("🌞" * n)),
    "the quick replies": (13, lambda n: chips(*[action()] * n)),
    "a quick reply's label": (20, lambda n: chips(action(label="字" * n))),
    "a label's graphemes": (20, lambda n: chips(action(label="👩‍👩‍👧" * n))),
    "the sender's name": (20, lambda n: text(sender={"name": "x" * n})),
    "a buttons template's text": (160, lambda n: buttons(text="字" * n)),
    "its text with a title": (60, lambda n: buttons(title="x", text="x" * n)),
    "its text with a picture": (60, lambda n: buttons(thumbnailImageUrl=PICTURE, text="x" * n)),
    "its title": (40, lambda n: buttons(title="x" * n)),
    "its buttons": (4, lambda n: buttons(actions=[action()] * n)),
    "a button's label": (20, lambda n: buttons(actions=[action(label="x" * n)])),
    "a message action's text": (300, lambda n: buttons(actions=[action(text="x" * n)])),
    "a postback's data": (300, lambda n: buttons(actions=[action("postback", data="x" * n)])),
    "its display text": (
        300,
        lambda n: buttons(actions=[action("postback", displayText="x" * n)]),
    ),
    "a link's length": (
        1_000,
        lambda n: buttons(actions=[action("uri", uri="https://example.com/".ljust(n, "x"))]),
    ),
    "a clipboard's text": (
        1_000,
        lambda n: buttons(actions=[action("clipboard", clipboardText="x" * n)]),
    ),
    "an alternative text": (1_500, lambda n: {**buttons(), "altText": "x" * n}),
    "a confirm template's text": (240, lambda n: confirm(text="x" * n)),
    "a carousel's columns": (10, lambda n: carousel(*[column()] * n)),
    "a column's text": (120, lambda n: carousel(column(text="x" * n))),
    "a titled column's text": (60, lambda n: carousel(column(title="x", text="x" * n))),
    "a column's buttons": (3, lambda n: carousel(column(actions=[action()] * n))),
    "the columns of pictures": (
        10,
        lambda n: template(
            type="image_carousel", columns=[{"imageUrl": PICTURE, "action": action()}] * n
        ),
    ),
    "a picture's label": (
        12,
        lambda n: template(
            type="image_carousel",
            columns=[{"imageUrl": PICTURE, "action": action(label="x" * n)}],
        ),
    ),
    "a Flex button's label": (40, lambda n: flex(footed(action(label="字" * n)))),
    "an image map's areas": (50, lambda n: image_map(n)),
    "a title's graphemes": (40, lambda n: buttons(title="👩‍👩‍👧" * n)),
    "the emojis of a text": (
        20,
        lambda n: text(
            "$" * n,
            emojis=[{"index": i, "productId": "5ac1", "emojiId": "001"} for i in range(n)],
        ),
    ),
    "a Flex message's alternative text": (1_500, lambda n: flex(words(1), "x" * n)),
    "a Flex carousel's bubbles": (
        12,
        lambda n: flex({"type": "carousel", "contents": [words(1)] * n}),
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_below_and_at_the_limit_a_message_is_taken_above_it_is_refused(
    sim: Simulated, limit: str
) -> None:
    most, build = LIMITS[limit]
    seen = [reply(sim, [build(n)]).status for n in (most - 1, most, most + 1)]
    assert seen == [200, 200, 400]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (4, 200), (5, 200), (6, 400)])
def test_a_call_holds_one_to_five_messages(sim: Simulated, count: int, status: int) -> None:
    assert reply(sim, [text()] * count).status == status


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 400), (4, 400), (5, 202), (7, 400), (60, 202), (65, 400)]
)
def test_dots_show_for_5_to_60_seconds_in_steps_of_5(
    sim: Simulated, seconds: int, status: int
) -> None:
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


@pytest.mark.parametrize(
    ("count", "status"), [(0, 400), (1, 200), (499, 200), (500, 200), (501, 400)]
)
def test_a_multicast_goes_to_one_to_500_people(sim: Simulated, count: int, status: int) -> None:
    everybody = [f"U{number:032x}" for number in range(count)]
    path = "/line/v2/bot/message/multicast"
    assert call(sim, path, {"to": everybody, "messages": [text()]}).status == status


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
    "a text with a quote": text(quoteToken="abc"),
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
