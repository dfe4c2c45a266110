"""Sends a reply, again if need be, and tells what is known of it afterwards.

A reply that timed out may have arrived. The same token can be tried again within its life: LINE
takes it at most once, so success and "Invalid reply token" then both mean that it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from chalicelib.domain.errors import SendBusy, SendForbidden, SendRefused, TokenSpent
from chalicelib.domain.messages import Message
from chalicelib.ports import Clock, Messenger, Telemetry

#: Pauses between tries: short first, since a token lives a minute.
_PAUSES = (0.3, 1.0, 2.0, 4.0)


def _always() -> bool:
    return True


class Outcome(Enum):
    """What is known after the last try."""

    ARRIVED = auto()
    UNSURE = auto()
    NOT_SENT = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of messages; ids: theirs, as far as LINE told them, in their order."""

    outcome: Outcome
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Sends with retries, up to a given moment."""

    messenger: Messenger
    clock: Clock
    telemetry: Telemetry

    def reply(
        self,
        token: str,
        messages: Sequence[Message],
        *,
        until: datetime,
        again: bool = False,
        still: Callable[[], bool] = _always,
    ) -> Result:
        """Reply by a token.

        again: an earlier try, cut off by a crash, may have arrived. still: asked before each
        further try whether the messages may still be said; where not, trying ends.
        """
        return self._try(
            lambda: self.messenger.reply(token, messages), until, still=still, unsure=again
        )

    def push(
        self, call: Callable[[], tuple[str, ...]], *, until: datetime, still: Callable[[], bool]
    ) -> Result:
        """Push; its retry key makes it safe to try again at any time."""
        return self._try(call, until, still=still, unsure=False)

    def _try(
        self,
        call: Callable[[], tuple[str, ...]],
        until: datetime,
        *,
        still: Callable[[], bool],
        unsure: bool,
    ) -> Result:
        for pause in _pauses():
            try:
                return Result(outcome=Outcome.ARRIVED, ids=call())
            except TokenSpent:
                return Result(outcome=Outcome.ARRIVED if unsure else Outcome.NOT_SENT)
            except SendRefused as exc:
                self.telemetry.trouble("reply_refused", exc)
                return Result(outcome=Outcome.REFUSED)
            except SendForbidden as exc:
                self.telemetry.trouble("reply_forbidden", exc)
                break
            except SendBusy as exc:
                unsure = unsure or exc.ambiguous
                self.telemetry.trouble("reply_delayed", exc, ambiguous=exc.ambiguous)
                if self.clock.now() + timedelta(seconds=pause) >= until:
                    break
                self.clock.sleep(pause)
                if not still():
                    break
        return Result(outcome=Outcome.UNSURE if unsure else Outcome.NOT_SENT)


def _pauses() -> Sequence[float]:
    return (*_PAUSES, *(_PAUSES[-1:] * 20))
