"""What DynamoDB is asked for: how often, on which condition, and whether the last write is seen.

Each request costs milliseconds and money, so an ordinary message's are counted here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State
from chalicelib.ports import Button, Choice, Role, Said, Shown
from tests.contract.storage.bookkeeping import account, call, record
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    ORIGIN,
    Desk,
    by,
    edited,
    later,
    saying,
    tapped,
    unsent,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place

Json = dict[str, Any]

IS_NEW = "attribute_not_exists(pk) OR ttl <= :now"
ABSENT = "attribute_not_exists(pk)"
SAME = "rev = :rev"
HELD = "fence = :fence AND held = :yes"
BELOW = (
    "(attribute_not_exists(month) OR month < :month)"
    " AND (attribute_not_exists(d22) OR d22 < :d22)"
    " AND (attribute_not_exists(n22) OR n22 < :n22)"
)


def lines(name: str, *more: str) -> list[Said]:
    """What is remembered of a message, of others with it, and of the answer."""
    asked = (
        Said(text="Tea?", by_bot=False, message_id=f"message-{one}", user="Uamy")
        for one in (name, *more)
    )
    return [*asked, Said(text="Green.", by_bot=True)]


# --- how often ---------------------------------------------------------------------------------

#: One ordinary message in a private chat: each step, and what it asks for.
COSTS = {
    "accept": ["TransactWriteItems"],
    "lease": ["UpdateItem"],
    "take": ["Query", "TransactWriteItems"],
    "save": ["GetItem", "TransactWriteItems"],
    "begin": ["BatchGetItem", "BatchGetItem", "TransactWriteItems"],
    "settle": ["Query", "TransactWriteItems"],
    "take again": ["Query", "GetItem"],
    "release": ["UpdateItem"],
    "has work": ["Query"],
}


def test_an_ordinary_message_asks_for_no_more_than_it_needs(place: Place, desk: Desk) -> None:
    turn_id = ""
    steps: dict[str, Callable[[], object]] = {
        "accept": lambda: desk.accept(wrote("tea")),
        "lease": lambda: desk.lease(),
        "take": lambda: desk.take(),
        "save": lambda: desk.outbox.save(desk.lease(), turn_id, saying("Green."), lines("tea")),
        "begin": lambda: desk.outbox.begin(desk.lease(), [turn_id], by("tea"), now=later(1)),
        "settle": lambda: desk.outbox.settle(desk.lease(), "token-tea", unsure=False),
        "take again": lambda: desk.inbox.take(desk.lease(), now=later(2)),
        "release": lambda: desk.inbox.release(desk.lease()),
        "has work": lambda: desk.inbox.has_work(AMY, Lane.TURNS),
    }
    asked: dict[str, list[str]] = {}
    for name, step in steps.items():
        place.watched.forget()
        step()
        asked[name] = place.watched.actions
        turn_id = str(place.items("turn#")[0]["id"]) if name == "take" else turn_id
    assert asked == COSTS


def test_many_answers_that_wait_cost_no_more_reads_than_one(place: Place, desk: Desk) -> None:
    for number in range(4):
        desk.reach(State.PARKED, wrote(str(number), at=number))
    place.watched.forget()
    assert len(desk.outbox.parked(AMY)) == 4
    assert place.watched.actions == ["Query", "BatchGetItem"]


# --- on which condition ------------------------------------------------------------------------


def converse(desk: Desk) -> None:
    """Whatever may happen to messages, answers and buttons, in a group and in private."""
    for chat, more in ((AMY, ()), (GROUP, ("rice",))):
        name = f"tea-{chat.kind}"
        desk.accept(wrote(name, chat=chat), now=later(0))
        desk.accept(wrote(name, chat=chat), now=later(1))
        turn = desk.take(chat, now=later(1))
        desk.accept(wrote(name, chat=chat), now=later(2))
        desk.outbox.save(desk.lease(chat), turn.id, saying("Green."), lines(name, *more))
        desk.outbox.begin(desk.lease(chat), [turn.id], by(name), now=later(3))
        shown = [Shown(message_id=f"1-{name}", turn_id=turn.id, place=0)]
        desk.outbox.settle(desk.lease(chat), f"token-{name}", unsure=True, shown=shown)
        desk.outbox.reassure(chat, [turn.id])
        desk.accept(unsent(name, chat=chat), unsent(f"late-{name}", chat=chat))
        desk.accept(wrote(f"late-{name}", chat=chat, at=1))
        desk.outbox.claim_note(f"token-note-{name}", now=later(4))
        desk.reach(State.PARKED, wrote(f"milk-{name}", chat=chat, at=2))
        desk.accept(tapped(f"tap-{name}", chat=chat))
        desk.inbox.finish_tap(desk.lease(chat, Lane.TAPS), f"event-tap-{name}")
        failed = desk.reach(State.FAILED, wrote(f"rice-{name}", chat=chat, at=3))
        desk.stores.failures.revive(chat, failed.id, now=later(5))
        desk.stores.buttons.put([Button(id=name, chat=chat, action="x", user="U")], until=later(9))
        desk.stores.buttons.use(chat, name, by="event-x", now=later(6))
        desk.stores.chats.mark_introduced(chat, now=later(7))
        for keeper in ("Uben", "Uamy"):
            desk.stores.chats.choose(chat, Choice.KEEPER, keeper, now=later(8))
        desk.overhear(wrote(f"heard-{name}", chat=chat), wrote(f"again-{name}", chat=chat))
        desk.edit(edited(f"heard-{name}", chat=chat), asks=False)
        desk.edit(edited(f"again-{name}", chat=chat))
        desk.edit(edited(f"milk-{name}", chat=chat))
        desk.edit(edited(f"new-{name}", chat=chat))
        desk.stores.chats.part(chat, until=later(days=7), now=later(8))
        spend(desk, f"one-{name}", f"two-{name}")
    desk.stores.invites.issue("code", Role.GUEST, until=later(60))
    desk.stores.invites.redeem("code", by="event-x", now=later(9))
    desk.stores.counters.spend({"day": 1}, {"day": 9}, until={"day": later(60)})
    desk.inbox.release(desk.leases.pop((AMY, Lane.TURNS)))
    desk.stores.forgetful[0].purge(now=later(days=1.1))
    desk.stores.forgetful[0].purge(now=later(days=7.1))


def spend(desk: Desk, settled: str, given_back: str) -> None:
    """Two calls begin, against every limit and against none; one is settled, one is given back."""
    limits: dict[str, Any] = {"day_limit": 999, "month_limit": 999, "answers": 99, "a_minute": 99}
    accounts = (account("user:Uamy", **limits), account("everyone"))
    ledger = desk.stores.ledger
    for name in (settled, given_back):
        ledger.reserve(call(name, *accounts))
    ledger.settle(call(settled, *accounts), record(call(settled, *accounts), 7))
    ledger.heal(now=later(120))


#: Every kind of write there is, and the conditions it is made on; "" is none.
CONDITIONS = {
    ("Put", "event"): {IS_NEW, SAME, ABSENT},
    # What shows an answer decides nothing, and comes in the transaction that settles its turn.
    ("Put", "message"): {
        f"{IS_NEW} OR (buried = :no AND attribute_not_exists(edited))",
        IS_NEW,
        SAME,
        ABSENT,
        "",
    },
    ("Put", "turn"): {ABSENT, SAME},
    ("Put", "claim"): {ABSENT, f"{ABSENT} OR by = :by"},
    ("ConditionCheck", "lease"): {HELD},
    ("ConditionCheck", "claim"): {ABSENT},
    ("ConditionCheck", "turn"): {SAME},
    ("Update", "lease"): {
        "attribute_not_exists(pk) OR (ends <= :now AND asked <> :asked)",
        "fence = :fence",
    },
    ("Update", "counter"): {"attribute_not_exists(spent) OR spent <= :room"},
    ("Delete", "turn"): {SAME},
    ("Delete", "event"): {SAME},
    ("Delete", "said"): {SAME},
    # Lines come in the transaction that answers their turn, which has conditions of its own.
    ("Put", "said"): {"", SAME},
    ("Put", "facts"): {ABSENT, SAME},
    ("Put", "entry"): {ABSENT, "standing = :standing"},
    ("Update", "minute"): {"(attribute_not_exists(calls) OR calls < :calls)"},
    ("Update", "invite"): {
        "used_by = :by OR (attribute_not_exists(used_by) AND ends > :now)",
    },
    # Money comes in the transaction of the call that it is about; a limit is one more condition.
    ("Update", "month"): {"", BELOW},
    # These decide nothing: whatever is there, the last one is right.
    ("Put", "chat"): {""},
    ("Put", "keeper"): {""},
    ("Delete", "keeper"): {""},
    ("Put", "parted"): {""},
    ("Put", "invite"): {""},
    ("Update", "button"): {
        "",
        "ends > :now AND (attribute_not_exists(used_by) OR used_by = :by)",
    },
}


def test_every_write_that_decides_something_has_its_condition(place: Place, desk: Desk) -> None:
    converse(desk)
    found: dict[tuple[str, str], set[str]] = {}
    for kind, what in place.watched.writes:
        sk = (what.get("Key") or what["Item"])["sk"]["S"]
        condition = what.get("ConditionExpression", "").replace("#", "")
        found.setdefault((kind, sk.partition("#")[0]), set()).add(condition)
    assert found == CONDITIONS


def test_a_worker_writes_nothing_without_its_lease(place: Place, desk: Desk) -> None:
    for number, name in enumerate(("tea", "milk", "rice", "salt")):
        event = wrote(name, f"/{name}", at=number)
        place.others.inbox.accept(event, origin=ORIGIN, now=later(0))
    parked = desk.take()
    desk.outbox.save(desk.lease(), parked.id, saying("Green."), lines("tea"))
    desk.outbox.park(desk.lease(), [parked.id])
    failed = desk.take()
    desk.outbox.save(desk.lease(), failed.id, saying("Green."), lines("milk"))
    desk.outbox.fail(desk.lease(), failed.id, "refused")
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, saying("Green."), lines("rice"))
    desk.outbox.begin(desk.lease(), [turn.id], by("rice"), now=later(1))
    desk.outbox.settle(desk.lease(), "token-rice", unsure=False)
    desk.outbox.adopt(desk.lease(), desk.take().id, turn.id)
    transactions = [
        payload["TransactItems"]
        for action, payload in place.watched.asked
        if action == "TransactWriteItems"
    ]
    assert len(transactions) == 12
    for first, *_ in transactions:
        assert first["ConditionCheck"]["ConditionExpression"] == HELD


# --- what is seen ------------------------------------------------------------------------------


def test_every_read_but_the_sweeps_sees_the_last_write(place: Place, desk: Desk) -> None:
    converse(desk)
    desk.inbox.chats_with_work()
    desk.inbox.depth()
    desk.stores.failures.given_up()
    desk.stores.history.recent(AMY, limit=9, now=later(9))
    desk.stores.chats.facts(AMY)
    desk.stores.ledger.spent([account()])
    assert list(desk.stores.ledger.entries(["2026-11-22"]))
    for action, payload in place.watched.asked:
        if action in {"GetItem", "Query"}:
            is_sweep = payload.get("IndexName") == "sweep"
            assert payload.get("ConsistentRead", False) is not is_sweep, payload
        if action == "BatchGetItem":
            assert all(one["ConsistentRead"] for one in payload["RequestItems"].values())


def test_a_worker_sees_a_message_that_was_stored_just_before(place: Place, desk: Desk) -> None:
    desk.lease()
    place.watched.before(
        "Query", lambda: place.others.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0))
    )
    assert desk.take().arrivals[0].event == wrote("tea")
    queries = [payload for action, payload in place.watched.asked if action == "Query"]
    assert queries
    assert all(query["ConsistentRead"] is True for query in queries)


# --- words that are DynamoDB's own -------------------------------------------------------------


def test_no_expression_has_a_reserved_word_for_a_name(place: Place, desk: Desk) -> None:
    converse(desk)
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    reserved = {word.strip().upper() for word in ReservedKeywords.get_reserved_keywords()}
    used = {"SET", "ADD", "AND", "OR", "BETWEEN"}
    for _, payload in [*place.watched.asked, *place.watched.writes]:
        said = " ".join(str(payload[name]) for name in payload if name.endswith("Expression"))
        bare = {word.upper() for word in re.findall(r"(?<![:#\w])[a-z_]+", said, re.IGNORECASE)}
        assert not bare & reserved - used, said
