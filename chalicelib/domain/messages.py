"""What the bot says, before any vendor's format.

An answer is saved before it is sent, and may be shown later, in pages, by a button. So it is
kept as plain values that go to a record and back without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
#: What somebody may want to say next, in one tap; in a group a tap reaches the bot, words don't.
Suggestion = Say | Tap


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One bubble of words, at most 5,000 UTF-16 code units.

    quote: the quote token of the message that this one answers, which is shown above; "" for none.
    """

    text: str
    suggestions: tuple[Suggestion, ...] = ()
    quote: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A program, a command or a formula, letter by letter, with buttons that copy it.

    language: as whoever wrote it named it, such as ``python``; "" for none. copy_label: what the
    buttons say, in the chat's language; "" for a sign that every language knows.
    """

    text: str
    language: str = ""
    copy_label: str = ""
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a header, each with as many cells; a cell is plain text, and may be empty."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    suggestions: tuple[Suggestion, ...] = ()


#: What may follow an answer's last message as quick replies.
Suggestible = Text | Code | Table
Message = Text | Buttons | Cards | Code | Table


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
    if isinstance(message, Buttons):
        return {"text": message.text, "buttons": _action_records(message.buttons)}
    suggestions = {"suggestions": _action_records(message.suggestions)}
    if isinstance(message, Code):
        about = {"language": message.language, "copy_label": message.copy_label}
        return {"code": message.text, **about, **suggestions}
    if isinstance(message, Table):
        return {"header": [*message.header], "rows": [[*r] for r in message.rows], **suggestions}
    return {"text": message.text, "quote": message.quote, **suggestions}


def _message(record: Mapping[str, Any]) -> Message:
    if "cards" in record:
        return Cards(text=record["text"], cards=tuple(map(_card, record["cards"])))
    if "buttons" in record:
        return Buttons(text=record["text"], buttons=_actions(record["buttons"]))
    suggestions = _suggestions(record["suggestions"])
    if "code" in record:
        about = {"language": record["language"], "copy_label": record.get("copy_label", "")}
        return Code(text=record["code"], **about, suggestions=suggestions)
    if "header" in record:
        rows = tuple(map(tuple, record["rows"]))
        return Table(header=tuple(record["header"]), rows=rows, suggestions=suggestions)
    return Text(text=record["text"], suggestions=suggestions, quote=record.get("quote", ""))


def _card_record(card: Card) -> dict[str, Any]:
    words = {name: getattr(card, name) for name in ("title", "text", "detail", "mark")}
    return {**words, "buttons": _action_records(card.buttons)}


def _card(record: Mapping[str, Any]) -> Card:
    return Card(**{**record, "buttons": _actions(record["buttons"])})


def _action_records(actions: Iterable[Action]) -> list[list[str]]:
    return [
        [_ACTION_NAMES[type(each)], each.label, getattr(each, _ACTION_FIELDS[type(each)])]
        for each in actions
    ]


def _actions(records: Iterable[Sequence[str]]) -> tuple[Action, ...]:
    return tuple(_ACTIONS[name](label, value) for name, label, value in records)


def _suggestions(records: Iterable[Sequence[str]]) -> tuple[Suggestion, ...]:
    return tuple(each for each in _actions(records) if not isinstance(each, Open))
