"""The commands as they are typed: what they say when something is missing, and what they refuse."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.aws.cloud import Cloud
from tests.ops.conftest import dotenv
from tests.ops.whole import Operator, copied
from tests.simulated import Simulated


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("machine") / "project")


@pytest.fixture
def operator(machine: Path, cloud_here: Cloud) -> Operator:
    (machine / ".env.prod").unlink(missing_ok=True)
    return Operator(project=machine, environment=cloud_here.environment())


def test_every_command_is_listed_with_what_it_does(operator: Operator) -> None:
    told = operator.calls("--help").stdout
    for command in ("deploy", "destroy", "doctor", "logs", "stage"):
        assert f"  {command} " in told


def test_without_credentials_one_sentence_says_what_to_do(machine: Path, sim: Simulated) -> None:
    around = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "ap-northeast-1"}
    done = Operator(project=machine, environment=around).calls("deploy")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("✗ there are no credentials for AWS")
    assert "aws configure" in done.stdout


def test_without_a_region_one_sentence_says_what_to_do(machine: Path) -> None:
    around = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "x"}
    done = Operator(project=machine, environment=around).calls("doctor")
    assert done.returncode == 1
    assert "no AWS region is chosen" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_missing_secrets_are_all_named_before_anything_is_done(
    operator: Operator, cloud_here: Cloud
) -> None:
    done = operator.calls("deploy")
    assert done.returncode == 1
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "OPENAI_API_KEY"):
        assert name in done.stdout
    assert cloud_here.client("ssm").describe_parameters()["Parameters"] == []


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
    operator: Operator, cloud_here: Cloud, sim: Simulated
) -> None:
    (operator.project / ".env.prod").write_text(dotenv(sim), encoding="utf-8")
    before = set(operator.project.rglob("*"))
    done = operator.calls("deploy", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    for would in (
        "store LINE_API_BASE_URL, LINE_BOT_USER_ID, LINE_CHANNEL_ACCESS_TOKEN",
        "create stack liao-prod",
        "pack for arm64",
        "create liao-prod, liao-prod-worker, liao-prod-sweep and the API",
        "point it at the new API",
    ):
        assert would in done.stdout
    assert sim.secret not in done.stdout
    assert sim.token not in done.stdout
    assert cloud_here.client("ssm").describe_parameters()["Parameters"] == []
    assert cloud_here.client("cloudformation").list_stacks()["StackSummaries"] == []
    assert cloud_here.client("s3").list_buckets()["Buckets"] == []
    assert [call for call in sim.calls() if call["method"] == "PUT"] == []
    after = {path for path in operator.project.rglob("*") if "__pycache__" not in path.parts}
    assert after <= before


def test_a_bad_token_is_found_out_before_anything_is_done(
    operator: Operator, cloud_here: Cloud, sim: Simulated
) -> None:
    wrong = dotenv(sim, LINE_CHANNEL_ACCESS_TOKEN="wrong")
    (operator.project / ".env.prod").write_text(wrong, encoding="utf-8")
    done = operator.calls("deploy")
    assert done.returncode == 1
    assert "✗ LINE channel" in done.stdout
    assert cloud_here.client("ssm").describe_parameters()["Parameters"] == []


def test_destroy_asks_for_the_stages_name_and_does_nothing_without_it(
    operator: Operator, cloud_here: Cloud
) -> None:
    kept = {"Name": "/liao/prod/LIAO_MODEL", "Value": "m", "Type": "SecureString"}
    cloud_here.client("ssm").put_parameter(**kept)
    done = operator.calls("destroy", typed="yes\n")
    assert done.returncode == 1
    assert "Nothing was changed" in done.stdout
    assert "delete LIAO_MODEL" in done.stdout
    assert len(cloud_here.client("ssm").describe_parameters()["Parameters"]) == 1


def test_a_stage_that_is_not_there_is_told_with_how_to_make_it(operator: Operator) -> None:
    for command in ("deploy", "doctor", "destroy", "logs"):
        done = operator.calls(command, "--stage", "shop")
        assert done.returncode == 1
        assert "python -m ops stage shop" in done.stdout


def test_another_channel_is_three_commands(operator: Operator, sim: Simulated) -> None:
    made = operator.calls("stage", "tea")
    assert (made.returncode, made.stderr) == (0, "")
    assert ".env.tea" in made.stdout
    (operator.project / ".env.tea").write_text(dotenv(sim), encoding="utf-8")
    told = operator.calls("deploy", "--stage", "tea", "--dry-run").stdout
    assert "create liao-tea, liao-tea-worker, liao-tea-sweep and the API" in told
    assert "liao-prod" not in told


def test_the_doctor_says_a_line_for_everything_and_ends_with_1(
    operator: Operator, sim: Simulated
) -> None:
    (operator.project / ".env.prod").write_text(dotenv(sim), encoding="utf-8")
    done = operator.calls("doctor")
    assert (done.returncode, done.stderr) == (1, "")
    for good in ("bot.toml", "Settings", "AWS account", "Access token", "Pushes left"):
        assert f"✓ {good}" in done.stdout
    for bad in ("Stored settings", "Stack", "Table", "Queue", "Functions", "LINE webhook"):
        assert f"✗ {bad}" in done.stdout
    assert "python -m ops deploy --stage prod" in done.stdout


def test_the_doctor_names_every_bad_and_every_missing_setting(operator: Operator) -> None:
    text = "LIAO_PUSH=sometimes\nLIAO_TIMEZONE=Mars\n"
    (operator.project / ".env.prod").write_text(text, encoding="utf-8")
    told = operator.calls("doctor").stdout
    for name in ("LIAO_PUSH", "LIAO_TIMEZONE", "LINE_CHANNEL_SECRET", "OPENAI_API_KEY"):
        assert f"{name}" in told


def test_logs_of_one_function_are_shown_and_following_ends_with_ctrl_c(
    operator: Operator, cloud_here: Cloud
) -> None:
    logs, now = cloud_here.client("logs"), int(time.time() * 1000)
    for name, said in (("liao-prod-worker", "from the worker"), ("liao-prod", "from elsewhere")):
        where = {"logGroupName": f"/aws/lambda/{name}"}
        logs.create_log_group(**where)
        logs.create_log_stream(**where, logStreamName="one")
        events = [{"timestamp": now, "message": said}]
        logs.put_log_events(**where, logStreamName="one", logEvents=events)
    done = operator.calls("logs", "--function", "worker")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("worker  from the worker")
    assert "elsewhere" not in done.stdout

    with operator.begins("logs", "--follow") as following:
        assert following.stdout is not None
        assert "from" in following.stdout.readline()
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=20) == 0


def test_a_broken_bot_toml_is_not_deployed(
    operator: Operator, cloud_here: Cloud, sim: Simulated
) -> None:
    (operator.project / ".env.prod").write_text(dotenv(sim), encoding="utf-8")
    path = operator.project / "chalicelib" / "bot.toml"
    text = path.read_text("utf-8")
    path.write_text(text + "\nnmae = 'Ai'\n[", encoding="utf-8")
    done = operator.calls("deploy")
    path.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert "bot.toml can't be read" in done.stdout
    assert cloud_here.client("ssm").describe_parameters()["Parameters"] == []
