"""Which secrets may change while a process lives: those of parameters, and no others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.cloud import Cloud, cloud
from tests.running import PROJECT, environment, unset

LOOK = """
from chalicelib.bootstrap.source import secret
for name in ("LINE_CHANNEL_SECRET", "OPENAI_API_KEY"):
    found = secret(name, "as it was read")
    print(type(found).__name__, found.value(), sep=": ")
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as made:
        ssm = made.client("ssm")
        for name in ("LINE_CHANNEL_SECRET", "OPENAI_API_KEY"):
            ssm.put_parameter(Name=f"/liao/test/{name}", Value=f"a {name}", Type="SecureString")
        yield made


def found(folder: Path, **settings: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOOK],
        cwd=PROJECT,
        env=environment(folder, **{**unset(), **settings}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_laptop_s_stay(tmp_path: Path) -> None:
    assert found(tmp_path) == ["Fixed: as it was read"] * 2


def test_a_function_s_come_from_its_parameters_as_they_are_now(tmp_path: Path, aws: Cloud) -> None:
    function = {"AWS_LAMBDA_FUNCTION_NAME": "liao-test", "LIAO_STAGE": "test"}
    assert found(tmp_path, **function, **aws.environment()) == [
        "Changing: a LINE_CHANNEL_SECRET",
        "Changing: a OPENAI_API_KEY",
    ]


def test_what_stands_in_a_function_s_own_environment_stays(tmp_path: Path, aws: Cloud) -> None:
    function = {"AWS_LAMBDA_FUNCTION_NAME": "liao-test", "LIAO_STAGE": "test"}
    own = {**function, **aws.environment(), "OPENAI_API_KEY": "sk-own"}
    assert found(tmp_path, **own) == ["Changing: a LINE_CHANNEL_SECRET", "Fixed: as it was read"]
    assert found(tmp_path, **own, LINE_CHANNEL_SECRET="own") == ["Fixed: as it was read"] * 2
