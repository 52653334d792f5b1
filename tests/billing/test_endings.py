"""Work that ends before it is done: what is paid, what goes back, what it costs, and what counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing import actions, margins
from billing.models import Invoice
from engagements.actions import access, answers, endings, offers, onsite, visits
from engagements.actions.endings import Ending
from engagements.models import AccessGrant, Offer, Submission, Visit, WorkOrder
from engagements.pay import FIXED, HOURLY
from engagements.values import Recipient
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import Notification
from partners.models import ScoreEvent
from tests.engagements.conftest import MONDAY
from tests.engagements.test_visits import THURSDAY_9

pytestmark = pytest.mark.django_db

MOVED_OUT = Ending("client_cancelled", "They moved out.")
OTHERWISE = Ending("otherwise")
SKILLS = Ending("skills", "It is all Linux.", asked_for_more=False)
EARLY, LATE = THURSDAY_9 - timedelta(hours=24), THURSDAY_9 - timedelta(hours=24, microseconds=-1)


def count(order: WorkOrder, sub, units: int) -> None:
    """Have so many units done, and the technician off the site after two hours."""
    at = THURSDAY_9 + timedelta(hours=2, minutes=5)
    onsite.count_units(order, by=sub.technician, units=units, minutes=units * 30, now=at)
    visits.finish(order.visits.get(), by=sub.technician, now=at)


def scored(firm, kind: str) -> list[tuple[Decimal, str]]:
    return list(ScoreEvent.objects.filter(firm=firm, kind=kind).values_list("value", "fault"))


@pytest.mark.parametrize("end", [endings.back_out, endings.remove])
def test_an_order_on_which_nothing_was_done_is_a_draft_again(end, taken, offer, prime, sub, line):
    by, ending = (sub.owner, SKILLS) if end is endings.back_out else (prime.owner, OTHERWISE)

    ended = end(taken, ending, by=by, now=EARLY)

    taken.refresh_from_db()
    line.refresh_from_db()
    assert (taken.status, taken.sub, taken.round, line.committed) == ("draft", None, 2, 18)
    assert (taken.accepted_revision, taken.client_price, taken.added_revenue) == (None, None, None)
    assert (ended.submission, ended.released, Submission.objects.exists()) == (None, None, False)
    assert taken.assignments.get().ended_at == EARLY
    assert Visit.objects.get().status == "called_off"


def test_it_can_be_offered_to_the_same_firm_and_done_again(taken, prime, sub):
    endings.back_out(taken, SKILLS, by=sub.owner, now=EARLY)

    again = offers.offer_work(taken, [Recipient(sub.firm.pk)], by=prime.owner, now=EARLY)[0]
    answers.accept(again, by=sub.owner, revision=again.revision_id, now=EARLY)

    taken.refresh_from_db()
    assert (taken.status, taken.sub) == ("assigned", sub.firm)
    assert list(taken.visits.order_by("number").values_list("number", "status")) == [
        (1, "called_off"),
        (2, "planned"),
    ]


@pytest.mark.parametrize("end", ["back_out", "remove", "cancel"])
def test_what_was_done_is_handed_in_and_the_rest_goes_on(end, running, prime, sub, line):
    count(running, sub, 11)
    by, ending = (sub.dispatcher, SKILLS) if end == "back_out" else (prime.dispatcher, OTHERWISE)

    ended = getattr(endings, end)(running, ending, by=by, now=THURSDAY_9 + timedelta(hours=3))

    running.refresh_from_db()
    assert running.status == "submitted"
    assert [(each.units, each.done) for each in running.lines.all()] == [(11, 11)]
    assert (ended.submission.units, ended.submission.amount) == (11, Decimal("825.00"))
    assert running.client_price == Decimal("1100.00")
    line.refresh_from_db()
    # 11 stay on the order; of 7 left, a cancellation gives them back to the job, else a new draft holds them.
    assert line.committed == (11 if end == "cancel" else 18)
    assert (ended.released is None) == (end == "cancel")


def test_the_released_draft_has_the_terms_of_the_whole(running, prime, sub):
    count(running, sub, 11)

    draft = endings.remove(running, OTHERWISE, by=prime.owner, now=THURSDAY_9 + timedelta(hours=3)).released

    assert (draft.status, draft.amount, draft.not_to_exceed) == ("draft", Decimal("75.00"), Decimal("525.00"))
    assert draft.lines.get().units == 7


def test_of_a_fixed_price_the_same_part_is_paid(running, prime, sub):
    WorkOrder.objects.filter(pk=running.pk).update(
        pay_kind=FIXED,
        amount=Decimal("1000.00"),
        trip_charge=Decimal("40.00"),
        not_to_exceed=Decimal("1040.00"),
    )
    count(running, sub, 11)

    ended = endings.back_out(running, SKILLS, by=sub.owner, now=THURSDAY_9 + timedelta(hours=3))

    # 11 of 18 of 1,000 is 611.11; the trip is paid as it was made.
    assert (ended.submission.amount, ended.order.not_to_exceed) == (Decimal("651.11"), Decimal("651.11"))
    assert (ended.released.amount, ended.released.not_to_exceed) == (Decimal("1000.00"), Decimal("1040.00"))


def test_hours_on_site_are_paid_though_no_unit_was_finished(running, prime, sub):
    WorkOrder.objects.filter(pk=running.pk).update(pay_kind=HOURLY, amount=Decimal("90.00"))
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + timedelta(hours=2, minutes=5))

    ended = endings.remove(running, Ending("quality"), by=prime.owner, now=THURSDAY_9 + timedelta(hours=3))

    assert (ended.submission.units, ended.submission.hours, ended.submission.amount) == (
        0,
        Decimal("2.00"),
        Decimal("180.00"),
    )
    assert ended.released.lines.get().units == 18


def test_the_part_is_approved_and_billed_like_any_work(running, prime, sub):
    count(running, sub, 11)
    at = THURSDAY_9 + timedelta(hours=3)
    ended = endings.back_out(running, SKILLS, by=sub.owner, now=at)

    invoice = actions.approve_work(ended.submission, by=prime.owner, now=at + timedelta(hours=1))

    assert (invoice.kind, invoice.amount) == ("work", Decimal("825.00"))
    (row,) = margins.by_month(prime.firm)
    assert (row.revenue, row.cost) == (Decimal("1100.00"), Decimal("825.00"))


def test_backing_out_after_work_asks_about_the_client(running, sub):
    count(running, sub, 11)

    with pytest.raises(Invalid) as refused:
        endings.back_out(running, Ending("skills"), by=sub.owner, now=THURSDAY_9 + timedelta(hours=3))

    assert refused.value.fields == {"asked_for_more": ["Did the client ask for anything else? Yes or no."]}
    running.refresh_from_db()
    assert (running.status, running.lines.get().units) == ("in_progress", 18)


@pytest.mark.parametrize("end", ["back_out", "remove", "cancel"])
def test_nothing_ends_while_somebody_is_on_site(end, running, prime, sub):
    by, ending = (sub.owner, SKILLS) if end == "back_out" else (prime.owner, OTHERWISE)

    with pytest.raises(RuleBroken, match="Somebody is on site"):
        getattr(endings, end)(running, ending, by=by, now=THURSDAY_9 + timedelta(hours=3))

    running.refresh_from_db()
    assert running.status == "in_progress"


def test_the_sub_hands_access_back_before_it_backs_out(taken, prime, sub):
    access.hand_over(taken, access.Access("Key 14"), by=prime.owner, now=MONDAY)

    with pytest.raises(RuleBroken, match="Hand back first: Key 14"):
        endings.back_out(taken, SKILLS, by=sub.owner, now=EARLY)

    assert AccessGrant.objects.owed().count() == 1


@pytest.mark.parametrize("end", ["remove", "cancel"])
def test_access_is_owed_back_when_the_prime_ends_the_work(end, taken, prime, sub):
    access.hand_over(taken, access.Access("Key 14"), by=prime.owner, now=MONDAY)

    getattr(endings, end)(taken, OTHERWISE, by=prime.owner, now=EARLY)

    grant = AccessGrant.objects.with_work().get()
    assert (grant.holder, grant.revoked_at, AccessGrant.objects.owed().get()) == (sub.firm, None, grant)


FEES = [
    # step, cause, when, what is owed
    ("cancel", "client_cancelled", LATE, "215.00"),
    ("cancel", "otherwise", LATE, "215.00"),
    ("cancel", "force", LATE, None),
    ("cancel", "client_cancelled", EARLY, None),
    ("remove", "client_wish", LATE, "215.00"),
    ("remove", "conduct", LATE, None),
    ("remove", "otherwise", EARLY, None),
]


@pytest.mark.parametrize(
    ("step", "cause", "at", "owed"), FEES, ids=[f"{row[0]}-{row[1]}-{row[3]}" for row in FEES]
)
def test_a_late_end_that_is_not_the_subs_cause_is_invoiced_by_itself(
    step, cause, at, owed, taken, prime, sub
):
    WorkOrder.objects.filter(pk=taken.pk).update(cancellation_fee=Decimal("215.00"))
    door = {"cancel": actions.cancel_order, "remove": actions.remove_firm}[step]

    door(taken, Ending(cause), by=prime.owner, now=at)

    bills = [(bill.kind, bill.amount, bill.sub, bill.due_on) for bill in Invoice.objects.all()]
    due = [("fee", Decimal(owed), sub.firm, date(2007, 3, 22))] if owed else []
    assert bills == due


def test_the_fee_counts_in_the_margin_of_the_month(taken, prime):
    WorkOrder.objects.filter(pk=taken.pk).update(cancellation_fee=Decimal("215.00"))

    actions.cancel_order(taken, MOVED_OUT, by=prime.owner, now=LATE)

    (row,) = margins.by_month(prime.firm)
    assert (row.name, row.revenue, row.cost, row.added_revenue) == (
        "March 2007",
        Decimal(0),
        Decimal("215.00"),
        Decimal(0),
    )


def test_without_an_agreed_fee_it_is_the_minimum_and_the_trip_of_who_set_off(taken, visit, prime, sub):
    WorkOrder.objects.filter(pk=taken.pk).update(
        pay_kind=HOURLY, amount=Decimal("90.00"), minimum_hours=Decimal(2), trip_charge=Decimal("35.00")
    )
    at_home = endings.foresee(WorkOrder.objects.get(pk=taken.pk), now=LATE)
    visits.set_off(visit, by=sub.technician, now=THURSDAY_9 - timedelta(minutes=40))
    on_the_way = endings.foresee(WorkOrder.objects.get(pk=taken.pk), now=LATE)

    assert (at_home.fee, on_the_way.fee) == (Decimal("180.00"), Decimal("215.00"))


EVIDENCE = [
    # step, cause, when, whose record, kind, what lies elsewhere
    ("back_out", "overbooked", EARLY, "sub", "backed_out_early", ""),
    ("back_out", "overbooked", LATE, "sub", "backed_out_late", ""),
    ("back_out", "unsafe", LATE, "sub", "backed_out_late", "client"),
    ("remove", "no_show", THURSDAY_9 + timedelta(hours=3), "sub", "no_show", ""),
    ("cancel", "otherwise", LATE, "prime", "cancelled_late", ""),
    ("cancel", "client_cancelled", LATE, "prime", "cancelled_late", "client"),
]


@pytest.mark.parametrize(("step", "cause", "at", "whose", "kind", "fault"), EVIDENCE)
def test_an_end_is_evidence_about_whoever_caused_it(step, cause, at, whose, kind, fault, taken, prime, sub):
    by = sub.owner if step == "back_out" else prime.owner

    getattr(endings, step)(taken, Ending(cause), by=by, now=at)

    about, other = (sub, prime) if whose == "sub" else (prime, sub)
    assert scored(about.firm, kind) == [(Decimal(0), fault)]
    assert not ScoreEvent.objects.filter(firm=other.firm).exists()


def test_a_prime_that_ends_what_has_begun_did_not_cancel_late(running, prime, sub):
    count(running, sub, 11)

    endings.cancel(running, OTHERWISE, by=prime.owner, now=THURSDAY_9 + timedelta(hours=3))

    assert not ScoreEvent.objects.filter(kind="cancelled_late").exists()


@pytest.mark.parametrize(
    ("step", "cause"), [("cancel", "otherwise"), ("remove", "quality"), ("remove", "otherwise")]
)
def test_an_early_end_by_the_prime_counts_for_nobody(step, cause, taken, prime):
    getattr(endings, step)(taken, Ending(cause), by=prime.owner, now=EARLY)

    assert not ScoreEvent.objects.exists()


def test_cancelling_a_job_bills_each_fee_and_leaves_what_was_handed_in(taken, handed_in, job, prime, sub):
    actions.cancel_job(job, MOVED_OUT, by=prime.owner, now=THURSDAY_9 + timedelta(hours=11))

    job.refresh_from_db()
    taken.refresh_from_db()
    assert (job.status, taken.status) == ("cancelled", "submitted")


def test_the_other_firm_reads_why_and_what_it_means(running, prime, sub):
    count(running, sub, 11)
    Notification.objects.all().delete()

    endings.back_out(running, SKILLS, by=sub.owner, now=THURSDAY_9 + timedelta(hours=3))

    told = Notification.objects.filter(kind="order_backed_out")
    assert {each.firm for each in told} == {prime.firm.pk}
    assert told[0].context["reason"] == "It takes skills that we do not have. It is all Linux."
    assert (told[0].context["done"], told[0].context["pays"]) == ("11 computers", "$825")


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_says_what_it_means_before_the_button(running, prime, sub):
    count(running, sub, 11)
    page = reverse("work-order-back-out", args=[sub.firm.pk, running.pk])

    shown = signed_in(sub.owner).get(page).content.decode()
    sent = signed_in(sub.owner).post(page, {"cause": "skills", "asked_for_more": "no"})

    assert "What was done, 11 computers, is handed in: $825." in shown
    assert sent.headers["Location"] == reverse("work-order", args=[sub.firm.pk, running.pk])
    running.refresh_from_db()
    assert running.status == "submitted"


def test_who_gave_an_untouched_order_back_lands_at_home_and_reads_of_it_on_the_offer(taken, offer, sub):
    client = signed_in(sub.owner)

    sent = client.post(reverse("work-order-back-out", args=[sub.firm.pk, taken.pk]), {"cause": "skills"})

    assert sent.headers["Location"] == reverse("home", args=[sub.firm.pk])
    assert client.get(reverse("work-order", args=[sub.firm.pk, taken.pk])).status_code == 404
    shown = client.get(reverse("offer", args=[sub.firm.pk, offer.pk])).content.decode()
    assert "it went back before anything was done" in shown
    assert "Open the job" not in shown
    assert Offer.objects.get(pk=offer.pk).status == "accepted"
