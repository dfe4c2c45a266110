"""The bot's way to LINE and the simulated LINE, one against the other; LINE's files look on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.adapters.line.access import LongLived
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import SendRefused
from chalicelib.domain.events import (
    Event,
    Followed,
    ImageSent,
    Joined,
    Left,
    LocationSent,
    MembersJoined,
    Sent,
    StickerSent,
    TextEdited,
    TextSent,
    Unfollowed,
)
from chalicelib.domain.messages import Text
from chalicelib.ports import Profile
from tests.contract.kinds import check_event_by_file
from tests.contract.operations import png
from tests.contract.spec import CheckedPool
from tests.fakes import FakeTelemetry
from tests.simulated import Receiver, Simulated

RETRY_KEY = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


@pytest.fixture
def messenger(sim: Simulated, telemetry: FakeTelemetry) -> Iterator[LineMessenger]:
    connected = LineMessenger.connect(
        access=LongLived(Fixed(sim.token)), base_url=sim.line_url, telemetry=telemetry
    )
    connected.calls.client.rest_client.pool_manager = CheckedPool()
    yield connected
    connected.close()


@pytest.fixture
def ben(sim: Simulated) -> str:
    return sim.user("Ben")


@pytest.fixture
def group(sim: Simulated, amy: str, ben: str) -> str:
    return sim.group("午餐", amy, ben)


def heard(sim: Simulated, bot: Receiver) -> list[Event]:
    """Every event the bot got, as its reader reads it; LINE's file knows each."""
    events: list[Event] = []
    for headers, raw in bot.got:
        for event in json.loads(raw)["events"]:
            check_event_by_file(event)
        batch = LineWebhookReader(secret=sim.secret).read(raw, headers["x-line-signature"])
        events.extend(batch.events)
    return events


def newest(sim: Simulated, bot: Receiver) -> Sent:
    """The message that came last."""
    event = heard(sim, bot)[-1]
    assert isinstance(event, Sent)
    return event


def in_private(user: str) -> Chat:
    return Chat(ChatKind.USER, user)


# --- what people do ----------------------------------------------------------------------------


def test_all_that_people_do_is_read_and_known_to_lines_file(
    sim: Simulated, bot: Receiver, amy: str, ben: str, group: str
) -> None:
    said = sim.text(amy, "@Liao 幾點？", chat=group, mention=True, wait=True)
    sim.edit(amy, said.message_id or "", "幾點集合？", chat=group, wait=True)
    sim.sticker(ben, chat=group, quoted=said.message_id, wait=True)
    sim.location(ben, 25.0339, 121.5645, title="台北 101", chat=group, wait=True)
    for kind, media_type in (("image", "image/png"), ("audio", "audio/mp4")):
        sim.media(ben, png(4, 3), kind=kind, media_type=media_type, chat=group, wait=1)
    sim.media(ben, b"film", kind="video", media_type="video/mp4", duration=9, wait=1)
    sim.media(ben, b"plan", kind="file", media_type="text/plain", name="plan.txt", wait=1)
    sim.unsend(amy, said.message_id or "", chat=group, wait=True)
    sim.joins(group, sim.user("Cat"))
    sim.leaves(group, ben)
    sim.bot_inside(group, False)
    sim.block(amy, wait=True)
    sim.follow(amy, wait=True)
    sim.postback(amy, "taps:1", display_text="看", wait=True)
    assert [type(event).__name__ for event in heard(sim, bot)] == [
        "Joined", "TextSent", "TextEdited", "StickerSent", "LocationSent", "ImageSent",
        "AudioSent", "OtherSent", "OtherSent", "Unsent", "MembersJoined", "Left", "Unfollowed",
        "Followed", "Tapped",
    ]  # fmt: skip


def test_an_edit_has_the_message_of_the_old_words_and_a_token_to_answer(
    sim: Simulated, bot: Receiver, messenger: LineMessenger, amy: str, group: str
) -> None:
    before = sim.text(amy, "@Liao 幾點？", chat=group, mention=True, wait=True)
    sim.edit(amy, before.message_id or "", "@Liao 幾點集合？", chat=group, mention=True, wait=True)
    edited = newest(sim, bot)
    assert isinstance(edited, TextEdited)
    assert (edited.text, edited.to_bot, edited.read_token) == ("幾點集合？", True, "")
    assert edited.message_id == before.message_id
    assert edited.token != before.token
    messenger.reply(edited.token or "", [Text(text="十二點半。", quote=edited.quote_token)])
    assert sim.texts(group) == ["十二點半。"]


def test_stickers_and_places_tell_what_they_show(sim: Simulated, bot: Receiver, amy: str) -> None:
    sim.sticker(amy, sticker="1991", wait=True)
    sim.sticker(amy, keywords=["cony"], text="晚安", wait=True)
    sim.location(amy, 25.0339, 121.5645, title="台北 101", address="信義路", wait=True)
    thanks, written, place = heard(sim, bot)
    assert isinstance(thanks, StickerSent)
    assert isinstance(written, StickerSent)
    assert isinstance(place, LocationSent)
    assert "Thank you" in thanks.keywords
    assert written.keywords == ("cony", "晚安")
    assert (place.title, place.address) == ("台北 101", "信義路")
    assert (place.latitude, place.longitude) == (25.0339, 121.5645)


