r"""Formulas on one line: LaTeX as Unicode, as far as a chat can show it.

`\frac{-b \pm \sqrt{b^2-4ac}}{2a}` becomes `(-b ± √(b²-4ac))/(2a)`. One pass from left to right;
whatever isn't known keeps its name, so that no letter is lost. A formula that is broken, or nested
too deeply, is written as far as it goes: nothing here raises.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.rendering import scripts
from chalicelib.domain.rendering.commands import COMMANDS, DROPPED, PLAIN, SILENT
from chalicelib.domain.rendering.symbols import symbol

#: Deeper groups are read as if their braces weren't there.
_DEEPEST: Final = 30
_TOKENS = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_BINARY: Final = frozenset("×÷·±∓≤≥≠≈≡∼≅∝∈∉∋⊂⊆⊃⊇∪∩→←⇒⇐⇔↔↦⟹⟸⟺∧∨⊕⊗∥⊥≪≫⟶⟵⇌∖⩽⩾")
_SIGNED: Final = frozenset("±∓")
_LARGE: Final = frozenset("∑∏∫∮∂∇∞√")
_GROUPS: Final = ("{",)
_SCRIPTS: Final = ("^", "_")
_CALLS: Final = ("(",)
_LETTERS: Final = {"}": "", "$": "", "&": " ", "~": " ", "'": "′"}
_EQUALS: Final = frozenset("=<>")
_OPEN: Final = ("", "(", "[", "{", ",", "=", "<", ">")
#: What a limit is written under.
_LIMITED: Final = ("lim", "max", "min", "sup", "inf", "argmax", "argmin", "lim sup", "lim inf")
_ENDS: Final = frozenset({"}", "&", "\\\\", "\\end"})
_TIGHTENED = re.compile(r"\s*([→=∈<>≤≥+,-])\s*")
_SPACES = re.compile(r"[^\S\n]+")
_INNER_SPACES = re.compile(r"(?<=[(\[{⌊⌈⟨]) | (?=[)\]}⌋⌉⟩])")
#: What a fraction is multiplied with if it follows directly.
_FACTOR = re.compile(r"[A-Za-z0-9α-ωΑ-Ω(^]|\\(?:left|sqrt|text|math)")

#: How matrices begin and end.
_BRACKETS: Final = {
    "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖",
    "cases": "{}", "matrix": "", "smallmatrix": "", "array": "",
}  # fmt: skip


def unicode_formula(latex: str) -> str:
    r"""Write a formula in Unicode; several lines, parted by "\n", where it is set in several."""
    writer = _Writer(tokens=_TOKENS.findall(latex))
    text = writer.write(frozenset()).replace("′′", "″")
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Reads tokens from left to right; `at` is the next one, `depth` how many groups are open."""

    tokens: list[str]
    at: int = 0
    depth: int = 0

    def write(self, stops: frozenset[str]) -> str:
        """Write up to one of `stops`, which is left, or to the end."""
        out: list[str] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in stops:
            token = self.tokens[self.at]
            self.at += 1
            out.append(self._one(token, out))
        return _INNER_SPACES.sub("", _SPACES.sub(" ", "".join(out)))

    def _one(self, token: str, out: list[str]) -> str:
        if token[0] == "\\" and len(token) > 1:
            return self._command(token[1:], out)
        if token in _GROUPS:
            return self._group()
        if token in _SCRIPTS:
            return self._script(token, out)
        if token in _EQUALS:
            return f" {token} "
        if token in _CALLS and out and out[-1].strip().isalpha():
            out[-1] = out[-1].rstrip()
        return _LETTERS.get(token, " " if token.isspace() else token)

    def _command(self, name: str, out: list[str]) -> str:
        name = name.rstrip("*") or name
        if name == "begin":
            return self._environment()
        if write := COMMANDS.get(name):
            return write(self)
        if accent := scripts.ACCENTS.get(name):
            return unicodedata.normalize("NFC", self._accented(accent))
        if name in PLAIN:
            return self.argument()
        if name in DROPPED:
            self.argument()
            return ""
        if name in SILENT:
            self._skip(".")
            return ""
        sign = symbol(name)
        if sign is None:
            return f" {name} " if name.isalpha() else name
        return self._sign(sign, out)

    def _sign(self, sign: str, out: list[str]) -> str:
        if sign in _SIGNED and "".join(out).rstrip()[-1:] in _OPEN:
            self._skip_space()
            return sign
        if sign in _BINARY or (len(sign) > 1 and sign.isascii() and sign[0].isalpha()):
            return f" {sign} "
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if following.lstrip("\\")[:1].isalnum() and not sign.isspace():
            self._skip_space()
        return sign

    def _accented(self, accent: str) -> str:
        text = self.argument()
        return (
            text.strip() + accent
            if accent == scripts.ACCENTS["not"]
            else (scripts.accented(text, accent))
        )

    # --- arguments -----------------------------------------------------------------------------

    def argument(self) -> str:
        """Read what follows a command: a group, another command or one letter."""
        self._skip_space()
        if self.at >= len(self.tokens) or self.tokens[self.at] in _ENDS:
            return ""
        token = self.tokens[self.at]
        self.at += 1
        self.depth += 1
        text = self._one(token, []) if self.depth < _DEEPEST else token.strip("{\\")
        self.depth -= 1
        return text

    def optional(self) -> str:
        """Read an argument in square brackets; "" where there is none."""
        if self.at >= len(self.tokens) or self.tokens[self.at] != "[":
            return ""
        self.at += 1
        text = self.write(frozenset({"]", "}"}))
        self._skip("]")
        return text.strip()

    def raw(self) -> str:
        """Read a group as it is written."""
        self._skip_space()
        if not self._skip("{"):
            return ""
        start = self.at
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            self.at += 1
        text = "".join(self.tokens[start : self.at])
        self._skip("}")
        return text

    def _group(self) -> str:
        if self.depth >= _DEEPEST:
            return ""
        self.depth += 1
        text = self.write(frozenset({"}"}))
        self.depth -= 1
        self._skip("}")
        return text

    def _skip_space(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def _skip(self, token: str) -> bool:
        is_there = self.at < len(self.tokens) and self.tokens[self.at] == token
        self.at += is_there
        return is_there

    def is_multiplied(self) -> bool:
        """Whether what follows is a factor, so that what was written needs parentheses."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].isspace():
            at += 1
        token = self.tokens[at] if at < len(self.tokens) else ""
        sign = symbol(token[1:]) if token[:1] == "\\" else None
        return bool(_FACTOR.match(token) or (sign and (sign.isalpha() or sign in _LARGE)))

    # --- structures ----------------------------------------------------------------------------

    def _script(self, mark: str, out: list[str]) -> str:
        text = _TIGHTENED.sub(r"\1", self.argument().strip())
        if not text:
            return ""
        if out:
            out[-1] = out[-1].rstrip()
        if mark == "_" and out and out[-1].strip() in _LIMITED:
            return f"({text}) "
        return scripts.raised(text) if mark == "^" else scripts.lowered(text)

    def _environment(self) -> str:
        """Write rows, parted by two backslashes, of cells, parted by &, up to the end's command."""
        name = self.raw().rstrip("*")
        if name == "array":
            self.raw()
        self.depth += 1
        rows: list[list[str]] = [[]]
        while self.at < len(self.tokens) and self.depth < _DEEPEST:
            rows[-1].append(self.write(frozenset({"&", "\\\\", "\\end"})).strip())
            if self._skip("\\\\"):
                rows.append([])
            elif not self._skip("&"):
                break
        self.depth -= 1
        if self._skip("\\end"):
            self.raw()
        return _rows(name, rows)


def _rows(name: str, rows: list[list[str]]) -> str:
    full = [row for row in rows if any(row)]
    brackets = _BRACKETS.get(name)
    if brackets is None:
        return "\n".join(" ".join(cell for cell in row if cell) for row in full)
    text = "; ".join(", ".join(row) for row in full)
    return f"{brackets[:1]}{text}{brackets[1:]}"
