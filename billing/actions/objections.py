"""What a prime finds wrong with an invoice: a revision asked for, or a dispute; and how the two firms settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing.actions import news
from billing.actions.history import record
from billing.actions.standing import (
    NOTHING,
    Account,
    end_objection,
    lock,
    require_within,
    settle,
    typed_by_line,
)
from billing.models import Invoice, InvoiceLine, Objection, ObjectionLine
from billing.workflow import INVOICE
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import business_deadline, day_in
from partners.models import Member

TALK_DAYS = 5


@dataclass(frozen=True, slots=True)
class Wrong:
    """How much of a line is wrong, and why."""

    amount: Decimal
    reason: str


@transaction.atomic
def ask_revision(
    invoice: Invoice, *, by: Member, lines: Mapping[UUID, Wrong], now: datetime | None = None
) -> Objection:
    """Ask the sub to send the invoice again with other amounts on these lines. The others stay payable on their day."""
    return _object(invoice, "ask_revision", by=by, lines=lines, now=now)


@transaction.atomic
def dispute(
    invoice: Invoice, *, by: Member, lines: Mapping[UUID, Wrong], now: datetime | None = None
) -> Objection:
    """Dispute these lines. Both owners talk within 5 business days; nobody else decides about the money."""
    return _object(invoice, "dispute", by=by, lines=lines, now=now)


def _object(
    invoice: Invoice, name: str, *, by: Member, lines: Mapping[UUID, Wrong], now: datetime | None
) -> Objection:
    account = lock(invoice)
    invoice = account.invoice
    now = now or clock.now()
    step = INVOICE.check(name, status=invoice.status, side=invoice.side_of(by.firm_id), role=by.role)
    wrong = _require_contestable(account, lines, now=now)

    for line in account.lines:
        line.held = dict(wrong).get(line, NOTHING)
    require_within(account, most=account.open)
    objection = _write(invoice, step.name, by=by, now=now)
    for line, amount in wrong:
        reason = lines[line.pk].reason.strip()
        ObjectionLine.objects.create(objection=objection, line=line, amount=amount, reason=reason)
    settle(account, now=now)
    changes = {"amount": str(account.held), "lines": [line.position for line, _ in wrong]}
    reason = " ".join(lines[line.pk].reason.strip() for line, _ in wrong)
    record(invoice, step.name, by=by, now=now, side="prime", to=step.target, reason=reason, changes=changes)
    news.objected(objection, account.held, reason, now=now)
    return objection


def _write(invoice: Invoice, step: str, *, by: Member, now: datetime) -> Objection:
    kind = Objection.Kind.DISPUTE if step == "dispute" else Objection.Kind.REVISION
    term = business_deadline(now, TALK_DAYS, invoice.sub.timezone, frozenset(invoice.sub.holidays))
    talk_by = term if kind == Objection.Kind.DISPUTE else None
    return Objection.objects.create(invoice=invoice, kind=kind, raised_by=by, raised_at=now, talk_by=talk_by)


def _require_contestable(
    account: Account, lines: Mapping[UUID, Wrong], *, now: datetime
) -> list[tuple[InvoiceLine, Decimal]]:
    """Return the lines with what is wrong of them. Raises Invalid where nothing is named, or too much, or too late."""
    wrong = typed_by_line(account, {key: each.amount for key, each in lines.items()})
    if not wrong:
        raise Invalid({"lines": ["Say how much of which line is wrong."]})
    today = day_in(now, account.invoice.prime.timezone)
    refused: list[str] = []
    for line, amount in wrong:
        most = line.amount - line.credited
        if amount <= 0 or amount > most:
            refused.append(f"{line.what}: say an amount up to {account.show(most)}.")
        if not lines[line.pk].reason.strip():
            refused.append(f"{line.what}: say what is wrong. The other firm will read it.")
        if today > line.contest_by:
            day = f"{line.contest_by.day} {line.contest_by:%B}"
            refused.append(f"{line.what}: the time to object ended on {day}.")
    if refused:
        raise Invalid({"lines": refused})
    return wrong


@transaction.atomic
def approve(invoice: Invoice, *, by: Actor, now: datetime | None = None) -> Invoice:
    """Agree to what the invoice asks for: one that was sent again, or one whose dispute is given up.

    The days in dispute do not count against the payer. By the clock, once nothing can be contested any more.
    """
    account = lock(invoice)
    invoice = account.invoice
    now = now or clock.now()
    side = "system" if by is CLOCK else invoice.side_of(by.firm_id)
    step = INVOICE.check("approve", status=invoice.status, side=side, role=by.role)
    if by is CLOCK and not uncontested(account, now=now):
        raise RuleBroken("It can still be contested.")

    objection = end_objection(invoice, Objection.Outcome.WITHDRAWN, now=now)
    if objection:
        spare = day_in(now, invoice.prime.timezone) - day_in(objection.raised_at, invoice.prime.timezone)
        _move_due_days(account, spare)
    for line in account.lines:
        line.held = NOTHING
    invoice.status, before = step.target, invoice.status
    to = settle(account, now=now) or step.target
    invoice.status = before
    record(invoice, step.name, by=by, now=now, side=side, to=to)
    news.invoice_approved(invoice, now=now)
    return invoice


def _move_due_days(account: Account, spare: timedelta) -> None:
    for line in account.lines:
        if line.held:
            line.due_on += spare


def uncontested(account: Account, *, now: datetime) -> bool:
    """Say whether the time to contest has run out for every line."""
    today = day_in(now, account.invoice.prime.timezone)
    return all(line.contest_by < today for line in account.lines)


@transaction.atomic
def name_mediator(invoice: Invoice, *, by: Member, who: str, now: datetime | None = None) -> Objection:
    """Propose who helps the two firms to agree. The other owner agrees, or names somebody else."""
    account, objection, now = _disputed(invoice, "name_mediator", by=by, now=now)
    if not who.strip():
        raise Invalid({"mediator": ["Say who: a name, and how to reach them."]})
    if objection.mediator_agreed_at:
        raise RuleBroken("You have agreed on a mediator already.")

    objection.mediator, objection.mediator_named_by = who.strip()[:200], by
    objection.save(update_fields=["mediator", "mediator_named_by"])
    _tell_of_mediator(account.invoice, "name_mediator", objection, by=by, now=now)
    return objection


@transaction.atomic
def agree_mediator(invoice: Invoice, *, by: Member, now: datetime | None = None) -> Objection:
    """Agree to the mediator that the other firm named."""
    account, objection, now = _disputed(invoice, "agree_mediator", by=by, now=now)
    if objection.mediator_named_by is None:
        raise RuleBroken("Nobody has named a mediator yet.")
    if objection.mediator_agreed_at:
        raise RuleBroken("You have agreed on a mediator already.")
    if objection.mediator_named_by.firm_id == by.firm_id:
        raise RuleBroken("Your firm named this mediator. The other firm agrees, or names somebody else.")

    objection.mediator_agreed_by, objection.mediator_agreed_at = by, now
    objection.save(update_fields=["mediator_agreed_by", "mediator_agreed_at"])
    _tell_of_mediator(account.invoice, "agree_mediator", objection, by=by, now=now)
    return objection


def _disputed(
    invoice: Invoice, name: str, *, by: Member, now: datetime | None
) -> tuple[Account, Objection, datetime]:
    account = lock(invoice)
    invoice = account.invoice
    now = now or clock.now()
    INVOICE.check(name, status=invoice.status, side=invoice.side_of(by.firm_id), role=by.role)
    return account, Objection.objects.standing().get(invoice=invoice), now


def _tell_of_mediator(
    invoice: Invoice, step: str, objection: Objection, *, by: Member, now: datetime
) -> None:
    side = invoice.side_of(by.firm_id)
    record(invoice, step, by=by, now=now, side=side, changes={"mediator": objection.mediator})
    news.mediator(step, objection, by=by, now=now)
