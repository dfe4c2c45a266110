"""What the functions on AWS do beside the webhook: answer when a chat is woken, and sweep.

One zip serves all three functions. `LIAO_ROLE` says which one this is, so that each imports only
what it needs, and imports it while Lambda still gives it a whole core: when it is started.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.bootstrap import backends, invocation, liao
from chalicelib.domain.errors import LiaoError, StorageUnavailable
from chalicelib.domain.names import Names

if TYPE_CHECKING:
    from chalicelib.bootstrap.assembly import Liao

#: Read when the app is imported, since the decorators of its functions need them.
QUEUE: Final = Names(stage=os.environ.get("LIAO_STAGE", "dev")).queue
#: How many chats are answered at once: a new account may run ten functions in all.
CONCURRENCY: Final = 5


def prepare() -> None:
    """Import what this function always needs, as it starts; elsewhere do nothing."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    match os.environ.get("LIAO_ROLE"):
        case "webhook":
            _open_the_door()
        case "worker":
            import openai  # noqa: F401
        case _:
            return


def _open_the_door() -> None:
    """Import what a webhook needs, and connect to AWS meanwhile.

    Reading all certificates and shaking hands takes 30 ms, mostly without Python's lock.
    """
    connecting = threading.Thread(target=_connect, name="connect", daemon=True)
    connecting.start()
    import chalicelib.adapters.storage.dynamodb.incoming
    import chalicelib.bootstrap.assembly  # noqa: F401

    connecting.join()


def _connect() -> None:
    from chalicelib.bootstrap.source import environment

    with suppress(LiaoError, OSError):  # whoever needs it first tries again, and tells
        environment()  # the secrets, where they are parameters
        backends.connect(os.environ)


def work(bodies: Sequence[str], context: Any) -> None:
    """Answer what waits in the chats that these entries name, in the time that Lambda leaves.

    A store that fails is no reason to lose a wake three times over: the sweep wakes the chat
    again. Whatever else is raised kills this wake, which SQS shows again.
    """
    with invocation(context):
        bot = liao()
        ends = bot.clock.now() + timedelta(milliseconds=context.get_remaining_time_in_millis())
        with _warming(bot):
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


@contextmanager
def _warming(bot: Liao) -> Iterator[None]:
    """Import the SDKs beside the work, which needs one after the other; done when it is done."""
    run = copy_context().run
    thread = threading.Thread(target=run, args=(bot.warm_up,), name="warm-up", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def sweep(context: Any) -> None:
    """Wake chats in which something waits, and erase what is past its time.

    LINE is asked once an hour how many pushes are left: that alone imports its SDK.
    """
    with invocation(context):
        bot = liao()
        sweep = bot.worker().sweep
        try:
            sweep()
            sweep.purge()
        except StorageUnavailable as exc:
            bot.telemetry.trouble("sweep_stumbled", exc)
        if bot.clock.now().minute == 0:
            sweep.count_pushes()
