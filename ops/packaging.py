"""The zip that ships, as Chalice makes it but whole, compiled and the same every time.

Chalice only warns when a dependency can't be packed, ships no compiled files, and ships whatever
`__pycache__` holds. On Lambda the code lies in a folder that can't be written, so a zip without
compiled files is compiled anew at every cold start. The compiled files here are trusted by path
("unchecked hash"): neither the time stamps of the zip nor of the unpacked files matter.
"""

from __future__ import annotations

import os
import py_compile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final

from chalice.constants import DEFAULT_LAMBDA_ARCHITECTURE
from chalice.deploy.packager import (
    DependencyBuilder,
    LambdaDeploymentPackager,
    MissingDependencyError,
    NoSuchPackageError,
    PackageDownloadError,
)
from chalice.utils import UI, OSUtils

from ops.trouble import Trouble

#: Lambda: a function's code, unpacked; and a zip that is sent directly.
UNPACKED_LIMIT: Final = 250 * 1024 * 1024
SENT_LIMIT: Final = 50 * 1024 * 1024

_KEPT: Final = 4
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o100644 << 16
_HEADERS: Final = 30 + 46  # a file's two headers in a zip, beside its name, which stands in both


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A zip and its sizes in bytes."""

    path: Path
    size: int
    size_without_compiled: int
    unpacked: int

    def __str__(self) -> str:
        megabytes = (self.size, self.size_without_compiled, self.unpacked)
        whole, bare, unpacked = (f"{each / 1e6:.1f} MB" for each in megabytes)
        return f"{whole} zipped ({bare} without .pyc), {unpacked} unpacked"


class CompiledPackager(LambdaDeploymentPackager):
    """Chalice's packager, whose zip is complete, compiled and always the same."""

    def _deployment_package_filename(
        self, project_dir: str, python_version: str, prefix: str = ""
    ) -> str:
        # A name of its own: plain `chalice deploy` would otherwise leave its zip here to be reused.
        made: str = super()._deployment_package_filename(
            project_dir, python_version, f"compiled-{prefix}"
        )
        return made

    def _build_python_dependencies(
        self, python_version: str, requirements_filepath: str, site_packages_dir: str
    ) -> None:
        abi = self._RUNTIME_TO_ABI[python_version]
        try:
            self._dependency_builder.build_site_packages(
                abi, requirements_filepath, site_packages_dir
            )
        except MissingDependencyError as exc:
            lacking = ", ".join(sorted(each.identifier for each in exc.missing))
            raise Trouble(
                f"no wheel for {python_version} on {self._architecture}: {lacking}",
                "Pin another version in requirements.txt, or put the unpacked wheel into vendor/.",
            ) from exc
        except (NoSuchPackageError, PackageDownloadError) as exc:
            raise Trouble(
                f"pip can't download what requirements.txt names: {str(exc).strip()}",
                "Check the network and pip's configuration; then run this again.",
            ) from exc

    def _add_py_deps(self, zip_fileobj: zipfile.ZipFile, deps_dir: str, prefix: str = "") -> None:
        self._add_vendor_files(zip_fileobj, deps_dir, prefix)

    def _add_app_files(self, zip_fileobj: zipfile.ZipFile, project_dir: str) -> None:
        _write(zip_fileobj, self._iter_app_filenames(project_dir))

    def _iter_app_filenames(self, project_dir: str) -> Iterator[tuple[str, str]]:
        named = super()._iter_app_filenames(project_dir)
        return iter(sorted(each for each in named if "__pycache__" not in each[0]))

    def _add_vendor_files(self, zipped: zipfile.ZipFile, dirname: str, prefix: str = "") -> None:
        files = _python_files(Path(dirname))
        _write(zipped, ((str(path), prefix + str(path.relative_to(dirname))) for path in files))

    def create_deployment_package(self, project_dir: str, python_version: str) -> str:
        """Make the zip unless it is there; returns its path. A zip that broke off is none."""
        path = Path(self.deployment_package_filename(project_dir, python_version))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            with tempfile.TemporaryDirectory() as folder:
                requirements = self._get_requirements_filename(project_dir)
                self._build_python_dependencies(python_version, requirements, folder)
                with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as zipped:
                    self._add_py_deps(zipped, folder)
                    self._add_app_files(zipped, project_dir)
                    self._add_vendor_files(zipped, str(Path(project_dir) / self._VENDOR_DIR))
            part.replace(path)
            _forget_old(path.parent)
        return str(path)


