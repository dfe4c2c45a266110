"""One command, whole: the stack, the zip, `chalice deploy`, LINE; again, elsewhere, and away.

A target of its own: the zip's dependencies are downloaded. One stage lives through the tests of
this module in their order, so that the zip is made once; each leaves it deployed.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ops.deployment import BURST, RATE
from tests.aws.cloud import Cloud, cloud
from tests.aws.deployed import read_back
from tests.ops.conftest import CHANNEL, dotenv
from tests.ops.whole import Operator, copied
from tests.production.place import Site, take_zips
from tests.simulated import Receiver, Simulated, receiving, simulated

FUNCTIONS = {"liao-prod": "webhook", "liao-prod-worker": "worker", "liao-prod-sweep": "sweep"}
SECRET_KEY = "sk-of-nobody-at-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """AWS and LINE, an operator, and somebody who answers at the bot's address."""

    aws: Cloud = field(repr=False)
    sim: Simulated = field(repr=False)
    bot: Receiver = field(repr=False)
    operator: Operator
    told: str = field(repr=False)
    folder: Path

    def deploys(self, operator: Operator | None = None) -> str:
        """Deploy once more; returns what was said."""
        done = (operator or self.operator).calls("deploy", "--architecture", "here")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    def apis(self) -> list[str]:
        """The ids of every API there is."""
        return [it["id"] for it in self.aws.client("apigateway").get_rest_apis()["items"]]

    @property
    def bucket(self) -> str:
        """Where the record lies."""
        return f"liao-prod-state-{self.aws.account}-{self.aws.region}"


