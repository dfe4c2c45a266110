"""What Flex messages are made of: colours, words, boxes, bubbles, and how much LINE takes.

Every colour is set, and the ground it stands on too, so that words can be read whatever a phone's
theme is; and they grow with the size of letters that a person has set. LINE refuses a whole reply
for one bubble that is too large, so who makes one asks whether it `fits`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from chalicelib.domain.cutting import clip

Json = dict[str, Any]

# LINE: a carousel holds 12 bubbles of 30 KB, 50 KB in all; an alternative text 1,500 UTF-16 code
# units.
BUBBLES: Final = 12
ALT_TEXT: Final = 1500
_BUBBLE: Final = 30 * 1024
_CAROUSEL: Final = 50 * 1024

GROUND: Final = "#FFFFFF"
TINT: Final = "#F1F4F7"
RULE: Final = "#DDE2E8"
INK: Final = "#111111"
SMALL_PRINT: Final = "#5B6470"
BADGE: Final = "#2C5CC5"
PRIMARY: Final[Mapping[str, str]] = {"style": "primary", "color": "#06703F"}
SECONDARY: Final[Mapping[str, str]] = {"style": "secondary", "color": "#E3E7EC"}

#: LINE: no text may be empty. What stands where nothing is said.
NOTHING: Final = "–"


def flex(contents: Json, *, told: str) -> Json:
    """Make a Flex message. told: all that it holds, for lists of chats and for who can't see it."""
    alternative = clip(told, units=ALT_TEXT) if told.strip() else NOTHING
    return {"type": "flex", "altText": alternative, "contents": contents}


def carousel(bubbles: Iterable[Json]) -> Json:
    """Put bubbles of one width side by side."""
    return {"type": "carousel", "contents": list(bubbles)}


def bubble(size: str, **blocks: Json) -> Json:
    """Make a bubble of blocks such as `body` and `footer`, on a ground of its own."""
    styles = {name: {"backgroundColor": GROUND} for name in blocks}
    return {"type": "bubble", "size": size, **blocks, "styles": styles}


def box(layout: str, contents: Iterable[Json], **look: str | int) -> Json:
    """Lay parts out: `vertical`, `horizontal`, or `baseline` for words of different sizes."""
    return {"type": "box", "layout": layout, "contents": list(contents), **look}


def words(text: str, **look: str | int) -> Json:
    """Show words on as many lines as they take; the look has their colour."""
    return {"type": "text", "text": text, "wrap": True, "scaling": True, **look}


def button(action: Json, look: Mapping[str, str]) -> Json:
    """Make a button that is `PRIMARY` or `SECONDARY`."""
    size = {"height": "sm", "adjustMode": "shrink-to-fit", "scaling": True}
    return {"type": "button", "action": action, **look, **size}


def rule(**look: str) -> Json:
    """Draw a line between parts."""
    return {"type": "separator", "color": RULE, **look}


def fits(contents: Json) -> bool:
    """Tell whether LINE takes a bubble or carousel, however it counts what is not ASCII."""
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    sizes = [len(json.dumps(each)) for each in bubbles]
    return len(json.dumps(contents)) <= _CAROUSEL and max(sizes, default=0) <= _BUBBLE
