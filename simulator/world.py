"""One simulated LINE: a channel, the chats it is in, and what people and the bot do in them.

Everything runs on one event loop, so nothing here needs a lock. What the bot sees goes out by
`Postman`; what the page sees goes out by `Feed`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulator import events, ids
from simulator.channel import Behind, Channel
from simulator.chats import Chat, Message, Person
from simulator.events import Source
from simulator.faults import BadScript, Faults
from simulator.journal import Feed, Journal
from simulator.silence import Silence
from simulator.tokens import ReplyTokens
from simulator.webhooks import Delivery, Postman

Json = dict[str, Any]


KEPT = 10_000
T = TypeVar("T")


def _remember(what: dict[str, T], key: str, value: T) -> None:
    """Keep a value; a load test must not fill the memory, so the oldest makes room."""
    what[key] = value
    if len(what) > KEPT:
        del what[next(iter(what))]


class Unknown(LookupError):
    """There is no such thing here; the message names it."""


@dataclass(slots=True, kw_only=True)
class Sent:
    """What came of a person's doing: the event, and the bubble if it made one."""

    event: Json
    message: Message | None
    delivered: asyncio.Task[None]


@dataclass(slots=True)
class World:
    """The whole state of one simulator. `boot` names this run, so that a page knows a new one."""

    channel: Channel
    webhook_url: str | None = None
    behind: Behind = field(default_factory=Behind)
    boot: str = field(default_factory=ids.event_id)
    people: dict[str, Person] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    calls: Journal = field(default_factory=Journal)
    webhooks: Journal = field(default_factory=Journal)
    feed: Feed = field(default_factory=Feed)
    faults: Faults = field(default_factory=Faults)
    silence: Silence = field(default_factory=Silence)
    tokens: ReplyTokens = field(init=False)
    postman: Postman = field(init=False)
    read_tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    accepted: dict[str, tuple[str, Json]] = field(default_factory=dict)
    pushed: int = 0
    quota: int | None = None
    _deliveries: dict[str, Delivery] = field(default_factory=dict)

    def __post_init__(self) -> None:
        channel = self.channel
        self.quota = channel.quota
        self.tokens = ReplyTokens(life=channel.reply_life, longest=channel.reply_longest)
        self.postman = Postman(
            secret=channel.secret,
            destination=channel.bot_id,
            timeout=channel.webhook_timeout,
            delays=channel.redelivery,
            changed=self._on_delivery,
            renew=self.tokens.renew,
            url=self.webhook_url,
        )

    # -- who and where ---------------------------------------------------------------------

    def person(self, user: str, *, name: str | None = None, language: str | None = None) -> Person:
        """The person of this id, made on first sight; given values replace the old ones."""
        known = self.people.get(user)
        if known is None:
            known = self.people[user] = Person(id=user, name=name or f"User {user[1:5]}")
        known.name = name or known.name
        known.language = language or known.language
        return known

    def chat(self, chat: str) -> Chat:
        """The chat of this id, made on first sight. Raises BadScript for what is no id."""
        if chat[:1] not in events.KINDS:
            raise BadScript(f"not a user's, group's or room's id: {chat!r}")
        return self.chats.setdefault(chat, Chat(id=chat))

    # -- what people do --------------------------------------------------------------------

    def write(self, source: Source, content: Json) -> Sent:
        """A person sends a message; `content` is a webhook's message without its id."""
        chat = self.chat(source.chat)
        message_id, read_token = ids.message_id(), ids.mark_as_read_token()
        _remember(self.read_tokens, read_token, (chat.id, message_id))
        seen = {"id": message_id, "quoteToken": ids.quote_token(), "markAsReadToken": read_token}
        return self.happen("message", source, {"message": {**content, **seen}})

    def happen(self, kind: str, source: Source, parts: Json, *, shown: str | None = None) -> Sent:
        """Something happens in a chat: the bot gets an event, the chat a bubble if it shows.

        shown: words that appear as the person's bubble although the event isn't a message.
        """
        chat = self.chat(source.chat)
        if source.user:
            self.person(source.user)
        token = None if kind in events.UNANSWERABLE else self.tokens.issue(chat.id)
        at = chat.moment(ids.now_ms())
        event = events.event(kind, source, event_id=ids.event_id(), at=at, token=token) | parts
        content = parts.get("message") or ({"type": "text", "text": shown} if shown else None)
        message = None
        if content:
            message = Message(
                id=content.get("id") or ids.message_id(),
                chat=chat.id,
                user=source.user or chat.id,
                content=content,
                at=at,
                via=kind,
                delivery="sending",
            )
            self._show(chat, message)
        return Sent(event=event, message=message, delivered=self._deliver(event, chat.id))

    def unsend(self, source: Source, message_id: str) -> Sent:
        """A person takes a message of theirs back. Raises Unknown."""
        message = self.chat(source.chat).find(message_id)
        if message is None or message.user != source.user:
            raise Unknown(f"no message {message_id} of {source.user}")
        message.unsent = True
        self._tell(message)
        return self.happen("unsend", source, {"unsend": {"messageId": message_id}})

    def redeliver(self, event_id: str, *, marked: bool) -> asyncio.Task[None]:
        """Send an event once more, as LINE may at any time. Raises Unknown.

        marked: as a redelivery (the token's life begins anew), else as a bare duplicate.
        """
        delivery = self._deliveries.get(event_id)
        if delivery is None:
            raise Unknown(f"no event {event_id}")

        async def once_more() -> None:
            await self.postman.attempt(delivery, redelivery=marked)
            self._on_delivery(delivery)

        return asyncio.create_task(once_more())

    # -- what the bot does -----------------------------------------------------------------

    def answer(self, chat_id: str, contents: list[Json], *, via: str) -> list[Json]:
        """The bot's messages appear in a chat; returns LINE's `sentMessages`."""
        chat = self.chat(chat_id)
        sent = []
        for content in contents:
            message = Message(
                id=ids.message_id(),
                chat=chat.id,
                user=None,
                content=content,
                at=ids.now_ms(),
                via=via,
            )
            self._show(chat, message)
            sent.append({"id": message.id, "quoteToken": ids.quote_token()})
        return sent

    def load(self, chat_id: str, seconds: int) -> None:
        """Dots appear in a chat until the bot's next message or the seconds' end."""
        chat = self.chat(chat_id)
        chat.loading_until = ids.now_ms() + seconds * 1_000
        self.feed.tell({"type": "loading", "chat": chat.id, "until": chat.loading_until})

    def accept(self, retry_key: str, request_id: str, answer: Json) -> None:
        """Remember what a push with a retry key was answered."""
        _remember(self.accepted, retry_key, (request_id, answer))

    def mark_as_read(self, token: str) -> None:
        """Mark a chat's messages as read up to the token's. Raises Unknown."""
        if token not in self.read_tokens:
            raise Unknown("no such mark-as-read token")
        chat_id, message_id = self.read_tokens[token]
        for message in self.chat(chat_id).messages:
            if message.user and not message.read:
                message.read = True
                self._tell(message)
            if message.id == message_id:
                return

    # -- the rest --------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything but the people and the channel; nothing under way arrives any more."""
        self.postman.stop()
        for remembered in (self.chats, self._deliveries, self.read_tokens, self.accepted):
            remembered.clear()
        self.calls.clear()
        self.webhooks.clear()
        self.faults.waiting.clear()
        self.pushed, self.quota = 0, self.channel.quota
        self.feed.tell({"type": "reset"})

    def close(self) -> None:
        """End what is under way, so that the server can stop."""
        self.postman.stop()
        self.silence.end()
        self.feed.close()

    def _deliver(self, event: Json, chat: str) -> asyncio.Task[None]:
        delivery = Delivery(event=event, chat=chat)
        self._deliveries[event["webhookEventId"]] = delivery
        self.webhooks.add({"delivery": delivery})
        while len(self._deliveries) > len(self.webhooks.entries):
            del self._deliveries[next(iter(self._deliveries))]
        return self.postman.send(delivery)

    def _on_delivery(self, delivery: Delivery) -> None:
        self.feed.tell({"type": "webhook", "webhook": delivery.json()})
        content = delivery.event.get("message") or {}
        if message := self.chat(delivery.chat).find(content.get("id", "")):
            message.delivery = delivery.state  # type: ignore[assignment]
            self._tell(message)

    def _show(self, chat: Chat, message: Message) -> None:
        chat.add(message)
        self._tell(message)

    def _tell(self, message: Message) -> None:
        self.feed.tell({"type": "message", "chat": message.chat, "message": message.json()})
