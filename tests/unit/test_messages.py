"""Answers go to a record and back without loss, since they are saved before they are sent."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.messages import (
    Answer,
    Buttons,
    Card,
    Cards,
    Code,
    Open,
    Say,
    Table,
    Tap,
    Text,
    from_record,
    to_record,
)

_words = st.text(alphabet=st.characters(codec=None), max_size=20)
_says = st.builds(Say, _words, _words)
_actions = st.one_of(_says, st.builds(Tap, _words, _words), st.builds(Open, _words, _words))
_some_actions = st.lists(_actions, max_size=3).map(tuple)
_cards = st.builds(
    Card, title=_words, text=_words, detail=_words, mark=_words, buttons=_some_actions
)
_suggestions = st.lists(st.one_of(_says, st.builds(Tap, _words, _words)), max_size=3).map(tuple)
_cells = st.lists(_words, max_size=3).map(tuple)
_messages = st.one_of(
    st.builds(Text, text=_words, suggestions=_suggestions, quote=_words),
    st.builds(Code, text=_words, language=_words, copy_label=_words, suggestions=_suggestions),
    st.builds(
        Table, header=_cells, rows=st.lists(_cells, max_size=3).map(tuple), suggestions=_suggestions
    ),
    st.builds(Buttons, text=_words, buttons=st.lists(_actions, max_size=4).map(tuple)),
    st.builds(Cards, text=_words, cards=st.lists(_cards, min_size=1, max_size=3).map(tuple)),
)
_answers = st.builds(
    Answer,
    messages=st.lists(_messages, max_size=4).map(tuple),
    memory=_words,
    cause=_words,
    introduces=st.booleans(),
)


@given(_answers)
def test_an_answer_goes_to_a_record_of_json_and_back_without_loss(answer: Answer) -> None:
    assert from_record(json.loads(json.dumps(to_record(answer)))) == answer


def test_a_bubble_without_suggestions_and_a_message_without_buttons_stay_apart() -> None:
    answer = Answer(messages=(Text(text="嗨"), Buttons(text="嗨", buttons=())))
    assert from_record(to_record(answer)) == answer


def test_an_answer_of_an_older_version_can_be_read() -> None:
    record = {
        "messages": [
            {"text": "嗨", "suggestions": [["say", "好", "好"]]},
            {
                "text": "再試",
                "buttons": [["tap", "好", "turns:b1"], ["open", "看", "https://a.tw"]],
            },
            {"code": "ls", "language": "sh", "suggestions": []},
        ],
        "memory": "嗨",
        "cause": "",
        "introduces": False,
    }
    assert from_record(record) == Answer(
        messages=(
            Text(text="嗨", suggestions=(Say("好", "好"),)),
            Buttons(text="再試", buttons=(Tap("好", "turns:b1"), Open("看", "https://a.tw"))),
            Code(text="ls", language="sh"),
        ),
        memory="嗨",
    )
