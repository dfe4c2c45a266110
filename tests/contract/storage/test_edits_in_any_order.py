"""Whatever people write, edit and take back, and whenever LINE tells of it: the last words stand.

Messages, edits and unsends come late, again and in any order, while workers take, answer, send and
die. Every version of a message has a word of its own, which its answer repeats: so what is left of
an older one is seen, wherever it is.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.events import Lane, TextEdited, TextSent
from chalicelib.domain.turns import Lease, Sending, State, Turn
from chalicelib.ports import Said, Shown
from tests.contract.storage.backends import BACKENDS, Backend
from tests.contract.storage.desk import GROUP, ORIGIN, edited, later, saying, unsent, wrote
from tests.contract.storage.stories import tell

#: Which of many: mostly the newest, sometimes another.
one = st.sampled_from([0, 0, 0, 1, 2, 5])


@dataclass(slots=True)
class Message:
    """What should be known of a message: `asked` or `heard`, nothing as long as it did not come.

    word: of the version that stands. words: of every version. last: when its last edit happened.
    """

    original: TextSent
    words: list[str] = field(default_factory=list)
    word: str = ""
    state: str = ""
    last: int = 0
    taken_back: bool = False


class Group(RuleBasedStateMachine):
    """A group that talks to the bot and about it, and what is known of that."""

    backend = ""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.place = self.placed()
        stores = self.place.open()
        self.inbox, self.outbox, self.history = stores.inbox, stores.outbox, stores.history
        self.now = later(0)
        self.messages: list[Message] = []
        self.heard: list[Message] = []
        self.edits: list[tuple[Message, TextEdited, bool]] = []
        self.turns: list[str] = []
        self.shown = 0
        self.owner = self._comes()

    def placed(self) -> Backend:
        """Where all of it is kept."""
        folder = Path(self.cleanup.enter_context(TemporaryDirectory()))
        return BACKENDS[self.backend](folder, self.cleanup)

    def teardown(self) -> None:
        self.cleanup.close()

    # --- what people do ------------------------------------------------------------------------

    @initialize()
    def two_are_answered_together(self) -> None:
        self.somebody_writes(asks=True)
        self.somebody_writes(asks=True)
        self.a_worker_takes()

    @rule(asks=st.booleans())
    def somebody_writes(self, asks: bool) -> None:
        message = self._begun()
        self._delivered(message, asks=asks)

    @rule(asks=st.booleans())
    def an_edit_overtakes_its_message(self, asks: bool) -> None:
        self._edit(self._begun(), 1, asks=asks)

    @precondition(lambda self: self.messages)
    @rule(which=one, asks=st.booleans())
    def a_message_comes_late_or_again(self, which: int, asks: bool) -> None:
        self._delivered(self._message(which), asks=asks)

    @precondition(lambda self: self.messages)
    @rule(which=one, later_by=st.sampled_from([-1, 1, 1, 2]), asks=st.booleans())
    def somebody_edits(self, which: int, later_by: int, asks: bool) -> None:
        message = self._message(which)
        self._edit(message, max(message.last + later_by, 1), asks=asks)

    @precondition(lambda self: self.edits)
    @rule(which=one)
    def an_edit_comes_again(self, which: int) -> None:
        self._edited(*self.edits[-1 - which % len(self.edits)])

    @precondition(lambda self: self.messages)
    @rule(which=one)
    def somebody_takes_back(self, which: int) -> None:
        message = self._message(which)
        name = message.original.message_id.removeprefix("message-")
        self.inbox.accept(unsent(name, chat=GROUP), origin=ORIGIN, now=self.now)
        message.taken_back, message.state = True, ""

    # --- what workers do -----------------------------------------------------------------------

    @rule()
    def a_worker_dies(self) -> None:
        self.now += timedelta(seconds=200)
        self.owner = self._comes()

    @rule()
    def a_worker_takes(self) -> None:
        turn = self.inbox.take(self.owner, now=self.now)
        if isinstance(turn, Turn) and turn.id not in self.turns:
            self.turns.append(turn.id)

    @precondition(lambda self: self.turns)
    @rule(which=one, stale=st.booleans())
    def a_worker_saves(self, which: int, stale: bool) -> None:
        turn = self._turn(which)
        if stale:  # what people do meanwhile comes between
            self.somebody_edits(0, 1, asks=True)
        texts = [arrival.event for arrival in turn.arrivals if isinstance(arrival.event, TextSent)]
        lines = [
            Said(text=text.text, by_bot=False, message_id=text.message_id, user=text.user)
            for text in texts
        ]
        answer = saying(" ".join(["Answer:", *(text.text for text in texts)]))
        try:
            said = Said(text=answer.memory, by_bot=True)
            self.outbox.save(self.owner, turn.id, answer, [*lines, said])
        except Withdrawn:
            assert self._turn(which).state is State.WITHDRAWN

    @precondition(lambda self: self.turns)
    @rule(which=one, how=st.sampled_from(["settle", "settle", "doubt", "park", "die"]))
    def a_worker_sends(self, which: int, how: str) -> None:
        turn = self._turn(which)
        if not turn.arrivals:
            return
        token = turn.latest.event.token or ""
        sending = Sending(token=token, until=self.now + timedelta(seconds=55))
        self.outbox.begin(self.owner, [turn.id], sending, now=self.now)
        if how == "park":
            self.outbox.park(self.owner, [turn.id])
        elif how != "die":
            self.shown += 1
            part = Shown(message_id=str(self.shown), turn_id=turn.id, place=0)
            self.outbox.settle(self.owner, token, unsure=how == "doubt", shown=[part])

    @rule()
    def workers_finish_everything(self) -> None:
        """Whatever waits is answered, each message in one turn."""
        while isinstance(turn := self.inbox.take(self.owner, now=self.now), Turn):
            if turn.id not in self.turns:
                self.turns.append(turn.id)
            number = len(self.turns) - 1 - self.turns.index(turn.id)
            self.a_worker_saves(number, stale=False)
            self.a_worker_sends(number, "settle")
            if self._turn(number).state in {State.ANSWERED, State.SENDING, State.WORKING}:
                self.outbox.fail(self.owner, turn.id, "its token was spent before")
        assert self.inbox.waiting(GROUP) == ()

    # --- what is true all the same -------------------------------------------------------------

    @invariant()
    def nothing_is_left_of_what_was_said_before(self) -> None:
        gone = [
            word
            for message in self.messages
            for word in message.words
            if message.taken_back or word != message.word
        ]
        assert self.place.holding(gone) == []

    @invariant()
    def every_message_is_in_one_place(self) -> None:
        waiting = [
            arrival.event.text
            for arrival in self.inbox.waiting(GROUP)
            if isinstance(arrival.event, TextSent)
        ]
        held = [
            arrival.event.text
            for turn in map(self._turn, range(len(self.turns)))
            if turn.state is not State.WITHDRAWN
            for arrival in turn.arrivals
            if isinstance(arrival.event, TextSent)
        ]
        asked = sorted(each.word for each in self.messages if each.state == "asked")
        assert sorted([*waiting, *held]) == asked

    @invariant()
    def the_history_has_the_last_words_once(self) -> None:
        said = self.history.recent(GROUP, limit=99, now=self.now)
        lines = [line.text for line in said if not line.by_bot]
        assert len(lines) == len(set(lines))
        heard = [each.word for each in self.heard if each.state == "heard"]
        asked = {each.word for each in self.messages if each.state == "asked"}
        assert [line for line in lines if line not in asked] == heard

    @invariant()
    def a_quoted_message_says_its_last_words(self) -> None:
        for message in self.messages:
            found = self.history.message(GROUP, message.original.message_id)
            assert (found.text if found else "") == (message.word if message.state else "")
        for number in range(1, self.shown + 1):
            quoted = self.history.message(GROUP, str(number))
            assert quoted is None or quoted.by_bot

    # --- the model -----------------------------------------------------------------------------

    def _begun(self) -> Message:
        """A message that was written; nothing has come of it."""
        number = len(self.messages)
        word = f"w{number}v0w"
        message = Message(wrote(str(number), word, chat=GROUP, at=100 * number), words=[word])
        self.messages.append(message)
        return message

    def _delivered(self, message: Message, *, asks: bool) -> None:
        """LINE tells of a message, which first came with these words."""
        event, first = message.original, not message.taken_back and not message.last
        if asks:
            self.inbox.accept(event, origin=ORIGIN, now=self.now)
        else:
            self.inbox.overhear(event, now=self.now)
        if first and message.state != "asked":
            if not asks and not message.state:
                self.heard.append(message)
            if asks or not message.state:
                message.state, message.word = "asked" if asks else "heard", event.text

    def _edit(self, message: Message, at: int, *, asks: bool) -> None:
        name = message.original.message_id.removeprefix("message-")
        word = f"w{name}v{len(message.words)}w"
        message.words.append(word)
        event = edited(name, word, at=100 * int(name) + at)
        known = (made for of, made, _ in self.edits if of is message)
        if event.id not in {each.id for each in known}:
            self.edits.append((message, event, asks))
            self._edited(message, event, asks)

    def _edited(self, message: Message, event: TextEdited, asks: bool) -> None:
        at = event.at - message.original.at
        late = message.taken_back or at <= message.last
        waits = not late and (asks or message.state == "asked")
        assert self.inbox.edit(event, asks=asks, origin=ORIGIN, now=self.now) is waits
        if waits or (not late and message.state == "heard"):
            message.word, message.last = event.text, at
            message.state = "asked" if waits else "heard"

    def _comes(self) -> Lease:
        until = self.now + timedelta(seconds=152)
        lease = self.inbox.lease(GROUP, Lane.TURNS, until=until, now=self.now)
        assert lease is not None
        return lease

    def _message(self, which: int) -> Message:
        return self.messages[-1 - which % len(self.messages)]

    def _turn(self, which: int) -> Turn:
        found = self.outbox.turn(GROUP, self.turns[-1 - which % len(self.turns)])
        assert found is not None
        return found


@pytest.mark.hypothesis
@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_whatever_is_edited_the_last_words_stand_and_are_answered_once(backend: str) -> None:
    tell(Group, backend, stories=30, steps=30)
