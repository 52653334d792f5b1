"""Every page of the table of addresses, opened by somebody whose page it is, with the ids that the guards use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2

from partnernet.embedded.browser import chromium
from partnernet.embedded.servers import ROOT, data_folder, leave_when_told

DATABASE = "partnernet_look"


def main() -> int:
    """Take the pictures and name what has none; whatever is named makes the command fail."""
    leave_when_told()
    with _database_of_its_own() as url:
        # Both others who say who somebody is, as configured: nobody is asked, their buttons are seen.
        os.environ |= {"DATABASE_URL": url, "GOOGLE_CLIENT_ID": "look", "GOOGLE_CLIENT_SECRET": "look"}
        os.environ |= {"MICROSOFT_CLIENT_ID": "look", "MICROSOFT_CLIENT_SECRET": "look"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnernet.settings")
        # Playwright's loop runs in this thread; nothing else uses its connection.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        prepare = [sys.executable, str(ROOT / "manage.py"), "prepare"]
        subprocess.run(prepare, check=True, cwd=ROOT)
        django.setup()
        return _take()


def _take() -> int:
    from django.db import transaction  # noqa: PLC0415 - after django.setup()

    from tests.guards.doors.world import build  # noqa: PLC0415 - models, after django.setup()
    from tests.look import between, plan, states  # noqa: PLC0415 - as above
    from tests.look.camera import Camera, now, serving  # noqa: PLC0415 - as above

    with transaction.atomic():
        world = build()
        states.add(world)
    with serving() as site, chromium() as browser:
        camera = Camera(browser, site, data_folder() / "look")
        for shot in plan.shots(world):
            page = camera.page()
            if shot.member is not None:
                between.let_in(page, site, shot.member)
            camera.picture(page, shot.path, f"table-{shot.name}", status=shot.status)
            if urlsplit(page.url).path != shot.path.split("?")[0]:
                camera.complain(f"{shot.name} led to {urlsplit(page.url).path}")
            page.context.close()
        print(f"The table: {now()}", flush=True)
        between.walk(camera, world)
    for name in sorted(plan.pages() - camera.taken):
        camera.complain(f"No picture of {name}")
    return int(bool(camera.complaints))


@contextmanager
def _database_of_its_own() -> Iterator[str]:
    """Yield the address of an empty database beside the one of the environment; it is dropped afterwards."""
    given = os.environ["DATABASE_URL"]
    parts = urlsplit(given)
    connection = psycopg2.connect(given)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {DATABASE}")
            yield urlunsplit(parts._replace(path=f"/{DATABASE}"))
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
