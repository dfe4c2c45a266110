"""Stories of one message's way: asked, answered, late, parked, unsent, limited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from chalicelib.assistant.respond import WORKER_TIME
from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    ModelRefused,
    ModelUnavailable,
    SendBusy,
    SendRefused,
)
from chalicelib.domain.events import Lane, Tapped, TextSent
from chalicelib.domain.messages import Answer, Buttons, Text
from chalicelib.domain.spoken import said
from chalicelib.ports import Button, Completion, Profile
from tests.assembled import AMY, GROUP, Assembled, assembled
from tests.fakes import FakeClock


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path) as made:
        yield made


def known(bot: Assembled) -> Assembled:
    """Skip the line that only a chat's first answer carries."""
    bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
    bot.stores.chats.mark_introduced(GROUP, now=bot.clock.now())
    return bot


def test_a_question_gets_the_models_answer(bot: Assembled) -> None:
    known(bot).hears("台北今天天氣怎麼樣？")
    assert bot.messenger.said() == ["echo: 台北今天天氣怎麼樣？"]


def test_the_first_answer_carries_one_line_with_the_privacy_link_and_the_second_does_not(
    bot: Assembled,
) -> None:
    bot.hears("你是誰？")
    bot.hears("真的嗎？")
    first, second = bot.messenger.said()
    assert first.endswith("https://bot.example/api/privacy?lang=zh-Hant")
    assert "privacy" not in second


def test_the_conversation_is_remembered(bot: Assembled) -> None:
    known(bot).hears("我叫小明。")
    bot.hears("我叫什麼？")
    assert [line.text for line in bot.model.asked[1].lines] == [
        "我叫小明。",
        "echo: 我叫小明。",
        "我叫什麼？",
    ]


def test_new_conversation_forgets_the_context(bot: Assembled) -> None:
    known(bot).hears("我叫小明。")
    bot.hears("新對話")
    bot.hears("我叫什麼？")
    assert [line.text for line in bot.model.asked[-1].lines] == ["我叫什麼？"]


def test_dots_are_shown_while_the_model_thinks(bot: Assembled) -> None:
    known(bot).hears("你好嗎？")
    assert bot.messenger.dots


def test_texts_that_came_while_the_worker_was_away_are_one_question(bot: Assembled) -> None:
    known(bot).hears("第一句。", work=False)
    bot.hears("第二句。", work=False)
    bot.works()
    assert bot.messenger.said() == ["echo: 第一句。\n第二句。"]


def test_a_text_that_looks_unfinished_waits_for_its_next_line(bot: Assembled) -> None:
    started = known(bot).clock.now()
    bot.hears("那個")
    assert (bot.clock.now() - started).total_seconds() == pytest.approx(1.5, abs=0.2)
    assert len(bot.model.asked) == 1


def test_a_command_does_not_wait_and_does_not_merge(bot: Assembled) -> None:
    known(bot).hears("你好嗎？", work=False)
    bot.hears("說明", work=False)
    bot.works()
    assert len(bot.messenger.replies) == 2
    assert len(bot.model.asked) == 1


@pytest.mark.parametrize("left", [120, None])
def test_the_sweep_tells_how_many_pushes_are_left(bot: Assembled, left: int | None) -> None:
    bot.messenger.left = left
    bot.worker.sweep.count_pushes()
    assert bot.telemetry.named("quota_checked") == [{"left": left}]


def test_a_known_event_is_answered_once(bot: Assembled) -> None:
    known(bot).hears("你好嗎？")
    event = bot.stores.outbox.turn_of(AMY, "e1")
    assert event is not None
    bot.gets(event.latest.event)
    assert len(bot.messenger.replies) == 1


# --- the model fails ---------------------------------------------------------------------------


def test_a_busy_model_is_asked_again_within_the_tokens_life(bot: Assembled) -> None:
    known(bot).model.script = [ModelBusy(Cause.OVERLOADED), "好了"]
    bot.hears("你好嗎？")
    assert bot.messenger.said() == ["好了"]


