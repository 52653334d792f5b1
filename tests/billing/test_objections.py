"""What is wrong with an invoice: revised, disputed, credited; and what stays payable meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing import actions, ageing, margins
from billing.actions.objections import Wrong
from billing.actions.payments import Paid
from billing.actions.revising import Revised
from billing.models import CreditNote, Invoice, InvoiceEvent, Objection, Payment
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import PaymentExperience
from tests.billing.conftest import APPROVED_AT
from tests.queries import asked

pytestmark = pytest.mark.django_db
LATER = APPROVED_AT + timedelta(days=3)
WHY = "Two were not done."


def wrong(invoice: Invoice, amount: str = "150", *, position: int = 1) -> dict:
    return {invoice.lines.get(position=position).pk: Wrong(Decimal(amount), WHY)}


def firms_told(kind: str) -> set:
    return set(Notification.objects.filter(kind=kind).values_list("firm", flat=True))


def with_paid(invoice: Invoice):
    return Invoice.objects.with_paid().get(pk=invoice.pk)


def test_the_lines_say_what_was_done(invoice):
    line = invoice.lines.get()

    assert (line.what, line.amount, line.approved) == (
        f"18 computers at $75, {invoice.work_order.site.name}", Decimal(1350), Decimal(1350),
    )  # fmt: skip
    assert (line.submitted_on, line.contest_by, line.due_on) == (
        date(2007, 3, 9), date(2007, 3, 19), date(2007, 3, 23),
    )  # fmt: skip


def test_a_dispute_holds_its_lines_and_leaves_the_rest_payable(invoice, prime, sub):
    objection = actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)

    found = with_paid(invoice)
    assert (found.status, found.held, found.payable, found.open_amount) == (
        "disputed", Decimal(150), Decimal(1200), Decimal(1350),
    )  # fmt: skip
    # Monday 12 March; Monday 19 March is the fifth business day after it.
    assert objection.talk_by.isoformat() == "2007-03-20T04:00:00+00:00"
    assert firms_told("invoice_disputed") == {sub.firm.pk}
    payment = actions.announce_payment(invoice, by=prime.finance, paid=Paid(on=LATER.date()), now=LATER)
    assert payment.amount == Decimal(1200)


def test_what_is_held_cannot_be_announced_as_paid(invoice, prime):
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)

    with pytest.raises(Invalid, match=r"Only \$1,200 is open. \$150 is not agreed on yet"):
        actions.announce_payment(
            invoice, by=prime.finance, paid=Paid(on=LATER.date(), amount=Decimal("1200.01")), now=LATER
        )

    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("amount", "reason", "sentence"),
    [("0", WHY, r"up to \$1,350"), ("1350.01", WHY, r"up to \$1,350"), ("5", " ", "say what is wrong")],
)
def test_an_objection_names_how_much_and_why(invoice, prime, amount, reason, sentence):
    line = invoice.lines.get()

    with pytest.raises(Invalid, match=sentence):
        actions.dispute(invoice, by=prime.owner, lines={line.pk: Wrong(Decimal(amount), reason)}, now=LATER)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.events.count(), Objection.objects.exists()) == ("approved", 1, False)


@pytest.mark.parametrize(("days", "open_still"), [(10, True), (11, False)])
@pytest.mark.parametrize("step", [actions.dispute, actions.ask_revision])
def test_objections_are_raised_within_ten_days(invoice, prime, days, open_still, step):
    at = APPROVED_AT + timedelta(days=days)

    if open_still:
        step(invoice, by=prime.owner, lines=wrong(invoice), now=at)
    else:
        with pytest.raises(Invalid, match="the time to object ended on 19 March"):
            step(invoice, by=prime.owner, lines=wrong(invoice), now=at)

    assert Objection.objects.exists() == open_still


def test_after_silence_faults_can_be_raised_for_thirty_days(handed_in, prime):
    actions.approve_silent_work(now=handed_in.silence_at)
    invoice = Invoice.objects.get()

    actions.dispute(
        invoice, by=prime.owner, lines=wrong(invoice), now=handed_in.silence_at + timedelta(days=30)
    )

    assert Objection.objects.get().kind == "dispute"


def test_what_was_announced_as_paid_is_not_disputed(invoice, prime):
    actions.announce_payment(
        invoice, by=prime.owner, paid=Paid(on=LATER.date(), amount=Decimal(1300)), now=LATER
    )

    with pytest.raises(RuleBroken, match=r"Only \$50 of this invoice is open"):
        actions.dispute(invoice, by=prime.owner, lines=wrong(invoice, "50.01"), now=LATER)

    assert invoice.lines.get().held == 0


def test_giving_a_dispute_up_moves_the_day_by_the_days_in_dispute(invoice, prime, sub):
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)

    actions.approve(invoice, by=prime.finance, now=LATER + timedelta(days=6))

    found = with_paid(invoice)
    assert (found.status, found.held, found.payable) == ("approved", Decimal(0), Decimal(1350))
    assert found.lines.get().due_on == date(2007, 3, 29)
    assert Objection.objects.get().outcome == "withdrawn"
    assert firms_told("invoice_approved") == {sub.firm.pk}


def test_crediting_all_that_is_disputed_ends_the_dispute(invoice, prime, sub):
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    line = invoice.lines.get()

    half = actions.credit(invoice, by=sub.finance, amounts={line.pk: Decimal(50)}, reason=WHY, now=LATER)
    assert with_paid(invoice).status == "disputed"
    actions.credit(invoice, by=sub.finance, amounts={line.pk: Decimal(100)}, reason=WHY, now=LATER)

    found = with_paid(invoice)
    assert (found.status, found.credited, found.held, found.payable) == (
        "approved", Decimal(150), Decimal(0), Decimal(1200),
    )  # fmt: skip
    assert (half.reference, Objection.objects.get().outcome) == ("CN-0002", "credited")
    assert firms_told("credit_issued") == {prime.firm.pk}


def test_a_credit_is_never_more_than_is_open(invoice, prime, sub):
    line = invoice.lines.get()
    actions.announce_payment(
        invoice, by=prime.owner, paid=Paid(on=LATER.date(), amount=Decimal(1300)), now=LATER
    )

    with pytest.raises(RuleBroken, match=r"Only \$50 of this invoice is open"):
        actions.credit(invoice, by=sub.owner, amounts={line.pk: Decimal("50.01")}, reason=WHY, now=LATER)
    with pytest.raises(Invalid, match=r"up to \$1,350"):
        actions.credit(invoice, by=sub.owner, amounts={line.pk: Decimal(1351)}, reason=WHY, now=LATER)

    assert not CreditNote.objects.exists()


def test_an_invoice_that_is_credited_in_full_is_settled_and_says_nothing_of_its_payer(invoice, sub, prime):
    line = invoice.lines.get()

    actions.credit(invoice, by=sub.owner, amounts={line.pk: Decimal(1350)}, reason="A favour.", now=LATER)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_on) == ("paid", date(2007, 3, 12))
    assert not PaymentExperience.objects.filter(invoice_id=invoice.pk).exists()
    assert margins.by_month(prime.firm)[0].cost == 0


def test_a_revision_starts_the_clock_only_for_the_lines_that_changed(invoice, prime, sub):
    second = two_lines(invoice)
    actions.ask_revision(invoice, by=prime.finance, lines=wrong(invoice, position=2), now=LATER)
    assert firms_told("revision_asked") == {sub.firm.pk}

    again = APPROVED_AT + timedelta(days=8)
    actions.submit(
        invoice, by=sub.finance, revised=Revised({second.pk: Decimal(300)}, "You are right."), now=again
    )

    found = with_paid(invoice)
    assert (found.status, found.amount, found.held, found.payable) == (
        "submitted", Decimal(1200), Decimal(300), Decimal(900),
    )  # fmt: skip
    assert list(found.lines.order_by("position").values_list("due_on", "contest_by")) == [
        (date(2007, 3, 23), date(2007, 3, 19)),
        (date(2007, 4, 1), date(2007, 3, 27)),
    ]
    actions.approve(invoice, by=prime.finance, now=again)
    assert (with_paid(invoice).status, with_paid(invoice).payable) == ("approved", Decimal(1200))
    assert margins.by_month(prime.firm)[0].cost == Decimal(1200)


def two_lines(invoice: Invoice):
    """Split the line of 18 computers into 12 and 6."""
    first = invoice.lines.get()
    first.amount = first.approved = Decimal(900)
    first.save()
    first.pk, first.position = None, 2
    first.amount = first.approved = Decimal(450)
    first._state.adding = True
    first.id = first._meta.pk.get_default()
    first.save()
    return first


def test_what_is_sent_again_unchanged_equals_the_approved_work_and_is_approved_by_itself(invoice, prime, sub):
    actions.ask_revision(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)

    actions.submit(invoice, by=sub.finance, revised=Revised(note="All 18 were done."), now=LATER)

    found = with_paid(invoice)
    assert (found.status, found.held, found.due_on) == ("approved", Decimal(0), date(2007, 3, 23))


def test_a_revision_never_asks_for_more_than_was_approved(invoice, prime, sub):
    actions.ask_revision(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    line = invoice.lines.get()

    with pytest.raises(Invalid, match=r"at most \$1,350, as approved"):
        actions.submit(invoice, by=sub.owner, revised=Revised({line.pk: Decimal("1350.01")}), now=LATER)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.amount) == ("revise", Decimal(1350))


def test_what_can_no_longer_be_contested_is_approved_by_the_clock(invoice, prime, sub):
    actions.ask_revision(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    line = invoice.lines.get()
    actions.submit(invoice, by=sub.owner, revised=Revised({line.pk: Decimal(1200)}), now=LATER)

    # It can be contested until 22 March ends in New York, which is 4:00 UTC of the next day.
    assert actions.approve_uncontested(now=LATER.replace(day=23, hour=3, minute=59)) == 0
    assert actions.approve_uncontested(now=LATER.replace(day=23, hour=4, minute=0)) == 1
    assert actions.approve_uncontested(now=LATER.replace(day=23, hour=4, minute=0)) == 0

    assert with_paid(invoice).status == "approved"


def test_a_void_invoice_is_written_anew_and_only_its_writer_sees_the_draft(invoice, prime, sub):
    actions.ask_revision(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    actions.void(invoice, by=sub.owner, reason="Wrong firm.", now=LATER)
    assert not PaymentExperience.objects.exists()

    draft = actions.redraft(invoice, by=sub.finance, now=LATER)

    assert (draft.status, draft.amount, draft.number) == ("draft", Decimal(1350), 2)
    assert Invoice.objects.visible_to(prime.firm.pk).filter(pk=draft.pk).exists() is False
    assert not Invoice.objects.to_pay(prime.firm.pk).filter(pk=draft.pk).exists()
    with pytest.raises(RuleBroken, match="another invoice for this"):
        actions.redraft(invoice, by=sub.finance, now=LATER)
    actions.submit(draft, by=sub.finance, now=LATER)
    draft.refresh_from_db()
    assert (draft.status, PaymentExperience.objects.get().invoice_id) == ("approved", draft.pk)


def test_an_approved_invoice_is_not_voided(invoice, sub):
    with pytest.raises(IllegalStep):
        actions.void(invoice, by=sub.owner, reason="A favour.", now=LATER)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.events.count()) == ("approved", 1)


def test_who_may_do_what(invoice, prime, sub):
    line = invoice.lines.get()
    with pytest.raises(WrongSide):
        actions.dispute(invoice, by=sub.owner, lines=wrong(invoice), now=LATER)
    with pytest.raises(WrongRole):
        actions.dispute(invoice, by=prime.dispatcher, lines=wrong(invoice), now=LATER)
    with pytest.raises(WrongSide):
        actions.credit(invoice, by=prime.owner, amounts={line.pk: Decimal(1)}, reason=WHY, now=LATER)

    assert InvoiceEvent.objects.count() == 1


def test_owners_are_reminded_to_talk_and_told_when_the_time_is_over(invoice, prime, sub):
    objection = actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    end = objection.talk_by
    both = {prime.firm.pk, sub.firm.pk}

    assert actions.remind_talks(now=end - timedelta(days=1, milliseconds=1)) == 0
    assert actions.remind_talks(now=end - timedelta(days=1)) == 2
    assert actions.remind_talks(now=end - timedelta(milliseconds=1)) == 0
    assert actions.remind_talks(now=end) == 2
    assert actions.remind_talks(now=end + timedelta(days=9)) == 0

    assert firms_told("dispute_talk") == firms_told("dispute_unresolved") == both
    assert Notification.objects.filter(kind="dispute_talk", user=sub.owner.user).count() == 1


def test_the_owners_choose_a_mediator_and_nobody_decides_for_them(invoice, prime, sub):
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)

    with pytest.raises(RuleBroken, match="Nobody has named a mediator"):
        actions.agree_mediator(invoice, by=sub.owner, now=LATER)
    actions.name_mediator(invoice, by=prime.owner, who="Ann of the chapter, 555 0100", now=LATER)
    with pytest.raises(RuleBroken, match="The other firm agrees"):
        actions.agree_mediator(invoice, by=prime.owner, now=LATER)
    agreed = actions.agree_mediator(invoice, by=sub.owner, now=LATER)

    assert (agreed.mediator, agreed.mediator_agreed_by) == ("Ann of the chapter, 555 0100", sub.owner)
    assert agreed.unresolved(agreed.talk_by) is False
    assert firms_told("mediator_named") == {sub.firm.pk}
    assert firms_told("mediator_agreed") == {prime.firm.pk}
    with pytest.raises(RuleBroken, match="agreed on a mediator already"):
        actions.name_mediator(invoice, by=sub.owner, who="Bob", now=LATER)


def test_one_payment_covers_several_invoices(invoice, prime, sub):
    other = another(invoice)
    parts = {invoice.pk: None, other.pk: Decimal(100)}

    payment = actions.announce_payments(parts, by=prime.finance, paid=Paid(on=LATER.date()), now=LATER)
    assert (payment.amount, payment.allocations.count()) == (Decimal(1450), 2)
    actions.confirm_payment(payment, by=sub.finance, now=LATER)

    invoice.refresh_from_db()
    assert (invoice.status, with_paid(other).status, with_paid(other).open_amount) == (
        "paid", "approved", Decimal(400),
    )  # fmt: skip
    (told_once,) = Notification.objects.filter(kind="payment_announced", user=sub.owner.user)
    assert told_once.context["invoice"] == "INV-0001, INV-0007"


def another(invoice: Invoice) -> Invoice:
    from tests.factories.billing import InvoiceFactory  # noqa: PLC0415 - only here
    from tests.factories.visits import SubmissionFactory  # noqa: PLC0415 - only here

    handed_in = SubmissionFactory(work_order=invoice.work_order, number=9, status="approved", decided_at=LATER,
                                  decided_by=invoice.submission.decided_by)  # fmt: skip
    return InvoiceFactory(
        submission=handed_in, sub=invoice.sub, prime=invoice.prime, number=7, amount=Decimal(500)
    )


def test_one_payment_goes_to_one_firm(invoice, prime):
    other = another(invoice)
    Invoice.objects.filter(pk=other.pk).update(currency="CAD")

    with pytest.raises(Invalid, match="one firm, in one currency"):
        actions.announce_payments(
            {invoice.pk: None, other.pk: None}, by=prime.owner, paid=Paid(on=LATER.date()), now=LATER
        )

    assert not Payment.objects.exists()


def test_money_that_did_not_come_is_open_again(invoice, prime, sub):
    payment = actions.announce_payment(invoice, by=prime.finance, paid=Paid(on=LATER.date()), now=LATER)

    actions.deny_payment(payment, by=sub.finance, now=LATER)

    found = with_paid(invoice)
    assert (found.status, found.announced, found.payable) == ("approved", Decimal(0), Decimal(1350))
    assert actions.confirm_silent_payments(now=payment.silence_at) == 0
    assert firms_told("payment_denied") == {prime.firm.pk}
    with pytest.raises(RuleBroken, match="did not come"):
        actions.confirm_payment(payment, by=sub.finance, now=LATER)
    actions.announce_payment(invoice, by=prime.finance, paid=Paid(on=LATER.date()), now=LATER)


def test_the_record_of_the_payer_waits_while_money_is_disputed(invoice, prime, sub):
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice), now=LATER)
    assert PaymentExperience.objects.get().amount == Decimal(1200)

    rest = actions.announce_payment(invoice, by=prime.finance, paid=Paid(on=date(2007, 3, 12)), now=LATER)
    actions.confirm_payment(rest, by=sub.finance, now=LATER)
    assert not PaymentExperience.objects.exists()
    assert actions.tell_overdue(now=LATER + timedelta(days=60)) == 0

    actions.approve(invoice, by=prime.owner, now=LATER + timedelta(days=4))
    at = LATER + timedelta(days=5)
    rest = actions.announce_payment(invoice, by=prime.finance, paid=Paid(on=at.date()), now=at)
    actions.confirm_payment(rest, by=sub.finance, now=at)
    experience = PaymentExperience.objects.get()
    assert (experience.amount, experience.due_on, experience.paid_on) == (
        Decimal(1350), date(2007, 3, 27), date(2007, 3, 17),
    )  # fmt: skip


def test_ageing_goes_line_by_line_and_what_is_held_is_not_late(invoice, prime):
    second = two_lines(invoice)
    type(second).objects.filter(pk=second.pk).update(due_on=date(2007, 4, 1))
    actions.dispute(invoice, by=prime.finance, lines=wrong(invoice, "100"), now=LATER)
    rows = Invoice.objects.unpaid().with_paid().prefetch_related("lines")

    (aged,) = ageing.aged(rows, date(2007, 3, 25))

    assert (aged.sums[0], aged.sums[1], aged.held, aged.total) == (
        Decimal(450), Decimal(800), Decimal(100), Decimal(1350),
    )  # fmt: skip
    assert aged.next_due == date(2007, 3, 23)


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_pages_lead_through_a_dispute(invoice, prime, sub, monkeypatch):
    invoice.lines.update(contest_by=date(2999, 1, 1))
    page = reverse("invoice", args=[prime.firm.pk, invoice.pk])
    sheet = reverse("invoice-dispute", args=[prime.firm.pk, invoice.pk])
    payer, payee = signed_in(prime.owner), signed_in(sub.owner)

    assert "Dispute lines" in payer.get(page).content.decode()
    refused = payer.post(sheet, {"amount_1": "2000", "reason_1": WHY}).content.decode()
    assert "say an amount up to $1,350" in refused
    assert payer.post(sheet, {"amount_1": "150", "reason_1": WHY})["Location"] == page
    shown = payee.get(reverse("invoice", args=[sub.firm.pk, invoice.pk])).content.decode()
    assert "$150 of “18 computers at $75, " in shown
    credit = reverse("invoice-credit", args=[sub.firm.pk, invoice.pk])
    payee.post(credit, {"amount_1": "150", "reason": "You are right."})

    shown = payer.get(page).content.decode()
    assert "CN-0002</a>: $150 credited" in shown
    assert with_paid(invoice).status == "approved"


def test_several_invoices_are_paid_on_one_page(invoice, prime):
    other = another(invoice)
    page = reverse("pay-together", args=[prime.firm.pk, invoice.sub_id])

    shown = signed_in(prime.finance).get(page).content.decode()
    signed_in(prime.finance).post(
        page, {"amount_1": "1350", f"amount_{other.number}": "", "paid_on": "2007-03-12"}
    )

    assert "$1,850 is open and agreed on, in 2 invoices." in shown
    assert Payment.objects.get().amount == Decimal(1350)


def test_a_page_asks_the_same_however_many_lines(invoice, prime):
    client, page = signed_in(prime.owner), reverse("invoice", args=[prime.firm.pk, invoice.pk])
    client.get(page)
    one = asked(lambda: client.get(page), "billing")
    two_lines(invoice)

    assert asked(lambda: client.get(page), "billing") == one
