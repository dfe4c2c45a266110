"""A whole project in a folder of its own, where an operator may do what he likes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.running import PROJECT

_FILES = ("app.py", "requirements.txt")
_FOLDERS = ("chalicelib", "infra", "ops")
#: What pip and the system need; nothing of the operator's own, such as keys.
_AROUND = ("PATH", "LANG", "XDG_CONFIG_DIRS", "SSL_CERT_FILE")


def copied(folder: Path, source: Path = PROJECT) -> Path:
    """Copy what a deployment needs; returns the folder."""
    folder.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(source / name, folder)
    for name in _FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source / name, folder / name, ignore=ignored)
    (folder / ".chalice").mkdir()
    for path in (source / ".chalice").glob("*.json"):
        shutil.copy(path, folder / ".chalice")
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody at a machine with a copy of the project; environment: what is set there."""

    project: Path
    environment: Mapping[str, str] = field(repr=False)

    def calls(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `python -m ops …` there."""
        return subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=self.project,
            env=self._around(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @contextmanager
    def begins(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run `python -m ops …` there for as long as the block lasts."""
        with subprocess.Popen(
            [sys.executable, "-m", "ops", *arguments],
            cwd=self.project,
            env={**self._around(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _around(self) -> dict[str, str]:
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _AROUND or name.startswith("PIP_")
        }
        return {**passed, "HOME": str(self.project), "COLUMNS": "200", **self.environment}

    @property
    def record(self) -> Path:
        """Where Chalice remembers what is deployed."""
        return self.project / ".chalice" / "deployed" / "prod.json"
