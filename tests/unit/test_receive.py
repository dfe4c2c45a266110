"""A webhook comes in: what is stored, what is not, and who is woken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.assistant.receive import Receive
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import BadSignature, StorageUnavailable
from chalicelib.domain.events import (
    Batch,
    Event,
    Followed,
    ImageSent,
    Lane,
    OtherSent,
    Tapped,
    TextSent,
    Unsent,
)
from chalicelib.domain.media import Medium
from tests.assembled import AMY, GROUP, ORIGIN, Assembled, assembled
from tests.fakes import FakeQueue, FakeReader

BEN = replace(AMY, id="Uben")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where webhooks come in."""

    bot: Assembled
    reader: FakeReader
    queue: FakeQueue
    receive: Receive

    def gets(self, *events: Event, skipped: tuple[str, ...] = ()) -> None:
        """One signed webhook with these events."""
        self.reader.batch = Batch(events=events, skipped=skipped)
        self.receive(b"{}", None, origin=ORIGIN)

    def kept(self, chat: Chat) -> list[Event]:
        return [arrival.event for arrival in self.bot.stores.inbox.waiting(chat)]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with assembled(tmp_path) as bot:
        reader, queue = FakeReader(), FakeQueue()
        receive = Receive(
            reader=reader,
            inbox=bot.stores.inbox,
            book=lambda: bot.stores.chats,
            media=lambda: bot.parts.media,
            queue=queue,
            is_command=bot.parts.commands.gives,
            names=lambda: ("小聊",),
            clock=bot.clock,
            telemetry=bot.telemetry,
        )
        yield Door(bot=bot, reader=reader, queue=queue, receive=receive)


def base(chat: Chat, user: str | None = "Uamy") -> dict[str, Any]:
    number = next(_numbers)
    return {"id": f"e{number}", "chat": chat, "user": user, "at": number, "token": f"t{number}"}


def text(words: str, *, chat: Chat = AMY, to_bot: bool = False) -> TextSent:
    fields = base(chat)
    return TextSent(**fields, message_id=f"m-{fields['id']}", text=words, to_bot=to_bot)


def test_what_is_not_signed_is_refused_and_nothing_of_it_is_kept(door: Door) -> None:
    door.reader.batch = Batch(events=(text("嗨"),))
    with pytest.raises(BadSignature):
        door.receive(b"{}", "forged", origin=ORIGIN)
    assert door.bot.stores.inbox.depth() == 0
    assert door.queue.woken == []


def test_a_message_is_kept_and_its_chat_is_woken(door: Door) -> None:
    hello = text("嗨")
    door.gets(hello)
    (arrival,) = door.bot.stores.inbox.waiting(AMY)
    assert arrival.event == hello
    assert arrival.received == door.bot.clock.now()
    assert arrival.origin == ORIGIN
    assert door.queue.woken == [(AMY, Lane.TURNS)]


def test_the_consoles_verify_button_sends_nothing_and_is_welcome(door: Door) -> None:
    door.gets()
    assert door.queue.woken == []


def test_each_chat_and_lane_of_a_webhook_is_woken_once(door: Door) -> None:
    tap = Tapped(**base(AMY), data="taps:b1")
    door.gets(text("我想問"), text("明天"), tap, text("會下雨嗎？"), text("嗨", chat=BEN))
    assert door.queue.woken == [(AMY, Lane.TURNS), (AMY, Lane.TAPS), (BEN, Lane.TURNS)]
    assert len(door.kept(AMY)) == 3


def test_a_redelivery_adds_nothing_and_wakes_again(door: Door) -> None:
    hello = text("嗨")
    door.gets(hello)
    door.bot.clock.move(30)
    door.gets(hello)
    (arrival,) = door.bot.stores.inbox.waiting(AMY)
    assert arrival.received == door.bot.clock.now()
    assert door.queue.woken == [(AMY, Lane.TURNS)] * 2
    assert [fact["new"] for fact in door.bot.telemetry.named("event_accepted")] == [True, False]


