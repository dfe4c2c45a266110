"""Who may talk to the bot, and who runs it.

By invitation, a stranger (a person or a group) costs nothing: one polite line a day and no model. A
code from the operator lets them in, so that nobody has to find out a LINE user id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.assistant.once import is_first
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import TextSent
from chalicelib.domain.invites import code_of
from chalicelib.domain.turns import Turn
from chalicelib.ports import ChatBook, Clock, Counters, Invites, Role

#: How long a code lets somebody in.
CODE_LIFE = timedelta(minutes=10)
_ONCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Knows guests and admins, and lets them in.

    by_invite: strangers stay outside. admins: LINE user ids from the settings.
    """

    by_invite: bool
    admins: frozenset[str]
    book: ChatBook
    invites: Invites
    counters: Counters
    clock: Clock

    def is_admin(self, user: str | None) -> bool:
        """Tell whether somebody may use the operator's commands."""
        if user is None:
            return False
        private = Chat(ChatKind.USER, user)
        return user in self.admins or self.book.facts(private).role is Role.ADMIN

    def is_stranger(self, turn: Turn) -> bool:
        """Tell whether a turn comes from somebody who was not let in, nor the chat it is in."""
        if not self.by_invite or self.book.facts(turn.chat).role is not None:
            return False
        return not self.is_admin(turn.latest.event.user)

    def enter(self, turn: Turn) -> Role | None:
        """Use the code up that a turn is; None where it is none, or not a good one.

        Who brings an admin's code in a group becomes an admin, and the group is let in.
        """
        event = turn.latest.event
        code = code_of(event.text) if isinstance(event, TextSent) else ""
        now = self.clock.now()
        role = self.invites.redeem(code, by=event.id, now=now) if code else None
        if role is Role.ADMIN and event.user is not None:
            self.book.let_in(Chat(ChatKind.USER, event.user), role, now=now)
        if role is not None and self.book.facts(turn.chat).role is None:
            self.book.let_in(turn.chat, Role.GUEST, now=now)
        return role

    def is_told(self, chat: Chat) -> bool:
        """Tell whether a stranger heard the polite line today; from now on they have."""
        now = self.clock.now()
        stamp = f"stranger:{chat.key}:{now:%Y-%m-%d}"
        return not is_first(self.counters, stamp, until=now + _ONCE)
