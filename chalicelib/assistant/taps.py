"""Buttons: a tap brings back an opaque id, and the row behind it says what to do.

Nothing in a button can be forged or read: who may tap, in which chat and until when stands in
the row. Buttons that only show what is finished name the fast lane in front of their id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import ButtonGone, ButtonUsed, NotYours
from chalicelib.domain.events import Lane, Tapped
from chalicelib.domain.messages import Say, Suggestion, Tap
from chalicelib.ports import Button, ButtonStore, Clock

SHOW = "show"
CONTINUE = "continue"
RETRY = "retry"
ASK = "ask"

_LANES = {SHOW: Lane.TAPS, CONTINUE: Lane.TAPS}
_LIFE = timedelta(days=7)
_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Taps:
    """Makes buttons, and opens them when they are tapped."""

    store: ButtonStore
    clock: Clock
    new_id: Callable[[], str]

    def make(
        self,
        label: str,
        *,
        chat: Chat,
        action: str,
        subject: str = "",
        offset: int = 0,
        user: str | None = None,
        life: timedelta = _LIFE,
    ) -> Tap:
        """Store a button's row and return the button. `user`: the only one who may tap it."""
        button = Button(
            id=self.new_id(), chat=chat, action=action, subject=subject, offset=offset, user=user
        )
        self.store.put([button], until=self.clock.now() + life)
        return Tap(label, f"{_LANES.get(action, Lane.TURNS)}:{button.id}")

    def suggestions(self, chat: Chat, questions: Sequence[str]) -> tuple[Suggestion, ...]:
        """At most three questions to ask in one tap.

        In a group a plain message wouldn't reach the bot, so there a tap brings the question.
        """
        few = questions[:_SUGGESTIONS]
        if chat.is_private:
            return tuple(Say(question, question) for question in few)
        return tuple(
            self.make(question, chat=chat, action=ASK, subject=question) for question in few
        )

    def open(self, tapped: Tapped) -> Button:
        """Find what a tap does. Raises ButtonGone or NotYours."""
        button = self.find(tapped)
        if button is None:
            raise ButtonGone("the button is unknown, expired or of another chat")
        if button.user not in (None, tapped.user):
            raise NotYours("the button was made for somebody else")
        return button

    def find(self, tapped: Tapped) -> Button | None:
        """Find a tapped button's row, whoever tapped it."""
        _, _, button_id = tapped.data.partition(":")
        return self.store.get(tapped.chat, button_id, now=self.clock.now())

    def command_of(self, tapped: Tapped) -> str:
        """The command whose button was tapped; "" where it is none's, or gone."""
        button = self.find(tapped)
        return button.action.partition(".")[0] if button and "." in button.action else ""

    def use_up(self, button: Button, tapped: Tapped) -> None:
        """Let only this tap use the button, now and after a crash. Raises ButtonUsed."""
        if not self.store.use(button.chat, button.id, by=tapped.id, now=self.clock.now()):
            raise ButtonUsed("the button was tapped before")
