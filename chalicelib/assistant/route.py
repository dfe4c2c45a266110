"""Which answer a turn gets: a command's, the conversation's, or a few words about what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.assistant.call import Call, Tools, privacy_url
from chalicelib.assistant.commands import Handlers
from chalicelib.assistant.converse import Converse
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import RETRY
from chalicelib.domain.bot import localized
from chalicelib.domain.commands import CommandSpec
from chalicelib.domain.errors import ButtonError, ButtonGone, ButtonUsed, NotYours
from chalicelib.domain.events import (
    AudioSent,
    Event,
    Followed,
    ImageSent,
    OtherSent,
    Tapped,
    TextSent,
)
from chalicelib.domain.invites import code_of
from chalicelib.domain.messages import Answer, Message, Say, Text
from chalicelib.domain.pages import PAGE
from chalicelib.domain.turns import Lease, Turn
from chalicelib.ports import Button, ChatBook, Outbox, Role

_KINDS = frozenset({"image", "sticker", "video", "audio", "file", "location"})
#: Commands that whoever is not let in may give.
_FOR_STRANGERS = frozenset({"privacy", "delete"})
_SILENCE = Answer(messages=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Finds a turn's answer. A new kind of event is one handler and one row of `_handlers`."""

    tools: Tools
    handlers: Handlers
    converse: Converse
    outbox: Outbox
    book: ChatBook
    speaking: Speaking

    def __call__(self, lease: Lease, turn: Turn, *, ends: datetime) -> Answer:
        """Make the answer; one without messages means silence."""
        handlers: Mapping[type[Event], Callable[[Lease, Turn, datetime], Answer]] = {
            TextSent: self._words,
            ImageSent: self._words,
            AudioSent: self._words,
            OtherSent: self._words,
            Tapped: self._tap,
            Followed: self._greet,
        }
        if role := self.tools.admission.enter(turn):
            return self._welcome(turn, role)
        if self.tools.admission.is_stranger(turn):
            return self._outside(lease, turn, ends)
        introduced = self.book.facts(turn.chat).introduced
        answer = handlers[type(turn.latest.event)](lease, turn, ends)
        return answer if introduced or not answer.messages else self._introducing(turn, answer)

    def crashed(self, turn: Turn) -> Answer:
        """Apologize for a turn that workers died of."""
        return self.converse.crashed(turn)

    # --- words -------------------------------------------------------------------------------

    def _words(self, _lease: Lease, turn: Turn, ends: datetime) -> Answer:
        words = turn.words.strip()
        private = turn.chat.is_private
        command = self.tools.commands.find(words, private=private) if words else None
        if command is None and private and self.tools.commands.nearly(words):
            command = "help"
        if command is not None and command in self._specs():
            return self._run(turn, command)
        return self.converse(turn, ends=ends) if turn.asks else self._wordless(turn)

    def _run(self, turn: Turn, command: str) -> Answer:
        """Do what a command says, if it is for whoever gave it."""
        call = self._call(turn, command)
        if call.spec.admins and not call.is_admin:
            return Answer.told(self.speaking.voice(turn.chat)("for_admins"))
        return self.handlers.commands[command](call)

    def _wordless(self, turn: Turn) -> Answer:
        """Answer a bare mention, or a kind of message that can't be understood yet."""
        voice = self.speaking.voice(turn.chat)
        event = turn.latest.event
        if isinstance(event, TextSent):
            return Answer.told(voice("called"))
        kind = event.what if isinstance(event, OtherSent) else "image"
        name = voice(f"kind_{kind if kind in _KINDS else 'other'}")
        return Answer.told(voice("not_understood", what=name))

    # --- buttons -----------------------------------------------------------------------------

    def _tap(self, lease: Lease, turn: Turn, ends: datetime) -> Answer:
        event = turn.latest.event
        if not isinstance(event, Tapped):
            return _SILENCE
        try:
            button = self.tools.taps.open(event)
            if button.action == RETRY:
                return self._retry(lease, turn, event, button, ends)
            return self._action(turn, event, button)
        except ButtonError as exc:
            return Answer.told(self.speaking.voice(turn.chat)(_refusal(exc)))

    def _retry(
        self, lease: Lease, turn: Turn, event: Tapped, button: Button, ends: datetime
    ) -> Answer:
        """Ask again: the turn takes over the question, and with it whatever becomes of it."""
        self.tools.taps.use_up(button, event)
        asking = self.outbox.adopt(lease, turn.id, button.subject)
        if asking is not None and asking.asks:
            return self.converse(asking, ends=ends)
        if button.used_by == event.id:
            return _SILENCE  # it was taken back while this tap's answer was made
        raise ButtonGone("the question was erased")

    def _action(self, turn: Turn, event: Tapped, button: Button) -> Answer:
        command, _, _ = button.action.partition(".")
        handler = self.handlers.actions.get(button.action)
        if handler is None or command not in self._specs():
            raise ButtonGone(f"nothing does {button.action!r}")
        if button.action not in self.handlers.lasting:
            self.tools.taps.use_up(button, event)
        return handler(replace(self._call(turn, command), button=button))

    # --- who is let in -----------------------------------------------------------------------

    def _welcome(self, turn: Turn, role: Role) -> Answer:
        voice = self.speaking.voice(turn.chat)
        welcome = "welcome_admin" if role is Role.ADMIN else "welcome_guest"
        welcomed = voice(welcome, name=self.tools.bot.name)
        return self._introducing(turn, Answer.told(welcomed))

    def _outside(self, lease: Lease, turn: Turn, ends: datetime) -> Answer:
        """Tell a stranger that this bot is by invitation, once a day.

        What is stored of them they may see and delete all the same.
        """
        event, voice = turn.latest.event, self.speaking.voice(turn.chat)
        command = self.tools.commands.find(turn.words.strip(), private=turn.chat.is_private)
        if command in _FOR_STRANGERS and command in self._specs():
            return self._run(turn, command)
        if isinstance(event, Tapped) and self.tools.taps.command_of(event) in _FOR_STRANGERS:
            return self._tap(lease, turn, ends)
        if isinstance(event, TextSent) and code_of(event.text):
            return Answer.told(voice("code_wrong"))
        if self.tools.admission.is_told(turn.chat):
            return _SILENCE
        return self._introducing(turn, Answer.told(voice("by_invite", name=self.tools.bot.name)))

    # --- what happens to the chat ------------------------------------------------------------

    def _greet(self, _lease: Lease, turn: Turn, _ends: datetime) -> Answer:
        language = self.speaking.voice(turn.chat).language
        bot = self.tools.bot
        says = tuple(Say(opener, opener) for opener in localized(bot.openers, language))
        return Answer(messages=(Text(text=localized(bot.greeting, language), suggestions=says),))

    # --- shared ------------------------------------------------------------------------------

    def _specs(self) -> dict[str, CommandSpec]:
        return {spec.id: spec for spec in self.tools.commands.specs}

    def _call(self, turn: Turn, command: str) -> Call:
        spec = self._specs()[command]
        language = self.speaking.voice(turn.chat).language
        return Call(turn=turn, spec=spec, say=spec.texts.spoken(language), tools=self.tools)

    def _introducing(self, turn: Turn, answer: Answer) -> Answer:
        """Add the line with the privacy link to the first answer a chat gets."""
        voice = self.speaking.voice(turn.chat)
        url = privacy_url(turn.latest.origin, voice.language)
        if not url:
            return answer
        return replace(
            answer,
            messages=_with_line(answer.messages, voice("privacy_line", url=url)),
            introduces=True,
        )


def _refusal(error: ButtonError) -> str:
    names = {NotYours: "button_not_yours", ButtonUsed: "button_used"}
    return names.get(type(error), "button_gone")


def _with_line(messages: tuple[Message, ...], line: str) -> tuple[Message, ...]:
    """Add a line at the end of what a first reply shows."""
    last = min(len(messages), PAGE) - 1
    message = messages[last]
    if isinstance(message, Text):
        longer = replace(message, text=f"{message.text}\n\n{line}")
        return (*messages[:last], longer, *messages[last + 1 :])
    return (Text(text=line), *messages)
