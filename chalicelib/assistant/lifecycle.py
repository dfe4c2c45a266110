"""What happens to a chat: people add the bot and leave it, groups bring it in and remove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import Taps
from chalicelib.domain.bot import Bot, localized
from chalicelib.domain.chat import Chat
from chalicelib.domain.commands import CommandList
from chalicelib.domain.events import Followed
from chalicelib.domain.messages import Answer, Text
from chalicelib.domain.retention import UNFOLLOWED
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import ChatBook, ChatFacts, Clock, Forgetful

_SILENCE = Answer(messages=())
#: The command that changes what the bot reads in a group.
_SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Greets, and forgets."""

    bot: Bot
    commands: CommandList
    book: ChatBook
    stores: Sequence[Forgetful]
    speaking: Speaking
    taps: Taps
    clock: Clock

    # --- people ------------------------------------------------------------------------------

    def followed(self, turn: Turn) -> Answer:
        """Greet whoever adds the bot, with three things to ask; who comes back is welcomed back."""
        known = self.book.facts(turn.chat)
        event, voice = turn.latest.event, self.speaking.voice(turn.chat)
        self.book.part(turn.chat, until=None, now=self.clock.now())
        greeting = localized(self.bot.greeting, voice.language)
        if isinstance(event, Followed) and event.again:
            greeting = voice("welcome_back" if known == ChatFacts() else "welcome_back_soon")
        openers = localized(self.bot.openers, voice.language)
        suggestions = self.taps.suggestions(turn.chat, openers)
        return Answer(messages=(Text(text=greeting, suggestions=suggestions),))

    def unfollowed(self, turn: Turn) -> Answer:
        """Keep for a week what there is of somebody who left, in case they come back."""
        now = self.clock.now()
        self.book.part(turn.chat, until=now + UNFOLLOWED, now=now)
        return _SILENCE

    # --- groups ------------------------------------------------------------------------------

    def joined(self, turn: Turn) -> Answer:
        """Introduce the bot to a group in one message: how to call it, and what it reads."""
        voice = self.speaking.voice(turn.chat)
        told = [voice("joined", name=self.bot.name)]
        if settings := self._settings(voice):
            told.append(voice("joined_reads", settings=settings))
        return Answer.told("\n".join(told))

    def left(self, turn: Turn) -> Answer:
        """Forget a group that the bot was removed from."""
        for store in self.stores:
            store.forget_chat(turn.chat, keep_turn=turn.id)
        return _SILENCE

    def newcomers(self, turn: Turn) -> Answer:
        """Tell newcomers what the bot reads, where that is more than they would think."""
        voice = self.speaking.voice(turn.chat)
        reads, settings = self._reads(turn.chat, voice), self._settings(voice)
        if not reads or not settings:
            return _SILENCE
        return Answer.told(voice("newcomers", name=self.bot.name, reads=reads, settings=settings))

    def _reads(self, chat: Chat, voice: Voice) -> str:
        facts = self.book.facts(chat)
        if facts.remembers:
            return voice("keeps_all")
        return voice("reads_all") if facts.listens else ""

    def _settings(self, voice: Voice) -> str:
        """What the command is called; "" where it isn't offered."""
        found = [spec for spec in self.commands.specs if spec.id == _SETTINGS]
        return found[0].shown_name(voice.language) if found else ""
