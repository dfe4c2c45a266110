"""Takes a webhook in: verify, store, wake, and nothing else.

LINE waits two seconds and may suspend a webhook that keeps failing, so everything slow happens
later, in a worker. But once this returns, nothing may be lost: each event is stored durably
before its chat is woken, and if anything of that fails the whole webhook fails, for LINE to send
again; what was stored by then is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.events import Event, Tapped, TextSent, Unsent

if TYPE_CHECKING:  # what only annotations need would keep LINE waiting when a container starts
    from chalicelib.domain.bursts import IsCommand
    from chalicelib.domain.chat import Chat
    from chalicelib.domain.events import Lane
    from chalicelib.ports import Clock, Door, Media, Queue, Telemetry, WebhookReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """The webhook's use case."""

    reader: WebhookReader
    inbox: Door
    media: Callable[[], Media]
    queue: Queue
    is_command: IsCommand
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
            if self._concerns_the_bot(event):
                new = self.inbox.accept(event, origin=origin, now=self.clock.now())
                if isinstance(event, Unsent):
                    self._forget_media(event)
                self.telemetry.fact("event_accepted", event=event.id, chat=event.chat.key, new=new)
                # What comes again needs a wake of its own: the first one may have been in vain.
                wakes[event.chat, event.lane] = event.id if new else None
        for (chat, lane), once in wakes.items():
            self.queue.wake(chat, lane, once=once)

    def _forget_media(self, event: Unsent) -> None:
        from chalicelib.domain.media import all_of  # 3 ms that no other webhook should wait for

        for media_id in all_of(event.message_id):
            self.media().forget(event.chat, media_id)

    def _concerns_the_bot(self, event: Event) -> bool:
        """In groups only a mention, a command or a tap does: the rest isn't even stored."""
        if event.chat.is_private or isinstance(event, Tapped | Unsent):
            return True
        if not isinstance(event, TextSent):
            return False
        return event.to_bot or self.is_command(event)
