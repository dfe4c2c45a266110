"""The one place where ports meet adapters. Everything is built on first use, once a process.

Importing this costs next to nothing: a function on AWS imports what its role needs, in the order in
which it waits least; see `functions.prepare`.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import BadSignature, BadWebhook

if TYPE_CHECKING:
    from chalicelib.adapters.telemetry.functions import Answered
    from chalicelib.bootstrap.assembly import Liao
    from chalicelib.domain.media import Medium

_liao: Liao | None = None
_liao_lock = threading.Lock()


def liao() -> Liao:
    """This process's Liao, built on first use. Raises SettingInvalid."""
    from chalicelib.bootstrap.assembly import Liao
    from chalicelib.bootstrap.source import environment
    from chalicelib.settings import Settings

    global _liao
    with _liao_lock:
        if _liao is None:
            env = environment()
            _liao = Liao(Settings.read(env), env)
        return _liao


def receive(body: bytes, signature: str | None, *, origin: str, context: Any) -> None:
    """Take a webhook in; see `Receive`.

    Where the signature is wrong, the channel's secret may be another one by now. context: what
    Lambda tells of the invocation; on a laptop there is none.
    """
    with invocation(context, answered=(BadSignature, BadWebhook)):
        try:
            liao().receive(body, signature, origin=origin)
        except BadSignature:
            if not refreshed():
                raise
            liao().receive(body, signature, origin=origin)


def invocation(context: Any, *, answered: Answered = ()) -> AbstractContextManager[None]:
    """Log a function's invocation as one; elsewhere do nothing. Raises SettingInvalid."""
    from chalicelib.bootstrap.source import is_function

    if not is_function():
        return nullcontext()
    return liao().telemetry.during(context, answered=answered)


def refreshed() -> bool:
    """Read changed settings, at most once a minute; True where everything was built anew."""
    from chalicelib.bootstrap.source import renewed

    global _liao
    if not renewed():
        return False
    with _liao_lock:
        if _liao is not None:
            _liao.close()
        _liao = None
    return True


def medium(ticket: str) -> Medium | None:
    """What a link of `Media` to the bot itself leads to; None where it leads nowhere."""
    return liao().backend.media().shown(ticket, now=liao().clock.now())


def privacy(accept_language: str) -> str:
    """Write the privacy page from the settings, in the first wanted language that it is in."""
    from chalicelib.bootstrap.pages import privacy_page
    from chalicelib.bootstrap.source import environment
    from chalicelib.settings import Settings

    return privacy_page(Settings.read(environment()), accept_language)
