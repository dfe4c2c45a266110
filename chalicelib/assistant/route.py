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
from chalicelib.domain.events import Event, Followed, ImageSent, OtherSent, Tapped, TextSent
from chalicelib.domain.messages import Answer, Message, Say, Text
from chalicelib.domain.pages import PAGE
from chalicelib.domain.turns import Lease, Turn
from chalicelib.ports import Button, ChatBook, Outbox

_KINDS = frozenset({"image", "sticker", "video", "audio", "file", "location"})
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
            OtherSent: self._words,
            Tapped: self._tap,
            Followed: self._greet,
        }
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
            return self.handlers.commands[command](self._call(turn, command))
        if not words:
            return self._wordless(turn)
        return self.converse(turn, words=words, ends=ends)

    def _wordless(self, turn: Turn) -> Answer:
        """Answer a bare mention, or a kind of message that can't be understood yet."""
        voice = self.speaking.voice(turn.chat)
        event = turn.latest.event
        if isinstance(event, TextSent):
            return _told(voice("called"))
        kind = event.what if isinstance(event, OtherSent) else "image"
        name = voice(f"kind_{kind if kind in _KINDS else 'other'}")
        return _told(voice("not_understood", what=name))

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
            return _told(self.speaking.voice(turn.chat)(_refusal(exc)))

    def _retry(
        self, lease: Lease, turn: Turn, event: Tapped, button: Button, ends: datetime
    ) -> Answer:
        """Ask again: the turn takes over the question, and with it whatever becomes of it."""
        self.tools.taps.use_up(button, event)
        asking = self.outbox.adopt(lease, turn.id, button.subject)
        if asking is not None and asking.words:
            return self.converse(asking, words=asking.words, ends=ends)
        if button.used_by == event.id:
            return _SILENCE  # it was taken back while this tap's answer was made
        raise ButtonGone("the question was erased")

    def _action(self, turn: Turn, event: Tapped, button: Button) -> Answer:
        command, _, _ = button.action.partition(".")
        handler = self.handlers.actions.get(button.action)
        if handler is None or command not in self._specs():
            raise ButtonGone(f"nothing does {button.action!r}")
        self.tools.taps.use_up(button, event)
        return handler(replace(self._call(turn, command), button=button))

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


def _told(text: str) -> Answer:
    return Answer(messages=(Text(text=text),))


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
