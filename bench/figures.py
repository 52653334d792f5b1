"""`make figures`: run what shows each figure of reliability, and write docs/figures.md with target and result.

Every result is taken from the output of a test of the suite, or of the same test with more runs; nothing is typed by hand.
`make figures CODES="R5 R8"` takes these alone, and leaves the other lines of the report as they were taken.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "figures.md"
# As `make coverage` does.
AT_ONCE = [
    "-p",
    "tests.workers",
    "--numprocesses=auto",
    "--maxprocesses=4",
    "--cov",
    "--cov-branch",
    "--cov-report=term",
]
COVERED = re.compile(r"TOTAL +(\d+) +(\d+) +(\d+) +(\d+) +([\d.]+)%")
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
    coverage: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a figure: whether it held, what was said, and when (UTC)."""

    held: bool
    said: str
    at: str


FIGURES = (
    Shown("R1", "clients racing on offer sets through HTTP", "one acceptance a set, losers 409, no 500",
          ("tests/test_races_http.py",), "races: ", {"RACE_SETS": "200"}),
    Shown("R2", "16 clients at once, whatever step by API and by pages, while the clock sweeps", "10 minutes, 0 deadlocks, 0 failures",
          ("tests/test_mixed_steps.py",), "mixed: ", {"MIXED_SECONDS": "600"}),
    Shown("R3", "another session keeps the row", "503 with Retry-After, about 3 s",
          ("tests/test_busy.py",), "lock wait "),
    Shown("R4", "every lock names its rows, its order and its strength", "100 %", ("tests/guards/test_source.py",)),
    Shown("R5", "random legal and illegal steps at work", "500 runs × 50 steps, 0 broken invariants",
          ("tests/properties/test_work.py",), "properties: ", {"PROPERTY_RUNS": "500", "PROPERTY_STEPS": "50"}),
    Shown("R5 agreements", "random legal and illegal steps at agreements", "500 runs × 50 steps, 0 broken invariants",
          ("tests/properties/test_agreements.py",), "properties: ", {"PROPERTY_RUNS": "500", "PROPERTY_STEPS": "50"}),
    Shown("R6", "every state × step × side × role", "every cell asserted",
          ("tests/engagements/test_workflow.py", "tests/contracts/test_workflow.py", "tests/core/test_workflow.py",
           "tests/engagements/test_visits.py")),
    Shown("R7", "a POST sent twice under one key: nine cases, and every address", "all",
          ("tests/test_idempotency.py", "tests/guards/doors/test_send_again.py")),
    Shown("R8", "random settlements through every step of an invoice", "10,000, 0 cents off",
          ("tests/properties/test_settlements.py",), "settlements: ", {"SETTLEMENTS": "10000"}),
    Shown("R9", "deadlines at −1 ms, 0, +1 ms; sweeps again and side by side", "0 wrong", ("tests/test_sweeps.py",)),
    Shown("R10", "processes that end between commit and bell", "1,000, 0 lost",
          ("tests/test_killed_halfway.py::test_a_process_that_ends_before_the_bell_owes_its_mail_all_the_same",), "exits: ",
          {"EXITS": "1000"}),
    Shown("R11", "worker and web process killed 100 times at 1,000 mails", "nothing lost, at most one repeat a kill",
          ("tests/test_killed.py::test_twenty_kills_lose_no_mail_and_repeat_at_most_one_each",), "killed: ",
          {"KILLS": "100", "JOBS": "1000"}),
    Shown("R12, R18", "500 mails, the worker killed on the way", "0 lost, at most one repeat a kill; goes on with p95 ≤ 60 s",
          ("tests/test_killed.py::test_a_worker_killed_amid_many_mails_goes_on_within_a_minute",), "resumed: ",
          {"MAILS": "500", "RESUMES": "20"}),
    Shown("R13, R14", "broker killed and emptied with 1,000 mails owed, and away for 5 minutes of steps", "nothing lost, every step succeeds",
          ("tests/test_killed.py::test_a_broker_killed_and_emptied_loses_no_mail_and_stops_no_step",), "killed: ",
          {"PENDING": "1000", "AWAY": "300"}),
    Shown("R15", "tasks with eta or countdown", "0",
          ("tests/guards/test_source.py::test_later_is_a_promise_and_never_a_timer",)),
    Shown("R16", "two sweepers at 100,000 due rows", "each exactly once",
          ("tests/test_two_clocks.py::test_two_sweepers_at_so_many_due_rows_promise_each_once",
           "tests/test_two_clocks.py::test_two_payers_send_each_due_mail_once"), "sweepers: ", {"DUE_ROWS": "100000"}),
    Shown("R17, R19", "two Beats for 10 minutes: how late, how often; no Beat at all", "0 early, p99 ≤ 60 s + interval, 0 twice; alarm ≤ 3 min",
          ("tests/test_two_clocks.py::test_two_beats_do_everything_once_and_in_time",
           "tests/test_two_clocks.py::test_without_a_beat_an_alarm_and_then_everything_is_made_up_for"), "clocks: ",
          {"BEAT_SECONDS": "600"}),
    Shown("R24, R25", "every address × role; every id of another firm", "100 % classified; 404 with the body of a missing one",
          ("tests/guards/doors/test_urls.py", "tests/guards/doors/test_foreign_ids.py", "tests/guards/doors/test_closed.py")),
    Shown("R26", "queries at a door that start from no firm", "0", ("tests/guards/test_scoped.py",), "scoped: "),
    Shown("R28, R29", "bad input, server-owned fields, fields that are not described", "refused beside the field, nothing moved; 0",
          ("tests/guards/test_bad_input.py", "tests/guards/test_bad_files.py", "tests/guards/test_schema.py")),
    Shown("R30, R36", "revoked on the next request; fresh proof", "all", ("tests/identity/test_sign_in.py",)),
    Shown("R31", "production settings and headers", "0 warnings", ("tests/guards/test_production.py",)),
    Shown("R32", "every form without its token; every address read", "all 403; 0 rows written",
          ("tests/guards/doors/test_reading_and_writing.py",)),
    Shown("R33", "1,000 sign-ins with forged addresses", "at most 7 reach the hasher",
          ("tests/identity/test_sign_in.py::test_a_thousand_forged_addresses_reach_the_hasher_as_often_as_one",), "throttle: "),
    Shown("R34", "does the time of an answer say who has an account?", "median difference ≤ 5 ms",
          ("tests/identity/test_timing.py",), "timing: ", {"ENUMERATION_TRIES": "100", "ENUMERATION_MS": "5"}),
    Shown("R35", "mailed links: opening does nothing; no cache, log or other site learns them; long, hashed, once", "all",
          ("tests/guards/doors/test_mailed_secrets.py", "tests/identity/test_sign_in.py", "tests/partners/test_joining.py")),
    Shown("R37", "files that pretend", "≥ 30, 0 through", ("tests/guards/test_file_corpus.py",), "files: "),
    Shown("R38", "one hostile text in every field", "0 run, in pages, lists, mails and logs",
          ("tests/guards/doors/test_injection.py", "tests/guards/doors/test_mailed_secrets.py"), "injection: "),
    Shown("R39", "the API asked what its description allows, and more", "100 examples an operation, 0 × 5xx, 0 not as described",
          ("tests/guards/doors/test_fuzz.py",), "schema: ", {"FUZZ_EXAMPLES": "100"}),
    Shown("R40", "queries at 1 row and at 50", "the same",
          ("tests/pages/test_query_counts.py", "tests/partners/test_pages.py", "tests/contracts/test_pages.py",
           "tests/clients/test_clients.py", "tests/engagements/test_pages.py")),
    Shown("R45", "time zones, with the rules of 2006 and of 2007 compiled", "60 cases, all",
          ("tests/core/test_zone_cases.py", "tests/core/test_localtime.py", "tests/engagements/test_zones.py",
           "tests/engagements/test_deadlines.py"), "zones: "),
    Shown("clicks", "from the invitation to an agreement in force, both firms together", "at most 12 clicks",
          ("tests/journeys/test_empty_network.py",), "clicks: "),
    Shown("coverage", "lines and branches of the product that the suite runs", "—", ("tests",), "TOTAL", {}, coverage=True),
    Shown("API", "the main job by a client made of the API's description, and by the commands of docs/api.md", "both, without an edit",
          ("tests/test_clients_of_the_api.py",)),
)  # fmt: skip


