"""Takes a webhook in: verify, store, wake, and nothing else.

LINE waits two seconds and may suspend a webhook that keeps failing, so everything slow happens
later, in a worker. But once this returns, nothing may be lost: each event is stored durably
before its chat is woken, and if anything of that fails the whole webhook fails, for LINE to send
again; what was stored by then is harmless.

In a group only what is meant for the bot is stored, and the rest only where the group agreed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.events import Event, Sent, TextEdited, TextSent, Unsent

if TYPE_CHECKING:  # what only annotations need would keep LINE waiting when a container starts
    from chalicelib.domain.addressing import Attention
    from chalicelib.domain.bursts import IsCommand
    from chalicelib.domain.chat import Chat
    from chalicelib.domain.events import Lane
    from chalicelib.ports import ChatBook, Clock, Door, Media, Queue, Telemetry, WebhookReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """The webhook's use case.

    names: what the bot listens to in groups.
    """

    reader: WebhookReader
    inbox: Door
    book: Callable[[], ChatBook]
    media: Callable[[], Media]
    queue: Queue
    is_command: IsCommand
    names: Callable[[], tuple[str, ...]]
    clock: Clock
    telemetry: Telemetry

    def __call__(self, body: bytes, signature: str | None, *, origin: str) -> None:
        """Accept all events of a webhook.

        origin: where the bot is reached from outside. Raises BadSignature, BadWebhook, or
        StorageUnavailable when not everything could be stored.
        """
        batch = self.reader.read(body, signature)
        for reason in batch.skipped:
            self.telemetry.fact("event_skipped", reason=reason)
        wakes: dict[tuple[Chat, Lane], str | None] = {}
        for event in batch.events:
            new = self._taken_in(event, origin)
            if new is not None:
                self.telemetry.fact("event_accepted", event=event.id, chat=event.chat.key, new=new)
                # What comes again needs a wake of its own: the first one may have been in vain.
                wakes[event.chat, event.lane] = event.id if new else None
        for (chat, lane), once in wakes.items():
            self.queue.wake(chat, lane, once=once)

    def _taken_in(self, event: Event, origin: str) -> bool | None:
        """Store what concerns the bot: whether that is new, or None where nobody need be woken."""
        if event.chat.is_private or not isinstance(event, Sent):
            return self._accepted(event, origin)
        return self._heard(event, origin)

    def _accepted(self, event: Event, origin: str) -> bool:
        new = self.inbox.accept(event, origin=origin, now=self.clock.now())
        if isinstance(event, Unsent):
            self._forget_media(event)
        return new

    # --- what is said in groups --------------------------------------------------------------

    def _heard(self, event: Sent, origin: str) -> bool | None:
        from chalicelib.domain.addressing import Attention, called

        if isinstance(event, TextSent):
            event = called(event, self.names())
        attention = self._attention(event)
        if isinstance(event, TextEdited):
            asks = attention is Attention.ANSWERED
            edited = self.inbox.edit(event, asks=asks, origin=origin, now=self.clock.now())
            return True if edited else None
        if attention is Attention.ANSWERED:
            return self._accepted(event, origin)
        if attention is Attention.OVERHEARD and isinstance(event, TextSent):
            self.inbox.overhear(event, now=self.clock.now())
        return None

    def _attention(self, event: Sent) -> Attention:
        """Look up only what is needed: most that is meant for the bot says so itself."""
        from chalicelib.domain.addressing import Attention, attention

        if isinstance(event, TextSent) and self._is_meant(event):
            return Attention.ANSWERED
        facts = self.book().facts(event.chat)
        return attention(event, listens=facts.listens, remembers=facts.remembers)

    def _is_meant(self, event: TextSent) -> bool:
        if event.to_bot or self.is_command(event):
            return True
        return bool(event.quotes) and self.inbox.is_own(event.chat, event.quotes)

    def _forget_media(self, event: Unsent) -> None:
        from chalicelib.domain.media import all_of  # 3 ms that no other webhook should wait for

        for media_id in all_of(event.message_id):
            self.media().forget(event.chat, media_id)
