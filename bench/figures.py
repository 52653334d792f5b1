"""`make figures`: run what shows each figure of reliability, and write docs/figures.md with target and result.

Every result is taken from the output of a test of the suite, or of the same test with more runs; nothing is typed by hand.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "figures.md"
PASSED = re.compile(r"(\d+) passed")


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the table: the figure, what it must be, and the tests that print or prove it."""

    code: str
    what: str
    target: str
    tests: tuple[str, ...]
    prints: str = ""
    env: dict[str, str] = field(default_factory=dict)


FIGURES = (
    Shown("R1", "clients racing on offer sets through HTTP", "one acceptance a set, losers 409, no 500",
          ("tests/test_races_http.py",), "races: "),
    Shown("R3", "another session keeps the row", "503 with Retry-After, about 3 s",
          ("tests/test_busy.py",), "lock wait "),
    Shown("R4", "every lock names its rows, its order and its strength", "100 %", ("tests/guards/test_source.py",)),
    Shown("R5", "random legal and illegal steps", "500 runs × 50 steps, 0 broken invariants",
          ("tests/properties",), "properties: ", {"PROPERTY_RUNS": "500", "PROPERTY_STEPS": "50"}),
    Shown("R6", "every state × step × side × role", "every cell asserted",
          ("tests/engagements/test_workflow.py", "tests/contracts/test_workflow.py", "tests/core/test_workflow.py",
           "tests/engagements/test_visits.py")),
    Shown("R8", "random settlements through every step of an invoice", "10,000, 0 cents off",
          ("tests/properties/test_settlements.py",), "settlements: ", {"SETTLEMENTS": "10000"}),
    Shown("R9", "deadlines at −1 ms, 0, +1 ms", "0 wrong", ("tests/test_sweeps.py",)),
    Shown("R11, R18", "worker and web process killed, 20 times", "nothing lost, at most one repeat a kill",
          ("tests/test_killed.py::test_twenty_kills_lose_no_mail_and_repeat_at_most_one_each",), "killed: "),
    Shown("R13", "broker killed and emptied", "nothing lost",
          ("tests/test_killed.py::test_a_broker_killed_and_emptied_loses_no_mail_and_stops_no_step",), "killed: "),
    Shown("R24, R25", "every address × role; every id of another firm", "100 % classified; 404 with the body of a missing one",
          ("tests/guards/doors",)),
    Shown("R28, R29", "bad input, server-owned fields", "refused beside the field, nothing moved",
          ("tests/guards/test_bad_input.py", "tests/guards/test_bad_files.py")),
    Shown("R30, R34, R35, R36", "revoked on the next request; no hint who has an account; tokens; fresh proof", "all",
          ("tests/identity",)),
    Shown("R32", "every form without its token; every address read", "all 403; 0 rows written",
          ("tests/guards/doors/test_reading_and_writing.py",)),
    Shown("R33", "1,000 sign-ins with forged addresses", "at most 7 reach the hasher",
          ("tests/identity/test_sign_in.py::test_a_thousand_forged_addresses_reach_the_hasher_as_often_as_one",), "throttle: "),
    Shown("R31", "production settings and headers", "0 warnings", ("tests/guards/test_production.py",)),
    Shown("R40", "queries at 1 row and at 50", "the same",
          ("tests/pages/test_query_counts.py", "tests/partners/test_pages.py", "tests/contracts/test_pages.py",
           "tests/clients/test_clients.py", "tests/engagements/test_pages.py")),
    Shown("R45", "time zones, with the rules of 2006 and of 2007", "all",
          ("tests/core/test_localtime.py", "tests/engagements/test_zones.py", "tests/engagements/test_deadlines.py")),
)  # fmt: skip


def taken(figure: Shown) -> tuple[bool, str]:
    """Run a figure's tests; return whether all passed, and what they printed, or how many they are."""
    command = [sys.executable, "-m", "pytest", *figure.tests, "-q", "--create-db", "--no-header"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | figure.env, capture_output=True, text=True, check=False
    )
    lines = [line.split(": ", 1)[-1] for line in done.stdout.splitlines() if line.startswith(figure.prints)]
    count = PASSED.search(done.stdout)
    tests = f"{count[1]} tests passed" if count else "no test passed"
    result = "; ".join(lines) if figure.prints else tests
    return done.returncode == 0, result or tests


def table(rows: Iterable[tuple[Shown, bool, str]]) -> str:
    """Write the report for people."""
    lines = [
        "# Figures", "",
        "Written by `make figures`; every result comes out of the tests named beside it. The codes are those of the table of targets that",
        "the project set itself. Speed stands in `bench/results/`.", "",
        f"Taken on {datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores.", "",
        "| code | figure | target | result | shown by |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for figure, held, result in rows:
        shown = ", ".join(f"`{name}`" for name in figure.tests)
        lines.append(
            f"| {figure.code} | {figure.what} | {figure.target} | {'' if held else '**FAILED** '}{result} | {shown} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Take the figures named on the command line, or all; only all are written to the report."""
    parser = argparse.ArgumentParser(prog="make figures", description=__doc__)
    parser.add_argument("codes", nargs="*", help="figures to take, like R5")
    wanted = set(parser.parse_args().codes)
    rows = []
    for figure in FIGURES:
        if wanted and not wanted & set(figure.code.split(", ")):
            continue
        held, result = taken(figure)
        print(f"{figure.code:>9} | {'ok' if held else 'FAILED'} | {result}", flush=True)
        rows.append((figure, held, result))
    if not wanted:
        REPORT.write_text(table(rows))
    return 0 if all(held for _, held, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
