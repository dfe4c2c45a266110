"""A stage's stack keeps what was promised of words, wakes, files and logs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from chalicelib.domain.names import APP, Names
from chalicelib.domain.retention import HISTORY
from tests.template import ACCOUNT, PATH, REGION, Template

DAY = 24 * 60 * 60
#: What may be sent to CloudFormation as a template's body.
BODY_LIMIT = 51_200
STAGES = [Names(stage="prod"), Names(app="tea-house", stage="beta2")]

prod = Template.read(Stage="prod")


def only(kind: str, template: Template = prod) -> Any:
    (found,) = template.of(kind).values()
    return found


def named(kind: str, by: str, template: Template = prod) -> dict[str, Any]:
    return {properties[by]: properties for properties in template.of(kind).values()}


def test_cfn_lint_has_nothing_to_say_in_any_region_we_name() -> None:
    linted = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from cfnlint.runner import main; sys.exit(main())",
            *("--include-checks", "I"),
            *("--regions", "ap-northeast-1", "ap-east-2", "us-east-1"),
            *("--", str(PATH)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (linted.returncode, linted.stdout, linted.stderr) == (0, "", "")


def test_the_template_can_be_sent_as_it_is() -> None:
    assert len(PATH.read_bytes()) < BODY_LIMIT
    assert not any(line != line.rstrip() for line in PATH.read_text("utf-8").splitlines())


def test_the_template_follows_chalices_configuration() -> None:
    config = json.loads((PATH.parents[1] / ".chalice" / "config.json").read_text("utf-8"))
    assert prod.given["App"] == APP == config["app_name"]
    for stage in config["stages"].values():
        assert stage["api_gateway_stage"] == prod.given["ApiStage"]


@pytest.mark.parametrize("names", STAGES, ids=lambda names: names.prefix)
def test_every_name_follows_from_app_and_stage(names: Names) -> None:
    stack = Template.read(App=names.app, Stage=names.stage)

    def bucket(what: str) -> str:
        return names.bucket(what, account=ACCOUNT, region=REGION)

    assert set(named("AWS::DynamoDB::Table", "TableName", stack)) == {names.table}
    assert set(named("AWS::SQS::Queue", "QueueName", stack)) == {names.queue, names.dead_letters}
    assert set(named("AWS::S3::Bucket", "BucketName", stack)) == {bucket("media"), bucket("state")}
    assert set(named("AWS::SNS::Topic", "TopicName", stack)) == {names.topic, names.people}
    assert set(named("AWS::CloudWatch::Dashboard", "DashboardName", stack)) == {names.prefix}
    assert set(named("AWS::Logs::LogGroup", "LogGroupName", stack)) == {
        f"/aws/lambda/{function}" for function in names.functions.values()
    }
    parameters = named("AWS::SSM::Parameter", "Name", stack)
    assert {name: (each["Type"], each["Value"]) for name, each in parameters.items()} == {
        f"{names.parameters}LIAO_MEDIA_BUCKET": ("String", bucket("media")),
        f"{names.parameters}LIAO_PEOPLE_TOPIC": ("String", "<People>"),
    }
    assert stack.outputs["Table"] == names.table
    assert stack.outputs["MediaBucket"] == bucket("media")
    assert stack.outputs["StateBucket"] == bucket("state")
    assert stack.outputs["DashboardUrl"].endswith(f"/{names.prefix}")


def test_the_longest_names_are_still_names_of_buckets() -> None:
    longest = {name: prod.parsed["Parameters"][name]["MaxLength"] for name in ("App", "Stage")}
    names = Names(app="a" * longest["App"], stage="s" * longest["Stage"])
    assert len(names.bucket("media", account=ACCOUNT, region="ap-southeast-1")) <= 63


def test_the_table_has_the_keys_and_indexes_that_are_asked_for() -> None:
    table = only("AWS::DynamoDB::Table")
    kinds = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert kinds == {"pk": "S", "sk": "S", "pending": "S", "sweep": "S", "due": "N"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    (pending,), (sweep,) = table["LocalSecondaryIndexes"], table["GlobalSecondaryIndexes"]

    def keys(of: Any) -> list[tuple[str, str]]:
        return [(key["AttributeName"], key["KeyType"]) for key in of["KeySchema"]]

    assert keys(table) == [("pk", "HASH"), ("sk", "RANGE")]
    assert pending["IndexName"] == "pending"
    assert keys(pending) == [("pk", "HASH"), ("pending", "RANGE")]
    assert pending["Projection"] == {"ProjectionType": "ALL"}
    assert sweep["IndexName"] == "sweep"
    assert keys(sweep) == [("sweep", "HASH"), ("due", "RANGE")]
    assert sweep["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["chat", "lane", "state", "cause"],
    }


def test_words_expire_and_deleted_ones_can_be_recovered_for_seven_days_only() -> None:
    table = only("AWS::DynamoDB::Table")
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 7,
    }
    assert "SSESpecification" not in table  # DynamoDB's own key, which is always on


def test_the_table_outlives_its_stack_and_refuses_deletion_until_told() -> None:
    table = prod.resources["ChatTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    told = Template.read(Stage="prod", TableProtected="false")
    assert only("AWS::DynamoDB::Table", told)["DeletionProtectionEnabled"] is False


def test_a_table_that_was_kept_is_used_by_the_next_stack() -> None:
    kept = Template.read(Stage="prod", Table="kept")
    assert prod.resources.keys() - kept.resources.keys() == {"ChatTable"}
    assert kept.outputs == prod.outputs


@pytest.mark.parametrize(
    ("queue", "days"),
    [(Names(stage="prod").queue, 4), (Names(stage="prod").dead_letters, 14)],
)
def test_both_queues_are_fifo_with_high_throughput(queue: str, days: int) -> None:
    properties = named("AWS::SQS::Queue", "QueueName")[queue]
    expected = {
        "FifoQueue": True,
        "ContentBasedDeduplication": False,
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
        "VisibilityTimeout": 180,
        "MessageRetentionPeriod": days * DAY,
        "SqsManagedSseEnabled": True,
    }
    assert expected.items() <= properties.items()


def test_a_wake_whose_worker_died_three_times_is_put_aside() -> None:
    queues = named("AWS::SQS::Queue", "QueueName")
    names = Names(stage="prod")
    (dead,) = [
        logical
        for logical, properties in prod.of("AWS::SQS::Queue").items()
        if properties["QueueName"] == names.dead_letters
    ]
    assert queues[names.queue]["RedrivePolicy"] == {
        "deadLetterTargetArn": f"<{dead}.Arn>",
        "maxReceiveCount": 3,
    }
    assert "RedrivePolicy" not in queues[names.dead_letters]


def test_buckets_are_private_encrypted_and_refuse_plain_http() -> None:
    refusing = {}
    for policy in prod.of("AWS::S3::BucketPolicy").values():
        (statement,) = policy["PolicyDocument"]["Statement"]
        refusing[policy["Bucket"]] = statement
    for logical, bucket in prod.of("AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"]) == {
            "BlockPublicAcls",
            "BlockPublicPolicy",
            "IgnorePublicAcls",
            "RestrictPublicBuckets",
        }
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ]
        refused = refusing[bucket["BucketName"]]
        assert (refused["Effect"], refused["Principal"], refused["Action"]) == ("Deny", "*", "s3:*")
        assert refused["Resource"] == [f"<{logical}.Arn>", f"<{logical}.Arn>/*"]
        assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def rules(what: str) -> list[Any]:
    name = Names(stage="prod").bucket(what, account=ACCOUNT, region=REGION)
    bucket = named("AWS::S3::Bucket", "BucketName")[name]
    found = bucket["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" and "Prefix" not in rule for rule in found)
    assert {"DaysAfterInitiation": 1} in [
        rule.get("AbortIncompleteMultipartUpload") for rule in found
    ]
    return list(found)


def test_media_are_forgotten_with_the_conversation() -> None:
    assert [r["ExpirationInDays"] for r in rules("media") if "ExpirationInDays" in r] == [
        HISTORY.days
    ]


def test_what_was_deployed_keeps_old_versions_for_a_while() -> None:
    assert prod.resources["StateBucket"]["Properties"]["VersioningConfiguration"] == {
        "Status": "Enabled"
    }
    assert not [rule for rule in rules("state") if "ExpirationInDays" in rule]
    (old,) = [rule for rule in rules("state") if "NoncurrentVersionExpiration" in rule]
    assert old["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert old["ExpiredObjectDeleteMarker"] is True


def test_a_bucket_goes_with_the_stack_once_it_is_empty() -> None:
    for logical in prod.of("AWS::S3::Bucket"):
        assert prod.resources[logical]["DeletionPolicy"] == "Delete"
        assert prod.resources[logical]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("days", ["30", "7"])
def test_no_function_logs_forever(days: str) -> None:
    stack = Template.read(Stage="prod", LogRetentionDays=days)
    kept = [group["RetentionInDays"] for group in stack.of("AWS::Logs::LogGroup").values()]
    assert kept == [days] * len(Names(stage="prod").functions)
    assert prod.given["LogRetentionDays"] == "30"
