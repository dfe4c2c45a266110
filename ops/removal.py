"""Taking a stage away: everything that costs or holds something, in the order that lets it go.

The table holds what people wrote and is kept unless told. Each step may be repeated, so that a
removal that broke off can be taken up again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.domain.names import Names
from ops import chalice, parameters
from ops.aws import Aws, code, explained
from ops.deployed import Deployed
from ops.show import Step, Told
from ops.stack import Stack
from ops.stages import FUNCTIONS

Json = dict[str, Any]

_BUCKETS: Final = ("media", "state")
_GONE: Final = ("NoSuchBucket", "404")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One run; `with_table` takes what people wrote away too."""

    aws: Aws = field(repr=False)
    names: Names
    deployed: Deployed
    stack: Stack = field(repr=False)
    with_table: bool

    def steps(self) -> list[Step]:
        """Every step, in order."""
        made = [
            Step(title="Functions and API", plan=self._functions_plan, do=self._functions),
            Step(title="Buckets", plan=self._buckets_plan, do=self._buckets),
            Step(title="Stack", plan=lambda: f"delete {self.stack.name}", do=self._stack),
            Step(title="Secrets", plan=self._secrets_plan, do=self._secrets),
            Step(title="Logs", plan=lambda: "delete the functions' logs", do=self._logs),
        ]
        table = Step(title="Table", plan=self._table_plan, do=self._table)
        return [*made, table]

    def _functions_plan(self) -> str:
        return f"delete {', '.join(self.names.functions.values())} and the API with its address"

    def _functions(self, told: Told) -> str:
        self.deployed.write(resources := self.deployed.recall())
        if not resources:
            return "gone already"
        chalice.run(
            "delete",
            self.deployed.project,
            self.names.stage,
            told=told,
            environ=self.aws.environment(),
        )
        self.deployed.write({})
        return f"{len(resources)} resources deleted"

    def _buckets_plan(self) -> str:
        return f"empty {', '.join(self._bucket_names())}"

    def _bucket_names(self) -> list[str]:
        account, region = self.aws.account, self.aws.region
        return [self.names.bucket(what, account=account, region=region) for what in _BUCKETS]

    def _buckets(self, told: Told) -> str:
        total = 0
        for bucket in self._bucket_names():
            told(bucket)
            with explained(f"emptying {bucket}"):
                total += sum(self._emptied(bucket))
        return f"{total} objects deleted"

    def _emptied(self, bucket: str) -> Iterator[int]:
        """Delete every version, a page at a time; a bucket that is gone is empty."""
        s3 = self.aws.client("s3")
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        try:
            for page in pages:
                found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                which = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
                if which:
                    s3.delete_objects(Bucket=bucket, Delete={"Objects": which, "Quiet": True})
                yield len(which)
        except ClientError as exc:
            if code(exc) not in _GONE:
                raise

    def _stack(self, told: Told) -> str:
        self.stack.delete(told)
        return "deleted"

    def _secrets_plan(self) -> str:
        own = parameters.read(self.aws, self.names).own
        return f"delete {', '.join(sorted(own))}" if own else ""

    def _secrets(self, told: Told) -> str:
        own = parameters.read(self.aws, self.names).own
        told("deleting")
        parameters.remove(self.aws, self.names, own)
        return f"{len(own)} deleted"

    def _logs(self, told: Told) -> str:
        """Delete what a function that ended last wrote after the stack's groups were gone."""
        logs, count = self.aws.client("logs"), 0
        with explained("deleting the logs"):
            for role in FUNCTIONS.values():
                group = f"/aws/lambda/{self.names.functions[role]}"
                told(group)
                try:
                    logs.delete_log_group(logGroupName=group)
                    count += 1
                except logs.exceptions.ResourceNotFoundException:
                    continue
        return f"{count} more deleted" if count else "gone"

    def _table_plan(self) -> str:
        if self.with_table:
            return f"DELETE {self.names.table} with everything that people wrote"
        return f"keep {self.names.table}; --with-table would delete what people wrote"

    def _table(self, told: Told) -> str:
        if not self.with_table:
            return f"{self.names.table} is kept; the next deploy takes it up again"
        told("lifting its protection")
        dynamodb = self.aws.client("dynamodb")
        with explained("deleting the table"):
            try:
                found = dynamodb.describe_table(TableName=self.names.table)["Table"]
                if found.get("DeletionProtectionEnabled"):
                    dynamodb.update_table(
                        TableName=self.names.table, DeletionProtectionEnabled=False
                    )
                    dynamodb.get_waiter("table_exists").wait(TableName=self.names.table)
                dynamodb.delete_table(TableName=self.names.table)
            except dynamodb.exceptions.ResourceNotFoundException:
                return "gone already"
            told("deleting")
            dynamodb.get_waiter("table_not_exists").wait(TableName=self.names.table)
        return f"{self.names.table} deleted"
