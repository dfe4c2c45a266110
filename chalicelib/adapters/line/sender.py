"""Sends to LINE through its SDK, and tells exactly what is known of each call afterwards.

The SDK imports for a second, has no default time-out and leaks urllib3's errors. Here it is
imported when a messenger is connected, every call has its own time-outs and is never repeated, and
each failure becomes one of four errors that say what to do next. What matters most is whether a
message may have arrived in spite of an error: only then is a call `ambiguous`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.adapters.line.failures import (
    Answered,
    of_answer,
    of_handshake,
    of_transport,
    parsed,
)
from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import DeliveryError, SendForbidden, SendRefused
from chalicelib.domain.messages import Message
from chalicelib.ports import Profile, Telemetry

Timeout = tuple[float, float]

#: Seconds to connect, and to wait for each part of an answer.
SEND_TIMEOUT: Final[Timeout] = (2, 8)
LOADING_TIMEOUT: Final[Timeout] = (1, 2)
PROFILE_TIMEOUT: Final[Timeout] = (1, 3)

#: Workers share the messenger, and a note may go out beside an answer.
_CONNECTIONS: Final = 16

# LINE: dots are shown for 5 to 60 seconds, in steps of 5.
_STEP: Final = 5
_LONGEST: Final = 60

_NOT_FOUND: Final = 404
_ACCEPTED_BEFORE: Final = 409

Sending = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMessenger:
    """Implements `ports.Messenger`; safe for many threads. `connect` makes one.

    sdk: the module `linebot.v3.messaging`, which is too heavy to be imported with this one.
    """

    sdk: Any = field(repr=False)
    client: Any = field(repr=False)
    telemetry: Telemetry = field(repr=False)
    send_timeout: Timeout = SEND_TIMEOUT

    @classmethod
    def connect(cls, *, access_token: str, base_url: str, telemetry: Telemetry) -> LineMessenger:
        """Import the SDK, which takes about a second, and set it up; no request is made yet."""
        import linebot.v3.messaging as sdk  # type: ignore[import-untyped]

        configuration = sdk.Configuration(host=base_url.rstrip("/"), access_token=access_token)
        configuration.connection_pool_maxsize = _CONNECTIONS
        configuration.retries = False  # urllib3 would repeat a call, and wrap its error
        return cls(sdk=sdk, client=sdk.ApiClient(configuration), telemetry=telemetry)

    def close(self) -> None:
        """Close the connections that are kept open."""
        # The SDK's own `close` doesn't: it keeps its last response, which keeps the connections.
        pools = self.client.rest_client.pool_manager.pools
        for key in pools.keys():  # noqa: SIM118 - it is no dictionary
            pools[key].close()

    def reply(self, token: str, messages: Sequence[Message]) -> None:
        """Say one to five messages by a reply token; see `ports.Messenger`."""
        body = {"replyToken": token, "messages": _bubbles(messages)}
        request = _checked(self.sdk.ReplyMessageRequest, body)
        send = self._api.reply_message_with_http_info
        answered = self._call(
            send, request, named="POST /v2/bot/message/reply", timeout=self.send_timeout
        )
        if not answered.is_success:
            raise of_answer(answered)

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> None:
        """Say one to five messages unasked; see `ports.Messenger`."""
        request = _checked(
            self.sdk.PushMessageRequest, {"to": chat.id, "messages": _bubbles(messages)}
        )
        send = self._api.push_message_with_http_info
        answered = self._call(
            send, request, retry_key, named="POST /v2/bot/message/push", timeout=self.send_timeout
        )
        if not answered.is_success and answered.status != _ACCEPTED_BEFORE:
            raise of_answer(answered)

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        """Show dots in a private chat, for a multiple of 5 seconds; see `ports.Messenger`."""
        if not chat.is_private:
            return
        shown = min(max(-(-seconds // _STEP), 1) * _STEP, _LONGEST)
        request = self.sdk.ShowLoadingAnimationRequest(chat_id=chat.id, loading_seconds=shown)
        send = self._api.show_loading_animation_with_http_info
        try:
            answered = self._call(
                send, request, named="POST /v2/bot/chat/loading/start", timeout=LOADING_TIMEOUT
            )
            if not answered.is_success:
                raise of_answer(answered)
        except DeliveryError as exc:
            self.telemetry.trouble("loading_not_shown", exc)

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is; None where LINE knows nobody, or the call failed."""
        send = self._api.get_profile_with_http_info
        try:
            answered = self._call(
                send, user, named="GET /v2/bot/profile/{userId}", timeout=PROFILE_TIMEOUT
            )
            if answered.status == _NOT_FOUND:
                return None
            if not answered.is_success:
                raise of_answer(answered)
        except DeliveryError as exc:
            self.telemetry.trouble("profile_not_found", exc)
            return None
        return _profile(parsed(answered.body))

    @property
    def _api(self) -> Any:
        return self.sdk.MessagingApi(self.client)

    def _call(self, send: Sending, *arguments: Any, named: str, timeout: Timeout) -> Answered:
        """Make one call and log it, whatever comes of it. Raises SendBusy without an answer."""
        method, path = named.split()
        facts: dict[str, str | float] = {"method": method, "path": path}
        begun = time.perf_counter()
        try:
            answered = self._answer(send, arguments, timeout)
            facts |= {"status": answered.status, "request_id": answered.request_id}
        except DeliveryError as exc:
            facts |= {"error": str(exc)}
            raise
        finally:
            facts["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            self.telemetry.fact("line_called", **facts)
        return answered

    def _answer(self, send: Sending, arguments: tuple[Any, ...], timeout: Timeout) -> Answered:
        """Get LINE's answer, good or bad, without the SDK reading its body."""
        from urllib3.exceptions import HTTPError

        try:
            response = send(*arguments, _preload_content=False, _request_timeout=timeout)
        except self.sdk.ApiException as exc:
            if not exc.status:
                raise of_handshake(str(exc.reason)) from exc
            return _answered(exc.status, exc.headers, exc.body)
        except UnicodeDecodeError as exc:
            # The SDK decodes the body of an error, which a proxy may have written, as UTF-8.
            failed = exc.__context__
            if not isinstance(failed, self.sdk.ApiException):
                raise
            return _answered(failed.status, failed.headers, "")
        except (HTTPError, OSError) as exc:
            raise of_transport(exc) from exc
        except ValueError:
            # Its words hold the whole header, which is a secret.
            raise SendForbidden("the access token holds what no header may hold") from None
        return _answered(response.status_code, response.headers, response.raw_data)


def _bubbles(messages: Sequence[Message]) -> list[dict[str, Any]]:
    try:
        return [to_line(message) for message in messages]
    except ValueError as exc:
        raise SendRefused(str(exc)) from exc


def _checked(request: Any, body: dict[str, Any]) -> Any:
    """Let the SDK check a request, whose errors are ValueErrors."""
    try:
        return request.from_dict(body)
    except ValueError as exc:
        raise SendRefused(f"the SDK refuses the request: {type(exc).__name__}") from exc


def _answered(status: int, headers: Any, body: str | bytes | None) -> Answered:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    request_id = (headers or {}).get("x-line-request-id", "")
    return Answered(status=status, request_id=request_id, body=text)


def _profile(body: dict[str, Any]) -> Profile | None:
    name, language = body.get("displayName"), body.get("language")
    if not isinstance(name, str):
        return None
    return Profile(name=name, language=language if isinstance(language, str) else None)
