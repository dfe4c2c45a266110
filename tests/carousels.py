"""Cards in the chat of an assembled bot: what the newest ones show, and tapping one of them."""

from __future__ import annotations

from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Tapped
from chalicelib.domain.messages import Card, Cards, Tap
from tests.assembled import AMY, Assembled


def shown(bot: Assembled) -> tuple[Card, ...]:
    """The newest cards that were said."""
    said = [message for _, messages in bot.messenger.replies for message in messages]
    return next(message.cards for message in reversed(said) if isinstance(message, Cards))


def card(bot: Assembled, title: str) -> Card:
    """The newest card with this title."""
    return next(each for each in shown(bot) if each.title == title)


def button(bot: Assembled, title: str) -> Tap:
    """The one button of a card."""
    (only,) = card(bot, title).buttons
    assert isinstance(only, Tap)
    return only


def taps(bot: Assembled, tap: Tap, *, chat: Chat = AMY, user: str = "Uamy") -> str:
    """Somebody taps a button; returns the event's id."""
    number = next(bot.numbers)
    at = int(bot.clock.now().timestamp() * 1000) + number
    return bot.gets(
        Tapped(id=f"e{number}", chat=chat, user=user, at=at, token=f"t{number}", data=tap.data)
    )
