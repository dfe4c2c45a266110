"""The catalogue's rows: what is usual, whose win, and one clear sentence for a malformed one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date

import pytest

from chalicelib.domain.catalogue import Ability, Catalogue, Dialect
from chalicelib.domain.catalogue_rows import read
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import LANGUAGES
from chalicelib.domain.prices import Price

FIRST = """
[vendors.acme]
name = "Acme"
base_url = "https://api.acme.example/v1"

[models.swift]
vendor = "acme"
label = "Swift"
good_for = "Quick chats"
context = 128_000
price = { in = 1, out = 2, as_of = 2026-11-28 }
fallbacks = ["cosy"]

[models.cosy]
vendor = "acme"
label = "Cosy"
good_for = { zh-Hant = "在家聊天", en = "Talk at home" }
context = 4_096
free = true
"""


def catalogue(*texts: str) -> Catalogue:
    """What these files make, each named by its place: 1.toml, 2.toml."""
    return read([(f"{i}.toml", tomllib.loads(text)) for i, text in enumerate(texts, start=1)])


def test_a_row_is_read_with_what_is_usual() -> None:
    swift = catalogue(FIRST).models["swift"]
    assert (swift.name, swift.dialect, swift.abilities) == ("swift", Dialect.CHAT, frozenset())
    assert swift.price == Price(tokens_in=1, tokens_out=2, as_of=date(2026, 11, 28))
    assert swift.good_for == {"en": "Quick chats"}
    assert (swift.fallbacks, swift.ends) == (("cosy",), None)
    assert (swift.vendor.cap, swift.vendor.country) == ("max_tokens", "")


def test_rows_of_a_later_file_stand_first_and_replace_those_of_the_same_id() -> None:
    later = """
    [vendors.acme]
    name = "Acme's proxy"
    base_url = "https://proxy.example"
    [models.new]
    vendor = "acme"
    label = "New"
    good_for = "Everything"
    context = 1
    free = true
    fallbacks = ["swift"]
    [models.cosy]
    vendor = "acme"
    label = "Cosier"
    good_for = "More"
    context = 1
    free = true
    """
    found = catalogue(FIRST, later)
    assert [*found.models] == ["new", "cosy", "swift"]
    assert (found.models["cosy"].label, found.models["cosy"].good_for) == ("Cosier", {"en": "More"})
    assert {spec.vendor.name for spec in found.models.values()} == {"Acme's proxy"}


MODEL = {"vendor": "acme", "label": "X", "good_for": "All", "context": 1, "free": True}
PRICE = {"in": 1, "out": 2, "as_of": date(2026, 11, 28)}
WRITE_PRICE = "write price = { in = …, out = …, as_of = 2026-11-28 } or free = true"
PRICES = "in, out, cached, audio_in, reasoning, minute, image, search, as_of"
MISSING = {
    "vendor": (
        "'vendor' is missing; write vendor = \"…\", the name in brackets of its [vendors.…]"
    ),
    "label": "'label' is missing; write label = \"…\", what people read, 1 to 20 characters",
}
LANGUAGE = (
    f"'good_for' holds 'fr', which is none of the languages {', '.join(LANGUAGES)}; "
    "lines that belong to no table go above the first one"
)
UNKNOWN = (
    "'contxt' is unknown; known are: name, vendor, label, good_for, dialect, abilities, context, "
    "price, free, fallbacks, ends"
)
MODELS = (
    ({"free": None}, f"'price' is missing; {WRITE_PRICE}"),
    ({"price": PRICE}, "'price' and 'free' exclude each other; leave one of them out"),
    ({"free": False}, "'free' must be true, or be left out"),
    ({"price": 3}, f"'price' must be a table; {WRITE_PRICE}"),
    (
        {"price": {"in": 1, "out": 2}},
        "'price' has no 'as_of'; add the day it was looked up: as_of = 2026-11-28",
    ),
    ({"free": None, "price": {**PRICE, "out": None}}, f"'price' has no 'out'; {WRITE_PRICE}"),
    (
        {"price": {**PRICE, "in": -1}},
        "'price' holds in = -1, which must be US dollars from 0 to 10,000, such as 0.75",
    ),
    (
        {"price": {**PRICE, "search": float("nan")}},
        "'price' holds search = nan, which must be US dollars from 0 to 10,000, such as 0.75",
    ),
    (
        {"price": {**PRICE, "as_of": "today"}},
        "'price' holds as_of = today, which must be a day without quotes, such as 2026-11-28",
    ),
    (
        {"price": {**PRICE, "inn": 1}},
        f"'price' holds 'inn', which is unknown; known are: {PRICES}",
    ),
    (
        {"free": None, "abilities": ["hearing"], "price": {"as_of": PRICE["as_of"]}},
        "'price' has neither 'minute' nor 'in'; write what hearing costs",
    ),
    ({"vendor": None}, MISSING["vendor"]),
    ({"vendor": "none"}, "'vendor' names 'none'; known are: acme"),
    ({"label": None}, MISSING["label"]),
    ({"label": "x" * 21}, "'label' must be 1 to 20 characters"),
    ({"good_for": None}, '\'good_for\' is missing; write good_for = { en = "…", zh-Hant = "…" }'),
    ({"good_for": {"fr": "Tout"}}, LANGUAGE),
    ({"good_for": ""}, "'good_for' must be a text in quotes, and not empty"),
    ({"context": None}, "'context' is missing; write context = …, the number of tokens that fit"),
    ({"context": "1k"}, "'context' must be a whole number above 0"),
    ({"dialect": "sql"}, "'dialect' must be one of: chat, responses"),
    ({"abilities": "vision"}, '\'abilities\' must be a list of texts: ["…", "…"]'),
    (
        {"abilities": ["sight"]},
        f"'abilities' holds 'sight'; known are: {', '.join(Ability)}",
    ),
    ({"abilities": ["web"]}, "'abilities' holds 'web', which needs dialect = \"responses\""),
    (
        {"abilities": ["hearing", "tools"]},
        "'abilities' holds 'hearing', which stands alone; take the others out",
    ),
    ({"fallbacks": ["x"]}, "'fallbacks' names the model itself; take it out"),
    ({"fallbacks": ["y"]}, "'fallbacks' names 'y', which is no model; name a row's id"),
    ({"fallbacks": ["ear"]}, "'fallbacks' names 'ear', which only hears; name one that chats"),
    ({"ends": "2027-01-14"}, "'ends' must be a day without quotes, such as 2026-11-28"),
    ({"name": ""}, "'name' must be a text in quotes, and not empty"),
    ({"contxt": 1}, UNKNOWN),
)


def without_none(row: Mapping[str, object]) -> dict[str, object]:
    """A row whose field is None lacks it; in a price too."""
    cleaned = {name: value for name, value in row.items() if value is not None}
    return {k: without_none(v) if isinstance(v, Mapping) else v for k, v in cleaned.items()}


@pytest.mark.parametrize(("odd", "sentence"), MODELS)
def test_a_malformed_model_is_one_sentence(odd: Mapping[str, object], sentence: str) -> None:
    acme = {"name": "Acme", "base_url": "https://a.example"}
    ear = {**MODEL, "abilities": ["hearing"]}
    models = {"ear": ear, "x": without_none({**MODEL, **odd})}
    with pytest.raises(SettingInvalid) as caught:
        read([("my-catalogue.toml", {"vendors": {"acme": acme}, "models": models})])
    assert str(caught.value) == f'my-catalogue.toml: model "x": {sentence}'


VENDORS = (
    ({"name": None}, "'name' is missing; write name = \"…\", as people know the vendor"),
    ({"base_url": None}, "'base_url' is missing; write base_url = \"https://…\" or a url_setting"),
    ({"base_url": "a.example"}, "'base_url' must be an address like https://host/v1"),
    ({"base_url": 1}, "'base_url' must be a text in quotes"),
    ({"host": "https://a.example"}, "'host' must be a host's ending like example.com"),
    ({"key_setting": "my key"}, "'key_setting' must be a setting's name like ACME_API_KEY"),
    ({"url_setting": "url"}, "'url_setting' must be a setting's name like ACME_API_KEY"),
    ({"cap": "most"}, "'cap' must be one of: max_tokens, max_completion_tokens"),
    ({"country": 1}, "'country' must be a text in quotes"),
    (
        {"key": "sk-1"},
        "'key' is unknown; known are: name, country, base_url, url_setting, key_setting, cap, host",
    ),
)


@pytest.mark.parametrize(("odd", "sentence"), VENDORS)
def test_a_malformed_vendor_is_one_sentence(odd: Mapping[str, object], sentence: str) -> None:
    row = without_none({"name": "Acme", "base_url": "https://a.example", **odd})
    with pytest.raises(SettingInvalid) as caught:
        read([("own.toml", {"vendors": {"acme": row}})])
    assert str(caught.value) == f'own.toml: vendor "acme": {sentence}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model = 1", "1.toml: 'model' is unknown; rows are [vendors.…] and [models.…]"),
        ("models = 1", "1.toml: 'models' must be tables: [models.…]"),
        ("models.x = 1", '1.toml: model "x": must be a table: [models.x]'),
    ],
)
def test_a_file_of_another_shape_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        catalogue(text)
    assert str(caught.value) == sentence
