r"""LaTeX's words for signs: `\alpha` is α.

pylatexenc knows some 850 of them, and is loaded with the first formula. A few that models write are
missing there, and stand here. Its own way from LaTeX to text is not used: it writes fractions
without the parentheses they need, leaves `x^2`, and fails on deep nesting.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

_MORE: Final = {
    "implies": "⟹", "impliedby": "⟸", "iff": "⟺", "gets": "←", "degree": "°", "triangle": "△",
    "square": "□", "Re": "Re", "Im": "Im", "colon": ":", "checkmark": "✓", "neg": "¬", "lnot": "¬",
    "land": "∧", "lor": "∨", "imath": "i", "jmath": "j", "bot": "⊥", "arg": "arg", "det": "det",
    "dim": "dim", "gcd": "gcd", "ker": "ker", "hom": "hom", "lg": "lg", "cot": "cot", "sec": "sec",
    "csc": "csc", "coth": "coth", "deg": "deg", "Pr": "Pr", "models": "⊨", "lbrack": "[",
    "rbrack": "]", "cdotp": "·", "pounds": "£", "euro": "€", "yen": "¥", "copyright": "©",
    "ddagger": "‡", "S": "§", "lt": "<", "gt": ">", "ne": "≠", "owns": "∋", "vert": "|",
    "lvert": "|", "rvert": "|", "mid": " | ", "Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖",
    "bullet": "•", "ast": "*", "star": "⋆", "setminus": "∖", "backslash": "\\", "dots": "…",
    "cdots": "…", "dotsc": "…", "dotsb": "…", "langle": "⟨", "rangle": "⟩", "prime": "′",
    "thinspace": " ", "enspace": " ", " ": " ", "bmod": " mod ", "sim": "~", "lim": "lim",
    "limsup": "lim sup", "liminf": "lim inf", "sgn": "sgn", "argmax": "argmax", "argmin": "argmin",
    "TeX": "TeX", "LaTeX": "LaTeX", "because": "∵", "therefore": "∴", "quad": "  ", "qquad": "  ",
}  # fmt: skip


def symbol(name: str) -> str | None:
    """What a command without its backslash is written as; None where it isn't a sign."""
    known = _MORE.get(name)
    return known if known is not None else _shipped().get(name)


@cache
def _shipped() -> Mapping[str, str]:
    from pylatexenc.latex2text import (  # type: ignore[import-untyped]
        get_default_latex_context_db,
    )

    database = get_default_latex_context_db()
    signs = {
        spec.macroname: spec.simplify_repl
        for category in reversed(database.category_list)
        if category != "latex-placeholders"
        for spec in database.iter_macro_specs([category])
        if isinstance(spec.simplify_repl, str)
    }
    return {name: sign for name, sign in signs.items() if "%" not in sign and name != "today"}
