"""Takes the page's picture in its fourteen states, at two sizes, in light and in dark.

    python -m tests.e2e.looks states FOLDER   all 56, to look at
    python -m tests.e2e.looks tour            those of the documents, under docs/tour/

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
from tests.e2e.phone import DESKTOP, PHONE, Phone, Scheme, phone_at
from tests.e2e.scenes import SCENES
from tests.e2e.stage import Stage, stage
from tests.menus import ops_richmenu

SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TOUR = Path(__file__).parents[2] / "docs" / "tour"
SETTLED = 250

#: WCAG's AA for text of ordinary size.
CONTRAST = 4.5
LOOK = (Path(__file__).parent / "looks.js").read_text("utf-8")


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

    def check(self) -> None:
        """See what no person should see."""
        found = self.page.evaluate(LOOK, CONTRAST)
        assert found == {"sticksOut": [], "overlaps": [], "faint": []}, self.name
        expect(self.page.get_by_role("textbox", name="輸入訊息")).to_be_in_viewport()
        newest = self.page.locator("#log .row").last
        if newest.count():
            expect(newest).to_be_in_viewport()


def views(browser: Browser, state: str) -> Iterator[View]:
    """Bring a state about and yield the page in each look of it."""
    with stage() as here:
        SCENES[state](here)
        with phone_at(here.sim.url, browser, size=DESKTOP) as phone:
            page = phone.page
            if state == "group":
                phone.opens("我", "週五午餐")
            if state == "reconnecting":
                phone.forgives("net::ERR_")
                here.platform.close()
                expect(page.get_by_text("重新連線中…")).to_be_visible()
            for size, scheme in product(SIZES, SCHEMES):
                page.set_viewport_size(SIZES[size])
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(SETTLED)
                yield View(state=state, size=size, scheme=scheme, page=page)


# -- the tour ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A picture of the documents': a state, and what is done there before it is taken."""

    state: str
    size: ViewportSize
    scheme: Scheme
    done: Callable[[Phone, Stage], None] = lambda phone, here: None


def _webhook_opened(phone: Phone, _: Stage) -> None:
    phone.page.locator(".entry-row").nth(6).click()
    phone.page.locator(".timeline-scroll").evaluate("(list) => { list.scrollTop = 0; }")


def _trouble_made(phone: Phone, here: Stage) -> None:
    here.sim.fault("/v2/bot/message/reply", status=429, times=3)
    here.sim.webhook(delay=3)
    phone.opens("我", "週五午餐")
    phone.page.get_by_role("tab", name="製造狀況").click()
    expect(phone.page.get_by_text("Webhook 延後 3 秒")).to_be_visible()


def _menu_opened(phone: Phone, here: Stage) -> None:
    ops_richmenu(here.sim)
    phone.page.get_by_role("button", name="選單").click()
    phone.page.mouse.move(195, 70)


STOPS = {
    "chat-and-time-line": Stop(state="text", size=DESKTOP, scheme="light", done=_webhook_opened),
    "cards-on-a-phone": Stop(state="carousel", size=PHONE, scheme="dark"),
    "trouble": Stop(state="group", size=DESKTOP, scheme="light", done=_trouble_made),
    "rich-menu-on-a-phone": Stop(state="text", size=PHONE, scheme="light", done=_menu_opened),
}


def tour(browser: Browser) -> None:
    """Take the documents' pictures anew."""
    TOUR.mkdir(parents=True, exist_ok=True)
    for name, stop in STOPS.items():
        with stage() as here:
            SCENES[stop.state](here)
            with phone_at(here.sim.url, browser, size=stop.size, scheme=stop.scheme) as phone:
                stop.done(phone, here)
                phone.page.wait_for_timeout(SETTLED)
                phone.page.screenshot(path=TOUR / f"{name}.png")


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
