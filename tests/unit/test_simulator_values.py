"""The simulator's pure parts: ids, reply tokens, counting, examples of schemas, bounded memory."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from simulator import ids
from simulator.channel import Channel
from simulator.faults import BadScript, Fault, Faults
from simulator.journal import KEPT, Journal
from simulator.model_api import demo_text
from simulator.model_api.schema_example import example
from simulator.rules import graphemes, utf16
from simulator.tokens import InvalidReplyToken, ReplyTokens
from simulator.webhooks import sign
from simulator.world import World


class Clock:
    """Time that goes on when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> ReplyTokens:
    return ReplyTokens(life=60, longest=1_200, clock=clock)


def test_a_token_lives_a_minute_and_no_longer(tokens: ReplyTokens, clock: Clock) -> None:
    early, late = tokens.issue("Ua"), tokens.issue("Ub")
    clock.now = 60
    assert tokens.spend(early) == "Ua"
    clock.now = 60.1
    with pytest.raises(InvalidReplyToken):
        tokens.spend(late)


def test_a_redelivery_gives_another_minute_up_to_20(tokens: ReplyTokens, clock: Clock) -> None:
    token = tokens.issue("Ua")
    clock.now = 1_150
    tokens.renew(token)
    clock.now = 1_200
    assert tokens.chat_of(token) == "Ua"
    clock.now = 1_201
    tokens.renew(token)
    with pytest.raises(InvalidReplyToken):
        tokens.spend(token)


def test_a_used_token_is_not_revived(tokens: ReplyTokens) -> None:
    token = tokens.issue("Ua")
    tokens.spend(token)
    tokens.renew(token)
    with pytest.raises(InvalidReplyToken):
        tokens.spend(token)


def test_an_unknown_token_is_invalid(tokens: ReplyTokens) -> None:
    tokens.renew("never")
    assert not tokens.expire("never")
    with pytest.raises(InvalidReplyToken):
        tokens.spend("never")


def test_old_tokens_are_forgotten(tokens: ReplyTokens, clock: Clock) -> None:
    old = tokens.issue("Ua")
    clock.now = 1_201
    tokens.issue("Ua")
    assert not tokens.expire(old)


def test_ids_look_like_lines() -> None:
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", ids.event_id())
    assert re.fullmatch(r"\d{18}", ids.message_id())
    assert re.fullmatch(r"U[0-9a-f]{32}", ids.user_id("Amy"))
    assert ids.user_id("Amy") == ids.user_id("Amy") != ids.user_id("Ben")
    several = [ids.message_id() for _ in range(100)]
    assert several == sorted(set(several))


def test_a_signature_is_lines_known_answer() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    expected = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert sign(body, "8c570fa6dd201bb328f1c1eac23a96d8") == expected


def test_signs_are_counted_as_line_counts_them() -> None:
    assert (utf16("字"), utf16("🌞"), utf16("👩‍👩‍👧")) == (1, 2, 8)
    assert (graphemes("字"), graphemes("🌞"), graphemes("👩‍👩‍👧")) == (1, 1, 1)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 40, "maxLength": 41},
        {"type": "string", "maxLength": 2},
        {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
        {"type": "number", "maximum": -3},
        {"type": "integer", "minimum": 3, "multipleOf": 5},
        {"type": ["string", "null"]},
        {"type": "null"},
        {"type": "boolean"},
        {"const": "x"},
        {"enum": ["a", "b"]},
        {"type": "string", "format": "date-time"},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}},
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(example(schema, words="demo"))


def test_an_example_of_a_recursive_schema_ends() -> None:
    node: dict[str, Any] = {"anyOf": [{"$ref": "#/$defs/tree"}, {"type": "null"}]}
    tree = {"type": "object", "properties": {"left": node, "all": {"items": node}}}
    schema = {"$ref": "#/$defs/tree", "$defs": {"tree": tree}}
    Draft202012Validator(schema).validate(example(schema, words="demo"))


def test_a_text_is_cut_to_its_tokens() -> None:
    text = "字" * 50 + "word" * 50
    cut = demo_text.cut(text, 60)
    assert text.startswith(cut)
    assert demo_text.tokens(cut) == 60
    assert demo_text.tokens(text[: len(cut) + 1]) > 60


def test_a_fault_is_used_up_by_its_own_path() -> None:
    faults = Faults()
    faults.add(Fault.read({"path": "/a", "times": 2, "status": 500}))
    assert faults.take("/b") is None
    assert [fault.status if (fault := faults.take("/a")) else None for _ in range(3)] == [
        500,
        500,
        None,
    ]
    with pytest.raises(BadScript, match="stat"):
        Fault.read({"stat": 500})


def test_the_journal_forgets_the_oldest() -> None:
    journal = Journal()
    for number in range(KEPT + 1):
        journal.add({"number": number})
    assert len(journal.entries) == KEPT
    assert journal.entries[0]["number"] == 1
    assert journal.count == KEPT + 1


# --- the world ---------------------------------------------------------------------------------


def test_nobody_hears_of_a_group_without_the_people_who_are_in_it() -> None:
    world = World(channel=Channel())
    heard: list[Any] = []
    with world.feed.watched(heard.append):
        world.chat("C" + "1" * 32, members=["U" + "2" * 32])
    assert [told["about"]["members"] for told in heard] == [["U" + "2" * 32]]
