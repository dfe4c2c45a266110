"""Whatever happens in whichever order: no message is lost, nothing is claimed or answered twice.

People write and take back, workers take, answer, send, stall and come back late, in an order
that nobody thought of. A few lines of model say what must be true all the same.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost, Withdrawn
from chalicelib.domain.events import Lane, TextSent
from chalicelib.domain.messages import Answer
from chalicelib.domain.turns import Lease, Sending, State, Turn
from tests.contract.storage.backends import BACKENDS
from tests.contract.storage.desk import AMY, BEN, ORIGIN, later, saying, unsent, wrote
from tests.contract.storage.stories import tell

CHATS = (AMY, BEN)
chats = st.sampled_from(CHATS)
#: Which of many: mostly the newest, sometimes another.
one = st.sampled_from([0, 0, 0, 1, 2, 7])


class Bot(RuleBasedStateMachine):
    """Everything that may happen to an inbox and its outbox, and what is known of it."""

    backend = ""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        folder = Path(self.cleanup.enter_context(TemporaryDirectory()))
        self.stores = BACKENDS[self.backend](folder, self.cleanup).open()
        self.inbox, self.outbox = self.stores.inbox, self.stores.outbox
        self.now = later(0)
        self.accepted: list[TextSent] = []
        self.taken_back: set[str] = set()
        self.turns: dict[str, Turn] = {}
        self.answers: dict[str, Answer] = {}
        self.claims: list[str] = []
        self.leases: list[tuple[Lease, datetime]] = []
        self.owner: dict[Chat, Lease] = {}

    def teardown(self) -> None:
        self.cleanup.close()

    @initialize(answered=st.booleans())
    def two_are_being_answered(self, answered: bool) -> None:
        for chat in CHATS:
            self.somebody_writes(chat, merges=True, earlier=False)
            self.a_worker_comes(chat)
            self.a_worker_takes(0)
            if answered:
                self.a_worker_saves(0, 0)

    # --- what people do ------------------------------------------------------------------------

    @rule(chat=chats, merges=st.booleans(), earlier=st.booleans())
    def somebody_writes(self, chat: Chat, merges: bool, earlier: bool) -> None:
        number = len(self.accepted)
        text = "What is it?" if merges else "/help"
        event = wrote(str(number), text, chat=chat, at=-number if earlier else number)
        assert self.inbox.accept(event, origin=ORIGIN, now=self.now)
        self.accepted.append(event)

    @precondition(lambda self: self.accepted)
    @rule(which=one)
    def a_webhook_comes_again(self, which: int) -> None:
        event = self.accepted[-1 - which % len(self.accepted)]
        assert not self.inbox.accept(event, origin=ORIGIN, now=self.now)

    @precondition(lambda self: self.accepted)
    @rule(which=one)
    def somebody_takes_back(self, which: int) -> None:
        event = self.accepted[-1 - which % len(self.accepted)]
        name = event.id.removeprefix("event-")
        self.inbox.accept(unsent(name, chat=event.chat), origin=ORIGIN, now=self.now)
        self.taken_back.add(event.id)

    @rule(seconds=st.sampled_from([1, 30, 200]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # --- what workers do, on time or too late --------------------------------------------------

    @rule(chat=chats)
    def a_worker_comes(self, chat: Chat) -> None:
        until = self.now + timedelta(seconds=152)
        lease = self.inbox.lease(chat, Lane.TURNS, until=until, now=self.now)
        free = chat not in self.owner or self._ends(self.owner[chat]) <= self.now
        assert (lease is not None) is free
        if lease is not None:
            self.leases.append((lease, until))
            self.owner[chat] = lease

    @precondition(lambda self: self.leases)
    @rule(worker=one)
    def a_worker_releases(self, worker: int) -> None:
        lease = self._lease(worker)
        self.inbox.release(lease)
        if self._owns(lease):
            del self.owner[lease.chat]

    @precondition(lambda self: self.leases)
    @rule(worker=one)
    def a_worker_takes(self, worker: int) -> None:
        lease = self._lease(worker)
        with self._allowed(lease):
            turn = self.inbox.take(lease, now=self.now)
            if isinstance(turn, Turn):
                assert turn.chat == lease.chat
                known = self.turns.get(turn.id)
                assert turn.attempts == (known.attempts + 1 if known else 1)
                self.turns[turn.id] = turn

    @precondition(lambda self: self.leases and self.turns)
    @rule(worker=one, which=one)
    def a_worker_saves(self, worker: int, which: int) -> None:
        turn = self._turn(which)
        lease = self._lease(worker, turn.chat)
        before = self._kept(turn)
        answer = saying(f"answer {len(self.answers)} to {turn.id}")
        with self._allowed(lease):
            try:
                self.outbox.save(lease, turn.id, answer)
            except Withdrawn:
                assert before.state is State.WITHDRAWN
            else:
                if before.state is State.WORKING:
                    self.answers[turn.id] = answer

    @precondition(lambda self: self.leases and self.turns)
    @rule(worker=one, which=one, and_parked=st.booleans())
    def a_worker_sends(self, worker: int, which: int, and_parked: bool) -> None:
        turn = self._turn(which)
        lease = self._lease(worker, turn.chat)
        token = turn.latest.event.token or ""
        parked = [waiting.id for waiting in self.outbox.parked(turn.chat)] if and_parked else []
        sending = Sending(token=token, until=self.now + timedelta(seconds=55))
        with self._allowed(lease):
            going = self.outbox.begin(lease, [*parked, turn.id], sending, now=self.now)
            self.claims += [token] if going else []
            for sent in going:
                assert sent.answer == self.answers[sent.id]
                assert sent.sending == sending

    @precondition(lambda self: self.leases and self.turns)
    @rule(worker=one, which=one, how=st.sampled_from(["settle", "doubt", "park", "fail", "close"]))
    def a_worker_concludes(self, worker: int, which: int, how: str) -> None:
        turn = self._turn(which)
        lease = self._lease(worker, turn.chat)
        token = turn.latest.event.token or ""
        with self._allowed(lease):
            match how:
                case "park":
                    self.outbox.park(lease, [turn.id])
                case "fail":
                    self.outbox.fail(lease, turn.id, "test")
                case "close":
                    self.outbox.close(lease, turn.id)
                case _:
                    self.outbox.settle(lease, token, unsure=how == "doubt")

    @precondition(lambda self: self.accepted)
    @rule(which=one)
    def a_note_is_sent(self, which: int) -> None:
        token = self.accepted[-1 - which % len(self.accepted)].token or ""
        self.claims += [token] if self.outbox.claim_note(token, now=self.now) else []

    # --- what is true all the same -------------------------------------------------------------

    @invariant()
    def every_message_is_in_one_place(self) -> None:
        waiting = [a.event.id for chat in CHATS for a in self.inbox.waiting(chat)]
        for event in self.accepted:
            turn = self.outbox.turn_of(event.chat, event.id)
            held = turn is not None and any(a.event == event for a in turn.arrivals)
            withdrawn = self.outbox.is_withdrawn(event.chat, event.id)
            assert [waiting.count(event.id), held, withdrawn].count(True) == 1
            assert withdrawn is (event.id in self.taken_back)
            assert not (held and turn is not None and turn.state is State.WITHDRAWN)

    @invariant()
    def no_token_is_claimed_twice(self) -> None:
        assert len(self.claims) == len(set(self.claims))
        for event in self.accepted:
            claimed = self.outbox.claimed(event.token or "") is not None
            assert claimed is (event.token in self.claims)

    @invariant()
    def a_saved_answer_never_changes(self) -> None:
        for turn_id, turn in self.turns.items():
            kept = self._kept(turn)
            erased = any(a.event.id in self.taken_back for a in turn.arrivals)
            assert kept.answer == (None if erased else self.answers.get(turn_id))

    @invariant()
    def a_lane_has_one_owner_at_most(self) -> None:
        for lease, _ in self.leases:
            with self._allowed(lease):
                self.outbox.park(lease, [])

    @invariant()
    def whoever_has_work_is_found(self) -> None:
        found = self.inbox.chats_with_work()
        for chat in CHATS:
            assert ((chat, Lane.TURNS) in found) is self.inbox.has_work(chat, Lane.TURNS)
            if self.inbox.waiting(chat):
                assert self.inbox.has_work(chat, Lane.TURNS)

    def _allowed(self, lease: Lease) -> ExitStack:
        """Expect LeaseLost, for a lease that is not the owner's."""
        allowed = ExitStack()
        if not self._owns(lease):
            allowed.enter_context(pytest.raises(LeaseLost))
        return allowed

    def _owns(self, lease: Lease) -> bool:
        return self.owner.get(lease.chat) == lease

    def _ends(self, lease: Lease) -> datetime:
        return next(until for known, until in self.leases if known == lease)

    def _lease(self, worker: int, chat: Chat | None = None) -> Lease:
        """One of all leases there ever were, newest first; of this chat, if there is one."""
        leases = [lease for lease, _ in reversed(self.leases) if chat in (None, lease.chat)]
        found = leases[worker % len(leases)] if leases else self.leases[-1][0]
        return found if chat is None else replace(found, chat=chat)

    def _turn(self, which: int) -> Turn:
        turns = list(self.turns.values())
        return turns[-1 - which % len(turns)]

    def _kept(self, turn: Turn) -> Turn:
        found = self.outbox.turn(turn.chat, turn.id)
        assert found is not None
        return found


@pytest.mark.hypothesis
@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_whatever_happens_nothing_is_lost_and_nothing_is_said_twice(backend: str) -> None:
    tell(Bot, backend, stories=25, steps=30)
