"""What the bot says, before any vendor's format.

An answer is saved before it is sent, and may be shown later, in pages, by a button. So it is
kept as plain values that go to a record and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain import story
from chalicelib.domain.story import Making


@dataclass(frozen=True, slots=True)
class Say:
    """A button that writes `text` into the chat as the person's own message."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that sends `data` back to the bot; the chat shows its label as said."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Open:
    """A button that opens an address."""

    label: str
    uri: str


Action = Say | Tap | Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One bubble of words, at most 5,000 UTF-16 code units."""

    text: str
    suggestions: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """A short text (at most 160 characters) above one to four buttons."""

    text: str
    buttons: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One choice among several. mark: a word that sets it apart, such as “now”; "" for none.

    text: what it is, in a few lines. detail: small print below. buttons: one to three.
    """

    title: str
    text: str = ""
    detail: str = ""
    mark: str = ""
    buttons: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """One to twelve cards side by side. text: what they hold, for where they can't be shown."""

    text: str
    cards: tuple[Card, ...]


Message = Text | Buttons | Cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that is said to one turn.

    messages: in reading order; may be more than fit one reply.
    memory: what the conversation's history keeps as the bot's words; empty keeps nothing.
    heard: by message id, what the history keeps of what the person sent beside words.
    cause: why this is an apology rather than an answer; empty when it is none.
    introduces: it carries the privacy link that a chat's first answer has.
    made: how it was made, for the log.
    """

    messages: tuple[Message, ...]
    memory: str = ""
    heard: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    introduces: bool = False
    made: Making = field(default_factory=Making)

    @classmethod
    def told(cls, text: str, *, cause: str = "") -> Answer:
        """A few words that no conversation remembers."""
        return cls(messages=(Text(text=text),), cause=cause)


_ACTIONS: Mapping[str, type[Action]] = {"say": Say, "tap": Tap, "open": Open}
_ACTION_NAMES = {kind: name for name, kind in _ACTIONS.items()}
_ACTION_FIELDS: Mapping[type[Action], str] = {Say: "text", Tap: "data", Open: "uri"}


def to_record(answer: Answer) -> dict[str, Any]:
    """Make a JSON-ready dictionary of an answer."""
    return {
        "messages": [_message_record(message) for message in answer.messages],
        "memory": answer.memory,
        "heard": dict(answer.heard),
        "cause": answer.cause,
        "introduces": answer.introduces,
        "made": story.to_record(answer.made),
    }


def from_record(record: Mapping[str, Any]) -> Answer:
    """Read an answer back, exactly as it was."""
    return Answer(
        messages=tuple(_message(item) for item in record["messages"]),
        memory=record["memory"],
        heard=record.get("heard", {}),
        cause=record["cause"],
        introduces=record["introduces"],
        made=story.from_record(record.get("made", {})),
    )


def _message_record(message: Message) -> dict[str, Any]:
    if isinstance(message, Cards):
        return {"text": message.text, "cards": [_card_record(card) for card in message.cards]}
    actions = message.buttons if isinstance(message, Buttons) else message.suggestions
    name = "buttons" if isinstance(message, Buttons) else "suggestions"
    return {"text": message.text, name: [_action_record(action) for action in actions]}


def _message(record: Mapping[str, Any]) -> Message:
    if "cards" in record:
        return Cards(text=record["text"], cards=tuple(map(_card, record["cards"])))
    if "buttons" in record:
        return Buttons(text=record["text"], buttons=tuple(map(_action, record["buttons"])))
    says = tuple(Say(item[1], item[2]) for item in record["suggestions"])
    return Text(text=record["text"], suggestions=says)


def _card_record(card: Card) -> dict[str, Any]:
    words = {name: getattr(card, name) for name in ("title", "text", "detail", "mark")}
    return {**words, "buttons": [_action_record(action) for action in card.buttons]}


def _card(record: Mapping[str, Any]) -> Card:
    return Card(**{**record, "buttons": tuple(map(_action, record["buttons"]))})


def _action_record(action: Action) -> list[str]:
    kind = type(action)
    return [_ACTION_NAMES[kind], action.label, getattr(action, _ACTION_FIELDS[kind])]


def _action(record: list[str]) -> Action:
    name, label, value = record
    return _ACTIONS[name](label, value)
