"""What AWS does with a deployed stage, here: API, queue and schedule, and behind them the very zip.

    with live(aws, door, folder, LINE_API_BASE_URL=…) as bot:
        sim.webhook(bot.webhook)
        with bot.woken() as poller: …
        bot.sweep()

Nothing is known of the deployment beforehand: what a request, a wake or a minute meets is looked up
when it comes. So the address is there before anything is deployed, a new deployment's code takes
over from one event to the next, and what was taken away answers no more.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import botocore.session

from chalicelib.domain.names import Names
from tests.aws.cloud import Cloud
from tests.aws.deployed import read_back
from tests.aws.gateway import Gateway, gateway, routes_of
from tests.aws.lambda_runtime import Done, Function
from tests.aws.poller import Poller, polling, scheduled_event
from tests.production.door import Door
from tests.production.permissions import of_role
from tests.simulated import wait_until

Json = dict[str, Any]
NAMES: Final = Names(stage="prod")
_session = botocore.session.get_session()
#: A change of any of these lets AWS start new processes.
_MAKE_ANEW: Final = (
    "FunctionName",
    "CodeSha256",
    "Environment",
    "Handler",
    "Timeout",
    "MemorySize",
)


@dataclass(slots=True, kw_only=True)
class Live:
    """A stage that runs. settings: set beneath the functions' own environment.

    dying: how many of the next workers are killed as soon as they were started.
    """

    aws: Cloud = field(repr=False)
    door: Door = field(repr=False)
    folder: Path
    settings: Mapping[str, str] = field(repr=False)
    dying: int = 0
    front: Gateway | None = field(default=None, repr=False)
    _known: dict[str, Function] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _opened: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def url(self) -> str:
        """The API's address, without a slash at its end."""
        assert self.front is not None
        return self.front.url

    @property
    def webhook(self) -> str:
        """The webhook's address."""
        return f"{self.url}/callback"

    @property
    def worker(self) -> Function:
        """The worker, as it is deployed now."""
        return self.function("worker")

    def function(self, role: str) -> Function:
        """A function as it is deployed now; processes of an earlier one end what they are at."""
        with self._lock:
            name = NAMES.functions[role]
            told = self.aws.client("lambda").get_function_configuration(FunctionName=name)
            mark = _digest({each: told.get(each) for each in _MAKE_ANEW})
            if mark not in self._known:
                folder = self.folder / mark
                folder.mkdir()
                # A key of its own tells at the door whose policies count.
                self.door.policies[mark] = of_role(self.aws.client("iam"), told["Role"])
                ways = {**self.settings, "AWS_ENDPOINT_URL": self.door.url}
                stage = read_back(self.aws, folder, **ways, AWS_ACCESS_KEY_ID=mark)
                self._known[mark] = self._opened.enter_context(stage.function(name))
            return self._known[mark]

    def as_function(self, role: str, service: str) -> Any:
        """An SDK's client with a function's rights."""
        return _session.create_client(
            service,
            region_name=self.aws.region,
            endpoint_url=self.door.url,
            aws_access_key_id=self.function(role).environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key="only-for-this-machine",
        )

    def sweep(self) -> None:
        """A minute has passed."""
        event = scheduled_event(
            "liao-prod-sweep-event", account=self.aws.account, region=self.aws.region
        )
        sweep = self.function("sweep")
        done = sweep.invoke(event)
        assert done.error is None, f"{done.error}\n{sweep.output}"

    @contextmanager
    def woken(self) -> Iterator[Poller]:
        """Let the queue wake the worker until the block ends, as the deployed mapping says."""
        (mapping,) = self.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        queue = mapping["EventSourceArn"].rpartition(":")[2]
        assert mapping["FunctionArn"].endswith(f":{NAMES.functions['worker']}")
        most = mapping["ScalingConfig"]["MaximumConcurrency"]
        url = self.aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        with polling(self.aws, url, self._work, maximum_concurrency=most) as poller:
            yield poller

    def changes(self, role: str, **settings: str) -> None:
        """An operator sets a function's environment; without settings it is as it was deployed."""
        client, name = self.aws.client("lambda"), NAMES.functions[role]
        told = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        own = {each: value for each, value in told.items() if each in _OWN}
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**own, **settings}}
        )

    def _answer(self, event: Json) -> Done:
        return self.function("webhook").invoke(event)

    def _work(self, event: Json) -> Done:
        worker = self.worker
        with self._lock:
            is_dying, self.dying = self.dying > 0, max(self.dying - 1, 0)
        if not is_dying:
            return worker.invoke(event)
        worker.kill()  # none waits: the next one has to start, and dies of it
        killer = threading.Thread(target=_kill_at_once, args=(worker,))
        killer.start()
        done = worker.invoke(event)
        killer.join()
        return done


_OWN: Final = ("LIAO_BACKEND", "LIAO_STAGE", "LIAO_ROLE")


@dataclass(frozen=True, slots=True)
class _Routes(Mapping[str, set[str]]):
    """The API's routes as they are now; none where there is no API."""

    aws: Cloud

    def _now(self) -> dict[str, set[str]]:
        try:
            return routes_of(self.aws, NAMES.app)
        except StopIteration:
            return {}

    def __getitem__(self, path: str) -> set[str]:
        return self._now()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


@contextmanager
def live(aws: Cloud, door: Door, folder: Path, **settings: str) -> Iterator[Live]:
    """Run whatever is deployed as stage prod until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Live(aws=aws, door=door, folder=folder, settings=settings)
    with made._opened, gateway(made._answer, routes=_Routes(aws)) as front:
        made.front = front
        yield made


def _kill_at_once(worker: Function) -> None:
    wait_until(lambda: worker.running, what="a worker")
    worker.kill()


def _digest(what: Json) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]
