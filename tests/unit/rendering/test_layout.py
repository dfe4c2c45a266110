"""Messages of one answer: in reading order, few enough for one reply, cut where it reads well."""

from __future__ import annotations

import pytest

from chalicelib.domain.messages import Code, Table, Text
from chalicelib.domain.rendering import render
from chalicelib.domain.rendering.layout import Rendered
from tests.unit.rendering.dump import seen

ZH = "一隻貓坐在窗邊，看著外面的雨。牠想著晚餐，也想著那條沒有吃完的魚。"
TABLE = "|a|b|\n|-|-|\n|c|d|"


def kinds(messages: tuple[Rendered, ...]) -> str:
    return "".join(type(message).__name__[0] for message in messages)


def code(number: int) -> str:
    return f"```sh\ncommand {number}{' --long' * number}\n```"


def test_a_short_answer_is_one_text() -> None:
    assert render("好的，**沒問題**！") == (Text(text="好的，沒問題！"),)


@pytest.mark.parametrize("nothing", ["", " \n\t\n", "---", "<!-- x -->", "<br>", "```\n```"])
def test_an_answer_in_which_nothing_is_seen_has_no_message(nothing: str) -> None:
    assert render(nothing) == ()


def test_a_long_answer_without_bubbles_is_cut_short_into_as_many_texts_as_it_takes() -> None:
    messages = render("\n\n".join([ZH * 5] * 20))
    assert len(messages) > 5
    assert all(len(seen([message])) <= 625 for message in messages)


def test_an_answer_with_bubbles_has_longer_texts_rather_than_more_than_five_messages() -> None:
    messages = render(f"{ZH * 30}\n{code(1)}\n{ZH * 40}\n{TABLE}\n{ZH * 20}")
    assert kinds(messages) == "TCTTT"
    assert isinstance(messages[3], Table)
    assert seen(messages).count("一隻貓") == 90


def test_of_many_bubbles_tables_stay_and_then_the_longest_code() -> None:
    markdown = "\n".join(f"第 {n} 步\n{code(n)}" for n in range(1, 7)) + f"\n結果\n{TABLE}\n完"
    messages = render(markdown)
    assert kinds(messages) == "TCTTT"
    assert isinstance(messages[1], Code)
    assert messages[1].text.startswith("command 6")
    assert isinstance(messages[3], Table)
    assert seen(messages[:1]).startswith("第 1 步\ncommand 1 --long\n\n第 2 步\ncommand 2")


def test_an_answer_too_long_for_one_reply_keeps_its_bubbles_and_is_shown_in_pages() -> None:
    block = f"{ZH * 40}\n```python\n{'x = 1' * 700}\n```\n"
    messages = render(block * 10)
    assert len(messages) > 5
    assert sum(isinstance(message, Code) for message in messages) == 10


def test_bubbles_next_to_each_other_need_no_text_between() -> None:
    assert kinds(render(f"{code(1)}\n\n{TABLE}\n\n{code(2)}")) == "CTC"


@pytest.mark.parametrize("words", [16, 17])
def test_a_heading_behind_a_rule_is_never_the_last_line_before_a_cut(words: int) -> None:
    found = render(f"{ZH * 3}\n\n---\n\n## 標題\n\n{ZH * words}")
    texts = [seen([message]) for message in found]
    assert len(texts) > 1
    assert [text for text in texts if text.endswith("標題")] == []
    assert [text for text in texts if text.startswith("■ 標題\n一隻貓")] == [texts[1]]


def test_a_bold_line_stays_with_the_list_below_it() -> None:
    section = "**星期六**\n\n" + "\n".join(f"- {ZH}" for _ in range(5))
    texts = [seen([message]) for message in render("\n\n".join([section] * 8))]
    assert [text for text in texts if text.endswith("星期六")] == []
    assert texts[0].startswith("星期六\n• 一隻貓")


def test_no_rule_stands_where_a_bubble_begins_or_ends() -> None:
    messages = render("\n\n---\n\n".join([ZH * 10] * 5) + f"\n\n---\n\n{TABLE}\n\n---\n\n完")
    texts = [message.text for message in messages if isinstance(message, Text)]
    assert [text for text in texts if text.startswith("─") or text.endswith("─")] == []


def test_headings_are_marked_by_what_is_highest_in_this_answer() -> None:
    assert render("### 大\n#### 小\n字\n### 大") == (Text(text="■ 大\n▪ 小\n字\n\n■ 大"),)


def test_footnotes_stand_at_the_very_end_even_behind_bubbles() -> None:
    messages = render(f"字[^1]\n\n[^1]: 注\n\n{TABLE}")
    assert kinds(messages) == "TTT"
    assert messages[-1] == Text(text="[1] 注")


def test_a_footnote_that_nobody_points_to_is_told_and_a_label_without_note_stays() -> None:
    assert render("字[^x]\n\n[^1]: 注") == (Text(text="字[^x]\n\n[1] 注"),)
