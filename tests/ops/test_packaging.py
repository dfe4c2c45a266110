"""The zip that ships: whole, compiled, the same every time, and of a size that Lambda takes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from chalice.deploy.packager import MissingDependencyError, NoSuchPackageError, Package
from chalice.utils import UI, OSUtils

from ops import packaging
from ops.packaging import CompiledPackager, checked, measured
from ops.trouble import Trouble

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
TAG = sys.implementation.cache_tag


class Dependencies:
    """Installs one module, or fails as told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def build_site_packages(self, abi: str, requirements_filepath: str, folder: str) -> None:
        if self.failure:
            raise self.failure
        package = Path(folder) / "dependency"
        (package / "templates").mkdir(parents=True)
        (package / "__init__.py").write_text("HERE = __file__\n", encoding="utf-8")
        (package / "templates" / "broken.py").write_text("def {{ name }}\n", encoding="utf-8")
        (package / "data.txt").write_text("data\n", encoding="utf-8")


def a_project(folder: Path, *, at: float) -> Path:
    """A small app; at: when its files were written, by their time stamps."""
    library = folder / "chalicelib"
    library.mkdir(parents=True)
    (folder / "app.py").write_text("import chalicelib.answer\n", encoding="utf-8")
    (folder / "requirements.txt").write_text("dependency==1\n", encoding="utf-8")
    (library / "__init__.py").write_text("", encoding="utf-8")
    (library / "answer.py").write_text("ANSWER = 'compiled'\n", encoding="utf-8")
    (library / "__pycache__").mkdir()
    (library / "__pycache__" / "stray.pyc").write_bytes(os.urandom(8))
    for path in folder.rglob("*.py"):
        os.utime(path, (at, at))
        path.chmod(0o600)
    return folder


def pack(project: Path, failure: Exception | None = None) -> Path:
    builder: Any = Dependencies(failure)
    packager = CompiledPackager(OSUtils(), builder, UI(), "x86_64")
    return Path(packager.create_deployment_package(str(project), PYTHON))


def test_every_module_has_its_compiled_twin_and_broken_templates_have_none(tmp_path: Path) -> None:
    names = zipfile.ZipFile(pack(a_project(tmp_path / "a", at=1e9))).namelist()
    assert f"__pycache__/app.{TAG}.pyc" in names
    assert f"chalicelib/__pycache__/answer.{TAG}.pyc" in names
    assert f"dependency/__pycache__/__init__.{TAG}.pyc" in names
    assert f"chalice/__pycache__/app.{TAG}.pyc" in names
    assert "dependency/data.txt" in names
    assert not [name for name in names if "broken" in name and name.endswith(".pyc")]
    assert not [name for name in names if "stray" in name]
    assert len(names) == len(set(names))


def test_python_takes_the_compiled_file_from_a_folder_it_may_not_write(tmp_path: Path) -> None:
    unpacked = tmp_path / "task"
    with zipfile.ZipFile(pack(a_project(tmp_path / "a", at=1e9))) as made:
        made.extractall(unpacked)
    # Were the source looked at, this would be what is imported.
    (unpacked / "chalicelib" / "answer.py").write_text("ANSWER = 'source'\n", encoding="utf-8")
    for folder in (unpacked, unpacked / "chalicelib", unpacked / "chalicelib" / "__pycache__"):
        folder.chmod(0o555)
    program = "import chalicelib.answer as it; print(it.ANSWER, it.__file__)"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=unpacked, capture_output=True, text=True, check=True
    )
    for folder in (unpacked, unpacked / "chalicelib", unpacked / "chalicelib" / "__pycache__"):
        folder.chmod(0o755)
    assert told.stdout.split() == ["compiled", str(unpacked / "chalicelib" / "answer.py")]


def test_the_same_project_gives_the_same_zip_anywhere_and_at_any_time(tmp_path: Path) -> None:
    one = pack(a_project(tmp_path / "a", at=1e9))
    other = pack(a_project(tmp_path / "somewhere" / "else", at=1.5e9))
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_lambda_may_read_every_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(pack(a_project(tmp_path / "a", at=1e9))) as made:
        modes = {entry.external_attr >> 16 & 0o777 for entry in made.infolist()}
    assert modes == {0o644}


def test_a_dependency_that_cannot_be_packed_stops_it_and_leaves_no_zip(tmp_path: Path) -> None:
    project = a_project(tmp_path / "a", at=1e9)
    lacking = Package(str(tmp_path), "unpackable-1.2-cp27-none-win32.whl")
    with pytest.raises(Trouble, match=r"unpackable==1\.2"):
        pack(project, MissingDependencyError({lacking}))
    with pytest.raises(Trouble, match="no-such-thing"):
        pack(project, NoSuchPackageError("no-such-thing"))
    assert not list((project / ".chalice" / "deployments").glob("*.zip"))
    assert pack(project).is_file()


def test_old_zips_are_forgotten(tmp_path: Path) -> None:
    project = a_project(tmp_path / "a", at=1e9)
    made = []
    for number in range(6):
        (project / "app.py").write_text(f"# {number}\n", encoding="utf-8")
        made.append(pack(project))
    left = list((project / ".chalice" / "deployments").glob("*.zip"))
    assert sorted(left) == sorted(made[-4:])


def test_chalices_own_zip_is_not_taken_for_ours(tmp_path: Path) -> None:
    assert pack(a_project(tmp_path / "a", at=1e9)).name.startswith("compiled-")


def test_the_size_without_compiled_files_is_that_of_a_zip_without_them(tmp_path: Path) -> None:
    path = pack(a_project(tmp_path / "a", at=1e9))
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(path) as made, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as less:
        for entry in made.infolist():
            if not entry.filename.endswith(".pyc"):
                less.writestr(entry, made.read(entry))
    assert measured(path).size_without_compiled == bare.stat().st_size


@pytest.mark.parametrize(
    ("size", "unpacked"), [(1_000, packaging.UNPACKED_LIMIT + 1), (packaging.SENT_LIMIT + 1, 1_000)]
)
def test_what_lambda_would_refuse_is_refused_first(size: int, unpacked: int) -> None:
    package = packaging.Package(
        path=Path("x.zip"), size=size, size_without_compiled=0, unpacked=unpacked
    )
    with pytest.raises(Trouble, match="too large"):
        checked(package)
