"""What people do on their phones: each doing makes an event for the bot, and mostly a bubble.

A group the bot isn't in, or isn't in any more, sends it nothing: people talk among themselves.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from simulator import events, ids
from simulator.chats import QUOTABLE, Chat, Message, Person
from simulator.events import Source
from simulator.faults import BadScript
from simulator.media import Media
from simulator.world import Unknown, World

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Sent:
    """What came of a person's doing: the event, and the bubble if it made one."""

    event: Json
    message: Message | None
    delivered: asyncio.Future[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """Every person's phone."""

    world: World

    # -- messages --------------------------------------------------------------------------

    def write(self, source: Source, content: Json, *, media: Media | None = None) -> Sent:
        """A person sends a message; `content` is a webhook's message without its ids.

        Raises BadScript where the person blocked the bot.
        """
        world, chat = self.world, self.world.chat(source.chat)
        message_id, read_token = ids.message_id(), ids.mark_as_read_token()
        world.remember_read_token(read_token, chat.id, message_id)
        seen = {"id": message_id, "markAsReadToken": read_token}
        if content.get("type") in QUOTABLE:
            seen["quoteToken"] = ids.quote_token(chat.id)
        if media:
            world.media.keep(message_id, media)
        return self.happen("message", source, {"message": {**content, **seen}})

    def edit(self, source: Source, message_id: str, content: Json) -> Sent:
        """A person changes the words of a message of theirs. Raises Unknown, BadScript.

        LINE: in groups alone, and the event has no token that marks the message as read.
        """
        if self.world.chat(source.chat).kind != "group":
            raise BadScript("LINE lets people edit messages in groups alone")
        message = self._own(source, message_id)
        if message.content["type"] != "text" or message.via != "message":
            raise BadScript("only a text can be edited")
        kept: Json = {
            name: message.content[name]
            for name in ("id", "quoteToken", "quotedMessageId")
            if name in message.content
        }
        message.content = {**content, **kept}
        message.edited = True
        self.world.tell(message)
        return self.happen("messageEdited", source, {"message": message.content})

    def unsend(self, source: Source, message_id: str) -> Sent:
        """A person takes a message of theirs back. Raises Unknown."""
        message = self._own(source, message_id)
        message.unsent = True
        self.world.media.unsend(message_id)
        self.world.tell(message)
        return self.happen("unsend", source, {"unsend": {"messageId": message_id}})

    def _own(self, source: Source, message_id: str) -> Message:
        message = self.world.chat(source.chat).find(message_id)
        if message is None or message.unsent or message.user != source.user:
            raise Unknown(f"no message {message_id} of {source.user}")
        return message

    def switch_menu(self, source: Source, alias: str, data: str) -> Sent:
        """A person taps what leads to another rich menu. LINE: a postback tells how that went."""
        status = self.world.menus.switch(source.chat, alias)
        self.world.tell_state()
        params = {"newRichMenuAliasId": alias, "status": status}
        return self.happen("postback", source, {"postback": {"data": data, "params": params}})

    # -- friends ---------------------------------------------------------------------------

    def follow(self, source: Source, *, again: bool) -> Sent:
        """A person adds the bot as a friend; again: after having blocked it. Raises BadScript."""
        person = self.friend(source)
        again = again or person.blocked
        person.follows, person.blocked = True, False
        self.world.tell_person(person)
        return self.happen("follow", source, {"follow": {"isUnblocked": again}})

    def block(self, source: Source) -> Sent:
        """A person shuts the bot out. Raises BadScript."""
        person = self.friend(source)
        sent = self.happen("unfollow", source, {})
        person.follows, person.blocked = False, True
        self.world.tell_person(person)
        return sent

    def friend(self, source: Source) -> Person:
        """The person whose chat with the bot this is. Raises BadScript for a group or room."""
        if self.world.chat(source.chat).kind != "user":
            raise BadScript("a group or room neither adds the bot as a friend nor blocks it")
        return self.world.person(source.chat)

    # -- groups ----------------------------------------------------------------------------

    def gather(self, chat_id: str, name: str, members: list[str]) -> Sent:
        """Make a group or room of these people, with the bot in it."""
        for member in members:
            self.world.person(member)
        chat = self.world.chat(chat_id, members=members)
        chat.name = name or chat.name
        chat.members.update(dict.fromkeys(members))
        self.world.tell_chat(chat)
        return self.happen("join", Source(chat=chat.id), {})

    def join(self, chat_id: str, user: str) -> Sent:
        """A person comes into a group."""
        chat = self._group(chat_id)
        self.world.person(user)
        chat.members[user] = None
        self.world.tell_chat(chat)
        joined = {"members": [{"type": "user", "userId": user}]}
        return self.happen("memberJoined", Source(chat=chat.id), {"joined": joined})

    def leave(self, chat_id: str, user: str) -> Sent:
        """A person leaves a group. Raises Unknown."""
        chat = self._group(chat_id)
        if user not in chat.members:
            raise Unknown(f"{user} is not in {chat_id}")
        del chat.members[user]
        self.world.tell_chat(chat)
        left = {"members": [{"type": "user", "userId": user}]}
        return self.happen("memberLeft", Source(chat=chat.id), {"left": left})

    def invite_bot(self, chat_id: str) -> Sent:
        """The bot comes back into a group."""
        chat = self._group(chat_id)
        chat.bot = True
        self.world.tell_chat(chat)
        return self.happen("join", Source(chat=chat.id), {})

    def remove_bot(self, chat_id: str) -> Sent:
        """The bot is shown out of a group; the event of it is the last it hears."""
        chat = self._group(chat_id)
        sent = self.happen("leave", Source(chat=chat.id), {})
        self.world.bot_leaves(chat.id)
        return sent

    def _group(self, chat_id: str) -> Chat:
        chat = self.world.chats.get(chat_id)
        if chat is None or chat.kind == "user":
            raise Unknown(f"no group or room {chat_id}")
        return chat

    # -- anything --------------------------------------------------------------------------

    def happen(self, kind: str, source: Source, parts: Json, *, shown: str | None = None) -> Sent:
        """Something happens in a chat: the bot gets an event, the chat a bubble if it shows.

        shown: words that appear as the person's bubble although the event isn't a message.
        """
        world, chat = self.world, self.world.chat(source.chat)
        if source.user:
            person = world.person(source.user)
            if person.blocked and chat.kind == "user":
                raise BadScript(f"{person.name} blocked the bot: unblock it first")
        token = None if kind in events.UNANSWERABLE else world.tokens.issue(chat.id)
        at = chat.moment(ids.now_ms())
        event = events.event(kind, source, event_id=ids.event_id(), at=at, token=token) | parts
        message = None if kind == "messageEdited" else _bubble(kind, source, event, shown)
        if message:
            message.delivery = "sending" if chat.bot else None
            world.show(chat, message)
        if not chat.bot:
            heard_by_nobody: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heard_by_nobody.set_result(None)
            return Sent(event=event, message=message, delivered=heard_by_nobody)
        return Sent(event=event, message=message, delivered=world.deliver(event, chat.id))


def _bubble(kind: str, source: Source, event: Json, shown: str | None) -> Message | None:
    content = event.get("message") or ({"type": "text", "text": shown} if shown else None)
    if not content:
        return None
    return Message(
        id=content.get("id") or ids.message_id(),
        chat=source.chat,
        user=source.user or source.chat,
        content=content,
        at=event["timestamp"],
        via=kind,
        event=event["webhookEventId"],
        quote_token=content.get("quoteToken"),
    )
