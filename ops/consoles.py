"""What only a person can switch, in LINE's two consoles, and how it stands as far as LINE tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from ops.show import BAD, GOOD, OPEN

CONSOLE: Final = "LINE Developers Console › Messaging API"
_MANAGER: Final = "LINE Official Account Manager › 設定 › 回應設定 (Response settings)"
_ACCOUNT: Final = "LINE Official Account Manager › 設定 › 帳號設定 (Account settings)"

USE_WEBHOOK: Final = "使用 Webhook (Use webhook)"

#: Where, its Chinese and its English label, what to switch it to, and why.
_SWITCHES: Final = (
    (CONSOLE, "Webhook 重新傳送", "Webhook redelivery", "on", "LINE sends again what was missed"),
    (_MANAGER, "自動回應訊息", "Auto-reply messages", "off", "or LINE answers beside the bot"),
    (_MANAGER, "加入好友的歡迎訊息", "Greeting messages", "off", "the bot greets by itself"),
    (
        _ACCOUNT,
        "接受邀請加入群組",
        "Allow bot to join group chats",
        "on",
        "only if it shall be in groups",
    ),
)


def show(out: Console, webhook: Mapping[str, Any], bot: Mapping[str, Any]) -> None:
    """Print the list. webhook: what LINE tells of its endpoint; bot: of the bot."""
    out.print("\nWhat only you can switch:")
    use = f"{USE_WEBHOOK}: on"
    if webhook.get("active"):
        _line(out, GOOD, use, "it is")
    else:
        _line(out, BAD, use, f"it is off, so no message arrives; {CONSOLE}")
    is_on = "it is" if bot.get("chatMode") == "chat" else "it is off, so people can't answer there"
    _line(
        out, OPEN, "聊天 (Chat): on", f"only if people shall answer by /human; {is_on}; {_MANAGER}"
    )
    for where, chinese, english, wanted, why in _SWITCHES:
        _line(out, OPEN, f"{chinese} ({english}): {wanted}", f"{why}; {where}")


def _line(out: Console, mark: tuple[str, str], what: str, detail: str) -> None:
    out.print(Text.assemble("  ", mark, f" {what}  ", (detail, "dim")))
