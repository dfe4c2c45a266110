"""The models there are, and who makes them: rows of data.

A vendor that speaks OpenAI's dialect, or a model of one, is a row in `catalogue.toml` or in the
operator's own file, whose rows win (`catalogue_rows` reads both). A row says what a model can do,
what it costs and for what it is good, so that nothing else in the code names a model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from chalicelib.domain.addresses import is_address
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.fields import LocalText
from chalicelib.domain.prices import Price

#: Vendors name a model's snapshot by its date: `gpt-5.4-mini-2026-03-17`.
_DATE = re.compile(r"-\d{4}-?\d{2}-?\d{2}\Z")


class Ability(StrEnum):
    """What a model can do beside words.

    TEMPERATURE: it may be told how much to vary. HEARING: it writes down what was said, and only
    that.
    """

    VISION = "vision"
    JSON_SCHEMA = "json_schema"
    TOOLS = "tools"
    WEB = "web"
    TEMPERATURE = "temperature"
    HEARING = "hearing"


class Dialect(StrEnum):
    """How a model is asked: by OpenAI's Chat Completions, or its Responses."""

    CHAT = "chat"
    RESPONSES = "responses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who runs models. name and country: for the privacy page.

    base_url: "" where only the setting `url_setting` can give it. url_setting, key_setting: names
    of settings, "" for none; a key's setting that is empty means that no key is needed. cap: what
    the vendor calls the cap of output tokens. host: what its addresses' hosts end in, "" for the
    host of base_url.
    """

    id: str
    name: str
    country: str
    base_url: str
    url_setting: str
    key_setting: str
    cap: str
    host: str = ""

    def runs(self, host: str) -> bool:
        """Tell whether a host is the vendor's."""
        own = self.host or urlsplit(self.base_url).hostname or ""
        return bool(own) and (host == own or host.endswith("." + own))

    def has_key(self, settings: Mapping[str, str]) -> bool:
        """Tell whether its key is set, or none is needed."""
        return not self.key_setting or bool(settings.get(self.key_setting, "").strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One model. id: its name in the catalogue, by which chats choose it.

    name: what its vendor calls it. good_for: a few words for people. context: tokens that fit, 0
    where it only hears. fallbacks: ids of models that answer when this one can't, in their order.
    ends: the day from which its vendor runs it no more.
    """

    id: str
    name: str
    vendor: Vendor
    label: str
    good_for: LocalText
    dialect: Dialect
    abilities: frozenset[Ability]
    context: int
    price: Price
    fallbacks: tuple[str, ...] = ()
    ends: date | None = None

    @property
    def chats(self) -> bool:
        """True where it answers people; one that hears only writes down what was said."""
        return Ability.HEARING not in self.abilities

    def can(self, ability: Ability) -> bool:
        """Tell whether it can do this."""
        return ability in self.abilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All rows, in the order of their files; those of a later file stand before the others."""

    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    models: Mapping[str, ModelSpec] = field(default_factory=dict)

    @property
    def settings(self) -> frozenset[str]:
        """The names of all settings that hold a vendor's key or address."""
        names = ((each.key_setting, each.url_setting) for each in self.vendors.values())
        return frozenset(name for pair in names for name in pair if name)

    def find(self, model_id: str) -> ModelSpec | None:
        """A model by its id, or by that of the model whose dated snapshot it is."""
        return self.models.get(model_id) or self.models.get(undated(model_id))

    def reachable(self, settings: Mapping[str, str]) -> tuple[ModelSpec, ...]:
        """Models whose vendor's key and address are set, in the catalogue's order.

        One that its vendor runs no more is among them. Raises SettingInvalid.
        """
        return tuple(
            spec
            for spec in self.models.values()
            if spec.vendor.has_key(settings) and address(spec.vendor, settings)
        )


def undated(name: str) -> str:
    """A model's name without the date of its snapshot."""
    return _DATE.sub("", name)


def address(vendor: Vendor, settings: Mapping[str, str]) -> str:
    """Where a vendor listens, without a slash at the end: as the setting says, else as the row.

    "" where neither says it. Raises SettingInvalid for a setting that is no address.
    """
    told = settings.get(vendor.url_setting, "").strip() if vendor.url_setting else ""
    if told and not is_address(told):
        raise SettingInvalid(
            f"{vendor.url_setting}={told!r} is not an address like https://host/path"
        )
    return (told or vendor.base_url).rstrip("/")
