"""`make look`: pictures of every page, as each person of the story, light and dark, desk and phone.

It signs in like a person and follows the links of each page, so that a page that nothing leads to is not seen.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
from playwright.sync_api import Browser, Page

from partnernet.embedded.browser import chromium
from partnernet.embedded.run import prepare, programs, wait_for
from partnernet.embedded.servers import data_folder, leave_when_told, running

PEOPLE = (
    "maria@halcyon.example", "ben@halcyon.example", "ruth@halcyon.example", "howard@halcyon.example", "lou@bluemesa.example",
    "joe@bluemesa.example", "grace@soundshore.example", "ellen@fairfieldtech.example", "pete@southfork.example",
    "nora@partnernet.example",
)  # fmt: skip
DOORS = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing-here/")
WIDTHS = {"desk": (1440, 900), "phone": (360, 740)}
THEMES = ("light", "dark")
# Every row of a list leads to the same kind of page; two of them show enough.
OF_ONE_KIND = 2
FILES = ("deliverable", "paper-file", "agreement-text", "account_logout")


def main(wanted: list[str]) -> int:
    """Take the pictures; with names as arguments, of those people alone."""
    leave_when_told()
    folder = data_folder() / "look"
    folder.mkdir(parents=True, exist_ok=True)
    with running() as urls:
        os.environ.update(urls)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnernet.settings")
        if code := prepare(own_database=True):
            return code
        with serving() as site, chromium() as browser:
            django.setup()
            taken = _doors(browser, site, folder)
            for email in wanted or PEOPLE:
                taken += _tour(browser, site, email, folder)
    print(f"{taken} pictures in {folder}")
    return 0


@contextmanager
def serving() -> Iterator[str]:
    """Serve on a free port for as long as it takes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    os.environ["SITE_URL"] = f"http://localhost:{port}"
    web = programs(port)[0]
    web.start()
    try:
        if not wait_for(port, web):
            raise RuntimeError("The web process did not start; its lines above say why.")
        yield f"http://localhost:{port}"
    finally:
        web.stop()


def _doors(browser: Browser, site: str, folder: Path) -> int:
    page = browser.new_context().new_page()
    return sum(
        _picture(page, site + path, folder / f"door{path.replace('/', '-').rstrip('-')}") for path in DOORS
    )


def _tour(browser: Browser, site: str, email: str, folder: Path) -> int:
    """Sign in as one person and follow every link that leads to another kind of page."""
    page = browser.new_context().new_page()
    page.on(
        "console",
        lambda message: print(f"{email} {page.url}: {message.text}") if message.type == "error" else None,
    )
    _sign_in(page, site, email)
    taken, seen, kinds = 0, set[str](), dict[str, int]()
    waiting = deque([urlsplit(page.url).path])
    while waiting:
        path = waiting.popleft()
        kind = _kind(path)
        if path in seen or not kind or kinds.get(kind, 0) >= OF_ONE_KIND:
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        name = f"{email.split('@', maxsplit=1)[0]}-{kind}-{kinds[kind]}"
        taken += _picture(page, site + path, folder / name)
        links = page.eval_on_selector_all(
            "a[href^='/']", "found => found.map(each => each.getAttribute('href'))"
        )
        waiting.extend(urlsplit(link).path for link in links)
    print(f"{email}: {len(seen)} pages, {time.strftime('%H:%M:%S')}", flush=True)
    page.context.close()
    return taken


def _sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", (data_folder() / "story-password").read_text().strip())
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def _kind(path: str) -> str:
    """Return the name of a page of ours; files, the admin and the API are not looked at."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415 - after django.setup()

    try:
        found = resolve(path)
    except Resolver404:
        return ""
    skipped = (
        path.startswith(("/admin/", "/api/", "/static/"))
        or found.url_name in FILES
        or found.route.endswith((".csv", ".pdf"))
    )
    return "" if skipped else found.url_name or ""


def _picture(page: Page, address: str, name: Path) -> int:
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] # one of the two
        for label, (width, height) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            answer = page.goto(address)
            if answer is not None and answer.status >= 500:
                print(f"{answer.status} at {address}", flush=True)
            page.screenshot(path=f"{name}-{theme}-{label}.png", full_page=True)
            wide = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            if wide:
                print(f"Wider than the screen at {width} px: {address}", flush=True)
    return len(THEMES) * len(WIDTHS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
