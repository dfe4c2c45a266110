"""The catalogue: the models that ship, which of all are offered, and where they are asked."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from chalicelib.adapters import shipped
from chalicelib.bootstrap.menu import DEFAULT
from chalicelib.domain.catalogue import Ability, Catalogue, Dialect, address
from chalicelib.domain.catalogue_rows import read
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.prices import FREE, Usage

FILE = Path(__file__).parents[2] / "chalicelib" / "catalogue.toml"
SHIPPED = read([(FILE.name, tomllib.loads(FILE.read_text("utf-8")))])
OWN = """
[vendors.acme]
name = "Acme"
base_url = "https://api.acme.example/v1/"
url_setting = "ACME_URL"
key_setting = "ACME_KEY"

[vendors.home]
name = "Home"
url_setting = "HOME_URL"

[models.swift]
vendor = "acme"
label = "Swift"
good_for = "Quick chats"
context = 128_000
price = { in = 1, out = 2, as_of = 2026-11-28 }
fallbacks = ["cosy"]

[models.cosy]
vendor = "home"
label = "Cosy"
good_for = { zh-Hant = "在家聊天", en = "Talk at home" }
context = 4_096
free = true

[models.ear]
vendor = "acme"
label = "Ear"
good_for = "Voices"
abilities = ["hearing"]
price = { minute = 0.006, as_of = 2026-11-28 }
"""


def catalogue(*texts: str) -> Catalogue:
    """What these files make, each named by its place: 1.toml, 2.toml."""
    return read([(f"{i}.toml", tomllib.loads(text)) for i, text in enumerate(texts, start=1)])


def names(found: Catalogue, **settings: str) -> list[str]:
    return [spec.id for spec in found.reachable(settings)]


# --- the catalogue that ships ------------------------------------------------------------------


def test_every_model_that_ships_costs_something_since_a_day_or_is_free() -> None:
    million = Usage(tokens_in=1_000_000, tokens_out=1_000_000, seconds=60)
    for spec in SHIPPED.models.values():
        assert spec.price == FREE or spec.price.as_of, spec.id
        assert spec.price == FREE or spec.price.of(million), spec.id
        assert spec.price.as_of is None or spec.price.as_of.year >= 2026, spec.id


def test_every_model_that_ships_tells_in_each_language_what_it_is_good_for() -> None:
    for spec in SHIPPED.models.values():
        assert spec.good_for.keys() == {"zh-Hant", "en", "ja", "th"}, spec.id
        assert len(spec.good_for["zh-Hant"]) <= 20, spec.id


def test_every_model_that_ships_has_a_stand_in_of_its_own_vendor_and_of_another() -> None:
    for spec in SHIPPED.models.values():
        others = {SHIPPED.models[name].vendor == spec.vendor for name in spec.fallbacks}
        assert others == ({True, False} if spec.chats else set()), spec.id


def test_the_usual_model_sees_searches_and_keeps_to_a_schema() -> None:
    usual = SHIPPED.models[DEFAULT]
    assert (usual.vendor.id, usual.dialect, usual.ends) == ("openai", Dialect.RESPONSES, None)
    for ability in (Ability.VISION, Ability.JSON_SCHEMA, Ability.TOOLS, Ability.WEB):
        assert usual.can(ability)
    assert usual.price.search == 0.01


def test_whoever_hears_is_asked_by_a_price_that_counts_sound() -> None:
    hearing = [spec for spec in SHIPPED.models.values() if not spec.chats]
    assert {spec.vendor.id for spec in hearing} == {"openai"}
    for spec in hearing:
        assert spec.price.of(Usage(tokens_in=600, audio_in=600, seconds=60)), spec.id


def test_models_about_to_end_say_when() -> None:
    ends = {spec.id: spec.ends for spec in SHIPPED.models.values() if spec.ends}
    assert ends["gpt-4.1-mini"] == ends["gpt-4o-mini"] == date(2027, 1, 14)
    assert ends["gpt-5-mini"] == date(2026, 12, 11)
    assert ends["whisper-1"] == date(2027, 2, 26)


def test_each_vendors_models_are_offered_as_soon_as_its_key_is_there() -> None:
    for vendor in SHIPPED.vendors.values():
        given = {name: "http://127.0.0.1:9" for name in [vendor.url_setting] if name}
        given |= {name: "key" for name in [vendor.key_setting] if name}
        found = {spec.vendor.id for spec in SHIPPED.reachable(given)}
        assert found == {vendor.id}


# --- finding -----------------------------------------------------------------------------------


def test_a_model_is_found_by_its_id_and_by_that_of_its_dated_snapshot() -> None:
    for name in ("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", "gpt-5.4-mini-20260317"):
        assert SHIPPED.find(name) == SHIPPED.models["gpt-5.4-mini"]


@pytest.mark.parametrize("name", ["", "gpt-5.4-mini-turbo", "gpt-5.4-mini-2026", "no-2026-03-17"])
def test_what_is_no_model_is_not_found(name: str) -> None:
    assert SHIPPED.find(name) is None


def test_a_snapshot_with_a_row_of_its_own_is_that_row() -> None:
    own = OWN.replace("[models.ear]", "[models.swift-2026-01-01]")
    found = catalogue(own).find("swift-2026-01-01")
    assert found
    assert found.label == "Ear"


# --- reaching ----------------------------------------------------------------------------------


def test_a_model_is_reachable_with_its_key_and_its_address() -> None:
    found = catalogue(OWN)
    assert names(found) == []
    assert names(found, ACME_KEY="  ") == []
    assert names(found, ACME_URL="https://proxy.example") == []
    assert names(found, ACME_KEY="k") == ["swift", "ear"]
    assert names(found, HOME_URL="http://127.0.0.1:11434/v1") == ["cosy"]
    assert names(found, ACME_KEY="k", HOME_URL="http://pc:1") == ["swift", "cosy", "ear"]


def test_a_model_that_its_vendor_runs_no_more_is_still_reachable() -> None:
    ended = OWN.replace('label = "Swift"', 'label = "Swift"\nends = 2020-01-01')
    assert names(catalogue(ended), ACME_KEY="k") == ["swift", "ear"]


def test_one_that_hears_answers_nobody() -> None:
    found = catalogue(OWN)
    assert [spec.chats for spec in found.models.values()] == [True, True, False]


def test_an_address_is_the_settings_or_else_the_rows_without_a_slash_at_its_end() -> None:
    acme, home = catalogue(OWN).vendors.values()
    assert address(acme, {}) == "https://api.acme.example/v1"
    assert address(acme, {"ACME_URL": " "}) == "https://api.acme.example/v1"
    assert address(acme, {"ACME_URL": "http://127.0.0.1:8000/v2//"}) == "http://127.0.0.1:8000/v2"
    assert address(home, {}) == ""


@pytest.mark.parametrize("odd", ["acme.example", "ftp://a.b", "https://", "http://[", "http://a b"])
def test_a_setting_that_is_no_address_is_named(odd: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^ACME_URL='.+' is not an address like https://"):
        catalogue(OWN).reachable({"ACME_KEY": "k", "ACME_URL": odd})


def test_the_settings_of_all_vendors_are_known_by_name() -> None:
    assert catalogue(OWN).settings == {"ACME_URL", "ACME_KEY", "HOME_URL"}


# --- the operator's own rows -------------------------------------------------------------------


def test_an_operators_file_may_hold_models_of_vendors_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = '[models.mine]\nvendor = "groq"\nlabel = "Mine"\ngood_for = "Me"\ncontext = 1\nfree=true'
    own.write_text(text, "utf-8")
    found = shipped.catalogue(own)
    assert [*found.models][:2] == ["mine", DEFAULT]
    assert found.models["mine"].vendor == SHIPPED.vendors["groq"]


def test_an_operators_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"^LIAO_CATALOGUE='.*nowhere.toml' is not a file"):
        shipped.catalogue(tmp_path / "nowhere.toml")


def test_an_operators_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[models", "utf-8")
    with pytest.raises(SettingInvalid, match=r"^own.toml can't be read: "):
        shipped.catalogue(tmp_path / "own.toml")
