"""What came in by the route is worked off by the app's own worker, behind a running simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.assistant.respond import WORKER_TIME
from chalicelib.bootstrap import laptop
from chalicelib.domain.events import Lane
from simulator import ids
from simulator.bot import CATALOGUE
from tests.app.conftest import Web
from tests.app.happenings import AMY, Json, text
from tests.running import PROJECT
from tests.simulated import Simulated, simulated

FIXTURES = PROJECT.parent / "shared" / "line-fixtures" / "webhook.json"
REPLY = "/v2/bot/message/reply"

needs_fixtures = pytest.mark.skipif(
    not FIXTURES.exists(), reason="LINE's fixtures are not beside the project"
)


@pytest.fixture
def sim(web: Web) -> Iterator[Simulated]:
    with simulated(redelivery=()) as running:
        web.setting("LINE_CHANNEL_ACCESS_TOKEN", running.token)
        web.setting("LINE_API_BASE_URL", running.line_url)
        web.setting("LINE_DATA_API_BASE_URL", running.line_url)
        web.setting("DEMO_BASE_URL", running.openai_url)
        web.setting("DEMO_API_KEY", "demo")
        web.setting("LIAO_MODEL", "demo")
        web.setting("LIAO_CATALOGUE", str(CATALOGUE))
        yield running


def issued(sim: Simulated, event: Json) -> Json:
    """An event with an id of its own, and with a reply token that the simulated LINE issued."""
    mine = {**event, "webhookEventId": ids.event_id()}
    if "replyToken" not in event:
        return mine
    source = event["source"]
    chat = source.get("groupId") or source.get("roomId")
    sent = sim.event("follow", user=source.get("userId"), chat=chat)
    return {**mine, "replyToken": sent.token}


def work_off(web: Web) -> None:
    """Do what a queue does until nothing waits any more."""
    worker, inbox, clock = web.liao.worker(), web.liao.stores.inbox, web.liao.clock
    while found := inbox.chats_with_work():
        for chat, lane in found:
            use_case = worker.respond if lane is Lane.TURNS else worker.show
            use_case.run(chat, ends=clock.now() + WORKER_TIME)


def facts(said: str) -> list[dict[str, Any]]:
    """The log's lines."""
    return [json.loads(line) for line in said.splitlines()]


@needs_fixtures
def test_every_event_line_documents_is_accepted_and_none_makes_the_worker_fail(
    web: Web, sim: Simulated, capsys: pytest.CaptureFixture[str]
) -> None:
    documented = json.loads(FIXTURES.read_text("utf-8"))["events"]
    assert len(documented) == 28
    for event in documented:
        assert web.sends(issued(sim, event)).status_code == 200
    work_off(web)
    log = facts(capsys.readouterr().out)
    accepted = [fact for fact in log if fact["fact"] == "event_accepted" and fact["new"]]
    skipped = [fact for fact in log if fact["fact"] == "event_skipped"]
    unheard = len(documented) - len(accepted) - len(skipped)
    assert len(accepted) >= 13
    assert unheard == 3  # words and a picture in groups and rooms that were not for the bot
    assert [fact for fact in log if fact["level"] != "info"] == []
    replies = sim.calls(REPLY)
    assert len(replies) >= 3
    assert {call["status"] for call in replies} == {200}
    assert web.waiting() == 0


@needs_fixtures
def test_all_of_them_in_one_webhook_are_worked_off_too(
    web: Web, sim: Simulated, capsys: pytest.CaptureFixture[str]
) -> None:
    documented = json.loads(FIXTURES.read_text("utf-8"))["events"]
    assert web.sends(*(issued(sim, event) for event in documented)).status_code == 200
    work_off(web)
    assert [f for f in facts(capsys.readouterr().out) if f["level"] != "info"] == []


def test_a_question_is_answered_once_and_the_log_holds_neither_words_nor_secrets(
    web: Web, sim: Simulated, capsys: pytest.CaptureFixture[str]
) -> None:
    event = issued(sim, text("我的生日是哪一天？"))
    web.sends(event)
    work_off(web)
    web.sends(event)
    work_off(web)
    assert [words for words in sim.texts(AMY) if "生日" in words] == sim.texts(AMY)
    assert len(sim.model_requests()) == 1
    log = capsys.readouterr().out
    assert {"event_accepted", "turn_taken", "line_called", "model_called", "answer_told"} <= {
        fact["fact"] for fact in facts(log)
    }
    calls = [fact for fact in facts(log) if fact["fact"] == "line_called"]
    assert all(fact["request_id"] for fact in calls)
    for hidden in ("生日", "\\u751f\\u65e5", AMY, web.secret, sim.token, event["replyToken"]):
        assert hidden not in log


def test_the_first_answer_links_the_privacy_page_where_the_bot_was_reached(
    web: Web, sim: Simulated
) -> None:
    web.sends(issued(sim, text("你是誰？")))
    work_off(web)
    assert "http://bot.example/privacy?lang=zh-Hant" in sim.texts(AMY)[-1]


def test_a_laptops_threads_answer_and_then_stop(web: Web, sim: Simulated) -> None:
    workers = laptop.start_workers(web.liao)
    try:
        web.sends(issued(sim, text("你好嗎？")))
        assert "你好嗎？" in sim.wait_for_texts(AMY, timeout=40)[0]
    finally:
        workers.stop()
    assert not any(thread.is_alive() for thread in workers.threads)


def test_what_an_earlier_process_accepted_is_answered_without_a_new_webhook(
    web: Web, sim: Simulated
) -> None:
    web.sends(issued(sim, text("你好嗎？")))
    web.restarts()
    workers = laptop.start_workers(web.liao)
    try:
        assert "你好嗎？" in sim.wait_for_texts(AMY, timeout=40)[0]
    finally:
        workers.stop()
    assert sim.calls(REPLY)[0]["status"] == 200


def test_a_data_folder_that_another_process_works_on_is_refused(
    web: Web, sim: Simulated, tmp_path: Path
) -> None:
    import fcntl

    from chalicelib.domain.errors import SettingInvalid

    web.data.mkdir()
    with (web.data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SettingInvalid, match="LIAO_DATA_DIR: another Liao is running on"):
            laptop.start_workers(web.liao)
