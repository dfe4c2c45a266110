"""`ops richmenu` as an operator calls it, the simulator being LINE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList
from chalicelib.domain.languages import LANGUAGES
from ops.commands import richmenu
from ops.richmenu.fonts import face
from ops.richmenu.tiles import menu
from tests.menus import Menus
from tests.ops.menus import needs_fonts
from tests.ops.places import Place
from tests.simulated import Simulated

pytestmark = needs_fonts

Call = Callable[..., Result]
OFFERED = CommandList.offering(shipped.bot().commands, shipped.commands())


@pytest.fixture
def menus(sim: Simulated) -> Iterator[Menus]:
    yield Menus(sim)
    sim.reset()


@pytest.fixture
def called(sim: Simulated, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call it for stage dev, whose channel is the simulator's."""
    for name, value in channel(sim).items():
        monkeypatch.setenv(name, value)

    def it(*arguments: str, typed: str = "") -> Result:
        runner = CliRunner(env={"COLUMNS": "200"})
        return runner.invoke(richmenu.command, ["--stage", "dev", *arguments], input=typed)

    return it


def channel(sim: Simulated) -> dict[str, str]:
    return {
        "LINE_API_BASE_URL": sim.line_url,
        "LINE_DATA_API_BASE_URL": sim.line_url,
        "LINE_CHANNEL_ACCESS_TOKEN": sim.token,
    }


def test_wherever_a_stages_settings_are_its_channel_gets_the_menus(
    place: Place, sim: Simulated, menus: Menus
) -> None:
    for name, value in {**channel(sim), "LIAO_LANGUAGE": "en"}.items():
        place.set(name, value)
    told = place.ops(richmenu.command)
    assert "✓ Menu for everybody: en" in told
    assert [name.split(":")[:2] for name in menus.names().values()] == [
        ["liao", language] for language in LANGUAGES
    ]
    assert menus.default().startswith("liao:en:")
    for made in menus.all():
        language = made["name"].split(":")[1]
        texts = [area["action"]["text"] for area in made["areas"]]
        assert texts == [tile.text for tile in menu(OFFERED, language).tiles]
        assert len(menus.picture(made["richMenuId"])) <= 1_000_000


def test_a_channel_without_a_token_is_opened_with_its_id_and_secret(
    called: Call, sim: Simulated, menus: Menus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINE_CHANNEL_ACCESS_TOKEN")
    refused = called("--remove")
    assert (refused.exit_code, "LINE_CHANNEL_ID" in refused.output) == (1, True)
    monkeypatch.setenv("LINE_CHANNEL_ID", "1234567890")
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "wrong")
    assert "tab “Basic settings”" in called("--remove").output


def test_called_again_it_finds_everything_as_it_is_until_a_picture_changes(
    called: Call, sim: Simulated, menus: Menus, tmp_path: Path
) -> None:
    assert called().exit_code == 0
    first, before = menus.names(), len(sim.calls())
    assert called().exit_code == 0
    assert menus.names() == first
    assert {call["method"] for call in sim.calls()[before:]} == {"GET"}

    ken = sim.user("Ken")
    menus.link_by_alias(ken, "liao-th")
    other = tmp_path / "other.ttf"
    other.write_bytes(face("th", "ช", bold=False).file.read_bytes())
    done = called("--font", str(other))
    assert done.exit_code == 0, done.output
    replaced = {*first.values()} - {*menus.names().values()}
    assert {name.split(":")[1] for name in replaced} <= {"th", "en"}
    assert any(name.startswith("liao:th:") for name in replaced)
    assert menus.seen_by(ken).startswith("liao:th:")
    assert menus.seen_by(ken) not in replaced


# --- somebody else's menu ----------------------------------------------------------------------


def test_another_menu_is_replaced_only_when_asked_and_told_yes(called: Call, menus: Menus) -> None:
    promo = menus.make("Autumn sale")
    menus.show(promo)
    refused = called(typed="n\n")
    assert refused.exit_code == 1
    assert "“Autumn sale”" in refused.output
    assert "Nothing was changed." in refused.output
    assert (menus.default(), menus.names()) == ("Autumn sale", {promo: "Autumn sale"})

    done = called(typed="y\n")
    assert done.exit_code == 0, done.output
    assert "shown in place of “Autumn sale”, which is kept" in done.output
    assert menus.default().startswith("liao:zh-Hant:")
    assert menus.names()[promo] == "Autumn sale"


def test_where_nobody_can_be_asked_it_refuses_and_says_what_to_do(
    called: Call, menus: Menus
) -> None:
    menus.show(menus.make("Autumn sale"))
    refused = called()
    assert refused.exit_code == 1
    assert "✗ everybody sees another menu, “Autumn sale”, and nobody is here to be asked" in (
        refused.output
    )
    assert "--yes" in refused.output
    assert [*menus.names().values()] == ["Autumn sale"]


def test_with_yes_nobody_is_asked(called: Call, menus: Menus) -> None:
    menus.show(menus.make("Autumn sale"))
    done = called("--yes")
    assert (done.exit_code, menus.default()[:5]) == (0, "liao:")


def test_taken_away_only_what_others_made_is_left(called: Call, menus: Menus) -> None:
    menus.make("Autumn sale")
    assert called().exit_code == 0
    done = called("--remove")
    assert done.exit_code == 0, done.output
    assert "4 removed" in done.output
    assert ([*menus.names().values()], menus.default(), menus.aliases()) == (
        ["Autumn sale"],
        "",
        {},
    )


# --- pictures alone, and what is missing -------------------------------------------------------


def test_a_preview_writes_the_pictures_and_leaves_line_alone(
    called: Call, sim: Simulated, menus: Menus, tmp_path: Path
) -> None:
    before = len(sim.calls())
    done = called("--preview", str(tmp_path / "new" / "pictures"))
    assert done.exit_code == 0, done.output
    names = {file.stem for file in (tmp_path / "new" / "pictures").glob("*.png")}
    assert names == {*LANGUAGES}
    assert len(sim.calls()) == before


def test_a_preview_that_can_not_be_written_is_told(called: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = called("--preview", str(tmp_path / "file" / "pictures"))
    assert done.exit_code == 1
    assert "can't be written" in done.output


def test_what_line_refuses_is_one_sentence(called: Call, sim: Simulated, menus: Menus) -> None:
    sim.fault("/v2/bot/richmenu", status=429, times=1)
    done = called()
    assert done.exit_code == 1
    assert "✗ Menu zh-Hant  LINE takes no more POST /v2/bot/richmenu for now (429)" in done.output
    assert "Wait up to an hour, then run this again." in done.output
