"""A running simulator for tests and benchmarks, and a friendly handle on it.

    with simulated(webhook=bot_url) as sim:
        amy = sim.user("Amy", language="zh-Hant")
        sim.text(amy, "你好")
        assert sim.wait_for_texts(amy) == ["…"]

`simulated()` starts one in this process, on a free port; `Simulated.at(url)` takes hold of one that
runs elsewhere. Both speak with it by HTTP only. `receiving()` is a stand-in for a bot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from simulator.channel import DEMO_SECRET, DEMO_TOKEN, Channel
from simulator.ids import user_id
from simulator.model_api import Model
from simulator.server import listen, serving
from simulator.world import World
from tests.receiving import PATIENCE, Receiver, receiving, wait_until

__all__ = ["PATIENCE", "Receiver", "Sent", "Simulated", "receiving", "simulated", "wait_until"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a person did: ids of the event and of the bubble, and the token to answer with."""

    event_id: str
    token: str | None
    message_id: str | None
    event: Json = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """One running simulator. Every method is one request to it; `chat` is a user's id where the
    chat is with the bot alone, else a group's or room's.
    """

    url: str
    http: httpx2.Client = field(repr=False)
    secret: str = DEMO_SECRET
    token: str = DEMO_TOKEN

    @classmethod
    @contextmanager
    def at(cls, url: str, *, secret: str = DEMO_SECRET, token: str = DEMO_TOKEN) -> Iterator[Self]:
        """Take hold of a simulator that runs at this address."""
        with httpx2.Client(base_url=url, timeout=30, trust_env=False) as http:
            yield cls(url=url, http=http, secret=secret, token=token)

    @property
    def line_url(self) -> str:
        """The bot's LINE_API_BASE_URL and LINE_DATA_API_BASE_URL."""
        return f"{self.url}/line"

    @property
    def openai_url(self) -> str:
        """The bot's DEMO_BASE_URL."""
        return f"{self.url}/openai/v1"

    # -- what people do --------------------------------------------------------------------

    def user(self, name: str, *, language: str | None = None) -> str:
        """Make a person the bot may look up; returns the id, always the same for a name."""
        who = user_id(name)
        self._ask("PUT", f"/users/{who}", name=name, language=language)
        return who

    def text(
        self,
        user: str,
        text: str,
        *,
        chat: str | None = None,
        mention: bool = False,
        quoted: str | None = None,
        wait: bool = False,
    ) -> Sent:
        """Write to the bot, or into a group; `wait` returns only after the webhook's attempt."""
        more = {"chat": chat, "mention": mention, "quoted": quoted, "wait": wait}
        return self._do("/text", user=user, text=text, **more)

    def say(self, user: str, text: str, mentions: list[Json], *, chat: str) -> Sent:
        """Write into a group and mention people: [{index, length, who}]."""
        return self._do("/text", user=user, text=text, chat=chat, mentions=mentions, wait=True)

    def media(
        self, user: str, raw: bytes, *, kind: str, media_type: str, **more: str | float
    ) -> Sent:
        """Send a picture, voice, video or file; more: chat, name, duration, preparing, set, …"""
        response = self.http.post(
            "/sim/media",
            params={"user": user, "kind": kind, **more},
            content=raw,
            headers={"content-type": media_type},
        )
        assert response.is_success, response.text
        return _read(response.json())

    def edit(
        self,
        user: str,
        message_id: str,
        text: str,
        *,
        chat: str | None = None,
        mention: bool = False,
        wait: bool = False,
    ) -> Sent:
        """Change the words of a message in a group."""
        more = {"chat": chat, "mention": mention, "wait": wait}
        return self._do("/edit", user=user, message=message_id, text=text, **more)

    def block(self, user: str, *, wait: bool = False) -> Sent:
        """Shut the bot out."""
        return self._do("/block", user=user, wait=wait)

    def group(self, name: str, *members: str, kind: str = "group") -> str:
        """Make a group with the bot in it; returns its id."""
        made = self._ask("POST", "/groups", name=name, members=list(members), kind=kind, wait=True)
        return str(made["chat"]["id"])

    def joins(self, chat: str, user: str) -> None:
        """Let a person into a group."""
        self._ask("POST", f"/groups/{chat}/members", user=user, wait=True)

    def leaves(self, chat: str, user: str) -> None:
        """Let a person leave a group."""
        self._ask("POST", f"/groups/{chat}/leave", user=user, wait=True)

    def bot_inside(self, chat: str, inside: bool) -> None:
        """Invite the bot into a group, or show it out."""
        self._ask("POST", f"/groups/{chat}/bot", inside=inside, wait=True)

    def sticker(
        self, user: str, *, chat: str | None = None, wait: bool = False, **more: Any
    ) -> Sent:
        """Send a sticker; more: package, sticker, keywords, text, quoted."""
        return self._do("/sticker", user=user, chat=chat, wait=wait, **more)

    def location(
        self, user: str, latitude: float, longitude: float, *, wait: bool = False, **more: str
    ) -> Sent:
        """Send a place; more: title, address, chat."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._do("/location", user=user, wait=wait, **place, **more)

    def postback(
        self,
        user: str,
        data: str,
        *,
        display_text: str | None = None,
        chat: str | None = None,
        wait: bool = False,
    ) -> Sent:
        """Send a postback, as a tap on a button does."""
        more = {"displayText": display_text, "chat": chat, "wait": wait}
        return self._do("/postback", user=user, data=data, **more)

    def tap(self, user: str, label: str, *, chat: str | None = None, wait: bool = False) -> Sent:
        """Tap the newest button or chip of this label. Raises AssertionError if there is none."""
        for message in reversed(self.messages(chat or user)):
            for action in actions(message):
                if action.get("label") == label:
                    return self._tapped(user, action, chat=chat, wait=wait)
        raise AssertionError(f"no button {label!r} in the chat")

    def follow(self, user: str, *, again: bool = False, wait: bool = False) -> Sent:
        """Add the bot as a friend."""
        return self._do("/follow", user=user, again=again, wait=wait)

    def unsend(
        self, user: str, message_id: str, *, chat: str | None = None, wait: bool = False
    ) -> Sent:
        """Take a message back."""
        return self._do("/unsend", user=user, message=message_id, chat=chat, wait=wait)

    def event(
        self,
        kind: str,
        parts: Json | None = None,
        *,
        user: str | None = None,
        chat: str | None = None,
        wait: bool = False,
    ) -> Sent:
        """Let any event happen; `parts` are the fields of its own."""
        return self._do("/event", type=kind, parts=parts, user=user, chat=chat, wait=wait)

    def redeliver(self, event_id: str, *, duplicate: bool = False) -> None:
        """Deliver an event once more: as a redelivery, or as a bare duplicate."""
        self._ask("POST", "/redeliver", event=event_id, duplicate=duplicate)

    # -- what there is ---------------------------------------------------------------------

    def messages(self, chat: str, *, after: int = 0) -> list[Json]:
        """All bubbles of a chat, both sides, oldest first."""
        found: list[Json] = self._ask("GET", f"/chats/{chat}?after={after}")["messages"]
        return found

    def replies(self, chat: str, *, after: int = 0) -> list[Json]:
        """LINE's message objects the bot sent to a chat, oldest first."""
        told = [m for m in self.messages(chat, after=after) if m["from"] == "bot"]
        return [message["content"] for message in told]

    def texts(self, chat: str, *, after: int = 0) -> list[str]:
        """What the bot said in a chat: texts, and templates' texts."""
        return [words(content) for content in self.replies(chat, after=after)]

    def loading_until(self, chat: str) -> int:
        """Until when (ms since the epoch) dots are shown; 0 where none are."""
        return int(self._ask("GET", f"/chats/{chat}")["loading_until"])

    def calls(self, path: str | None = None, *, after: int = 0) -> list[Json]:
        """The bot's calls to LINE: {seq, at, method, path, status, ms, body, …}."""
        query = f"?after={after}" + (f"&path={path}" if path else "")
        return list(self._ask("GET", f"/calls{query}")["calls"])

    def webhooks(self, *, after: int = 0) -> list[Json]:
        """The webhooks sent: {seq, id, type, chat, state, attempts, event}."""
        return list(self._ask("GET", f"/webhooks?after={after}")["webhooks"])

    def model_requests(self, *, after: int = 0) -> list[Json]:
        """What the model was asked: {seq, at, body, status, ms}."""
        return list(self._ask("GET", f"/model/requests?after={after}")["requests"])

    def state(self) -> Json:
        """The whole, in short."""
        return dict(self._ask("GET", "/state"))

    # -- waiting ---------------------------------------------------------------------------

    def wait_for_replies(
        self, chat: str, count: int = 1, *, after: int = 0, timeout: float = PATIENCE
    ) -> list[Json]:
        """Wait until the bot sent at least so many messages to a chat; return all of them."""

        def enough() -> list[Json]:
            seen = self.replies(chat, after=after)
            return seen if len(seen) >= count else []

        return wait_until(enough, timeout=timeout, what=f"{count} replies")

    def wait_for_texts(
        self, chat: str, count: int = 1, *, after: int = 0, timeout: float = PATIENCE
    ) -> list[str]:
        """Wait until the bot said at least so many things in a chat; return all of them."""
        replies = self.wait_for_replies(chat, count, after=after, timeout=timeout)
        return [words(content) for content in replies]

    def wait_for_calls(self, path: str, count: int = 1, *, timeout: float = PATIENCE) -> list[Json]:
        """Wait until the bot called a path of LINE's at least so often; return the calls."""

        def enough() -> list[Json]:
            seen = self.calls(path)
            return seen if len(seen) >= count else []

        return wait_until(enough, timeout=timeout, what=f"{count} calls of {path}")

    def wait_until_delivered(self, sent: Sent, *, timeout: float = PATIENCE) -> Json:
        """Wait until the bot took an event's webhook; return the webhook."""

        def taken() -> Json | None:
            every = self.webhooks()
            return next(
                (w for w in every if w["id"] == sent.event_id and w["state"] == "delivered"), None
            )

        return wait_until(taken, timeout=timeout, what="the webhook") or {}

    # -- what shall go wrong ---------------------------------------------------------------

    def fault(self, path: str = "*", **what: Any) -> int:
        """Let the next calls of a path fail: times (None is until taken back), status, message,
        accepted, seconds, slow, retry_after. Without a status there is no answer at all. Returns
        the fault's number.
        """
        response = self.http.post("/sim/faults", json={"path": path, **what})
        assert response.is_success, response.text
        return int(response.json()["id"])

    def no_faults(self) -> None:
        """Take all faults back."""
        self._ask("DELETE", "/faults")

    def model(self, **how: Any) -> None:
        """Script the model: delay, status, code, message, retry_after, text, hang, finish_reason;
        with times only for the next requests.
        """
        self._ask("PUT", "/model", **how)

    def usual_model(self) -> None:
        """Let the model be the ordinary demo model again."""
        self._ask("DELETE", "/model")

    def expire(self, token: str | None) -> None:
        """End a reply token's life."""
        self._ask("POST", "/expire", token=token)

    def webhook(self, url: str | None = None, **how: float | bool) -> None:
        """Point the webhook at a bot; how: active, delay, copies."""
        self._ask("PUT", "/webhook", url=url, **how)

    def quota(self, quota: int, *, pushed: int = 0) -> None:
        """Set the monthly quota, and what was used of it."""
        self._ask("PUT", "/quota", quota=quota, pushed=pushed)

    def reset(self) -> None:
        """Forget all but the people and the channel."""
        self._ask("POST", "/reset")

    # -- within ----------------------------------------------------------------------------

    def _ask(self, method: str, where: str, /, **body: Any) -> Any:
        given = {name: value for name, value in body.items() if value is not None}
        response = self.http.request(method, f"/sim{where}", json=given if body else None)
        assert response.is_success, f"{method} {where}: {response.status_code} {response.text}"
        return response.json()

    def _do(self, path: str, **body: Any) -> Sent:
        return _read(self._ask("POST", path, **body))

    def _tapped(self, user: str, action: Json, *, chat: str | None, wait: bool) -> Sent:
        if action["type"] == "message":
            return self.text(user, action["text"], chat=chat, wait=wait)
        shown = action.get("displayText")
        return self.postback(user, action["data"], display_text=shown, chat=chat, wait=wait)


