"""What happens while a model thinks: dots stay alive, and tokens that run out become notes.

The watch runs in a thread beside the model call and is stopped and joined before the answer is
sent, so that no dots appear after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.assistant.note import Notes
from chalicelib.domain.events import Sent
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Messenger, Telemetry

#: LINE shows the dots this long, and they are asked for again a little earlier.
DOTS_SECONDS = 20
DOTS_RENEWED = timedelta(seconds=15)
#: How often the watch looks whether anything is due.
_TICK = 0.5
#: The model is asked first: what is done meanwhile may import LINE's SDK, which takes all there is.
_HEAD_START = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Keeps a person company until the answer is there.

    meanwhile: done once a turn, while there is time.
    """

    messenger: Messenger
    notes: Notes
    meanwhile: Callable[[], None]
    clock: Clock
    telemetry: Telemetry

    @contextmanager
    def over(self, turn: Turn) -> Iterator[None]:
        """Watch over a turn for as long as the context lasts."""
        done = threading.Event()
        # In the worker's own context: what the watch logs is of the same invocation.
        run = partial(copy_context().run, self._run, turn, done)
        thread = threading.Thread(target=run, name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _run(self, turn: Turn, done: threading.Event) -> None:
        rounds = Rounds(watch=self, turn=turn)
        done.wait(_HEAD_START)
        while True:
            try:
                rounds.tick()
            except Exception as exc:  # noqa: BLE001 - it costs company, not the answer; it is logged
                self.telemetry.trouble("watch_stumbled", exc, turn=turn.id)
            if done.wait(_TICK):
                return


@dataclass(slots=True, kw_only=True)
class Rounds:
    """One turn's watch: remembers which tokens were seen to, and when something is due.

    notes_due: before it no token can be due, so the inbox isn't asked.
    began: what there is time for while a model thinks was done: the message is shown as read, and
    LINE was asked in which language the person reads.
    """

    watch: Watch
    turn: Turn
    notes_due: datetime | None = None
    dots_due: datetime | None = None
    seen_to: set[str] = field(default_factory=set)
    began: bool = False

    def tick(self) -> None:
        """Do what is due now: a note by each dying token, then the dots again."""
        notes, now = self.watch.notes, self.watch.clock.now()
        said = self._spend_due(now)
        dots = said or self.dots_due is None or now >= self.dots_due
        if dots and not notes.is_unsaid(self.turn.latest):
            self.dots_due = now + DOTS_RENEWED
            self.watch.messenger.show_loading(self.turn.chat, seconds=DOTS_SECONDS)
        if not self.began:
            self.began = True
            self._begin()

    def _begin(self) -> None:
        self.watch.meanwhile()
        event = self.turn.latest.event
        if isinstance(event, Sent) and event.read_token:
            self.watch.messenger.mark_as_read(event.read_token)
        self.watch.notes.speaking.voice(self.turn.chat)

    def _spend_due(self, now: datetime) -> bool:
        """Spend what is due of this turn and of those that wait behind it; True if any was."""
        if self.notes_due is not None and now < self.notes_due:
            return False
        notes, latest = self.watch.notes, self.turn.latest
        arrivals = (latest, *notes.behind(self.turn.chat))
        left = {a: notes.deadline(a) for a in arrivals if a.event.id not in self.seen_to}
        due = [arrival for arrival, at in left.items() if at <= now]
        notes.spend_due(due)
        self.seen_to.update(arrival.event.id for arrival in due)
        # What comes from now on is due no earlier than if it came at once.
        of_the_next = notes.deadline(replace(latest, received=now))
        self.notes_due = min([of_the_next, *(at for at in left.values() if at > now)])
        return bool(due)
