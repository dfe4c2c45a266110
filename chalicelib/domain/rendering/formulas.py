r"""Where a formula begins and ends: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, and LaTeX without marks.

Dollars are money more often than mathematics, and a backslash before a parenthesis may be there to
escape it. So the marks alone don't make a formula: what is between them has to look like one. And
where models forget the marks, a few commands that are nothing else are formulas all the same.
"""

from __future__ import annotations

import re
from typing import Final

from chalicelib.domain.rendering.ahead import Ahead
from chalicelib.domain.rendering.letters import has_dense

#: Longer ones are no formulas: something is left open.
_LONGEST: Final = 2_000
_INLINE = re.compile(r"\$(?=[^\s{])((?:[^$\n\\]|\\.){1,300})(?<=\S)\$(?![A-Za-z0-9$])")
_ENVIRONMENT = re.compile(r"\\begin\{([a-z]+\*?)\}")
_GROUP: Final = r"\{[^{}\n]*+(?:\{[^{}\n]*+\}[^{}\n]*+)*+\}"
_BARE = re.compile(
    rf"\\(?:(?:boxed|[dt]?frac|sqrt|text|vec|ce)(?:{_GROUP})++"
    r"|(?:times|div|cdot|pm|approx|neq|leq|geq|equiv|(?:right|Right|left)arrow|to|infty|pi|alpha|beta"
    r"|gamma|theta|lambda|sigma|omega|Delta|Omega)(?![A-Za-z\\{]))"
)
_SIGN = re.compile(r"\\[A-Za-z,;{}|]|[\^_=<>+*/|-]")
_STRONG_SIGN = re.compile(r"\\[A-Za-z]{2}|[\^_=+]")
_TOKEN = re.compile(r"\s*[A-Za-z0-9α-ωΑ-Ω'.,()!\u2032 ]{1,12}\s*")
_CONTENT = re.compile(r"\w")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?|\\text\{[^{}]*\}")
_WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]{2,}|[A-Za-z]{2,}[a-z][A-Za-z]*|[A-Z]{5,}")
_FUNCTIONS: Final = frozenset({
    "sin", "cos", "tan", "log", "exp", "lim", "max", "min", "mod", "gcd", "lcm", "det",
})  # fmt: skip


def formula(source: str, start: int, ahead: Ahead) -> tuple[str, int] | None:
    """Read a formula that begins at a dollar or backslash; returns its LaTeX and where it ends."""
    if source.startswith("$$", start):
        return (
            _between(source, start, "$$", ahead) if source[start + 2 : start + 3] != "$" else None
        )
    if source[start] == "$":
        return _inline(source, start)
    following = source[start + 1 : start + 2]
    if following in ("(", "["):
        return _between(source, start, "\\)" if following == "(" else "\\]", ahead)
    return _environment(source, start, ahead) or _bare(source, start)


def _bare(source: str, start: int) -> tuple[str, int] | None:
    """Read a command that stands for itself; one behind a letter or a colon is a path."""
    before = source[start - 1 : start]
    if before in ("\\", ":", "/") or (before.isascii() and before.isalpha()):
        return None
    found = _BARE.match(source, start)
    return (found[0], found.end()) if found else None


def _inline(source: str, start: int) -> tuple[str, int] | None:
    before = source[start - 1 : start]
    if before.isascii() and (before.isalnum() or before == "$"):
        return None
    found = _INLINE.match(source, start)
    if not found or not _is_inline(found[1]):
        return None
    return found[1], found.end()


def _is_inline(inside: str) -> bool:
    if has_dense(inside) and not _STRONG_SIGN.search(inside):
        return False
    words = [word for word in _WORD.findall(_COMMAND.sub(" ", inside)) if word not in _FUNCTIONS]
    if words and not _STRONG_SIGN.search(inside):
        return False
    return _CONTENT.search(inside) is not None


def _between(source: str, start: int, end: str, ahead: Ahead) -> tuple[str, int] | None:
    stop = ahead.find(end, start + 2)
    inside = source[start + 2 : stop] if 0 <= stop <= start + 2 + _LONGEST else ""
    if not inside or not _CONTENT.search(inside):
        return None
    if has_dense(inside) and not _STRONG_SIGN.search(inside):
        return None
    is_sure = end == "$$" or _SIGN.search(inside)
    if not is_sure and not (end == "\\)" and _TOKEN.fullmatch(inside)):
        return None
    return inside, stop + len(end)


def _environment(source: str, start: int, ahead: Ahead) -> tuple[str, int] | None:
    found = _ENVIRONMENT.match(source, start)
    if not found:
        return None
    end = f"\\end{{{found[1]}}}"
    stop = ahead.find(end, start)
    if not 0 <= stop <= start + _LONGEST:
        return None
    return source[start : stop + len(end)], stop + len(end)
