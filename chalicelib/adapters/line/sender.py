"""Sends to LINE through its SDK, which imports for a second and so is imported when one connects.

`calls` makes the calls and tells what became of each; `access` has what opens the channel. What is
only asked of LINE is in `asking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.adapters.line.access import Access, opened
from chalicelib.adapters.line.asking import Asking
from chalicelib.adapters.line.calls import Calls, Sending, Timeout
from chalicelib.adapters.line.failures import Answered, of_answer, parsed
from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import DeliveryError, SendRefused
from chalicelib.domain.messages import Message
from chalicelib.ports import Profile, Telemetry

SEND_TIMEOUT: Final[Timeout] = (2, 8)
SHOWING_TIMEOUT: Final[Timeout] = (1, 2)

# LINE: dots are shown for 5 to 60 seconds, in steps of 5.
_STEP: Final = 5
_LONGEST: Final = 60

_ACCEPTED_BEFORE: Final = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMessenger:
    """Implements `ports.Messenger`; safe for many threads. `connect` makes one."""

    access: Access
    calls: Calls
    send_timeout: Timeout = SEND_TIMEOUT

    @classmethod
    def connect(cls, *, access: Access, base_url: str, telemetry: Telemetry) -> LineMessenger:
        """Import the SDK, which takes about a second, and set it up; no request is made yet."""
        import linebot.v3.messaging as sdk  # type: ignore[import-untyped]

        return cls(access=access, calls=Calls.connect(sdk, base_url=base_url, telemetry=telemetry))

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.calls.close()

    def reply(self, token: str, messages: Sequence[Message]) -> tuple[str, ...]:
        """Say one to five messages by a reply token; see `ports.Messenger`."""
        body = {"replyToken": token, "messages": _bubbles(messages)}
        request = _checked(self._sdk.ReplyMessageRequest, body)
        send = self._api.reply_message_with_http_info
        answered = self._call(
            send, request, named="POST /v2/bot/message/reply", timeout=self.send_timeout
        )
        if not answered.is_success:
            raise of_answer(answered)
        return _ids(answered)

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> tuple[str, ...]:
        """Say one to five messages unasked; see `ports.Messenger`."""
        request = _checked(
            self._sdk.PushMessageRequest, {"to": chat.id, "messages": _bubbles(messages)}
        )
        send = self._api.push_message_with_http_info
        answered = self._call(
            send, request, retry_key, named="POST /v2/bot/message/push", timeout=self.send_timeout
        )
        if not answered.is_success and answered.status != _ACCEPTED_BEFORE:
            raise of_answer(answered)
        return _ids(answered)

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        """Show dots in a private chat, for a multiple of 5 seconds; see `ports.Messenger`."""
        if not chat.is_private:
            return
        shown = min(max(-(-seconds // _STEP), 1) * _STEP, _LONGEST)
        request = self._sdk.ShowLoadingAnimationRequest(chat_id=chat.id, loading_seconds=shown)
        send = self._api.show_loading_animation_with_http_info
        self._tried(
            send, request, named="POST /v2/bot/chat/loading/start", failing="loading_not_shown"
        )

    def mark_as_read(self, read_token: str) -> None:
        """Show messages up to this one as read; see `ports.Messenger`.

        LINE: where chats with people are off, messages show as read by themselves.
        """
        if not read_token:
            return
        request = self._sdk.MarkMessagesAsReadByTokenRequest(mark_as_read_token=read_token)
        send = self._api.mark_messages_as_read_by_token_with_http_info
        self._tried(send, request, named="POST /v2/bot/chat/markAsRead", failing="read_not_marked")

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is; None where LINE knows nobody, or the call failed."""
        return self._asking.profile(user)

    def member(self, chat: Chat, user: str) -> Profile | None:
        """Ask who somebody of a group or room is; None for private chats, whose person `profile`
        tells.
        """
        return self._asking.member(chat, user)

    def pushes_left(self) -> int | None:
        """Ask how many pushes the month has left; see `ports.Messenger`."""
        return self._asking.pushes_left()

    @property
    def _asking(self) -> Asking:
        return Asking(access=self.access, calls=self.calls)

    @property
    def _sdk(self) -> Any:
        return self.calls.sdk

    @property
    def _api(self) -> Any:
        return self._sdk.MessagingApi(self.calls.client)

    def _tried(self, send: Sending, request: Any, *, named: str, failing: str) -> None:
        """Make a call that nobody waits for. failing: the name of what is logged if it fails."""
        try:
            answered = self._call(send, request, named=named, timeout=SHOWING_TIMEOUT)
            if not answered.is_success:
                raise of_answer(answered)
        except DeliveryError as exc:
            self.calls.telemetry.trouble(failing, exc)

    def _call(self, send: Sending, *arguments: Any, named: str, timeout: Timeout) -> Answered:
        return opened(self.access, self.calls, send, *arguments, named=named, timeout=timeout)


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


def _ids(answered: Answered) -> tuple[str, ...]:
    """Find the ids of the messages that were sent. LINE: a 409 tells those of the first call."""
    sent = parsed(answered.body).get("sentMessages")
    items = sent if isinstance(sent, list) else []
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    return tuple(each for each in ids if isinstance(each, str) and each)
