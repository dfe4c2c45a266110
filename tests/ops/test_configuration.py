"""A stage's settings: which file, what wins, and one clear sentence where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.configuration import given
from ops.health.patient import Patient
from ops.health.project import settings
from ops.trouble import Trouble
from tests.aws.cloud import Cloud

WHOLE = {
    "LINE_CHANNEL_SECRET": "a-secret",
    "LINE_CHANNEL_ACCESS_TOKEN": "a-token",
    "OPENAI_API_KEY": "a-key",
}


def write(project: Path, name: str, **values: str) -> None:
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    (project / name).write_text(text, encoding="utf-8")


def write_rows(project: Path, more: str) -> None:
    """Write a catalogue of one vendor and its one model."""
    text = f"""
    [vendors.acme]
    name = "Acme"
    {more}
    [models.swift]
    vendor = "acme"
    label = "Swift"
    good_for = "Tests"
    context = 1000
    free = true
    """
    (project / "own.toml").write_text(text, encoding="utf-8")


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


def test_every_vendors_key_and_address_are_settings_by_the_catalogue(project: Path) -> None:
    keys = {"GEMINI_API_KEY": "g", "AWS_BEARER_TOKEN_BEDROCK": "b", "OLLAMA_BASE_URL": "http://o"}
    write(project, ".env.prod", **keys, HF_TOKEN="not of ours")
    found = given(project, "prod", {"GROQ_API_KEY": "q", "AWS_SECRET_ACCESS_KEY": "not either"})
    assert found.values == {**keys, "GROQ_API_KEY": "q"}


def test_an_operators_own_vendor_has_settings_too(project: Path) -> None:
    write_rows(project, 'base_url = "https://a.example"\nkey_setting = "ACME_KEY"')
    write(project, ".env.prod", LIAO_CATALOGUE=str(project / "own.toml"), ACME_KEY="k", BEST="no")
    assert set(given(project, "prod", {}).values) == {"LIAO_CATALOGUE", "ACME_KEY"}


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


@pytest.mark.parametrize(
    "settings",
    [
        {"MISTRAL_API_KEY": "m"},
        {"OLLAMA_BASE_URL": "http://127.0.0.1:11434/v1"},
        {"BEDROCK_BASE_URL": "https://b.example", "AWS_BEARER_TOKEN_BEDROCK": "b"},
    ],
)
def test_one_vendor_of_any_that_chat_is_enough(project: Path, settings: dict[str, str]) -> None:
    write(project, ".env.prod", **{**WHOLE, "OPENAI_API_KEY": ""}, **settings)
    assert given(project, "prod", {}).settings({}).channel_secret


@pytest.mark.parametrize("more", [{}, {"BEDROCK_BASE_URL": "https://b.example"}])
def test_without_any_vendor_a_key_is_missing(project: Path, more: dict[str, str]) -> None:
    write(project, ".env.prod", **{**WHOLE, "OPENAI_API_KEY": " "}, **more)
    with pytest.raises(Trouble, match="OPENAI_API_KEY, or another vendor's key"):
        given(project, "prod", {}).settings({})


def test_a_catalogue_that_can_not_be_read_is_told_and_nothing_is_stored_by_it(
    project: Path,
) -> None:
    write_rows(project, 'country = "TW"')
    write(project, ".env.prod", **WHOLE, LIAO_CATALOGUE=str(project / "own.toml"))
    with pytest.raises(Trouble, match=r"own\.toml: .* 'base_url' is missing") as caught:
        given(project, "prod", {}).settings({})
    assert ".env.prod" in caught.value.do


def test_a_vendors_address_that_is_none_is_named(project: Path) -> None:
    write(project, ".env.prod", **WHOLE, OLLAMA_BASE_URL="my computer")
    with pytest.raises(Trouble, match="OLLAMA_BASE_URL='my computer' is not an address"):
        given(project, "prod", {}).settings({})


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


def test_the_doctor_names_a_bad_address_once_and_still_what_is_missing(
    project: Path, cloud_here: Cloud
) -> None:
    assert cloud_here.region
    write(project, ".env.prod", OPENAI_BASE_URL="here", OPENAI_API_KEY="k")
    patient = Patient.of(project, "prod", {})
    told = [finding.detail for finding in settings(patient)]
    patient.close()
    assert [each for each in told if "OPENAI_BASE_URL" in each] == told[:1]
    assert any("LINE_CHANNEL_SECRET" in each for each in told[1:])