def _forget_old(folder: Path) -> None:
    """Delete all but the newest zips, of which a busy day leaves many."""
    made = sorted(folder.glob("compiled-*.zip"), key=lambda path: path.stat().st_mtime)
    for path in made[:-_KEPT]:
        path.unlink(missing_ok=True)


def packager(config: Any) -> CompiledPackager:
    """The packager for a stage's configuration, Chalice's `Config`."""
    osutils = OSUtils()
    architecture = config.lambda_architecture or DEFAULT_LAMBDA_ARCHITECTURE
    dependencies = DependencyBuilder(osutils, architecture=architecture)
    return CompiledPackager(osutils, dependencies, UI(), architecture)


def is_made(path: str) -> bool:
    """True where a zip is there already."""
    return Path(path).exists()


def package(config: Any) -> Package:
    """Make a stage's zip, unless it is there. Raises Trouble: incomplete, or too large."""
    made = packager(config).create_deployment_package(
        config.project_dir, config.lambda_python_version
    )
    return checked(measured(Path(made)))


def measured(path: Path) -> Package:
    """Measure a zip."""
    with zipfile.ZipFile(path) as zipped:
        entries = zipped.infolist()
    compiled = (each for each in entries if each.filename.endswith(".pyc"))
    size = path.stat().st_size
    return Package(
        path=path,
        size=size,
        size_without_compiled=size - sum(_taken(each) for each in compiled),
        unpacked=sum(each.file_size for each in entries),
    )


def checked(package: Package) -> Package:
    """Refuse what Lambda would refuse. Raises Trouble."""
    if package.unpacked > UNPACKED_LIMIT:
        raise Trouble(
            f"the code is too large for Lambda: {package}; at most 250 MB unpacked",
            "Take something out of requirements.txt.",
        )
    if package.size > SENT_LIMIT:
        raise Trouble(
            f"the zip is too large to be sent to Lambda: {package}; at most 50 MB zipped",
            "Take something out of requirements.txt.",
        )
    return package


def _taken(entry: zipfile.ZipInfo) -> int:
    return entry.compress_size + _HEADERS + 2 * len(entry.filename.encode())


def _python_files(folder: Path) -> Iterator[Path]:
    """What pip unpacked, in a fixed order, without Chalice, which ships its own part."""
    for root, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        if Path(root) == folder and "chalice" in folders:
            folders.remove("chalice")
        yield from (Path(root) / name for name in sorted(files))


def _write(zipped: zipfile.ZipFile, named: Iterable[tuple[str, str]]) -> None:
    """Write files, and beside each module its compiled twin."""
    with tempfile.TemporaryDirectory() as folder:
        twin = Path(folder) / "twin.pyc"
        for path, name in named:
            _put(zipped, name, Path(path).read_bytes())
            if name.endswith(".py") and _compile(path, name, twin):
                _put(zipped, cache_from_source(name), twin.read_bytes())


def _compile(path: str, name: str, twin: Path) -> bool:
    """Compile a module; False for a file that is none, such as a template of a package's."""
    try:
        py_compile.compile(
            path,
            cfile=str(twin),
            dfile=name,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except (py_compile.PyCompileError, UnicodeDecodeError, ValueError):
        return False
    return True


def _put(zipped: zipfile.ZipFile, name: str, raw: bytes) -> None:
    # No time stamp, and readable by all: Lambda runs the code as somebody else.
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _READABLE
    entry.compress_type = zipfile.ZIP_DEFLATED
    zipped.writestr(entry, raw)
