"""A person before the simulator's page: what they do there, and what should never happen there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
)

SOON = 30_000
HERE = "127.0.0.1"
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1440, height=900)

Scheme = Literal["light", "dark"]


@dataclass(slots=True, kw_only=True)
class Phone:
    """The page, and what a person does on it. Remembers what should not have happened.

    forgiven: words of troubles that were asked for.
    """

    page: Page
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    @property
    def unforgiven(self) -> list[str]:
        """What went wrong though nobody asked for it."""
        return [one for one in self.troubles if not any(part in one for part in self.forgiven)]

    @property
    def chat(self) -> Locator:
        """All bubbles."""
        return self.page.get_by_role("log")

    @property
    def dots(self) -> Locator:
        """What is shown while an answer is on its way."""
        return self.page.get_by_role("status", name="正在準備回答")

    @property
    def field(self) -> Locator:
        """Where the person writes."""
        return self.page.get_by_role("textbox", name="輸入訊息")

    @property
    def inspector(self) -> Locator:
        """The inspector; beside the phone, or over it at phone width."""
        return self.page.get_by_role("complementary", name="檢查器")

    @property
    def entries(self) -> Locator:
        """The rows of the time line."""
        return self.inspector.get_by_role("listitem")

    @property
    def clipboard(self) -> str:
        """What was copied last; the page's context must let it be read."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def opens(self, whose: str, chat: str) -> None:
        """The person looks at a chat on somebody's phone, in the list beside it or over it."""
        opener = self.page.get_by_role("button", name="使用者與聊天室", exact=True)
        if opener.is_visible():
            opener.click()
        theirs = self.page.get_by_role("region", name=f"{whose} 的手機")
        theirs.get_by_role("button", name=chat).click()
        expect(self.page.get_by_role("heading", level=1, name=chat)).to_be_visible()

    def writes(self, words: str) -> None:
        """The person writes, and sends with Enter."""
        self.field.fill(words)
        self.field.press("Enter")
        expect(self.chat.get_by_text(words, exact=True).first).to_be_visible()

    def asks(self, words: str) -> None:
        """The person mentions the bot in a group, from the list, and asks."""
        self.field.press_sequentially("@Li")
        self.page.get_by_role("option", name="Liao").click()
        self.field.press_sequentially(words)
        self.field.press("Enter")

    def sees(self, words: str | re.Pattern[str]) -> None:
        """The words appear in the chat, once, and in one message."""
        found = self.bubble(words)
        expect(found).to_have_count(1, timeout=SOON)
        expect(found).to_be_visible()

    def bubble(self, words: str | re.Pattern[str]) -> Locator:
        """The words in a message."""
        return self.chat.get_by_role("listitem").get_by_text(words)

    def taps(self, label: str) -> None:
        """The person taps the newest button of this label."""
        self.chat.get_by_role("button", name=label, exact=True).last.click(timeout=SOON)

    def does(self, what: str, *, to: str) -> None:
        """The person chooses what is done with the first message of these words."""
        row = self.chat.get_by_role("listitem").filter(has_text=to).first
        row.hover()
        row.get_by_role("button", name="更多").click()
        self.page.get_by_role("menuitem", name=what).click()

    def attaches(self, kind: str, name: str, media_type: str, raw: bytes) -> None:
        """The person chooses a file to send."""
        self.page.get_by_role("button", name="附加").click()
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("menuitem", name=kind, exact=True).click()
        chooser.value.set_files(FilePayload(name=name, mimeType=media_type, buffer=raw))

    def inspects(self) -> None:
        """The person opens the inspector, where it isn't beside the phone."""
        opener = self.page.get_by_role("button", name="檢查器", exact=True)
        if opener.is_visible():
            opener.click()

    def makes_trouble(self, panel: str, **choices: str) -> None:
        """The person lets something go wrong; choices: where, how, often."""
        self.inspects()
        self.page.get_by_role("tab", name="製造狀況").click()
        labels = {"where": "哪個呼叫", "how": "怎麼出錯", "often": "幾次"}
        box = self.inspector.locator("form").filter(
            has=self.page.get_by_role("heading", name=panel)
        )
        for name, choice in choices.items():
            box.get_by_label(labels[name]).select_option(label=choice)
        box.get_by_role("button", name="套用").click()

    def forgives(self, part: str) -> None:
        """Let troubles pass that hold these words, whenever they come: they were asked for."""
        self.forgiven.append(part)

    def looks_at_the_time_line(self) -> None:
        """The person goes back to what happened."""
        self.page.get_by_role("tab", name="時間軸").click()


@contextmanager
def phone_at(
    url: str, browser: Browser, *, size: ViewportSize = PHONE, scheme: Scheme = "light"
) -> Iterator[Phone]:
    """Open the page; in the end nothing may have gone wrong in it and nothing left this machine."""
    context = browser.new_context(
        locale="zh-TW", viewport=size, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(SOON)
    page = context.new_page()
    phone = Phone(page=page, context=context)
    _watch(phone)
    try:
        page.goto(url)
        expect(page.get_by_text("已連線")).to_be_visible()
        yield phone
    finally:
        context.close()
    assert phone.unforgiven == [], phone.unforgiven


def _watch(phone: Phone) -> None:
    """Write down errors, in the page or on the network, and whatever leaves this machine."""
    troubles = phone.troubles

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != HERE:
            troubles.append(f"asked for {url}")

    phone.context.on("request", lambda request: asked(request.url))
    phone.context.on(
        "response",
        lambda answer: (
            troubles.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        ),
    )
    phone.context.on(
        "console",
        lambda said: (
            troubles.append(f"{said.type}: {said.text}")
            if said.type in ("error", "warning")
            else None
        ),
    )
    phone.context.on("weberror", lambda found: troubles.append(str(found.error)))
