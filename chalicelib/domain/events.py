"""What people do in a chat, as Liao understands it.

A webhook brings many kinds of events and will bring more. Each kind Liao acts on is one
dataclass here; the reader in `adapters/line/webhook.py` has one row for it. Events are kept in
the inbox as records (plain dictionaries), so that storage knows nothing of LINE's format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from chalicelib.domain.chat import Chat


class Lane(StrEnum):
    """Which way an event goes.

    Turns of a chat run one after the other. Taps that only show what is finished wait for nobody.
    """

    TURNS = "turns"
    TAPS = "taps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has.

    id: the webhook event's id, or a digest of the event where it had none.
    user: who did it; LINE may leave it out in groups and rooms.
    at: when it happened, milliseconds since the epoch, by LINE's clock.
    token: the reply token, None where the event cannot be answered.
    """

    id: str
    chat: Chat
    user: str | None
    at: int
    token: str | None

    @property
    def lane(self) -> Lane:
        """The lane this event waits in."""
        return Lane.TURNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Event):
    """A message. quote_token: lets an answer quote it; read_token: shows it as read; "" without."""

    message_id: str
    quote_token: str = ""
    read_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSent(Sent):
    """Words.

    text: without the bot's own mention. to_bot: it was mentioned. quotes: the id of the message
    that these words are about, "" for none.
    """

    text: str
    to_bot: bool = False
    quotes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdited(TextSent):
    """Words in place of what a message of this id said before; LINE lets groups do that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSent(Sent):
    """A picture; `set_id` and `set_total` are there when several were sent together."""

    set_id: str | None = None
    set_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSent(Sent):
    """A voice message, or another sound; `duration` in milliseconds, 0 where LINE doesn't tell."""

    duration: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerSent(Sent):
    """A sticker; keywords: what LINE says that it shows, in English, at most 15."""

    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSent(Sent):
    """A place on the map; title, address: "" where LINE doesn't tell. Degrees, WGS 84."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSent(Sent):
    """A message of a kind the bot can't read: `what` is video, file…"""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped(Event):
    """A button of the bot's was tapped; `data` is what the button carried."""

    data: str

    @property
    def lane(self) -> Lane:
        """Buttons that only show something name their lane in front of their id."""
        return Lane.TAPS if self.data.startswith(f"{Lane.TAPS}:") else Lane.TURNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Event):
    """Somebody added the bot as a friend, or unblocked it (`again`)."""

    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Event):
    """Somebody blocked the bot, or removed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Event):
    """The bot was brought into a group or room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Event):
    """The bot was removed from a group or room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersJoined(Event):
    """People came into a group or room that the bot is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent(Event):
    """A message was taken back: it must be forgotten everywhere."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one webhook brought: events Liao knows, and why others were skipped."""

    events: tuple[Event, ...]
    skipped: tuple[str, ...] = ()


KINDS: Mapping[str, type[Event]] = {
    "text": TextSent,
    "edit": TextEdited,
    "image": ImageSent,
    "audio": AudioSent,
    "sticker": StickerSent,
    "location": LocationSent,
    "other": OtherSent,
    "tap": Tapped,
    "follow": Followed,
    "unfollow": Unfollowed,
    "join": Joined,
    "leave": Left,
    "members": MembersJoined,
    "unsend": Unsent,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def message_id_of(event: Event) -> str | None:
    """The id of the message that an event brought; None where it brought none."""
    return event.message_id if isinstance(event, Sent) else None


def to_record(event: Event) -> dict[str, Any]:
    """Make a JSON-ready dictionary of an event; `from_record` reads it back."""
    return {"kind": _NAMES[type(event)], **asdict(event), "chat": event.chat.key}


def from_record(record: Mapping[str, Any]) -> Event:
    """Read a record back. Raises KeyError for a kind of a newer version.

    Fields that this version doesn't know are left out.
    """
    kind = KINDS[record["kind"]]
    known = {field.name for field in fields(kind)} & record.keys()
    values = {name: _value(record[name]) for name in known}
    return kind(**{**values, "chat": Chat.parse(record["chat"])})


def _value(value: Any) -> Any:
    """A field's value: what JSON made a list of was a tuple."""
    return tuple(value) if isinstance(value, list) else value
