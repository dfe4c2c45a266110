"""LINE's webhooks, read so that one odd event never costs the others.

LINE adds kinds of events, messages and values without notice, and several people's events come in
one request. So each event is read on its own, by a row of a table; what can't be read is skipped
with a reason for the log, made of kinds and ids only. The SDK's parser gives up the whole batch at
one odd event and takes half a second to import, which is why there is one here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.adapters.line.body import events_of
from chalicelib.adapters.line.mentions import without_own
from chalicelib.adapters.line.signature import verify
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    AudioSent,
    Batch,
    Event,
    Followed,
    ImageSent,
    OtherSent,
    Tapped,
    TextSent,
    Unsent,
)

Json = Mapping[str, Any]

#: Times after this (in the year 5138) are no times.
_LAST_TIME: Final = 10**14
_KIND_LENGTH: Final = 40

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Skipped(Exception):
    """The event can't be read, or there is nothing to do about it; holds the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWebhookReader:
    """Reads webhooks of one channel.

    own_id: the bot's own user id. Where it is known, webhooks for other bots are refused; nothing
    else needs it, since LINE marks a mention of the bot with `isSelf`.
    """

    secret: str = field(repr=False)
    own_id: str = ""

    def read(self, body: bytes, signature: str | None) -> Batch:
        """Verify, then parse; see `ports.WebhookReader`."""
        verify(body, signature, secret=self.secret)
        events: list[Event] = []
        skipped: list[str] = []
        for raw in events_of(body, to=self.own_id):
            try:
                events.append(_read(raw))
            except _Skipped as reason:
                skipped.append(str(reason))
        return Batch(events=tuple(events), skipped=tuple(skipped))


# --- one event ---------------------------------------------------------------------------------


def _read(raw: object) -> Event:
    """Read one event by its row. Raises _Skipped."""
    if not isinstance(raw, dict):
        raise _Skipped("event: not an object")
    kind = _kind(raw, "event")
    if kind not in _EVENTS:
        raise _Skipped(f"{kind}: {'not handled' if kind in _NOT_HANDLED else 'unknown kind'}")
    mode = raw.get("mode")
    if mode not in (None, "active") and kind not in _IN_ANY_MODE:
        raise _Skipped(f"{kind}: mode {_short(mode)}")
    chat, user = _source(raw, kind)
    base = {
        "id": _string(raw.get("webhookEventId")) or _digest(raw),
        "chat": chat,
        "user": user,
        "at": _time(raw, kind),
        "token": _string(raw.get("replyToken")),
    }
    return _EVENTS[kind](_part(raw, kind), base)


def _message(message: Json, base: Json) -> Event:
    kind = f"message.{_kind(message, 'message')}"
    if kind not in _MESSAGES:
        raise _Skipped(f"{kind}: unknown kind")
    message_id = _needed(message, "id", kind)
    return _MESSAGES[kind](message, {**base, "message_id": message_id})


def _text(message: Json, base: Json) -> TextSent:
    text = message.get("text")
    if not isinstance(text, str):
        raise _Skipped("message.text: no text")
    words, is_called = without_own(_clean(text), message.get("mention"))
    return TextSent(**base, text=words, to_bot=is_called and not base["chat"].is_private)


def _image(message: Json, base: Json) -> ImageSent:
    images = _dict(message.get("imageSet"))
    set_id, total = _string(images.get("id")), images.get("total")
    if not set_id or not isinstance(total, int) or isinstance(total, bool) or total <= 0:
        return ImageSent(**base)
    return ImageSent(**base, set_id=set_id, set_total=total)


def _audio(message: Json, base: Json) -> AudioSent:
    duration = message.get("duration")
    if not isinstance(duration, int) or isinstance(duration, bool) or duration < 0:
        return AudioSent(**base)
    return AudioSent(**base, duration=duration)


def _other(message: Json, base: Json) -> OtherSent:
    return OtherSent(**base, what=message["type"])


