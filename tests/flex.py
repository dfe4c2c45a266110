"""Looking into LINE's messages: what they hold, whether it can be read, and whether LINE takes it.

Besides the simulator's tables of limits, LINE's own file is a judge: `tests.contract.kinds`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.limits.messages import SOME_MESSAGES

Json = dict[str, Any]

#: WCAG's AA for text of ordinary size.
CONTRAST = 4.5


def components(value: Any) -> Iterator[Json]:
    """Everything inside that has a type, in reading order."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from components(inner)
    if isinstance(value, list):
        for inner in value:
            yield from components(inner)


def bubbles(said: Json) -> list[Json]:
    """A Flex message's bubbles; of one that stands alone, itself."""
    contents = said["contents"]
    found: list[Json] = contents["contents"] if contents["type"] == "carousel" else [contents]
    return found


def texts(part: Any) -> list[str]:
    """The words inside, without those of buttons."""
    return [each["text"] for each in components(part) if each["type"] == "text"]


def whole(text: str) -> str:
    """A text as it arrives: halves of surrogate pairs are replaced, which no UTF-8 can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# -- whether LINE takes it -----------------------------------------------------------------------


def refused(said: Json) -> list[str]:
    """What the simulator, by LINE's limits, says against a message."""
    problems = SOME_MESSAGES.problems([said], ("messages",))
    return [f"{problem.path}: {problem.message}" for problem in problems]


# -- whether it can be read ----------------------------------------------------------------------


def faint(said: Json) -> list[tuple[str, str]]:
    """Every colour of words that hardly stands out from its ground, with this ground.

    A colour or a ground that is not set is a KeyError: a theme would choose it.
    """
    return [pair for pair in inks(said) if contrast(*pair) < CONTRAST]


def inks(said: Json) -> list[tuple[str, str]]:
    """Every colour of words, with the ground it stands on."""
    return [
        pair
        for bubble in bubbles(said)
        for block in ("header", "body", "footer")
        if block in bubble
        for pair in _inks(bubble[block], bubble["styles"][block]["backgroundColor"])
    ]


def _inks(part: Json, ground: str) -> Iterator[tuple[str, str]]:
    """LINE: words on a primary button are white, on a secondary one black."""
    if part["type"] == "text":
        yield part["color"], ground
    if part["type"] == "button":
        yield "#FFFFFF" if part["style"] == "primary" else "#111111", part["color"]
    under = part.get("backgroundColor", ground)
    for inner in part.get("contents", []):
        yield from _inks(inner, under)


def contrast(one: str, other: str) -> float:
    """WCAG: how far apart two colours are, from 1 to 21."""
    dark, light = sorted([_brightness(one), _brightness(other)])
    return (light + 0.05) / (dark + 0.05)


def _brightness(colour: str) -> float:
    """WCAG: the relative luminance of ``#RRGGBB``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
