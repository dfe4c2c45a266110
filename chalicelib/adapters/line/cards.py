"""Cards side by side, as LINE's Flex carousel.

LINE limits a carousel's size in all. So the more there is to say, the less of each card is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from chalicelib.adapters.line.actions import to_action
from chalicelib.adapters.line.flex import (
    BADGE,
    BUBBLES,
    GROUND,
    INK,
    NOTHING,
    PRIMARY,
    SECONDARY,
    SMALL_PRINT,
    box,
    bubble,
    button,
    carousel,
    fits,
    flex,
    words,
)
from chalicelib.domain.cutting import clip
from chalicelib.domain.messages import Card, Cards

Json = dict[str, Any]

#: How much of a card is shown, in UTF-16 code units. Of its text and its small print there is less
#: where LINE would refuse the whole.
_TITLE: Final = 60
_MARK: Final = 12
_TEXT: Final = (300, 100, 30)
_BUTTONS: Final = 3


def to_carousel(cards: Cards) -> Json:
    """Make LINE's Flex message of cards; those that LINE has no room for are left out."""
    told = " / ".join(_told(card) for card in cards.cards)
    lines = "\n".join(filter(None, [cards.text, told]))
    return flex(_carousel(cards.cards[:BUBBLES]), told=lines)


def _told(card: Card) -> str:
    name = f"{card.title} ({card.mark})" if card.mark else card.title
    return " ".join((f"{name}: {card.text}" if card.text else name).split())


def _carousel(cards: Sequence[Card]) -> Json:
    """Show as much of each card as LINE takes, and at worst fewer cards."""
    whole = (carousel(_bubble(card, units) for card in cards) for units in _TEXT)
    shortest = [_bubble(card, _TEXT[-1]) for card in cards]
    fewer = (carousel(shortest[:count]) for count in range(len(cards), 0, -1))
    return next(filter(fits, chain(whole, fewer)), carousel(shortest[:1]))


def _bubble(card: Card, units: int) -> Json:
    lines = [_head(card)]
    if card.text:
        lines.append(words(clip(card.text, units=units), size="sm", color=INK))
    if card.detail:
        lines.append(words(clip(card.detail, units=units), size="xs", color=SMALL_PRINT))
    blocks = {"body": box("vertical", lines, spacing="sm")}
    shown = enumerate(card.buttons[:_BUTTONS])
    if buttons := [button(to_action(does), SECONDARY if i else PRIMARY) for i, does in shown]:
        blocks["footer"] = box("vertical", buttons, spacing="sm")
    return bubble("kilo", **blocks)


def _head(card: Card) -> Json:
    """The title, and beside it the mark."""
    title = clip(card.title, units=_TITLE) or NOTHING
    name = words(title, size="md", color=INK, weight="bold")
    if not card.mark:
        return name
    mark = words(clip(card.mark, units=_MARK), size="xs", color=GROUND, weight="bold")
    sides = {
        "paddingStart": "8px",
        "paddingEnd": "8px",
        "paddingTop": "2px",
        "paddingBottom": "2px",
    }
    badge = box("vertical", [mark], flex=0, backgroundColor=BADGE, cornerRadius="8px", **sides)
    return box("horizontal", [name, badge], spacing="md", alignItems="flex-start")
