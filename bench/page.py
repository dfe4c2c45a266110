"""`python -m bench.page`: does the simulator's page stay quick with 1,000 messages?

A person scrolls through the chat, types, and gets answers meanwhile, once with few messages on the
page and once with many, in one traced run of Chromium each. Told are the longest task of the page's
main thread and the longest time between two animation frames, in milliseconds. Scrolling by a wheel
and typing go through the browser's own input, so that layout and painting are in it.

Needs Chromium and the development packages. Ends with 1 where a frame took longer than the target.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, Page, expect

from simulator.channel import Channel
from simulator.model_api import Model
from simulator.server import listen, serving
from simulator.world import World
from tests.e2e.chromium import NoChromium, chromium
from tests.receiving import receiving
from tests.simulated import Simulated

FEW, MANY = 20, 1_000
TARGET = 50.0
WHEELS = 120
WORDS = "今天天氣很好，we could go for a walk, 散歩に行きましょう。"
FRAMES = """() => {
  window.frames_ = [];
  const look = (now) => { window.frames_.push(now); requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One traced run: messages on the page; longest task and frame in ms; frames; rows drawn."""

    messages: int
    task: float
    frame: float
    frames: int
    rows: int


def measure(browser: Browser, count: int) -> Traced:
    """Fill a chat, open it, and trace a person who scrolls and types."""
    channel = Channel(redelivery=())
    with (
        receiving() as bot,
        serving(World(channel, webhook_url=bot.url), Model(), listen(0)) as address,
        Simulated.at(address.url) as sim,
    ):
        you = str(sim.state()["you"])
        _fill(sim, you, count)
        page = browser.new_page(viewport={"width": 1_280, "height": 800}, locale="zh-TW")
        page.goto(address.url)
        rows = _all_shown(page, count)
        page.evaluate(FRAMES)
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
        _scroll_and_type(page, sim, you)
        trace = json.loads(browser.stop_tracing())
        moments: list[float] = page.evaluate("window.frames_")
        page.close()
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    return Traced(
        messages=count,
        task=_longest_task(trace["traceEvents"]),
        frame=max(gaps),
        frames=len(gaps),
        rows=rows,
    )


def _fill(sim: Simulated, you: str, count: int) -> None:
    for number in range(count // 2):
        _exchange(sim, you, f"第 {number} 個問題：{WORDS}")


def _exchange(sim: Simulated, you: str, words: str) -> None:
    token = sim.text(you, words).token
    answer = {"replyToken": token, "messages": [{"type": "text", "text": f"{words}\n" * 3}]}
    bearer = {"authorization": f"Bearer {sim.token}"}
    sim.http.post("/line/v2/bot/message/reply", json=answer, headers=bearer)


def _all_shown(page: Page, count: int) -> int:
    """Scroll up until the page shows every message; returns how many rows that is."""
    rows = page.get_by_role("log").locator("[data-id]")
    expect(rows.last).to_be_visible(timeout=30_000)
    for _ in range(count):
        if rows.count() >= count:
            break
        rows.first.scroll_into_view_if_needed()
        page.wait_for_timeout(50)
    return rows.count()


def _scroll_and_type(page: Page, sim: Simulated, you: str) -> None:
    box = page.get_by_role("log").bounding_box()
    page.mouse.move((box["x"] if box else 0) + 100, 400)
    for number in range(WHEELS):
        page.mouse.wheel(0, -400 if number < WHEELS // 2 else 400)
        page.wait_for_timeout(16)
    page.locator("textarea").first.focus()
    for number, letter in enumerate(WORDS * 2):
        page.keyboard.type(letter)
        if number % 10 == 0:
            _exchange(sim, you, f"meanwhile {number}")


def _longest_task(events: list[Json]) -> float:
    """The longest task of a page's main thread, in milliseconds."""
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"].get("name") == "CrRendererMain"
    }
    tasks: list[float] = [
        event["dur"] / 1_000
        for event in events
        if (event["pid"], event["tid"]) in main
        and event.get("ph") == "X"
        and "RunTask" in event["name"]
    ]
    if not tasks:
        raise SystemExit("Sorry, nothing was measured: the trace holds no task of the page.")
    return max(tasks)


def main(given: list[str]) -> int:
    """Measure and tell; returns the exit code."""
    top = argparse.ArgumentParser(prog="python -m bench.page", description="Trace the page.")
    top.add_argument("--messages", type=int, default=MANY, help="on the page [%(default)s]")
    asked = top.parse_args(given)
    try:
        with chromium() as browser:
            runs = [measure(browser, count) for count in (FEW, asked.messages)]
    except NoChromium as missing:
        print(f"Sorry: {missing}.")
        return 2
    print(f"{'messages':>10}{'rows':>8}{'longest task':>15}{'longest frame':>16}{'frames':>9}")
    for run in runs:
        figures = f"{run.task:>12.1f} ms{run.frame:>13.1f} ms{run.frames:>9}"
        print(f"{run.messages:>10}{run.rows:>8}{figures}")
    few, many = runs
    print(f"many ÷ few: task {many.task / few.task:.2f}, frame {many.frame / few.frame:.2f}")
    met = many.task <= TARGET and many.frame <= TARGET
    verdict = "met" if met else "not met"
    print(f"target: at most {TARGET:.0f} ms with {many.messages} messages: {verdict}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
