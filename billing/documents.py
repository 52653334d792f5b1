"""What stands on the papers about money: an invoice, a credit note, the owner's month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billing import margins
from billing.margins import Margin
from billing.models import CreditNote
from partnernet.core import money, pdf
from partners.models import Firm

NOTE = "PartnerNet moves no money. This paper says what both firms have on record."


def _firm(firm: Firm) -> dict[str, Any]:
    place = " ".join(part for part in (firm.town, firm.state, firm.postcode) if part)
    return {"name": firm.legal_name, "lines": [part for part in (firm.street, place, firm.phone) if part]}


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def invoice(found: Any, *, on: date) -> bytes:
    """Write an invoice with its lines and what is open. Any: an invoice `with_parties()` and `with_paid()`."""
    show = _shower(found.currency)
    sums = [["Total", show(found.amount)]]
    for name, amount in (("Credited", found.credited), ("Paid", found.confirmed)):
        if amount:
            sums.append([name, show(-amount)])
    sums.append(["Open", show(found.open_amount)])
    if found.held:
        sums.append(["of it not agreed on yet", show(found.held)])
    facts = {
        "title": f"Invoice {found.reference}",
        "subtitle": f"{_day(found.issued_on)}. {found.work_order.reference} {found.work_order.title}. {found.get_status_display()}.",
        "sub": _firm(found.sub), "prime": _firm(found.prime), "sums": sums, "note": NOTE,
        "lines": [[line.what, _day(line.due_on), show(line.amount)] for line in found.lines.order_by("position")],
    }  # fmt: skip
    return pdf.made("invoice", facts, on=on)


def credit_note(note: CreditNote, *, on: date) -> bytes:
    """Write a credit note with the lines that it takes from."""
    bill = note.invoice
    show = _shower(bill.currency)
    facts = {
        "title": f"Credit note {note.reference}",
        "subtitle": f"{_day(note.issued_on)}. For {bill.reference}, {bill.work_order.reference} {bill.work_order.title}.",
        "sub": _firm(note.sub), "prime": _firm(bill.prime), "sums": [["Credited", show(note.amount)]],
        "lines": [[part.line.what, show(part.amount)] for part in note.lines.select_related("line").order_by("line__position")],
        "note": note.reason,
    }  # fmt: skip
    return pdf.made("credit_note", facts, on=on)


def month(firm: Firm, first: date, *, on: date) -> bytes:
    """Write the owner's report of a month: what stayed with the firm, in all, by job and by firm that did the work."""
    parts = [
        ("In all", "Month", margins.by_month(firm, month=first)),
        ("By job", "Job", margins.by_job(firm, month=first)),
        ("By firm", "Firm", margins.by_partner(firm, month=first)),
    ]
    facts = {
        "title": f"{firm.name}, {first:%B %Y}",
        "subtitle": "What clients pay for work that was approved in this month, what other firms got for it, and what stayed.",
        "parts": [{"title": title, "what": what, "rows": _rows(rows)} for title, what, rows in parts],
        "note": "By the day of approval in the firm's own zone. Credit notes are taken off what firms got.",
    }
    return pdf.made("month", facts, on=on)


def _rows(rows: Sequence[Margin]) -> list[list[str]]:
    return [
        [
            row.name, str(row.orders), money.show(row.revenue, row.currency), money.show(row.cost, row.currency),
            money.show(row.kept, row.currency),
            "in a plan" if row.fraction is None else f"{round(row.fraction * 100)} %",
        ]
        for row in rows
    ]  # fmt: skip


def _shower(currency: str) -> Any:
    """Return what writes an amount with its cents. Any: a function of one amount."""

    def show(amount: Decimal) -> str:
        written = money.show(amount, currency)
        return written if "." in written else f"{written}.00"

    return show
