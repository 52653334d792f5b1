"""The sub writes: sends an invoice again, gives it up, writes a new one, or takes a part back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing.actions import news
from billing.actions.history import record
from billing.actions.issuing import CONTEST_DAYS
from billing.actions.standing import (
    NOTHING,
    Account,
    end_objection,
    lock,
    require_within,
    settle,
    typed_by_line,
)
from billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, Objection
from billing.workflow import INVOICE
from engagements.actions.shared import next_number
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import day_in
from partners.models import Member


@dataclass(frozen=True, slots=True)
class Revised:
    """New amounts of some lines, and what the other firm should know."""

    amounts: Mapping[UUID, Decimal] = field(default_factory=dict)
    note: str = ""


@transaction.atomic
def submit(
    invoice: Invoice, *, by: Member, revised: Revised | None = None, now: datetime | None = None
) -> Invoice:
    """Send a draft, or an invoice that was to be revised. The clock starts anew only for the lines that changed.

    What equals the approved work is approved by itself; anything else waits for the prime's yes, line by line.
    """
    account = lock(invoice)
    invoice, revised = account.invoice, revised or Revised()
    now = now or clock.now()
    step = INVOICE.check("submit", status=invoice.status, side=invoice.side_of(by.firm_id), role=by.role)
    changed = _require_amounts(account, revised)

    today = day_in(now, invoice.sub.timezone)
    fresh = invoice.status == Invoice.Status.DRAFT
    _restart(account, changed, today=today, fresh=fresh)
    _require_paid_within(account)
    end_objection(invoice, Objection.Outcome.REVISED, now=now)
    if fresh:
        invoice.issued_on = today
    equal = all(line.amount == line.approved for line in account.lines)
    before, invoice.status = invoice.status, Invoice.Status.APPROVED if equal else Invoice.Status.SUBMITTED
    to = settle(account, now=now) or invoice.status
    invoice.status = before
    changes = {"amount": str(invoice.amount), "lines": [line.position for line in changed]}
    record(
        invoice, step.name, by=by, now=now, side="sub", to=to, reason=revised.note.strip(), changes=changes
    )
    news.invoice_submitted(invoice, revised.note.strip(), now=now)
    return invoice


def _require_amounts(account: Account, revised: Revised) -> set[InvoiceLine]:
    """Put the new amounts on the lines and return those that changed. Raises Invalid for more than was approved, or less than was credited."""
    changed, refused = set(), []
    for line, amount in typed_by_line(account, revised.amounts):
        if not line.credited <= amount <= line.approved:
            least = f" and at least {account.show(line.credited)}" if line.credited else ""
            refused.append(f"{line.what}: at most {account.show(line.approved)}, as approved{least}.")
        if amount != line.amount:
            changed.add(line)
            line.amount = amount
    if refused:
        raise Invalid({"lines": refused})
    return changed


def _require_paid_within(account: Account) -> None:
    """Raise RuleBroken when what was announced as paid would be more than is asked for; what is paid is not held."""
    if account.open < 0:
        said = account.show(account.announced)
        raise RuleBroken(f"{said} of it was announced as paid, so that much stays.")
    for line in account.lines:
        line.held -= min(line.held, max(NOTHING, -account.payable))


def _restart(account: Account, changed: set[InvoiceLine], *, today: date, fresh: bool) -> None:
    """Start the clock of what is new; of what the prime has not agreed to, hold all."""
    net = timedelta(days=account.invoice.work_order.net_days)
    for line in account.lines:
        if line in changed:
            line.submitted_on, line.due_on = today, today + net
        elif fresh:
            line.submitted_on, line.due_on = today, max(line.due_on, today)
        if line in changed or fresh:
            line.contest_by = today + timedelta(days=CONTEST_DAYS)
        kept = not fresh and line not in changed and not line.held
        agreed = line.amount == line.approved or kept
        line.held = NOTHING if agreed else line.amount - line.credited


@transaction.atomic
def void(invoice: Invoice, *, by: Member, reason: str, now: datetime | None = None) -> Invoice:
    """Give up an invoice that is not approved. Not once a payment was announced: then a credit note takes it back."""
    account = lock(invoice)
    invoice = account.invoice
    now = now or clock.now()
    side = invoice.side_of(by.firm_id)
    seen = invoice.status != Invoice.Status.DRAFT
    step = INVOICE.check("void", status=invoice.status, side=side, role=by.role, reason=reason)
    if account.announced:
        raise RuleBroken("A payment was announced for this invoice, so it cannot be voided.")

    end_objection(invoice, Objection.Outcome.VOIDED, now=now)
    for line in account.lines:
        line.held = NOTHING
    before, invoice.status = invoice.status, step.target
    settle(account, now=now)
    invoice.status = before
    record(invoice, step.name, by=by, now=now, side=side, to=step.target, reason=reason.strip())
    if seen:
        news.invoice_voided(invoice, reason.strip(), now=now)
    return invoice


@transaction.atomic
def redraft(invoice: Invoice, *, by: Member, now: datetime | None = None) -> Invoice:
    """Write a new draft for what a void invoice was for, with the lines as they were approved. Only the sub sees it."""
    account = lock(invoice)
    old = account.invoice
    now = now or clock.now()
    INVOICE.check("redraft", status=old.status, side=old.side_of(by.firm_id), role=by.role)
    same = Invoice.objects.filter(submission=old.submission_id, assignment=old.assignment_id)
    if same.exclude(status="void").exists():
        raise RuleBroken("There is another invoice for this already.")

    today = day_in(now, old.sub.timezone)
    fresh = Invoice.objects.create(
        sub=old.sub, prime=old.prime, work_order=old.work_order, kind=old.kind, submission_id=old.submission_id,
        assignment_id=old.assignment_id, currency=old.currency, status=Invoice.Status.DRAFT, issued_on=today,
        amount=sum((line.approved for line in account.lines), NOTHING), due_on=max(old.due_on, today),
        number=next_number(old.sub_id, "next_invoice_number"),
    )  # fmt: skip
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=fresh, position=line.position, what=line.what, amount=line.approved, approved=line.approved,
            submitted_on=today, contest_by=today + timedelta(days=CONTEST_DAYS), due_on=max(line.due_on, today),
        )
        for line in account.lines
    )  # fmt: skip
    record(fresh, "redraft", by=by, now=now, side="sub", changes={"after": old.reference})
    return fresh


@transaction.atomic
def credit(
    invoice: Invoice, *, by: Member, amounts: Mapping[UUID, Decimal], reason: str, now: datetime | None = None
) -> CreditNote:
    """Take back a part of an invoice, never more than is open. Once all that is disputed is credited, the dispute ends."""
    account = lock(invoice)
    invoice = account.invoice
    now = now or clock.now()
    step = INVOICE.check("credit", status=invoice.status, side=invoice.side_of(by.firm_id), role=by.role)
    taken = _require_creditable(account, amounts, reason)

    total = sum((amount for _, amount in taken), NOTHING)
    note = CreditNote.objects.create(
        invoice=invoice, sub=invoice.sub, amount=total, reason=reason.strip()[:1000],
        issued_on=day_in(now, invoice.sub.timezone), issued_at=now, issued_by=by,
        number=next_number(invoice.sub_id, "next_invoice_number"),
    )  # fmt: skip
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(credit_note=note, line=line, amount=amount) for line, amount in taken
    )
    to = _after_credit(account, now=now)
    changes = {"amount": str(total), "credit_note": note.reference}
    record(invoice, step.name, by=by, now=now, side="sub", to=to, reason=note.reason, changes=changes)
    news.credit_issued(note, now=now)
    return note


def _require_creditable(
    account: Account, amounts: Mapping[UUID, Decimal], reason: str
) -> list[tuple[InvoiceLine, Decimal]]:
    """Take the amounts off the lines, off what is disputed first. Raises Invalid for more than is open."""
    taken = [(line, amount) for line, amount in typed_by_line(account, amounts) if amount]
    if not taken:
        raise Invalid({"lines": ["Say how much of which line you take back."]})
    if not reason.strip():
        raise Invalid({"reason": ["Say why. The other firm will read it."]})
    refused = [
        f"{line.what}: say an amount up to {account.show(line.amount - line.credited)}."
        for line, amount in taken
        if amount < 0 or amount > line.amount - line.credited
    ]
    if refused:
        raise Invalid({"lines": refused})
    most = account.open
    for line, amount in taken:
        line.credited += amount
        line.held = max(NOTHING, line.held - amount)
    require_within(account, most=most)
    return taken


def _after_credit(account: Account, *, now: datetime) -> str:
    """Return the status after a credit: a dispute of which nothing is left has ended."""
    invoice = account.invoice
    settled = invoice.status == Invoice.Status.DISPUTED and not account.held
    if settled:
        end_objection(invoice, Objection.Outcome.CREDITED, now=now)
    return settle(account, now=now) or (Invoice.Status.APPROVED if settled else "")
