"""What the functions on AWS do beside the webhook: answer when a chat is woken, and sweep.

One zip serves all three functions. `LIAO_ROLE` says which one this is, so that each imports only
what it needs, and imports it while Lambda still gives it a whole core: when it is started.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from chalicelib.bootstrap import backends, invocation, liao, source
from chalicelib.domain.errors import LiaoError, StorageUnavailable

if TYPE_CHECKING:
    from types import ModuleType

    from chalicelib.bootstrap.assembly import Liao

#: Read when the app is imported, since the decorators of its functions need them.
QUEUE: Final = source.names(os.environ).queue
#: How many chats are answered at once: a new account may run ten functions in all.
CONCURRENCY: Final = 5


def prepare() -> None:
    """Import what this function always needs, as it starts, and connect; elsewhere do nothing."""
    load = _LOADED.get(os.environ.get("LIAO_ROLE", ""))
    if load is None or not source.is_function():
        return
    # What is imported stays: looking for garbage in it would take a tenth of the time.
    gc.disable()
    from chalicelib.adapters.aws.trust import trust

    # Meanwhile all certificates are read, 20 ms without Python's lock, and hands are shaken.
    connect = partial(backends.connect, os.environ)
    connecting = threading.Thread(target=_quietly, args=(trust, connect), name="connect")
    connecting.start()
    load()
    _quietly(partial(backends.find_queue, os.environ))
    connecting.join()
    gc.enable()
    gc.freeze()


def _quietly(*steps: Callable[[], object]) -> None:
    """Do what whoever needs it first would do otherwise, and tell if it fails."""
    with suppress(LiaoError, OSError):
        for step in steps:
            step()


def _for_a_webhook() -> None:
    import chalicelib.adapters.storage.dynamodb.incoming  # noqa: F401

    _quietly(liao)


def _for_an_answer() -> None:
    """Build everything but what LINE's SDK is needed for: that is imported while a model thinks."""
    # OpenAI's SDK imports aiohttp wherever it is, and LINE's brings it: 85 ms for nothing.
    sys.modules["aiohttp"] = cast("ModuleType", None)
    import openai  # noqa: F401

    del sys.modules["aiohttp"]
    _quietly(lambda: liao().get_ready())


_LOADED: Final[Mapping[str, Callable[[], None]]] = {
    "webhook": _for_a_webhook,
    "worker": _for_an_answer,
}


def work(bodies: Sequence[str], context: Any) -> None:
    """Answer what waits in the chats that these entries name, in the time that Lambda leaves.

    A store that fails is no reason to lose a wake three times over: the sweep wakes the chat
    again. Whatever else is raised kills this wake, which SQS shows again.
    """
    with invocation(context):
        bot = liao()
        ends = bot.clock.now() + timedelta(milliseconds=context.get_remaining_time_in_millis())
        for body in bodies:
            _answer(bot, body, ends)


def _answer(bot: Liao, body: str, ends: datetime) -> None:
    from chalicelib.adapters.queue.sqs import from_entry
    from chalicelib.domain.events import Lane

    chat, lane = from_entry(body)
    answer = bot.worker().respond if lane is Lane.TURNS else bot.worker().show
    try:
        answer.run(chat, ends=ends)
    except StorageUnavailable as exc:
        bot.telemetry.trouble("worker_stumbled", exc, chat=chat.key)


def sweep(context: Any) -> None:
    """Wake chats in which something waits, and erase what is past its time.

    LINE is asked once an hour how many pushes are left: that and a note alone import its SDK.
    Last, it stays with questions whose worker may have died, as long as Lambda lets it.
    """
    from chalicelib.domain.turns import NOTE_TIME

    with invocation(context):
        bot = liao()
        ends = bot.clock.now() + timedelta(milliseconds=context.get_remaining_time_in_millis())
        sweep = bot.worker().sweep
        try:
            sweep()
            sweep.purge()
            if bot.clock.now().minute == 0:
                sweep.count_pushes()
            sweep.stay(until=ends - NOTE_TIME)
        except StorageUnavailable as exc:
            bot.telemetry.trouble("sweep_stumbled", exc)
