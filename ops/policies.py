"""What each function may do on AWS: least privilege, from the app's and the stage's names alone.

Chalice's own guess reads only `app.py` and grants everything on everything. These are written into
`.chalice/`, where plain `chalice deploy` finds them too; no region or account stands in them, so a
stage can move.
"""

from __future__ import annotations

import json
from typing import Any, Final

from chalicelib.domain.names import Names

Statement = dict[str, Any]

#: Transactions are allowed by their parts. Taking a message back deletes, in the webhook too.
_TABLE: Final = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "ConditionCheckItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
)
_SEND: Final = ("SendMessage", "GetQueueUrl")
#: What Lambda's own poller needs of the role of the function that it wakes.
_RECEIVE: Final = (
    "ReceiveMessage",
    "DeleteMessage",
    "GetQueueAttributes",
    "ChangeMessageVisibility",
)


#: Listing finds what is to be forgotten; without it S3 also says 403 for what isn't there.
_KEEP: Final = ("GetObject", "PutObject", "DeleteObject", "ListBucket")
#: What is taken back is forgotten before LINE hears that it arrived.
_FORGET: Final = ("DeleteObject",)
#: Whoever left for good is forgotten by the sweep.
_FORGET_ALL: Final = ("DeleteObject", "ListBucket")
#: Before it publishes, the worker looks whether anybody would read it.
_TELL: Final = ("Publish", "GetTopicAttributes")


def documents(names: Names) -> dict[str, str]:
    """Every policy file of a stage: its name in `.chalice/`, and its text."""
    made = {
        "webhook": [_table(names), _queue(names, _SEND), _media(names, _FORGET)],
        "worker": [
            _table(names),
            _queue(names, _SEND + _RECEIVE),
            _media(names, _KEEP),
            _people(names),
        ],
        "sweep": [_table(names), _queue(names, _SEND), _media(names, _FORGET_ALL)],
    }
    return {
        policy_file(names.stage, role): _text([*own, *_shared(names, role)])
        for role, own in made.items()
    }


def policy_file(stage: str, role: str) -> str:
    """What a function's policy file is called."""
    return f"policy-{stage}-{role}.json"


def _text(statements: list[Statement]) -> str:
    document = {"Version": "2012-10-17", "Statement": statements}
    return json.dumps(document, indent=2) + "\n"


def _shared(names: Names, role: str) -> list[Statement]:
    parameters = f"arn:aws:ssm:*:*:parameter{names.parameters}"
    group = f"arn:aws:logs:*:*:log-group:/aws/lambda/{names.functions[role]}"
    return [
        _allow("Settings", "ssm", ("GetParametersByPath",), parameters[:-1], f"{parameters}*"),
        # SSM decrypts on the function's behalf: only there, and only this stage's parameters.
        _allow("Secrets", "kms", ("Decrypt",), "arn:aws:kms:*:*:key/*")
        | {
            "Condition": {
                "StringLike": {
                    "kms:ViaService": "ssm.*.amazonaws.com",
                    "kms:EncryptionContext:PARAMETER_ARN": f"{parameters}*",
                }
            }
        },
        _allow(
            "Logs",
            "logs",
            ("CreateLogGroup", "CreateLogStream", "PutLogEvents"),
            group,
            f"{group}:*",
        ),
        # X-Ray is one switch in `config.json`, and it knows no narrower resource.
        _allow("Traces", "xray", ("PutTraceSegments", "PutTelemetryRecords"), "*"),
    ]


def _table(names: Names) -> Statement:
    table = f"arn:aws:dynamodb:*:*:table/{names.table}"
    return _allow("Table", "dynamodb", _TABLE, table, f"{table}/index/*")


def _queue(names: Names, actions: tuple[str, ...]) -> Statement:
    return _allow("Queue", "sqs", actions, f"arn:aws:sqs:*:*:{names.queue}")


def _media(names: Names, actions: tuple[str, ...]) -> Statement:
    bucket = f"arn:aws:s3:::{names.bucket('media', account='*', region='*')}"
    # A bucket's ARN holds no account, and somebody else's bucket may have such a name.
    own = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    return _allow("Media", "s3", actions, bucket, f"{bucket}/*") | {"Condition": own}


def _people(names: Names) -> Statement:
    # AWS's own key, which encrypts the topic, is open to all of the account that come through SNS.
    return _allow("People", "sns", _TELL, f"arn:aws:sns:*:*:{names.people}")


def _allow(sid: str, service: str, actions: tuple[str, ...], *resources: str) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": list(resources) if len(resources) > 1 else resources[0],
    }