def _tap(postback: Json, base: Json) -> Tapped:
    return Tapped(**base, data=_needed(postback, "data", "postback"))


def _follow(follow: Json, base: Json) -> Followed:
    return Followed(**base, again=follow.get("isUnblocked") is True)


def _unsend(unsend: Json, base: Json) -> Unsent:
    """Read an unsend; who took the message back is of no use, so it isn't kept."""
    return Unsent(**{**base, "user": None}, message_id=_needed(unsend, "messageId", "unsend"))


_EVENTS: Mapping[str, Callable[[Json, Json], Event]] = {
    "message": _message,
    "postback": _tap,
    "follow": _follow,
    "unsend": _unsend,
}
_MESSAGES: Mapping[str, Callable[[Json, Json], Event]] = {
    "message.text": _text,
    "message.image": _image,
    "message.sticker": _other,
    "message.video": _other,
    "message.audio": _audio,
    "message.file": _other,
    "message.location": _other,
}
_SOURCES: Mapping[str, tuple[ChatKind, str]] = {
    "user": (ChatKind.USER, "userId"),
    "group": (ChatKind.GROUP, "groupId"),
    "room": (ChatKind.ROOM, "roomId"),
}
#: Known, and nothing is done about them.
_NOT_HANDLED = frozenset(
    {
        "accountLink", "beacon", "join", "leave", "memberJoined", "memberLeft", "membership",
        "messageEdited", "unfollow", "videoPlayComplete",
    }
)  # fmt: skip
#: In other modes than `active` the bot must stay silent; but what is taken back is forgotten.
_IN_ANY_MODE = frozenset({"unsend"})


# --- its fields --------------------------------------------------------------------------------


def _part(raw: Json, kind: str) -> Json:
    """The object an event carries under its own name; LINE leaves `follow` out of old ones."""
    return _dict(raw.get(kind))


def _source(raw: Json, kind: str) -> tuple[Chat, str | None]:
    source = _dict(raw.get("source"))
    source_kind = source.get("type")
    if not isinstance(source_kind, str):
        raise _Skipped(f"{kind}: no source")
    if source_kind not in _SOURCES:
        raise _Skipped(f"{kind}: unknown source {_short(source_kind)}")
    chat_kind, name = _SOURCES[source_kind]
    return Chat(chat_kind, _needed(source, name, kind)), _string(source.get("userId"))


def _time(raw: Json, kind: str) -> int:
    """When it happened; an event id is a ULID, which tells its time too."""
    at = raw.get("timestamp")
    if isinstance(at, int) and not isinstance(at, bool) and 0 < at < _LAST_TIME:
        return at
    event_id = raw.get("webhookEventId")
    if isinstance(event_id, str) and _ULID.fullmatch(event_id):
        at = sum(_CROCKFORD.index(c) << 5 * i for i, c in enumerate(reversed(event_id[:10])))
        if 0 < at < _LAST_TIME:
            return at
    raise _Skipped(f"{kind}: no timestamp")


def _digest(raw: Json) -> str:
    """Name an event that has no id; a redelivery of it differs in `deliveryContext` only."""
    same = {name: value for name, value in raw.items() if name != "deliveryContext"}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


def _kind(raw: Json, what: str) -> str:
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise _Skipped(f"{what}: no type")
    return _short(kind)


def _needed(raw: Json, name: str, kind: str) -> str:
    value = _string(raw.get(name))
    if value is None:
        raise _Skipped(f"{kind}: no {name}")
    return value


def _string(value: object) -> str | None:
    """A text that is not empty, else None."""
    return _clean(value) if isinstance(value, str) and value else None


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 can't."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _short(value: object) -> str:
    """A kind, fit for a line of the log."""
    text = value if isinstance(value, str) else type(value).__name__
    return re.sub(r"[^\w.-]", "?", text, flags=re.ASCII)[:_KIND_LENGTH]
