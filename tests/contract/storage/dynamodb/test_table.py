"""What lies where in the table: whose ids are keys, which index has what, and what is past."""

from __future__ import annotations

import json
from collections import Counter

from chalicelib.adapters.storage.dynamodb.items import SHARDS, person, shard
from chalicelib.adapters.storage.dynamodb.values import place as at
from chalicelib.domain.chat import Chat, ChatKind
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


def live(desk: Desk) -> None:
    """Whatever a bot does in a day, in a private chat and in a group."""
    for chat in (AMY, GROUP):
        where = chat.kind
        turn = desk.reach(State.WORKING, wrote(f"tea-{where}", chat=chat))
        lines = [
            Said(text="Tea?", by_bot=False, message_id=f"message-tea-{where}", user="Uamy"),
            Said(text="Green.", by_bot=True),
        ]
        desk.outbox.save(desk.lease(chat), turn.id, saying("Green."), lines)
        desk.outbox.begin(desk.lease(chat), [turn.id], by(f"tea-{where}"), now=later(1))
        shown = [Shown(message_id=f"1-{where}", turn_id=turn.id, place=0)]
        desk.outbox.settle(desk.lease(chat), f"token-tea-{where}", unsure=True, shown=shown)
        desk.overhear(wrote(f"heard-{where}", chat=chat), wrote(f"asks-{where}", chat=chat))
        desk.edit(edited(f"heard-{where}", chat=chat), asks=False)
        desk.edit(edited(f"asks-{where}", chat=chat))
        desk.stores.chats.choose(chat, Choice.KEEPER, "Uamy", now=later(1))
        desk.reach(State.PARKED, wrote(f"milk-{where}", chat=chat, at=1))
        desk.reach(State.FAILED, wrote(f"rice-{where}", chat=chat, at=2))
        desk.accept(unsent(f"gone-{where}", chat=chat), unsent(f"milk-{where}", chat=chat))
        desk.accept(tapped(f"tap-{where}", chat=chat), wrote(f"new-{where}", chat=chat, at=3))
        desk.lease(chat, Lane.TAPS)
        desk.outbox.claim_note(f"token-new-{where}", now=later(40))
        button = Button(id=f"b-{where}", chat=chat, action="delete", user="Uamy")
        desk.stores.buttons.put([button], until=later(60))
        desk.stores.chats.learn_language(chat, "th", now=later(1))
    desk.stores.chats.part(AMY, until=later(days=7), now=later(1))
    mine = (account(a_minute=9), account(GROUP.key), account("everyone"))
    for name in ("settled", "held"):
        desk.stores.ledger.reserve(call(name, *mine))
    desk.stores.ledger.settle(call("settled", *mine), record(call("settled", *mine), 7))
    desk.stores.invites.issue("code", Role.GUEST, until=later(60))
    day = "day:2026-11-22:Uamy"
    desk.stores.counters.spend({day: 1}, {day: 9}, until={day: later(60)})


# --- keys --------------------------------------------------------------------------------------


def test_no_id_of_a_person_or_a_chat_is_part_of_any_key(place: Place, desk: Desk) -> None:
    live(desk)
    found = place.items()
    kinds = {str(item["pk"]).partition("#")[0] for item in found}
    assert kinds == {"chat", "person", "token", "counter", "account", "ledger", "invite"}
    for item in found:
        keys = " ".join(str(item.get(name, "")) for name in ("pk", "sk", "pending", "sweep"))
        assert not [name for name in ("Uamy", "Cfriends", "user:", "group:") if name in keys]


# --- the sweep's index -------------------------------------------------------------------------


def swept(place: Place, part: str) -> set[str]:
    """What kinds of items are in a part of the sweep's index."""
    shards = (place.table.due(f"{part}#{number}") for number in range(SHARDS))
    return {str(item["sk"]).partition("#")[0] for shard in shards for item in shard}


