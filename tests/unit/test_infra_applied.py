"""The stack can be applied, applied again, taken away and made anew, as far as moto can show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from chalicelib.domain.names import Names
from tests.template import ACCOUNT, PATH, REGION, Template

#: Not the app's own name: other tests' tables in the same process are none of ours.
NAMES = Names(app="infra", stage="test")
STACK = NAMES.stack
EMAIL = "owner@example.com"
#: What moto's CloudFormation leaves out whole; of the rest it leaves out properties, listed below.
SKIPPED = {"AWS::CloudWatch::Alarm", "AWS::S3::BucketPolicy", "AWS::SNS::Subscription"}

# moto tells of each kind it leaves out.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A local AWS and the stack in it."""

    endpoint: str

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def given(self, **parameters: str) -> dict[str, Any]:
        told = {"App": NAMES.app, "Stage": NAMES.stage, "AlarmEmail": EMAIL} | parameters
        return {
            "StackName": STACK,
            "TemplateBody": PATH.read_text("utf-8"),
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in told.items()
            ],
        }

    def made(self) -> dict[str, str]:
        """Physical ids by logical id, of what moto made."""
        found = self.client("cloudformation").describe_stack_resources(StackName=STACK)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in found["StackResources"]
            if "LogicalResourceId" in each
        }

    def attributes(self, queue: str) -> dict[str, str]:
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


@pytest.fixture(scope="module")
def aws() -> Iterator[Account]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Account(endpoint=f"http://{host}:{port}")
    finally:
        server.stop()


@pytest.fixture
def stack(aws: Account) -> Iterator[Account]:
    aws.client("cloudformation").create_stack(**aws.given())
    try:
        yield aws
    finally:
        aws.client("cloudformation").delete_stack(StackName=STACK)
        dynamodb = aws.client("dynamodb")
        dynamodb.update_table(TableName=NAMES.table, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=NAMES.table)


def bucket(what: str) -> str:
    return NAMES.bucket(what, account=ACCOUNT, region=REGION)


def test_what_moto_leaves_out_is_known(stack: Account) -> None:
    declared = Template.read(App=NAMES.app, Stage=NAMES.stage, AlarmEmail=EMAIL).resources
    missing = declared.keys() - stack.made().keys()
    assert {declared[logical]["Type"] for logical in missing} == SKIPPED


def test_the_table_stands_with_its_indexes_and_can_be_asked_through_them(stack: Account) -> None:
    dynamodb = stack.client("dynamodb")
    table = dynamodb.describe_table(TableName=NAMES.table)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    (pending,), (sweep,) = table["LocalSecondaryIndexes"], table["GlobalSecondaryIndexes"]
    assert pending["Projection"]["ProjectionType"] == "ALL"
    assert sweep["Projection"]["NonKeyAttributes"] == ["chat", "lane", "state", "cause"]
    item = {
        "pk": {"S": "chat"},
        "sk": {"S": "event"},
        "pending": {"S": "turn#1"},
        "sweep": {"S": "work#3"},
        "due": {"N": "1795610445861396"},
        "state": {"S": "waiting"},
        "words": {"S": "not for the sweep"},
    }
    dynamodb.put_item(TableName=NAMES.table, Item=item)
    waiting = dynamodb.query(
        TableName=NAMES.table,
        IndexName="pending",
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "chat"}},
    )
    assert waiting["Items"] == [item]
    due = dynamodb.query(
        TableName=NAMES.table,
        IndexName="sweep",
        KeyConditionExpression="sweep = :sweep AND due < :now",
        ExpressionAttributeValues={":sweep": {"S": "work#3"}, ":now": {"N": "1795610445861397"}},
    )
    assert [set(each) for each in due["Items"]] == [{"pk", "sk", "sweep", "due", "state"}]


def test_the_queues_stand_and_the_dead_letters_are_tied_to_the_wakes(stack: Account) -> None:
    wakes, dead = stack.attributes(NAMES.queue), stack.attributes(NAMES.dead_letters)
    for queue, seconds in ((wakes, 4 * 86400), (dead, 14 * 86400)):
        assert queue["FifoQueue"] == "true"
        assert queue["ContentBasedDeduplication"] == "false"
        assert queue["DeduplicationScope"] == "messageGroup"
        assert queue["FifoThroughputLimit"] == "perMessageGroupId"
        assert queue["VisibilityTimeout"] == "180"
        assert queue["MessageRetentionPeriod"] == str(seconds)
        assert queue["SqsManagedSseEnabled"] == "true"
    assert json.loads(wakes["RedrivePolicy"]) == {
        "deadLetterTargetArn": dead["QueueArn"],
        "maxReceiveCount": 3,
    }


