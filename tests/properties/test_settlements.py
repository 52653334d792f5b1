"""Money that is billed, contested, credited and paid in any order never loses or gains a cent.

A few in every run; `SETTLEMENTS=10000` (`make figures`) takes as many through the arithmetic, and as many through the actions and
the database.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from billing import actions, settling
from billing.actions.objections import Wrong
from billing.actions.payments import Paid
from billing.actions.revising import Revised
from billing.models import CreditNote, Invoice, InvoiceLine, Payment
from partnernet.core.actors import CLOCK
from partnernet.core.errors import RuleBroken
from tests.factories.billing import InvoiceFactory
from tests.factories.partners import People, people_of

SETTLEMENTS = int(os.environ.get("SETTLEMENTS", "60"))
START = datetime(2007, 3, 9, 15, tzinfo=UTC)
CENTS = st.integers(0, 5_000_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def billed(draw: st.DrawFn) -> settling.Billed:
    amount = draw(CENTS)
    credited = draw(st.decimals(0, amount, places=2))
    held = draw(st.decimals(0, amount - credited, places=2))
    due_on = date(2007, 3, 1) + timedelta(days=draw(st.integers(0, 90)))
    return InvoiceLine(amount=amount, credited=credited, held=held, due_on=due_on)


@settings(max_examples=max(300, SETTLEMENTS), deadline=None, derandomize=True, database=None)
@given(st.lists(billed(), min_size=1, max_size=8), st.data())
def test_the_parts_of_a_settlement_are_its_sum(lines: list[settling.Billed], data: st.DataObject) -> None:
    most = sum((line.amount - line.credited for line in lines), Decimal(0))
    paid = data.draw(st.decimals(0, most, places=2))

    standing = settling.settle(lines, paid)

    left = sum((each.open + each.held for each in standing), Decimal(0))
    assert paid + sum(line.credited for line in lines) + left == sum(line.amount for line in lines)
    assert all(
        each.open >= 0 and 0 <= each.held <= line.held for each, line in zip(standing, lines, strict=True)
    )
    waiting = [line.due_on for line, each in zip(lines, standing, strict=True) if each.open]
    started = [
        line.due_on
        for line, each in zip(lines, standing, strict=True)
        if each.open < line.amount - line.credited - line.held
    ]
    assert not waiting or not started or max(started) <= min(waiting) or paid == 0
    assert settling.next_due(standing) == (min(waiting) if waiting else None)


class Settlement:
    """One invoice of random lines, and steps that people of both firms try on it, allowed or not."""

    def __init__(self, random: Random, prime: People, sub: People) -> None:
        self.random, self.prime, self.sub = random, prime, sub
        amounts = [Decimal(random.randint(1, 99_999)) / 100 for _ in range(random.randint(1, 4))]
        self.invoice = InvoiceFactory(prime=prime.firm, sub=sub.firm, amount=sum(amounts), line=None)
        for position, amount in enumerate(amounts, 1):
            InvoiceLine.objects.create(
                invoice=self.invoice, position=position, what="Work", amount=amount, approved=amount,
                submitted_on=START.date(), contest_by=START.date() + timedelta(days=10), due_on=date(2007, 3, 24),
            )  # fmt: skip
        self.now = START

    def some(self) -> dict:
        lines = list(self.invoice.lines.order_by("position"))
        chosen = self.random.sample(lines, self.random.randint(1, len(lines)))
        return {line.pk: self.part(line.amount) for line in chosen}

    def part(self, amount: Decimal) -> Decimal:
        whole = int(amount * 100)
        return Decimal(self.random.choice((whole, self.random.randint(0, whole + 2)))) / 100

    def take(self) -> str:
        """Try one step; return its name when it was taken."""
        name = self.random.choice((
            "dispute", "ask_revision", "submit", "approve", "credit", "announce", "announce", "announce", "confirm", "confirm",
            "silence", "deny", "void", "clock",
        ))  # fmt: skip
        self.now += timedelta(hours=self.random.randint(0, 40))
        try:
            with transaction.atomic():
                getattr(self, name)()
        except RuleBroken:
            return ""
        return name

    def wrong(self) -> dict:
        return {line: Wrong(amount, "Wrong.") for line, amount in self.some().items()}

    def dispute(self) -> None:
        actions.dispute(self.invoice, by=self.prime.owner, lines=self.wrong(), now=self.now)

    def ask_revision(self) -> None:
        actions.ask_revision(self.invoice, by=self.prime.owner, lines=self.wrong(), now=self.now)

    def submit(self) -> None:
        actions.submit(self.invoice, by=self.sub.owner, revised=Revised(self.some()), now=self.now)

    def approve(self) -> None:
        actions.approve(self.invoice, by=self.prime.owner, now=self.now)

    def clock(self) -> None:
        actions.approve(self.invoice, by=CLOCK, now=self.now)

    def credit(self) -> None:
        actions.credit(self.invoice, by=self.sub.owner, amounts=self.some(), reason="Wrong.", now=self.now)

    def announce(self) -> None:
        amount = None if self.random.random() < 0.3 else self.part(self.invoice.amount)
        paid = Paid(on=self.now.date() - timedelta(days=1), amount=amount)
        actions.announce_payment(self.invoice, by=self.prime.owner, paid=paid, now=self.now)

    def payment(self) -> Payment:
        found = list(Payment.objects.filter(allocations__invoice=self.invoice).order_by("pk"))
        if not found:
            raise RuleBroken("Nothing was announced.")
        return self.random.choice(found)

    def confirm(self) -> None:
        actions.confirm_payment(self.payment(), by=self.sub.owner, now=self.now)

    def silence(self) -> None:
        payment = self.payment()
        actions.confirm_payment(payment, by=CLOCK, now=payment.silence_at)

    def deny(self) -> None:
        actions.deny_payment(self.payment(), by=self.sub.owner, now=self.now)

    def void(self) -> None:
        actions.void(self.invoice, by=self.sub.owner, reason="Wrong.", now=self.now)

    def adds_up(self) -> None:
        """Compare every sum, reckoned anew from the rows, to the cent."""
        found = Invoice.objects.with_paid().get(pk=self.invoice.pk)
        lines = list(found.lines.all())
        notes = sum((note.amount for note in CreditNote.objects.filter(invoice=found)), Decimal(0))
        parts = found.allocations.standing().select_related("payment")
        announced = sum((part.amount for part in parts), Decimal(0))
        confirmed = sum((part.amount for part in parts if part.payment.confirmed_at), Decimal(0))
        assert sum(line.amount for line in lines) == found.amount
        assert (notes, announced, confirmed) == (found.credited, found.announced, found.confirmed)
        assert confirmed + notes + found.open_amount == found.amount
        assert announced + notes + found.held + found.payable == found.amount
        assert found.payable >= 0
        assert (found.status == "paid") == (
            found.open_amount == 0 and found.status not in {"void", "submitted"}
        )


@pytest.mark.django_db
def test_random_settlements_are_right_to_the_cent() -> None:
    random, taken = Random(8), Counter()
    prime, sub = people_of("Halcyon Managed", "halcyon.test"), people_of("Blue Mesa IT", "bluemesa.test")

    for _ in range(SETTLEMENTS):
        undo = transaction.savepoint()
        settlement = Settlement(random, prime, sub)
        settlement.adds_up()
        for _ in range(10):
            step = settlement.take()
            taken[step] += 1
            if step:
                settlement.adds_up()
        connection.check_constraints()
        transaction.savepoint_rollback(undo)

    print(
        f"\nsettlements: {SETTLEMENTS} random settlements, {taken.total() - taken['']} steps taken, {taken['']} refused, 0 cents off"
    )
    assert {"dispute", "submit", "credit", "announce", "confirm", "deny", "approve"} <= set(taken)
