"""A code is made on the operator's machine, and lets in who sends it to the bot."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from chalicelib.domain.invites import code_of
from chalicelib.ports import Role
from ops.commands import invite
from tests.aws.cloud import Cloud
from tests.ops.places import Place


def code_in(told: str) -> str:
    """The code that stands on a line of its own."""
    (found,) = re.findall(r"^ +(\w{4}-\w{4}) *$", told, re.MULTILINE)
    return str(found)


def redeemed(place: Place, told: str, *, later: timedelta = timedelta()) -> Role | None:
    now = datetime.now(UTC) + later
    return place.stores.invites.redeem(code_of(code_in(told)), by="event", now=now)


def called(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(invite.command, arguments)


def test_its_code_lets_in_a_guest_and_only_an_admins_code_an_admin(place: Place) -> None:
    assert redeemed(place, place.ops(invite.command)) is Role.GUEST
    assert redeemed(place, place.ops(invite.command, "--admin")) is Role.ADMIN


def test_a_code_is_over_after_ten_minutes(place: Place) -> None:
    told = place.ops(invite.command)
    assert redeemed(place, told, later=timedelta(minutes=10, seconds=1)) is None
    assert redeemed(place, told, later=timedelta(minutes=9)) is Role.GUEST


def test_it_says_until_when_by_the_bots_clock_and_where_the_code_is_kept(place: Place) -> None:
    place.set("LIAO_TIMEZONE", "Asia/Tokyo")
    before = datetime.now(ZoneInfo("Asia/Tokyo"))
    told = place.ops(invite.command)
    ends = {f"{before + timedelta(minutes=10, seconds=late):%H:%M}" for late in (0, 60)}
    (named,) = re.findall(r"before (\d\d:\d\d) \(Asia/Tokyo\)", told)
    assert named in ends
    assert "works once" in told
    assert place.name in told


def test_every_code_is_another_and_none_looks_like_another(here: Place) -> None:
    codes = {code_in(here.ops(invite.command)) for _ in range(5)}
    assert len(codes) == 5
    assert all(code_of(code) == code.replace("-", "") for code in codes)


def test_an_admins_code_says_what_an_admin_may(here: Place) -> None:
    assert "/usage all" in here.ops(invite.command, "--admin")
    assert "/usage all" not in here.ops(invite.command)


@pytest.mark.parametrize(("access", "said"), [("open", True), ("invite", False)])
def test_where_everybody_may_come_in_a_guest_needs_no_code(
    here: Place, access: str, said: bool
) -> None:
    here.set("LIAO_ACCESS", access)
    assert ("nobody needs a code" in here.ops(invite.command)) is said


# --- where it can't be made --------------------------------------------------------------------


def test_before_a_bot_ever_ran_it_names_the_folders_in_which_one_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAO_DATA_DIR", str(tmp_path / "dev"))
    assert "make run" in called("--stage", "dev").output
    (tmp_path / "simulator").mkdir()
    (tmp_path / "simulator" / "liao.db").touch()
    result = called("--stage", "dev")
    assert result.exit_code == 1
    assert f"--data: {tmp_path / 'simulator'}." in result.output
    assert not (tmp_path / "dev").exists()


def test_a_named_folder_comes_before_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAO_DATA_DIR", str(tmp_path / "dev"))
    (tmp_path / "line").mkdir()
    (tmp_path / "line" / "liao.db").touch()
    result = called("--stage", "dev", "--data", str(tmp_path / "line"))
    assert (result.exit_code, str(tmp_path / "line" / "liao.db") in result.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "somewhere"), "--stage dev"),
        (("--stage", "shop"), "python -m ops stage shop"),
    ],
)
def test_a_stage_that_does_not_fit_is_told(arguments: tuple[str, ...], said: str) -> None:
    result = called(*arguments)
    assert result.exit_code == 1
    assert said in result.output


def test_a_stage_that_is_not_deployed_is_told(cloud_here: Cloud) -> None:
    result = called()
    assert result.exit_code == 1
    assert "python -m ops doctor" in result.output


def test_a_file_that_is_no_bots_is_told(tmp_path: Path) -> None:
    (tmp_path / "liao.db").write_text("no SQLite file at all, but long enough to be one " * 9)
    result = called("--stage", "dev", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert "it is no SQLite file" in result.output


def test_a_setting_that_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAO_TIMEZONE", "Mars")
    result = called("--stage", "dev", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert "LIAO_TIMEZONE" in result.output
