"""Which language a chat is spoken to in: the LINE profile's, then the setting's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.chat import Chat
from chalicelib.domain.languages import match
from chalicelib.domain.texts import Texts, Voice
from chalicelib.ports import ChatBook, Clock, Messenger

#: A profile's language is asked again after this long.
_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """Finds the bot's voice for a chat."""

    texts: Texts
    default: str
    book: ChatBook
    messenger: Messenger
    clock: Clock

    def voice(self, chat: Chat) -> Voice:
        """The texts in the chat's language; LINE is asked at most once a day."""
        return self.texts.spoken(self._language(chat))

    def _language(self, chat: Chat) -> str:
        if not chat.is_private:
            return self.default
        facts = self.book.facts(chat)
        now = self.clock.now()
        if facts.language_known_at is not None and now - facts.language_known_at < _FRESH:
            return facts.language or self.default
        profile = self.messenger.profile(chat.id)
        language = match(profile.language) if profile else facts.language
        self.book.learn_language(chat, language, now=now)
        return language or self.default
