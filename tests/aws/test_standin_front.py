"""The stand-ins around a function: the queue's poller and API Gateway, as a function sees them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
from chalice.app import Chalice

from tests.aws.cloud import Cloud, Wakes
from tests.aws.gateway import Gateway, gateway
from tests.aws.lambda_runtime import Done, Function, function
from tests.aws.poller import Poller, polling, scheduled_event
from tests.simulated import wait_until

WORKER = """
import time
def handler(event, context):
    record = event["Records"][0]
    time.sleep(0.1)
    if record["body"] == "poison":
        raise ValueError("a poison")
    if record["body"] == "kill":
        import os; os._exit(1)
    return record
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Function]:
    (tmp_path / "app.py").write_text(WORKER)
    with function(
        name="w", code=tmp_path, handler="app.handler", environment={}, folder=tmp_path
    ) as made:
        yield made


def send(aws: Cloud, wakes: Wakes, body: str, group: str) -> None:
    aws.client("sqs").send_message(
        QueueUrl=wakes.url,
        MessageBody=body,
        MessageGroupId=group,
        MessageDeduplicationId=f"{group}-{body}",
    )


def has_failed(poller: Poller, times: int) -> bool:
    return len(poller.failed) == times


def test_messages_reach_the_worker_in_order_and_groups_side_by_side(
    aws: Cloud, wakes: Wakes, worker: Function
) -> None:
    for number in range(3):
        for group in ("amy", "bob"):
            send(aws, wakes, str(number), group)
    with polling(aws, wakes.url, worker.invoke, maximum_concurrency=3) as poller:
        wait_until(lambda: poller.handled == 6, what="six events")
        assert poller.most_at_once == 2
        seen = [done.result for _, done in poller.done]
    for group in ("amy", "bob"):
        own = [r["body"] for r in seen if r["attributes"]["MessageGroupId"] == group]
        assert own == ["0", "1", "2"]
    record = seen[0]
    assert record["eventSourceARN"].endswith(":liao-test-wakes.fifo")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert int(record["attributes"]["SequenceNumber"]) > 0
    told = aws.client("sqs").get_queue_attributes(QueueUrl=wakes.url, AttributeNames=["All"])
    assert told["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"


@pytest.mark.parametrize(
    ("body", "kind"), [("poison", "ValueError"), ("kill", "Runtime.ExitError")]
)
def test_what_fails_comes_back_three_times_and_then_is_a_dead_letter(
    aws: Cloud, wakes: Wakes, worker: Function, body: str, kind: str
) -> None:
    send(aws, wakes, body, "amy")
    send(aws, wakes, "fine", "amy")
    with polling(aws, wakes.url, worker.invoke) as poller:
        for count in (1, 2, 3):
            wait_until(partial(has_failed, poller, count), what=f"failure {count}")
            assert poller.handled == 0
            aws.clock.advance(181)
        wait_until(lambda: poller.handled == 1, what="what came after it")
    assert {error["errorType"] for error in poller.failed} == {kind}
    dead = aws.client("sqs").receive_message(QueueUrl=wakes.dead)
    assert dead["Messages"][0]["Body"] == body


APP = Chalice(app_name="front", configure_logs=False)


@APP.route("/callback", methods=["POST"], content_types=["*/*"])
def callback() -> dict[str, object]:
    request = APP.current_request
    assert request is not None
    body = request.raw_body
    return {
        "body": body.decode() if isinstance(body, bytes) else body,
        "signature": request.headers["x-line-signature"],
        "path": request.context["path"],
        "stage": request.context["stage"],
        "query": dict(request.query_params or {}),
    }


def handled(event: dict[str, object]) -> Done:
    """A function without a process: the same events through Chalice, in this one."""
    begun = time.monotonic()
    result, error = None, None
    if event["path"] == "/fails":
        error = {"errorType": "Runtime.ExitError", "errorMessage": "gone"}
    elif event["path"] == "/nonsense":
        result = "no response"
    else:
        result = json.loads(json.dumps(APP(event, None)))
    spent = time.monotonic() - begun
    return Done(result=result, error=error, was_cold=False, seconds=spent, init=0.0, ran=spent)


@pytest.fixture
def api() -> Iterator[Gateway]:
    routes = {"/callback": {"POST"}, "/fails": {"GET"}, "/nonsense": {"GET"}}
    with gateway(handled, routes=routes) as made:
        yield made


def ask(url: str, body: bytes | None = None) -> tuple[int, dict[str, object]]:
    headers = {"x-line-signature": "s=", "content-type": "application/json; charset=utf-8"}
    method = "GET" if body is None else "POST"
    answer = httpx2.request(method, url, content=body, headers=headers, trust_env=False)
    return answer.status_code, answer.json()


def test_a_request_reaches_the_function_as_a_proxy_event(api: Gateway) -> None:
    status, told = ask(f"{api.url}/callback?a=1", '{"words": "你好"}'.encode())
    assert status == 200
    assert told == {
        "body": '{"words": "你好"}',
        "signature": "s=",
        "path": "/api/callback",
        "stage": "api",
        "query": {"a": "1"},
    }
    assert len(api.latencies) == 1


def test_what_is_no_route_never_reaches_the_function(api: Gateway) -> None:
    assert ask(f"{api.url}/callback")[0] == 403
    assert ask(f"{api.url}/other", b"x")[0] == 403
    assert ask(api.url.removesuffix("/api") + "/callback", b"x")[0] == 403
    assert api.done == []


@pytest.mark.parametrize("path", ["fails", "nonsense"])
def test_a_function_that_fails_is_a_502(api: Gateway, path: str) -> None:
    assert ask(f"{api.url}/{path}") == (502, {"message": "Internal server error"})


def test_a_schedule_s_event_names_its_rule() -> None:
    event = scheduled_event("liao-prod-sweep", account="123456789012", region="ap-northeast-1")
    assert event["resources"] == ["arn:aws:events:ap-northeast-1:123456789012:rule/liao-prod-sweep"]
