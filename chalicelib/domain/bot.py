"""The operator's bot: everything that makes it theirs, read from `bot.toml`.

A text may be one string, or a table of strings by language; whoever is not in the table gets
English, then whatever is there. A preset gives defaults, the file's own values win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import FALLBACK, LANGUAGES

LocalText = Mapping[str, str]

#: LINE: a sender's name holds 20 characters.
NAME_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Name, persona and manners of one bot.

    answer_length: characters the model is asked to keep to. history_tokens: the budget of a
    prompt's history. max_output_tokens: the cap on every model call. commands: those offered.
    vendor and country: where the words go, if the operator wants to say it in their own words.
    """

    name: str
    persona: str
    greeting: LocalText
    openers: Mapping[str, tuple[str, ...]]
    hours: str
    contact: str
    privacy_contact: str
    commands: tuple[str, ...]
    answer_length: int
    history_tokens: int
    max_output_tokens: int
    vendor: str = ""
    country: str = ""

    def known_facts(self) -> tuple[tuple[str, str], ...]:
        """What the model may tell customers about the bot's owner: name and value."""
        facts = (("Opening hours", self.hours), ("Contact", self.contact))
        return tuple((name, value) for name, value in facts if value)


def read(table: Mapping[str, Any], *, preset: Mapping[str, Any], source: str) -> Bot:
    """Make a Bot of a parsed TOML file over its preset.

    Raises SettingInvalid, naming file and field, for a value of the wrong kind or an unknown name.
    """
    merged = {**preset, **{name: value for name, value in table.items() if name != "preset"}}
    unknown = sorted(merged.keys() - _READERS.keys())
    if unknown:
        known = ", ".join(sorted(_READERS))
        raise SettingInvalid(f"{source}: unknown name {unknown[0]!r}; known are: {known}")
    values: dict[str, Any] = {}
    for name, reader in _READERS.items():
        if name not in merged:
            raise SettingInvalid(f"{source}: {name!r} is missing; add it or choose a preset")
        try:
            values[name] = reader(merged[name])
        except (TypeError, ValueError) as exc:
            raise SettingInvalid(f"{source}: {name!r} {exc}") from exc
    return Bot(**values)


def localized(texts: Mapping[str, Any], language: str) -> Any:
    """Choose a language's value: its own, else English, else the first there is."""
    return next(texts[name] for name in (language, FALLBACK, *texts) if name in texts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("must be a text in quotes")
    return value


def _name(value: object) -> str:
    name = _text(value).strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ValueError(f"must be 1 to {NAME_LENGTH} characters")
    return name


def _said(value: object) -> str:
    """A text that goes to LINE as it is; LINE refuses an empty one."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError("must be a text in quotes, and not empty")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError('must be a list of texts: ["…", "…"]')
    return tuple(_said(item) for item in value)


def _local_text(value: object) -> LocalText:
    if isinstance(value, Mapping) and value:
        return {_language(name): _said(text) for name, text in value.items()}
    return {FALLBACK: _said(value)}


def _local_texts(value: object) -> Mapping[str, tuple[str, ...]]:
    if isinstance(value, Mapping):
        return {_language(name): _texts(texts) for name, texts in value.items()} or {FALLBACK: ()}
    return {FALLBACK: _texts(value)}


def _language(name: str) -> str:
    """In TOML, a line written below a table belongs to it: it would be taken for a language."""
    if name not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(
            f"holds {name!r}, which is none of the languages {known}; "
            "lines that belong to no table go above the first one"
        )
    return name


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError("must be a whole number above 0")
    return value


_READERS: Mapping[str, Any] = {
    "name": _name,
    "persona": _text,
    "greeting": _local_text,
    "openers": _local_texts,
    "hours": _text,
    "contact": _text,
    "privacy_contact": _text,
    "commands": _texts,
    "answer_length": _count,
    "history_tokens": _count,
    "max_output_tokens": _count,
    "vendor": _text,
    "country": _text,
}
