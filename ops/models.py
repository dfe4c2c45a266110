"""Looks at every model that a stage offers, as its vendor knows it and as time goes by.

A vendor may be out of reach, refuse the key or know a model no more; models end, and prices grow
old.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from chalicelib.adapters import shipped
from chalicelib.bootstrap import source
from chalicelib.bootstrap.menu import menu
from chalicelib.domain.catalogue import ModelSpec, Vendor, address
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.names import Names
from chalicelib.settings import Settings
from ops import configuration, parameters
from ops.aws import Aws
from ops.show import BAD, GOOD, OPEN
from ops.stages import on_this_machine
from ops.trouble import Trouble
from ops.vendors import Vendors, plain

#: How long before its end a model is told of, and after how long a price is.
SOON: Final = timedelta(days=60)
OLD: Final = timedelta(days=180)

Mark = tuple[str, str]
_WORSE: Final = (GOOD, OPEN, BAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: a mark of `ops.show`, what was looked at, how it is, and what to do."""

    mark: Mark
    what: str
    detail: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a stage offers. models: the default first. absent: what has no key or no address."""

    models: Sequence[ModelSpec]
    absent: Sequence[ModelSpec]
    settings: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Stock:
        """What these settings lead to. Raises Trouble where one of them won't do."""
        try:
            catalogue = configuration.catalogue(values)
            choice = menu(Settings.read(values), values, shipped.bot())
            reachable = catalogue.reachable(values)
        except SettingInvalid as exc:
            raise Trouble(str(exc), "Mend that; `python -m ops doctor` tells more.") from exc
        return cls(
            models=[*{choice.default.id: choice.default, **choice.models}.values()],
            absent=[spec for spec in catalogue.models.values() if spec not in reachable],
            settings=values,
        )


def values_of(project: Path, stage: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """A stage's settings: from its parameters and its file, or from this machine's. Raises Trouble.

    Those of a stage on AWS are what they will be when it is next deployed.
    """
    local = on_this_machine(project, stage)
    if local is not None:
        return {**source.environment(), **local}
    given = configuration.given(project, stage, environ)
    with closing(Aws.connect()) as aws:
        return given.over(parameters.read(aws, Names(stage=stage)).values)


def examined(stock: Stock, *, today: date) -> Iterator[Finding]:
    """Ask all vendors at once, then tell of each model in order; at last of those not offered."""
    default, *_ = stock.models
    if setting := _lacking(default, stock.settings):
        yield Finding(
            mark=BAD,
            what=default.id,
            detail=f"answers where nobody chose, but {setting} is not set",
            do=f"Set {setting}, or let LIAO_MODEL name a model whose key is set.",
        )
    offered = [spec for spec in stock.models if spec not in stock.absent]
    with closing(Vendors.of(stock.settings)) as vendors:
        asked = _asked(vendors, [*dict.fromkeys(spec.vendor for spec in offered)])
        for vendor, answer in asked.items():
            models = [spec for spec in offered if spec.vendor == vendor]
            if isinstance(answer, Trouble):
                names = ", ".join(spec.id for spec in models)
                yield Finding(mark=BAD, what=answer.what, detail=f"asked for {names}", do=answer.do)
                continue
            for spec in models:
                notes = [*_known(vendors, spec, answer), *_dated(spec, today, default)]
                yield _summed(spec, notes)
    if stock.absent:
        yield _not_offered(stock)


@dataclass(frozen=True, slots=True)
class _Note:
    mark: Mark
    detail: str
    do: str = ""


def _asked(vendors: Vendors, whom: Sequence[Vendor]) -> Mapping[Vendor, frozenset[str] | Trouble]:
    """What each calls its models, or what is wrong; none where it doesn't tell."""

    def ask(vendor: Vendor) -> frozenset[str] | Trouble:
        try:
            return vendors.names(vendor)
        except Trouble as exc:
            return exc

    with ThreadPoolExecutor(max(1, len(whom))) as pool:
        return dict(zip(whom, pool.map(ask, whom), strict=True))


def _known(vendors: Vendors, spec: ModelSpec, names: frozenset[str]) -> Iterator[_Note]:
    if not names:
        yield _Note(GOOD, "lists no models")
        return
    try:
        is_known = plain(spec.name) in names or vendors.knows(spec.vendor, spec.name)
    except Trouble as exc:
        yield _Note(BAD, exc.what, exc.do)
        return
    if not is_known:
        yield _Note(
            BAD,
            f"does not know {spec.name!r}",
            "Give its row another name in my-catalogue.toml, or leave it out of `models` in "
            "bot.toml.",
        )


def _dated(spec: ModelSpec, today: date, default: ModelSpec) -> Iterator[_Note]:
    """How long it runs yet, and of when its price is."""
    do = "Let LIAO_MODEL name another." if spec == default else ""
    if spec.ends and spec.ends <= today:
        yield _Note(BAD if do else OPEN, f"ended on {spec.ends}, offered no more", do)
    elif spec.ends and spec.ends - today <= SOON:
        yield _Note(OPEN, f"ends on {spec.ends}, in {_days(spec.ends - today)}", do)
    day = spec.price.as_of
    if day is None:
        yield _Note(GOOD, "free")
    elif today - day > OLD:
        yield _Note(
            OPEN,
            f"price of {day}, {_days(today - day)} ago",
            "Look it up, and write it with its day into my-catalogue.toml.",
        )
    else:
        yield _Note(GOOD, f"price of {day}")


def _summed(spec: ModelSpec, notes: Sequence[_Note]) -> Finding:
    return Finding(
        mark=max((note.mark for note in notes), key=_WORSE.index),
        what=spec.id,
        detail="; ".join([spec.vendor.name, *(note.detail for note in notes)]),
        do=" ".join(note.do for note in notes if note.do),
    )


def _not_offered(stock: Stock) -> Finding:
    counts = Counter(_lacking(spec, stock.settings) for spec in stock.absent)
    settings = ", ".join(f"{name} ({count})" for name, count in counts.items())
    return Finding(
        mark=OPEN,
        what=f"{len(stock.absent)} models are not offered",
        detail=f"their vendors' settings are not set: {settings}",
    )


def _lacking(spec: ModelSpec, settings: Mapping[str, str]) -> str:
    """The setting that a model lacks, "" where it can be asked."""
    vendor = spec.vendor
    if not vendor.has_key(settings):
        return vendor.key_setting
    return "" if address(vendor, settings) else vendor.url_setting


def _days(span: timedelta) -> str:
    return "1 day" if span.days == 1 else f"{span.days} days"
