"""Assistants for a domain: data, like the catalogue.

An assistant is the same bot with another task: a system prompt, perhaps a model and a temperature
of its own, and questions to begin with. Each is a row in `assistants.toml`, or in the operator's
own file, whose rows win.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.fields import LocalText

#: Vendors: a temperature lies between these.
_COLDEST, _HOTTEST = 0.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """One assistant. name: at most 20 characters. about: one line for people.

    prompt: who it is, in place of the bot's persona. model: the catalogue's id of the model that
    suits it, "" for the chat's own. temperature: None is the vendor's own. openers: by language.
    """

    id: str
    name: LocalText
    about: LocalText
    prompt: str
    model: str = ""
    temperature: float | None = None
    openers: Mapping[str, tuple[str, ...]]


def read(tables: Sequence[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Assistant]:
    """Make assistants of parsed TOML files, each with its file's name; a later file's row wins.

    A row that says ``remove = true`` takes one of an earlier file away. Raises SettingInvalid,
    naming file, row and field.
    """
    assistants: dict[str, Assistant] = {}
    for source, table in tables:
        for row_id, row in table.items():
            if not isinstance(row, Mapping):
                raise SettingInvalid(
                    f"{source}: {row_id!r} belongs to no assistant; it goes below its [name]"
                )
            if "remove" in row:
                _remove(assistants, row_id, row, source)
            else:
                assistants[row_id] = _assistant(row_id, row, source)
    return assistants


def _assistant(row_id: str, row: Mapping[str, Any], source: str) -> Assistant:
    unknown = sorted(row.keys() - _READERS.keys())
    if unknown:
        known = ", ".join(_READERS)
        raise SettingInvalid(f"{source}: [{row_id}] has no {unknown[0]!r}; known are: {known}")
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        raise SettingInvalid(f"{source}: [{row_id}] lacks {missing[0]!r}")
    values: dict[str, Any] = {"openers": fields.local_texts(())}
    for name, value in row.items():
        try:
            values[name] = _READERS[name](value)
        except (TypeError, ValueError) as exc:
            raise SettingInvalid(f"{source}: [{row_id}] {name!r} {exc}") from exc
    return Assistant(id=row_id, **values)


def _remove(
    assistants: dict[str, Assistant], row_id: str, row: Mapping[str, Any], source: str
) -> None:
    if dict(row) != {"remove": True}:
        raise SettingInvalid(f"{source}: [{row_id}] 'remove' must be true, and stand alone")
    if row_id not in assistants:
        known = ", ".join(assistants) or "none"
        raise SettingInvalid(f"{source}: [{row_id}] can't be removed: there is only {known}")
    del assistants[row_id]


def _name(value: object) -> LocalText:
    return {tag: fields.name(name) for tag, name in fields.local_text(value).items()}


def _temperature(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("must be a number")
    if not _COLDEST <= value <= _HOTTEST:
        raise ValueError(f"must be from {_COLDEST:.0f} to {_HOTTEST:.0f}")
    return float(value)


_READERS: Mapping[str, Any] = {
    "name": _name,
    "about": fields.local_text,
    "prompt": fields.said,
    "model": fields.text,
    "temperature": _temperature,
    "openers": fields.local_texts,
}
_NEEDED = ("name", "about", "prompt")