def _read(done: Json) -> Sent:
    event, message = done["event"], done["message"]
    return Sent(
        event_id=event["webhookEventId"],
        token=event.get("replyToken"),
        message_id=message["id"] if message else None,
        event=event,
    )


def words(content: Json) -> str:
    """What a message object of the bot's says."""
    if content["type"] == "template":
        return str(content["template"].get("text", content["altText"]))
    return str(content.get("text", content.get("altText", "")))


def actions(message: Json) -> list[Json]:
    """The actions a bubble offers: its template's or its cards' buttons, and its quick replies."""
    content = message["content"] or {}
    template = content.get("template", {})
    columns = [template, *template.get("columns", [])]
    buttons = [action for column in columns for action in column.get("actions", [])]
    chips = [item["action"] for item in content.get("quickReply", {}).get("items", [])]
    return [*buttons, *_flex_actions(content.get("contents")), *chips]


def _flex_actions(part: Any) -> list[Json]:
    """The actions anywhere in a Flex message, in reading order."""
    if isinstance(part, list):
        return [action for inner in part for action in _flex_actions(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["action"]] if "action" in part else []
    return [*own, *(action for inner in part.values() for action in _flex_actions(inner))]


@contextmanager
def simulated(webhook: str | None = None, *, port: int = 0, **channel: Any) -> Iterator[Simulated]:
    """Start a simulator; `channel` are fields of `Channel`, e.g. reply_life=1, redelivery=()."""
    made = Channel(**channel)
    world = World(made, webhook_url=webhook)
    with (
        serving(world, Model(), listen(port)) as address,
        Simulated.at(address.url, secret=made.secret, token=made.access_token) as sim,
    ):
        yield sim
