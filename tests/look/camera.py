"""Takes the pictures, and keeps what was wrong with a page."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, ConsoleMessage, Page

from partnernet.embedded.run import programs, wait_for
from tests.programs import free_port

WIDTHS = {"desk": (1440, 900), "phone": (360, 740)}
THEMES = ("light", "dark")
NOT_PAGES = (
    "deliverable",
    "paper-file",
    "agreement-paper-file",
    "agreement-text",
    "agreement-pdf",
    "seal-certificates",
    "protected-client-paper",
    "claim-paper",
    "dispute-evidence",
)


@dataclass
class Camera:
    """One browser, one site, one folder; `taken` names the kinds of page that have a picture."""

    browser: Browser
    site: str
    folder: Path
    taken: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open a browser of somebody's own."""
        page = self.browser.new_context().new_page()
        page.on("console", self._heard)
        return page

    def picture(self, page: Page, path: str, name: str, *, status: int = 200) -> None:
        """Open an address in both themes and widths and keep each; say what is wrong with it."""
        self.keep(page, name, open_first=path, status=status)

    def keep(self, page: Page, name: str, *, open_first: str = "", status: int = 200) -> None:
        """Keep the page that is open; with `open_first`, open that address before each picture."""
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] # one of the two
            for label, (width, height) in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                if open_first:
                    answer = page.goto(self.site + open_first)
                    if answer is None or answer.status != status:
                        self.complain(f"{answer and answer.status} at {open_first} for {name}")
                page.screenshot(path=self.folder / f"{name}-{theme}-{label}.png", full_page=True)
                if page.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
                ):
                    self.complain(f"Wider than the screen at {width} px: {name}")
        self.taken.add(kind(page.url.removeprefix(self.site).split("?")[0]))

    def complain(self, sentence: str) -> None:
        print(sentence, flush=True)
        self.complaints.append(sentence)

    def _heard(self, message: ConsoleMessage) -> None:
        # A page of an error is asked for on purpose, and its status judged above.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complain(f"{message.location.get('url', '')}: {message.text}")


def kind(path: str) -> str:
    """Return the name of a page of ours; files, the admin and the API are not looked at."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    skipped = (
        path.startswith(("/admin/", "/api/", "/static/"))
        or found.url_name in NOT_PAGES
        or found.route.endswith((".csv", ".pdf", ".zip"))
    )
    return "" if skipped else found.url_name or ""


@contextmanager
def serving() -> Iterator[str]:
    """Serve on a free port for as long as it takes; yields the address."""
    port = str(free_port())
    os.environ["SITE_URL"] = f"http://localhost:{port}"
    web = programs(port)[0]
    web.start()
    try:
        if not wait_for(port, web):
            raise RuntimeError("The web process did not start; its lines above say why.")
        yield f"http://localhost:{port}"
    finally:
        web.stop()


def now() -> str:
    return time.strftime("%H:%M:%S")
