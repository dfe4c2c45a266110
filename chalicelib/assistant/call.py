"""What a command is given: who asks where, in which language, and what it may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.assistant.admission import Admission
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.handover import HandOver
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.taps import Taps
from chalicelib.domain.bot import Bot
from chalicelib.domain.chat import Chat
from chalicelib.domain.commands import CommandList, CommandSpec
from chalicelib.domain.money import Currency
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import (
    Button,
    ChatBook,
    ChatFacts,
    Choice,
    Clock,
    Forgetful,
    History,
    Ledger,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What commands may use."""

    bot: Bot
    commands: CommandList
    history: History
    taps: Taps
    stores: Sequence[Forgetful]
    choices: Choices
    spending: Spending
    admission: Admission
    ledger: Ledger
    currency: Currency
    book: ChatBook
    speaking: Speaking
    handover: HandOver
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command given, or one of its buttons tapped.

    argument: what stood behind the command's name, by the command's own words for it; "" for
    nothing. say: the command's own texts in the chat's language. button: the button's row, if
    tapped.
    """

    turn: Turn
    spec: CommandSpec
    say: Voice
    tools: Tools
    argument: str = ""
    button: Button | None = None

    @property
    def chat(self) -> Chat:
        """Where it was given."""
        return self.turn.chat

    @property
    def user(self) -> str | None:
        """Who gave it; LINE may not tell in groups."""
        return self.turn.latest.event.user

    @property
    def is_admin(self) -> bool:
        """Whether who gave it runs the bot."""
        return self.tools.admission.is_admin(self.user)

    @property
    def may_choose(self) -> bool:
        """Whether who gave it may choose for this chat.

        In a group that is everybody, or whoever keeps it, or only who runs the bot.
        """
        if self.chat.is_private or self.is_admin:
            return True
        keeper = self.facts.keeper
        return self.tools.bot.switching == "anyone" and keeper in ("", self.user)

    @property
    def facts(self) -> ChatFacts:
        """What is known of the chat now."""
        return self.tools.book.facts(self.chat)

    @property
    def voice(self) -> Voice:
        """The bot's own texts, in the chat's language."""
        return self.tools.speaking.voice(self.chat)

    def choose(self, choice: Choice, value: str) -> None:
        """Keep what was chosen for this chat."""
        self.tools.book.choose(self.chat, choice, value, now=self.tools.clock.now())

    @property
    def privacy_url(self) -> str:
        """The privacy page in the chat's language; empty where the bot's address isn't known."""
        return privacy_url(self.turn.latest.origin, self.say.language)


def privacy_url(origin: str, language: str) -> str:
    """The privacy page's address for the outside; empty where the origin isn't known."""
    return f"{origin}/privacy?lang={language}" if origin else ""
