"""What LINE tells when it is asked: who somebody is, and how many pushes are left.

No answer may wait long for any of it, nor be lost for the want of it. So time-outs are short, and
whatever keeps LINE from telling is in the log: who asks hears only that it isn't told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.adapters.line.access import Access, opened
from chalicelib.adapters.line.calls import Calls, Sending, Timeout
from chalicelib.adapters.line.failures import of_answer, parsed
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import DeliveryError
from chalicelib.ports import Profile

ASKING_TIMEOUT: Final[Timeout] = (1, 3)

_NOT_FOUND: Final = 404

#: The SDK's method that asks for a member's profile, and its path for the log.
_MEMBERS: Final[Mapping[ChatKind, tuple[str, str]]] = {
    ChatKind.GROUP: (
        "get_group_member_profile_with_http_info",
        "GET /v2/bot/group/{groupId}/member/{userId}",
    ),
    ChatKind.ROOM: (
        "get_room_member_profile_with_http_info",
        "GET /v2/bot/room/{roomId}/member/{userId}",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The questions of `ports.Messenger`; safe for many threads."""

    access: Access
    calls: Calls

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is. LINE: it tells of people who are the bot's friends."""
        send = self._api.get_profile_with_http_info
        path = "GET /v2/bot/profile/{userId}"
        return _profile(self._told(send, user, named=path, failing="profile_not_found"))

    def member(self, chat: Chat, user: str) -> Profile | None:
        """Ask who a member is, friend or not; None for private chats, which have no members.

        LINE: a member's language is not told.
        """
        if chat.kind not in _MEMBERS:
            return None
        method, path = _MEMBERS[chat.kind]
        send = getattr(self._api, method)
        return _profile(self._told(send, chat.id, user, named=path, failing="profile_not_found"))

    def pushes_left(self) -> int | None:
        """Ask how many pushes the month has left; None without a limit."""
        api, path, failing = self._api, "GET /v2/bot/message/quota", "quota_not_told"
        limit = self._told(api.get_message_quota_with_http_info, named=path, failing=failing)
        send = api.get_message_quota_consumption_with_http_info
        used = self._told(send, named=f"{path}/consumption", failing=failing)
        value, total = limit.get("value"), used.get("totalUsage")
        if not isinstance(value, int) or not isinstance(total, int):
            return None
        return max(value - total, 0)

    def _told(self, send: Sending, *arguments: Any, named: str, failing: str) -> Mapping[str, Any]:
        """Make one call; empty where LINE doesn't tell.

        failing: the name of what is then logged, but for a 404: LINE knows no such person.
        """
        try:
            answered = opened(
                self.access, self.calls, send, *arguments, named=named, timeout=ASKING_TIMEOUT
            )
            if answered.status == _NOT_FOUND:
                return {}
            if not answered.is_success:
                raise of_answer(answered)
        except DeliveryError as exc:
            self.calls.telemetry.trouble(failing, exc)
            return {}
        return parsed(answered.body)

    @property
    def _api(self) -> Any:
        return self.calls.sdk.MessagingApi(self.calls.client)


def _profile(body: Mapping[str, Any]) -> Profile | None:
    name, language = body.get("displayName"), body.get("language")
    if not isinstance(name, str):
        return None
    return Profile(name=name, language=language if isinstance(language, str) else None)
