"""What `ops models` says of every model on offer; vendors are real servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.names import Names
from ops.models import Finding, Stock, examined
from ops.show import BAD, GOOD, OPEN
from ops.trouble import Trouble
from tests.aws.cloud import Cloud
from tests.ops.selling import Vendor, selling
from tests.ops.whole import Operator, copied
from tests.running import PROJECT
from tests.simulated import Simulated

TODAY = date(2026, 11, 28)
KEY = "sk-of-a-good-customer"
ROWS = """
[vendors.acme]
name = "Acme"
url_setting = "ACME_URL"
key_setting = "ACME_KEY"

[vendors.other]
name = "Other"
url_setting = "OTHER_URL"
"""
ROW = """
[models."{id}"]
vendor = "{vendor}"
label = "A model"
good_for = "Tests"
context = 1000
{more}
"""
PRICED = "price = { in = 1, out = 2, as_of = 2026-11-01 }"


@pytest.fixture
def acme() -> Iterator[Vendor]:
    with selling() as vendor:
        yield vendor


@dataclass(slots=True, kw_only=True)
class Desk:
    """An operator's rows and settings, whose own vendors are the only ones that can be asked."""

    file: Path
    settings: dict[str, str]

    def row(self, model_id: str, more: str = PRICED, *, vendor: str = "acme") -> None:
        """Add a model."""
        with self.file.open("a", encoding="utf-8") as rows:
            rows.write(ROW.format(id=model_id, vendor=vendor, more=more))

    def look(self) -> list[Finding]:
        """What is found, without the models that ship."""
        found = examined(Stock.of(self.settings), today=TODAY)
        return [each for each in found if "not offered" not in each.what]

    def one(self) -> Finding:
        """The only thing that is found."""
        (found,) = self.look()
        return found


@pytest.fixture
def desk(tmp_path: Path, acme: Vendor) -> Desk:
    file = tmp_path / "rows.toml"
    file.write_text(ROWS, "utf-8")
    settings = {"LIAO_CATALOGUE": str(file), "ACME_URL": acme.url, "ACME_KEY": KEY}
    return Desk(file=file, settings=settings)


# --- the vendor --------------------------------------------------------------------------------


def test_a_model_that_its_vendor_lists_is_good(desk: Desk, acme: Vendor) -> None:
    acme.signed = lambda headers: headers.get("Authorization") == f"Bearer {KEY}"
    acme.lists("swift", "others")
    desk.row("swift")
    assert desk.one() == Finding(mark=GOOD, what="swift", detail="Acme; price of 2026-11-01")


@pytest.mark.parametrize("listed", ["models/swift", "swift:latest", "swift-2026-03-17", "swift"])
def test_a_name_is_known_by_whatever_a_vendor_writes_around_it(
    desk: Desk, acme: Vendor, listed: str
) -> None:
    acme.lists(listed)
    desk.row("swift")
    assert desk.one().mark == GOOD


def test_a_vendors_own_name_of_a_model_is_looked_for(desk: Desk, acme: Vendor) -> None:
    acme.lists("acme/swift-7b")
    desk.row("swift", f'name = "acme/swift-7b"\n{PRICED}')
    assert desk.one().mark == GOOD


def test_a_name_that_is_not_listed_is_asked_for_before_it_is_called_unknown(
    desk: Desk, acme: Vendor
) -> None:
    acme.lists("slow")
    acme.unlisted = frozenset({"acme/swift"})
    desk.row("swift", f'name = "acme/swift"\n{PRICED}')
    assert desk.one().mark == GOOD
    assert acme.heard == ["/v1/models", "/v1/models/acme/swift"]


def test_a_name_that_the_vendor_does_not_know_is_told_with_what_to_do(
    desk: Desk, acme: Vendor
) -> None:
    acme.lists("slow")
    desk.row("swift")
    found = desk.one()
    assert (found.mark, found.what) == (BAD, "swift")
    assert found.detail == "Acme; does not know 'swift'; price of 2026-11-01"
    assert "my-catalogue.toml" in found.do


