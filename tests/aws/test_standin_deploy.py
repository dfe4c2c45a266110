"""`chalice deploy` takes the stand-in for AWS, and what it deployed runs from its very zip."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2

from tests.aws.cloud import Cloud, Wakes
from tests.aws.deployed import read_back
from tests.aws.gateway import gateway, routes_of
from tests.aws.poller import polling, scheduled_event
from tests.running import environment
from tests.simulated import wait_until

APP = """
import os
from chalice.app import Chalice, Rate
app = Chalice(app_name="standin", configure_logs=False)

@app.route("/callback", methods=["POST"], content_types=["*/*"])
def callback():
    return {"got": app.current_request.raw_body.decode(), "role": os.environ["ROLE"]}

@app.on_sqs_message(queue="liao-test-wakes.fifo", batch_size=1, maximum_concurrency=5)
def worker(event):
    return [record.body for record in event]

@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event):
    return event.source

@app.on_s3_event(bucket="standin-bucket", prefix="knowledge/", suffix=".pdf")
def ingest(event):
    return event.key
"""
CHALICE = "from chalice.cli import main; main()"
CONFIG = {
    "version": "2.0",
    "app_name": "standin",
    "stages": {"prod": {"api_gateway_stage": "api", "environment_variables": {"ROLE": "any"}}},
}


def chalice(project: Path, given: Mapping[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHALICE, *words, "--stage", "prod"],
        cwd=project,
        env={**given},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_project_is_deployed_run_deployed_again_and_deleted(
    aws: Cloud, wakes: Wakes, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    (project / ".chalice").mkdir(parents=True)
    (project / ".chalice/config.json").write_text(json.dumps(CONFIG))
    (project / "app.py").write_text(APP)
    (project / "requirements.txt").write_text("")
    where = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket="standin-bucket", CreateBucketConfiguration=where)
    given = environment(tmp_path, **aws.environment())
    chalice(project, given, "deploy")
    chalice(project, given, "deploy")

    (api,) = aws.client("apigateway").get_rest_apis()["items"]
    assert api["name"] == "standin"
    (mapping,) = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["EventSourceArn"].endswith(":liao-test-wakes.fifo")
    routes = routes_of(aws, "standin")
    assert routes == {"/callback": {"POST"}}

    stage = read_back(aws, tmp_path / "tasks")
    with stage.function("standin-prod") as webhook, gateway(webhook.invoke, routes=routes) as front:
        told = httpx2.post(f"{front.url}/callback", content="你好", trust_env=False)
        assert told.json() == {"got": "你好", "role": "any"}, webhook.output

    aws.client("sqs").send_message(
        QueueUrl=wakes.url, MessageBody="wake", MessageGroupId="g", MessageDeduplicationId="1"
    )
    with (
        stage.function("standin-prod-worker") as worker,
        polling(aws, wakes.url, worker.invoke) as poller,
    ):
        wait_until(lambda: poller.done, what="a message")
        assert poller.done[0][1].result == ["wake"], worker.output

    with stage.function("standin-prod-sweep") as sweep:
        event = scheduled_event("sweep", account=aws.account, region=aws.region)
        assert sweep.invoke(event).result == "aws.events", sweep.output

    chalice(project, given, "delete")
    assert aws.client("lambda").list_functions()["Functions"] == []
    assert aws.client("apigateway").get_rest_apis()["items"] == []
