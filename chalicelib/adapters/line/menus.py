"""Shows each person the rich menu in their language, where the operator has made some.

`python -m ops richmenu` makes a menu a language; an alias names it, whichever it is by now. Most
channels have none, so what there is is asked for seldom, and then for all languages at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.adapters.line.access import Access, opened
from chalicelib.adapters.line.calls import Calls, Sending, Timeout
from chalicelib.adapters.line.failures import Answered, of_answer, parsed
from chalicelib.domain.errors import DeliveryError
from chalicelib.ports import Telemetry

_TIMEOUT: Final[Timeout] = (1, 3)
#: Seconds for which it is believed which menus there are, and after a call that failed.
_FRESH: Final = 600
_AGAIN: Final = 60

_NOT_FOUND: Final = 404


def alias(language: str) -> str:
    """Name the menu of a language. LINE: small letters, digits, - and _, at most 32."""
    return f"liao-{language.lower()}"


@dataclass(slots=True, kw_only=True)
class LineMenus:
    """Shows people their menus; safe for many threads. `connect` makes one.

    clock: seconds that only go on.
    """

    access: Access
    calls: Calls
    clock: Callable[[], float] = time.monotonic
    _known: Mapping[str, str] = field(default_factory=dict)
    _until: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def connect(cls, *, access: Access, base_url: str, telemetry: Telemetry) -> LineMenus:
        """Import the SDK, which takes about a second, and set it up; no request is made yet."""
        import linebot.v3.messaging as sdk  # type: ignore[import-untyped]

        return cls(access=access, calls=Calls.connect(sdk, base_url=base_url, telemetry=telemetry))

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.calls.close()

    def show(self, user: str, language: str) -> None:
        """Show a person the menu in a language; where there is none, nothing changes.

        Shown again it stays as it is. A failure is logged, not raised.
        """
        try:
            if not self._shown(user, language):
                self._doubt()  # the operator may have put another in its place
                self._shown(user, language)
        except DeliveryError as exc:
            self.calls.telemetry.trouble("menu_not_shown", exc)

    def _shown(self, user: str, language: str) -> bool:
        """Let a person see a language's menu, if it has one; False where that one is gone."""
        menu = self._menu(language)
        if not menu or self._linked(user, menu):
            return True
        self._drop(menu)
        return False

    def _linked(self, user: str, menu: str) -> bool:
        """Let a person see a menu; False where there is no such menu any more."""
        answered = self._call(
            self._api.link_rich_menu_id_to_user_with_http_info,
            user,
            menu,
            named="POST /v2/bot/user/{userId}/richmenu/{richMenuId}",
        )
        if not answered.is_success and answered.status != _NOT_FOUND:
            raise of_answer(answered)
        return answered.is_success

    def _menu(self, language: str) -> str:
        """The id of a language's menu, "" where there is none; LINE is asked by one thread."""
        with self._lock:
            if self.clock() >= self._until:
                self._ask()
            return self._known.get(alias(language), "")

    def _ask(self) -> None:
        """Ask which menus there are; where LINE doesn't tell, what was known stays so."""
        try:
            answered = self._call(
                self._api.get_rich_menu_alias_list_with_http_info,
                named="GET /v2/bot/richmenu/alias/list",
            )
            if not answered.is_success:
                raise of_answer(answered)
        except DeliveryError as exc:
            self.calls.telemetry.trouble("menus_not_told", exc)
            self._until = self.clock() + _AGAIN
            return
        self._known = _named(parsed(answered.body))
        self._until = self.clock() + _FRESH

    def _doubt(self) -> None:
        """Let LINE be asked at the next look."""
        with self._lock:
            self._until = 0

    def _drop(self, gone: str) -> None:
        """Stop believing in a menu."""
        with self._lock:
            self._known = {name: menu for name, menu in self._known.items() if menu != gone}

    @property
    def _api(self) -> Any:
        return self.calls.sdk.MessagingApi(self.calls.client)

    def _call(self, send: Sending, *arguments: Any, named: str) -> Answered:
        return opened(self.access, self.calls, send, *arguments, named=named, timeout=_TIMEOUT)


def _named(body: dict[str, Any]) -> dict[str, str]:
    """The menus' ids by their aliases."""
    found = body.get("aliases")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    pairs = ((row.get("richMenuAliasId"), row.get("richMenuId")) for row in rows)
    return {name: menu for name, menu in pairs if isinstance(name, str) and isinstance(menu, str)}
