"""Takes the page's picture in its twelve states, at two sizes, in light and in dark.

    python -m tests.e2e.looks states FOLDER   all 48, to look at
    python -m tests.e2e.looks tour            the README's three, under docs/tour/

The pictures are of the running page: a simulator with a bot that is played, and a real browser.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.chromium import NoChromium, chromium
from tests.e2e.phone import DESKTOP, PHONE, Scheme
from tests.e2e.scenes import SCENES
from tests.e2e.stage import Stage, stage

SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TOUR = Path(__file__).parents[2] / "docs" / "tour"
SETTLED = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page in one state, at one size, in one scheme."""

    state: str
    size: str
    scheme: Scheme
    page: Page

    @property
    def name(self) -> str:
        """A file's name."""
        return f"{self.state}-{self.size}-{self.scheme}"


def views(browser: Browser, state: str) -> Iterator[View]:
    """Bring a state about and yield the page in each look of it."""
    with stage() as here:
        SCENES[state](here)
        context = browser.new_context(locale="zh-TW", viewport=DESKTOP, reduced_motion="reduce")
        try:
            page = context.new_page()
            open_page(page, here, state)
            if state == "reconnecting":
                here.platform.close()
                expect(page.get_by_text("重新連線中…")).to_be_visible()
            for size, scheme in product(SIZES, SCHEMES):
                page.set_viewport_size(SIZES[size])
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(SETTLED)
                yield View(state=state, size=size, scheme=scheme, page=page)
        finally:
            context.close()


def open_page(page: Page, here: Stage, state: str) -> None:
    """Open the page; a group is opened by who sits before it."""
    page.goto(here.sim.url)
    expect(page.get_by_text("已連線")).to_be_visible()
    if state == "group":
        mine = page.get_by_role("region", name="我 的手機")
        mine.get_by_role("button", name="週五午餐").click()
        expect(page.get_by_role("heading", level=1, name="週五午餐")).to_be_visible()


# -- the tour ----------------------------------------------------------------------------------


def _chat(page: Page, here: Stage) -> None:
    """A talk, and what the inspector saw of it."""
    SCENES["text"](here)
    open_page(page, here, "text")
    page.locator(".entry-row").nth(6).click()
    page.locator(".timeline-scroll").evaluate("(list) => { list.scrollTop = 0; }")


def _cards(page: Page, here: Stage) -> None:
    """A carousel on a phone in the dark."""
    SCENES["carousel"](here)
    open_page(page, here, "carousel")


def _trouble(page: Page, here: Stage) -> None:
    """A group, and everything that may go wrong."""
    SCENES["group"](here)
    here.sim.fault("/v2/bot/message/reply", status=429, times=3)
    here.sim.webhook(delay=3)
    open_page(page, here, "group")
    page.get_by_role("tab", name="製造狀況").click()


TOUR_STOPS: dict[str, tuple[Callable[[Page, Stage], None], ViewportSize, Scheme]] = {
    "chat-and-time-line": (_chat, DESKTOP, "light"),
    "cards-on-a-phone": (_cards, PHONE, "dark"),
    "trouble": (_trouble, DESKTOP, "light"),
}


def tour(browser: Browser) -> None:
    """Take the README's pictures anew."""
    TOUR.mkdir(parents=True, exist_ok=True)
    for name, (play, size, scheme) in TOUR_STOPS.items():
        with stage() as here:
            page = browser.new_page(
                locale="zh-TW", viewport=size, color_scheme=scheme, reduced_motion="reduce"
            )
            play(page, here)
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=TOUR / f"{name}.png")
            page.close()


def states(browser: Browser, folder: Path) -> None:
    """Take all pictures of all states."""
    for state in SCENES:
        for view in views(browser, state):
            view.page.screenshot(path=folder / f"{view.name}.png")


def main(given: list[str]) -> int:
    """Take what is asked for; returns the exit code."""
    match given:
        case ["tour"]:
            work: Callable[[Browser], None] = tour
        case ["states", folder]:
            work = partial(states, folder=Path(folder))
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    try:
        with chromium() as browser:
            work(browser)
    except NoChromium as missing:
        sys.stderr.write(f"Sorry: {missing}.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