def test_a_model_that_stays_busy_leaves_a_button_that_tries_again(bot: Assembled) -> None:
    busy = ModelBusy(Cause.OVERLOADED)
    known(bot).model.script = [busy, busy, busy, "這次好了"]
    bot.hears("你好嗎？")
    assert bot.last() == ["現在有點忙，沒能回答你。請再試一次。"]
    bot.taps("再試一次")
    assert bot.last() == ["這次好了"]
    assert bot.model.asked[-1].lines[-1].text == "你好嗎？"


def test_a_retried_question_is_remembered_as_asked(bot: Assembled) -> None:
    known(bot).model.script = [ModelBusy(Cause.OVERLOADED, retry_after=60), "這次好了"]
    bot.hears("你好嗎？")
    bot.taps("再試一次")
    lines = bot.stores.history.recent(AMY, limit=10, now=bot.clock.now())
    assert [line.text for line in lines] == ["你好嗎？", "這次好了"]


def test_the_try_again_button_works_once(bot: Assembled) -> None:
    known(bot).model.script = [ModelBusy(Cause.OVERLOADED, retry_after=60)]
    bot.hears("你好嗎？")
    bot.taps("再試一次")
    bot.taps("再試一次")
    assert bot.last() == ["這個按鈕剛才按過了。"]
    assert len(bot.model.asked) == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModelRefused(Cause.TOO_LONG), "這段話我沒辦法處理，請縮短或換個說法。"),
        (ModelRefused(Cause.FILTERED), "這段話我沒辦法處理，請縮短或換個說法。"),
        (ModelUnavailable(Cause.NO_CREDIT), "我先休息一下，主人已經知道了，晚點再來找我。"),
    ],
)
def test_other_failures_say_one_of_two_things_and_never_the_cause(
    bot: Assembled, error: Exception, said: str
) -> None:
    known(bot).model.script = [error]
    bot.hears("你好嗎？")
    assert bot.messenger.said() == [said]


