"""`python -m simulator load`: from the start to the exit code.

The summary goes to standard output, and nothing else does: what a person wants to know meanwhile is
told on standard error. Ctrl-C ends the writing, and what was done by then is summed up.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from simulator import bot
from simulator.bot import BotEnded
from simulator.bot_apart import apart, passing_folder
from simulator.channel import Behind, Channel
from simulator.launcher import BAD_USE, CALLBACK, LOOK_EVERY, Choice, last_words, told_to_end
from simulator.load.crowd import Crowd, Plan
from simulator.load.render import table
from simulator.load.summary import Summary
from simulator.load.target import CannotRun, checked, must_be_there
from simulator.model_api import Behaviour, Model
from simulator.server import HOST, Here, NoPort, free_port, listen, serving
from simulator.world import World

FLAWED = 1
TELL_EVERY = 5.0
PATIENCE = 30.0

Check = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A load as the command line asks for it.

    webhook: where somebody's bot takes webhooks; None is the bot of `project`, started for this.
    delay: the seconds the simulator's model takes. report: a file for the summary, as JSON.
    """

    plan: Plan
    channel: Channel
    webhook: str | None
    port: Choice
    project: Path
    bot_port: Choice
    delay: float
    report: Path | None

    def run(self) -> int:
        """Drive the bot and tell what became of it.

        Returns the exit code: 0 where every message got one answer in time, 2 where nothing could
        be measured or the bot ended, else 1.
        """
        try:
            return self._run()
        except (CannotRun, NoPort) as exc:
            _tell(f"Sorry: {exc}.")
        except BotEnded as exc:
            _tell(*last_words(exc))
        return BAD_USE

    def _run(self) -> int:
        if self.report and not self.report.absolute().parent.is_dir():
            raise CannotRun(f"there is no folder {self.report.absolute().parent}")
        url = checked(self.webhook) if self.webhook else self._own_url()
        sock = listen(self.port.first, or_next=self.port.or_next)
        world = World(self.channel, webhook_url=url, behind=Behind(model="demo", demo=True))
        model = Model(usual=Behaviour(delay=self.delay))
        with (
            told_to_end() as ended,
            serving(world, model, sock) as here,
            self._bot(here, world, url, ended) as check,
        ):
            crowd = Crowd(world=world, plan=self.plan)
            try:
                self._write(crowd, here, ended, check)
            finally:
                found = here.begin(crowd.summary()).result(PATIENCE)
                self._report(found)
        return 0 if found.flawless else FLAWED

    def _own_url(self) -> str:
        port = free_port(self.bot_port.first, or_next=self.bot_port.or_next)
        return f"http://{HOST}:{port}{CALLBACK}"

    @contextmanager
    def _bot(self, here: Here, world: World, url: str, ended: threading.Event) -> Iterator[Check]:
        """The bot, for as long as the block takes; what is yielded raises BotEnded once it ended.

        Raises CannotRun, BotEnded.
        """
        if self.webhook:
            _tell(f"Your bot's API base URL is {here.line}; webhooks go to {url}")
            must_be_there(url, here.begin(world.postman.call([])).result(PATIENCE))
            yield lambda: None
            return
        _tell("Starting the bot; its data is removed in the end.")
        with passing_folder() as data:
            setup = apart(
                here, self.channel, data=data, environment=os.environ, project=self.project
            )
            port = urlsplit(url).port or 0
            with bot.running(setup, project=self.project, port=port, ended=ended) as child:
                yield child.check

    def _write(self, crowd: Crowd, here: Here, ended: threading.Event, check: Check) -> None:
        """Let the crowd write until all is done or somebody ends it. Raises BotEnded."""
        if ended.is_set():
            return
        plan = self.plan
        _tell(f"{plan.chats} people write {plan.messages} messages each; Ctrl-C ends it.")
        writing = here.begin(crowd.write())
        writing.add_done_callback(lambda _: ended.set())
        try:
            _watch(crowd, ended, check)
        finally:
            writing.cancel()
        _raise_what_broke(writing)

    def _report(self, found: Summary) -> None:
        print(table(found), flush=True)
        if self.report:
            told = {"plan": asdict(self.plan), "summary": asdict(found)}
            self.report.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _watch(crowd: Crowd, ended: threading.Event, check: Check) -> None:
    """Tell now and then how far it is."""
    tell_at = time.monotonic() + TELL_EVERY
    while not ended.wait(LOOK_EVERY):
        check()
        if time.monotonic() > tell_at:
            _tell(f"{crowd.done:,} of {crowd.plan.chats * crowd.plan.messages:,} messages done")
            tell_at += TELL_EVERY


def _raise_what_broke(writing: Future[None]) -> None:
    if not writing.cancelled():
        writing.result(PATIENCE)


def _tell(*lines: str) -> None:
    print("\n".join(lines), file=sys.stderr, flush=True)
