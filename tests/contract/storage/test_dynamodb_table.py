"""What lies where in the table: whose ids are keys, which index has what, and what is past."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State
from chalicelib.ports import Button, Said
from tests.aws.cloud import Cloud, cloud
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    Desk,
    by,
    later,
    saying,
    tapped,
    unsent,
    wrote,
)
from tests.contract.storage.watched import Place, place_in


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as running:
        yield running


@pytest.fixture
def place(aws: Cloud) -> Iterator[Place]:
    with place_in(aws) as made:
        yield made


@pytest.fixture
def desk(place: Place) -> Desk:
    return place.desk()


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
        desk.outbox.settle(desk.lease(chat), f"token-tea-{where}", unsure=True)
        desk.reach(State.PARKED, wrote(f"milk-{where}", chat=chat, at=1))
        desk.reach(State.FAILED, wrote(f"rice-{where}", chat=chat, at=2))
        desk.accept(unsent(f"gone-{where}", chat=chat), unsent(f"milk-{where}", chat=chat))
        desk.accept(tapped(f"tap-{where}", chat=chat), wrote(f"new-{where}", chat=chat, at=3))
        desk.lease(chat, Lane.TAPS)
        desk.outbox.claim_note(f"token-new-{where}", now=later(40))
        button = Button(id=f"b-{where}", chat=chat, action="delete", user="Uamy")
        desk.stores.buttons.put([button], until=later(60))
        desk.stores.chats.learn_language(chat, "th", now=later(1))
    day = "day:2026-11-22:Uamy"
    desk.stores.counters.spend({day: 1}, {day: 9}, until={day: later(60)})


# --- keys --------------------------------------------------------------------------------------


def test_no_id_of_a_person_or_a_chat_is_part_of_any_key(place: Place, desk: Desk) -> None:
    live(desk)
    found = place.items()
    kinds = {str(item["pk"]).partition("#")[0] for item in found}
    assert kinds == {"chat", "person", "token", "counter"}
    for item in found:
        keys = " ".join(str(item.get(name, "")) for name in ("pk", "sk", "pending", "sweep"))
        assert not [name for name in ("Uamy", "Cfriends", "user:", "group:") if name in keys]
