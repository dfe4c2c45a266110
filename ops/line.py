"""The channel through LINE's API: who the bot is, where its webhook goes, what is left of a month.

LINE has no API for the switches of its consoles, but it tells of some how they stand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.settings import Settings
from ops.trouble import Trouble

Json = dict[str, Any]

_TIMEOUT: Final = urllib3.Timeout(connect=5, read=20)
_JSON: Final = "application/json"
_OK: Final = (200, 202)
_REFUSED: Final = (400, 401, 403)
_NONE: Final = 404
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What LINE says to a call. id: by what LINE knows the call."""

    status: int
    body: Json
    id: str


@dataclass(slots=True, kw_only=True)
class Line:
    """One channel, opened with its long-lived token, or with its id and secret.

    data: LINE's other host, for pictures and the like.
    """

    base: str
    data: str
    channel_id: str
    channel_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    http: urllib3.PoolManager = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Line:
        """The channel of these settings; no request is made yet."""
        return cls(
            base=settings.line_api,
            data=settings.line_data_api,
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
        return self.ask("GET", "/v2/bot/info")

    def webhook(self) -> Json:
        """Where the webhook goes: {endpoint, active}; {} where nothing is set."""
        return self.ask("GET", "/v2/bot/channel/webhook/endpoint", missing={})

    def point_webhook(self, url: str) -> None:
        """Let the webhook go to an address."""
        self.ask("PUT", "/v2/bot/channel/webhook/endpoint", body={"endpoint": url})

    def test_webhook(self) -> Json:
        """Let LINE call the webhook now: {success, statusCode, reason, detail}."""
        return self.ask("POST", "/v2/bot/channel/webhook/test", body={})

    def quota(self) -> tuple[int | None, int]:
        """How many pushes a month are allowed (None: any number), and how many were used."""
        allowed = self.ask("GET", "/v2/bot/message/quota").get("value")
        used = self.ask("GET", "/v2/bot/message/quota/consumption")["totalUsage"]
        return (None if allowed is None else int(allowed)), int(used)

    def ask(
        self, verb: str, path: str, *, body: Json | None = None, missing: Json | None = None
    ) -> Json:
        """Make a call; missing: the answer where there is no such thing. Raises Trouble."""
        raw = None if body is None else json.dumps(body).encode()
        answer = self._opened(verb, self.base, path, raw, _JSON)
        if answer.status == _NONE and missing is not None:
            return missing
        return _good(answer, verb, path).body

    def begin(self, path: str, body: Json) -> str:
        """Let LINE begin what takes it a while; returns the id to ask for it by. Raises Trouble."""
        answer = self._opened("POST", self.base, path, json.dumps(body).encode(), _JSON)
        return _good(answer, "POST", path).id

    def upload(self, path: str, raw: bytes, *, kind: str) -> None:
        """Give LINE a file of this MIME type. Raises Trouble."""
        _good(self._opened("POST", self.data, path, raw, kind), "POST", path)

    def has(self, path: str) -> bool:
        """Tell whether LINE has a file. Raises Trouble."""
        answer = self._opened("GET", self.data, path, None, _JSON)
        if answer.status == _NONE:
            return False
        _good(answer, "GET", path)
        return True

    def _opened(self, verb: str, base: str, path: str, raw: bytes | None, kind: str) -> Answer:
        """Make a call with the token."""
        headers = {"Authorization": f"Bearer {self._token()}"}
        if raw is not None:
            headers["Content-Type"] = kind
        return self._call(verb, base, path, headers, raw)

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
        raw = urlencode(form).encode()
        answer = self._call("POST", self.base, "/oauth2/v3/token", headers, raw)
        if answer.status in _REFUSED:
            raise Trouble(
                f"LINE does not accept the channel's id and secret ({answer.status})",
                "Copy LINE_CHANNEL_ID and LINE_CHANNEL_SECRET from the LINE Developers Console, "
                "tab “Basic settings”.",
            )
        if answer.status not in _OK or "access_token" not in answer.body:
            raise Trouble(f"LINE issued no access token ({answer.status})", "Run this again.")
        return str(answer.body["access_token"])

    def _call(
        self, verb: str, base: str, path: str, headers: dict[str, str], raw: bytes | None
    ) -> Answer:
        try:
            got = self.http.request(verb, base + path, headers=headers, body=raw)
        except HTTPError as exc:
            setting = "LINE_API_BASE_URL" if base == self.base else "LINE_DATA_API_BASE_URL"
            raise Trouble(
                f"LINE can't be reached at {base}", f"Check the network and {setting}."
            ) from exc
        try:
            body = json.loads(got.data or b"{}")
        except ValueError:
            body = {}
        return Answer(
            status=got.status,
            body=body if isinstance(body, dict) else {},
            id=got.headers.get("x-line-request-id", ""),
        )


def _good(answer: Answer, verb: str, path: str) -> Answer:
    """An answer that is a success. Raises Trouble for any other."""
    if answer.status in _OK:
        return answer
    if answer.status in (401, 403):
        raise Trouble(
            f"LINE does not accept the channel access token ({answer.status})",
            "Issue a new one in the LINE Developers Console, tab “Messaging API”, and write it "
            "into the stage's .env as LINE_CHANNEL_ACCESS_TOKEN.",
        )
    if answer.status == _TOO_MANY:
        raise Trouble(
            f"LINE takes no more {verb} {path} for now ({answer.status})",
            "Wait up to an hour, then run this again.",
        )
    raise Trouble(
        f"LINE refused {verb} {path} ({answer.status}): {answer.body.get('message', '')}",
        "Run this again." if answer.status >= _SERVER_ERROR else "",
    )
