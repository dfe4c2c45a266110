"""Reading the log groups of a stage as one stream.

CloudWatch shows lines some seconds late and not in order, so each look reaches back over the last
one, and what was shown is remembered by its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from rich.text import Text

from ops.aws import Aws, code, explained

#: Milliseconds that CloudWatch may be late.
_LATE: Final = 15_000
_LAMBDAS: Final = ("START ", "END ", "REPORT ", "INIT_START ", "EXTENSION")
#: What stands at a line's beginning, or is of no use to a reader.
_LEADING: Final = ("level", "event", "message")
_LEFT_OUT: Final = frozenset(
    {"timestamp", "time", "service", "location", "_aws", "function_arn", "function_request_id"}
)
_COLOURS: Final = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. at: milliseconds since 1970; said: its JSON's fields, or {"message": …}."""

    at: int
    role: str
    said: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Reading:
    """Reads on. functions: names by role; since: milliseconds since 1970."""

    aws: Aws = field(repr=False)
    functions: Mapping[str, str]
    since: int
    everything: bool = False
    _seen: dict[str, int] = field(default_factory=dict, repr=False)

    def more(self) -> list[Line]:
        """What came since the last look, the oldest first. Raises Trouble."""
        found = [line for role, name in self.functions.items() for line in self._of(role, name)]
        if found:
            self.since = max(self.since, max(line.at for line in found) - _LATE)
            self._seen = {key: at for key, at in self._seen.items() if at >= self.since}
        return sorted(found, key=lambda line: line.at)

    def _of(self, role: str, name: str) -> list[Line]:
        lines = []
        with explained("reading the logs"):
            try:
                for event in self.aws.pages(
                    "logs",
                    "filter_log_events",
                    "events",
                    logGroupName=f"/aws/lambda/{name}",
                    startTime=self.since,
                ):
                    key, at = event["eventId"], int(event["timestamp"])
                    if key in self._seen:
                        continue
                    self._seen[key] = at
                    if self.everything or not event["message"].startswith(_LAMBDAS):
                        lines.append(Line(at=at, role=role, said=_parsed(event["message"])))
            except ClientError as exc:
                if code(exc) != "ResourceNotFoundException":  # it has not run yet
                    raise
        return lines


def text(line: Line) -> Text:
    """A line as it is shown: time, role, event, and its fields."""
    when = datetime.fromtimestamp(line.at / 1000, tz=UTC).astimezone()
    level = str(line.said.get("level", ""))
    shown = Text.assemble(
        (f"{when:%H:%M:%S}.{when.microsecond // 1000:03} ", "dim"), (f"{line.role:<8}", "cyan")
    )
    for name in _LEADING:
        if value := line.said.get(name):
            shown.append(f"{value} ", _COLOURS.get(level, "bold" if name == "event" else ""))
    for name, value in line.said.items():
        if name not in _LEADING and name not in _LEFT_OUT:
            shown.append(f"{name}=", "dim")
            shown.append(f"{value if isinstance(value, str) else json.dumps(value)} ")
    shown.rstrip()
    return shown


def _parsed(message: str) -> Mapping[str, Any]:
    try:
        said = json.loads(message)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"message": message.rstrip()}
