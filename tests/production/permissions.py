"""What a request to AWS needs to be allowed, and whether a role's policies allow it.

moto keeps a policy and never asks it, so a function could do here what it may not do on AWS. Of a
policy's language this knows what the project's files use: Allow, actions, and patterns of ARNs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import parse_qs

from tests.aws.wsgi import Environ, body_of

Json = dict[str, Any]
Need = tuple[str, str]
_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_PARTS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_OBJECTS: Final = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject"}


def signer(environ: Environ) -> tuple[str, str, str]:
    """The key id, region and service that a request was signed for."""
    found = _SCOPE.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    assert found, "not signed"
    return found[1], found[2], found[3]


def needs(environ: Environ, account: str) -> list[Need]:
    """The actions that a request asks for, each with the ARN of what it is done to."""
    _, region, service = signer(environ)
    action = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    arn = f"arn:aws:{service}:{region}:{account}:"
    if service == "s3":
        return [_of_s3(environ)]
    if service == "sns":
        form = parse_qs(body_of(environ).decode())
        return [(f"sns:{form['Action'][0]}", form["TopicArn"][0])]
    asked = json.loads(body_of(environ))
    if service == "dynamodb":
        return [
            (f"dynamodb:{part}", f"{arn}table/{name}") for part, name in _of_table(action, asked)
        ]
    if service == "sqs":
        name = asked.get("QueueName") or asked["QueueUrl"].rpartition("/")[2]
        return [(f"sqs:{action.removesuffix('Batch')}", arn + name)]
    if service == "ssm":
        return [(f"ssm:{action}", f"{arn}parameter{asked['Path'].rstrip('/')}")]
    raise AssertionError(f"no function calls {service}")


def allowed(documents: Iterable[Json], need: Need) -> bool:
    """Tell whether any statement allows it."""
    action, arn = need
    return any(
        statement["Effect"] == "Allow"
        and action in _list(statement["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in _list(statement["Resource"]))
        for document in documents
        for statement in document["Statement"]
    )


def of_role(iam: Any, role: str) -> list[Json]:
    """The policies that stand in a role, by its ARN."""
    name = role.rpartition("/")[2]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    told = (iam.get_role_policy(RoleName=name, PolicyName=each) for each in names)
    return [dict(each["PolicyDocument"]) for each in told]


def _of_table(action: str, asked: Json) -> Iterator[tuple[str, str]]:
    if action == "TransactWriteItems":
        for part in asked["TransactItems"]:
            ((kind, what),) = part.items()
            yield _PARTS[kind], what["TableName"]
    elif action == "BatchGetItem":
        yield from ((action, name) for name in asked["RequestItems"])
    else:
        index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
        yield action, asked["TableName"] + index


def _of_s3(environ: Environ) -> Need:
    path, verb = environ["PATH_INFO"].lstrip("/"), environ["REQUEST_METHOD"]
    if "list-type" in environ.get("QUERY_STRING", ""):
        return "s3:ListBucket", f"arn:aws:s3:::{path.rstrip('/')}"
    return f"s3:{_OBJECTS.get(verb, 'DeleteObject')}", f"arn:aws:s3:::{path}"


def _list(told: str | list[str]) -> list[str]:
    return [told] if isinstance(told, str) else told
