"""A human, please: people answer in the bot's place until they are done, or half a day is over.

What staff write in LINE's own manager never reaches a webhook, so nothing tells that they are done:
a chat is handed over and given back by a command, a button or the time. And the bot never pretends:
where nobody could be told, it stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.assistant.people import People
from chalicelib.assistant.pushes import Pushes, retry_key
from chalicelib.assistant.taps import Taps
from chalicelib.domain.bot import Bot
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import DeliveryError
from chalicelib.domain.messages import Answer, Buttons, Message, Text
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import (
    Appeal,
    ChatBook,
    ChatFacts,
    Clock,
    Counters,
    History,
    Messenger,
    Staff,
    Telemetry,
)

#: The action of the button that brings the bot back.
BACK = "human.back"
#: People have a chat so long, if nobody gives it back.
HANDED_OVER = timedelta(hours=12)
#: So many of the last lines are shown to them.
_LINES = 10
#: Notices that one chat may cause in a day.
_NOTICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Hands chats to people, and takes them back.

    staff: makes what tells them, which is seldom wanted. admins: LINE user ids who are told by
    push, where pushes are allowed.
    """

    bot: Bot
    book: ChatBook
    history: History
    people: People
    counters: Counters
    staff: Callable[[], Staff]
    messenger: Messenger
    pushes: Pushes
    admins: frozenset[str]
    taps: Taps
    timezone: ZoneInfo
    clock: Clock
    telemetry: Telemetry

    def is_with_people(self, facts: ChatFacts) -> bool:
        """Tell whether people answer now in the chat that these facts are of, and not the bot."""
        return facts.human_until is not None and self.clock.now() < facts.human_until

    def begin(self, turn: Turn, voice: Voice) -> tuple[Message, ...]:
        """Call people to a chat, and say who comes and when the bot is back.

        Or say that nobody could be told. Who calls again while they are called tells them nothing
        new; and so many notices a day are enough from one chat.
        """
        now = self.clock.now()
        facts = self.book.facts(turn.chat)
        called = facts.human_until if self.is_with_people(facts) else None
        until = called or now + HANDED_OVER
        shown = until.astimezone(self.timezone)
        if called:
            return self._coming(turn.chat, shown, voice)
        if not self._may_tell(turn.chat, now) or not self._told(turn, shown, voice):
            return self._nobody(voice)
        self.book.hand_over(turn.chat, until=until, now=now)
        self.telemetry.fact("chat_handed_over", turn=turn.id, chat=turn.chat.key)
        return self._coming(turn.chat, shown, voice)

    def end(self, chat: Chat, voice: Voice) -> Answer:
        """Take a chat back from people."""
        if not self.is_with_people(self.book.facts(chat)):
            return Answer.told(voice("human_here"))
        self.book.hand_over(chat, until=None, now=self.clock.now())
        return Answer.told(voice("human_back"))

    # --- whoever can be told ------------------------------------------------------------------

    def _may_tell(self, chat: Chat, now: datetime) -> bool:
        key = f"human:{chat.key}:{now:%Y-%m-%d}"
        spent = self.counters.spend({key: 1}, {key: _NOTICES}, until={key: now + timedelta(days=1)})
        return spent is None

    def _told(self, turn: Turn, until: datetime, voice: Voice) -> bool:
        """Tell staff and, where that may cost a push, the admins; True where anybody was told."""
        appeal = self._appeal(turn, until)
        by_staff = self.staff().tell(appeal)
        admins = sorted(self.admins) if self.pushes.other else []
        pushed = [self._pushed(turn, admin, appeal, voice) for admin in admins]
        return by_staff or any(pushed)

    def _appeal(self, turn: Turn, until: datetime) -> Appeal:
        lines = self.history.recent(turn.chat, limit=_LINES, now=self.clock.now())
        speakers = set() if turn.chat.is_private else {line.user for line in lines if line.user}
        return Appeal(
            chat=turn.chat,
            name=self.people.name(turn.chat, turn.latest.event.user),
            lines=lines,
            names={user: name for user in speakers if (name := self.people.name(turn.chat, user))},
            until=until,
        )

    def _pushed(self, turn: Turn, admin: str, appeal: Appeal, voice: Voice) -> bool:
        if not self.pushes.afford():
            return False
        name = appeal.name or voice("human_somebody")
        notice = Text(text=voice("human_notice", name=name, **_slots(appeal.until)))
        key = retry_key(f"human:{turn.id}:{admin}")
        try:
            self.messenger.push(Chat(ChatKind.USER, admin), [notice], retry_key=key)
        except DeliveryError as exc:
            self.telemetry.trouble("notice_not_pushed", exc, turn=turn.id)
            return False
        return True

    # --- what the person hears ---------------------------------------------------------------

    def _coming(self, chat: Chat, until: datetime, voice: Voice) -> tuple[Message, ...]:
        told = [voice("human_told", name=self.bot.name)]
        if self.bot.hours:
            told.append(voice("human_hours", hours=self.bot.hours))
        back = self.taps.make(voice("human_button"), chat=chat, action=BACK)
        when = voice("human_until", **_slots(until))
        return (Text(text="\n".join(told)), Buttons(text=when, buttons=(back,)))

    def _nobody(self, voice: Voice) -> tuple[Message, ...]:
        told = [voice("human_untold")]
        if self.bot.contact:
            told.append(voice("human_contact", contact=self.bot.contact))
        return (Text(text="\n".join(told)),)


def _slots(until: datetime) -> dict[str, object]:
    return {"month": until.month, "day": until.day, "time": f"{until:%H:%M}"}