def test_a_vendor_that_takes_the_key_only_in_its_own_header_is_asked_so(
    desk: Desk, acme: Vendor
) -> None:
    acme.signed = lambda headers: headers.get("x-api-key") == KEY and "anthropic-version" in headers
    acme.lists("swift")
    desk.row("swift")
    assert desk.one().mark == GOOD


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_vendor_that_lists_no_models_is_believed(desk: Desk, acme: Vendor, status: int) -> None:
    acme.status = status
    desk.row("swift")
    assert desk.one().detail == "Acme; lists no models; price of 2026-11-01"
    assert desk.one().mark == GOOD


def test_a_key_that_is_refused_is_told_once_and_never_shown(desk: Desk, acme: Vendor) -> None:
    acme.signed = lambda headers: False
    desk.row("swift")
    desk.row("slow")
    found = desk.one()
    assert (found.mark, found.what) == (BAD, "Acme does not accept the key (401)")
    assert found.do == "Write another into ACME_KEY."
    assert "swift, slow" in found.detail
    assert KEY not in repr(found)


def test_a_vendor_out_of_reach_is_told_with_its_address_and_others_are_still_asked(
    desk: Desk, acme: Vendor
) -> None:
    acme.lists("swift")
    desk.settings["OTHER_URL"] = "http://127.0.0.1:9/v1"
    desk.row("swift")
    desk.row("far", "free = true", vendor="other")
    good, bad = desk.look()
    assert good.mark == GOOD
    assert (bad.mark, bad.what) == (BAD, "Other can't be reached at http://127.0.0.1:9/v1")
    assert "OTHER_URL" in bad.do


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (500, {}, "with status 500"),
        (302, {}, "with status 302"),
        (200, b"<html>", "with something else than a list of models"),
        (200, {"error": 1}, "with something else than a list of models"),
    ],
)
def test_an_answer_that_is_no_list_is_told(
    desk: Desk, acme: Vendor, status: int, answer: object, told: str
) -> None:
    acme.status, acme.answer = status, answer
    desk.row("swift")
    found = desk.one()
    assert found.mark == BAD
    assert found.what == f"Acme answers GET {acme.url}/models {told}"
    assert "ACME_URL" in found.do


def test_the_simulators_models_are_all_known(sim: Simulated) -> None:
    settings = {
        "LIAO_CATALOGUE": str(PROJECT / "simulator" / "catalogue.toml"),
        "LIAO_MODEL": "demo",
        "DEMO_BASE_URL": sim.openai_url,
        "DEMO_API_KEY": "demo",
    }
    found = [*examined(Stock.of(settings), today=TODAY)][:-1]
    assert {each.mark for each in found} == {GOOD}
    assert found[0].what == "demo"


# --- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "mark", "told"),
    [
        ("2027-01-28", GOOD, "Acme; price of 2026-11-01"),
        ("2027-01-27", OPEN, "Acme; ends on 2027-01-27, in 60 days; price of 2026-11-01"),
        ("2026-11-29", OPEN, "Acme; ends on 2026-11-29, in 1 day; price of 2026-11-01"),
        ("2026-11-28", OPEN, "Acme; ended on 2026-11-28, offered no more; price of 2026-11-01"),
    ],
)
def test_a_model_that_ends_soon_or_has_ended_is_told_by_its_day(
    desk: Desk, acme: Vendor, ends: str, mark: tuple[str, str], told: str
) -> None:
    acme.lists("swift", "usual")
    desk.row("usual")
    desk.row("swift", f"{PRICED}\nends = {ends}")
    desk.settings["LIAO_MODEL"] = "usual"
    _, found = desk.look()
    assert (found.mark, found.detail, found.do) == (mark, told, "")


