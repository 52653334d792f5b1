"""The texts that PartnerNet ships: one folder per template and version.

`wording.toml` names clauses and variables, one Markdown file holds each clause, `says.toml` answers the checker's questions.
"""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any  # the shape of a TOML file is checked by `rendering.check_wording`

from contracts.facts import Said
from contracts.rendering import Clause, Wording, unwrap
from contracts.values import Variable

_HERE = Path(__file__).parent
MUTUAL_SUBCONTRACT = "mutual_subcontract_agreement"
MUTUAL_NDA = "mutual_nda"
AMENDMENT = "amendment"
PAPER = "paper_agreement"
OFFERED = (MUTUAL_SUBCONTRACT, MUTUAL_NDA)
"""What a firm can send to another from scratch; an amendment starts from a signed agreement."""


def shipped() -> list[tuple[str, str]]:
    """Return (key, label) of every text in this folder."""
    found = [(path.parent.parent.name, path.parent.name) for path in _HERE.glob("*/*/wording.toml")]
    return sorted(found, key=lambda one: (one[0], rank(one[1])))


def rank(label: str) -> tuple[int, ...]:
    """Return what versions are ordered by: 1.10 comes after 1.9. Raises ValueError for a label that is no number.number."""
    major, minor = label.split(".")
    return int(major), int(minor)


def newest(key: str) -> str:
    """Return the label of the newest shipped text of a template."""
    return [label for each, label in shipped() if each == key][-1]


def says(key: str, label: str) -> dict[str, Said]:
    """Return what the author of a shipped text answered the checker."""
    found: dict[str, Said] = tomllib.loads((_HERE / key / label / "says.toml").read_text(encoding="utf-8"))
    return found


def load(key: str = MUTUAL_SUBCONTRACT, label: str = "") -> tuple[str, Wording]:
    """Return the kind of template and its wording, read from files; without a label, of the newest.

    Raises FileNotFoundError when nothing of that name is shipped.
    """
    folder = _HERE / key / (label or newest(key))
    facts = tomllib.loads((folder / "wording.toml").read_text(encoding="utf-8"))
    clauses = tuple(_clause(folder, number, row) for number, row in enumerate(facts["clause"], start=1))
    return facts["kind"], Wording(
        facts["title"], facts["label"], clauses, tuple(map(_variable, facts["variable"]))
    )


def _clause(folder: Path, number: int, row: dict[str, Any]) -> Clause:
    return Clause(
        number=number, text=unwrap((folder / f"{row['key']}.md").read_text(encoding="utf-8")), **row
    )


def _variable(row: dict[str, Any]) -> Variable:
    limits: dict[str, Any] = {name: Decimal(str(row[name])) for name in ("minimum", "maximum") if name in row}
    choices = tuple((str(key), str(text)) for key, text in row.get("choices", ()))
    return Variable(**{**row, **limits, "choices": choices})
