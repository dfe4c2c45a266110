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
from typing import Final

from chalicelib.adapters.line import received
from chalicelib.adapters.line.body import events_of
from chalicelib.adapters.line.fields import (
    Json,
    Skipped,
    inner,
    kind_of,
    needed,
    short,
    string,
)
from chalicelib.adapters.line.signature import verify
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    Batch,
    Event,
    Followed,
    Joined,
    Left,
    MembersJoined,
    Tapped,
    Unfollowed,
    Unsent,
)

#: Times after this (in the year 5138) are no times.
_LAST_TIME: Final = 10**14

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


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
            except Skipped as reason:
                skipped.append(str(reason))
        return Batch(events=tuple(events), skipped=tuple(skipped))


# --- one event ---------------------------------------------------------------------------------


def _read(raw: object) -> Event:
    """Read one event by its row. Raises Skipped."""
    if not isinstance(raw, dict):
        raise Skipped("event: not an object")
    kind = kind_of(raw, "event")
    if kind not in _EVENTS:
        raise Skipped(f"{kind}: {'not handled' if kind in _NOT_HANDLED else 'unknown kind'}")
    mode = raw.get("mode")
    if mode not in (None, "active") and kind not in _IN_ANY_MODE:
        raise Skipped(f"{kind}: mode {short(mode)}")
    chat, user = _source(raw, kind)
    base = {
        "id": string(raw.get("webhookEventId")) or _digest(raw),
        "chat": chat,
        "user": user,
        "at": _time(raw, kind),
        "token": string(raw.get("replyToken")),
    }
    return _EVENTS[kind](inner(raw.get(_OWN.get(kind, kind))), base)


def _tap(postback: Json, base: Json) -> Tapped:
    return Tapped(**base, data=needed(postback, "data", "postback"))


def _follow(follow: Json, base: Json) -> Followed:
    return Followed(**base, again=follow.get("isUnblocked") is True)


def _unsend(unsend: Json, base: Json) -> Unsent:
    """Read an unsend; who took the message back is of no use, so it isn't kept."""
    return Unsent(**{**base, "user": None}, message_id=needed(unsend, "messageId", "unsend"))


def _bare(kind: type[Event]) -> Callable[[Json, Json], Event]:
    """Read events of a kind that has nothing of its own."""
    return lambda _own, base: kind(**base)


_EVENTS: Mapping[str, Callable[[Json, Json], Event]] = {
    "message": received.message,
    "messageEdited": received.edited,
    "postback": _tap,
    "follow": _follow,
    "unfollow": _bare(Unfollowed),
    "join": _bare(Joined),
    "leave": _bare(Left),
    "memberJoined": _bare(MembersJoined),
    "unsend": _unsend,
}
#: Under which name an event carries what is its own, where it is not its kind's.
_OWN: Mapping[str, str] = {"messageEdited": "message"}
_SOURCES: Mapping[str, tuple[ChatKind, str]] = {
    "user": (ChatKind.USER, "userId"),
    "group": (ChatKind.GROUP, "groupId"),
    "room": (ChatKind.ROOM, "roomId"),
}
#: Known, and nothing is done about them.
_NOT_HANDLED = frozenset({"accountLink", "beacon", "memberLeft", "membership", "videoPlayComplete"})
#: In other modes than `active` the bot must stay silent; but what is taken back is forgotten.
_IN_ANY_MODE = frozenset({"unsend"})


# --- its fields --------------------------------------------------------------------------------


def _source(raw: Json, kind: str) -> tuple[Chat, str | None]:
    source = inner(raw.get("source"))
    source_kind = source.get("type")
    if not isinstance(source_kind, str):
        raise Skipped(f"{kind}: no source")
    if source_kind not in _SOURCES:
        raise Skipped(f"{kind}: unknown source {short(source_kind)}")
    chat_kind, name = _SOURCES[source_kind]
    return Chat(chat_kind, needed(source, name, kind)), string(source.get("userId"))


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
    raise Skipped(f"{kind}: no timestamp")


def _digest(raw: Json) -> str:
    """Name an event that has no id; a redelivery of it differs in `deliveryContext` only."""
    same = {name: value for name, value in raw.items() if name != "deliveryContext"}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
