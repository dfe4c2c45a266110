"""The functions' log groups: lines that nobody deletes stay, and cost, forever."""

from __future__ import annotations

from chalicelib.domain.names import Names
from ops.aws import Aws, explained


def lacking_retention(aws: Aws, names: Names) -> dict[str, bool]:
    """The log groups whose lines would stay forever: does the group exist yet? Raises Trouble."""
    wanted = [f"/aws/lambda/{name}" for name in names.functions.values()]
    with explained("reading the log groups"):
        groups = aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=wanted[0])
        days = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    return {group: group in days for group in wanted if not days.get(group)}


def set_retention(aws: Aws, lacking: dict[str, bool], days: int) -> None:
    """Let these groups delete lines after so many days; makes those that aren't there."""
    logs = aws.client("logs")
    with explained("setting log retention"):
        for group, is_there in lacking.items():
            if not is_there:
                logs.create_log_group(logGroupName=group)
            logs.put_retention_policy(logGroupName=group, retentionInDays=days)
