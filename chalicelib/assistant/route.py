"""Which answer a turn gets: a command's, the conversation's, or a few words about what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.assistant.call import Call, Tools, privacy_url
from chalicelib.assistant.commands import Handlers
from chalicelib.assistant.converse import Converse
from chalicelib.assistant.lifecycle import Lifecycle
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import ASK, RETRY
from chalicelib.domain.commands import CommandSpec, Given
from chalicelib.domain.errors import ButtonError, ButtonGone, ButtonUsed, NotYours
from chalicelib.domain.events import (
    AudioSent,
    Event,
    Followed,
    ImageSent,
    Joined,
    Left,
    LocationSent,
    MembersJoined,
    OtherSent,
    StickerSent,
    Tapped,
    TextEdited,
    TextSent,
    Unfollowed,
)
from chalicelib.domain.invites import code_of
from chalicelib.domain.messages import Answer
from chalicelib.domain.pages import with_line
from chalicelib.domain.turns import Lease, Turn
from chalicelib.ports import Button, ChatBook, Outbox, Role

#: Commands that whoever is not let in may give, and those that work while people have the chat.
_FOR_STRANGERS = frozenset({"privacy", "delete"})
_SILENCE = Answer(messages=())

Handler = Callable[[Lease, Turn, datetime], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Finds a turn's answer. A new kind of event is one handler and one row of `_handlers`."""

    tools: Tools
    handlers: Handlers
    converse: Converse
    lifecycle: Lifecycle
    outbox: Outbox
    book: ChatBook
    speaking: Speaking

    def __call__(self, lease: Lease, turn: Turn, *, ends: datetime) -> Answer:
        """Make the answer; one without messages means silence."""
        kind = type(turn.latest.event)
        if ends_chat := self._endings().get(kind):
            return ends_chat(turn)
        if role := self.tools.admission.enter(turn):
            return self._welcome(turn, role)
        if self.tools.admission.is_stranger(turn):
            return self._outside(lease, turn, ends)
        facts = self.book.facts(turn.chat)
        handlers = self._handlers()
        if self.tools.handover.is_with_people(facts):
            handlers = {**handlers, **self._meanwhile()}
        answer = handlers[kind](lease, turn, ends)
        if facts.introduced or not answer.messages:
            return answer
        return self._introducing(turn, answer)

    def _endings(self) -> Mapping[type[Event], Callable[[Turn], Answer]]:
        """What is done for everybody, whoever may talk to the bot; nothing of it is answered."""
        return {Unfollowed: self.lifecycle.unfollowed, Left: self.lifecycle.left}

    def _handlers(self) -> Mapping[type[Event], Handler]:
        return {
            TextSent: self._words,
            TextEdited: self._words,
            ImageSent: self._words,
            AudioSent: self._words,
            LocationSent: self._words,
            OtherSent: self._words,
            StickerSent: self._sticker,
            Tapped: self._tap,
            Followed: lambda _lease, turn, _ends: self.lifecycle.followed(turn),
            Joined: lambda _lease, turn, _ends: self.lifecycle.joined(turn),
            MembersJoined: lambda _lease, turn, _ends: self.lifecycle.newcomers(turn),
        }

    def _meanwhile(self) -> Mapping[type[Event], Handler]:
        """What is done instead with messages while people have the chat: only commands work."""
        said = (TextSent, TextEdited, ImageSent, AudioSent, LocationSent, OtherSent)
        return {**dict.fromkeys(said, self._commands), StickerSent: _silent}

    def crashed(self, turn: Turn) -> Answer:
        """Apologize for a turn that workers died of."""
        return self.converse.crashed(turn)

    # --- words -------------------------------------------------------------------------------

    def _words(self, _lease: Lease, turn: Turn, ends: datetime) -> Answer:
        if given := self._given(turn):
            return self._run(turn, given)
        return self.converse(turn, ends=ends) if turn.asks else self._wordless(turn)

    def _commands(self, _lease: Lease, turn: Turn, _ends: datetime) -> Answer:
        given = self._given(turn)
        return self._run(turn, given) if given else _SILENCE

    def _given(self, turn: Turn) -> Given | None:
        """The command on offer that a turn gives, or was probably meant to: then help."""
        words, private = turn.words.strip(), turn.chat.is_private
        given = self.tools.commands.find(words, private=private) if words else None
        if given is None and private and self.tools.commands.nearly(words):
            given = Given("help")
        return given if given and given.command in self._specs() else None

    def _run(self, turn: Turn, given: Given) -> Answer:
        """Do what a command says, if it is for whoever gave it."""
        call = replace(self._call(turn, given.command), argument=given.argument)
        if call.spec.admins and not call.is_admin:
            return Answer.told(self.speaking.voice(turn.chat)("for_admins"))
        return self.handlers.commands[given.command](call)

    def _wordless(self, turn: Turn) -> Answer:
        """Answer a bare mention, or a kind of message that can't be understood."""
        voice = self.speaking.voice(turn.chat)
        event = turn.latest.event
        if isinstance(event, TextSent):
            return Answer.told(voice("called"))
        kind = event.what if isinstance(event, OtherSent) else ""
        return Answer.told(voice(_NOT_UNDERSTOOD.get(kind, "not_understood")))

    def _sticker(self, _lease: Lease, turn: Turn, ends: datetime) -> Answer:
        """Answer a sticker in a few words; in groups not at all."""
        if not turn.chat.is_private:
            return _SILENCE
        if turn.asks:  # it came along with words
            return self.converse(turn, ends=ends)
        return Answer.told(self.speaking.voice(turn.chat)("sticker"))

    # --- buttons -----------------------------------------------------------------------------

    def _tap(self, lease: Lease, turn: Turn, ends: datetime) -> Answer:
        event = turn.latest.event
        if not isinstance(event, Tapped):
            return _SILENCE
        try:
            button = self.tools.taps.open(event)
            if button.action == RETRY:
                return self._retry(lease, turn, event, button, ends)
            if button.action == ASK:
                return self._asked(turn, ends)
            return self._action(turn, event, button)
        except ButtonError as exc:
            return Answer.told(self.speaking.voice(turn.chat)(_refusal(exc)))

    def _retry(
        self, lease: Lease, turn: Turn, event: Tapped, button: Button, ends: datetime
    ) -> Answer:
        """Ask again: the turn takes over the question, and with it whatever becomes of it."""
        self.tools.taps.use_up(button, event)
        asking = self.outbox.adopt(lease, turn.id, button.subject)
        if asking is not None and (asking.asks or self._suggested(asking)):
            return self._asked(asking, ends)
        if button.used_by == event.id:
            return _SILENCE  # it was taken back while this tap's answer was made
        raise ButtonGone("the question was erased")

    def _asked(self, turn: Turn, ends: datetime) -> Answer:
        """Answer a question, also one that was asked by tapping a suggestion."""
        suggested = self._suggested(turn)
        arrivals = tuple(
            replace(arrival, event=suggested.get(arrival.event.id, arrival.event))
            for arrival in turn.arrivals
        )
        answer = self.converse(replace(turn, arrivals=arrivals), ends=ends)
        heard = {event_id: event.text for event_id, event in suggested.items()}
        return replace(answer, heard={**answer.heard, **heard})

    def _suggested(self, turn: Turn) -> dict[str, TextSent]:
        """Questions that a turn's taps ask, by the taps' ids, as if somebody had written them."""
        found: dict[str, TextSent] = {}
        for event in (arrival.event for arrival in turn.arrivals):
            button = self.tools.taps.find(event) if isinstance(event, Tapped) else None
            if button is not None and button.action == ASK:
                found[event.id] = TextSent(
                    id=event.id,
                    chat=event.chat,
                    user=event.user,
                    at=event.at,
                    token=event.token,
                    message_id="",
                    text=button.subject,
                    to_bot=True,
                )
        return found

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
        given = self.tools.commands.find(turn.words.strip(), private=turn.chat.is_private)
        if given and given.command in _FOR_STRANGERS and given.command in self._specs():
            return self._run(turn, given)
        if isinstance(event, Tapped) and self.tools.taps.command_of(event) in _FOR_STRANGERS:
            return self._tap(lease, turn, ends)
        if isinstance(event, TextSent) and code_of(event.text):
            return Answer.told(voice("code_wrong"))
        if isinstance(event, MembersJoined) or self.tools.admission.is_told(turn.chat):
            return _SILENCE
        return self._introducing(turn, Answer.told(voice("by_invite", name=self.tools.bot.name)))

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
            messages=with_line(answer.messages, voice("privacy_line", url=url)),
            introduces=True,
        )


def _silent(_lease: Lease, _turn: Turn, _ends: datetime) -> Answer:
    return _SILENCE


#: What is said of messages that nothing can be made of, by their kind.
_NOT_UNDERSTOOD = {"video": "not_understood_video", "file": "not_understood_file"}


def _refusal(error: ButtonError) -> str:
    names = {NotYours: "button_not_yours", ButtonUsed: "button_used"}
    return names.get(type(error), "button_gone")
