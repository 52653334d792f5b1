"""P11: does it stay as fast when there is a hundred times as much? Two results of `python -m bench` beside each other.

`python -m bench.shape small large` reads bench/results/small.json and large.json, and writes bench/results/<large>-shape.md.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.timing import Figure

RESULTS = Path(__file__).parent / "results"
MOST = 1.3
"""How much longer the median may take at the larger size; each beside the floor of its own run."""
MEASURED = {"directory: API": "list: DRF floor", "accept: action": "accept: SQL floor", "list: page": "list: template floor"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One run: how much there was, and what was measured, by name."""

    size: str
    figures: dict[str, Figure]

    @classmethod
    def read(cls, name: str) -> Result:
        told: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
        return cls(told["size"], {each["name"]: Figure(**each) for each in told["figures"]})


def table(small: Result, large: Result) -> str:
    """Write the comparison for people: medians in milliseconds, their ratio, and the ratio of the floors beside them."""
    lines = [
        f"# {small.size} beside {large.size}", "",
        f"Medians in milliseconds. At most {MOST} × is what we want of the larger; a floor that moved tells of the machine.", "",
        f"| operation | {small.size} | {large.size} | × | its floor × | |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, floor in MEASURED.items():
        before, after = small.figures[name].p50, large.figures[name].p50
        moved = large.figures[floor].p50 / small.figures[floor].p50
        said = "holds" if after / before <= MOST else "does not hold"
        lines.append(f"| {name} | {before:.2f} | {after:.2f} | {after / before:.2f} | {moved:.2f} | {said} |")
    return "\n".join([*lines, ""])


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.shape", description=__doc__)
    asked.add_argument("small")
    asked.add_argument("large")
    options = asked.parse_args()
    shown = table(Result.read(options.small), Result.read(options.large))
    (RESULTS / f"{options.large}-shape.md").write_text(shown)
    print(shown)


if __name__ == "__main__":
    main()
