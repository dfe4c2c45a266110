"""Fetches what people sent that is no text, and keeps it as long as the conversation.

LINE gives it out for a while only, and not at once: so it is fetched as soon as a worker has the
turn, all of it side by side, and kept, so that asking again needs no LINE. What was taken back
meanwhile is forgotten again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.errors import ContentBusy, ContentError, Withdrawn
from chalicelib.domain.events import AudioSent, ImageSent
from chalicelib.domain.media import Medium
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Content, Media, Outbox, Telemetry

Sent = ImageSent | AudioSent

#: LINE mostly has it at once, and prepares a long recording within seconds.
FETCH_TIME = timedelta(seconds=20)
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Gets pictures and voices."""

    content: Content
    media: Media
    outbox: Outbox
    clock: Clock
    telemetry: Telemetry

    def all(self, turn: Turn, sent: Sequence[Sent], *, most: int) -> list[Medium | ContentError]:
        """Get each, or why it can't be had, in order; `most`: bytes of one. Raises Withdrawn."""
        if len(sent) < 2:  # a thread for one gains nothing
            return [self._one(turn, each, most) for each in sent]
        from concurrent.futures import ThreadPoolExecutor  # 5 ms that a worker seldom needs

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [
                pool.submit(copy_context().run, self._one, turn, each, most) for each in sent
            ]
            return [each.result() for each in waiting]

    def _one(self, turn: Turn, sent: Sent, most: int) -> Medium | ContentError:
        now = self.clock.now()
        kept = self.media.read(turn.chat, sent.message_id, now=now)
        if kept is not None:
            return kept
        try:
            medium = self.content.fetch(sent.message_id, within=FETCH_TIME, most=most)
        except ContentBusy as exc:
            self.telemetry.trouble("content_not_fetched", exc, turn=turn.id, event=sent.id)
            return exc
        except ContentError as exc:  # nothing went wrong: it is no more, or too large
            self.telemetry.fact("content_refused", turn=turn.id, event=sent.id, cause=str(exc))
            return exc
        self.media.keep(turn.chat, sent.message_id, medium, user=sent.user, now=now)
        if self.outbox.is_withdrawn(turn.chat, sent.id):
            self.media.forget(turn.chat, sent.message_id)
            raise Withdrawn(f"{sent.id} was taken back while it was fetched")
        return medium
