"""The benchmarks count rightly, say what they found, and leave nothing behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bench import losses
from bench.__main__ import BENCHMARKS
from bench.load import send_all
from bench.parts import PARTS, parts
from bench.people import Broken
from bench.render import Machine, as_json, filled, markdown, table
from bench.results import Line, Result
from bench.results import losses as summed
from bench.stage import BASELINE, LIAO, PLAIN, Stage, stage
from bench.words import words
from chalicelib.domain.bursts import looks_unfinished
from simulator.bot import REPOSITORY
from simulator.load.crowd import QUESTION

MACHINE = Machine(day="2026-11-22", cores=2, load=0.25, python="CPython 3.11.7", system="Linux")
LINE = Line(what="app_p50", unit="ms", liao=4.0, plain=16.0, most=5)
LOST = Line(what="lost", unit="", liao=0, plain=1, most=0, is_loss=True)
RESULT = Result(name="handler", lines=(LINE, LOST))


# --- figures -----------------------------------------------------------------------------------


def test_a_target_is_met_up_to_its_bound_and_no_further() -> None:
    assert LINE.is_met is True
    assert Line(what="app_p50", unit="ms", liao=5.01, most=5).is_met is False
    assert Line(what="a_second", unit="/s", liao=4, least=5).is_met is False
    assert Line(what="app_p50", unit="ms", liao=5).is_met is None


def test_a_ratio_needs_something_to_divide_by() -> None:
    assert LINE.ratio == 0.25
    assert Line(what="lost", unit="", liao=0, plain=0).ratio is None
    assert Line(what="receive_p50", unit="ms", liao=1).ratio is None


def test_only_what_liao_lost_fails_a_run() -> None:
    assert RESULT.losses == 0
    assert Result(name="handler", lines=(replace(LOST, liao=2),)).losses == 2


def test_losses_of_all_benchmarks_are_told_once() -> None:
    (line,) = summed([RESULT, RESULT])
    assert (line.what, line.liao, line.plain) == ("lost", 0, 2)


def test_a_message_without_an_answer_is_lost_and_a_second_answer_is_one_too_many() -> None:
    found = losses.of({"a": [1.0], "b": [], "c": [2.0, 3.0, 9.0]}, asked=4)
    assert (found.lost, found.doubled, found.asked_again, found.last) == (1, 2, 1, 9.0)


# --- words and tables --------------------------------------------------------------------------


def test_every_language_has_the_same_words_with_the_same_slots() -> None:
    english, *others = words().values()
    for other in others:
        assert len(other.columns) == len(english.columns)
        assert slots(other.title) == slots(english.title)
        assert slots(other.what) == slots(english.what)
        for name in ("measured", "most", "least", "verdict"):
            assert slots({name: getattr(other, name)}) == slots({name: getattr(english, name)})


def slots(texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in texts.items()}


def test_every_benchmark_and_every_part_of_a_message_s_way_has_words() -> None:
    english = words()["en"]
    assert english.title.keys() == {*BENCHMARKS, "losses"}
    assert {f"part_{name}" for name in PARTS} <= english.what.keys()


def test_a_table_says_of_each_target_whether_it_is_met() -> None:
    shown = table(RESULT, words()["en"]).splitlines()
    assert shown[2].split() == [
        *("the", "whole", "handler,", "p50"), *("4", "ms"), *("16", "ms"), "0.250"
    ]  # fmt: skip
    assert shown[-2:] == [
        "at most 5 ms: met - the whole handler, p50: 4 ms",
        "at most 0: met - messages lost: 0",
    ]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_every_row_of_the_markdown_table_has_every_column(language: str) -> None:
    text = markdown([RESULT], words()[language], MACHINE)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {6}
    assert "CPython 3.11.7" in text.splitlines()[-1]


def test_a_readme_s_table_is_put_between_its_marks_and_can_be_put_there_again() -> None:
    once = filled("before\n<!-- bench -->\n\nafter\n", "| 1 |")
    assert once == "before\n<!-- bench -->\n\n| 1 |\n\n<!-- /bench -->\n\nafter\n"
    assert filled(once, "| 2 |") == once.replace("| 1 |", "| 2 |")


def test_a_readme_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="0 places"):
        filled("no mark", "| 1 |")


def test_both_readmes_have_a_place_for_the_table() -> None:
    for name in ("README.md", "README.zh-TW.md"):
        assert "| 1 |" in filled((REPOSITORY / name).read_text("utf-8"), "| 1 |")


def test_the_json_holds_every_figure_its_ratio_and_its_verdict() -> None:
    told = json.loads(json.dumps(as_json([RESULT], MACHINE)))
    first = told["results"]["handler"][0]
    assert (first["liao"], first["ratio"], first["is_met"]) == (4.0, 0.25, True)
    assert told["machine"]["cores"] == 2


# --- a message's parts -------------------------------------------------------------------------


def logged(fact: str, at: int, **more: object) -> str:
    return json.dumps({"time": f"2026-11-22T10:00:00.{at:03}+00:00", "fact": fact, **more})


def test_the_parts_of_a_message_are_read_from_the_bot_s_log() -> None:
    log = [
        "a line of somebody else's",
        logged("event_accepted", 12, event="e"),
        logged("turn_taken", 14),
        logged("line_called", 19, path="/v2/bot/chat/loading/start", ms=3.0),
        logged("model_called", 40, ms=20.0),
        logged("line_called", 50, path="/v2/bot/message/reply", ms=6.0),
    ]
    (found,) = parts(log, {"e": 1_795_341_600.010})
    assert found == pytest.approx(
        {"stored": 2, "queued": 2, "prepared": 6, "model": 20, "delivered": 4, "sent": 6}, abs=0.01
    )


def test_a_message_that_was_not_finished_has_no_parts() -> None:
    log = [logged("event_accepted", 12, event="e"), logged("turn_taken", 14)]
    assert list(parts(log, {"e": 0})) == []


# --- what is measured --------------------------------------------------------------------------


def test_the_question_that_is_asked_does_not_wait_for_a_next_line() -> None:
    assert not looks_unfinished(QUESTION)


@pytest.fixture(scope="module")
def here() -> Iterator[Stage]:
    with stage() as made:
        yield made


def test_the_plain_handler_answers_a_message_before_its_200(here: Stage) -> None:
    here.platform.think(0.3)
    before = here.platform.asked()
    with here.running(PLAIN) as bot:
        webhooks = here.platform.written(["Amy"])
        (sent,) = send_all(bot.url, webhooks)
        assert len(here.platform.answers(webhooks[0])) == 1
    assert sent.seconds > 0.3
    assert here.platform.asked() == before + 1


def test_liao_runs_on_its_defaults_in_a_folder_that_goes_with_it(here: Stage) -> None:
    here.platform.think(0)
    webhooks = here.platform.written(["Bea"])
    before = here.platform.asked()
    with here.running(LIAO) as bot:
        send_all(bot.url, webhooks)
        assert losses.count(here.platform, webhooks, asked_before=before).lost == 0
    assert list(here.folder.iterdir()) == []


def test_a_webhook_that_is_refused_ends_the_measurement(here: Stage) -> None:
    (webhook,) = here.platform.written(["Cat"])
    with pytest.raises(Broken, match="405"):
        send_all(here.platform.address.url, [webhook])


def test_the_plain_handler_is_a_project_of_its_own() -> None:
    source = (BASELINE / "app.py").read_text("utf-8")
    assert "chalicelib" not in source
    assert (BASELINE / ".chalice" / "config.json").is_file()


def test_a_stage_leaves_no_folder_behind() -> None:
    with stage() as made:
        folder = Path(made.folder)
        assert folder.is_dir()
    assert not folder.exists()