def test_the_sweep_finds_only_work_and_what_is_to_be_erased(place: Place, desk: Desk) -> None:
    live(desk)
    assert swept(place, "work") == {"event"}
    assert swept(place, "due") == {"turn", "said", "message", "facts"}
    assert swept(place, "held") == {"entry"}
    assert [item["sk"] for item in place.table.due("parted")] == ["parted"]
    for item in place.items():
        is_work = item.get("state") in {"waiting", "working", "answered"}
        holds_words = not {"words", "answer", "lines"}.isdisjoint(item)
        kind = str(item["sk"]).partition("#")[0]
        if kind in {"lease", "button", "claim", "counter", "month", "minute", "invite", "keeper"}:
            assert "sweep" not in item
        if kind == "message":
            assert ("sweep" in item) is ("pending" in item) is ("lines" in item)
        if is_work:
            assert str(item["sweep"]).startswith("work#")
            assert "ttl" not in item
        elif holds_words and item.get("state") != "held":
            assert str(item["sweep"]).startswith("due#")


def test_a_chat_that_is_done_with_is_in_no_index(place: Place, desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea"))
    desk.accept(tapped("tap"))
    desk.inbox.finish_tap(desk.lease(lane=Lane.TAPS), "event-tap")
    for days in (1.1, 7.1):
        desk.stores.forgetful[0].purge(now=later(days=days))
    assert not [item for item in place.items() if "sweep" in item or "pending" in item]
    assert desk.inbox.chats_with_work() == ()
    assert desk.inbox.depth() == 0


def test_many_chats_use_all_parts_of_the_index_about_evenly() -> None:
    counts = Counter(shard(f"user:U{number:032x}") for number in range(1600))
    assert sorted(counts) == list(range(SHARDS))
    assert max(counts.values()) < 2 * 100


def test_what_is_due_is_erased_in_every_part_of_the_index_at_once(place: Place) -> None:
    chats = [Chat(ChatKind.USER, f"U{number:032x}") for number in range(40)]
    assert len({shard(chat.key) for chat in chats}) > SHARDS / 2
    for chat in chats:
        place.others.chats.mark_introduced(chat, now=later(0))
    place.stores.forgetful[0].purge(now=later(days=30, seconds=-1))
    assert len(place.items("facts")) == 40
    place.stores.forgetful[0].purge(now=later(days=30))
    assert place.items("facts") == []


# --- in time -----------------------------------------------------------------------------------


def holding(place: Place, *words: str) -> list[str]:
    """Which of these words are anywhere in the table."""
    found = str(place.items())
    return [word for word in words if word in found]


def purge(place: Place, *, days: float, minute: float) -> None:
    """The sweep of a minute, so long after noon; DynamoDB has deleted nothing yet."""
    for store in place.stores.forgetful:
        store.purge(now=later(days=days, seconds=60 * minute))


def test_words_go_in_the_minute_in_which_they_are_due(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea", "Xylophonic?"))
    lines = [Said(text="Zymurgy?", by_bot=False), Said(text="Zymurgy.", by_bot=True)]
    desk.outbox.save(desk.lease(), turn.id, saying("Esquipedalian."), lines)
    desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(0))
    desk.outbox.settle(desk.lease(), "token-tea", unsure=False)
    words = ("Xylophonic", "Esquipedalian", "Zymurgy")
    purge(place, days=1, minute=-1)
    assert holding(place, *words) == list(words)
    purge(place, days=1, minute=0)
    assert holding(place, *words) == ["Zymurgy"]
    purge(place, days=7, minute=-1)
    assert desk.outbox.turn(AMY, turn.id) is not None
    purge(place, days=7, minute=0)
    assert desk.outbox.turn(AMY, turn.id) is None
    assert place.items("event#") == []
    purge(place, days=30, minute=-1)
    assert holding(place, *words) == ["Zymurgy"]
    purge(place, days=30, minute=0)
    assert holding(place, *words) == []


def test_words_of_a_message_that_nobody_could_read_go_after_a_day(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", "Xylophonic?"))
    (event,) = place.items("event#")
    odd = {":words": '{"kind": "newer", "text": "Xylophonic?"}'}
    place.table.change_one(str(event["pk"]), str(event["sk"]), "SET words = :words", odd)
    assert desk.inbox.take(desk.lease(), now=later(1)) is None
    purge(place, days=1, minute=0)
    assert holding(place, "Xylophonic") == []


# --- what is past its time, though DynamoDB has not deleted it yet --------------------------------


def test_an_event_that_is_past_counts_as_new(place: Place, desk: Desk) -> None:
    desk.accept(tapped("tap"))
    desk.inbox.finish_tap(desk.lease(lane=Lane.TAPS), "event-tap")
    desk.accept(unsent("tea"), wrote("tea"))
    assert {item["state"] for item in place.items("event#")} == {"done", "withdrawn"}
    soon, past = later(days=7, seconds=-1), later(days=7)
    assert desk.inbox.accept(tapped("tap"), origin=ORIGIN, now=soon) is False
    assert desk.inbox.accept(tapped("tap"), origin=ORIGIN, now=past) is True
    assert [one.event.id for one in desk.inbox.taps(desk.lease(lane=Lane.TAPS))] == ["event-tap"]


def test_a_tombstone_that_is_past_withdraws_nothing(place: Place, desk: Desk) -> None:
    desk.accept(unsent("tea"), unsent("milk"))
    assert desk.inbox.accept(unsent("milk"), origin=ORIGIN, now=later(days=6.9)) is False
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(days=7)) is True
    assert [one.event for one in desk.inbox.waiting(AMY)] == [wrote("tea")]
    desk.accept(unsent("rice"))
    assert desk.inbox.accept(unsent("rice"), origin=ORIGIN, now=later(days=7)) is True
    assert len(place.items("message#")) == 3


def test_a_note_of_a_message_that_is_past_leads_to_the_new_one(place: Place, desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea"))
    desk.stores.forgetful[0].purge(now=later(days=7.1))
    desk.accept(wrote("tea"), now=later(days=7.2))
    desk.accept(unsent("tea"), now=later(days=7.3))
    assert desk.outbox.is_withdrawn(AMY, "event-tea")
    assert desk.inbox.waiting(AMY) == ()


def test_a_button_that_is_past_is_gone(place: Place, desk: Desk) -> None:
    desk.stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    assert desk.stores.buttons.get(AMY, "b", now=later(60)) is None
    assert desk.stores.buttons.use(AMY, "b", by="event-tap", now=later(60)) is False
    assert len(place.items("button#")) == 1


def test_a_lease_that_is_past_is_free_and_its_fence_goes_on(place: Place, desk: Desk) -> None:
    before = desk.lease()
    desk.leases.clear()
    after = desk.lease(now=later(days=30))
    assert after.fence == before.fence + 1


def test_lines_and_facts_that_are_past_are_not_told(place: Place, desk: Desk) -> None:
    desk.remembers(AMY, "tea", [Said(text="Tea?", by_bot=False)])
    assert desk.stores.history.recent(AMY, limit=9, now=later(days=30)) == ()
    assert len(place.items("said#")) == 1


def test_an_event_of_an_older_version_is_read_without_what_is_new(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea"))
    (event,) = place.items("event#")
    old = {**json.loads(str(event["words"]))}
    for new in ("quote_token", "read_token", "quotes"):
        del old[new]
    place.table.change_one(*at(event), "SET words = :words", {":words": json.dumps(old)})
    assert desk.take().latest.event == wrote("tea")


def test_the_note_of_a_message_of_an_older_version_leads_to_it(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP), wrote("milk", chat=GROUP, at=1))
    assert {name for item in place.items("message#") for name in item} == {
        *("pk", "sk", "event", "buried", "ttl", "rev"),
    }
    assert desk.edit(edited("tea"), asks=False) is True


def test_a_place_where_nothing_of_a_person_is_left_does_no_harm(place: Place, desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea", chat=GROUP))
    desk.stores.forgetful[0].purge(now=later(days=7.1))
    assert len(place.table.query(person("Uamy"))) == 1
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert place.table.query(person("Uamy")) == []
