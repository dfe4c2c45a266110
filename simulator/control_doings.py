"""What a person can be made to do, as routes: each reads JSON and lets it happen on their phone.

The routes and their bodies are described in `control_api`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator import events, ids
from simulator.events import Source
from simulator.faults import BadScript
from simulator.phones import Phones, Sent
from simulator.rules import utf16

Json = dict[str, Any]
Work = Callable[[Json], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doings:
    """The routes' home."""

    phones: Phones

    def routes(self) -> dict[tuple[str, str], Work]:
        """Verb and path of everything that can be done."""
        return {
            ("POST", "/text"): self.text,
            ("POST", "/sticker"): self.sticker,
            ("POST", "/location"): self.location,
            ("POST", "/media"): self.media,
            ("POST", "/edit"): self.edit,
            ("POST", "/unsend"): self.unsend,
            ("POST", "/postback"): self.postback,
            ("POST", "/menu"): self.switch_menu,
            ("POST", "/follow"): self.follow,
            ("POST", "/block"): self.block,
            ("POST", "/event"): self.event,
            ("POST", "/redeliver"): self.redeliver,
            ("POST", "/people"): self.meet,
            ("PUT", "/users/{id}"): self.change,
            ("POST", "/groups"): self.gather,
            ("POST", "/groups/{id}/members"): self.join,
            ("POST", "/groups/{id}/leave"): self.leave,
            ("POST", "/groups/{id}/bot"): self.bot,
        }

    # -- messages --------------------------------------------------------------------------

    async def text(self, body: Json) -> Any:
        """Send a text."""
        return await _sent(self.phones.write(_source(body), self._words(body)), body)

    async def sticker(self, body: Json) -> Any:
        """Send a sticker."""
        package, number = str(body.get("package", "446")), str(body.get("sticker", "1988"))
        content = events.sticker(
            package,
            number,
            keywords=body.get("keywords", events.KEYWORDS.get(number)),
            words=str(body.get("text", "")),
            quoted=body.get("quoted"),
        )
        return await _sent(self.phones.write(_source(body), content), body)

    async def location(self, body: Json) -> Any:
        """Send a place."""
        content = events.location(
            latitude=float(body["latitude"]),
            longitude=float(body["longitude"]),
            title=str(body.get("title", "")),
            address=str(body.get("address", "")),
        )
        return await _sent(self.phones.write(_source(body), content), body)

    async def media(self, body: Json) -> Any:
        """Send a picture, a voice, a video or a file."""
        kind = str(body["kind"])
        media = self.phones.world.media.make(
            kind,
            body.get("bytes", b""),
            type=str(body.get("type") or "application/octet-stream"),
            name=str(body.get("name") or kind),
            preparing=float(body.get("preparing", 0)),
        )
        duration = int(body["duration"]) if body.get("duration") else None
        content = media.content(duration=duration)
        if kind == "image" and body.get("set"):
            place = {"index": int(body["index"]), "total": int(body["total"])}
            content["imageSet"] = {"id": str(body["set"]), **place}
        return await _sent(self.phones.write(_source(body), content, media=media), body)

    async def edit(self, body: Json) -> Any:
        """Change a text."""
        sent = self.phones.edit(_source(body), str(body["message"]), self._words(body))
        return await _sent(sent, body)

    async def unsend(self, body: Json) -> Any:
        """Take a message back."""
        return await _sent(self.phones.unsend(_source(body), str(body["message"])), body)

    async def postback(self, body: Json) -> Any:
        """Tap a postback button."""
        params = {"params": body["params"]} if body.get("params") else {}
        parts = {"postback": {"data": str(body["data"]), **params}}
        shown = body.get("displayText")
        return await _sent(self.phones.happen("postback", _source(body), parts, shown=shown), body)

    async def switch_menu(self, body: Json) -> Any:
        """Switch to another rich menu."""
        alias, data = str(body["alias"]), str(body["data"])
        return await _sent(self.phones.switch_menu(_source(body), alias, data), body)

    # -- friends and groups ----------------------------------------------------------------

    async def follow(self, body: Json) -> Any:
        """Add the bot as a friend."""
        source = _source(body)
        self._named(self.phones.friend(source).id, body)
        return await _sent(self.phones.follow(source, again=bool(body.get("again"))), body)

    async def block(self, body: Json) -> Any:
        """Shut the bot out."""
        return await _sent(self.phones.block(_source(body)), body)

    async def meet(self, body: Json) -> Any:
        """Make a person."""
        if not (name := str(body["name"]).strip()):
            raise BadScript("a person needs a name")
        return self._named(ids.user_id(name), {**body, "name": name})

    async def change(self, body: Json) -> Any:
        """Make or change a person."""
        person = self.phones.world.person(str(body["id"]))
        person.follows = bool(body.get("follows", person.follows))
        return {**person.profile(), **self._named(person.id, body)}

    async def gather(self, body: Json) -> Any:
        """Make a group."""
        members = [str(member) for member in body["members"]]
        letter = {"group": "C", "room": "R"}.get(body.get("kind", "group"))
        if letter is None:
            raise BadScript("kind is group or room")
        chat = ids.group_id(letter)
        return await self._in_group(
            chat, self.phones.gather(chat, str(body["name"]), members), body
        )

    async def join(self, body: Json) -> Any:
        """Let a person into a group."""
        return await self._in_group(
            body["id"], self.phones.join(body["id"], str(body["user"])), body
        )

    async def leave(self, body: Json) -> Any:
        """Let a person leave a group."""
        return await self._in_group(
            body["id"], self.phones.leave(body["id"], str(body["user"])), body
        )

    async def bot(self, body: Json) -> Any:
        """Invite the bot into a group, or show it out."""
        does = self.phones.invite_bot if body["inside"] else self.phones.remove_bot
        return await self._in_group(body["id"], does(body["id"]), body)

    # -- anything --------------------------------------------------------------------------

    async def event(self, body: Json) -> Any:
        """Let anything happen."""
        source = _source(body)
        kind, parts = str(body["type"]), dict(body.get("parts") or {})
        if kind == "message" and isinstance(parts.get("message"), dict):
            return await _sent(self.phones.write(source, parts["message"]), body)
        return await _sent(self.phones.happen(kind, source, parts), body)

    async def redeliver(self, body: Json) -> Any:
        """Deliver an event once more; answers after the attempt."""
        marked = not body.get("duplicate")
        await self.phones.world.redeliver(str(body["event"]), marked=marked)
        return {}

    # -- within ----------------------------------------------------------------------------

    def _named(self, user: str, body: Json) -> Json:
        name, language = body.get("name"), body.get("language")
        return self.phones.world.person(user, name=name, language=language).json()

    async def _in_group(self, chat: str, sent: Sent, body: Json) -> Json:
        return {**await _sent(sent, body), "chat": self.phones.world.chat(chat).json()}

    def _words(self, body: Json) -> Json:
        """A text message's own parts, with whom it mentions."""
        words, channel = str(body["text"]), self.phones.world.channel
        mentions = [self._mention(words, one) for one in body.get("mentions") or ()]
        if body.get("mention"):
            if f"@{channel.bot_name}" not in words:
                words = f"@{channel.bot_name} {words}"
            mentions.append(
                events.mention_of_bot(words, name=channel.bot_name, bot_id=channel.bot_id)
            )
        return events.text(words, mentions=mentions, quoted=body.get("quoted"))

    def _mention(self, words: str, one: Json) -> Json:
        bot_id, index, length = self.phones.world.channel.bot_id, one["index"], one["length"]
        if not (index >= 0 and length > 0 and index + length <= utf16(words)):
            raise BadScript(f"there is no text at {index} to {index + length} to mention anybody")
        user = {"bot": bot_id, "all": None}.get(one["who"], one["who"])
        return events.mention(index, length, user=user, bot_id=bot_id)


async def _sent(sent: Sent, body: Json) -> Json:
    if body.get("wait"):
        await sent.delivered
    return {"event": sent.event, "message": sent.message.json() if sent.message else None}


def _source(body: Json) -> Source:
    user = body.get("user")
    chat = body.get("chat") or user
    if not isinstance(chat, str):
        raise BadScript("user or chat is missing")
    return Source(chat=chat, user=user)
