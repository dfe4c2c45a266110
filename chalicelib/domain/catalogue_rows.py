"""Reads the catalogue's rows, and says of a malformed one what to write instead.

A file holds `[vendors.<id>]` and `[models.<id>]`. A row of a later file takes the place of one with
the same id as a whole; the rows are put together first and understood then, so that an operator's
vendor also serves the models that ship.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.addresses import is_address
from chalicelib.domain.catalogue import (
    Ability,
    Catalogue,
    Dialect,
    ModelSpec,
    Vendor,
)
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.prices import FREE, Price

Readers = Mapping[str, Callable[[object], Any]]
Tables = Sequence[tuple[str, Mapping[str, Any]]]

_KINDS = {"vendors": "vendor", "models": "model"}
_CAPS = ("max_tokens", "max_completion_tokens")
_WRITE_PRICE = "write price = { in = …, out = …, as_of = 2026-11-28 } or free = true"
_WRITE = {
    "name": 'write name = "…", as people know the vendor',
    "vendor": 'write vendor = "…", the name in brackets of its [vendors.…]',
    "label": 'write label = "…", what people read, 1 to 20 characters',
    "good_for": 'write good_for = { en = "…", zh-Hant = "…" }',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row as it is written. kind: ``vendor`` or ``model``."""

    source: str
    kind: str
    id: str
    table: Mapping[str, Any] = field(repr=False)

    def wrong(self, why: str) -> SettingInvalid:
        return SettingInvalid(f'{self.source}: {self.kind} "{self.id}": {why}')

    def values(self, readers: Readers, *needed: str) -> dict[str, Any]:
        """Its values, each as its reader understands it. Raises SettingInvalid."""
        unknown = [name for name in self.table if name not in readers]
        if unknown:
            raise self.wrong(f"{unknown[0]!r} is unknown; known are: {', '.join(readers)}")
        missing = [name for name in needed if name not in self.table]
        if missing:
            raise self.wrong(f"{missing[0]!r} is missing; {_WRITE[missing[0]]}")
        values: dict[str, Any] = {}
        for name, value in self.table.items():
            try:
                values[name] = readers[name](value)
            except (TypeError, ValueError) as exc:
                raise self.wrong(f"{name!r} {exc}") from exc
        return values


def read(tables: Tables) -> Catalogue:
    """Make a catalogue of parsed TOML files, each with its file's name; later files win.

    Raises SettingInvalid, naming file, row and field.
    """
    rows = _together(tables)
    vendors = {row.id: _vendor(row) for row in rows["vendors"]}
    models = {row.id: _model(row, vendors) for row in rows["models"]}
    for row in rows["models"]:
        _check_fallbacks(row, models)
    return Catalogue(vendors=vendors, models=models)


def _together(tables: Tables) -> Mapping[str, Sequence[_Row]]:
    """All rows that count, those of the last file first."""
    rows: dict[str, dict[str, _Row]] = {part: {} for part in _KINDS}
    for source, table in reversed(tables):
        unknown = [name for name in table if name not in _KINDS]
        if unknown:
            raise SettingInvalid(
                f"{source}: {unknown[0]!r} is unknown; rows are [vendors.…] and [models.…]"
            )
        for part, written in table.items():
            for row in _rows(source, part, written):
                rows[part].setdefault(row.id, row)
    return {part: tuple(found.values()) for part, found in rows.items()}


def _rows(source: str, part: str, written: object) -> Sequence[_Row]:
    if not isinstance(written, Mapping):
        raise SettingInvalid(f"{source}: {part!r} must be tables: [{part}.…]")
    made = [
        _Row(source=source, kind=_KINDS[part], id=row_id, table=table)
        for row_id, table in written.items()
    ]
    for row in made:
        if not isinstance(row.table, Mapping):
            raise row.wrong(f"must be a table: [{part}.{row.id}]")
    return made


def _vendor(row: _Row) -> Vendor:
    values = row.values(_VENDOR, "name")
    usual = {"country": "", "base_url": "", "url_setting": "", "key_setting": "", "cap": _CAPS[0]}
    vendor = Vendor(**{"id": row.id, **usual, **values})
    if not vendor.base_url and not vendor.url_setting:
        raise row.wrong("'base_url' is missing; write base_url = \"https://…\" or a url_setting")
    return vendor


def _model(row: _Row, vendors: Mapping[str, Vendor]) -> ModelSpec:
    values = row.values(_MODEL, "vendor", "label", "good_for")
    vendor = vendors.get(values["vendor"])
    if vendor is None:
        known = ", ".join(vendors) or "none"
        raise row.wrong(f"'vendor' names {values['vendor']!r}; known are: {known}")
    free = values.pop("free", None)
    if "price" in values and free:
        raise row.wrong("'price' and 'free' exclude each other; leave one of them out")
    if "price" not in values and not free:
        raise row.wrong(f"'price' is missing; {_WRITE_PRICE}")
    usual = {
        "name": row.id,
        "dialect": Dialect.CHAT,
        "abilities": frozenset[Ability](),
        "context": 0,
        "price": FREE,
    }
    spec = ModelSpec(**{"id": row.id, **usual, **values, "vendor": vendor})
    if spec.chats and not spec.context:
        raise row.wrong("'context' is missing; write context = …, the number of tokens that fit")
    _check_abilities(row, spec)
    _check_price(row, spec)
    return spec


