"""Small raised and lowered letters, accents and double-struck capitals, as far as Unicode has them.

What can't be written so stays readable: `x^(a/b)`, `a_(p,q)`.
"""

from __future__ import annotations

import re
from typing import Final

_RAISED: Final = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
_LOWERED: Final = dict(
    zip(
        "0123456789+-=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
#: What stands raised as it is.
_HIGH: Final = {"∘": "°", "°": "°", "′": "′", "''": "″", "*": "*", "†": "†"}
DOUBLE: Final = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
#: Accents, as the letters that Unicode combines with the one before.
ACCENTS: Final = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "dot": "\u0307",
    "ddot": "\u0308",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "underline": "\u0332",
    "not": "\u0338",
}
#: How many letters an accent is set above; more stay without.
_ACCENTED: Final = 3

_TIGHT = re.compile(
    r"-?\d+(?:[.,]\d+)*[%°]?|√?[^\W\d_][\u0300-\u036f\u20d7′⁰-₎ᵃ-ᵿⁿⁱ²³¹]*|\([^()]*\)|\w+\([^()]*\)"
    r"|[\u0e00-\u9fff]+|√\d+|[d∂][^\W\d_]|"
)
_SUM = re.compile(r"[\s+\-±∓=<>≤≥≠≈/×÷·,;]")
_DEPTH: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def raised(text: str) -> str:
    """Raise a text: `x` → `ˣ`, `a/b` → `^(a/b)`; nothing for nothing."""
    return _scripted(text, _RAISED, "^") if text not in _HIGH else _HIGH[text]


def lowered(text: str) -> str:
    """Lower a text: `i` → `ᵢ`, `p,q` → `_(p,q)`; nothing for nothing."""
    return _scripted(text, _LOWERED, "_")


def accented(text: str, accent: str) -> str:
    """Set an accent above each letter of a short name."""
    if not text.isalnum() or len(text) > _ACCENTED:
        return text
    return "".join(letter + accent for letter in text)


def fraction(above: str, below: str) -> str:
    """Write a fraction on one line, with the parentheses that it then needs."""
    if not below:
        return above
    above = f"({above})" if _has_sum(above) else above
    below = below if _TIGHT.fullmatch(below) else f"({below})"
    return f"{above}/{below}"


def root(text: str, degree: str = "") -> str:
    """Write a root: `√2`, `∛x`, `√(a + b)`."""
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree) or f"{raised(degree)}√"
    return f"{sign}{text}" if _TIGHT.fullmatch(text) and text[:1] != "-" else f"{sign}({text})"


def _scripted(text: str, letters: dict[str, str], mark: str) -> str:
    bare = text.replace(" ", "")
    if all(letter in letters for letter in bare):
        return "".join(letters[letter] for letter in bare)
    return f"{mark}{text}" if _TIGHT.fullmatch(text) else f"{mark}({text})"


def _has_sum(text: str) -> bool:
    """Whether a text has an operator outside of its parentheses."""
    depth = 0
    for letter in text:
        depth += _DEPTH.get(letter, 0)
        if depth <= 0 and _SUM.match(letter):
            return True
    return False
