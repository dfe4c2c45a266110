"""Messages that people send, as events: what each kind tells, and who is called by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    AudioSent,
    Batch,
    ImageSent,
    LocationSent,
    OtherSent,
    Sent,
    StickerSent,
    TextEdited,
    TextSent,
)
from tests.contract.hooks import (
    AMY,
    GROUP,
    ULID,
    Json,
    edit,
    event,
    in_group,
    read,
    read_body,
    said,
    text,
)


def test_a_text_is_read_with_all_that_answering_needs() -> None:
    assert said(read(text("你好 😀"))) == TextSent(
        id=ULID,
        chat=Chat(ChatKind.USER, AMY),
        user=AMY,
        at=1_692_251_666_727,
        token="757913772c4646b784d4b7ce46d12671",
        message_id="468789577898262530",
        text="你好 😀",
        to_bot=False,
    )


def test_what_quotes_a_message_and_shows_it_as_read_comes_with_it() -> None:
    tokens = {"quoteToken": "q3Plxr4AgKd", "markAsReadToken": "30yhdy232"}
    for kind in ("text", "image", "video", "audio", "file", "sticker"):
        message = {"id": "1", "type": kind, "text": "嗨", **tokens}
        (sent,) = read(event(message=message)).events
        assert isinstance(sent, Sent)
        assert (sent.quote_token, sent.read_token) == ("q3Plxr4AgKd", "30yhdy232")


@pytest.mark.parametrize("token", [..., None, "", 7, ["q"]])
def test_a_message_without_tokens_is_read_all_the_same(token: object) -> None:
    odd = {} if token is ... else {"quoteToken": token, "markAsReadToken": token}
    sent = said(read(text(message=odd)))
    assert (sent.text, sent.quote_token, sent.read_token) == ("你好", "", "")


@pytest.mark.parametrize(
    ("quoted", "known"), [("468789532432007169", "468789532432007169"), (None, ""), (5, "")]
)
def test_a_text_tells_which_message_it_is_about(quoted: object, known: str) -> None:
    assert said(read(text(message={"quotedMessageId": quoted}))).quotes == known


@pytest.mark.parametrize(
    ("source", "chat", "user"),
    [
        ({"type": "user", "userId": AMY}, Chat(ChatKind.USER, AMY), AMY),
        ({"type": "group", "groupId": GROUP, "userId": AMY}, Chat(ChatKind.GROUP, GROUP), AMY),
        ({"type": "group", "groupId": GROUP}, Chat(ChatKind.GROUP, GROUP), None),
        ({"type": "room", "roomId": "R1", "userId": ""}, Chat(ChatKind.ROOM, "R1"), None),
        ({"type": "room", "roomId": "R1", "userId": 7}, Chat(ChatKind.ROOM, "R1"), None),
    ],
)
def test_every_kind_of_chat_is_known(source: Json, chat: Chat, user: str | None) -> None:
    sent = said(read(text(source=source)))
    assert (sent.chat, sent.user) == (chat, user)


def test_a_picture_of_a_set_tells_its_set() -> None:
    image = {"id": "1", "type": "image", "imageSet": {"id": "E005", "index": 2, "total": 3}}
    (sent,) = read(event(message=image)).events
    assert isinstance(sent, ImageSent)
    assert (sent.message_id, sent.set_id, sent.set_total) == ("1", "E005", 3)


@pytest.mark.parametrize(
    "images",
    [
        ...,
        None,
        [],
        {},
        {"id": "E"},
        {"total": 2},
        {"id": "E", "total": 0},
        {"id": "E", "total": True},
        {"id": "E", "total": "2"},
        {"id": 5, "total": 2},
    ],
)
def test_a_picture_without_a_whole_set_is_one_picture(images: object) -> None:
    image = {"id": "1", "type": "image"} | ({} if images is ... else {"imageSet": images})
    (sent,) = read(event(message=image)).events
    assert isinstance(sent, ImageSent)
    assert (sent.set_id, sent.set_total) == (None, None)


@pytest.mark.parametrize(
    ("duration", "known"),
    [(60_000, 60_000), (0, 0), (..., 0), (None, 0), (-1, 0), ("60000", 0), (True, 0), (1.5, 0)],
)
def test_a_voice_message_tells_how_long_it_is(duration: object, known: int) -> None:
    audio = {"id": "1", "type": "audio"} | ({} if duration is ... else {"duration": duration})
    (sent,) = read(event(message=audio)).events
    assert isinstance(sent, AudioSent)
    assert (sent.message_id, sent.duration) == ("1", known)


@pytest.mark.parametrize(
    ("keywords", "written", "known"),
    [
        (["cony", "Staring"], ..., ("cony", "Staring")),
        (..., ..., ()),
        (None, None, ()),
        ("cony", 7, ()),
        (["cony", "", 7, None, ["x"]], "", ("cony",)),
        ([], "晚安", ("晚安",)),
        ([str(number) for number in range(20)], ..., tuple(str(number) for number in range(15))),
        (
            [str(number) for number in range(15)],
            "晚安",
            (*(str(number) for number in range(14)), "晚安"),
        ),
    ],
)
def test_a_sticker_tells_what_it_shows_and_what_is_written_on_it(
    keywords: object, written: object, known: tuple[str, ...]
) -> None:
    told = {"keywords": keywords, "text": written}
    sticker = {"id": "1", "type": "sticker", **{k: v for k, v in told.items() if v is not ...}}
    (sent,) = read(event(message=sticker)).events
    assert isinstance(sent, StickerSent)
    assert (sent.message_id, sent.keywords) == ("1", known)


def located(**more: object) -> Json:
    whole = {"id": "1", "type": "location", "latitude": 25.0339, "longitude": 121.5645, **more}
    return event(message={name: value for name, value in whole.items() if value is not ...})


def test_a_place_tells_where_it_is_and_what_it_is_called() -> None:
    (sent,) = read(located(title="台北 101", address="台北市信義區")).events
    assert isinstance(sent, LocationSent)
    assert (sent.latitude, sent.longitude) == (25.0339, 121.5645)
    assert (sent.title, sent.address) == ("台北 101", "台北市信義區")


@pytest.mark.parametrize(("latitude", "longitude"), [(90, -180), (-90, 180), (0, 0), (1, -1.5)])
def test_a_place_without_a_name_is_anywhere_on_earth(latitude: float, longitude: float) -> None:
    (sent,) = read(located(latitude=latitude, longitude=longitude, title=None)).events
    assert isinstance(sent, LocationSent)
    assert (sent.latitude, sent.longitude) == (latitude, longitude)
    assert (sent.title, sent.address) == ("", "")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"latitude": ...}, "message.location: no latitude"),
        ({"latitude": "25.0"}, "message.location: no latitude"),
        ({"latitude": True}, "message.location: no latitude"),
        ({"latitude": 90.1}, "message.location: no latitude"),
        ({"latitude": 10**18}, "message.location: no latitude"),
        ({"longitude": None}, "message.location: no longitude"),
        ({"longitude": -180.5}, "message.location: no longitude"),
    ],
)
def test_what_is_no_place_on_earth_is_skipped(where: Json, reason: str) -> None:
    assert read(located(**where)) == Batch(events=(), skipped=(reason,))


def test_a_place_at_infinity_is_skipped() -> None:
    raw = json.dumps(located()).replace("25.0339", "1e999")
    batch = read_body(f'{{"events":[{raw}]}}'.encode())
    assert batch.skipped == ("message.location: no latitude",)


@pytest.mark.parametrize("kind", ["video", "file"])
def test_what_cannot_be_read_yet_is_named(kind: str) -> None:
    (sent,) = read(event(message={"id": "1", "type": kind})).events
    assert isinstance(sent, OtherSent)
    assert (sent.message_id, sent.what) == ("1", kind)


# --- calling the bot ---------------------------------------------------------------------------


def own(index: Any = 0, length: Any = 4) -> Json:
    return {"index": index, "length": length, "type": "user", "userId": "Ubot", "isSelf": True}


def mentioning(*mentionees: object) -> Json:
    return {"mention": {"mentionees": list(mentionees)}}


def test_a_mention_in_a_group_calls_the_bot_and_is_no_part_of_the_question() -> None:
    sent = said(read(in_group(words="@Bot 今天天氣？", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("今天天氣？", True)


def test_a_group_may_talk_without_calling_the_bot() -> None:
    assert said(read(in_group(words="@Bot is not marked as a mention"))).to_bot is False


def test_positions_count_utf16_code_units() -> None:
    sent = said(read(in_group(words="👨‍👩‍👧 @Bot 😀 嗨", message=mentioning(own(index=9)))))
    assert sent.text == "👨‍👩‍👧 😀 嗨"


def test_other_peoples_mentions_stay_and_all_of_the_bots_go() -> None:
    other = {"index": 5, "length": 4, "type": "user", "userId": "Uother", "isSelf": False}
    message = mentioning(own(), other, own(index=10))
    sent = said(read(in_group(words="@Bot @Bob @Bot hi", message=message)))
    assert (sent.text, sent.to_bot) == ("@Bob hi", True)


@pytest.mark.parametrize(
    "mention",
    [
        mentioning({"index": 0, "length": 4, "type": "all"}),
        mentioning({"index": 0, "length": 4, "type": "all", "isSelf": True}),
        mentioning({"index": 0, "length": 4, "type": "user", "userId": AMY, "isSelf": False}),
        mentioning({"index": 0, "length": 4, "isSelf": "true"}),
        mentioning({"index": 0, "length": 4, "type": "hologram"}, None, 7, []),
        {"mention": None},
        {"mention": []},
        {"mention": {"mentionees": {}}},
    ],
)
def test_whoever_else_is_mentioned_the_bot_is_not_called(mention: Json) -> None:
    sent = said(read(in_group(words="@All 大家好", message=mention)))
    assert (sent.text, sent.to_bot) == ("@All 大家好", False)


def test_who_mentions_everybody_and_the_bot_calls_it() -> None:
    everybody = {"index": 0, "length": 4, "type": "all"}
    message = mentioning(everybody, own(index=5))
    sent = said(read(in_group(words="@All @Bot 幾點集合？", message=message)))
    assert (sent.text, sent.to_bot) == ("@All 幾點集合？", True)


@pytest.mark.parametrize(
    "place",
    [
        (99, 4),
        (0, 99),
        (-1, 4),
        (0, 0),
        (0, -4),
        (None, 4),
        (0, None),
        ("0", 4),
        (True, 4),
        (1.0, 4),
        (0, 1),
        (1, 1),
        (1, 2),
    ],
)
def test_a_mention_at_an_impossible_place_still_calls_the_bot(place: tuple[Any, Any]) -> None:
    sent = said(read(in_group(words="😀😀 hi", message=mentioning(own(*place)))))
    assert (sent.text, sent.to_bot) == ("😀😀 hi", True)


def test_overlapping_mentions_take_no_more_than_they_cover() -> None:
    sent = said(read(in_group(words="@Bot hi", message=mentioning(own(), own(), own(0, 3)))))
    assert sent.to_bot
    assert sent.text.endswith("hi")


def test_a_bare_mention_is_an_empty_question() -> None:
    sent = said(read(in_group(words="@Bot", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("", True)


def test_a_private_chat_needs_no_call() -> None:
    sent = said(read(text("@Bot 你好", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("你好", False)


# --- what is edited ----------------------------------------------------------------------------


def test_an_edit_brings_the_new_words_of_a_message_and_a_token_of_its_own() -> None:
    # As LINE's reference has it: there is no token that shows it as read.
    (edited,) = read(edit(message={"quoteToken": "XyiyoB3R1BA"}, replyToken="950e63e8")).events
    assert edited == TextEdited(
        id=ULID,
        chat=Chat(ChatKind.GROUP, GROUP),
        user=AMY,
        at=1_692_251_666_727,
        token="950e63e8",
        message_id="468789577898262530",
        quote_token="XyiyoB3R1BA",
        text="您好",
    )


def test_an_edit_calls_the_bot_and_quotes_as_a_text_does() -> None:
    message = {**mentioning(own()), "quotedMessageId": "7"}
    (edited,) = read(edit(words="@Bot 今天呢？", message=message)).events
    assert isinstance(edited, TextEdited)
    assert (edited.text, edited.to_bot, edited.quotes) == ("今天呢？", True, "7")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"id": ...}, "messageEdited.text: no id"),
        ({"text": None}, "messageEdited.text: no text"),
        ({"type": "image"}, "messageEdited.image: unknown kind"),
        ({"type": 7}, "messageEdited: no type"),
    ],
)
def test_an_edit_of_anything_but_a_text_is_skipped(message: Json, reason: str) -> None:
    whole = edit(message=message)
    whole["message"] = {k: v for k, v in whole["message"].items() if v is not ...}
    assert read(whole) == Batch(events=(), skipped=(reason,))


def test_an_edit_is_not_read_while_the_bot_must_be_silent() -> None:
    batch = read(edit(mode="standby", replyToken=...))
    assert batch == Batch(events=(), skipped=("messageEdited: mode standby",))
