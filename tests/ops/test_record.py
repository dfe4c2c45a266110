"""What is deployed is never forgotten, so that no second API is ever made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.deployed import Deployed
from tests.aws.cloud import Cloud

PROD = Names(stage="prod")
ROLE_DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def record(aws: Aws, project: Path) -> Deployed:
    return Deployed(aws=aws, names=PROD, project=project)


@pytest.fixture
def bucket(cloud_here: Cloud, record: Deployed) -> str:
    where = {"LocationConstraint": cloud_here.region}
    cloud_here.client("s3").create_bucket(Bucket=record.bucket, CreateBucketConfiguration=where)
    return record.bucket


def api(cloud: Cloud, *, calls: str = "liao-prod") -> dict[str, Any]:
    """An API that calls a function; returns what Chalice remembers of it."""
    gateway = cloud.client("apigateway")
    made = gateway.create_rest_api(name="liao")["id"]
    (root,) = gateway.get_resources(restApiId=made)["items"]
    which = {"restApiId": made, "resourceId": root["id"], "httpMethod": "POST"}
    gateway.put_method(**which, authorizationType="NONE")
    function = f"arn:aws:lambda:{cloud.region}:{cloud.account}:function:{calls}"
    uri = f"arn:aws:apigateway:{cloud.region}:lambda:path/2015-03-31/functions/{function}"
    gateway.put_integration(
        **which, type="AWS_PROXY", integrationHttpMethod="POST", uri=f"{uri}/invocations"
    )
    return {
        "name": "rest_api",
        "resource_type": "rest_api",
        "rest_api_id": made,
        "rest_api_url": f"https://{made}.execute-api.{cloud.region}.amazonaws.com/api/",
    }


def function(cloud: Cloud, name: str) -> str:
    """A function; returns its ARN."""
    iam = cloud.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=ROLE_DOCUMENT)["Role"]["Arn"]
    made = cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler="app.app",
        Code={"ZipFile": b"x"},
    )
    return str(made["FunctionArn"])


def keep(record: Deployed, *resources: dict[str, Any]) -> None:
    record.write({each["name"]: each for each in resources})
    record.keep()


def test_a_second_machine_finds_what_the_first_one_deployed(
    record: Deployed, bucket: str, cloud_here: Cloud
) -> None:
    known = api(cloud_here)
    keep(record, known)
    record.file.unlink()
    assert record.recall() == {"rest_api": known}


def test_the_buckets_record_counts_over_this_machines(
    record: Deployed, bucket: str, cloud_here: Cloud
) -> None:
    stale, known = api(cloud_here), api(cloud_here)
    keep(record, known)
    record.write({"rest_api": stale})
    assert record.recall() == {"rest_api": known}


def test_before_there_is_a_bucket_this_machines_record_counts(
    record: Deployed, cloud_here: Cloud
) -> None:
    known = api(cloud_here)
    record.write({"rest_api": known})
    assert record.recall() == {"rest_api": known}


def test_what_a_broken_off_run_made_is_found_on_aws(record: Deployed, cloud_here: Cloud) -> None:
    api(cloud_here, calls="liao-shop")
    known = api(cloud_here)
    arn = function(cloud_here, "liao-prod")
    worker = function(cloud_here, "liao-prod-worker")
    queue = cloud_here.client("sqs").create_queue(
        QueueName=PROD.queue, Attributes={"FifoQueue": "true"}
    )
    assert queue
    mapping = cloud_here.client("lambda").create_event_source_mapping(
        EventSourceArn=f"arn:aws:sqs:{cloud_here.region}:{cloud_here.account}:{PROD.queue}",
        FunctionName=worker,
        Enabled=False,
    )
    found = record.recall()
    assert found["rest_api"] == known
    assert found["api_handler"]["lambda_arn"] == arn
    assert found["worker-sqs-event-source"]["event_uuid"] == mapping["UUID"]


def test_what_is_remembered_and_gone_is_forgotten(record: Deployed, cloud_here: Cloud) -> None:
    known = api(cloud_here)
    record.write(
        {
            "rest_api": known,
            "old": {
                "name": "old",
                "resource_type": "lambda_function",
                "lambda_arn": f"arn:aws:lambda:{cloud_here.region}:{cloud_here.account}"
                ":function:liao-prod-old",
            },
        }
    )
    cloud_here.client("apigateway").delete_rest_api(restApiId=known["rest_api_id"])
    assert record.recall() == {}


def test_nothing_deployed_is_nothing_remembered(record: Deployed) -> None:
    assert record.recall() == {}
    assert record.url({}) == ""


def test_an_unchanged_record_is_not_written_again(
    record: Deployed, bucket: str, cloud_here: Cloud
) -> None:
    record.write({"rest_api": api(cloud_here)})
    assert record.keep()
    assert not record.keep()