def test_buckets_stand_encrypted_and_the_medias_name_can_be_looked_up(stack: Account) -> None:
    s3 = stack.client("s3")
    for what in ("media", "state"):
        (rule,) = s3.get_bucket_encryption(Bucket=bucket(what))[
            "ServerSideEncryptionConfiguration"
        ]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    name = f"{NAMES.parameters}LIAO_MEDIA_BUCKET"
    parameter = stack.client("ssm").get_parameter(Name=name)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("String", bucket("media"))


def test_the_topic_of_people_stands_encrypted_and_its_arn_can_be_looked_up(stack: Account) -> None:
    name = f"{NAMES.parameters}LIAO_PEOPLE_TOPIC"
    arn = stack.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert arn == f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAMES.people}"
    told = stack.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    assert told["KmsMasterKeyId"] == "alias/aws/sns"


def test_the_topic_the_logs_and_the_dashboard_stand(stack: Account) -> None:
    topics = [each["TopicArn"] for each in stack.client("sns").list_topics()["Topics"]]
    assert f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAMES.topic}" in topics
    groups = stack.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{NAMES.prefix}"
    )["logGroups"]
    assert {each["logGroupName"]: each["retentionInDays"] for each in groups} == {
        f"/aws/lambda/{function}": 30 for function in NAMES.functions.values()
    }
    body = stack.client("cloudwatch").get_dashboard(DashboardName=NAMES.prefix)["DashboardBody"]
    # CloudFormation's arithmetic and the tests' own reading of the template agree.
    ours = Template.read(App=NAMES.app, Stage=NAMES.stage, AlarmEmail=EMAIL)
    assert json.loads(body)["widgets"] == ours.widgets


def test_outputs_are_what_ops_looks_for(stack: Account) -> None:
    (found,) = stack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    assert outputs["Table"] == NAMES.table
    assert outputs["QueueUrl"].endswith(f"/{NAMES.queue}")
    assert outputs["DeadLetterQueueUrl"].endswith(f"/{NAMES.dead_letters}")
    assert outputs["MediaBucket"] == bucket("media")
    assert outputs["StateBucket"] == bucket("state")
    assert outputs["AlarmTopic"].endswith(f":{NAMES.topic}")
    assert outputs["PeopleTopic"].endswith(f":{NAMES.people}")
    assert f"#dashboards/dashboard/{NAMES.prefix}" in outputs["DashboardUrl"]


def test_applying_it_again_changes_nothing(stack: Account) -> None:
    dynamodb, sqs = stack.client("dynamodb"), stack.client("sqs")
    item = {"pk": {"S": "chat"}, "sk": {"S": "event"}}
    dynamodb.put_item(TableName=NAMES.table, Item=item)
    url = sqs.get_queue_url(QueueName=NAMES.queue)["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody="{}", MessageGroupId="chat", MessageDeduplicationId="1"
    )
    before = stack.made()
    for _ in range(2):
        stack.client("cloudformation").update_stack(**stack.given())
    (found,) = stack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    assert found["StackStatus"] == "UPDATE_COMPLETE"
    assert stack.made() == before
    assert dynamodb.scan(TableName=NAMES.table)["Items"] == [item]
    assert stack.attributes(NAMES.queue)["ApproximateNumberOfMessages"] == "1"


def test_the_table_outlives_the_stack_and_serves_the_next_one(stack: Account) -> None:
    cloudformation, dynamodb = stack.client("cloudformation"), stack.client("dynamodb")
    item = {"pk": {"S": "chat"}, "sk": {"S": "event"}}
    dynamodb.put_item(TableName=NAMES.table, Item=item)
    cloudformation.delete_stack(StackName=STACK)
    assert dynamodb.scan(TableName=NAMES.table)["Items"] == [item]
    assert f"/{NAMES.queue}" not in str(stack.client("sqs").list_queues().get("QueueUrls"))
    assert bucket("state") not in str(stack.client("s3").list_buckets()["Buckets"])
    cloudformation.create_stack(**stack.given(Table="kept"))
    assert "ChatTable" not in stack.made()
    assert dynamodb.scan(TableName=NAMES.table)["Items"] == [item]
