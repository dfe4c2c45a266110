"""What functions may do on AWS, and how they are set up, read as Chalice reads it."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
import pytest
from chalice.config import Config

from chalicelib.domain.names import Names
from ops import policies
from ops.stages import FUNCTIONS, read_config
from tests.running import PROJECT

ROLES = ("webhook", "worker", "sweep")


def statements(role: str) -> list[dict[str, Any]]:
    path = PROJECT / ".chalice" / policies.policy_file("prod", role)
    made: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["Statement"]
    return made


def resources(statement: dict[str, Any]) -> list[str]:
    told = statement["Resource"]
    return [told] if isinstance(told, str) else list(told)


def allowed(role: str, service: str) -> set[str]:
    actions = (action for each in statements(role) for action in each["Action"])
    return {action.split(":")[1] for action in actions if action.startswith(f"{service}:")}


def configured(function: str) -> Config:
    return Config(
        chalice_stage="prod",
        function_name=function,
        user_provided_params={"project_dir": str(PROJECT)},
        config_from_disk=read_config(PROJECT),
    )


def test_the_files_are_what_app_and_stage_give() -> None:
    for name, text in policies.documents(Names(stage="prod")).items():
        assert (PROJECT / ".chalice" / name).read_text("utf-8") == text


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_allowed_on_everything_but_traces(role: str) -> None:
    for statement in statements(role):
        assert not any("*" in action for action in statement["Action"])
        assert statement["Sid"] == "Traces" or "*" not in resources(statement)


@pytest.mark.parametrize("role", ROLES)
def test_every_resource_is_the_stages_own(role: str) -> None:
    for statement in statements(role):
        for each in resources(statement):
            own = "liao-prod" in each or "/liao/prod" in each
            assert own or statement["Sid"] in ("Secrets", "Traces")


@pytest.mark.parametrize("role", ROLES)
def test_every_call_that_the_adapters_make_is_allowed(role: str) -> None:
    text = "".join(
        path.read_text("utf-8") for path in (PROJECT / "chalicelib" / "adapters").rglob("*.py")
    )
    models = botocore.session.get_session()
    known = {
        name
        for service in ("dynamodb", "sqs", "ssm")
        for name in models.get_service_model(service).operation_names
    }
    named = known & set(re.findall(r'"([A-Za-z]+)"', text))
    calls = {call.removesuffix("Batch") for call in named}
    assert {"GetItem", "UpdateItem", "SendMessage", "GetParametersByPath"} <= calls
    granted = allowed(role, "dynamodb") | allowed(role, "sqs") | allowed(role, "ssm")
    # A transaction is allowed by its parts; no function reads a whole table.
    assert calls - granted == {"TransactWriteItems", "Scan"}
    assert {"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"} <= granted


def test_secrets_are_decrypted_only_by_ssm_and_only_the_stages() -> None:
    (secrets,) = (each for each in statements("webhook") if each["Sid"] == "Secrets")
    like = secrets["Condition"]["StringLike"]
    assert like["kms:ViaService"] == "ssm.*.amazonaws.com"
    assert like["kms:EncryptionContext:PARAMETER_ARN"].endswith("parameter/liao/prod/*")


def test_only_the_worker_takes_wakes_and_reads_media() -> None:
    assert "ReceiveMessage" in allowed("worker", "sqs")
    assert {"GetObject", "PutObject"} <= allowed("worker", "s3")
    for role in ("webhook", "sweep"):
        assert allowed(role, "sqs") == {"SendMessage", "GetQueueUrl"}
    assert allowed("webhook", "s3") == {"DeleteObject"}  # of what was taken back
    assert allowed("sweep", "s3") == {"DeleteObject", "ListBucket"}  # of who left for good


def test_only_the_worker_tells_people_and_on_their_topic_alone() -> None:
    (people,) = (each for each in statements("worker") if each["Sid"] == "People")
    assert people["Action"] == ["sns:Publish", "sns:GetTopicAttributes"]
    assert resources(people) == ["arn:aws:sns:*:*:liao-prod-people"]
    for role in ("webhook", "sweep"):
        assert not allowed(role, "sns")


def test_a_function_writes_to_its_own_log_group_alone() -> None:
    (logs,) = (each for each in statements("webhook") if each["Sid"] == "Logs")
    assert {each.rsplit("log-group:", 1)[1] for each in logs["Resource"]} == {
        "/aws/lambda/liao-prod",
        "/aws/lambda/liao-prod:*",
    }


@pytest.mark.parametrize(
    ("function", "memory", "timeout"),
    [("api_handler", 512, 10), ("worker", 512, 150), ("sweep", 512, 58)],
)
def test_chalice_finds_each_functions_own_memory_time_out_policy_and_role(
    function: str, memory: int, timeout: int
) -> None:
    config = configured(function)
    assert (config.lambda_memory_size, config.lambda_timeout) == (memory, timeout)
    assert (PROJECT / ".chalice" / config.iam_policy_file).is_file()
    assert config.environment_variables == {
        "LIAO_BACKEND": "aws",
        "LIAO_STAGE": "prod",
        "LIAO_ROLE": FUNCTIONS[function],
    }


def test_production_is_arm64_without_guessed_policies_and_without_traces() -> None:
    config = configured("api_handler")
    assert config.lambda_architecture == "arm64"
    assert config.autogen_policy is False
    assert config.xray_enabled is False
    assert config.api_gateway_stage == "api"
