"""PDF from our own Typst texts. What people wrote goes in as data and is never read as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal

import typst
from django.conf import settings
from django.http import HttpResponse

ROOT = settings.BASE_DIR / "templates" / "pdf"
Standard = Literal["a-2a", "ua-1"]
MOST_UNKNOWN = 3000
_UNKNOWN = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)


@cache
def _compiler(name: str) -> typst.Compiler:
    """Keep one compiler a text: its fonts are read once. It sees no file outside the folder, and no font of the machine."""
    return typst.Compiler(ROOT / f"{name}.typ", root=ROOT, ignore_system_fonts=True)


def made(
    name: str, facts: Mapping[str, Any], *, on: date, standards: Sequence[Standard] = ("a-2a",)
) -> bytes:
    """Return `templates/pdf/<name>.typ` with these facts, as PDF/A-2a. The same facts and day make the same bytes.

    A character that no font of ours has is written as its number, like [U+4E2D]: an archive file may not leave it blank. Any: JSON.
    """
    given = {**facts, "made_on": [on.year, on.month, on.day]}
    numbered: dict[str, str] = {"\0": ""}
    for _ in range(MOST_UNKNOWN):
        data = json.dumps(_with(numbered, given), ensure_ascii=False)
        try:
            pages = _compiler(name).compile(
                sys_inputs={"data": data}, format="pdf", pdf_standards=list(standards)
            )
        except typst.TypstError as error:
            unknown = _unknown(str(error))
            if not unknown or unknown in numbered:
                raise
            numbered[unknown] = "".join(f"[U+{ord(character):04X}]" for character in unknown)
            continue
        if not isinstance(pages, bytes):  # as one file; other formats make one a page
            raise TypeError(name)
        return pages
    raise ValueError(f"More than {MOST_UNKNOWN} characters of {name} are in no font of ours.")


def _with(numbered: Mapping[str, str], value: Any) -> Any:
    """Return JSON in which every text has these characters replaced. Any: JSON."""
    if isinstance(value, str):
        for character, number in numbered.items():
            value = value.replace(character, number)
        return value
    if isinstance(value, Mapping):
        return {key: _with(numbered, each) for key, each in value.items()}
    return [_with(numbered, each) for each in value] if isinstance(value, (list, tuple)) else value


def _unknown(error: str) -> str:
    """Return the character of which Typst says that no font has it."""
    found = _UNKNOWN.search(error)
    escaped = found[1] if found else ""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), escaped)


def answer(name: str, pages: bytes) -> HttpResponse:
    """Send a PDF as a file; `name` is ours."""
    response = HttpResponse(pages, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response
