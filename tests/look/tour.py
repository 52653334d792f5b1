"""As each person of the story: sign in and follow the links of each page. A page that nothing leads to is not seen here."""

from __future__ import annotations

import os
import sys
from collections import deque
from urllib.parse import urlsplit

import django
from playwright.sync_api import Page

from partnernet.embedded.browser import chromium
from partnernet.embedded.run import prepare
from partnernet.embedded.servers import data_folder, leave_when_told
from tests.look.camera import Camera, kind, now, serving

PEOPLE = (
    "maria@halcyon.example", "ben@halcyon.example", "ruth@halcyon.example", "howard@halcyon.example", "lou@bluemesa.example",
    "joe@bluemesa.example", "grace@soundshore.example", "ellen@fairfieldtech.example", "pete@southfork.example",
    "nora@partnernet.example",
)  # fmt: skip
DOORS = {
    "/accounts/login/": 200,
    "/accounts/signup/": 200,
    "/accounts/password/reset/": 200,
    "/nothing-here/": 404,
}
# Every row of a list leads to the same kind of page; two of them show enough.
OF_ONE_KIND = 2


def main(wanted: list[str]) -> int:
    """Take the pictures; with names as arguments, of those people alone."""
    leave_when_told()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnernet.settings")
    if code := prepare(own_database=True):
        return code
    django.setup()
    with serving() as site, chromium() as browser:
        camera = Camera(browser, site, data_folder() / "look")
        page = camera.page()
        for path, status in DOORS.items():
            camera.picture(page, path, f"door{path.replace('/', '-').rstrip('-')}", status=status)
        for email in wanted or PEOPLE:
            _tour(camera, email)
    return int(bool(camera.complaints))


def _tour(camera: Camera, email: str) -> None:
    """Sign in as one person and follow every link that leads to another kind of page."""
    page = camera.page()
    sign_in(page, camera.site, email, (data_folder() / "story-password").read_text().strip())
    seen, kinds = set[str](), dict[str, int]()
    waiting = deque([urlsplit(page.url).path])
    while waiting:
        path = waiting.popleft()
        name = kind(path)
        if path in seen or not name or kinds.get(name, 0) >= OF_ONE_KIND:
            continue
        seen.add(path)
        kinds[name] = kinds.get(name, 0) + 1
        camera.picture(page, path, f"{email.split('@', maxsplit=1)[0]}-{name}-{kinds[name]}")
        links = page.eval_on_selector_all(
            "a[href^='/']", "found => found.map(each => each.getAttribute('href'))"
        )
        waiting.extend(urlsplit(link).path for link in links)
    print(f"{email}: {len(seen)} pages, {now()}", flush=True)
    page.context.close()


def sign_in(page: Page, site: str, email: str, password: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
