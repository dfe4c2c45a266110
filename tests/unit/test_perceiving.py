"""Pictures are seen, voices are heard, and what can't be looked at gets one clear sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.domain.catalogue import Ability
from chalicelib.domain.errors import (
    Cause,
    ContentBusy,
    ContentTooLarge,
    ModelBusy,
    ModelRefused,
)
from chalicelib.domain.media import Medium, all_of, words_of
from chalicelib.domain.prices import Price, Usage
from chalicelib.ports import Transcript
from tests.assembled import AMY, EARS, ECHO, EYES, Assembled, assembled, spec

PNG = Medium(content=b"\x89PNG pixels", content_type="image/png")
VOICE = Medium(content=b"sound", content_type="audio/x-m4a")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=(ECHO, EYES, EARS)) as made:
        made.stores.chats.mark_introduced(AMY, now=made.clock.now())
        yield made


def sends(
    bot: Assembled, what: str, medium: Medium | Exception | None, *, work: bool = True
) -> str:
    """Somebody sends a picture or a voice."""
    event_id = bot.sees(what, work=False)
    if medium is not None:
        bot.content.sent[f"m-{event_id}"] = medium  # type: ignore[assignment]
    if work:
        bot.clock.move(5)
        bot.works()
    return event_id


def test_a_picture_alone_is_looked_at_by_a_model_that_sees(bot: Assembled) -> None:
    sends(bot, "image", PNG)
    (asked,) = bot.vendors.model(EYES).asked
    assert asked.images == (PNG,)
    assert "1 picture(s) without words" in asked.lines[-1].text
    assert bot.messenger.said()[0].endswith("（Echo 看不到照片，這則由 Eyes 回答。）")


def test_pictures_and_the_words_about_them_are_one_question(bot: Assembled) -> None:
    sends(bot, "image", PNG, work=False)
    sends(bot, "image", PNG, work=False)
    bot.hears("哪一張好看？")
    (asked,) = bot.vendors.model(EYES).asked
    assert asked.images == (PNG, PNG)
    assert asked.lines[-1].text == "哪一張好看？"
    assert len(bot.messenger.replies) == 1


def test_a_model_that_sees_answers_itself(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(EYES, ECHO)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        sends(bot, "image", PNG)
        assert "由" not in bot.messenger.said()[0]


def test_where_no_model_sees_the_person_is_told(tmp_path: Path) -> None:
    with assembled(tmp_path) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        sends(bot, "image", PNG)
        assert bot.messenger.said() == ["我還看不懂照片，請用文字告訴我。"]
        assert (bot.model.asked, bot.content.fetched) == ([], [])


@pytest.mark.parametrize(
    ("medium", "told"),
    [
        (None, "有一張照片已經收回或過期了，我看不到。"),
        (ContentTooLarge("11 MB"), "有一張照片超過 10 MB，請縮小後再傳。"),
        (ContentBusy("202"), "有一張照片還沒傳好，請再傳一次。"),
        (
            Medium(content=b"heic", content_type="image/heic"),
            "有一張照片的格式我看不懂，請傳 JPEG、PNG、GIF 或 WebP。",
        ),
    ],
)
def test_a_picture_that_cannot_be_looked_at_gets_a_clear_sentence_and_no_call(
    bot: Assembled, medium: Medium | Exception | None, told: str
) -> None:
    sends(bot, "image", medium)
    assert bot.messenger.said() == [told]
    assert bot.vendors.model(EYES).asked == []


def test_one_bad_picture_costs_a_sentence_and_not_the_question(bot: Assembled) -> None:
    sends(bot, "image", None, work=False)
    sends(bot, "image", PNG, work=False)
    bot.hears("這是什麼？")
    (asked,) = bot.vendors.model(EYES).asked
    assert asked.images == (PNG,)
    assert "有一張照片已經收回或過期了，我看不到。" in bot.messenger.said()[0]


def test_a_picture_is_kept_so_that_asking_again_needs_no_line(bot: Assembled) -> None:
    bot.vendors.model(EYES).script = [*[ModelBusy(Cause.UNREACHABLE)] * 3, "一隻貓。"]
    event_id = sends(bot, "image", PNG)
    assert bot.parts.media.read(AMY, f"m-{event_id}", now=bot.clock.now()) == PNG
    del bot.content.sent[f"m-{event_id}"]
    bot.taps("再試一次")
    assert "一隻貓。" in bot.messenger.said()[-1]
    assert bot.content.fetched == [f"m-{event_id}"]


def test_a_picture_taken_back_while_it_is_fetched_is_kept_nowhere(bot: Assembled) -> None:
    event_id = sends(bot, "image", PNG, work=False)

    def take_back() -> None:
        bot.unsends(event_id, work=False)

    bot.content.during = take_back
    bot.clock.move(5)
    bot.works()
    assert bot.messenger.replies == []
    assert bot.parts.media.read(AMY, f"m-{event_id}", now=bot.clock.now()) is None


def test_so_many_megabytes_of_pictures_are_looked_at_together(bot: Assembled) -> None:
    large = replace(PNG, content=b"\x89PNG" + bytes(8_000_000))
    for _ in range(3):
        sends(bot, "image", large, work=False)
    bot.hears("哪一張好看？")
    (asked,) = bot.vendors.model(EYES).asked
    assert len(asked.images) == 2
    assert "一次最多看 2 張照片，我看了前 2 張。" in bot.messenger.said()[0]


@pytest.mark.parametrize("cause", [Cause.TOO_LONG, Cause.REJECTED])
def test_a_picture_that_one_model_refuses_is_shown_to_the_next(
    tmp_path: Path, cause: Cause
) -> None:
    sharp = spec("sharp", Ability.VISION, vendor="other")
    with assembled(tmp_path, models=(ECHO, EYES, sharp)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.vendors.model(EYES).script = [ModelRefused(cause)]
        sends(bot, "image", PNG)
        assert len(bot.vendors.model(sharp).asked) == 1
        assert "由 Sharp 回答" in bot.messenger.said()[0]


def test_a_question_is_answered_though_its_picture_cannot_be_kept(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(EYES,)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        (tmp_path / "media").write_text("no folder")
        sends(bot, "image", PNG)
        assert bot.vendors.model(EYES).asked[0].images == (PNG,)
        assert bot.telemetry.named("media_not_reached")


def test_the_history_remembers_that_there_was_a_picture(bot: Assembled) -> None:
    sends(bot, "image", PNG)
    bot.hears("再說一次？")
    said = [line.text for line in bot.model.asked[-1].lines]
    assert said[0] == "(a picture, which you saw then)"


def test_a_voice_message_is_written_down_shown_and_answered(bot: Assembled) -> None:
    bot.vendors.hearing(EARS).script = ["台北明天會下雨嗎"]
    sends(bot, "audio", VOICE)
    assert bot.vendors.hearing(EARS).heard == [VOICE]
    assert bot.messenger.said() == ["「台北明天會下雨嗎」\n\necho: 台北明天會下雨嗎"]
    bot.hears("那後天呢？")
    assert bot.model.asked[-1].lines[0].text == "台北明天會下雨嗎"


def test_a_voice_is_heard_once_however_often_it_is_asked_about(bot: Assembled) -> None:
    bot.model.script = [ModelBusy(Cause.UNREACHABLE)] * 3
    bot.vendors.hearing(EARS).script = ["台北明天會下雨嗎"]
    sends(bot, "audio", VOICE)
    bot.model.script = []
    bot.taps("再試一次")
    assert bot.last() == ["「台北明天會下雨嗎」\n\necho: 台北明天會下雨嗎"]
    assert len(bot.vendors.hearing(EARS).heard) == 1


def test_what_was_said_is_forgotten_with_its_voice(bot: Assembled) -> None:
    event_id = sends(bot, "audio", VOICE)
    kept = [f"m-{event_id}", words_of(f"m-{event_id}")]
    assert all(bot.parts.media.read(AMY, each, now=bot.clock.now()) for each in kept)
    for each in all_of(f"m-{event_id}"):
        bot.parts.media.forget(AMY, each)
    assert not any(bot.parts.media.read(AMY, each, now=bot.clock.now()) for each in kept)


def test_what_was_taken_back_while_it_was_heard_is_written_down_nowhere(bot: Assembled) -> None:
    event_id = sends(bot, "audio", VOICE, work=False)
    bot.vendors.hearing(EARS).during = lambda: bot.unsends(event_id, work=False)
    bot.works()
    assert bot.messenger.replies == []
    for each in all_of(f"m-{event_id}"):
        assert bot.parts.media.read(AMY, each, now=bot.clock.now()) is None


def test_five_voices_of_a_burst_are_heard(bot: Assembled) -> None:
    for _ in range(7):
        sends(bot, "audio", VOICE, work=False)
    bot.works()
    assert len(bot.vendors.hearing(EARS).heard) == 5
    assert "一次最多聽 5 則語音，我聽了前 5 則。" in bot.messenger.said()[0]


def test_a_voice_that_one_model_refuses_is_heard_by_the_next(tmp_path: Path) -> None:
    keen = spec("keen", Ability.HEARING, vendor="other")
    with assembled(tmp_path, models=(ECHO, EARS, keen)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.vendors.hearing(EARS).script = [ModelRefused(Cause.REJECTED)]
        bot.vendors.hearing(keen).script = ["你好"]
        sends(bot, "audio", VOICE)
        assert bot.messenger.said() == ["「你好」\n\necho: 你好"]


def test_a_voice_message_counts_as_one_question(bot: Assembled) -> None:
    sends(bot, "audio", VOICE)
    bot.hears("/usage")
    assert "今天還能問 199 次" in bot.last()[0]


def test_hearing_is_in_the_ledger_too(bot: Assembled) -> None:
    sends(bot, "audio", VOICE)
    entries = bot.stores.ledger.entries(["2026-11-22"])
    assert sorted((entry.purpose, entry.model) for entry in entries) == [
        ("answer", "echo"),
        ("hearing", "ears"),
    ]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (ModelRefused(Cause.EMPTY), "這則語音裡我沒聽到說話聲，請再說一次。"),
        (ModelRefused(Cause.REJECTED), "這則語音我聽不清楚，請再說一次，或用文字告訴我。"),
        (ModelBusy(Cause.OVERLOADED), "現在有點忙，沒能回答你。請再試一次。"),
    ],
)
def test_a_voice_that_cannot_be_heard_gets_a_clear_sentence(
    bot: Assembled, script: Exception, told: str
) -> None:
    bot.vendors.hearing(EARS).script = [script]
    sends(bot, "audio", VOICE)
    assert bot.messenger.said() == [told]
    assert bot.model.asked == []


def test_a_strange_kind_of_sound_gets_a_clear_sentence(bot: Assembled) -> None:
    sends(bot, "audio", Medium(content=b"?", content_type="audio/midi"))
    assert bot.messenger.said() == ["這種聲音檔我聽不懂，請用 LINE 的語音訊息傳。"]


def test_where_no_model_hears_the_person_is_told(tmp_path: Path) -> None:
    with assembled(tmp_path) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        sends(bot, "audio", VOICE)
        assert bot.messenger.said() == ["我還聽不懂語音訊息，請用文字告訴我。"]


@pytest.mark.parametrize(
    ("price", "usage"),
    [
        (Price(minute=0.006), Usage(tokens_in=600, tokens_out=120)),
        (Price(minute=0.006), Usage()),
        (Price(tokens_in=1, audio_in=3, tokens_out=5), Usage()),
        (Price(tokens_in=1, audio_in=3, tokens_out=5), Usage(tokens_in=40, audio_in=40)),
    ],
)
def test_hearing_costs_something_however_its_vendor_counts(
    tmp_path: Path, price: Price, usage: Usage
) -> None:
    ears = replace(EARS, price=price)
    with assembled(tmp_path, models=(ECHO, ears)) as bot:
        bot.vendors.hearing(ears).script = [Transcript(text="你好", usage=usage)]
        sends(bot, "audio", VOICE)
        costs = {e.purpose: e.cost for e in bot.stores.ledger.entries(["2026-11-22"])}
        assert costs["hearing"] > 0


@pytest.mark.parametrize("cause", [Cause.TIME_OUT, Cause.MALFORMED])
def test_hearing_that_may_have_been_billed_is_taken_as_billed(bot: Assembled, cause: Cause) -> None:
    bot.vendors.hearing(EARS).script = [ModelBusy(cause)]
    sends(bot, "audio", VOICE)
    (entry,) = bot.stores.ledger.entries(["2026-11-22"])
    assert (entry.purpose, entry.failed) == ("hearing", str(cause))
    assert entry.cost > 0