def said(printed: str) -> str:
    """Return what a printed line says after its name; of the report of coverage, its sums in words."""
    if total := COVERED.match(printed):
        return "{4} % of lines and branches: {0} lines, {1} not run; {2} branches, {3} taken in part".format(
            *total.groups()
        )
    return printed.partition(": ")[2]


def taken(figure: Shown) -> Taken:
    """Run a figure's tests; return whether all passed, and what they printed, or how many they are."""
    command = [sys.executable, "-m", "pytest", *figure.tests, "-q", "--create-db", "--no-header"]
    # What a test prints is shown when it failed; here also when it passed.
    command += AT_ONCE if figure.coverage else ["-rP"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | figure.env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-1000:], file=sys.stderr)
    lines = [
        said(line) for line in done.stdout.splitlines() if figure.prints and line.startswith(figure.prints)
    ]
    count = PASSED.search(done.stdout)
    tests = f"{count[1]} tests passed" if count else "no test passed"
    return Taken(done.returncode == 0, "; ".join(lines) or tests, f"{datetime.now(UTC):%d %B %Y %H:%M}")


def known() -> dict[str, str]:
    """Return the lines of the report that stands, by code."""
    lines = REPORT.read_text().splitlines() if REPORT.exists() else []
    return {
        line.split("|")[1].strip(): line for line in lines if re.match(r"\| (R\d|API|cover|clicks)", line)
    }


def line(figure: Shown, result: Taken) -> str:
    shown = ", ".join(f"`{name}`" for name in figure.tests)
    said = result.said if result.held else f"**FAILED** {result.said}"
    return f"| {figure.code} | {figure.what} | {figure.target} | {said} | {result.at} | {shown} |"


def report(lines: dict[str, str]) -> str:
    """Write the report for people; a figure that was never taken says so."""
    head = [
        "# Figures", "",
        "Written by `make figures`; every result comes out of the tests named beside it, at the moment in UTC beside it. The codes are those",
        f"of the targets that the project set itself. Taken on {os.cpu_count()} cores. Speed stands in `bench/results/`.", "",
        "| code | figure | target | result | taken | shown by |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    missing = Taken(held=True, said="not taken yet", at="")
    return "\n".join(head + [lines.get(each.code, line(each, missing)) for each in FIGURES]) + "\n"


def main() -> int:
    """Take the figures named on the command line, or all, and write each into the report when it is known."""
    parser = argparse.ArgumentParser(prog="make figures", description=__doc__)
    parser.add_argument("codes", nargs="*", help="figures to take, like R5")
    wanted = set(parser.parse_args().codes)
    results = []
    for figure in FIGURES:
        if wanted and not wanted & set(figure.code.split(", ")):
            continue
        result = taken(figure)
        print(f"{figure.code:>9} | {'ok' if result.held else 'FAILED'} | {result.said}", flush=True)
        REPORT.write_text(report(known() | {figure.code: line(figure, result)}))
        results.append(result.held)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
