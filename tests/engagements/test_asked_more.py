"""What a client asked for becomes a change, or new work that the reporter is offered first."""

from __future__ import annotations

import pytest

from contracts.models import ApproachReport
from engagements.actions import asked_more, offers, orders, submissions
from engagements.models import ChangeRequest, Offer
from engagements.values import OrderDraft, Piece, Recipient
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken
from tests.engagements.conftest import MONDAY, asked, job, line, now, offer, order  # noqa: F401 - fixtures
from tests.engagements.conftest import cover as cover_them
from tests.engagements.test_visits import THURSDAY_9, running, taken, visit  # noqa: F401 - fixtures
from tests.factories.engagements import EngagementLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(running, sub) -> ApproachReport:  # noqa: F811
    talk = submissions.ClientAsked("A second server")
    return submissions.client_asked(running, by=sub.technician, asked=talk, now=THURSDAY_9)


@pytest.fixture
def more(job, line, prime):  # noqa: F811
    """A draft order for the same client."""
    draft = OrderDraft(asked=asked(), routing="first_accept")
    return orders.split(job, [Piece(line.pk, 2)], by=prime.dispatcher, draft=draft, now=MONDAY)[0]


def test_it_becomes_a_change_that_the_sub_answers(prime, report):
    done = asked_more.make_change(report, by=prime.dispatcher, text="Look at the server", now=THURSDAY_9)

    change = ChangeRequest.objects.get()
    assert (done.status, done.became_id) == ("change_order", change.pk)
    assert (change.kind, change.side, change.status) == ("scope", "prime", "asked")


def test_work_that_was_handed_in_takes_no_change(prime, report):
    report_order = report.work_order_id
    offers.WorkOrder.objects.filter(pk=report_order).update(status="approved")

    with pytest.raises(IllegalStep):
        asked_more.make_change(report, by=prime.owner, text="Look at it", now=THURSDAY_9)

    report.refresh_from_db()
    assert report.status == "reported"


def test_the_reporter_gets_the_first_offer_of_what_it_becomes(prime, sub, stranger, report, more):
    for other in (sub, stranger):
        cover_them(prime, other)
    asked_more.make_work(report, more, by=prime.dispatcher, now=THURSDAY_9)
    both = [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)]

    for to in ([both[1]], both, both[::-1]):
        with pytest.raises(RuleBroken, match="gets the first offer") as refusal:
            offers.offer_work(more, to, by=prime.owner, now=MONDAY)
        assert refusal.value.code == "first_offer_owed"
        assert Offer.objects.filter(work_order=more).count() == 0
    (first,) = offers.offer_work(more, [both[0]], by=prime.owner, now=MONDAY)
    later = offers.offer_work(more, [both[1]], by=prime.owner, now=MONDAY)

    assert (first.status, later[0].status) == ("sent", "sent")


def test_only_a_draft_for_that_client_will_do(prime, sub, report, more, job):  # noqa: F811
    elsewhere = EngagementLineFactory(engagement=job)
    draft = OrderDraft(asked=asked(), routing="first_accept")
    (other,) = orders.split(job, [Piece(elsewhere.pk, 1)], by=prime.dispatcher, draft=draft, now=MONDAY)
    with pytest.raises(Invalid, match="another client"):
        asked_more.make_work(report, other, by=prime.owner, now=THURSDAY_9)
    cover_them(prime, sub)
    offers.offer_work(more, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)

    with pytest.raises(Invalid, match="asked already"):
        asked_more.make_work(report, more, by=prime.owner, now=THURSDAY_9)

    report.refresh_from_db()
    assert report.status == "reported"
