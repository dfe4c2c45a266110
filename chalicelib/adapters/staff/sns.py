"""E-mail to the people behind the bot, through a topic of SNS that their addresses subscribe to.

SNS takes a message for a topic that nobody reads, and says that all went well. So it is asked
first whether anybody confirmed a subscription: who waits for a human is not told that one knows of
it where none can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.aws.client import AwsRefused
from chalicelib.adapters.aws.connections import Patience
from chalicelib.adapters.aws.sns import Topic
from chalicelib.adapters.staff.letter import written
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.ports import Appeal, Clock, Telemetry

#: Somebody waits for the answer: asking and publishing take six seconds at most.
PATIENCE: Final = Patience(silence=1.5, total=3.0, tries=2)
#: How long a topic that somebody reads is taken for one. One that nobody reads is asked again.
_KNOWN: Final = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class SnsStaff:
    """`Staff` behind a topic; where it has no ARN, nobody can be told. bot: which one it is.

    A mail whose arrival SNS did not confirm in time may come all the same, or twice.
    """

    topic: Topic
    bot: str
    clock: Clock
    telemetry: Telemetry
    _known_until: datetime | None = field(default=None, repr=False)

    def tell(self, appeal: Appeal) -> bool:
        """Mail them the last lines and what to do; see `Staff`."""
        chat = appeal.chat.key
        try:
            if cause := self._unread():
                self.telemetry.fact("staff_not_told", chat=chat, cause=cause)
                return False
            letter = written(appeal, bot=self.bot, now=self.clock.now())
            self.topic.publish(letter.subject, letter.body)
        except (AwsRefused, StorageUnavailable) as exc:
            self._known_until = None
            self.telemetry.trouble("staff_not_told", exc, chat=chat)
            return False
        self.telemetry.fact("staff_told", chat=chat)
        return True

    def close(self) -> None:
        """Close the connections."""
        self.topic.close()

    def _unread(self) -> str:
        """Why nobody would read it, "" where somebody would."""
        if not self.topic.arn:
            return "no_topic"
        now = self.clock.now()
        if self._known_until is None or now >= self._known_until:
            if not self.topic.confirmed():
                return "nobody_subscribed"
            self._known_until = now + _KNOWN
        return ""
