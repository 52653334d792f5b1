"""Lists as CSV files that a spreadsheet opens without running anything that a stranger wrote into them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

# What makes a spreadsheet take a cell for a formula, in plain and in full width (OWASP, "CSV injection").
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠|%")
# Spaces and marks that spreadsheets leave away before they look.
UNSEEN = " \u00a0\u200b\u200e\u200f\u2060\ufeff\v\f"


def cell(value: Any) -> str:
    """Write one value. Numbers of ours stand as they are, amounts with their cents; text that begins like a formula gets an apostrophe in front.

    Any: whatever a row of a list holds. An instant is written in UTC unless it has another zone.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, int):
        return f"{value}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(UNSEEN).startswith(DANGEROUS) else text


class _Line:
    """What csv.writer writes into: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV file line by line, with the mark by which spreadsheets know UTF-8. Any: cells."""
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row]))


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Send a list as a file; `name` is ours, without spaces. Any: cells."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def local(instant: datetime | None, zone: str) -> datetime | None:
    """Return an instant as the firm's clock shows it, with its offset."""
    return instant.astimezone(ZoneInfo(zone)).replace(microsecond=0) if instant else None
