"""`make bench`: measure at 1,000 firms × 100,000 work orders and write bench/results/<date>.{json,md}."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import database
from bench.timing import Figure

RESULTS = Path(__file__).parent / "results"
# Operation, its floor, and the most that the ratio of medians may be considered good at: quality.md, P1 to P5.
PAIRS = (
    ("accept: action", "accept: SQL floor"),
    ("accept: HTTP", "accept: SQL floor"),
    ("list: page", "list: template floor"),
    ("list: API", "list: DRF floor"),
    ("directory: API", "list: DRF floor"),
    ("chain: actions", "chain: SQL floor"),
    ("offer: page and tap", "chain: SQL floor"),
    *(
        (f"browser: {page}", "browser: floor")
        for page in ("home", "work orders", "work order", "firms", "money")
    ),
)
TARGETS = {
    "accept: action": 12,
    "list: page": 15,
    "directory: API": 8,
    "chain: actions": 40,
    "offer: page and tap": 60,
} | dict.fromkeys((name for name, _ in PAIRS[-5:]), 1000)
MOST_QUERIES = {"list: page": 12}


def measured() -> list[Figure]:
    """Take every figure, each floor right before what stands on it."""
    from bench import accept, browser, chain, directory, lists  # noqa: PLC0415 - after django.setup()
    from bench.server import serving  # noqa: PLC0415 - the same
    from partnernet.embedded.browser import chromium  # noqa: PLC0415 - the same
    from partners.models import Member  # noqa: PLC0415 - the same

    pairs = list(accept.open_offers())
    half = accept.RUNS + 1
    owner = (
        Member.objects.filter(role="owner", firm__name__startswith="Scale")
        .select_related("user")
        .order_by("pk")[10]
    )
    with serving(settings="bench.floor_settings") as server, chromium() as opened:
        figures = [
            *lists.floors(server, str(owner.firm_id)),
            browser.floor(opened, server, str(owner.firm_id)),
        ]
    with serving() as server, chromium() as opened:
        figures += browser.pages(opened, server, owner)
    with serving() as server:
        figures += [lists.page(server, owner), lists.api(server, owner)]
        figures += [
            accept.floor([offer for offer, _ in pairs[-half:]]),
            accept.through_the_action(pairs[:half]),
        ]
        figures += [accept.through_http(server, pairs[half : 2 * half])]
        rest = pairs[2 * half : 2 * half + chain.RUNS]
        figures += [directory.search(server, owner, directory.common_skill())]
        figures += [chain.floor([offer for offer, _ in rest]), chain.whole(owner)]
        figures += [chain.page_and_tap(server, rest)]
    return figures


def table(figures: list[Figure], *, size: str, load: float, note: str) -> str:
    """Write the figures for people."""
    known = {figure.name: figure for figure in figures}
    floors = dict(PAIRS)
    lines = [
        f"# {datetime.now(UTC):%d %B %Y}: {size}", "",
        f"One client after another; server, database and client on the same {os.cpu_count()} cores.",
        f"Load average when it began: {load:.1f}. Milliseconds; what counts is the ratio to the floor of the same run.", "",
        "| operation | p50 | p99 | CPU each | queries | × its floor | target p50 |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for figure in figures:
        floor = known.get(floors.get(figure.name, ""))
        alone = "is a floor" if figure.name in floors.values() else ""
        ratio = f"{figure.p50 / floor.p50:.1f} × {floor.name.partition(': ')[2]}" if floor else alone
        queries = figure.queries if figure.queries is not None else ""
        lines.append(
            f"| {figure.name} | {figure.p50:.2f} | {figure.p99:.2f} | {figure.cpu:.2f} | {queries} | {ratio} |"
            f" {TARGETS.get(figure.name, '')} |"
        )
    return "\n".join([*lines, "", note, ""]) if note else "\n".join([*lines, ""])


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--firms", type=int, default=database.FIRMS)
    asked.add_argument("--work-orders", type=int, default=database.ORDERS)
    asked.add_argument(
        "--name", default=f"{datetime.now(UTC):%Y-%m-%d}", help="name of the result, by default the date"
    )
    asked.add_argument("--note", default="", help="a sentence to stand below the table")
    options = asked.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "partnernet.settings", "LOG_LEVEL": "WARNING"}
    # Playwright's loop runs in this thread; nothing else uses its connection.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    database.prepare(options.firms, options.work_orders)

    import django  # noqa: PLC0415 - the database is chosen above

    django.setup()
    database.fill(options.firms, options.work_orders)
    load = os.getloadavg()[0]
    figures = measured()
    size = f"{options.firms:,} firms × {options.work_orders:,} work orders"
    RESULTS.mkdir(exist_ok=True)
    told = {
        "size": size,
        "load": load,
        "note": options.note,
        "figures": [asdict(figure) for figure in figures],
    }
    (RESULTS / f"{options.name}.json").write_text(json.dumps(told, indent=1) + "\n")
    shown = table(figures, size=size, load=load, note=options.note)
    (RESULTS / f"{options.name}.md").write_text(shown)
    print(shown)
    known = {figure.name: figure for figure in figures}
    if any((known[name].queries or 0) > most for name, most in MOST_QUERIES.items()):
        raise SystemExit("A page makes more queries than it may.")


if __name__ == "__main__":
    main()
