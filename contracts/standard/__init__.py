"""The texts that PartnerNet ships: one folder per template and version, `wording.toml` beside one Markdown file per clause."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any  # the shape of a TOML file is checked by `rendering.check_wording`

from contracts.rendering import Clause, Wording, unwrap
from contracts.values import Variable

_HERE = Path(__file__).parent
MUTUAL_SUBCONTRACT = "mutual_subcontract_agreement"


def shipped() -> list[tuple[str, str]]:
    """Return (key, label) of every text in this folder."""
    return sorted((path.parent.parent.name, path.parent.name) for path in _HERE.glob("*/*/wording.toml"))


def load(key: str = MUTUAL_SUBCONTRACT, label: str = "1.0") -> tuple[str, Wording]:
    """Return the kind of template and its wording, read from files.

    Raises FileNotFoundError when nothing of that name is shipped.
    """
    folder = _HERE / key / label
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
