"""What Chalice has to remember of a stage, so that no second API is ever made.

Chalice finds functions and roles by their names, but the API and the queue's mapping only in
`.chalice/deployed/<stage>.json`, which it writes when everything is done. So that file is kept in
the stage's bucket, where every machine finds it. Which of two counts?

- The bucket's, where there is one: whoever deployed last with `ops` wrote it, on whatever machine.
  Only before the first such deployment does this machine's count.
- What neither knows is looked for on AWS, because a run that broke off made it without writing it
  down: functions by their names, the API and the mapping by the function that they call.
- What is remembered and gone is forgotten, or Chalice would stumble over it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.domain.names import Names
from ops.aws import Aws, code, explained
from ops.stages import FUNCTIONS

Json = dict[str, Any]

_KEY: Final = "deployed.json"
_GONE: Final = (
    "NoSuchKey",
    "NoSuchBucket",
    "404",
    "NotFoundException",
    "ResourceNotFoundException",
    "NoSuchEntity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The record of one stage, in its three places."""

    aws: Aws = field(repr=False)
    names: Names
    project: Path
    api_stage: str = "api"

    @property
    def file(self) -> Path:
        """Where Chalice looks for it."""
        return self.project / ".chalice" / "deployed" / f"{self.names.stage}.json"

    @property
    def bucket(self) -> str:
        """The stage's bucket for it."""
        return self.names.bucket("state", account=self.aws.account, region=self.aws.region)

    def recall(self) -> dict[str, Json]:
        """The resources by name, as they are known now. Raises Trouble."""
        remembered = _resources(self._kept() or self._local())
        with explained("looking for what is deployed"):
            standing = {name: it for name, it in remembered.items() if self._exists(it)}
            found = {it["name"]: it for it in self._found(standing)}
        return {**found, **standing}

    def write(self, resources: dict[str, Json]) -> None:
        """Write it where Chalice looks for it; without resources, take it away."""
        if not resources:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        record = {
            "resources": list(resources.values()),
            "schema_version": "2.0",
            "backend": "api",
        }
        self.file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")

    def written(self) -> dict[str, Json]:
        """The resources by name, as Chalice wrote them down last."""
        return _resources(self._local())

    def keep(self) -> bool:
        """Copy Chalice's file into the bucket; False where it is there. Raises Trouble."""
        raw = self.file.read_bytes()
        if self._kept() == raw:
            return False
        with explained("keeping what is deployed in the stage's bucket"):
            self.aws.client("s3").put_object(
                Bucket=self.bucket, Key=_KEY, Body=raw, ContentType="application/json"
            )
        return True

    def url(self, resources: dict[str, Json]) -> str:
        """The API's address, with a slash at its end; "" where there is none."""
        return str(resources.get("rest_api", {}).get("rest_api_url", ""))

    def _local(self) -> bytes:
        return self.file.read_bytes() if self.file.is_file() else b""

    def _kept(self) -> bytes:
        """What lies in the bucket; b"" where there is none."""
        with explained("fetching what is deployed from the stage's bucket"):
            try:
                got = self.aws.client("s3").get_object(Bucket=self.bucket, Key=_KEY)
            except ClientError as exc:
                if code(exc) in _GONE:
                    return b""
                raise
            return bytes(got["Body"].read())

    def _exists(self, it: Json) -> bool:
        """False where a remembered resource is gone; kinds that harm nobody count as there."""
        looks = {
            "lambda_function": ("lambda", "get_function", "FunctionName", "lambda_arn"),
            "rest_api": ("apigateway", "get_rest_api", "restApiId", "rest_api_id"),
            "sqs_event": ("lambda", "get_event_source_mapping", "UUID", "event_uuid"),
            "iam_role": ("iam", "get_role", "RoleName", "role_name"),
        }
        if it["resource_type"] not in looks:
            return True
        service, call, parameter, key = looks[it["resource_type"]]
        try:
            getattr(self.aws.client(service), call)(**{parameter: it[key]})
        except ClientError as exc:
            if code(exc) in _GONE:
                return False
            raise
        return True

    def _found(self, standing: dict[str, Json]) -> Iterator[Json]:
        """What stands on AWS under this stage's names and isn't remembered."""
        for function, role in FUNCTIONS.items():
            name = self.names.functions[role]
            arn = self._function_arn(name)
            if not arn:
                continue
            if function not in standing:
                yield {"name": function, "resource_type": "lambda_function", "lambda_arn": arn}
            if f"{function}_role" not in standing:
                yield from self._role(function)
            if role == "webhook" and "rest_api" not in standing:
                yield from self._api(name)
            mapping = f"{function}-sqs-event-source"
            if mapping not in standing:
                yield from self._mapping(arn, mapping)

    def _role(self, function: str) -> Iterator[Json]:
        """The role that Chalice made for a function."""
        name = f"{self.names.prefix}-{function}"
        try:
            found = self.aws.client("iam").get_role(RoleName=name)
        except ClientError as exc:
            if code(exc) in _GONE:
                return
            raise
        yield {
            "name": f"{function}_role",
            "resource_type": "iam_role",
            "role_arn": found["Role"]["Arn"],
            "role_name": name,
        }

    def _function_arn(self, name: str) -> str:
        try:
            found = self.aws.client("lambda").get_function(FunctionName=name)
        except ClientError as exc:
            if code(exc) in _GONE:
                return ""
            raise
        return str(found["Configuration"]["FunctionArn"])

    def _api(self, function: str) -> Iterator[Json]:
        """The API that calls a function."""
        for api in self.aws.pages("apigateway", "get_rest_apis", "items"):
            if api["name"] == self.names.app and self._calls(api["id"], function):
                host = f"{api['id']}.execute-api.{self.aws.region}.amazonaws.com"
                yield {
                    "name": "rest_api",
                    "resource_type": "rest_api",
                    "rest_api_id": api["id"],
                    "rest_api_url": f"https://{host}/{self.api_stage}/",
                }
                return

    def _calls(self, api: str, function: str) -> bool:
        resources = self.aws.pages(
            "apigateway", "get_resources", "items", restApiId=api, embed=["methods"]
        )
        methods = (each for it in resources for each in it.get("resourceMethods", {}).values())
        uris = (each.get("methodIntegration", {}).get("uri", "") for each in methods)
        return any(f":function:{function}/" in uri for uri in uris)

    def _mapping(self, arn: str, name: str) -> Iterator[Json]:
        """The queue's mapping to a function."""
        for mapping in mappings(self.aws, self.names, arn):
            yield {
                "name": name,
                "resource_type": "sqs_event",
                "queue_arn": mapping["EventSourceArn"],
                "event_uuid": mapping["UUID"],
                "queue": self.names.queue,
                "lambda_arn": arn,
            }


def mappings(aws: Aws, names: Names, function: str) -> list[Json]:
    """What lets the queue wake a function, which is named by its ARN."""
    queue = f"arn:aws:sqs:{aws.region}:{aws.account}:{names.queue}"
    found = aws.pages(
        "lambda", "list_event_source_mappings", "EventSourceMappings", EventSourceArn=queue
    )
    return [each for each in found if each["FunctionArn"] == function]


def _resources(raw: bytes) -> dict[str, Json]:
    return {it["name"]: it for it in json.loads(raw)["resources"]} if raw else {}
