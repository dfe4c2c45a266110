"""A stage's settings: which file, what wins, and one clear sentence where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.configuration import given
from ops.trouble import Trouble

WHOLE = {
    "LINE_CHANNEL_SECRET": "a-secret",
    "LINE_CHANNEL_ACCESS_TOKEN": "a-token",
    "OPENAI_API_KEY": "a-key",
}


def write(project: Path, name: str, **values: str) -> None:
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    (project / name).write_text(text, encoding="utf-8")


def test_the_stages_own_file_is_read_instead_of_the_common_one(project: Path) -> None:
    write(project, ".env", LIAO_MODEL="common", LIAO_LANGUAGE="en")
    write(project, ".env.prod", LIAO_MODEL="own")
    found = given(project, "prod", {})
    assert (found.file, dict(found.values)) == (".env.prod", {"LIAO_MODEL": "own"})


def test_the_common_file_is_read_where_the_stage_has_none(project: Path) -> None:
    write(project, ".env", LIAO_MODEL="common")
    assert given(project, "prod", {}).values["LIAO_MODEL"] == "common"


def test_the_environment_wins_and_it_is_said_where(project: Path) -> None:
    write(project, ".env", LIAO_MODEL="file", LIAO_LANGUAGE="en")
    found = given(project, "prod", {"LIAO_MODEL": "around", "LIAO_LANGUAGE": "en", "PATH": "/"})
    assert found.values == {"LIAO_MODEL": "around", "LIAO_LANGUAGE": "en"}
    assert found.overriding == ("LIAO_MODEL",)


def test_what_is_a_laptops_or_a_functions_own_is_never_stored(project: Path) -> None:
    write(
        project,
        ".env",
        LIAO_BACKEND="local",
        LIAO_DATA_DIR="/x",
        LIAO_WORKERS="3",
        LIAO_STAGE="dev",
        LIAO_MODEL="m",
    )
    assert set(given(project, "prod", {"LIAO_ROLE": "worker"}).values) == {"LIAO_MODEL"}


def test_everything_that_is_missing_is_one_sentence(project: Path) -> None:
    write(project, ".env.prod", LIAO_MODEL="m")
    with pytest.raises(Trouble) as caught:
        given(project, "prod", {}).settings({})
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "OPENAI_API_KEY"):
        assert name in caught.value.what
    assert ".env.prod" in caught.value.do


def test_a_channels_id_stands_for_its_token(project: Path) -> None:
    write(project, ".env.prod", **{**WHOLE, "LINE_CHANNEL_ACCESS_TOKEN": ""}, LINE_CHANNEL_ID="123")
    settings = given(project, "prod", {}).settings({})
    assert (settings.channel_id, settings.channel_access_token) == ("123", "")


def test_a_bad_value_is_named_with_its_file(project: Path) -> None:
    write(project, ".env", **WHOLE, LIAO_PUSH="sometimes")
    with pytest.raises(Trouble, match="LIAO_PUSH='sometimes'") as caught:
        given(project, "prod", {}).settings({})
    assert ".env" in caught.value.do


def test_a_second_machine_needs_no_secrets_because_they_are_stored(project: Path) -> None:
    settings = given(project, "prod", {}).settings(WHOLE)
    assert settings.channel_secret == "a-secret"


def test_a_function_runs_on_aws_whatever_a_laptops_file_says(project: Path) -> None:
    write(project, ".env", **WHOLE, LIAO_BACKEND="local")
    settings = given(project, "prod", {}).settings({"LIAO_BACKEND": "local"})
    assert (settings.backend, settings.stage) == ("aws", "prod")