def test_an_admin_also_reads_the_cause(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_ADMINS": "Uamy"}) as bot:
        known(bot).model.script = [ModelUnavailable(Cause.NO_CREDIT)]
        bot.hears("你好嗎？")
        assert "模型帳戶沒有額度了" in bot.messenger.said()[0]


def test_an_answer_that_hit_the_cap_says_so(bot: Assembled) -> None:
    known(bot).model.script = [Completion(text="很長的回答", cut=True)]
    bot.hears("你好嗎？")
    assert "字數到上限了" in bot.messenger.said()[0]


def test_a_defect_costs_three_attempts_and_then_an_apology(bot: Assembled) -> None:
    known(bot).model.script = [ZeroDivisionError() for _ in range(3)]
    bot.hears("你好嗎？")
    assert bot.messenger.said() == ["現在有點忙，沒能回答你。請再試一次。"]
    assert len(bot.telemetry.named("turn_broke")) == 3


# --- limits ------------------------------------------------------------------------------------


def test_a_person_who_writes_too_fast_is_told_when_it_goes_on(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_ANSWERS_PER_MINUTE": "2"}) as bot:
        for _ in range(3):
            known(bot).hears("你好嗎？")
        assert bot.last() == ["有點快，我跟不上了。請等 60 秒再傳。"]
        assert len(bot.model.asked) == 2
        bot.clock.move(60)
        bot.hears("你好嗎？")
        assert bot.last() == ["echo: 你好嗎？"]


def test_a_day_of_answers_ends_and_begins_anew_at_midnight_in_taipei(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_DAILY_ANSWERS": "1"}) as bot:
        known(bot).hears("你好嗎？")
        bot.clock.move(60)
        bot.hears("還在嗎？")
        assert bot.last() == ["今天的 1 次問答用完了，明天 00:00 再繼續聊。"]
        bot.clock.move(12 * 3600)
        bot.hears("早安！")
        assert bot.last() == ["echo: 早安！"]


# --- late --------------------------------------------------------------------------------------


def test_a_late_answer_becomes_a_note_with_a_button_and_the_tap_shows_it(bot: Assembled) -> None:
    known(bot)
    bot.model.during = lambda: _think(bot, 50)
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。"]
    bot.taps("看回答")
    assert bot.last() == ["echo: 很難的問題？"]


def test_a_second_tap_shows_the_same_answer_again(bot: Assembled) -> None:
    known(bot)
    bot.model.during = lambda: _think(bot, 50)
    bot.hears("很難的問題？")
    bot.taps("看回答")
    bot.taps("看回答")
    assert bot.last() == ["echo: 很難的問題？"]
    assert len(bot.model.asked) == 1


def test_a_late_answer_that_nobody_fetched_goes_first_in_the_next_reply(bot: Assembled) -> None:
    known(bot)
    bot.model.during = lambda: _think(bot, 50)
    bot.hears("很難的問題？")
    bot.model.during = lambda: None
    bot.hears("另一個問題？")
    assert bot.last() == ["你剛才問「很難的問題？」：\necho: 很難的問題？", "echo: 另一個問題？"]
    bot.hears("第三個問題？")
    assert bot.last() == ["echo: 第三個問題？"]


def test_in_a_group_the_note_comes_earlier(bot: Assembled) -> None:
    known(bot)
    bot.model.during = lambda: _think(bot, 25)
    bot.hears("很難的問題？", chat=GROUP)
    assert bot.messenger.said() == ["還在想，好了就放在這裡。"]


def test_who_waits_behind_a_slow_turn_gets_a_note_too(bot: Assembled) -> None:
    known(bot)

    def think() -> None:
        bot.model.during = lambda: None
        bot.clock.move(30)
        bot.hears("還有這個？", work=False)
        _think(bot, 20)
        _think(bot, 30)

    bot.model.during = think
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。"] * 2


def test_with_push_allowed_a_late_answer_is_pushed_within_the_cap(tmp_path: Path) -> None:
    allowed = {"LIAO_PUSH": "late", "LIAO_PUSH_MONTHLY": "1"}
    with assembled(tmp_path, settings=allowed) as bot:
        known(bot).model.during = lambda: _think(bot, 50)
        bot.hears("第一題？")
        bot.hears("第二題？")
        assert [messages for _, messages in bot.messenger.pushes] == [
            (Text(text="echo: 第一題？"),)
        ]


def _think(bot: Assembled, seconds: float) -> None:
    """Let time pass while the model thinks, and the watch see it."""
    bot.clock.move(seconds)
    from time import monotonic, sleep

    end = monotonic() + 2
    before = len(bot.messenger.replies)
    while len(bot.messenger.replies) == before and monotonic() < end:
        sleep(0.01)


# --- long answers ------------------------------------------------------------------------------


def test_a_long_answer_shows_three_bubbles_and_the_rest_by_a_button(bot: Assembled) -> None:
    paragraphs = [f"第{number}段。" + "字" * 480 for number in range(7)]
    known(bot).model.script = ["\n\n".join(paragraphs)]
    bot.hears("寫長一點？")
    *shown, more = bot.messenger.replies[0][1]
    assert [said(message) for message in shown] == paragraphs[:3]
    assert isinstance(more, Buttons)
    assert more.text == "後面還有 4 則。"
    bot.taps("繼續")
    assert bot.last()[:3] == paragraphs[3:6]
    bot.taps("繼續")
    assert bot.last() == paragraphs[6:]


# --- LINE fails --------------------------------------------------------------------------------


def test_a_reply_that_line_did_not_confirm_is_sent_again_by_the_same_token_and_arrives_once(
    bot: Assembled,
) -> None:
    troubles = [SendBusy("time-out", ambiguous=True)]

    def after() -> None:
        if troubles:
            raise troubles.pop()

    known(bot).messenger.after = after
    bot.hears("你好嗎？")
    assert bot.messenger.said() == ["echo: 你好嗎？"]
    turn = bot.stores.outbox.turn_of(AMY, "e1")
    assert turn is not None
    assert turn.state == "sent"


def test_an_answer_that_line_never_confirmed_is_offered_once_by_a_button(bot: Assembled) -> None:
    def before() -> None:
        raise SendBusy("time-out", ambiguous=True)

    known(bot).messenger.before = before
    bot.hears("你好嗎？")
    bot.messenger.before = lambda: None
    bot.hears("在嗎？")
    assert bot.last() == ["echo: 在嗎？", "剛才的回答可能沒送到。"]
    bot.taps("看剛才的回答")
    assert bot.last() == ["echo: 你好嗎？"]
    bot.hears("好？")
    assert bot.last() == ["echo: 好？"]


def test_content_that_line_refuses_leads_to_a_plain_sentence(bot: Assembled) -> None:
    refusals = [SendRefused("400")]

    def before() -> None:
        if refusals:
            raise refusals.pop()

    known(bot).messenger.before = before
    bot.hears("你好嗎？")
    assert bot.messenger.said() == ["這個回答送不出去，請換個方式再問一次。"]


# --- taking back -------------------------------------------------------------------------------


def test_an_unsent_message_is_not_answered(bot: Assembled) -> None:
    event = known(bot).hears("別看這個。", work=False)
    bot.unsends(event)
    assert bot.messenger.replies == []
    assert bot.model.asked == []


def test_unsending_while_the_model_thinks_drops_the_answer(bot: Assembled) -> None:
    known(bot)
    bot.model.during = partial(_unsends, bot, "e1")
    bot.hears("別看這個。")
    assert bot.messenger.replies == []
    assert bot.stores.history.recent(AMY, limit=10, now=bot.clock.now()) == ()


def test_unsending_after_the_answer_forgets_the_exchange(bot: Assembled) -> None:
    event = known(bot).hears("我的密碼是 1234。")
    bot.unsends(event)
    bot.hears("我說了什麼？")
    assert [line.text for line in bot.model.asked[-1].lines] == ["我說了什麼？"]


def test_unsending_a_question_while_it_is_retried_drops_the_answer(bot: Assembled) -> None:
    known(bot).model.script = [ModelBusy(Cause.OVERLOADED, retry_after=60), "密碼是 1234"]
    event = bot.hears("我的密碼是 1234。")
    bot.model.during = partial(_unsends, bot, event)
    bot.taps("再試一次")
    assert "密碼是 1234" not in bot.messenger.said()
    assert bot.stores.history.recent(AMY, limit=10, now=bot.clock.now()) == ()


def _unsends(bot: Assembled, event: str) -> None:
    bot.unsends(event, work=False)


# --- commands ----------------------------------------------------------------------------------


def test_help_offers_buttons_first(bot: Assembled) -> None:
    known(bot).hears("／ＨＥＬＰ")
    first = bot.messenger.replies[0][1][0]
    assert isinstance(first, Buttons)
    assert [action.label for action in first.buttons] == ["新對話", "隱私", "刪除我的資料", "助理"]
    listed = bot.messenger.said()[1]
    assert "/模型、/設定、/用量" in listed
    assert "/全部用量" not in listed


def test_a_word_close_to_a_command_gets_help_and_another_slash_word_a_conversation(
    bot: Assembled,
) -> None:
    known(bot).hears("/hlep")
    assert bot.model.asked == []
    bot.hears("/etc/hosts 是什麼？")
    assert len(bot.model.asked) == 1


def test_deleting_asks_back_and_only_the_asker_may_confirm(bot: Assembled) -> None:
    known(bot).hears("記得這個。", chat=GROUP)
    bot.hears("/刪除我的資料", chat=GROUP)
    bot.taps("全部刪除", chat=GROUP, user="Ubob")
    assert bot.last() == ["這個按鈕是給別人的，你可以自己問我。"]
    bot.taps("全部刪除", chat=GROUP)
    assert bot.last()[0].startswith("都刪除了")
    assert bot.stores.history.recent(GROUP, limit=10, now=bot.clock.now()) == ()


def test_deleting_leaves_nothing_of_the_persons_words_in_any_file(
    bot: Assembled, tmp_path: Path
) -> None:
    known(bot).hears("我的秘密是芒果冰。")
    bot.hears("刪除我的資料")
    bot.taps("全部刪除")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "芒果冰".encode() not in kept
    assert "芒果冰".encode("ascii", "backslashreplace") not in kept


def test_keeping_deletes_nothing(bot: Assembled) -> None:
    known(bot).hears("記得這個。")
    bot.hears("刪除我的資料")
    bot.taps("先不要")
    assert len(bot.stores.history.recent(AMY, limit=10, now=bot.clock.now())) == 2


def test_an_old_delete_button_no_longer_works(bot: Assembled) -> None:
    known(bot).hears("刪除我的資料")
    bot.clock.move(11 * 60)
    bot.taps("全部刪除")
    assert bot.last() == ["這個按鈕已經失效了，直接跟我說就好。"]


# --- people and languages ----------------------------------------------------------------------


def test_a_new_friend_is_greeted_with_the_operators_words_examples_and_the_privacy_link(
    bot: Assembled,
) -> None:
    bot.is_followed()
    message = bot.messenger.replies[0][1][0]
    assert isinstance(message, Text)
    assert "聊聊" in message.text
    assert "privacy" in message.text
    assert len(message.suggestions) == 3


def test_a_person_is_spoken_to_in_the_language_of_the_profile(bot: Assembled) -> None:
    known(bot).messenger.profiles["Uamy"] = Profile(name="Amy", language="en-GB")
    bot.hears("new chat")
    bot.hears("new chat")
    assert bot.last() == ["Done. I've forgotten what we talked about; let's start anew."]
    assert bot.messenger.asked_profiles == ["Uamy"]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("sticker", "收到你的貼圖！想聊什麼，直接說就好。"),
        ("image", "我還看不懂照片，請用文字告訴我。"),
        ("video", "影片我還看不了，可以截圖傳給我，或用文字告訴我。"),
        ("file", "檔案我還打不開，把內容貼成文字，或拍照傳給我就可以。"),
        ("hologram", "這種訊息我還看不懂，請用文字告訴我。"),
    ],
)
def test_what_holds_no_question_gets_one_friendly_sentence(
    bot: Assembled, what: str, told: str
) -> None:
    known(bot).sees(what)
    assert bot.messenger.said() == [told]
    assert bot.model.asked == []


def test_a_place_on_the_map_is_asked_about_with_its_address_and_coordinates(bot: Assembled) -> None:
    known(bot).sees("location")
    bot.hears("那附近有什麼？")
    place = (
        "(The person sent a place on the map: 台北 101; 台北市信義區信義路五段 7 號; "
        "25.033964, 121.564468)"
    )
    assert bot.model.asked[0].lines[-1].text == place
    assert bot.model.asked[1].lines[0].text == place


def test_who_comes_back_within_a_week_goes_on_and_later_begins_anew(bot: Assembled) -> None:
    known(bot).hears("我叫小明。")
    bot.is_left()
    bot.is_followed(again=True)
    assert bot.last() == ["歡迎回來！我們接著聊。"]
    bot.clock.move(8 * 86_400)
    bot.worker.sweep.purge()
    assert bot.stores.history.recent(AMY, limit=9, now=bot.clock.now())
    bot.is_left()
    bot.clock.move(8 * 86_400)
    bot.worker.sweep.purge()
    assert bot.stores.history.recent(AMY, limit=9, now=bot.clock.now()) == ()
    bot.is_followed(again=True)
    assert bot.last()[0].startswith("歡迎回來！之前聊過的都清掉了，我們重新開始。")


def test_a_greeting_has_three_things_to_ask_in_the_persons_language(bot: Assembled) -> None:
    bot.messenger.profiles["Uamy"] = Profile(name="Amy", language="ja")
    bot.is_followed()
    ((_, (hello,)),) = bot.messenger.replies
    assert isinstance(hello, Text)
    assert hello.text.startswith("こんにちは、Liao です！")
    assert "https://bot.example/api/privacy?lang=ja" in hello.text
    assert [say.label for say in hello.suggestions] == [
        "今日の晩ごはん、何がいい？",
        "この文を英語にして",
        "誕生日メッセージを書いて",
    ]


def test_words_beside_a_picture_are_answered_and_the_model_knows_it_cannot_see_it(
    bot: Assembled,
) -> None:
    known(bot).sees("image", work=False)
    bot.hears("這是什麼？", work=False)
    bot.works()
    assert len(bot.model.asked) == 1
    assert "cannot see: image" in bot.model.asked[0].lines[-1].text


def test_a_shops_customers_are_offered_nothing_technical(tmp_path: Path) -> None:
    with assembled(tmp_path, bot={"commands": ("help", "privacy", "delete")}) as bot:
        known(bot).hears("新對話")
        assert len(bot.model.asked) == 1


def test_a_button_of_another_chat_leads_nowhere(bot: Assembled) -> None:
    known(bot).hears("刪除我的資料")
    bot.taps("全部刪除", chat=GROUP)
    assert bot.last() == ["這個按鈕已經失效了，直接跟我說就好。"]


# --- taps that wait ----------------------------------------------------------------------------


def test_a_tap_that_waits_gets_the_answer_for_nothing_where_pushing_is_allowed(
    tmp_path: Path,
) -> None:
    with assembled(tmp_path, settings={"LIAO_PUSH": "late"}) as bot:
        known(bot)

        def think() -> None:
            _think(bot, 50)
            bot.taps("看回答", work=False)

        bot.model.during = think
        bot.hears("很難的問題？")
        bot.works(AMY, Lane.TAPS)
        assert bot.messenger.pushes == []
        assert bot.last() == ["echo: 很難的問題？"]


def test_a_tap_that_waits_in_vain_renews_its_button(bot: Assembled) -> None:
    known(bot)

    def think() -> None:
        _think(bot, 50)
        bot.taps("看回答")

    bot.model.during = think
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。", "還沒好，再給我一點時間。"]
    bot.taps("再看看")
    assert bot.last() == ["echo: 很難的問題？"]


def test_of_two_taps_at_once_only_the_newer_one_waits(bot: Assembled) -> None:
    known(bot)

    def think() -> None:
        _think(bot, 50)
        bot.taps("看回答", work=False)
        bot.taps("看回答")

    bot.model.during = think
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。", "還沒好，再給我一點時間。"]


def test_an_answer_shown_by_the_next_reply_is_not_shown_again_by_the_tap_that_waited(
    bot: Assembled,
) -> None:
    known(bot)

    def think() -> None:
        bot.model.during = lambda: None
        _think(bot, 50)
        bot.taps("看回答", work=False)
        waits = bot.clock.sleep

        def meanwhile(seconds: float) -> None:
            waits(seconds)
            turn = bot.stores.outbox.turn_of(AMY, "e1")
            assert turn is not None
            if turn.state == "working":
                lease = bot.stores.inbox.lease(
                    AMY, Lane.TURNS, until=bot.clock.now() + WORKER_TIME * 2,
                    now=bot.clock.now() + WORKER_TIME * 2,
                )  # fmt: skip
                assert lease is not None
                bot.stores.outbox.save(lease, turn.id, Answer(messages=(Text(text="好了"),)))
                bot.stores.outbox.close(lease, turn.id)

        show = replace(bot.worker.show, clock=_Napping(bot.clock, meanwhile))
        bot.worker = replace(bot.worker, show=show)
        bot.works(AMY, Lane.TAPS)

    bot.model.during = think
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。"]


class _Napping:
    """A clock whose sleep lets something else happen."""

    def __init__(self, clock: FakeClock, nap: Callable[[float], None]) -> None:
        self.now = clock.now
        self.sleep = nap


# --- second chances ----------------------------------------------------------------------------


def test_a_redelivery_brings_a_parked_answer_by_its_renewed_token(bot: Assembled) -> None:
    known(bot).messenger.before = _nothing_gets_through
    bot.hears("你好嗎？")
    bot.messenger.before = lambda: None
    turn = bot.stores.outbox.turn_of(AMY, "e1")
    assert turn is not None
    bot.gets(turn.latest.event)
    assert bot.messenger.replies == []  # its token was claimed: a new one must come
    bot.hears("還在嗎？")
    assert bot.last() == ["你剛才問「你好嗎？」：\necho: 你好嗎？", "echo: 還在嗎？"]


def test_a_redelivery_after_the_tokens_life_renews_it_for_an_answer_never_sent(
    bot: Assembled,
) -> None:
    event_id = known(bot).hears("你好嗎？", work=False)
    bot.clock.move(90)
    bot.works()
    assert bot.messenger.replies == []
    turn = bot.stores.outbox.turn_of(AMY, event_id)
    assert turn is not None
    assert turn.state == "parked"
    bot.gets(turn.latest.event)
    assert bot.messenger.said() == ["echo: 你好嗎？"]
    assert len(bot.model.asked) == 1


def test_where_pushing_is_allowed_an_answer_whose_token_was_refused_is_pushed(
    tmp_path: Path,
) -> None:
    with assembled(tmp_path, settings={"LIAO_PUSH": "late"}) as bot:
        known(bot).messenger.dead_tokens.add("t1")
        bot.hears("你好嗎？")
        assert [messages for _, messages in bot.messenger.pushes] == [
            (Text(text="echo: 你好嗎？"),)
        ]


def test_a_broken_tap_costs_none_behind_it(bot: Assembled) -> None:
    known(bot).model.during = lambda: _think(bot, 50)
    bot.hears("很難的問題？")
    defects = [ZeroDivisionError()]

    def before() -> None:
        if defects:
            raise defects.pop()

    bot.messenger.before = before
    bot.taps("看回答", work=False)
    bot.taps("看回答")
    assert bot.last() == ["echo: 很難的問題？"]


def test_a_failed_look_at_the_profile_keeps_the_language_that_was_known(bot: Assembled) -> None:
    known(bot).messenger.profiles["Uamy"] = Profile(name="Amy", language="en")
    bot.hears("new chat")
    bot.messenger.profiles.clear()
    bot.clock.move(2 * 24 * 3600)
    bot.hears("new chat")
    assert bot.last()[0].startswith("Done.")


def _nothing_gets_through() -> None:
    raise SendBusy("429", ambiguous=False)


# --- what a review found -----------------------------------------------------------------------


def test_a_doubtful_answer_is_offered_until_an_offer_arrived(bot: Assembled) -> None:
    known(bot).messenger.before = _times_out
    bot.hears("第一題？")
    bot.hears("第二題？")
    bot.messenger.before = lambda: None
    bot.hears("第三題？")
    offers = bot.messenger.replies[-1][1][-1]
    assert isinstance(offers, Buttons)
    assert len(offers.buttons) == 2


def test_trying_again_can_be_tried_again(bot: Assembled) -> None:
    busy = ModelBusy(Cause.OVERLOADED, retry_after=60)
    known(bot).model.script = [busy, busy, "這次好了"]
    bot.hears("你好嗎？")
    bot.taps("再試一次")
    bot.taps("再試一次")
    assert bot.last() == ["這次好了"]
    assert [prompt.lines[-1].text for prompt in bot.model.asked] == ["你好嗎？"] * 3


def test_an_unsent_question_takes_the_late_answer_of_its_second_try_with_it(
    bot: Assembled,
) -> None:
    known(bot).model.script = [ModelBusy(Cause.OVERLOADED, retry_after=60), "密碼是 1234"]
    event = bot.hears("我的密碼是 1234。")
    bot.model.during = lambda: _think(bot, 50)
    bot.taps("再試一次")
    bot.unsends(event)
    bot.taps("看回答")
    assert bot.last() == ["這個按鈕已經失效了，直接跟我說就好。"]
    assert "密碼是 1234" not in bot.messenger.said()


def test_an_unsend_between_two_tries_to_send_stops_them(bot: Assembled) -> None:
    def once() -> None:
        bot.messenger.before = lambda: None
        bot.unsends("e1", work=False)
        raise SendBusy("429", ambiguous=False)

    known(bot).messenger.before = once
    bot.hears("別看這個。")
    assert bot.messenger.replies == []


def test_a_note_that_line_was_too_busy_for_is_sent_again(bot: Assembled) -> None:
    def once() -> None:
        bot.messenger.before = lambda: None
        raise SendBusy("429", ambiguous=False)

    known(bot).messenger.before = once
    bot.model.during = lambda: _think(bot, 50)
    bot.hears("很難的問題？")
    assert bot.messenger.said() == ["還在想，好了就放在這裡。"]


def test_no_note_is_sent_for_a_message_that_was_taken_back(bot: Assembled) -> None:
    def think() -> None:
        bot.unsends("e1", work=False)
        bot.clock.move(50)
        turn = bot.stores.outbox.turn_of(AMY, "e1")
        assert turn is not None
        bot.worker.sweep()

    known(bot).model.during = think
    bot.hears("別看這個。")
    assert bot.messenger.replies == []


def test_a_refused_answer_costs_none_of_those_that_waited(bot: Assembled) -> None:
    known(bot).messenger.dead_tokens.add("t1")
    bot.hears("第一題？")

    def refuse() -> None:
        if len(bot.messenger.replies) == 0 and bot.model.asked[-1].lines[-1].text == "第二題？":
            refusals.append(1)
            if len(refusals) <= 2:
                raise SendRefused("400")

    refusals: list[int] = []
    bot.messenger.before = refuse
    bot.hears("第二題？")
    assert bot.last() == ["這個回答送不出去，請換個方式再問一次。"]
    bot.messenger.before = lambda: None
    bot.hears("第三題？")
    assert bot.last() == ["你剛才問「第一題？」：\necho: 第一題？", "echo: 第三題？"]


def test_what_is_written_after_tapping_delete_is_answered(bot: Assembled) -> None:
    known(bot).hears("刪除我的資料")
    bot.taps("全部刪除", work=False)
    bot.hears("你還在嗎？", work=False)
    bot.works()
    assert any(text.startswith("都刪除了") for text in bot.messenger.said())
    assert "echo: 你還在嗎？" in bot.messenger.said()[-1]


def test_a_limit_that_ends_soon_leaves_a_button_that_asks_again(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_ANSWERS_PER_MINUTE": "1"}) as bot:
        known(bot).hears("第一題？")
        bot.hears("第二題？")
        bot.clock.move(60)
        bot.taps("再試一次")
        assert bot.last() == ["echo: 第二題？"]


def test_our_own_second_try_never_says_that_the_person_was_too_fast(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_ANSWERS_PER_MINUTE": "1"}) as bot:
        known(bot).model.script = [ModelBusy(Cause.OVERLOADED)]
        bot.hears("你好嗎？")
        assert bot.last() == ["echo: 你好嗎？"]


def test_of_many_late_answers_a_tap_shows_its_own(bot: Assembled) -> None:
    known(bot)
    for number in range(6):
        bot.messenger.dead_tokens.add(f"t{number + 1}")
        bot.stores.inbox.accept(
            TextSent(
                id=f"late{number}", chat=AMY, user="Uamy", at=number + 1, token=None,
                message_id=f"late{number}", text=f"第{number}題？",
            ),
            origin="", now=bot.clock.now(),
        )  # fmt: skip
        bot.works()
    own = Button(id="own", chat=AMY, action="show", subject="late5")
    bot.stores.buttons.put([own], until=bot.clock.now() + WORKER_TIME)
    bot.gets(Tapped(id="tap", chat=AMY, user="Uamy", at=9, token="tap", data="taps:own"))
    assert len(bot.last()) == 4
    assert "第5題" in bot.last()[-1]


def _times_out() -> None:
    raise SendBusy("time-out", ambiguous=True)
