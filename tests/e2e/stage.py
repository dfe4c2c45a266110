"""A bot that is played from here, on a simulator of its own.

    with stage() as here:
        here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))

It takes webhooks, and its answers are calls of the Messaging API. So nothing that the page shows
was put there by another way than a real bot's.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from simulator.model_api.images import paint
from tests.simulated import Receiver, Sent, Simulated, receiving, simulated, wait_until

Json = dict[str, Any]

#: A rich menu's width and height.
MENU = (1200, 405)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A simulator, and a bot behind it that is played from here. platform: ends it early."""

    sim: Simulated
    bot: Receiver
    platform: ExitStack

    @property
    def you(self) -> str:
        """The page's person."""
        return str(self.sim.state()["you"])

    def says(self, *messages: Json, to: Sent) -> None:
        """The bot replies."""
        self.answers(to.token or "", *messages)

    def answers(self, token: str, *messages: Json) -> None:
        """The bot replies with a token of an event it heard."""
        self._line("/v2/bot/message/reply", {"replyToken": token, "messages": list(messages)})

    def pushes(self, *messages: Json, to: str) -> None:
        """The bot pushes."""
        self._line("/v2/bot/message/push", {"to": to, "messages": list(messages)})

    def thinks(self, chat: str) -> None:
        """The bot shows dots."""
        self._line("/v2/bot/chat/loading/start", {"chatId": chat, "loadingSeconds": 60})

    def reads(self, event: Json) -> None:
        """The bot marks what it heard as read."""
        token = event["message"]["markAsReadToken"]
        self._line("/v2/bot/chat/markAsRead", {"markAsReadToken": token})

    def tries(self, *messages: Json, to: Sent) -> int:
        """The bot replies, and LINE may say no: the status."""
        body = {"replyToken": to.token, "messages": list(messages)}
        return self._call("/v2/bot/message/reply", body).status_code

    def makes_menu(self, bar: str, *actions: Json, alias: str, shown: bool = False) -> None:
        """The bot makes a rich menu of places side by side; shown: to everybody."""
        width, height = MENU
        each = width // len(actions)
        areas = [
            {"bounds": {"x": each * n, "y": 0, "width": each, "height": height}, "action": action}
            for n, action in enumerate(actions)
        ]
        size = {"width": width, "height": height}
        menu = {"size": size, "selected": False, "name": bar, "chatBarText": bar, "areas": areas}
        made = self._call("/v2/bot/richmenu", menu).json()["richMenuId"]
        uploaded = self.sim.http.post(
            f"/line/v2/bot/richmenu/{made}/content",
            content=paint(bar, width, height),
            headers={**self._bearer, "content-type": "image/png"},
        )
        assert uploaded.is_success, uploaded.text
        self._line("/v2/bot/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": made})
        if shown:
            self._line(f"/v2/bot/user/all/richmenu/{made}", {})

    def gathers(self, *names: str) -> str:
        """The page's person makes a group with these people and the bot; its id."""
        return self.sim.group("週五午餐", self.you, *map(self.sim.user, names))

    def content(self, message_id: str) -> bytes:
        """The bot fetches what a person sent."""
        where = f"/line/v2/bot/message/{message_id}/content"
        found = self.sim.http.get(where, headers=self._bearer)
        assert found.status_code == 200, found.text
        return found.content

    def _line(self, path: str, body: Json) -> None:
        response = self._call(path, body)
        assert response.is_success, response.text

    def _call(self, path: str, body: Json) -> httpx2.Response:
        return self.sim.http.post(f"/line{path}", json=body, headers=self._bearer)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.sim.token}"}

    def model(self, path: str, body: Json) -> bytes:
        """Ask the model's side for something."""
        bearer = {"authorization": "Bearer any"}
        response = self.sim.http.post(f"/openai/v1{path}", json=body, headers=bearer)
        assert response.is_success, response.text
        return response.content

    def picture(self, prompt: str) -> bytes:
        """A picture, painted by the model's side."""
        asked = {"model": "demo-image", "prompt": prompt, "size": "1024x1024"}
        found = self.sim.http.post(
            "/openai/v1/images/generations", json=asked, headers={"authorization": "Bearer any"}
        ).json()
        return base64.b64decode(found["data"][0]["b64_json"])

    def voice(self, words: str) -> bytes:
        """A voice, spoken by the model's side."""
        asked = {"model": "demo-speech", "input": words, "voice": "alloy", "response_format": "wav"}
        return self.model("/audio/speech", asked)


@contextmanager
def stage() -> Iterator[Stage]:
    """A simulator of its own, with nobody in it but the page's person."""
    with receiving() as bot, ExitStack() as platform:
        sim = platform.enter_context(simulated(bot.url, redelivery=(0.2,), bot_name="Liao"))
        yield Stage(sim=sim, bot=bot, platform=platform)


def all_heard(sim: Simulated) -> None:
    """Wait until the bot took all that happened."""
    wait_until(
        lambda: all(webhook["state"] == "delivered" for webhook in sim.webhooks()),
        what="the webhooks",
    )


def text(words: str, **more: Any) -> Json:
    """A text message."""
    return {"type": "text", "text": words, **more}


def message(label: str) -> Json:
    """An action that says its label."""
    return {"type": "message", "label": label, "text": label}


def postback(label: str, data: str) -> Json:
    """An action that tells the bot something."""
    return {"type": "postback", "label": label, "data": data, "displayText": label}
