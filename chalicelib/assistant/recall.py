"""What was said before: the conversation's lines, each with who said it, and what is quoted."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assistant.people import People
from chalicelib.domain import prompt
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import TextSent
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, History

#: Lines of history looked at; the budget of tokens decides how many of them are used.
_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Remembers for a prompt."""

    history: History
    people: People
    clock: Clock

    def lines(self, chat: Chat) -> list[prompt.Line]:
        """The conversation so far, newest last."""
        return [
            prompt.Line(
                text=line.text,
                by_bot=line.by_bot,
                speaker="" if line.by_bot else self.speaker(chat, line.user),
            )
            for line in self.history.recent(chat, limit=_LINES, now=self.clock.now())
        ]

    def speaker(self, chat: Chat, user: str | None) -> str:
        """How a model is told who says something: by name in groups, "" in a private chat."""
        if chat.is_private:
            return ""
        return self.people.name(chat, user) or prompt.SOMEBODY

    def quoted(self, turn: Turn) -> dict[str, str]:
        """What the messages said that a turn is about, by their ids; "" where nobody knows."""
        quotes = {
            event.quotes: ""
            for event in (arrival.event for arrival in turn.arrivals)
            if isinstance(event, TextSent) and event.quotes
        }
        return {message_id: self._said(turn.chat, message_id) for message_id in quotes}

    def _said(self, chat: Chat, message_id: str) -> str:
        said = self.history.message(chat, message_id)
        if said is None:
            return ""
        speaker = "" if said.by_bot else self.speaker(chat, said.user)
        return prompt.quoted(said.text, by_bot=said.by_bot, speaker=speaker)
