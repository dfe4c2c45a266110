"""Cards side by side, as LINE's Flex carousel.

Every colour is set, and the ground it stands on too, so that words can be read whatever a phone's
theme is; and they grow with the size of letters that a person has set.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from chalicelib.adapters.line.actions import to_action
from chalicelib.domain.cutting import clip
from chalicelib.domain.messages import Action, Card, Cards

Json = dict[str, Any]

# LINE: 12 bubbles of 30 KB, 50 KB in all; an alternative text holds 1,500 UTF-16 code units.
_CARDS: Final = 12
_BUBBLE: Final = 30 * 1024
_CAROUSEL: Final = 50 * 1024
_ALT_TEXT: Final = 1500
#: How much of a card is shown, in UTF-16 code units. Of its text and its small print there is less
#: where LINE would refuse the whole.
_TITLE: Final = 60
_MARK: Final = 12
_TEXT: Final = (300, 100, 30)
_BUTTONS: Final = 3

_GROUND: Final = "#FFFFFF"
_INK: Final = "#111111"
_SMALL_PRINT: Final = "#5B6470"
_BADGE: Final = "#2C5CC5"
_PRIMARY: Final = "#06703F"
_SECONDARY: Final = "#E3E7EC"


def to_carousel(cards: Cards) -> Json:
    """Make LINE's Flex message of cards; those that LINE has no room for are left out."""
    return {
        "type": "flex",
        "altText": _alternative(cards),
        "contents": {"type": "carousel", "contents": _bubbles(cards.cards[:_CARDS])},
    }


def _alternative(cards: Cards) -> str:
    """All that the cards hold, for lists of chats and for who can't see them."""
    told = " / ".join(_told(card) for card in cards.cards)
    return clip("\n".join(filter(None, [cards.text, told])), units=_ALT_TEXT)


def _told(card: Card) -> str:
    name = f"{card.title} ({card.mark})" if card.mark else card.title
    return " ".join((f"{name}: {card.text}" if card.text else name).split())


def _bubbles(cards: Sequence[Card]) -> list[Json]:
    """Show as much of each card as LINE takes, and at worst fewer cards."""
    whole = ([_bubble(card, units) for card in cards] for units in _TEXT)
    shortest = [_bubble(card, _TEXT[-1]) for card in cards]
    fewer = (shortest[:count] for count in range(len(cards), 0, -1))
    return next(filter(_fit, chain(whole, fewer)), shortest[:1])


def _fit(bubbles: Sequence[Json]) -> bool:
    """Tell whether LINE takes these, however it counts what is not ASCII."""
    sizes = [len(json.dumps(bubble)) for bubble in bubbles]
    whole = len(json.dumps({"type": "carousel", "contents": bubbles}))
    return whole <= _CAROUSEL and max(sizes, default=0) <= _BUBBLE


def _bubble(card: Card, units: int) -> Json:
    words = [_head(card)]
    if card.text:
        words.append(_words(clip(card.text, units=units), size="sm", color=_INK))
    if card.detail:
        words.append(_words(clip(card.detail, units=units), size="xs", color=_SMALL_PRINT))
    blocks = {"body": _box("vertical", words, spacing="sm")}
    if buttons := [_button(action, i) for i, action in enumerate(card.buttons[:_BUTTONS])]:
        blocks["footer"] = _box("vertical", buttons, spacing="sm")
    styles = {name: {"backgroundColor": _GROUND} for name in blocks}
    return {"type": "bubble", "size": "kilo", **blocks, "styles": styles}


def _head(card: Card) -> Json:
    """The title, and beside it the mark."""
    title = clip(card.title, units=_TITLE) or " "  # LINE: no text may be empty
    name = _words(title, size="md", color=_INK, weight="bold")
    if not card.mark:
        return name
    mark = _words(clip(card.mark, units=_MARK), size="xs", color=_GROUND, weight="bold")
    sides = {
        "paddingStart": "8px",
        "paddingEnd": "8px",
        "paddingTop": "2px",
        "paddingBottom": "2px",
    }
    badge = _box("vertical", [mark], flex=0, backgroundColor=_BADGE, cornerRadius="8px", **sides)
    return _box("horizontal", [name, badge], spacing="md", alignItems="flex-start")


def _button(action: Action, place: int) -> Json:
    style, color = ("secondary", _SECONDARY) if place else ("primary", _PRIMARY)
    look = {"style": style, "color": color, "height": "sm", "adjustMode": "shrink-to-fit"}
    return {"type": "button", "action": to_action(action), **look, "scaling": True}


def _words(text: str, **look: str) -> Json:
    return {"type": "text", "text": text, "wrap": True, "scaling": True, **look}


def _box(layout: str, contents: Sequence[Json], **look: str | int) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **look}
