"""What LINE tells: of people, of what was sent, and what becomes of asking it in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.adapters.line.access import LongLived
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.messages import Text
from chalicelib.ports import Profile
from tests.fakes import FakeTelemetry
from tests.scripted import Reply, Scripted, scripted

AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
GROUP = Chat(ChatKind.GROUP, "Ca56f94637cc4347f90a25382909b24b9")
ROOM = Chat(ChatKind.ROOM, "Ra8dbf4673c4c812cd491258042226c99")
READ_TOKEN = "nz0x74mZT2mRn"


@pytest.fixture
def line() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


@pytest.fixture
def messenger(line: Scripted, telemetry: FakeTelemetry) -> Iterator[LineMessenger]:
    connected = LineMessenger.connect(
        access=LongLived(Fixed("token")), base_url=line.url, telemetry=telemetry
    )
    yield connected
    connected.close()


# --- what was sent -----------------------------------------------------------------------------


def replies(messenger: LineMessenger) -> tuple[str, ...]:
    return messenger.reply("reply-token", [Text(text="嗨"), Text(text="嗨")])


def pushes(messenger: LineMessenger) -> tuple[str, ...]:
    key = "123e4567-e89b-12d3-a456-426614174000"
    return messenger.push(GROUP, [Text(text="嗨"), Text(text="嗨")], retry_key=key)


Sending = Callable[[LineMessenger], tuple[str, ...]]


@pytest.mark.parametrize("send", [replies, pushes])
@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"sentMessages": [{"id": "1", "quoteToken": "q"}, {"id": "2"}]}, ("1", "2")),
        ({"sentMessages": [{"id": "1", "colour": "red"}], "more": True}, ("1",)),
        ({"sentMessages": []}, ()),
        ({"sentMessages": [{}, None, 7, ["1"], {"id": 5}, {"id": ""}, {"id": "6"}]}, ("6",)),
        ({"sentMessages": {"id": "1"}}, ()),
        ({"sentMessages": "1"}, ()),
        ({}, ()),
        ([1], ()),
        (b"", ()),
        (b"\xff<html>", ()),
        (b"[" * 50_000, ()),
    ],
)
def test_who_sends_learns_the_ids_of_what_was_sent(
    line: Scripted, messenger: LineMessenger, send: Sending, body: Any, ids: tuple[str, ...]
) -> None:
    line.usual = Reply(body=body)
    assert send(messenger) == ids


def test_a_push_that_was_accepted_before_has_the_ids_of_the_first_call(
    line: Scripted, messenger: LineMessenger
) -> None:
    sent = {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}
    line.usual = Reply(status=409, body={"message": "The retry key is already accepted", **sent})
    assert pushes(messenger) == ("461230966842064897",)


# --- who somebody is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "path"),
    [
        (GROUP, f"/v2/bot/group/{GROUP.id}/member/{AMY.id}"),
        (ROOM, f"/v2/bot/room/{ROOM.id}/member/{AMY.id}"),
    ],
)
def test_a_member_is_asked_for_where_they_are(
    line: Scripted, messenger: LineMessenger, chat: Chat, path: str
) -> None:
    line.usual = Reply(body={"displayName": "Amy", "userId": AMY.id, "pictureUrl": "https://a.tw"})
    assert messenger.member(chat, AMY.id) == Profile(name="Amy")
    (asked,) = line.asked
    assert (asked.method, asked.path) == ("GET", path)


def test_a_private_chat_has_no_members(line: Scripted, messenger: LineMessenger) -> None:
    assert messenger.member(AMY, AMY.id) is None
    assert line.asked == []


@pytest.mark.parametrize(
    "answer", [Reply(status=404, body={"message": "Not found"}), Reply(body=b"<html>")]
)
def test_who_is_in_no_such_group_is_nobody(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry, answer: Reply
) -> None:
    line.usual = answer
    assert messenger.member(GROUP, AMY.id) is None
    assert telemetry.named("profile_not_found") == []


# --- what is shown as read ---------------------------------------------------------------------


def test_a_message_is_shown_as_read_by_its_token(line: Scripted, messenger: LineMessenger) -> None:
    line.usual = Reply(body={})
    messenger.mark_as_read(READ_TOKEN)
    (asked,) = line.asked
    assert (asked.method, asked.path) == ("POST", "/v2/bot/chat/markAsRead")
    assert asked.json == {"markAsReadToken": READ_TOKEN}


def test_where_there_is_no_token_nothing_is_asked(line: Scripted, messenger: LineMessenger) -> None:
    messenger.mark_as_read("")
    assert line.asked == []


# --- in vain -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=400, body={"message": "invalid"}),
        Reply(status=401),
        Reply(status=403),
        Reply(status=429),
        Reply(status=500, body=b"\xff"),
        Reply(breaks=True),
    ],
)
def test_what_fails_is_logged_and_costs_nothing_else(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry, answer: Reply
) -> None:
    line.usual = answer
    assert messenger.member(GROUP, AMY.id) is None
    messenger.mark_as_read(READ_TOKEN)
    assert messenger.pushes_left() is None
    troubles = [name for name, facts in telemetry.facts if "error" in facts and "ms" not in facts]
    assert troubles == [
        "profile_not_found", "read_not_marked", "quota_not_told", "quota_not_told"
    ]  # fmt: skip
    assert READ_TOKEN not in str(telemetry.facts)


def test_every_question_is_in_the_log_without_whom_it_is_about(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry
) -> None:
    line.usual = Reply(body={"displayName": "Amy"})
    messenger.member(GROUP, AMY.id)
    messenger.member(ROOM, AMY.id)
    messenger.mark_as_read(READ_TOKEN)
    assert [fact["path"] for fact in telemetry.named("line_called")] == [
        "/v2/bot/group/{groupId}/member/{userId}",
        "/v2/bot/room/{roomId}/member/{userId}",
        "/v2/bot/chat/markAsRead",
    ]