@pytest.fixture(scope="module")
def stage(deployed: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Deployed by one command; what is packed already for this machine is taken over."""
    folder = tmp_path_factory.mktemp("operator")
    with cloud() as aws, simulated(id=CHANNEL.id) as sim, receiving() as bot:
        project = copied(folder / "project", deployed.operator.project)
        take_zips(deployed.operator.project, project)
        address = bot.url.removesuffix("/callback")
        (project / ".env.prod").write_text(
            dotenv(sim, OPENAI_API_KEY=SECRET_KEY, LIAO_URL=address), encoding="utf-8"
        )
        operator = Operator(project=project, environment=aws.environment())
        done = operator.calls("deploy", "--architecture", "here")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Stage(aws=aws, sim=sim, bot=bot, operator=operator, told=done.stdout, folder=folder)


def test_every_step_is_told_and_no_secret_is(stage: Stage) -> None:
    for step in (
        "AWS account",
        "Settings",
        "LINE channel",
        "Secrets",
        "Stack",
        "Package",
        "Functions and API",
        "Deployment record",
        "Log retention",
        "API throttling",
        "LINE webhook",
        "Webhook test",
    ):
        assert f"✓ {step}" in stage.told
    assert "without .pyc" in stage.told
    for secret in (SECRET_KEY, stage.sim.secret, stage.sim.token):
        assert secret not in stage.told


def test_it_ends_with_what_only_a_person_can_switch(stage: Stage) -> None:
    listed = stage.told[stage.told.index("What only you can switch") :]
    assert "✓ 使用 Webhook" in listed
    for label in ("Webhook 重新傳送", "自動回應訊息", "加入好友的歡迎訊息", "接受邀請加入群組"):
        assert f"☐ {label}" in listed


def test_each_function_has_its_own_size_role_and_policy(stage: Stage) -> None:
    iam = stage.aws.client("iam")
    for name, role in FUNCTIONS.items():
        told = stage.aws.client("lambda").get_function_configuration(FunctionName=name)
        config = json.loads((stage.operator.project / ".chalice" / "config.json").read_text())
        function = {"webhook": "api_handler"}.get(role, role)
        wanted = config["stages"]["prod"]["lambda_functions"][function]
        assert told["MemorySize"] == wanted["lambda_memory_size"]
        assert told["Timeout"] == wanted["lambda_timeout"]
        assert told["Environment"]["Variables"] == {
            "LIAO_BACKEND": "aws",
            "LIAO_STAGE": "prod",
            "LIAO_ROLE": role,
        }
        own = told["Role"].rsplit("/", 1)[1]
        (policy,) = iam.list_role_policies(RoleName=own)["PolicyNames"]
        document = iam.get_role_policy(RoleName=own, PolicyName=policy)["PolicyDocument"]
        file = stage.operator.project / ".chalice" / f"policy-prod-{role}.json"
        assert document == json.loads(file.read_text())


def test_no_secret_lies_in_a_functions_environment_but_in_parameter_store(stage: Stage) -> None:
    found = stage.aws.client("ssm").get_parameters_by_path(Path="/liao/prod/", WithDecryption=True)[
        "Parameters"
    ]
    secrets = {
        each["Name"].rsplit("/", 1)[1]: each["Value"]
        for each in found
        if each["Type"] == "SecureString"
    }
    assert secrets["OPENAI_API_KEY"] == SECRET_KEY
    assert secrets["LINE_CHANNEL_SECRET"] == stage.sim.secret
    assert secrets["LINE_BOT_USER_ID"] == CHANNEL.bot_id


def test_a_wake_reaches_the_worker_alone_and_a_minute_the_sweep(stage: Stage) -> None:
    client = stage.aws.client("lambda")
    (mapping,) = client.list_event_source_mappings()["EventSourceMappings"]
    assert mapping["EventSourceArn"].endswith(":liao-prod-wakes.fifo")
    assert mapping["FunctionArn"].endswith(":liao-prod-worker")
    assert mapping["BatchSize"] == 1
    rule = stage.aws.client("events").describe_rule(Name="liao-prod-sweep-event")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 minute)", "ENABLED")


def test_the_api_is_throttled_and_no_log_stays_forever(stage: Stage) -> None:
    (api,) = stage.apis()
    made = stage.aws.client("apigateway").get_stage(restApiId=api, stageName="api")
    throttling = made["methodSettings"]["*/*"]
    assert throttling["throttlingRateLimit"] == RATE
    assert throttling["throttlingBurstLimit"] == BURST
    groups = stage.aws.client("logs").describe_log_groups()["logGroups"]
    assert {each["logGroupName"]: each["retentionInDays"] for each in groups} == {
        f"/aws/lambda/{name}": 30 for name in FUNCTIONS
    }


def test_lines_webhook_goes_to_the_bot_and_was_tested(stage: Stage) -> None:
    assert stage.sim.state()["webhook"]["url"] == stage.bot.url
    assert stage.bot.got


def test_the_zip_is_whole_compiled_and_the_same_for_every_function(stage: Stage) -> None:
    deployed = read_back(stage.aws, stage.folder / "read")
    archives = {deployed.code(name) for name in FUNCTIONS}
    (archive,) = archives
    names = set(zipfile.ZipFile(io.BytesIO(archive)).namelist())
    tag = sys.implementation.cache_tag
    for module in ("app", "chalicelib/settings", "openai/__init__", "linebot/v3/__init__"):
        folder, _, stem = module.rpartition("/")
        compiled = f"{folder}/__pycache__/{stem}.{tag}.pyc".lstrip("/")
        assert {f"{module}.py", compiled} <= names
    assert "chalicelib/bot.toml" in names
    outside = {name.split("/")[0] for name in names} & {"ops", "tests", "simulator", "boto3"}
    assert not outside


def test_the_doctor_finds_nothing_but_what_the_stand_in_cannot_do(stage: Stage) -> None:
    told = stage.operator.calls("doctor").stdout
    wrong = {line[2:].split("  ")[0] for line in told.splitlines() if line.startswith("✗")}
    # moto makes no TTL and no recovery from a stack, and knows no account's limits.
    assert wrong == {"Table's TTL", "Table's point-in-time recovery", "Lambda's concurrency"}


def test_a_second_run_changes_nothing(stage: Stage) -> None:
    client = stage.aws.client("lambda")

    def state() -> dict[str, Any]:
        codes = {
            name: client.get_function_configuration(FunctionName=name)["CodeSha256"]
            for name in FUNCTIONS
        }
        found = stage.aws.client("ssm").describe_parameters()["Parameters"]
        versions = {each["Name"]: each["Version"] for each in found}
        return {"codes": codes, "versions": versions, "apis": stage.apis()}

    before = state()
    told = stage.deploys()
    assert state() == before
    for step in ("Secrets", "Stack", "Log retention"):
        assert f"✓ {step}  no changes" in told


def test_a_second_machine_without_secrets_deploys_to_the_same_api(stage: Stage) -> None:
    (api,) = stage.apis()
    project = copied(stage.folder / "elsewhere", stage.operator.project)
    take_zips(stage.operator.project, project)
    second = Operator(project=project, environment=stage.aws.environment())
    assert api in stage.deploys(second)
    assert stage.apis() == [api]


def test_a_first_run_that_broke_off_before_it_was_written_down_is_taken_up(stage: Stage) -> None:
    (api,) = stage.apis()
    s3 = stage.aws.client("s3")
    for version in s3.list_object_versions(Bucket=stage.bucket)["Versions"]:
        s3.delete_object(Bucket=stage.bucket, Key=version["Key"], VersionId=version["VersionId"])
    stage.operator.record.unlink()
    stage.deploys()
    assert stage.apis() == [api]
    kept = s3.get_object(Bucket=stage.bucket, Key="deployed.json")["Body"].read()
    assert kept == stage.operator.record.read_bytes()


def test_a_webhook_that_does_not_answer_ends_with_1_and_what_to_do(stage: Stage) -> None:
    stage.bot.statuses.extend([502] * 8)
    done = stage.operator.calls("deploy", "--architecture", "here")
    stage.bot.statuses.clear()
    assert done.returncode == 1
    assert "✗ Webhook test" in done.stdout
    assert "502" in done.stdout
    assert "ops logs --stage prod" in done.stdout


def test_destroyed_it_leaves_the_table_alone_which_the_next_deployment_takes_up(
    stage: Stage,
) -> None:
    dynamodb = stage.aws.client("dynamodb")
    said = {"pk": {"S": "chat"}, "sk": {"S": "1"}}
    dynamodb.put_item(TableName="liao-prod", Item=said)
    done = stage.operator.calls("destroy", typed="prod\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stage.apis() == []
    assert stage.aws.client("lambda").list_functions()["Functions"] == []
    assert stage.aws.client("ssm").describe_parameters()["Parameters"] == []
    assert stage.aws.client("s3").list_buckets()["Buckets"] == []
    assert not stage.operator.record.exists()
    assert "使用 Webhook" in done.stdout
    assert dynamodb.scan(TableName="liao-prod")["Items"] == [said]

    stage.deploys()
    assert dynamodb.scan(TableName="liao-prod")["Items"] == [said]
    described = stage.aws.client("cloudformation").describe_stacks(StackName="liao-prod")
    chosen = {
        each["ParameterKey"]: each["ParameterValue"]
        for each in described["Stacks"][0]["Parameters"]
    }
    assert chosen["Table"] == "kept"


def test_destroyed_with_its_table_nothing_is_left_and_again_is_no_error(stage: Stage) -> None:
    for _ in range(2):
        done = stage.operator.calls("destroy", "--yes", "--with-table")
        assert done.returncode == 0, done.stdout + done.stderr
    assert stage.aws.client("dynamodb").list_tables()["TableNames"] == []
    assert stage.aws.client("sqs").list_queues().get("QueueUrls", []) == []
    assert stage.aws.client("logs").describe_log_groups()["logGroups"] == []
    assert stage.aws.client("events").list_rules()["Rules"] == []
    assert stage.aws.client("iam").list_roles()["Roles"] == []
