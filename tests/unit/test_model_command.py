"""/model: a carousel of models with their prices, and one tap to switch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.catalogue import Ability
from chalicelib.domain.messages import Cards, Text
from chalicelib.domain.prices import FREE, Price
from chalicelib.ports import Profile
from tests.assembled import AMY, EARS, ECHO, EYES, GROUP, SPARE, Assembled, assembled, spec
from tests.carousels import button, card, shown, taps

#: 1,500 tokens in and 350 out cost 0.0029 dollars, a hundred times that 9.28 NT$.
MODELS = (ECHO, SPARE, EYES, EARS, spec("home", price=FREE))
MANY = tuple(spec(f"m{number}") for number in range(1, 15))


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=MODELS) as made:
        made.stores.chats.mark_introduced(AMY, now=made.clock.now())
        made.stores.chats.mark_introduced(GROUP, now=made.clock.now())
        yield made


def titles(bot: Assembled) -> list[str]:
    return [each.title for each in shown(bot)]


def test_every_model_that_may_be_chosen_is_a_card_in_the_catalogues_order(bot: Assembled) -> None:
    bot.hears("/model")
    assert titles(bot) == ["Echo", "Spare", "Eyes", "Home"]


def test_a_card_tells_what_a_model_is_good_for_and_what_a_hundred_answers_cost(
    bot: Assembled,
) -> None:
    bot.hears("/model")
    echo = card(bot, "Echo")
    assert echo.text == "echo 的事"
    assert echo.detail == "每 100 次回答約 NT$ 9"
    assert card(bot, "Home").detail == "免費"


def test_a_card_tells_what_a_model_can_do_beside_words(bot: Assembled) -> None:
    bot.hears("/model")
    assert card(bot, "Eyes").detail.splitlines()[1:] == ["看得懂照片", "會上網查"]


def test_no_model_is_said_to_search_where_the_bot_lets_none(tmp_path: Path) -> None:
    with assembled(tmp_path, models=MODELS, bot={"web": False}) as bot:
        bot.hears("/model")
        assert card(bot, "Eyes").detail.splitlines()[1:] == ["看得懂照片"]


def test_the_current_one_is_marked_and_named_above_with_the_rates_day(bot: Assembled) -> None:
    bot.hears("/model")
    assert [each.title for each in shown(bot) if each.mark] == ["Echo"]
    above = bot.last()[0]
    assert above.startswith("現在由 Echo 回答。")
    assert "2026-11-01" in above


def test_where_all_is_free_nothing_is_said_of_a_rate(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(spec("home", price=FREE),)) as bot:
        bot.hears("/model")
        assert "2026-11-01" not in bot.last()[0]


def test_one_tap_switches_and_one_sentence_says_so(bot: Assembled) -> None:
    bot.hears("/model")
    taps(bot, button(bot, "Spare"))
    assert bot.last() == ["好，從現在起由 Spare 回答。"]
    bot.hears("你好嗎？")
    assert len(bot.vendors.model(SPARE).asked) == 1
    assert bot.model.asked == []
    bot.hears("/model")
    assert [each.title for each in shown(bot) if each.mark] == ["Spare"]


def test_the_history_carries_over(bot: Assembled) -> None:
    bot.hears("我叫小美，記得嗎？")
    bot.hears("/model")
    taps(bot, button(bot, "Spare"))
    bot.hears("我叫什麼？")
    (asked,) = bot.vendors.model(SPARE).asked
    assert asked.lines[0].text == "我叫小美，記得嗎？"


def test_the_same_cards_switch_there_and_back_again(bot: Assembled) -> None:
    bot.hears("/model")
    there, back = button(bot, "Spare"), button(bot, "Echo")
    for tap, model in ((there, SPARE), (back, ECHO), (there, SPARE), (there, SPARE)):
        taps(bot, tap)
        assert bot.last() == [f"好，從現在起由 {model.label} 回答。"]
        assert bot.stores.chats.facts(AMY).model == model.id


def test_a_choice_is_the_chats_own(bot: Assembled) -> None:
    bot.hears("/model", chat=GROUP)
    taps(bot, button(bot, "Spare"), chat=GROUP)
    bot.hears("/model")
    assert [each.title for each in shown(bot) if each.mark] == ["Echo"]


def test_in_a_group_anyone_may_look_and_by_default_switch(bot: Assembled) -> None:
    bot.hears("/model", chat=GROUP)
    taps(bot, button(bot, "Spare"), chat=GROUP, user="Uben")
    assert bot.stores.chats.facts(GROUP).model == "spare"


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Assembled]:
    """A bot whose admin alone switches in groups."""
    settings = {"LIAO_ADMINS": "Uboss"}
    with assembled(tmp_path, models=MODELS, bot={"switching": "admins"}, settings=settings) as made:
        made.stores.chats.mark_introduced(GROUP, now=made.clock.now())
        yield made


def test_who_may_not_switch_sees_the_cards_without_buttons(strict: Assembled) -> None:
    strict.hears("/model", chat=GROUP)
    assert titles(strict) == ["Echo", "Spare", "Eyes", "Home"]
    assert not any(each.buttons for each in shown(strict))
    assert "這個群組只有管理員可以換。" in strict.last()[0]


def test_a_tap_of_who_may_not_switch_gets_a_kind_word(strict: Assembled) -> None:
    strict.hears("/model", chat=GROUP, user="Uboss")
    spare = button(strict, "Spare")
    taps(strict, spare, chat=GROUP, user="Uben")
    assert strict.last() == ["這個群組只有管理員可以換。"]
    assert strict.stores.chats.facts(GROUP).model == ""
    taps(strict, spare, chat=GROUP, user="Uboss")
    assert strict.stores.chats.facts(GROUP).model == "spare"


def test_in_their_own_chat_everybody_switches(strict: Assembled) -> None:
    strict.hears("/model")
    taps(strict, button(strict, "Spare"))
    assert strict.stores.chats.facts(AMY).model == "spare"


def test_a_card_of_a_model_that_is_gone_says_so_and_changes_nothing(
    bot: Assembled, tmp_path: Path
) -> None:
    bot.hears("/model")
    spare = button(bot, "Spare")
    with assembled(tmp_path, models=(ECHO,), like=bot) as later:
        taps(later, spare)
        assert later.last() == ["這個模型已經不能選了，傳「/模型」看看現在有哪些。"]
        assert later.stores.chats.facts(AMY).model == ""


def test_without_any_model_there_is_nothing_to_choose(tmp_path: Path) -> None:
    over = spec("old", ends=date(2026, 11, 1))
    with assembled(tmp_path, models=(over,)) as bot:
        bot.hears("/model")
        assert bot.last()[0].startswith("目前沒有模型可以選。")


def test_more_than_a_carousel_holds_lies_behind_its_last_card(tmp_path: Path) -> None:
    with assembled(tmp_path, models=MANY) as bot:
        bot.hears("/model")
        assert titles(bot) == [*(each.label for each in MANY[:11]), "還有 3 個模型"]
        rest = button(bot, "還有 3 個模型")
        for _ in range(2):
            taps(bot, rest)
            assert titles(bot) == ["M12", "M13", "M14"]
        taps(bot, button(bot, "M13"))
        assert bot.stores.chats.facts(AMY).model == "m13"


def test_what_is_behind_the_last_card_may_be_gone(tmp_path: Path) -> None:
    with assembled(tmp_path, models=MANY) as bot:
        bot.hears("/model")
        rest = button(bot, "還有 3 個模型")
        with assembled(tmp_path, models=MANY[:3], like=bot) as later:
            taps(later, rest)
            assert titles(later) == ["M1", "M2", "M3"]


@pytest.mark.parametrize(
    ("tag", "detail"),
    [
        ("en", "about NT$ 9 per 100 answers"),
        ("ja", "100回の回答で約 NT$ 9"),
        ("th", "ประมาณ NT$ 9 ต่อ 100 คำตอบ"),
    ],
    ids=["en", "ja", "th"],
)
def test_everybody_reads_it_in_their_own_language(bot: Assembled, tag: str, detail: str) -> None:
    bot.messenger.profiles["Uamy"] = Profile(name="Amy", language=tag)
    bot.hears("/model")
    assert card(bot, "Echo").detail == detail


def test_a_cheap_model_is_no_free_one(tmp_path: Path) -> None:
    cheap = spec("cheap", price=Price(tokens_in=0.01, tokens_out=0.01, as_of=date(2026, 11, 1)))
    with assembled(tmp_path, models=(cheap,)) as bot:
        bot.hears("/model")
        assert card(bot, "Cheap").detail == "每 100 次回答約 NT$ 0.06"


def test_the_cards_come_last_below_a_line_about_them(bot: Assembled) -> None:
    bot.hears("/model")
    _, messages = bot.messenger.replies[-1]
    assert [type(message) for message in messages] == [Text, Cards]


def test_where_models_are_not_offered_a_tap_of_earlier_leads_nowhere(
    bot: Assembled, tmp_path: Path
) -> None:
    bot.hears("/model")
    spare = button(bot, "Spare")
    quiet = {"commands": ("help", "privacy", "delete")}
    with assembled(tmp_path, models=MODELS, bot=quiet, like=bot) as later:
        taps(later, spare)
        assert later.stores.chats.facts(AMY).model == ""


def test_a_model_that_hears_only_is_no_choice(bot: Assembled) -> None:
    assert EARS.can(Ability.HEARING)
    bot.hears("/model")
    assert "Ears" not in titles(bot)
