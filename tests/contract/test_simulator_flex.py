"""Flex messages: what LINE takes is taken, what it refuses is refused, at the right place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linebot.v3.messaging import FlexContainer, FlexMessage  # type: ignore[import-untyped]

from simulator.limits import flex as rules
from simulator.limits.messages import SOME_MESSAGES
from simulator.rules import Text, Thing
from tests.contract.spec import FILE
from tests.e2e.scenes import receipt
from tests.simulated import Simulated, simulated

Json = dict[str, Any]
PICTURE = "https://example.com/a.png"
TAP = {"type": "message", "label": "tap", "text": "tap"}


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


def validate(sim: Simulated, *messages: Any) -> tuple[int, Json]:
    """Have messages looked at, as LINE does: the status and the body."""
    bearer = {"authorization": f"Bearer {sim.token}"}
    body = {"messages": list(messages)}
    found = sim.http.post("/line/v2/bot/message/validate/reply", json=body, headers=bearer)
    answer: Json = found.json()
    return found.status_code, answer


def flex(contents: Any) -> Json:
    return {"type": "flex", "altText": "x", "contents": contents}


def text(words: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def box(*contents: Any, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def image(**more: Any) -> Json:
    return {"type": "image", "url": PICTURE, **more}


def icon(**more: Any) -> Json:
    return {"type": "icon", "url": PICTURE, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action": TAP, **more}


def video(**more: Any) -> Json:
    return {"type": "video", "url": PICTURE, "previewUrl": PICTURE, "altContent": image(), **more}


def bubble(*body: Any, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*body), **more}


def carousel(*bubbles: Any) -> Json:
    return {"type": "carousel", "contents": list(bubbles)}


def gradient(**more: Any) -> Json:
    colours = {"startColor": "#000000", "endColor": "#FFFFFF80"}
    return {"type": "linearGradient", "angle": "45deg", **colours, **more}


TAKEN: dict[str, Json] = {
    "words": bubble(text()),
    "a receipt": receipt(),
    "every block": bubble(
        text(),
        header=box(text()),
        hero=image(size="full", aspectRatio="20:13", aspectMode="cover"),
        footer=box(button(style="primary", color="#1F6E4E", height="sm")),
        styles={"footer": {"separator": True, "separatorColor": "#EEEEEE"}},
    ),
    "a hero that is a box": {"type": "bubble", "hero": box(text())},
    "a small bubble": bubble(text(), size="nano"),
    "a large bubble from right to left": bubble(text(), size="giga", direction="rtl"),
    "a bubble that is tapped": bubble(text(), action=TAP),
    "a video": bubble(text(), hero=video(aspectRatio="16:9"), size="mega"),
    "a video with a link": bubble(
        hero=video(action={"type": "uri", "label": "more", "uri": "https://example.com"})
    ),
    "an empty box": bubble(box()),
    "stars in a line": bubble(box(icon(size="sm"), icon(), text("4.0"), layout="baseline")),
    "spans": bubble({"type": "text", "contents": [{"type": "span", "text": "a", "size": "lg"}]}),
    "all of a text": bubble(
        text(
            wrap=True,
            maxLines=2,
            lineSpacing="20px",
            size="18px",
            weight="bold",
            style="italic",
            decoration="underline",
            align="center",
            gravity="bottom",
            color="#11223344",
            adjustMode="shrink-to-fit",
            scaling=True,
            flex=0,
            action=TAP,
        )
    ),
    "places": bubble(
        box(text(), position="absolute", offsetTop="-5px", offsetStart="10%", offsetEnd="xs")
    ),
    "sizes": bubble(box(text(), width="50%", height="30px", maxWidth="100px", maxHeight="80%")),
    "a frame": bubble(
        box(text(), borderWidth="semi-bold", borderColor="#000000", cornerRadius="xxl")
    ),
    "padding": bubble(box(text(), paddingAll="20px", paddingTop="5%", paddingStart="lg")),
    "a gradient": bubble(
        box(text(), background=gradient(centerColor="#123456", centerPosition="10%"))
    ),
    "columns": bubble(
        box(text(flex=2), text(flex=3), layout="horizontal", spacing="md", alignItems="center")
    ),
    "a line and a gap": bubble(
        {"type": "separator", "margin": "lg"}, {"type": "filler", "flex": 2}
    ),
    "a moving picture": bubble(image(animated=True, size="5xl", backgroundColor="#FFFFFF")),
    "a link button": bubble(button(style="link", gravity="center", adjustMode="shrink-to-fit")),
    "a date": bubble(
        button(action={"type": "datetimepicker", "label": "d", "data": "x", "mode": "date"})
    ),
    "a copy": bubble(
        button(action={"type": "clipboard", "label": "copy", "clipboardText": "code"})
    ),
    "a box that copies": bubble(
        box(text(), action={"type": "clipboard", "clipboardText": "x" * 1_000})
    ),
    "a carousel": carousel(bubble(text()), bubble(text(), size="micro")),
    "absent values": bubble(text(color=None, wrap=None), hero=None),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_line_shows_is_taken(sim: Simulated, what: str) -> None:
    assert validate(sim, flex(TAKEN[what])) == (200, {})


@pytest.mark.parametrize("what", [name for name in TAKEN if name != "absent values"])
def test_what_the_sdk_writes_is_taken(sim: Simulated, what: str) -> None:
    made = FlexMessage(alt_text="x", contents=FlexContainer.from_dict(TAKEN[what]))
    assert validate(sim, json.loads(made.to_json())) == (200, {})


REFUSED: dict[str, tuple[Json, str]] = {
    "no block at all": ({"type": "bubble"}, "/"),
    "an unknown container": ({"type": "table"}, "/type"),
    "an unknown size": (bubble(text(), size="huge"), "/size"),
    "an unknown direction": (bubble(text(), direction="up"), "/direction"),
    "a body that is a text": ({"type": "bubble", "body": text()}, "/body"),
    "a hero that is a text": ({"type": "bubble", "hero": text()}, "/hero"),
    "a header that is a picture": (bubble(text(), header=image()), "/header"),
    "an unknown component": (bubble({"type": "chart"}), "/body/contents/0"),
    "no component": (bubble("words"), "/body/contents/0"),
    "a spacer of old": (bubble({"type": "spacer"}), "/body/contents/0"),
    "a box without a layout": (
        bubble({"type": "box", "contents": []}),
        "/body/contents/0/layout",
    ),
    "an unknown layout": (bubble(box(layout="grid")), "/body/contents/0/layout"),
    "a box without contents": (
        bubble({"type": "box", "layout": "vertical"}),
        "/body/contents/0/contents",
    ),
    "a text without words": (bubble({"type": "text"}), "/body/contents/0/text"),
    "an empty text": (bubble(text("")), "/body/contents/0/text"),
    "an unknown property": (bubble(text(colour="#000000")), "/body/contents/0/colour"),
    "a colour by name": (bubble(text(color="red")), "/body/contents/0/color"),
    "a short colour": (bubble(text(color="#FFF")), "/body/contents/0/color"),
    "an unknown font size": (bubble(text(size="huge")), "/body/contents/0/size"),
    "a font size in em": (bubble(text(size="2em")), "/body/contents/0/size"),
    "a weight by number": (bubble(text(weight="700")), "/body/contents/0/weight"),
    "a wrap by word": (bubble(text(wrap="true")), "/body/contents/0/wrap"),
    "less than no lines": (bubble(text(maxLines=-1)), "/body/contents/0/maxLines"),
    "a broken flex": (bubble(text(flex=1.5)), "/body/contents/0/flex"),
    "a negative flex": (bubble(text(flex=-1)), "/body/contents/0/flex"),
    "an unknown margin": (bubble(text(margin="3xl")), "/body/contents/0/margin"),
    "an unknown place": (bubble(text(position="fixed")), "/body/contents/0/position"),
    "an offset without a unit": (bubble(text(offsetTop="5")), "/body/contents/0/offsetTop"),
    "an align of style sheets": (bubble(text(align="left")), "/body/contents/0/align"),
    "a span outside a text": (
        bubble({"type": "span", "text": "x"}),
        "/body/contents/0",
    ),
    "a text inside a text": (
        bubble({"type": "text", "contents": [text()]}),
        "/body/contents/0/contents/0",
    ),
    "a span without words": (
        bubble({"type": "text", "contents": [{"type": "span"}]}),
        "/body/contents/0/contents/0/text",
    ),
    "an icon outside a line": (bubble(icon()), "/body/contents/0"),
    "a picture in a line": (
        bubble(box(image(), layout="baseline")),
        "/body/contents/0/contents/0",
    ),
    "a button in a line": (
        bubble(box(button(), layout="baseline")),
        "/body/contents/0/contents/0",
    ),
    "a picture without HTTPS": (
        bubble(image(url="http://example.com/a.png")),
        "/body/contents/0/url",
    ),
    "no picture": (bubble({"type": "image"}), "/body/contents/0/url"),
    "a ratio of words": (bubble(image(aspectRatio="wide")), "/body/contents/0/aspectRatio"),
    "a ratio of one number": (bubble(image(aspectRatio="2")), "/body/contents/0/aspectRatio"),
    "a tower": (bubble(image(aspectRatio="1:4")), "/body/contents/0/aspectRatio"),
    "a ratio too large": (
        bubble(image(aspectRatio="100001:1")),
        "/body/contents/0/aspectRatio",
    ),
    "an unknown mode": (bubble(image(aspectMode="fill")), "/body/contents/0/aspectMode"),
    "a button without an action": (bubble({"type": "button"}), "/body/contents/0/action"),
    "a button without a label": (
        bubble(button(action={"type": "message", "text": "x"})),
        "/body/contents/0/action/label",
    ),
    "a button with a long label": (
        bubble(button(action={**TAP, "label": "x" * 41})),
        "/body/contents/0/action/label",
    ),
    "a copy without a label": (
        bubble(button(action={"type": "clipboard", "clipboardText": "x"})),
        "/body/contents/0/action/label",
    ),
    "a copy of nothing": (
        bubble(button(action={"type": "clipboard", "label": "x", "clipboardText": ""})),
        "/body/contents/0/action/clipboardText",
    ),
    "a copy of too much": (
        bubble(button(action={"type": "clipboard", "label": "x", "clipboardText": "x" * 1_001})),
        "/body/contents/0/action/clipboardText",
    ),
    "a button of another style": (bubble(button(style="ghost")), "/body/contents/0/style"),
    "a button of another height": (bubble(button(height="lg")), "/body/contents/0/height"),
    "a camera outside quick replies": (
        bubble(button(action={"type": "camera", "label": "x"})),
        "/body/contents/0/action",
    ),
    "a script for a link": (
        bubble(button(action={"type": "uri", "label": "x", "uri": "javascript:alert(1)"})),
        "/body/contents/0/action/uri",
    ),
    "a video in a box": (bubble(video()), "/body/contents/0"),
    "a video without a substitute": (
        bubble(hero={"type": "video", "url": PICTURE, "previewUrl": PICTURE}),
        "/hero/altContent",
    ),
    "a video in a small bubble": (bubble(text(), hero=video(), size="micro"), "/hero"),
    "a video in a carousel": (carousel(bubble(text(), hero=video())), "/contents/0/hero"),
    "a carousel in a carousel": (carousel(carousel(bubble(text()))), "/contents/0"),
    "an empty carousel": (carousel(), "/contents"),
    "a crowded carousel": (carousel(*[bubble(text())] * 13), "/contents"),
    "a radial gradient": (
        bubble(box(background={"type": "radialGradient"})),
        "/body/contents/0/background",
    ),
    "a gradient without an end": (
        bubble(
            box(background={"type": "linearGradient", "angle": "0deg", "startColor": "#000000"})
        ),
        "/body/contents/0/background/endColor",
    ),
    "a gradient round and round": (
        bubble(box(background=gradient(angle="360deg"))),
        "/body/contents/0/background/angle",
    ),
    "a gradient's far centre": (
        bubble(box(background=gradient(centerPosition="101%"))),
        "/body/contents/0/background/centerPosition",
    ),
    "an unknown style": (bubble(text(), styles={"tail": {}}), "/styles/tail"),
    "a style that isn't": (
        bubble(text(), styles={"body": {"separator": "yes"}}),
        "/styles/body/separator",
    ),
    "a border of another width": (bubble(box(borderWidth="thick")), "/body/contents/0/borderWidth"),
    "a width in words": (bubble(box(width="wide")), "/body/contents/0/width"),
    "an alignment of style sheets": (
        bubble(box(alignItems="stretch")),
        "/body/contents/0/alignItems",
    ),
    "a rule's thickness": (
        bubble({"type": "separator", "height": "1px"}),
        "/body/contents/0/height",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_line_refuses_is_refused_at_its_place(sim: Simulated, what: str) -> None:
    contents, place = REFUSED[what]
    status, body = validate(sim, text(), flex(contents))
    assert status == 400
    assert body["message"] == "A message (messages[1]) in the request body is invalid"
    assert place in [detail["property"] for detail in body["details"]]


def test_a_refusal_is_worded_as_line_words_it(sim: Simulated) -> None:
    wrong = bubble(
        {"type": "image"},
        image(url="http://example.com/a.png"),
        text(colour="#000000", size="huge"),
        {"type": "spacer"},
    )
    _, body = validate(sim, flex(wrong))
    assert {detail["property"]: detail["message"] for detail in body["details"]} == {
        "/body/contents/0/url": "must be specified",
        "/body/contents/1/url": "invalid uri scheme",
        "/body/contents/2/colour": "unknown field",
        "/body/contents/2/size": "invalid property",
        "/body/contents/3": "invalid property",
    }


KEYS = ("type", "contents", "body", "hero", "text", "layout", "action", "label", "size", "x")
KINDS = ("bubble", "carousel", "box", "text", "image", "button", "span", "icon", "video", "none")
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(KINDS)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=ANYTHING)
def test_no_message_whatever_breaks_the_rules_themselves(message: Any) -> None:
    for one in (message, flex(message), {"type": "template", "altText": "x", "template": message}):
        problems = list(SOME_MESSAGES.problems([one], ("messages",)))
        assert all(problem.message and problem.path for problem in problems)


# -- the tables and LINE's file ----------------------------------------------------------------

needs_file = pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not here")
COMPONENTS: Mapping[str, Thing] = {
    "FlexBox": rules.BOX,
    "FlexButton": rules.BUTTON,
    "FlexImage": rules.IMAGE,
    "FlexVideo": rules.VIDEO,
    "FlexIcon": rules.ICON,
    "FlexText": rules.TEXT,
    "FlexSpan": rules.SPAN,
    "FlexSeparator": rules.SEPARATOR,
    "FlexFiller": rules.FILLER,
    "FlexBubble": rules.BUBBLE,
    "FlexCarousel": rules.CAROUSEL,
    "FlexBlockStyle": rules.BLOCK,
}


@cache
def schemas() -> Json:
    found: Json = yaml.safe_load(FILE.read_text("utf-8"))["components"]["schemas"]
    return found


def properties(schema: Json) -> Json:
    parts = [schema, *schema.get("allOf", [])]
    return {name: value for part in parts for name, value in part.get("properties", {}).items()}


@needs_file
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_has_the_properties_of_lines_file_and_no_other(name: str) -> None:
    rule = COMPONENTS[name]
    known = {*rule.must, *rule.may} - {"type"}
    assert known == set(properties(schemas()[name]))


@needs_file
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_property_takes_every_word_of_lines_file(name: str) -> None:
    rule = COMPONENTS[name]
    for key, value in properties(schemas()[name]).items():
        found = {**rule.must, **rule.may}[key]
        for word in value.get("enum", ()) if isinstance(found, Text) else ():
            assert not list(found.problems(word, ())), (key, word)


@needs_file
def test_sizes_and_steps_are_those_of_lines_file() -> None:
    for name, rule in {
        "FlexBoxBorderWidth": rules.BOX.may["borderWidth"],
        "FlexBoxCornerRadius": rules.SPACE,
        "FlexBoxSpacing": rules.SPACE,
        "FlexMargin": rules.SPACE,
        "FlexBoxPadding": rules.INSET,
        "FlexOffset": rules.OFFSET,
        "FlexImageSize": rules.PICTURE_SIZE,
        "FlexIconSize": rules.FONT,
        "FlexTextFontSize": rules.FONT,
        "FlexSpanSize": rules.FONT,
    }.items():
        for word in schemas()[name]["enum"]:
            assert not list(rule.problems(word, ())), (name, word)
