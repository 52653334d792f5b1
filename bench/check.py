"""`python -m bench.check`: ask every rule of one agreement, beside what any checker must do; writes bench/results/<date>-check.{json,md}."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.timing import Figure, measure

RESULTS = Path(__file__).parent / "results"
RUNS = 500
TARGET = 20
ADDED = "The Performing Firm brings its own tools. Visits begin at nine. " * 40


def measured() -> list[Figure]:
    """Take the figures, the floor first: looking once through the text of the agreement, as any reading of it must."""
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
    book, day = rules.book(), date(2026, 11, 22)
    pattern = re.compile(r"\bno such words as these\b", re.IGNORECASE)

    def texts() -> Iterator[str]:
        """Yield the text with something new in it each time, so that nothing is remembered from the last one."""
        for number in range(RUNS):
            yield f"{number}\n" + "\n".join(f"{clause.title}\n{clause.text}" for clause in wording.clauses)

    def check(standard_text: str) -> object:
        known = facts.of(wording, says, values, free_text=ADDED, records=records)
        return checker.check(book, known, checker.Texts(standard_text, ADDED), stage=rules.AGREEMENT, on=day)

    shared = next(texts())
    return [
        measure(
            "check: one look through the text",
            [lambda each=each: pattern.search(each + ADDED) for each in texts()],
        ),
        measure("check: all rules, text seen before", [lambda: check(shared) for _ in range(RUNS)]),
        measure("check: all rules, text never seen", [lambda each=each: check(each) for each in texts()]),
    ]


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "partnernet.settings", "LOG_LEVEL": "WARNING"}
    import django  # noqa: PLC0415 - the settings are chosen above

    django.setup()
    load = os.getloadavg()[0]
    figures = measured()
    floor = figures[0]
    lines = [
        f"# {datetime.now(UTC):%d %B %Y}: the check of one agreement", "",
        f"Pure, no database, {RUNS} runs, load average when it began {load:.1f}. Milliseconds; target: all rules below {TARGET}.", "",
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
