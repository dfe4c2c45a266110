"""Access tokens: the long-lived one of the console, or stateless ones that are renewed in time.

LINE: a stateless token is issued from the channel's id and secret, lives 15 minutes, and any number
of them may be asked for. It needs no clicking in a console and no rotating by hand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from chalicelib.adapters.line.calls import Calls, Sending, Timeout
from chalicelib.adapters.line.failures import Answered, of_answer, parsed
from chalicelib.domain.errors import DeliveryError, SendBusy, SendForbidden
from chalicelib.ports import Secret, Telemetry

_TIMEOUT: Final[Timeout] = (2, 5)
#: Seconds before a token's end at which the next one is asked for; of a short life, half of it.
_AHEAD: Final = 120
#: Seconds until a renewal that failed is tried again, and between tokens that LINE rejects.
_AGAIN: Final = 10
_REJECTED_AGAIN: Final = 60

_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401


class Access(Protocol):
    """What opens the channel; safe for many threads."""

    def token(self) -> str:
        """A token that is good now. Raises SendBusy, SendForbidden where none can be had."""

    def renewed(self, rejected: str) -> bool:
        """LINE rejected this token. True where `token` may give another one."""


def opened(
    access: Access, calls: Calls, send: Sending, *arguments: Any, named: str, timeout: Timeout
) -> Answered:
    """Make one call with a token; see `Calls.make`.

    One that a rejected token kept out is made again with a new token. Raises SendBusy or
    SendForbidden, also where no token can be had.
    """
    token = access.token()
    answered = calls.make(send, *arguments, named=named, timeout=timeout, **_bearing(token))
    if answered.status == _UNAUTHORIZED and access.renewed(token):
        new = _bearing(access.token())
        answered = calls.make(send, *arguments, named=named, timeout=timeout, **new)
    return answered


def _bearing(token: str) -> dict[str, Any]:
    """What the SDK's methods take a token as, for one call."""
    bearer = {"type": "bearer", "in": "header", "key": "Authorization", "value": f"Bearer {token}"}
    return {"_request_auth": bearer}


@dataclass(frozen=True, slots=True)
class LongLived:
    """The one token of the console, until its owner issues another there."""

    secret: Secret = field(repr=False)

    def token(self) -> str:
        """The token."""
        return self.secret.value()

    def renewed(self, rejected: str) -> bool:
        """Look for another one; see `Access`."""
        return self.secret.renewed(rejected)


@dataclass(slots=True, kw_only=True)
class Stateless:
    """Tokens from the channel's id and secret, renewed before they end. `connect` makes one.

    clock: seconds that only go on. While one thread renews, the others go on with the old token.
    """

    calls: Calls
    channel_id: str
    secret: Secret = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _token: str = field(default="", repr=False)
    _renew_at: float = 0
    _ends: float = 0
    _rejected_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def connect(
        cls, *, channel_id: str, secret: Secret, base_url: str, telemetry: Telemetry
    ) -> Stateless:
        """Import the SDK and set it up; no request is made yet."""
        import linebot.v3.oauth as sdk  # type: ignore[import-untyped]

        calls = Calls.connect(sdk, base_url=base_url, telemetry=telemetry)
        return cls(calls=calls, channel_id=channel_id, secret=secret)

    def token(self) -> str:
        """A token that is good now; see `Access`."""
        if self.clock() < self._renew_at:
            return self._token
        old = self._token if self.clock() < self._ends else ""
        if not self._lock.acquire(blocking=not old):
            return old
        try:
            return self._token if self.clock() < self._renew_at else self._renew(old)
        finally:
            self._lock.release()

    def renewed(self, rejected: str) -> bool:
        """Forget a token that LINE rejected, at most once a minute; see `Access`."""
        with self._lock:
            if self._token != rejected:
                return True
            now = self.clock()
            if self._rejected_at is not None and now - self._rejected_at < _REJECTED_AGAIN:
                return False
            self._rejected_at = now
            self._token, self._renew_at, self._ends = "", 0, 0
            return True

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.calls.close()

    def _renew(self, old: str) -> str:
        """Ask for a token; a failure matters only when the old one has ended."""
        try:
            self._token, life = self._issued_by_either()
        except DeliveryError as exc:
            if not old:
                raise
            self.calls.telemetry.trouble("access_token_not_renewed", exc)
            self._renew_at = min(self.clock() + _AGAIN, self._ends)
            return old
        now = self.clock()
        self._ends = now + life
        self._renew_at = self._ends - min(_AHEAD, life / 2)
        return self._token

    def _issued_by_either(self) -> tuple[str, float]:
        """Ask LINE for a token, once more where the channel's secret is another one now."""
        secret = self.secret.value()
        try:
            return self._issued(secret)
        except SendForbidden:
            if not self.secret.renewed(secret):
                raise
        return self._issued(self.secret.value())

    def _issued(self, secret: str) -> tuple[str, float]:
        """Ask LINE for a token: the token, and the seconds it lives."""
        issue = self.calls.sdk.ChannelAccessToken(self.calls.client)
        try:
            answered = self.calls.make(
                issue.issue_stateless_channel_token_with_http_info,
                grant_type="client_credentials",
                client_id=self.channel_id,
                client_secret=secret,
                named="POST /oauth2/v3/token",
                timeout=_TIMEOUT,
            )
        except SendBusy as exc:
            # Whatever became of this call: the message it was for has not been sent.
            raise SendBusy(f"no access token: {exc}", ambiguous=False) from exc
        if not answered.is_success:
            raise _refused(answered)
        body = parsed(answered.body)
        token, life = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(life, int | float):
            raise SendBusy("no access token: LINE's answer holds none", ambiguous=False)
        return token, float(life)


def _refused(answered: Answered) -> DeliveryError:
    """Name the error of an answer without a token: nothing was sent, whoever is to blame."""
    error = of_answer(answered)
    if isinstance(error, SendBusy):
        return SendBusy(f"no access token: {error}", ambiguous=False)
    if answered.status < _BAD_REQUEST:
        return error
    return SendForbidden(f"{answered.status}: LINE does not accept the channel's id and secret")
