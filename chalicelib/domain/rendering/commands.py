r"""LaTeX's commands: what each makes of what follows it.

A new one is a row of a table here, with a few lines where it does something with its arguments.
Signs such as `\alpha` are in `symbols`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from chalicelib.domain.rendering import scripts

#: They change how things look, and are gone.
SILENT: Final = frozenset({
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr",
    "biggl", "biggr", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber",
    "notag", "hline", "rm", "bf", "it", "centering",
})  # fmt: skip
#: They are what they hold.
PLAIN: Final = frozenset({
    "text", "textrm", "textbf", "textit", "textsf", "texttt", "textnormal", "mbox", "emph",
    "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "mathscr", "mathfrak",
    "boldsymbol", "bm", "operatorname", "boxed", "fbox", "underbrace", "overbrace", "cancel",
    "mathop", "mathord", "substack",
})  # fmt: skip
#: They are gone with what they hold.
DROPPED: Final = frozenset({
    "label", "hspace", "vspace", "phantom", "hphantom", "vphantom", "color",
})  # fmt: skip

_CHEMICAL_COUNT = re.compile(r"(?<=[A-Za-z)\]])\d+")
_CHEMICAL_CHARGE = re.compile(r"\^\{?([\d+-]+)\}?")


class Source(Protocol):
    """What follows a command."""

    def argument(self) -> str:
        """Read a group, another command or one letter, and write it."""
        ...

    def optional(self) -> str:
        """Read an argument in square brackets; "" where there is none."""
        ...

    def raw(self) -> str:
        """Read a group as it is written."""
        ...

    def is_multiplied(self) -> bool:
        """Whether a factor follows, so that what was written needs parentheses."""
        ...


def _fraction(source: Source) -> str:
    above = source.argument().strip()
    text = scripts.fraction(above, source.argument().strip())
    return f"({text})" if source.is_multiplied() else text


def _root(source: Source) -> str:
    degree = source.optional()
    return scripts.root(source.argument().strip(), degree)


def _choice(source: Source) -> str:
    above = source.argument().strip()
    return f"C({above}, {source.argument().strip()})"


def _arrow(source: Source) -> str:
    source.optional()
    text = source.argument().strip()
    return f" ─{text}→ " if text else " → "


def _stacked(source: Source) -> str:
    above = source.argument().strip()
    return source.argument().strip() + scripts.raised(above)


def _lowered(source: Source) -> str:
    below = source.argument().strip()
    return source.argument().strip() + scripts.lowered(below)


def _coloured(source: Source) -> str:
    source.argument()
    return source.argument()


def _double(source: Source) -> str:
    text = source.argument()
    return scripts.DOUBLE.get(text, text)


def _chemistry(source: Source) -> str:
    text = _CHEMICAL_CHARGE.sub(lambda found: scripts.raised(found[1]), source.raw())
    text = _CHEMICAL_COUNT.sub(lambda found: scripts.lowered(found[0]), text)
    return text.replace("<=>", "⇌").replace("->", "→")


def _end(source: Source) -> str:
    source.raw()
    return ""


def _tag(source: Source) -> str:
    return f" ({source.argument()})"


def _modulo(source: Source) -> str:
    return f" (mod {source.argument()})"


def _always(text: str) -> Callable[[Source], str]:
    return lambda _source: text


COMMANDS: Final[Mapping[str, Callable[[Source], str]]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac"), _fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _choice),
    **dict.fromkeys(("xrightarrow", "xleftarrow"), _arrow),
    **dict.fromkeys(("overset", "stackrel"), _stacked),
    "underset": _lowered,
    "sqrt": _root,
    "end": _end,
    "textcolor": _coloured,
    "mathbb": _double,
    "ce": _chemistry,
    "tag": _tag,
    "pmod": _modulo,
    "\\": _always("\n"),
    "!": _always(""),
    **{mark: _always(mark) for mark in "{}%$#&_"},
    **dict.fromkeys((",", ";", ":", " "), _always(" ")),
}
