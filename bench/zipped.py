"""The zip that ships, made for this machine: its size, and its code unpacked to be started.

`ops` packs it as for AWS, with a compiled file beside each module. Beside it lies the same code
without those, as plain `chalice deploy` ships it, and the references get the very same libraries:
what differs between two cold starts is the code that is measured, and nothing else.
"""

from __future__ import annotations

import platform
import py_compile
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from bench.baseline import cold
from bench.people import Broken
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import BASELINE, Stage
from ops.chalice import configuration
from ops.packaging import Package, package
from ops.trouble import Trouble
from simulator.bot import REPOSITORY

#: MB of the zip without compiled files.
TARGET = 25.0
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_REFERENCES = (*(Path(path) for path in cold.__path__), BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Folders as Lambda would unpack them: ours, and that of the functions beside it."""

    ours: Path
    references: Path


def measure(stage: Stage, sizes: Sizes) -> Result:  # noqa: ARG001 - there is only one zip
    """Measure the zip."""
    made = packed()
    lines = (
        _megabytes("zip_bare", made.size_without_compiled, most=TARGET),
        _megabytes("zip_compiled", made.size),
    )
    return Result(name="zipped", lines=lines, parts=(_megabytes("zip_unpacked", made.unpacked),))


def packed() -> Package:
    """Make the zip of stage `prod` for this machine, unless it is there. Raises Broken."""
    machine = _ARCHITECTURES.get(platform.machine().lower())
    if machine is None:
        raise Broken(f"Lambda has no machines like this one, {platform.machine()}")
    try:
        return package(configuration(REPOSITORY, "prod", machine))
    except Trouble as exc:
        raise Broken(f"the zip can't be made: {exc}") from exc


def unpacked(made: Package, folder: Path, *, compiled: bool) -> Code:
    """Unpack a zip, with its compiled files or without, and put the references beside it."""
    ours, references = folder / "ours", folder / "references"
    with zipfile.ZipFile(made.path) as zipped:
        names = zipped.namelist()
        zipped.extractall(ours, [n for n in names if compiled or not n.endswith(".pyc")])
    references.mkdir(parents=True)
    for entry in ours.iterdir():
        if entry.name not in ("app.py", "chalicelib", "__pycache__"):
            (references / entry.name).symlink_to(entry)
    for source in (path for folder in _REFERENCES for path in folder.glob("[!_]*.py")):
        copy = Path(shutil.copy2(source, references))
        if compiled:
            py_compile.compile(
                str(copy),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
    return Code(ours=ours, references=references)


def _megabytes(what: str, size: int, *, most: float | None = None) -> Line:
    return Line(what=what, unit="MB", liao=size / 1e6, most=most)