def test_the_default_that_has_ended_is_broken(desk: Desk, acme: Vendor) -> None:
    acme.lists("swift")
    desk.row("swift", f"{PRICED}\nends = 2026-11-28")
    desk.settings["LIAO_MODEL"] = "swift"
    found = desk.one()
    assert (found.mark, found.do) == (BAD, "Let LIAO_MODEL name another.")


@pytest.mark.parametrize(("day", "mark"), [("2026-06-01", GOOD), ("2026-05-31", OPEN)])
def test_a_price_grows_old(desk: Desk, acme: Vendor, day: str, mark: tuple[str, str]) -> None:
    acme.lists("swift")
    desk.row("swift", PRICED.replace("2026-11-01", day))
    found = desk.one()
    assert found.mark == mark
    assert f"price of {day}" in found.detail
    assert ("Look it up" in found.do) is (mark == OPEN)


def test_what_is_free_needs_no_day(desk: Desk, acme: Vendor) -> None:
    acme.lists("swift")
    desk.row("swift", "free = true")
    assert desk.one() == Finding(mark=GOOD, what="swift", detail="Acme; free")


# --- what is not offered -----------------------------------------------------------------------


def test_models_without_their_key_are_one_line(desk: Desk, acme: Vendor) -> None:
    acme.lists("swift")
    desk.row("swift")
    desk.row("near", "free = true", vendor="other")
    *_, last = examined(Stock.of(desk.settings), today=TODAY)
    assert last.mark == OPEN
    assert "OTHER_URL (1)" in last.detail
    assert "GROQ_API_KEY (" in last.detail
    assert "ACME" not in last.detail


def test_a_default_without_its_key_is_broken(desk: Desk, acme: Vendor) -> None:
    acme.lists("swift")
    desk.row("swift")
    desk.settings["LIAO_MODEL"] = "claude-haiku-4-5"
    default, swift = desk.look()
    assert (default.mark, default.what) == (BAD, "claude-haiku-4-5")
    assert "ANTHROPIC_API_KEY is not set" in default.detail
    assert swift.mark == GOOD


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("LIAO_MODEL", "nothing"),
        ("LIAO_CATALOGUE", "nowhere.toml"),
        ("LIAO_CURRENCY", "XXX"),
        ("ACME_URL", "acme"),
        ("LIAO_PUSH", "sometimes"),
    ],
)
def test_a_setting_that_will_not_do_is_named(desk: Desk, setting: str, value: str) -> None:
    desk.row("swift")
    desk.settings[setting] = value
    with pytest.raises(Trouble, match=setting):
        Stock.of(desk.settings)


# --- the command -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, where no file of the operator's names real vendors."""
    return copied(tmp_path_factory.mktemp("models") / "project")


def test_the_command_looks_at_the_settings_of_this_machine(
    desk: Desk, acme: Vendor, project: Path
) -> None:
    acme.lists("swift")
    desk.row("swift")
    operator = Operator(project=project, environment={**desk.settings, "LIAO_MODEL": "swift"})
    done = operator.calls("models", "--stage", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ swift  Acme; price of 2026-11-01" in done.stdout
    assert KEY not in done.stdout
    acme.lists("slow")
    done = operator.calls("models", "--stage", "dev")
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ swift" in done.stdout
    assert "my-catalogue.toml" in done.stdout


def test_the_command_looks_at_the_stored_settings_of_a_stage_on_aws(
    desk: Desk, acme: Vendor, project: Path, cloud_here: Cloud
) -> None:
    acme.lists("swift")
    desk.row("swift")
    for name, value in {**desk.settings, "LIAO_MODEL": "swift"}.items():
        path = Names(stage="prod").parameters + name
        cloud_here.client("ssm").put_parameter(Name=path, Value=value, Type="SecureString")
    done = Operator(project=project, environment=cloud_here.environment()).calls("models")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ swift  Acme" in done.stdout


def test_a_stage_that_is_nowhere_is_told(project: Path) -> None:
    done = Operator(project=project, environment={}).calls("models", "--stage", "shop")
    assert done.returncode == 1
    assert "'shop' is not in .chalice/config.json" in done.stdout
