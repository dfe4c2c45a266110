"""An engine for LINE's rules: a rule looks at a value and names what is wrong with it.

LINE's limits are tables (`limits/`); this module only knows how to read one. LINE counts
characters in UTF-16 code units, labels of quick replies in graphemes, some things in bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import regex

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where.

    unknown: LINE doesn't have the property there. no_kind: there is nothing of this `type` there.
    """

    path: Path
    message: str
    unknown: bool = False
    no_kind: bool = False


class Rule(Protocol):
    """What a value must be."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield everything that is wrong."""
        ...


def utf16(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts most texts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Length in what a reader sees as characters, as LINE counts labels."""
    return len(regex.findall(r"\X", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string of `low` to `high` characters that matches `pattern`, if there is one.

    otherwise: what is said of a string that doesn't.
    """

    low: int = 1
    high: int | None = None
    count: Callable[[str], int] = utf16
    pattern: str = ""
    otherwise: str = "must be a valid value"

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, str):
            yield Problem(path, "must be a string")
        elif not value and self.low:
            yield Problem(path, "May not be empty")
        elif self.high is not None and not self.low <= self.count(value) <= self.high:
            yield Problem(path, f"Length must be between 0 and {self.high}")
        elif self.pattern and not regex.fullmatch(self.pattern, value):
            yield Problem(path, self.otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number from `low` to `high` in steps."""

    low: int
    high: int
    step: int = 1

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(path, "must be a number")
        elif not self.low <= value <= self.high:
            yield Problem(path, f"must be between {self.low} and {self.high}")
        elif value % self.step:
            yield Problem(path, f"must be a multiple of {self.step}")


@dataclass(frozen=True, slots=True)
class Kind:
    """Any value of a Python type, e.g. bool or float."""

    kind: type | tuple[type, ...]
    name: str

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        boolean = isinstance(value, bool) and self.kind is not bool
        if boolean or not isinstance(value, self.kind):
            yield Problem(path, f"must be {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An object of at most so many bytes of JSON."""

    bytes: int

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, Mapping):
            yield Problem(path, "must be an object")
        elif len(json.dumps(value, ensure_ascii=False).encode()) > self.bytes:
            yield Problem(path, f"must not be larger than {self.bytes} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of `low` to `high` values that follow one rule."""

    of: Rule
    low: int = 1
    high: int

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, list):
            yield Problem(path, "must be an array")
            return
        if not self.low <= len(value) <= self.high:
            yield Problem(path, f"Size must be between {self.low} and {self.high}")
        for index, item in enumerate(value[: self.high]):
            yield from self.of.problems(item, (*path, index))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object: what it must have, what it may have, and nothing else. null is absence."""

    must: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)
    also: Callable[[Mapping[str, Any], Path], Iterator[Problem]] | None = None

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, Mapping):
            yield Problem(path, "must be an object")
            return
        for name, rule in self.must.items():
            if value.get(name) is None:
                yield Problem((*path, name), "must not be null")
            else:
                yield from rule.problems(value[name], (*path, name))
        for name in value:
            if name in self.may and value[name] is not None:
                yield from self.may[name].problems(value[name], (*path, name))
            elif name not in self.must and name not in self.may:
                yield Problem((*path, name), "is not known", unknown=True)
        if self.also:
            yield from self.also(value, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """An object whose rule depends on what `by` says of it (its `type`, if nothing else)."""

    of: Mapping[str, Rule]
    by: Callable[[Mapping[str, Any]], Any] = lambda value: value.get("type")

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, Mapping):
            yield Problem(path, "must be an object")
            return
        kind = self.by(value)
        rule = self.of.get(kind) if isinstance(kind, str) else None
        if rule is None:
            names = ", ".join(self.of)
            message = f"Must be one of the following values: [{names}]"
            yield Problem((*path, "type"), message, no_kind=True)
        else:
            yield from rule.problems(value, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """An object of at most `high` properties of any name, whose values follow one rule."""

    of: Rule
    high: int

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        if not isinstance(value, Mapping):
            yield Problem(path, "must be an object")
            return
        if len(value) > self.high:
            yield Problem(path, f"Size must be between 0 and {self.high}")
        for name, item in value.items():
            yield from self.of.problems(item, (*path, name))


@dataclass(frozen=True, slots=True)
class Later:
    """A rule that is named before it is made: boxes hold boxes."""

    rule: Callable[[], Rule]

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        yield from self.rule().problems(value, path)
