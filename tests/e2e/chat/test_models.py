"""A person chooses a model, sends pictures and a voice, gets in by a code, runs out of money."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from simulator.model_api.audio import tone, wav
from simulator.model_api.images import paint
from tests.e2e.conftest import WholeSystem, whole_system
from tests.e2e.phone import Phone, phone_at
from tests.running import PROJECT, environment

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser, system: WholeSystem) -> Iterator[Phone]:
    """A person who has chosen nothing yet, and whose choices end with the story."""
    with system.story(browser) as phone:
        yield phone
        phone.writes("/刪除我的資料")
        phone.taps("全部刪除")


def asked(system: WholeSystem) -> list[str]:
    """The models that were asked, in order."""
    return [str(request["body"]["model"]) for request in system.sim.model_requests()]


def test_a_tap_on_a_card_switches_the_model_and_the_next_answer_comes_from_it(
    phone: Phone, system: WholeSystem
) -> None:
    phone.writes("我叫小明，記得嗎？")
    phone.sees(re.compile("示範模型.*我叫小明"))
    phone.writes("/模型")
    phone.sees(re.compile("現在由 Demo 回答。"))
    card = phone.chat.locator(".flex-bubble").filter(has_text="Demo Cheap")
    expect(card).to_contain_text(re.compile(r"每 100 次回答約 NT\$"))
    card.get_by_role("button", name="用這個").click()
    phone.sees("好，從現在起由 Demo Cheap 回答。")
    phone.writes("台北有什麼好吃的？")
    phone.sees(re.compile(r"\[demo-cheap\].*台北有什麼好吃的？"))
    assert asked(system) == ["demo", "demo-cheap"]
    told = str(system.sim.model_requests()[-1]["body"]["messages"])
    assert "我叫小明" in told
    phone.writes("/換模型")
    again = phone.chat.locator(".flex-bubble").filter(has_text="Demo Cheap").last
    expect(again).to_contain_text("使用中")


def test_another_assistant_takes_over_by_a_tap(phone: Phone, system: WholeSystem) -> None:
    phone.writes("/助理")
    card = phone.chat.locator(".flex-bubble").filter(has_text="翻譯")
    card.first.get_by_role("button").first.click()
    system.settle()
    phone.writes("今天天氣真好。")
    phone.sees(re.compile("示範模型.*今天天氣真好。"))
    system_text = str(system.sim.model_requests()[-1]["body"]["messages"][0]["content"])
    assert "interpreter between two languages" in system_text


def test_two_pictures_and_the_words_about_them_are_seen_together(
    phone: Phone, system: WholeSystem
) -> None:
    phone.attaches("圖片", "lake.png", "image/png", paint("a lake", 64, 48))
    phone.attaches("圖片", "hill.png", "image/png", paint("a hill", 32, 80))
    phone.writes("哪一張比較好看？")
    phone.sees(re.compile("我看到 2 張圖片.*64×48.*32×80", re.DOTALL))
    phone.sees(re.compile("Demo 看不到照片，這則由 Demo Eyes 回答。"))
    assert asked(system) == ["demo-eyes"]


def test_a_voice_message_is_shown_in_words_and_answered(phone: Phone, system: WholeSystem) -> None:
    phone.attaches("語音檔", "question.wav", "audio/wav", wav(tone(0.4)))
    phone.sees(re.compile("^「.+」", re.DOTALL))
    phone.sees(re.compile("示範模型"))
    system.settle()
    assert asked(system)[-1] == "demo"


def test_a_file_that_is_no_picture_gets_a_clear_sentence(phone: Phone, system: WholeSystem) -> None:
    phone.attaches("圖片", "old.bmp", "image/bmp", b"BM" + b"\0" * 64)
    phone.sees("有一張照片的格式我看不懂，請傳 JPEG、PNG、GIF 或 WebP。")
    system.settle()
    assert system.sim.model_requests() == []


def test_when_the_chosen_model_is_down_another_answers_and_says_so(
    phone: Phone, system: WholeSystem
) -> None:
    system.sim.model(status=503, times=1)
    phone.writes("台北有什麼好玩的？")
    phone.sees(re.compile("台北有什麼好玩的？.*（Demo 現在沒空，這則由 .+ 回答。）", re.DOTALL))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    """A bot by invitation, with a budget that a few answers use up."""
    settings = {
        "LIAO_ACCESS": "invite",
        "LIAO_BUDGET_PERSON_DAY": "0.002",
        "LIAO_ANSWERS_PER_MINUTE": "1000",
    }
    with whole_system(tmp_path_factory.mktemp("guarded"), **settings) as running:
        yield running


def invited(system: WholeSystem, folder: Path, *more: str) -> str:
    """What the operator's command prints: a code."""
    command = [sys.executable, "-m", "ops", "invite", "--stage", "dev", *more]
    made = subprocess.run(
        [*command, "--data", str(system.data)],
        cwd=PROJECT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", made.stdout)
    assert found, made.stdout
    return found.group()


def test_a_stranger_gets_in_by_a_code_talks_until_the_budget_is_used_up_and_reads_usage(
    browser: Browser, guarded: WholeSystem, tmp_path: Path
) -> None:
    with phone_at(guarded.page, browser) as phone:
        phone.writes("你好嗎？")
        phone.sees(re.compile("目前只服務受邀的朋友"))
        guarded.settle()
        assert guarded.sim.model_requests() == []
        phone.writes(invited(guarded, tmp_path, "--admin"))
        phone.sees(re.compile("歡迎，你現在是聊聊的管理員。"))
        over = "你今天的額度用完了，明天 00:00 再繼續聊。"
        for number in range(20):
            replies = len(guarded.sim.replies(guarded.you))
            phone.writes(f"第 {number} 題：茶好喝嗎？")
            guarded.sim.wait_for_replies(guarded.you, replies + 1)
            guarded.settle()
            if over in guarded.sim.texts(guarded.you):
                break
        phone.sees(over)
        phone.sees(re.compile("今天的額度快用完了，剩不到兩成。"))
        answered = len(guarded.sim.model_requests())
        assert 1 <= answered < 20
        phone.writes("/用量")
        phone.sees(re.compile(f"你的用量.*{answered} 次回答", re.DOTALL))
        phone.writes("/全部用量")
        phone.sees(re.compile("這個月到現在，所有人.*Demo", re.DOTALL))
        guarded.settle()
        assert len(guarded.sim.model_requests()) == answered
