"""What a failed call to LINE means for the message: was it taken, and who can mend it?

Only a failure before anything was sent is safe to act upon: then the message has not arrived.
Everything else is ambiguous, and the same token or retry key must be used to try again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.domain.errors import (
    DeliveryError,
    SendBusy,
    SendForbidden,
    SendRefused,
    TokenSpent,
)

_OK: Final = 200
_REDIRECTION: Final = 300
_BAD_REQUEST: Final = 400
_FORBIDDEN: Final = (401, 403)
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500

#: LINE's words; they tell apart what its status codes don't.
_TOKEN_SPENT: Final = "invalid reply token"  # noqa: S105 - a message, no password
_QUOTA_GONE: Final = "monthly limit"

_PROPERTY = re.compile(r"[\w.\[\]]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """LINE's answer to a call; headers: by their names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False)

    @property
    def request_id(self) -> str:
        """By what LINE finds the call in its own log; "" where it didn't tell."""
        return self.headers.get("x-line-request-id", "")

    @property
    def body(self) -> str:
        """The body as text; a proxy may have written it in any encoding."""
        return self.raw.decode("utf-8", "replace")

    @property
    def is_success(self) -> bool:
        """Whether LINE took the call."""
        return _OK <= self.status < _REDIRECTION


def of_answer(answered: Answered) -> DeliveryError:
    """Name the error of an answer that is no success."""
    status, message = answered.status, _message(answered.body)
    if status == _BAD_REQUEST and _TOKEN_SPENT in message:
        return TokenSpent("the reply token was used or is too old")
    if status in _FORBIDDEN:
        return SendForbidden(f"{status}: LINE does not accept the access token")
    if status < _BAD_REQUEST:
        return SendForbidden(f"{status}: LINE's base URL leads elsewhere")
    if status == _TOO_MANY and _QUOTA_GONE in message:
        return SendForbidden(f"{status}: the month's quota of messages is used up")
    if status == _TOO_MANY:
        return SendBusy(f"{status}: too many requests", ambiguous=False)
    if status >= _SERVER_ERROR:
        return SendBusy(f"{status}: LINE failed", ambiguous=True)
    return SendRefused(" ".join([f"{status}: LINE refuses", *_properties(answered.body)]))


def of_transport(error: Exception) -> SendBusy:
    """Name the error of a call that got no answer: urllib3's, or a socket's."""
    from urllib3 import exceptions  # here, so that importing this module costs nothing

    before = (
        exceptions.ConnectTimeoutError,
        exceptions.LocationValueError,
        exceptions.ClosedPoolError,
        exceptions.EmptyPoolError,
    )
    return SendBusy(type(error).__name__, ambiguous=not isinstance(error, before))


def of_handshake(reason: str) -> SendBusy:
    """Name the error of TLS; it may come at any time, but a bad certificate comes first."""
    return SendBusy("SSLError", ambiguous="CERTIFICATE_VERIFY_FAILED" not in reason)


def parsed(body: str) -> dict[str, Any]:
    """Read LINE's JSON object; anything else is an empty one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _message(body: str) -> str:
    return str(parsed(body).get("message")).lower()


def _properties(body: str) -> list[str]:
    """Which fields LINE complains about; its words may quote what people wrote."""
    details = parsed(body).get("details")
    items = (
        [item for item in details if isinstance(item, dict)] if isinstance(details, list) else []
    )
    names = [str(item.get("property")) for item in items]
    return [name for name in names if _PROPERTY.fullmatch(name)]
