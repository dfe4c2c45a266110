"""One simulated LINE: a channel, the chats it is in, and what the bot does there.

Everything runs on one event loop, so nothing here needs a lock. What people do is in `phones`;
what the bot sees goes out by `Postman`, what the page sees by `Feed`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulator import ids
from simulator.access import Access
from simulator.channel import Behind, Channel
from simulator.chats import KINDS, QUOTABLE, Chat, Message, Person
from simulator.faults import BadScript, Faults
from simulator.journal import Feed, Journal, shortened
from simulator.media import MediaStore
from simulator.rich_menus import RichMenus
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


@dataclass(slots=True)
class World:
    """The whole state of one simulator. `boot` names this run, so that a page knows a new one.

    delivered: how many calls of each kind (reply, push, multicast…) were carried out.
    """

    channel: Channel
    webhook_url: str | None = None
    behind: Behind = field(default_factory=Behind)
    boot: str = field(default_factory=ids.event_id)
    people: dict[str, Person] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    media: MediaStore = field(default_factory=MediaStore)
    menus: RichMenus = field(default_factory=RichMenus)
    calls: Journal = field(default_factory=Journal)
    webhooks: Journal = field(default_factory=Journal)
    feed: Feed = field(default_factory=Feed)
    silence: Silence = field(default_factory=Silence)
    faults: Faults = field(init=False)
    access: Access = field(init=False)
    tokens: ReplyTokens = field(init=False)
    postman: Postman = field(init=False)
    read_tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    accepted: dict[str, tuple[str, Json]] = field(default_factory=dict)
    delivered: Counter[str] = field(default_factory=Counter)
    pushed: int = 0
    quota: int | None = None
    _deliveries: dict[str, Delivery] = field(default_factory=dict)

    def __post_init__(self) -> None:
        channel = self.channel
        self.quota = channel.quota
        self.faults = Faults(changed=self.tell_state)
        self.access = Access(channel)
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
            known = self.people[user] = Person(id=user, name=f"User {user[1:5]}")
        elif name in (None, known.name) and language in (None, known.language):
            return known
        known.name = name or known.name
        known.language = language or known.language
        self.tell_person(known)
        return known

    def chat(self, chat: str, *, members: Sequence[str] = ()) -> Chat:
        """The chat of this id, made on first sight. Raises BadScript for what is no id.

        members: who is in it from its first moment, so that nobody hears of it without them.
        """
        known = self.chats.get(chat)
        if known is None:
            if chat[:1] not in KINDS:
                raise BadScript(f"not a user's, group's or room's id: {chat!r}")
            name = f"{KINDS[chat[0]].capitalize()} {chat[-4:]}"
            known = self.chats[chat] = Chat(id=chat, name=name)
            if known.kind == "user":
                known.name, known.members[chat] = "", None
            known.members.update(dict.fromkeys(members))
            self.tell_chat(known)
        return known

    def remember_read_token(self, token: str, chat: str, message_id: str) -> None:
        """A token that will mark a chat as read, up to a message."""
        _remember(self.read_tokens, token, (chat, message_id))

    # -- what the bot sees -----------------------------------------------------------------

    def deliver(self, event: Json, chat: str) -> asyncio.Task[None]:
        """Send an event to the bot; the task ends with the first attempt."""
        delivery = Delivery(event=event, chat=chat, at=ids.now_ms())
        self._deliveries[event["webhookEventId"]] = delivery
        entry: Json = {"delivery": delivery}
        self.webhooks.add(entry)
        delivery.seq = entry["seq"]
        while len(self._deliveries) > len(self.webhooks.entries):
            del self._deliveries[next(iter(self._deliveries))]
        return self.postman.send(delivery)

    def redeliver(self, event_id: str, *, marked: bool) -> asyncio.Task[None]:
        """Send an event once more, as LINE may at any time. Raises Unknown.

        marked: as a redelivery (the token's life begins anew), else as a bare duplicate.
        """
        delivery = self._deliveries.get(event_id)
        if delivery is None:
            raise Unknown(f"no event {event_id}")

        async def once_more() -> None:
            await self.postman.attempt(delivery, redelivery=marked)
            if self._deliveries.get(event_id) is delivery:  # not forgotten meanwhile
                self._on_delivery(delivery)

        return asyncio.create_task(once_more())

    # -- what the bot does -----------------------------------------------------------------

    def answer(
        self, chat_id: str, contents: list[Json], *, via: str, call: str, token: str | None = None
    ) -> list[Json]:
        """The bot's messages appear in a chat; returns LINE's `sentMessages`.

        call: the request id of the call that brings them; token: the reply token it spent.
        """
        chat = self.chat(chat_id)
        self.delivered[via] += 1
        sent = []
        for content in contents:
            quote = ids.quote_token(chat.id) if content["type"] in QUOTABLE else None
            message = Message(
                id=ids.message_id(),
                chat=chat.id,
                user=None,
                content=content,
                at=ids.now_ms(),
                via=via,
                call=call,
                token=token,
                quote_token=quote,
            )
            self.show(chat, message)
            sent.append({"id": message.id, **({"quoteToken": quote} if quote else {})})
        self.tell_state()
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
                self.tell(message)
            if message.id == message_id:
                return

    def mark_all_as_read(self, chat_id: str) -> None:
        """Mark everything people wrote in a chat as read."""
        for message in self.chat(chat_id).messages:
            if message.user and not message.read:
                message.read = True
                self.tell(message)

    def bot_leaves(self, chat_id: str) -> None:
        """The bot leaves a group or room."""
        chat = self.chat(chat_id)
        chat.bot = False
        self.tell_chat(chat)

    # -- what the page sees ----------------------------------------------------------------

    def show(self, chat: Chat, message: Message) -> None:
        """A bubble appears."""
        chat.add(message)
        self.tell(message)

    def tell(self, message: Message) -> None:
        """A bubble is new or looks different."""
        self.feed.tell({"type": "message", "chat": message.chat, "message": message.json()})

    def tell_chat(self, chat: Chat) -> None:
        """A chat is new, or who is in it changed."""
        self.feed.tell({"type": "chat", "chat": chat.id, "about": chat.json()})

    def tell_person(self, person: Person) -> None:
        """A person is new or changed."""
        self.feed.tell({"type": "person", "person": person.json()})

    def tell_state(self) -> None:
        """Settings, faults or the quota changed."""
        self.feed.tell({"type": "state"})

    def _on_delivery(self, delivery: Delivery) -> None:
        self.feed.tell({"type": "webhook", "webhook": shortened(delivery.json())})
        content = delivery.event.get("message") or {}
        message = self.chat(delivery.chat).find(content["id"]) if "id" in content else None
        if message and message.delivery != delivery.state:
            message.delivery = delivery.state
            self.tell(message)

    # -- the end ---------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything but the people, who are all friends again, and the channel.

        Nothing that is under way arrives any more.
        """
        self.postman.stop()
        self.postman.hold, self.postman.copies = 0, 1
        for remembered in (self.chats, self._deliveries, self.read_tokens, self.accepted):
            remembered.clear()
        for journal in (self.calls, self.webhooks, self.media, self.menus):
            journal.clear()
        for person in self.people.values():
            person.follows, person.blocked = True, False
        self.tokens.expire_all()
        self.faults.waiting.clear()
        self.delivered.clear()
        self.pushed, self.quota = 0, self.channel.quota
        self.feed.tell({"type": "reset"})

    def close(self) -> None:
        """End what is under way, so that the server can stop."""
        self.postman.stop()
        self.silence.end()
        self.feed.close()
