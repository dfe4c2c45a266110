"""Drawings that lie within a page: made by matplotlib, coloured and lettered by the page.

matplotlib is told colours that nothing has; in what it draws they become the page's own, which
follow light, dark and paper. Letters stay letters, in the reader's own fonts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ops.trouble import Trouble

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: So many things have a colour of their own; the rest share one more.
SERIES: Final = 5
#: What matplotlib draws with, and the page's word for it.
INK: Final = "#0d0d01"
LINE: Final = "#0d0d02"
CARD: Final = "#0d0d03"
_WORDS: Final = {INK: "ink", LINE: "line", CARD: "card"} | {
    f"#0d0da{number}": f"s{number}" for number in range(SERIES + 1)
}
#: A drawing's units: a phone shows it a little smaller than that, a desk a little larger.
_WIDTH: Final = 390
_HEIGHT: Final = 210
_TO_AN_INCH: Final = 72
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "liao",
    "text.parse_math": False,
    "font.size": 12.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "ytick.left": False,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "patch.linewidth": 0.6,
}
_DRAWN = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_STYLES = re.compile(r"<defs>\s*<style.*?</defs>", re.DOTALL)
_ID = re.compile(r'\b(id="|url\(#|href="#)')
_FONTS = re.compile(r" font-family: [^;\"]*;?")
_COLOUR = re.compile(r"#0d0d[0-9a-f]{2}")


def series(number: int) -> str:
    """The colour of the thing of this number, from 0."""
    return f"#0d0da{min(number, SERIES)}"


def word(colour: str) -> str:
    """The page's word for a colour, such as ``s0``."""
    return _WORDS[colour]


def svg(name: str, label: str, draw: Callable[[Axes], None]) -> str:
    """Draw a picture of a page. Raises Trouble where there is no matplotlib.

    name: the picture's own on its page. label: its numbers, for who can't see it.
    """
    try:
        from matplotlib import rc_context  # takes 0.4 s, and a page alone needs it
        from matplotlib.figure import Figure
    except ImportError as exc:
        raise Trouble(
            "matplotlib, which draws the charts, is not installed",
            "Install what commands need: pip install -r requirements-run.txt",
        ) from exc
    text = io.StringIO()
    with rc_context(_STYLE):
        size = (_WIDTH / _TO_AN_INCH, _HEIGHT / _TO_AN_INCH)
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg {box} role="img" aria-label="{escape(label)}">{_own(name, text.getvalue())}</svg>'


def _own(name: str, text: str) -> str:
    """Make the page's own of what matplotlib wrote."""
    (drawn,) = _DRAWN.findall(text)
    drawn = _STYLES.sub("", drawn, count=1).strip()
    drawn = _ID.sub(rf"\g<1>{name}-", drawn)
    drawn = _FONTS.sub("", drawn)
    return _COLOUR.sub(lambda found: f"var(--{_WORDS[found[0]]})", drawn)
