"""P10: five main pages in a real browser.

When the largest piece is painted, what moves after that, how soon a tap is answered, and how many bytes of style and script
came. The floor is the barest page that the same server gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page

from bench.server import Server
from bench.timing import Figure, figure_of
from engagements.models import WorkOrder
from partners.models import Member

RUNS = 20
# The largest paint and every shift are told by the browser; the longest of the taps is its interaction to next paint.
WATCH = """() => {
  window.seen = { lcp: 0, cls: 0, inp: 0 };
  const watch = (type, act) => new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true, durationThreshold: 16 });
  watch("largest-contentful-paint", (each) => { window.seen.lcp = each.startTime; });
  watch("layout-shift", (each) => { if (!each.hadRecentInput) window.seen.cls += each.value; });
  watch("event", (each) => { if (each.interactionId) window.seen.inp = Math.max(window.seen.inp, each.duration); });
}"""

CAME = """() => performance.getEntriesByType("resource").filter((each) => /\\.(css|js)$/.test(new URL(each.name).pathname))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""


@dataclass(frozen=True)
class Visited:
    """What one page did: milliseconds, the sum of shifts, and kilobytes of style and script."""

    largest: list[float]
    tap: list[float]
    shift: float
    kilobytes: float


def floor(browser: Browser, server: Server, firm: str) -> Figure:
    """Measure the same for a page of one table and nothing else."""
    address = f"http://127.0.0.1:{server.port}/table/?firm={firm}"
    return figure_of("browser: floor", _visit(browser.new_context().new_page(), address, tap="").largest)


def pages(browser: Browser, server: Server, owner: Member) -> list[Figure]:
    """Open each main page, signed in, again and again; the browser keeps what it may keep, as a person's does."""
    client = Client()
    client.force_login(owner.user)
    order = WorkOrder.objects.filter(prime=owner.firm_id).order_by("-pk")[0]
    paths = {
        "home": "",
        "work orders": "work-orders/",
        "work order": f"work-orders/{order.pk}/",
        "firms": "firms/",
        "money": "money/",
    }
    context = browser.new_context()
    session = {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "url": f"http://127.0.0.1:{server.port}",
    }
    context.add_cookies([session])  # type: ignore[list-item]  # a plain dict of it
    figures = []
    for name, path in paths.items():
        page = context.new_page()
        seen = _visit(page, f"http://127.0.0.1:{server.port}/f/{owner.firm_id}/{path}", tap="h1")
        page.close()
        print(
            f"{name}: shifts {seen.shift:.3f}, {seen.kilobytes:.0f} kB of style and script when opened first"
        )
        figures += [figure_of(f"browser: {name}", seen.largest), figure_of(f"tap: {name}", seen.tap)]
    return figures


def _visit(page: Page, address: str, *, tap: str) -> Visited:
    largest, taps, shift, came = [], [], 0.0, 0
    for number in range(RUNS):
        page.goto(address, wait_until="load")
        page.evaluate(WATCH)
        page.wait_for_timeout(250)
        if tap:
            page.locator(tap).first.click()
            page.wait_for_timeout(150)
        seen: dict[str, Any] = page.evaluate("window.seen")
        largest.append(seen["lcp"])
        taps.append(seen["inp"])
        shift = max(shift, seen["cls"])
        if number == 0:
            came = page.evaluate(CAME)
    return Visited(largest, taps, shift, came / 1000)
