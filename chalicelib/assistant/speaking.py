"""Which language a chat is spoken to in: the chosen one, the LINE profile's, the setting's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.chat import Chat
from chalicelib.domain.languages import match
from chalicelib.domain.texts import Texts, Voice
from chalicelib.ports import ChatBook, Clock, Menus, Messenger

#: A profile's language is asked again after this long.
_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """Finds the bot's voice for a chat."""

    texts: Texts
    default: str
    book: ChatBook
    messenger: Messenger
    menus: Menus
    clock: Clock

    def voice(self, chat: Chat) -> Voice:
        """The texts in the chat's language; LINE is asked at most once a day."""
        return self.texts.spoken(self._language(chat))

    def chosen(self, chat: Chat) -> Voice:
        """The texts in the language that was just chosen; the person's rich menu follows it."""
        voice = self.voice(chat)
        if chat.is_private:
            self.menus.show(chat.id, voice.language)
        return voice

    def _language(self, chat: Chat) -> str:
        facts = self.book.facts(chat)
        if not chat.is_private:
            return facts.chosen_language or self.default
        now = self.clock.now()
        if facts.language_known_at is not None and now - facts.language_known_at < _FRESH:
            return facts.chosen_language or facts.language or self.default
        profile = self.messenger.profile(chat.id)
        learned = match(profile.language) if profile else facts.language
        self.book.learn_language(chat, learned, now=now)
        language = facts.chosen_language or learned or self.default
        self.menus.show(chat.id, language)
        return language
