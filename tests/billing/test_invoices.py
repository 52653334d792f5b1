"""From approval to the last payment."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing import actions, ageing, margins
from billing.actions.payments import Paid
from billing.models import Invoice, Payment, PaymentAllocation
from billing.workflow import INVOICE
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import PaymentExperience
from tests.billing.conftest import APPROVED_AT

pytestmark = pytest.mark.django_db


def paid(amount: str | None = None, on: date = date(2007, 3, 9)) -> Paid:
    return Paid(on=on, amount=None if amount is None else Decimal(amount), reference="Wire 1")


def test_approval_drafts_an_invoice_equal_to_the_work(invoice, handed_in, prime, sub):
    assert (invoice.amount, invoice.currency, invoice.status) == (handed_in.amount, "USD", "approved")
    assert (invoice.sub, invoice.prime) == (sub.firm, prime.firm)


def test_it_is_due_net_days_after_the_work_was_handed_in(invoice):
    # Handed in on Thursday 8 March in New York, 15 days net.
    assert (invoice.issued_on, invoice.due_on) == (date(2007, 3, 9), date(2007, 3, 23))


def test_both_firms_hear_of_it(invoice):
    kinds = set(Notification.objects.filter(subject_id=invoice.pk).values_list("kind", flat=True))

    assert kinds == {"invoice_issued", "invoice_drafted"}


def test_a_failed_invoice_leaves_the_work_unapproved(handed_in, prime, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("no number")

    monkeypatch.setattr("billing.actions.issuing.next_number", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.approve_work(handed_in, by=prime.owner, now=APPROVED_AT)

    handed_in.refresh_from_db()
    assert handed_in.status == "submitted"


def test_silence_approves_and_bills(handed_in):
    assert actions.approve_silent_work(now=handed_in.silence_at - timedelta(milliseconds=1)) == 0
    assert actions.approve_silent_work(now=handed_in.silence_at) == 1
    assert actions.approve_silent_work(now=handed_in.silence_at) == 0

    assert Invoice.objects.get().events.get().side == "system"


def test_a_payment_is_announced_and_confirmed(invoice, prime, sub):
    payment = actions.announce_payment(invoice, by=prime.finance, paid=paid(), now=APPROVED_AT)
    invoice.refresh_from_db()
    assert invoice.status == "approved"

    actions.confirm_payment(payment, by=sub.finance, now=APPROVED_AT)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_on) == ("paid", date(2007, 3, 9))
    experience = PaymentExperience.objects.get(invoice_id=invoice.pk)
    assert (experience.paid_on, experience.due_on) == (date(2007, 3, 9), date(2007, 3, 23))


def test_parts_make_the_whole(invoice, prime, sub):
    first = actions.announce_payment(invoice, by=prime.finance, paid=paid("350"), now=APPROVED_AT)
    actions.confirm_payment(first, by=sub.owner, now=APPROVED_AT)
    invoice.refresh_from_db()
    assert invoice.status == "approved"

    rest = actions.announce_payment(invoice, by=prime.finance, paid=paid(), now=APPROVED_AT)
    assert rest.amount == Decimal(1000)
    actions.confirm_payment(rest, by=sub.owner, now=APPROVED_AT)

    invoice.refresh_from_db()
    assert invoice.status == "paid"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (paid("1350.01"), r"Only \$1,350 is open"),
        (paid("0"), "Say how much was paid"),
        (paid("-5"), "Say how much was paid"),
        (paid(on=date(2007, 3, 10)), "has not come yet"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(invoice, prime, said, sentence):
    with pytest.raises(Invalid, match=sentence):
        actions.announce_payment(invoice, by=prime.finance, paid=said, now=APPROVED_AT)

    assert not Payment.objects.exists()
    assert invoice.events.count() == 1


def test_the_database_refuses_more_than_the_invoice(invoice, prime):
    payment = actions.announce_payment(invoice, by=prime.finance, paid=paid(), now=APPROVED_AT)
    other = Payment.objects.create(
        payer=payment.payer, payee=payment.payee, amount=1, paid_on=payment.paid_on, announced_by=payment.announced_by,
        announced_at=APPROVED_AT, silence_at=APPROVED_AT,
    )  # fmt: skip

    with (
        pytest.raises(IntegrityError, match="exceed the invoice"),
        transaction.atomic(),
    ):
        PaymentAllocation.objects.create(payment=other, invoice=invoice, amount=Decimal("0.01"))


def test_the_payer_does_not_confirm(invoice, prime):
    payment = actions.announce_payment(invoice, by=prime.finance, paid=paid(), now=APPROVED_AT)

    with pytest.raises(WrongSide):
        actions.confirm_payment(payment, by=prime.finance, now=APPROVED_AT)


def test_a_dispatcher_does_not_pay(invoice, prime):
    with pytest.raises(WrongRole):
        actions.announce_payment(invoice, by=prime.dispatcher, paid=paid(), now=APPROVED_AT)


def test_silence_of_five_business_days_confirms(invoice, prime):
    payment = actions.announce_payment(invoice, by=prime.finance, paid=paid(), now=APPROVED_AT)
    # Announced on Friday 9 March; Friday 16 March is the fifth business day after it.
    assert payment.silence_at.isoformat() == "2007-03-17T04:00:00+00:00"

    assert actions.confirm_silent_payments(now=payment.silence_at - timedelta(milliseconds=1)) == 0
    assert actions.confirm_silent_payments(now=payment.silence_at) == 1

    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_reminders_are_said_once_each(invoice):
    due = APPROVED_AT + timedelta(days=14)

    for days in (-4, -3, -3, 0, 1, 2, 8, 8):
        actions.tell_overdue(now=due + timedelta(days=days))

    told = Notification.objects.filter(subject_id=invoice.pk, firm=invoice.prime_id)
    kinds = {}
    for kind in told.values_list("kind", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    people = told.filter(kind="invoice_issued").count()
    assert kinds == {"invoice_issued": people, "invoice_due_soon": people, "invoice_overdue": 2 * people}


@pytest.mark.parametrize(
    ("late", "index"), [(-9, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_ageing_goes_by_the_due_date(late, index):
    assert ageing.bucket(date(2007, 3, 1), date(2007, 3, 1) + timedelta(days=late)) == index


def test_margin_is_what_the_client_pays_less_what_the_firm_got(invoice, prime, done):
    (month,) = margins.by_month(prime.firm)

    assert (month.name, month.orders, month.revenue, month.cost, month.kept) == (
        "March 2007", 1, Decimal(1800), Decimal(1350), Decimal(450),
    )  # fmt: skip
    assert month.fraction == Decimal("0.25")
    (job,) = margins.by_job(prime.firm)
    (order,) = margins.by_order(prime.firm, engagement=done.engagement_id)
    assert (job.kept, order.kept) == (Decimal(450), Decimal(450))
    assert margins.by_month(done.sub) == []


@pytest.mark.parametrize("status", Invoice.Status.values)
@pytest.mark.parametrize("side", ["prime", "sub", "system", ""])
@pytest.mark.parametrize("role", ["owner", "dispatcher", "finance", "technician", "viewer", "system"])
def test_every_cell_of_the_invoice_table(status, side, role):
    purse, owner = role in {"owner", "finance"}, role == "owner"
    prime, sub, clock = side == "prime" and purse, side == "sub" and purse, side == "system"
    payable = status in {"submitted", "revise", "disputed", "approved"}
    expected = {
        "submit": sub and status in {"draft", "revise"},
        "approve": (prime and status in {"submitted", "disputed"}) or (clock and status == "submitted"),
        "ask_revision": prime and status in {"submitted", "approved"},
        "dispute": prime and status in {"submitted", "approved"},
        "name_mediator": side in {"prime", "sub"} and owner and status == "disputed",
        "agree_mediator": side in {"prime", "sub"} and owner and status == "disputed",
        "credit": sub and status in {"approved", "disputed"},
        "announce_payment": prime and payable,
        "confirm_payment": (sub or clock) and payable,
        "deny_payment": sub and payable,
        "void": sub and status in {"draft", "submitted", "revise"},
        "redraft": sub and status == "void",
    }

    opened = {step.name for step in INVOICE.open_steps(status, side=side, role=role)}

    assert opened == {name for name, allowed in expected.items() if allowed}


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_make_one_invoice(handed_in, prime):
    barrier = threading.Barrier(2)
    answers = []

    def approve() -> None:
        barrier.wait()
        try:
            actions.approve_work(handed_in, by=prime.owner, now=APPROVED_AT)
            answers.append("approved")
        except RuleBroken as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    people = [threading.Thread(target=approve) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert sorted(answers) == ["approved", "illegal_step"]
    assert Invoice.objects.count() == 1
