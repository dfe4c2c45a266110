"""What `chalice deploy` left in the stand-in for AWS, read back and made to run.

    stage = read_back(aws, "liao-prod", tmp_path)
    with stage.function("liao-prod-worker") as worker: …

The code, the handler, the environment, the memory and the time-out are the deployed function's:
what a deployment forgets is missing here as it is on AWS.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.awslambda.models import lambda_backends

from tests.aws.cloud import Cloud
from tests.aws.lambda_runtime import Function, function


def unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack a zip into a folder of its own; returns the folder."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The functions of a stage, by name."""

    aws: Cloud
    folder: Path
    settings: Mapping[str, str] = field(repr=False)

    def code(self, name: str) -> bytes:
        """A function's very zip."""
        kept: Any = lambda_backends[self.aws.account][self.aws.region].get_function(name)
        return bytes(kept.code_bytes)

    def configuration(self, name: str) -> dict[str, Any]:
        """What AWS knows of a function."""
        client = self.aws.client("lambda")
        told: dict[str, Any] = client.get_function_configuration(FunctionName=name)
        return told

    @contextmanager
    def function(self, name: str, **how: Any) -> Iterator[Function]:
        """Run a function until the block ends; `how` are fields of `Function` to set instead."""
        told = self.configuration(name)
        code = self.folder / name
        if not code.exists():
            unpacked(self.code(name), code)
        own = told.get("Environment", {}).get("Variables", {})
        known: dict[str, Any] = {
            "name": name,
            "code": code,
            "handler": told["Handler"],
            "environment": {**self.aws.environment(), **self.settings, **own},
            "folder": self.folder,
            "timeout": float(told["Timeout"]),
            "memory": int(told["MemorySize"]),
            "arn": told["FunctionArn"],
        }
        with function(**{**known, **how}) as made:
            yield made


def read_back(aws: Cloud, folder: Path, **settings: str) -> Deployed:
    """Read a deployment back; `settings` are set beneath the function's own environment."""
    return Deployed(aws=aws, folder=folder, settings=settings)
