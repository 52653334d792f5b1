"""Headless Chromium from an npm package, for journeys and pictures. Needs the tools of `make setup-dev`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from partnernet.embedded.servers import ROOT

HOME = ROOT / "build" / "chromium"
# No sandbox as root; no calls home, which a closed network would answer with errors.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a running browser."""
    environment = os.environ | {
        "LD_LIBRARY_PATH": str(HOME / "lib"),
        "FONTCONFIG_FILE": str(HOME / "fonts.conf"),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=HOME / "chromium",
            args=ARGUMENTS,
            chromium_sandbox=False,
            env={name: str(value) for name, value in environment.items()},
        )
        try:
            yield browser
        finally:
            browser.close()
