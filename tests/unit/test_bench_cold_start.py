"""Functions are started from the zip's code, with its compiled files or without, and measured."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.cold_start import Woken
from bench.cold_start_functions import BARE, HMAC_ONLY, Region, Run, posted, region
from bench.people import Broken
from bench.stage import stage
from bench.zipped import Code, unpacked
from ops.packaging import measured

MODULES = ("app.py", "chalicelib/__init__.py", "chalice/__init__.py", "chalice/app.py")


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip with Chalice's own part, and compiled files that are none."""
    import chalice.app

    path = tmp_path_factory.mktemp("zip") / "small.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name in MODULES:
            source = Path(chalice.app.__file__).parent.parent / name
            text = source.read_text("utf-8") if name == "chalice/app.py" else ""
            made.writestr(name, text)
            made.writestr(f"{name}c", b"")
    return path


@pytest.fixture(scope="module")
def here() -> Iterator[Region]:
    with stage() as made, region(made) as found:
        yield found


def test_without_compiled_files_there_are_none(zipped: Path, tmp_path: Path) -> None:
    code = unpacked(measured(zipped), tmp_path, compiled=False)
    assert [*tmp_path.rglob("*.pyc")] == []
    assert (code.ours / "app.py").is_file()


def test_the_references_have_the_zip_s_libraries_and_nothing_of_ours(
    zipped: Path, tmp_path: Path
) -> None:
    code = unpacked(measured(zipped), tmp_path, compiled=True)
    assert (code.references / "chalice").resolve() == code.ours / "chalice"
    assert not (code.references / "chalicelib").exists()
    assert "tutorials" in (code.references / "app.py").read_text("utf-8")
    assert {path.name.partition(".")[0] for path in code.references.glob("*/*.pyc")} >= {
        *("app", "bare", "hmac_only")
    }


@pytest.fixture(scope="module")
def code(zipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Code:
    return unpacked(measured(zipped), tmp_path_factory.mktemp("code"), compiled=True)


def test_a_function_s_start_is_measured_with_its_first_event_alone(
    here: Region, code: Code
) -> None:
    with here.started(BARE, code) as bare:
        first, second = bare.run({}), bare.run({})
    assert first.seconds > 5 * second.seconds
    assert first.peak >= 5


def test_the_webhook_s_reference_looks_at_the_signature(here: Region, code: Code) -> None:
    (webhook,) = here.stage.platform.written(["Amy"])
    event = posted(webhook)
    with here.started(HMAC_ONLY, code) as started:
        assert started.run(event).seconds > 0
        event["headers"]["X-Line-Signature"] = "forged"
        event["multiValueHeaders"]["X-Line-Signature"] = ["forged"]
        with pytest.raises(Broken, match="400"):
            started.run(event)


def test_what_was_measured_is_told_by_its_median() -> None:
    woken = Woken()
    woken.runs["bare"].extend(Run(seconds=s, cpu=0, peak=s) for s in (9.0, 0.1, 0.2))
    assert woken.milliseconds(BARE) == 200
    assert woken.peak(BARE) == 0.2