def test_everybody_is_mentioned_and_the_bot_is_not_called(
    sim: Simulated, bot: Receiver, amy: str, group: str
) -> None:
    sim.say(amy, "@All 吃飯了", [{"index": 0, "length": 4, "who": "all"}], chat=group)
    called = newest(sim, bot)
    assert isinstance(called, TextSent)
    assert (called.text, called.to_bot) == ("@All 吃飯了", False)


def test_who_comes_and_goes_is_told_from_who_blocks_and_comes_back(
    sim: Simulated, bot: Receiver, amy: str, ben: str, group: str
) -> None:
    sim.leaves(group, ben)
    sim.joins(group, ben)
    sim.bot_inside(group, False)
    sim.block(amy, wait=True)
    sim.follow(amy, wait=True)
    joined, members, left, blocked, back = heard(sim, bot)
    here = Chat(ChatKind.GROUP, group)
    for event, kind in ((joined, Joined), (members, MembersJoined), (left, Left)):
        assert isinstance(event, kind)
        assert (event.chat, event.user) == (here, None)
    assert isinstance(blocked, Unfollowed)
    assert isinstance(back, Followed)
    assert (blocked.user, blocked.token, back.again) == (amy, None, True)
    assert all(event.token for event in (joined, members, back))


# --- quotes ------------------------------------------------------------------------------------


def test_whose_words_are_quoted_is_known_by_the_ids_of_what_was_sent(
    sim: Simulated, bot: Receiver, messenger: LineMessenger, amy: str
) -> None:
    asked = sim.text(amy, "喝什麼好？", wait=True)
    answer = [Text(text="我推薦："), Text(text="高山茶。")]
    ids = messenger.reply(asked.token or "", answer)
    assert ids == tuple(m["id"] for m in sim.messages(amy) if m["from"] == "bot")
    sim.text(amy, "為什麼？", quoted=ids[1], wait=True)
    quoting = newest(sim, bot)
    assert isinstance(quoting, TextSent)
    assert quoting.quotes == ids[1]


def test_the_bot_quotes_words_and_pictures(
    sim: Simulated, bot: Receiver, messenger: LineMessenger, amy: str, group: str
) -> None:
    sim.media(amy, png(4, 3), kind="image", media_type="image/png", chat=group, wait=1)
    picture = newest(sim, bot)
    assert isinstance(picture, ImageSent)
    messenger.reply(picture.token or "", [Text(text="好漂亮！", quote=picture.quote_token)])
    shown, answered = sim.messages(group)
    assert answered["content"]["quoteToken"] == shown["quote_token"] == picture.quote_token


def test_a_quote_of_another_chat_is_refused_and_the_token_is_still_good(
    sim: Simulated, bot: Receiver, messenger: LineMessenger, amy: str, group: str
) -> None:
    sim.text(amy, "秘密", wait=True)
    secret = newest(sim, bot)
    elsewhere = sim.text(amy, "大家好", chat=group, wait=True)
    with pytest.raises(SendRefused, match=r"messages\[0\]\.quoteToken"):
        messenger.reply(elsewhere.token or "", [Text(text="?", quote=secret.quote_token)])
    messenger.reply(elsewhere.token or "", [Text(text="您好")])
    assert sim.texts(group) == ["您好"]


def test_a_push_that_is_made_again_has_the_same_ids(
    sim: Simulated, messenger: LineMessenger, amy: str
) -> None:
    first, again = (
        messenger.push(in_private(amy), [Text(text="記得喝水")], retry_key=RETRY_KEY)
        for _ in range(2)
    )
    assert first == again == (sim.messages(amy)[0]["id"],)


# --- who is there, and what was read -----------------------------------------------------------


def test_a_member_is_known_where_they_are_and_a_stranger_is_nobody(
    sim: Simulated, messenger: LineMessenger, telemetry: FakeTelemetry, group: str
) -> None:
    cat = sim.user("Cat", language="zh-Hant")
    room = sim.group("", cat, kind="room")
    here, there = Chat(ChatKind.GROUP, group), Chat(ChatKind.ROOM, room)
    assert messenger.member(there, cat) == Profile(name="Cat")
    assert messenger.member(here, cat) is None
    assert messenger.member(in_private(cat), cat) is None
    assert messenger.profile(cat) == Profile(name="Cat", language="zh-Hant")
    assert telemetry.named("profile_not_found") == []


def test_messages_are_shown_as_read_up_to_the_one_that_was(
    sim: Simulated, bot: Receiver, messenger: LineMessenger, amy: str
) -> None:
    for words in ("一", "二", "三"):
        sim.text(amy, words, wait=True)
    second = heard(sim, bot)[1]
    assert isinstance(second, Sent)
    messenger.mark_as_read(second.read_token)
    assert [message["read"] for message in sim.messages(amy)] == [True, True, False]


def test_a_token_that_line_does_not_know_shows_nothing_as_read(
    sim: Simulated, messenger: LineMessenger, telemetry: FakeTelemetry, amy: str
) -> None:
    sim.text(amy, "一", wait=True)
    messenger.mark_as_read("unknown")
    assert sim.messages(amy)[0]["read"] is False
    assert len(telemetry.named("read_not_marked")) == 1
