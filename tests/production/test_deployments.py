"""Deployments one after the other: the address stays, what was accepted is answered, until the end.

Accounts of their own, with the zip that is made already: what is tested here takes a stage away.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.ops.whole import Operator
from tests.production.live import NAMES
from tests.production.place import Site, site
from tests.production.stage import PATIENT, stage_of
from tests.running import environment

CHALICE = "import sys; from chalice.cli import main; sys.argv[0] = 'chalice'; main()"
SECRETS = ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "OPENAI_API_KEY", "LIAO_MODEL")


@pytest.fixture
def another(deployed: Site, tmp_path: Path) -> Iterator[Site]:
    """An account in which nothing is deployed yet."""
    with site(tmp_path, like=deployed) as made:
        yield made


def apis(at: Site) -> list[str]:
    return [it["id"] for it in at.aws.client("apigateway").get_rest_apis()["items"]]


def gets(at: Site, path: str) -> int:
    return httpx2.get(at.bot.url + path, trust_env=False, timeout=30).status_code


def personas(at: Site) -> list[str]:
    """What the model was told of itself, request by request."""
    return [str(it["body"]["messages"][0]["content"]) for it in at.sim.model_requests()]


def test_a_new_deployment_answers_what_was_accepted_before_at_the_same_address(
    another: Site,
) -> None:
    another.deploys()
    before, webhook = apis(another), another.sim.state()["webhook"]["url"]
    assert len(before) == 1
    assert webhook == another.bot.webhook
    with stage_of(another) as stage:
        stage.asks("台北在哪裡？")
        stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
        stage.settles()
        stage.rests()
        accepted = stage.asks("那高雄呢？")

        bot = another.operator.project / "chalicelib" / "bot.toml"
        bot.write_text(bot.read_text("utf-8").replace("聊聊", "小龍"), "utf-8")
        another.deploys()
        assert apis(another) == before
        assert another.sim.state()["webhook"]["url"] == webhook

        # However long deploying took: LINE delivers again, and the token lives a minute more.
        another.sim.redeliver(accepted.event_id)
        stage.settles_deliveries()
        stage.goes_on()
        stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
        stage.settles()
        assert stage.answers() == dict.fromkeys(stage.asked, 1)
        assert ["小龍" in each for each in personas(another)] == [False, True]

        # What was accepted outlives even the functions, and the queue with its wakes.
        stage.rests()
        stage.asks("那花蓮呢？")
        table = another.aws.client("dynamodb").scan(TableName=NAMES.table)["Items"]
        another.ops("destroy", "--yes")
        assert another.aws.client("dynamodb").scan(TableName=NAMES.table)["Items"] == table
        assert apis(another) == []
        assert another.aws.client("lambda").list_functions()["Functions"] == []
        assert another.aws.client("sqs").list_queues().get("QueueUrls", []) == []
        assert gets(another, "/health") == 403

        another.deploys()
        assert gets(another, "/health") == 200
        stage.goes_on()
        another.bot.sweep()
        stage.sim.wait_for_replies(stage.amy, 3, timeout=PATIENT)
        stage.settles()
        assert stage.answers() == dict.fromkeys(stage.asked, 1)

    another.ops("destroy", "--yes", "--with-table")
    assert another.aws.client("dynamodb").list_tables()["TableNames"] == []


def plain(operator: Operator, *words: str) -> None:
    """Run `chalice …` as somebody does who knows nothing of `ops`."""
    given = environment(operator.project, **operator.environment)
    around = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, "-c", CHALICE, *words],
        cwd=operator.project,
        env={**around, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def for_this_machine(project: Path) -> None:
    """Let the stage be packed for the processor that the tests run on."""
    path = project / ".chalice" / "config.json"
    config = json.loads(path.read_text("utf-8"))
    here = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
    config["stages"]["prod"]["lambda_architecture"] = here
    path.write_text(json.dumps(config), "utf-8")


def test_plain_chalice_deploy_ends_with_a_working_bot_once_the_stack_is_there(
    another: Site,
) -> None:
    project = another.operator.project
    for_this_machine(project)
    another.aws.client("cloudformation").create_stack(
        StackName=NAMES.stack,
        TemplateBody=(project / "infra" / "stack.yaml").read_text("utf-8"),
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": NAMES.stage}],
    )
    ssm = another.aws.client("ssm")
    file = dict(line.split("=", 1) for line in (project / ".env.prod").read_text().splitlines())
    for name in SECRETS:
        ssm.put_parameter(Name=NAMES.parameters + name, Value=file[name], Type="SecureString")
    plain(another.operator, "deploy", "--stage", "prod")
    another.sim.webhook(another.bot.webhook)
    with stage_of(another) as stage:
        stage.asks("台北在哪裡？")
        stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
        stage.settles()
        another.bot.sweep()

        # Secrets may as well stand in the functions' environment; then nothing else is asked.
        ssm.delete_parameters(Names=[NAMES.parameters + name for name in SECRETS])
        for role in NAMES.functions:
            another.bot.changes(role, **{name: file[name] for name in SECRETS})
        stage.asks("那高雄呢？")
        stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
        stage.settles()
        another.bot.sweep()

        # And whoever takes to `ops` later keeps the address.
        before = apis(another)
        another.deploys()
        assert apis(another) == before
        stage.asks("那花蓮呢？")
        stage.sim.wait_for_replies(stage.amy, 3, timeout=PATIENT)
        stage.settles()
        assert stage.answers() == dict.fromkeys(stage.asked, 1)
