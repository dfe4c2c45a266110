"""A laptop's worker threads, inside `chalice local`, in place of Lambda's queue."""

from __future__ import annotations

import os
import sys
from functools import partial

from chalicelib.adapters.queue.local import LocalQueue, Workers
from chalicelib.adapters.storage.sqlite.stores import claim
from chalicelib.assistant.respond import WORKER_TIME
from chalicelib.bootstrap import liao
from chalicelib.bootstrap.assembly import Liao
from chalicelib.bootstrap.backends import data_folder
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from chalicelib.domain.events import Lane

#: Taps mostly wait, so they get more threads than turns do.
_TAP_THREADS = 32
#: A round of erasing what is past its time comes once in so many sweeps: every hour.
_PURGE_EVERY = 720


def run() -> None:
    """Start the workers; a setting or folder that won't do ends the process with its sentence.

    Where `chalice local` reloads by itself, it imports the app in a thread of a child process:
    SystemExit would end that thread alone, unheard, and leave a process that serves nothing.
    """
    try:
        start_workers(liao())
    except (SettingInvalid, StorageUnavailable) as exc:
        sys.stderr.write(f"liao: {exc}\n")
        sys.stderr.flush()
        os._exit(1)


def start_workers(bot: Liao) -> Workers:
    """Start the worker threads, and finish what an earlier process left behind.

    Raises SettingInvalid when another process works on the same data folder.
    """
    bot.settings.needed_access_token()
    bot.check()
    if not isinstance(bot.queue, LocalQueue):
        raise SettingInvalid(
            f"LIAO_BACKEND={bot.settings.backend} runs on Lambda; `chalice local` needs local"
        )
    claim(data_folder(bot.settings.data_dir))
    bot.stores.inbox.break_leases()
    workers = Workers(
        queue=bot.queue,
        work={Lane.TURNS: partial(_respond, bot), Lane.TAPS: partial(_show, bot)},
        size={Lane.TURNS: bot.settings.workers, Lane.TAPS: _TAP_THREADS},
        sweep=_Sweeper(bot),
        warm_up=bot.warm_up,
        telemetry=bot.telemetry,
    )
    workers.start()
    return workers


def _respond(bot: Liao, chat: Chat) -> None:
    bot.worker().respond.run(chat, ends=bot.clock.now() + WORKER_TIME)


def _show(bot: Liao, chat: Chat) -> None:
    bot.worker().show.run(chat, ends=bot.clock.now() + WORKER_TIME)


class _Sweeper:
    """Sweeps at every call, and purges once an hour."""

    def __init__(self, bot: Liao) -> None:
        self._bot = bot
        self._rounds = 0

    def __call__(self) -> None:
        sweep = self._bot.worker().sweep
        sweep()
        if self._rounds % _PURGE_EVERY == 0:
            sweep.purge()
        self._rounds += 1