def _check_abilities(row: _Row, spec: ModelSpec) -> None:
    if not spec.chats and len(spec.abilities) > 1:
        raise row.wrong("'abilities' holds 'hearing', which stands alone; take the others out")
    if spec.can(Ability.WEB) and spec.dialect is not Dialect.RESPONSES:
        raise row.wrong("'abilities' holds 'web', which needs dialect = \"responses\"")


def _check_price(row: _Row, spec: ModelSpec) -> None:
    written = row.table.get("price")
    needed = ("in", "out") if spec.chats else ()
    missing = [name for name in needed if written and name not in written]
    if missing:
        raise row.wrong(f"'price' has no {missing[0]!r}; {_WRITE_PRICE}")
    if written and not spec.chats and not {"in", "audio_in", "minute"} & written.keys():
        raise row.wrong("'price' has neither 'minute' nor 'in'; write what hearing costs")


def _check_fallbacks(row: _Row, models: Mapping[str, ModelSpec]) -> None:
    for name in models[row.id].fallbacks:
        if name == row.id:
            raise row.wrong("'fallbacks' names the model itself; take it out")
        if name not in models:
            raise row.wrong(f"'fallbacks' names {name!r}, which is no model; name a row's id")
        if not models[name].chats:
            raise row.wrong(f"'fallbacks' names {name!r}, which only hears; name one that chats")


def _price(value: object) -> Price:
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a table; {_WRITE_PRICE}")
    unknown = [name for name in value if name not in _PRICES]
    if unknown:
        raise ValueError(f"holds {unknown[0]!r}, which is unknown; known are: {', '.join(_PRICES)}")
    if "as_of" not in value:
        raise ValueError("has no 'as_of'; add the day it was looked up: as_of = 2026-11-28")
    values: dict[str, Any] = {}
    for name, amount in value.items():
        try:
            values[_PRICES[name]] = _day(amount) if name == "as_of" else _dollars(amount)
        except (TypeError, ValueError) as exc:
            raise ValueError(f"holds {name} = {amount}, which {exc}") from exc
    return Price(**values)


def _dollars(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _DEAR:
        raise ValueError(f"must be US dollars from 0 to {_DEAR:,}, such as 0.75")
    return float(value)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("must be a day without quotes, such as 2026-11-28")
    return value


def _address(value: object) -> str:
    if value != "" and not is_address(fields.text(value)):
        raise ValueError("must be an address like https://host/v1")
    return str(value)


def _host(value: object) -> str:
    if fields.text(value) and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", str(value)):
        raise ValueError("must be a host's ending like example.com")
    return str(value)


def _setting(value: object) -> str:
    if fields.text(value) and not re.fullmatch(r"[A-Z][A-Z0-9_]*", str(value)):
        raise ValueError("must be a setting's name like ACME_API_KEY")
    return str(value)


def _cap(value: object) -> str:
    if value not in _CAPS:
        raise ValueError(f"must be one of: {', '.join(_CAPS)}")
    return str(value)


def _dialect(value: object) -> Dialect:
    if value not in tuple(Dialect):
        raise ValueError(f"must be one of: {', '.join(Dialect)}")
    return Dialect(str(value))


def _abilities(value: object) -> frozenset[Ability]:
    named = fields.texts(value)
    unknown = [name for name in named if name not in tuple(Ability)]
    if unknown:
        raise ValueError(f"holds {unknown[0]!r}; known are: {', '.join(Ability)}")
    return frozenset(map(Ability, named))


def _free(value: object) -> bool:
    if value is not True:
        raise ValueError("must be true, or be left out")
    return True


#: A million tokens of the dearest model there ever was cost 600.
_DEAR = 10_000
#: What amounts are called in a file, and in a `Price`.
_PRICES = {
    "in": "tokens_in",
    "out": "tokens_out",
    "cached": "cached",
    "audio_in": "audio_in",
    "reasoning": "reasoning",
    "minute": "minute",
    "image": "image",
    "search": "search",
    "as_of": "as_of",
}
_VENDOR: Readers = {
    "name": fields.said,
    "country": fields.text,
    "base_url": _address,
    "url_setting": _setting,
    "key_setting": _setting,
    "cap": _cap,
    "host": _host,
}
_MODEL: Readers = {
    "name": fields.said,
    "vendor": fields.text,
    "label": fields.name,
    "good_for": fields.local_text,
    "dialect": _dialect,
    "abilities": _abilities,
    "context": fields.count,
    "price": _price,
    "free": _free,
    "fallbacks": fields.texts,
    "ends": _day,
}
