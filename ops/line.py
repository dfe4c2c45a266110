"""The channel's settings through LINE's API: who the bot is, where its webhook goes, what is left.

LINE has no API for the switches of its consoles, but it tells of some how they stand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.settings import Settings
from ops.trouble import Trouble

Json = dict[str, Any]

_TIMEOUT: Final = urllib3.Timeout(connect=5, read=20)
_OK: Final = 200
_REFUSED: Final = (400, 401, 403)
_NONE: Final = 404


@dataclass(slots=True, kw_only=True)
class Line:
    """One channel, opened with its long-lived token, or with its id and secret."""

    base: str
    channel_id: str
    channel_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    http: urllib3.PoolManager = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Line:
        """The channel of these settings; no request is made yet."""
        return cls(
            base=settings.line_api,
            channel_id=settings.channel_id,
            channel_secret=settings.channel_secret,
            access_token=settings.channel_access_token,
            http=urllib3.PoolManager(retries=False, timeout=_TIMEOUT),
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.http.clear()

    def info(self) -> Json:
        """Who the bot is: {userId, basicId, displayName, chatMode, …}. Raises Trouble."""
        return self._ask("GET", "/v2/bot/info")

    def webhook(self) -> Json:
        """Where the webhook goes: {endpoint, active}; {} where nothing is set."""
        return self._ask("GET", "/v2/bot/channel/webhook/endpoint", missing={})

    def point_webhook(self, url: str) -> None:
        """Let the webhook go to an address."""
        self._ask("PUT", "/v2/bot/channel/webhook/endpoint", body={"endpoint": url})

    def test_webhook(self) -> Json:
        """Let LINE call the webhook now: {success, statusCode, reason, detail}."""
        return self._ask("POST", "/v2/bot/channel/webhook/test", body={})

    def quota(self) -> tuple[int | None, int]:
        """How many pushes a month are allowed (None: any number), and how many were used."""
        allowed = self._ask("GET", "/v2/bot/message/quota").get("value")
        used = self._ask("GET", "/v2/bot/message/quota/consumption")["totalUsage"]
        return (None if allowed is None else int(allowed)), int(used)

    def _ask(
        self, verb: str, path: str, *, body: Json | None = None, missing: Json | None = None
    ) -> Json:
        headers = {"Authorization": f"Bearer {self._token()}"}
        raw = None if body is None else json.dumps(body)
        if raw is not None:
            headers["Content-Type"] = "application/json"
        status, answer = self._call(verb, path, headers, raw)
        if status == _NONE and missing is not None:
            return missing
        if status in (401, 403):
            raise Trouble(
                f"LINE does not accept the channel access token ({status})",
                "Issue a new one in the LINE Developers Console, tab “Messaging API”, and write it "
                "into the stage's .env as LINE_CHANNEL_ACCESS_TOKEN.",
            )
        if status != _OK:
            raise Trouble(f"LINE refused {verb} {path} ({status}): {answer.get('message', '')}")
        return answer

    def _token(self) -> str:
        if not self.access_token:
            self.access_token = self._issued()
        return self.access_token

    def _issued(self) -> str:
        """Ask for a stateless token, which lives 15 minutes: longer than any command."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.channel_id,
            "client_secret": self.channel_secret,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = self._call("POST", "/oauth2/v3/token", headers, urlencode(form))
        if status in _REFUSED:
            raise Trouble(
                f"LINE does not accept the channel's id and secret ({status})",
                "Copy LINE_CHANNEL_ID and LINE_CHANNEL_SECRET from the LINE Developers Console, "
                "tab “Basic settings”.",
            )
        if status != _OK or "access_token" not in answer:
            raise Trouble(f"LINE issued no access token ({status})", "Run this again.")
        return str(answer["access_token"])

    def _call(
        self, verb: str, path: str, headers: dict[str, str], body: str | None
    ) -> tuple[int, Json]:
        try:
            got = self.http.request(verb, self.base + path, headers=headers, body=body)
        except HTTPError as exc:
            raise Trouble(
                f"LINE can't be reached at {self.base}", "Check the network and LINE_API_BASE_URL."
            ) from exc
        try:
            answer = json.loads(got.data or b"{}")
        except ValueError:
            answer = {}
        return got.status, cast(Json, answer if isinstance(answer, dict) else {})