def test_a_wake_is_known_by_its_newest_event_and_one_for_a_redelivery_is_its_own(
    door: Door,
) -> None:
    first, second = text("嗨"), text("在嗎？")
    door.gets(first, second)
    door.gets(second)
    assert door.queue.causes == [second.id, None]


def test_talk_of_a_group_that_does_not_call_the_bot_is_not_stored(door: Door) -> None:
    door.gets(
        text("晚餐吃什麼？", chat=GROUP),
        text("help", chat=GROUP),
        text("/etc", chat=GROUP),
        ImageSent(**base(GROUP), message_id="m2"),
        OtherSent(**base(GROUP), message_id="m3", what="sticker"),
    )
    assert door.bot.stores.inbox.depth() == 0
    assert door.queue.woken == []
    assert door.bot.telemetry.facts == []


def test_in_a_group_a_mention_and_a_command_are_kept(door: Door) -> None:
    mention, command = text("晚餐吃什麼？", chat=GROUP, to_bot=True), text("／說明", chat=GROUP)
    door.gets(mention, text("好餓", chat=GROUP), command)
    assert door.kept(GROUP) == [mention, command]
    assert door.queue.woken == [(GROUP, Lane.TURNS)]


def test_in_a_group_taps_are_kept_and_of_what_is_taken_back_no_event(door: Door) -> None:
    tap = Tapped(**base(GROUP), data="turns:b1")
    back = replace(Unsent(**base(GROUP), message_id="m1"), token=None)
    door.gets(tap, back)
    assert door.kept(GROUP) == [tap]


def test_in_a_private_chat_everything_is_kept(door: Door) -> None:
    events = (
        Followed(**base(AMY)),
        ImageSent(**base(AMY), message_id="m1"),
        OtherSent(**base(AMY), message_id="m2", what="sticker"),
        text("嗨"),
    )
    door.gets(*events)
    assert door.kept(AMY) == list(events)


def test_a_message_taken_back_is_forgotten_before_any_worker_wakes(door: Door) -> None:
    event = door.bot.hears("我的密碼是 1234。")
    history, now = door.bot.stores.history, door.bot.clock.now()
    assert len(history.recent(AMY, limit=10, now=now)) == 2
    door.gets(Unsent(**base(AMY), message_id=f"m-{event}"))
    assert history.recent(AMY, limit=10, now=now) == ()


def test_what_was_skipped_is_a_fact_with_its_reason(door: Door) -> None:
    door.gets(text("嗨"), skipped=("beacon: not handled", "hologram: unknown kind"))
    reasons = [fact["reason"] for fact in door.bot.telemetry.named("event_skipped")]
    assert reasons == ["beacon: not handled", "hologram: unknown kind"]
    assert len(door.kept(AMY)) == 1


def test_no_word_of_a_message_is_logged(door: Door) -> None:
    door.gets(text("我的密碼是 1234"))
    assert "1234" not in repr(door.bot.telemetry.facts)


def test_when_the_wake_cannot_be_kept_the_webhook_fails_and_its_events_are_safe(
    door: Door,
) -> None:
    door.queue.broken = StorageUnavailable("the queue is away")
    with pytest.raises(StorageUnavailable, match="the queue is away"):
        door.gets(text("嗨"))
    assert len(door.kept(AMY)) == 1


def test_when_the_store_is_away_the_webhook_fails_and_nobody_is_woken(door: Door) -> None:
    door.bot.database.close()
    with pytest.raises(StorageUnavailable):
        door.gets(text("嗨"))
    assert door.queue.woken == []


def test_a_picture_that_is_taken_back_is_erased_at_once(door: Door) -> None:
    media, now = door.bot.parts.media, door.bot.clock.now()
    picture = Medium(content=b"pixels", content_type="image/png")
    for name in ("m1", "m2"):
        media.keep(AMY, name, picture, user="Uamy", now=now)
    door.gets(Unsent(**{**base(AMY), "token": None}, message_id="m1"))
    assert media.read(AMY, "m1", now=now) is None
    assert media.read(AMY, "m2", now=now) == picture
