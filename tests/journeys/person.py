"""Somebody at a browser: what they press is counted, and what the browser complains about is kept."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Count:
    """What an errand took: presses of buttons, links and boxes, fields typed or chosen, forms sent, seconds."""

    clicks: int = 0
    fields: int = 0
    sent: int = 0
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    def stop(self) -> None:
        self.ended = time.monotonic()

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.began

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.fields} fields, {self.sent} forms sent, {self.seconds:.1f} s"


class Person:
    """One person with a browser of their own. Everything they do goes through words that they can read."""

    def __init__(self, browser: Browser, base: str, viewport: dict[str, int], **context: Any) -> None:
        is_phone = viewport["width"] < 500
        self.base = base
        self.context = browser.new_context(
            base_url=base, viewport=viewport, is_mobile=is_phone, has_touch=is_phone, locale="en-US",
            timezone_id="America/New_York", **context,
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.errors: list[str] = []
        self.all = Count()
        self.errand = Count()
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.request.method} {response.url}: {response.status}")

    def _asked(self, request: Request) -> None:
        if request.method == "POST" and request.is_navigation_request():
            self._count("sent")

    def begin(self) -> Count:
        """Start to count an errand."""
        self.errand = Count()
        return self.errand

    def open(self, address: str) -> None:
        """Go to an address: a bookmark, or a link in a mail (which is one click)."""
        self._clicked()
        self.page.goto(address)

    def press(self, words: str | re.Pattern[str], *, within: Locator | None = None, nth: int = 0) -> None:
        """Press a button or follow a link by its words."""
        place = within or self.page.locator("body")
        button = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        self._clicked()
        try:
            button.filter(visible=True).nth(nth).click()
        except PlaywrightError as error:
            error.add_note(f"On {self.path}: {self.text}")
            raise
        self.page.wait_for_load_state("load")

    def tick(self, words: str | re.Pattern[str]) -> None:
        self._clicked()
        self.page.get_by_label(words).filter(visible=True).first.check()

    def fill(self, words: str | re.Pattern[str], value: str) -> None:
        self._typed()
        self.page.get_by_label(words).filter(visible=True).first.fill(value)

    def choose(self, words: str | re.Pattern[str], option: str) -> None:
        self._typed()
        self.page.get_by_label(words).filter(visible=True).first.select_option(label=option)

    def unfold(self, words: str | re.Pattern[str]) -> None:
        """Open what is folded away."""
        self._clicked()
        self.page.locator("summary").filter(has_text=words).first.click()

    def draw(self, canvas: str = "canvas[data-signature]") -> None:
        """Sign with a finger."""
        self._clicked()
        pad = self.page.locator(canvas)
        pad.evaluate("pad => pad.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = pad.bounding_box()
        assert box is not None
        mouse, left, top = self.page.mouse, box["x"], box["y"]
        mouse.move(left + 20, top + 40)
        mouse.down()
        for step in range(1, 9):
            mouse.move(left + 20 + step * 20, top + 40 + (-1) ** step * 15)
        mouse.up()

    def reads(self, words: str) -> bool:
        """Say whether the page shows these words now, wherever spaces and line breaks fall."""
        return " ".join(words.split()) in self.text

    def sees(self, words: str) -> None:
        """Wait, as a person does, until the page shows these words. Fail with what it shows instead."""
        try:
            self.page.wait_for_function(
                "words => document.body.innerText.split(/\\s+/).join(' ').includes(words)",
                arg=" ".join(words.split()),
            )
        except PlaywrightError as error:
            error.add_note(f"On {self.path}: {self.text}")
            raise

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def close(self) -> None:
        """Leave. An answer that was held back on purpose may still be under way; nobody waits for it."""
        self.page.unroute_all(behavior="ignoreErrors")
        self.context.unroute_all(behavior="ignoreErrors")
        self.context.close()

    def _clicked(self) -> None:
        self._count("clicks")

    def _typed(self) -> None:
        self._count("fields")

    def _count(self, what: str) -> None:
        for count in (self.all, self.errand):
            if count.ended is None:
                setattr(count, what, getattr(count, what) + 1)
