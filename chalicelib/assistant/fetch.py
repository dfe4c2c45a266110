"""Fetches what people sent that is no text, and keeps it as long as the conversation.

LINE gives it out for a while only, and not at once: so it is fetched as soon as a worker has the
turn, side by side, and kept, so that asking again needs no LINE. What was taken back meanwhile is
forgotten again. Where nothing can be kept just now, the question is answered all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain.errors import ContentBusy, ContentError, StorageUnavailable, Withdrawn
from chalicelib.domain.events import AudioSent, ImageSent
from chalicelib.domain.media import Medium, all_of, words_of
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Content, Media, Outbox, Telemetry

Sent = ImageSent | AudioSent
T = TypeVar("T", bound=Sent)
U = TypeVar("U")

#: LINE mostly has it at once, and prepares a long recording within seconds.
FETCH_TIME = timedelta(seconds=20)
#: What was not tried at all is given this much.
_LEAST = timedelta(seconds=1)
#: No more than a worker has memory for.
_AT_ONCE = 4
_WORDS_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Gets pictures and voices."""

    content: Content
    media: Media
    outbox: Outbox
    clock: Clock
    telemetry: Telemetry

    def each(
        self, turn: Turn, sent: Sequence[T], *, most: int, ends: datetime
    ) -> Iterator[tuple[T, Medium | ContentError]]:
        """Get each, or why it can't be had, in order: a few at a time, as they are asked for.

        most: bytes of one. ends: until when LINE is waited for, and no longer than `FETCH_TIME` for
        all of them. Raises Withdrawn.
        """
        ends = min(ends, self.clock.now() + FETCH_TIME)
        for start in range(0, len(sent), _AT_ONCE):
            some = sent[start : start + _AT_ONCE]
            yield from zip(some, self._some(turn, some, most, ends), strict=True)

    def words(self, turn: Turn, sent: AudioSent) -> str:
        """What was written down of a voice before; "" where nothing was."""
        kept = self._kept(turn, words_of(sent.message_id))
        return kept.content.decode() if kept else ""

    def keep_words(self, turn: Turn, sent: AudioSent, words: str) -> None:
        """Keep what was said, so that nobody pays for hearing it twice. Raises Withdrawn."""
        medium = Medium(content=words.encode(), content_type=_WORDS_TYPE)
        self._keep(turn, sent, words_of(sent.message_id), medium)

    def _some(
        self, turn: Turn, sent: Sequence[Sent], most: int, ends: datetime
    ) -> list[Medium | ContentError]:
        """Get a few side by side."""
        if len(sent) < 2:  # a thread for one gains nothing
            return [self._one(turn, each, most, ends) for each in sent]
        from concurrent.futures import ThreadPoolExecutor  # 5 ms that a worker seldom needs

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [
                pool.submit(copy_context().run, self._one, turn, each, most, ends) for each in sent
            ]
            return [each.result() for each in waiting]

    def _one(self, turn: Turn, sent: Sent, most: int, ends: datetime) -> Medium | ContentError:
        kept = self._kept(turn, sent.message_id)
        if kept is not None:
            return kept
        within = max(ends - self.clock.now(), _LEAST)
        try:
            medium = self.content.fetch(sent.message_id, within=within, most=most)
        except ContentBusy as exc:
            self.telemetry.trouble("content_not_fetched", exc, turn=turn.id, event=sent.id)
            return exc
        except ContentError as exc:  # nothing went wrong: it is no more, or too large
            self.telemetry.fact("content_refused", turn=turn.id, event=sent.id, cause=str(exc))
            return exc
        self._keep(turn, sent, sent.message_id, medium)
        return medium

    def _kept(self, turn: Turn, media_id: str) -> Medium | None:
        return self._if_it_can(
            turn, lambda: self.media.read(turn.chat, media_id, now=self.clock.now())
        )

    def _keep(self, turn: Turn, sent: Sent, media_id: str, medium: Medium) -> None:
        """Keep something of a message, unless that was taken back meanwhile: then Withdrawn."""
        chat, now = turn.chat, self.clock.now()
        self._if_it_can(
            turn, lambda: self.media.keep(chat, media_id, medium, user=sent.user, now=now)
        )
        if self.outbox.is_withdrawn(chat, sent.id):
            for each in all_of(sent.message_id):
                self.media.forget(chat, each)
            raise Withdrawn(f"{sent.id} was taken back while it was fetched")

    def _if_it_can(self, turn: Turn, do: Callable[[], U]) -> U | None:
        """Do something by the store of media; None where that can't be reached."""
        try:
            return do()
        except StorageUnavailable as exc:
            self.telemetry.trouble("media_not_reached", exc, turn=turn.id)
            return None
