"""PDF from our own Typst texts. What people wrote goes in as data and is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

ROOT = settings.BASE_DIR / "templates" / "pdf"


@cache
def _compiler(name: str) -> typst.Compiler:
    """Keep one compiler a text: its fonts are read once. It sees no file outside the folder, and no font of the machine."""
    return typst.Compiler(ROOT / f"{name}.typ", root=ROOT, ignore_system_fonts=True)


def made(name: str, facts: Mapping[str, Any], *, on: date) -> bytes:
    """Return `templates/pdf/<name>.typ` with these facts, as PDF/A-2a. The same facts and day make the same bytes.

    Any: JSON.
    """
    given = {**facts, "made_on": [on.year, on.month, on.day]}
    data = json.dumps(given, ensure_ascii=False).replace("\\u0000", "")
    pages = _compiler(name).compile(sys_inputs={"data": data}, format="pdf", pdf_standards=["a-2a"])
    if not isinstance(pages, bytes):  # as one file; other formats make one a page
        raise TypeError(name)
    return pages


def answer(name: str, pages: bytes) -> HttpResponse:
    """Send a PDF as a file; `name` is ours."""
    response = HttpResponse(pages, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response
