"""Codes by which anybody who holds a copy can look an agreement up."""

import re
import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another


def new_code() -> str:
    """Return a code of 16 random letters, 78 bits: `PN-7K3M-…`."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "PN-" + "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def tidy(typed: str) -> str:
    """Return what a person typed in the shape in which codes are kept."""
    letters = re.sub(r"[^0-9A-Z]", "", typed.upper()).removeprefix("PN")
    return "PN-" + "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
