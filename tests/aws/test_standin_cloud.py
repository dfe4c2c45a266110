"""The stand-in for AWS is like AWS where this project leans on it."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.aws.cloud import Cloud, cloud, queue, table

Item = dict[str, dict[str, Any]]


def item(key: str, **more: str | int) -> Item:
    typed = {n: {"N": str(v)} if isinstance(v, int) else {"S": v} for n, v in more.items()}
    return {"pk": {"S": "chat"}, "sk": {"S": key}, **typed}


def key(name: str) -> Item:
    return {"pk": {"S": "chat"}, "sk": {"S": name}}


def counting(name: str, at: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": name,
            "Key": key(at),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def test_one_connection_serves_many_calls_and_each_within_milliseconds(
    aws: Cloud, table_name: str
) -> None:
    client = aws.client("dynamodb")
    client.put_item(TableName=table_name, Item=item("a"))
    times = []
    for _ in range(50):
        began = time.perf_counter()
        client.get_item(TableName=table_name, Key=key("a"))
        times.append(time.perf_counter() - began)
    assert sorted(times)[25] < 0.02  # 2 ms on a machine with nothing else to do
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc, timeout=5)
    for _ in range(2):
        connection.request("GET", "/moto-api/data.json")
        told = connection.getresponse()
        assert (told.version, told.will_close) == (11, False)
        told.read()
    connection.close()


def test_behind_tls_it_is_trusted_by_its_own_bundle_alone() -> None:
    with cloud(tls=True) as aws, table(aws, "t") as name:
        assert aws.url.startswith("https://")
        aws.client("dynamodb").put_item(TableName=name, Item=item("a"))
        where = urlsplit(aws.url).netloc
        ours = ssl.create_default_context(cafile=aws.environment()["AWS_CA_BUNDLE"])
        connection = http.client.HTTPSConnection(where, timeout=5, context=ours)
        connection.request("GET", "/moto-api/data.json")
        assert connection.getresponse().status == 200
        connection.close()
        stranger = http.client.HTTPSConnection(where, timeout=5)
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/")
        stranger.close()


def test_of_many_conditional_writes_at_once_one_succeeds(aws: Cloud, table_name: str) -> None:
    won: list[int] = []
    refused: list[str] = []

    def take(number: int) -> None:
        client = aws.client("dynamodb")
        try:
            client.update_item(
                TableName=table_name,
                Key=key("lease"),
                UpdateExpression="SET #until = :until",
                ConditionExpression="attribute_not_exists(#until) OR #until <= :now",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":until": {"N": "20"}, ":now": {"N": "10"}},
            )
        except ClientError as exc:
            refused.append(exc.response["Error"]["Code"])
        else:
            won.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert refused == ["ConditionalCheckFailedException"] * 7


def test_a_sparse_index_holds_what_has_its_key_in_its_order(aws: Cloud, table_name: str) -> None:
    client = aws.client("dynamodb")
    for name, pending in (("1", "b"), ("2", ""), ("3", "a")):
        more = {"pending": pending} if pending else {}
        client.put_item(TableName=table_name, Item=item(name, words="hello", **more))

    def waiting() -> list[str]:
        told = client.query(
            TableName=table_name,
            IndexName="pending",
            ConsistentRead=True,
            KeyConditionExpression="pk = :chat",
            ExpressionAttributeValues={":chat": {"S": "chat"}},
        )
        return [found["sk"]["S"] + found["words"]["S"] for found in told["Items"]]

    assert waiting() == ["3hello", "1hello"]
    client.update_item(TableName=table_name, Key=key("1"), UpdateExpression="REMOVE pending")
    assert waiting() == ["3hello"]


def test_the_sweep_s_index_shows_what_it_includes_and_is_never_consistent(
    aws: Cloud, table_name: str
) -> None:
    client = aws.client("dynamodb")
    made = item("a", sweep="work#3", due=5, chat="c", lane="turns", words="secret")
    client.put_item(TableName=table_name, Item=made)
    asked = {
        "TableName": table_name,
        "IndexName": "sweep",
        "KeyConditionExpression": "sweep = :shard AND due < :now",
        "ExpressionAttributeValues": {":shard": {"S": "work#3"}, ":now": {"N": "6"}},
    }
    (found,) = client.query(**asked)["Items"]
    assert {*found} == {"pk", "sk", "sweep", "due", "chat", "lane"}
    with pytest.raises(ClientError, match="not supported on global secondary indexes"):
        client.query(**asked, ConsistentRead=True)


def test_a_transaction_that_is_refused_says_why_for_each_item_and_changes_nothing(
    aws: Cloud, table_name: str
) -> None:
    client = aws.client("dynamodb")
    client.put_item(TableName=table_name, Item=item("held", owner="somebody"))
    check = {
        "TableName": table_name,
        "Key": key("held"),
        "ConditionExpression": "attribute_not_exists(#owner)",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    put = {"TableName": table_name, "Item": item("new")}
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[{"Put": put}, {"ConditionCheck": check}])
    first, second = refused.value.response["CancellationReasons"]
    assert first == {"Code": "None"}
    assert (second["Code"], second["Item"]) == (
        "ConditionalCheckFailed",
        item("held", owner="somebody"),
    )
    assert "Item" not in client.get_item(TableName=table_name, Key=key("new"))


def test_a_transaction_with_a_token_is_carried_out_once(aws: Cloud, table_name: str) -> None:
    client = aws.client("dynamodb")
    for _ in range(2):
        client.transact_write_items(
            TransactItems=[counting(table_name, "a")], ClientRequestToken="token-1"
        )
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(
            TransactItems=[counting(table_name, "b")], ClientRequestToken="token-1"
        )
    assert refused.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    found = client.get_item(TableName=table_name, Key=key("a"))["Item"]
    assert found["n"] == {"N": "1"}
    assert "Item" not in client.get_item(TableName=table_name, Key=key("b"))


@pytest.mark.parametrize(
    "change",
    [
        {"ExpressionAttributeValues": {":one": {"N": "1"}, ":more": {"N": "2"}}},
        {"ExpressionAttributeNames": {"#more": "more"}},
        {"UpdateExpression": "SET state = :one"},
    ],
    ids=["a value", "a name", "a reserved word"],
)
def test_a_transaction_is_refused_for_what_an_update_would_be(
    aws: Cloud, table_name: str, change: dict[str, Any]
) -> None:
    update = {**counting(table_name, "a")["Update"], **change}
    client = aws.client("dynamodb")
    for action, asked in (
        ("update_item", update),
        ("transact_write_items", {"TransactItems": [{"Update": update}]}),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(client, action)(**asked)
        assert refused.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("wrong", [item("a", pending=5), item("a", due="soon", sweep="work#1")])
def test_an_index_s_key_must_be_of_its_type(aws: Cloud, table_name: str, wrong: Item) -> None:
    client = aws.client("dynamodb")
    put = {"TableName": table_name, "Item": wrong}
    for action, asked in (
        ("put_item", put),
        ("transact_write_items", {"TransactItems": [{"Put": put}]}),
    ):
        with pytest.raises(ClientError, match="Type mismatch for Index Key"):
            getattr(client, action)(**asked)


def test_chalice_s_notification_filters_are_taken(aws: Cloud) -> None:
    s3 = aws.client("s3")
    where = {"LocationConstraint": aws.region}
    s3.create_bucket(Bucket="a-bucket", CreateBucketConfiguration=where)
    rule = {"Name": "Prefix", "Value": "knowledge/"}
    made = {
        "QueueArn": f"arn:aws:sqs:{aws.region}:{aws.account}:q",
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [rule]}},
    }
    aws.client("sqs").create_queue(QueueName="q")
    s3.put_bucket_notification_configuration(
        Bucket="a-bucket", NotificationConfiguration={"QueueConfigurations": [made]}
    )
    told = s3.get_bucket_notification_configuration(Bucket="a-bucket")["QueueConfigurations"]
    assert told[0]["Filter"]["Key"]["FilterRules"][0]["Value"] == "knowledge/"


def test_chalice_s_description_of_an_api_is_taken(aws: Cloud) -> None:
    client = aws.client("apigateway")
    document = {
        "swagger": "2.0",
        "info": {"version": "1.0", "title": "liao"},
        "paths": {"/callback": {"post": {"responses": {"200": {"description": "ok"}}}}},
    }
    made = client.import_rest_api(body=json.dumps(document).encode())
    for _ in range(2):
        client.put_rest_api(
            restApiId=made["id"], mode="overwrite", body=json.dumps(document).encode()
        )
    paths = [found["path"] for found in client.get_resources(restApiId=made["id"])["items"]]
    assert sorted(paths) == ["/", "/callback"]


def test_nothing_is_left_after_a_reset(aws: Cloud) -> None:
    with table(aws, "t"), queue(aws, "q.fifo") as wakes:
        client = aws.client("sqs")
        client.send_message(
            QueueUrl=wakes.url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1"
        )
        aws.reset()
        assert aws.client("dynamodb").list_tables()["TableNames"] == []
        assert "QueueUrls" not in client.list_queues()
        with table(aws, "t"), queue(aws, "q.fifo") as again:
            assert "Messages" not in client.receive_message(QueueUrl=again.url)


def test_two_stand_ins_know_nothing_of_each_other(aws: Cloud, table_name: str) -> None:
    with cloud() as other, table(other, table_name):
        assert other.account != aws.account
        other.client("dynamodb").put_item(TableName=table_name, Item=item("theirs"))
        with queue(other, "q.fifo"), queue(aws, "q.fifo"):
            other.reset()
            assert "QueueUrls" in aws.client("sqs").list_queues()
    assert aws.client("dynamodb").scan(TableName=table_name)["Items"] == []
