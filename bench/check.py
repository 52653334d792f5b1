"""`python -m bench.check`: ask every rule of one agreement, beside what any checker must do; writes bench/results/<date>-check.{json,md}.

Warm is what a server does all day. Cold is the first check of a process that has just started: it reads the rules from their files and
compiles what they look for.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.timing import Figure, figure_of, measure

RESULTS = Path(__file__).parent / "results"
RUNS = 500
STARTS = 15
TARGET = 20
FIRST = "--first"
COLD = "check: all rules, the first in a new process"
ADDED = "The Performing Firm brings its own tools. Visits begin at nine. " * 40


def prepared() -> tuple[str, Callable[[str], object]]:
    """Return the standard text, and what checks it: an agreement of two firms in Maine and Texas with every switch on."""
    from contracts import checker, facts, rules, standard  # noqa: PLC0415 - after django.setup()
    from contracts.values import checked  # noqa: PLC0415 - the same

    _, wording = standard.load()
    says = standard.says(standard.MUTUAL_SUBCONTRACT, wording.label)
    firm = {"legal_name": "A firm", "kind": "company", "place": "Maine", "address": "1 Main St", "email": ""}
    given: dict[str, Any] = {
        "proposer": firm,
        "other": firm,
        "governing_law": "US-ME",
        "personnel_clause": True,
    }
    values = checked(wording.variables, given)
    places = frozenset({"US-ME", "US-TX"})
    records = {"places": places, "party_places": places, "ends_on": "2028-11-22", "one_person_party": True}
    day = date(2026, 11, 22)

    def check(standard_text: str) -> object:
        known = facts.of(wording, says, values, free_text=ADDED, records=records)
        texts = checker.Texts(standard_text, ADDED)
        return checker.check(rules.book(), known, texts, stage=rules.AGREEMENT, on=day)

    return "\n".join(f"{clause.title}\n{clause.text}" for clause in wording.clauses), check


def measured() -> list[Figure]:
    """Take the figures, the floor first: looking once through the text of the agreement, as any reading of it must."""
    text, check = prepared()
    pattern = re.compile(r"\bno such words as these\b", re.IGNORECASE)

    def texts() -> Iterator[str]:
        """Yield the text with something new in it each time, so that nothing is remembered from the last one."""
        for number in range(RUNS):
            yield f"{number}\n{text}"

    return [
        measure(
            "check: one look through the text",
            [lambda each=each: pattern.search(each + ADDED) for each in texts()],
        ),
        cold(),
        measure("check: all rules, text seen before", [lambda: check(text) for _ in range(RUNS)]),
        measure("check: all rules, text never seen", [lambda each=each: check(each) for each in texts()]),
    ]


def cold() -> Figure:
    """Sum up what the first check takes in processes of their own, without starting Python and Django."""
    asks = [sys.executable, "-m", "bench.check", FIRST]
    told = [subprocess.run(asks, capture_output=True, text=True, check=True).stdout for _ in range(STARTS)]
    taken = [[float(number) for number in each.split()] for each in told]
    return figure_of(COLD, [wall for wall, _ in taken], cpu=sum(cpu for _, cpu in taken) / STARTS)


def first() -> str:
    """Check once, having read the text but neither rules nor patterns; return its milliseconds by the wall and of the CPU."""
    text, check = prepared()
    began, spent = time.perf_counter(), time.process_time()
    check(text)
    return f"{(time.perf_counter() - began) * 1000} {(time.process_time() - spent) * 1000}"


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "partnernet.settings", "LOG_LEVEL": "WARNING"}
    import django  # noqa: PLC0415 - the settings are chosen above

    django.setup()
    if FIRST in sys.argv:
        print(first())
        return
    load = os.getloadavg()[0]
    figures = measured()
    floor = figures[0]
    lines = [
        f"# {datetime.now(UTC):%d %B %Y}: the check of one agreement", "",
        f"Pure, no database, {RUNS} runs ({STARTS} processes for the first check), load average when it began {load:.1f}.",
        f"Milliseconds; target: all rules below {TARGET}.", "",
        "| what | p50 | p99 | CPU each | × one look |", "|---|---|---|---|---|",
        *(f"| {one.name} | {one.p50:.3f} | {one.p99:.3f} | {one.cpu:.3f} | {one.p50 / floor.p50:.1f} |" for one in figures), "",
    ]  # fmt: skip
    name = f"{datetime.now(UTC):%Y-%m-%d}-check"
    RESULTS.mkdir(exist_ok=True)
    told = {"load": load, "figures": [asdict(one) for one in figures]}
    (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
    (RESULTS / f"{name}.md").write_text("\n".join(lines))
    print("\n".join(lines))
    if figures[-1].cpu >= TARGET:
        raise SystemExit(f"All rules on one agreement take more than {TARGET} ms.")


if __name__ == "__main__":
    main()
