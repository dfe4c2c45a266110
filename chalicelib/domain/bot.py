"""The operator's bot: everything that makes it theirs, read from `bot.toml`.

A text may be one string, or a table of strings by language; whoever is not in the table gets
English, then whatever is there. A preset gives defaults, the file's own values win.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.fields import LocalText
from chalicelib.domain.languages import FALLBACK

#: In a list of ids: all others there are.
ALL = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Name, persona and manners of one bot.

    answer_length: characters the model is asked to keep to. history_tokens: the budget of a
    prompt's history. max_output_tokens: the cap on every model call. commands: those offered.
    call_names: what it listens to in groups beside its name. models, assistants: ids that chats may
    choose, "*" for all there are. switching: who may choose in a group, `anyone` or `admins`.
    web: models that can may look things up on the web.
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
    call_names: tuple[str, ...]
    answer_length: int
    history_tokens: int
    max_output_tokens: int
    models: tuple[str, ...] = (ALL,)
    assistants: tuple[str, ...] = (ALL,)
    switching: str = "anyone"
    web: bool = False
    vendor: str = ""
    country: str = ""

    @property
    def called(self) -> tuple[str, ...]:
        """Every name that calls it in a group."""
        return (self.name, *self.call_names)

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


def offered(ids: Sequence[str], known: Sequence[str], field: str) -> tuple[str, ...]:
    """Choose what the operator offers, in their order; ``*`` is all others there are, in theirs.

    Raises SettingInvalid, naming the field of bot.toml, for an id that is not known.
    """
    named = [name for name in dict.fromkeys(ids) if name != ALL]
    unknown = [name for name in named if name not in known]
    if unknown:
        raise SettingInvalid(
            f"bot.toml: {field!r} names {unknown[0]!r}, which is none of: {', '.join(known)}"
        )
    others = [name for name in known if name not in named] if ALL in ids else []
    return (*named, *others)


def localized(texts: Mapping[str, Any], language: str) -> Any:
    """Choose a language's value: its own, else English, else the first there is."""
    return next(texts[name] for name in (language, FALLBACK, *texts) if name in texts)


def _switching(value: object) -> str:
    if value not in ("anyone", "admins"):
        raise ValueError('must be "anyone" or "admins"')
    return str(value)


_READERS: Mapping[str, Any] = {
    "name": fields.name,
    "persona": fields.text,
    "greeting": fields.local_text,
    "openers": fields.local_texts,
    "hours": fields.text,
    "contact": fields.text,
    "privacy_contact": fields.text,
    "commands": fields.texts,
    "call_names": fields.texts,
    "answer_length": fields.count,
    "history_tokens": fields.count,
    "max_output_tokens": fields.count,
    "models": fields.texts,
    "assistants": fields.texts,
    "switching": _switching,
    "web": fields.yes_or_no,
    "vendor": fields.text,
    "country": fields.text,
}
