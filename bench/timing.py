"""Timing one thing many times: wall clock, CPU, percentiles."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """One measured operation; milliseconds. `cpu` is what the measured process used for one, `queries` how many it made."""

    name: str
    runs: int
    p50: float
    p99: float
    cpu: float
    queries: int | None = None


def measure(
    name: str,
    each: Iterable[Callable[[], object]],
    *,
    cpu: Callable[[], float] = time.process_time,
    queries: int | None = None,
) -> Figure:
    """Run every callable once and sum up; the first tenth warms up and does not count."""
    todo = list(each)
    warm = len(todo) // 10
    for act in todo[:warm]:
        act()
    spent, seconds = cpu(), []
    for act in todo[warm:]:
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    spent = cpu() - spent
    return figure_of(
        name, [second * 1000 for second in seconds], cpu=spent * 1000 / len(seconds), queries=queries
    )


def figure_of(name: str, taken: Sequence[float], *, cpu: float = 0, queries: int | None = None) -> Figure:
    """Sum up milliseconds that were taken one by one."""
    found, runs = sorted(taken), len(taken)
    p50, p99 = found[runs // 2], found[min(runs - 1, runs * 99 // 100)]
    return Figure(name, runs, round(p50, 3), round(p99, 3), round(cpu, 3), queries)


def cpu_of(group: int) -> float:
    """Return the CPU seconds that all processes of a process group have used (Linux)."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS
