"""Functions as they are started on AWS, with AWS, LINE and the model on this machine.

Each is the code of the real zip in a process of AWS's own runtime; AWS is behind TLS, since
handshakes are a good part of a cold start. LINE and the model are the simulator, which is a process
of its own, without TLS for all alike.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.people import Broken, Webhook
from bench.stage import Stage
from bench.zipped import Code
from chalicelib.adapters.queue.sqs import to_entry
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import Lane
from chalicelib.domain.names import Names
from tests.aws.cloud import Cloud, cloud, queue, table
from tests.aws.gateway import Gateway
from tests.aws.lambda_runtime import Done, Function, function

Event = dict[str, Any]
_MARK = "LIAO_BENCH_FUNCTION"
_STAGE = "prod"
_NAMES = Names(stage=_STAGE)
#: Seconds, the configured ones: a worker that is left less begins no turn.
_TIMEOUT = 150.0

#: Seconds the model takes.
MODEL = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the functions. role: which of ours it is; empty for a reference."""

    name: str
    handler: str
    role: str = ""


BARE = Kind(name="bare", handler="bare.app")
HMAC_ONLY = Kind(name="hmac", handler="hmac_only.app")
TUTORIAL = Kind(name="tutorial", handler="app.app")
WEBHOOK = Kind(name="webhook", handler="app.app", role="webhook")
WORKER = Kind(name="worker", handler="app.worker", role="worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one event cost, in seconds: from the start of the process where there was none.

    cpu: of the process, all its threads. peak: the most memory it ever had, in MB; both are 0 where
    the system doesn't tell (there is no `/proc`).
    """

    seconds: float
    cpu: float
    peak: float


@dataclass(slots=True, kw_only=True)
class Started:
    """A function whose process lives from its first event on."""

    function: Function
    mark: str
    _cpu: float = 0.0

    def run(self, event: object) -> Run:
        """Let it handle an event. Raises Broken where that fails."""
        done = self.function.invoke(event)
        if done.error is not None or (done.result or {}).get("statusCode", 200) != 200:
            told = done.error or done.result
            raise Broken(f"{self.function.name}: {told}: {self.function.output[-2000:]}")
        cpu, peak = _used(self.mark)
        before, self._cpu = self._cpu, cpu
        return Run(seconds=_seconds(done), cpu=cpu - before, peak=peak)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """AWS on this machine, with the table and the queue of a stage."""

    aws: Cloud
    stage: Stage
    folder: Path = field(repr=False)

    @contextmanager
    def started(self, kind: Kind, code: Code, **settings: str) -> Iterator[Started]:
        """Have a function; its process is started by its first event. settings: win over ours."""
        mark = uuid4().hex
        environment = {
            **self._settings(),
            **self.aws.environment(),
            **({"LIAO_ROLE": kind.role} if kind.role else {}),
            _MARK: mark,
            **settings,
        }
        with function(
            name=f"liao-{_STAGE}-{kind.name}",
            code=code.ours if kind.role else code.references,
            handler=kind.handler,
            environment=environment,
            folder=self.folder,
            timeout=_TIMEOUT,
            arn=f"arn:aws:lambda:{self.aws.region}:{self.aws.account}:function:{kind.name}",
        ) as made:
            yield Started(function=made, mark=mark)

    def _settings(self) -> Mapping[str, str]:
        platform = self.stage.platform
        return {
            "LIAO_BACKEND": "aws",
            "LIAO_STAGE": _STAGE,
            "LIAO_MODEL": "gpt-5.4-nano",
            "LINE_CHANNEL_SECRET": platform.channel.secret,
            "LINE_CHANNEL_ACCESS_TOKEN": platform.channel.access_token,
            "LINE_API_BASE_URL": platform.address.line,
            "LINE_DATA_API_BASE_URL": platform.address.line,
            "OPENAI_BASE_URL": platform.address.openai,
            "OPENAI_API_KEY": "demo",
        }


@contextmanager
def region(stage: Stage) -> Iterator[Region]:
    """Start AWS on this machine, behind TLS, until the block ends."""
    with ExitStack() as opened:
        aws = opened.enter_context(cloud(tls=True))
        opened.enter_context(table(aws, _NAMES.table))
        opened.enter_context(queue(aws, _NAMES.queue))
        yield Region(aws=aws, stage=stage, folder=opened.enter_context(stage.new_folder()))


def posted(webhook: Webhook) -> Event:
    """What API Gateway makes of a webhook."""
    made = Gateway(invoke=_nobody, routes={}, stage="api", api_id="bench")
    return made.event(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/callback",
            "CONTENT_TYPE": "application/json",
            "HTTP_HOST": "bench.execute-api.amazonaws.com",
            "HTTP_X_LINE_SIGNATURE": webhook.signature,
            "REMOTE_ADDR": "203.0.113.1",
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(webhook.body),
        },
        "/callback",
    )


def woken(webhook: Webhook) -> Event:
    """What Lambda makes of the wake in the queue for a webhook's chat."""
    entry = to_entry(Chat(ChatKind.USER, webhook.chat), Lane.TURNS)
    record = {"messageId": uuid4().hex, "body": entry, "receiptHandle": "r", "attributes": {}}
    return {"Records": [record]}


def _nobody(event: Event) -> Done:
    raise NotImplementedError(json.dumps(event))


def _seconds(done: Done) -> float:
    return done.init + done.ran


def _used(mark: str) -> tuple[float, float]:
    """Read from `/proc` what a function's process has used: seconds of a core, and MB at most."""
    wanted = f"{_MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                times = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
                status = (folder / "status").read_text()
                peak = int(status.partition("VmHWM:")[2].split()[0]) / 1_024
                return sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), peak
        except (OSError, IndexError):
            continue
    return 0.0, 0.0
