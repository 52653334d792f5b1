"""A firm is told before it carries more unpaid work for another than it wants to; the other never sees that."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from engagements.actions import answers
from engagements.exposure import exposure_of, warning_before
from partnernet.core.errors import Invalid
from partnernet.core.models import Notification
from partners.actions import partnerships
from tests.engagements.conftest import MONDAY
from tests.everything import nothing_moves
from tests.factories.partners import PaymentExperienceFactory
from tests.factories.visits import SubmissionFactory

pytestmark = pytest.mark.django_db
SENTENCE = (
    "$2,350 of your work for Halcyon Managed would be unpaid: $1,000 on invoices, $1,350 in accepted work. "
    "Your limit is {limit}."
)


def limit(sub, prime, amount: str | None) -> None:
    changes = {"exposure_limit": Decimal(amount) if amount else None}
    partnerships.note(prime.firm, by=sub.owner, changes=changes, now=MONDAY)


@pytest.fixture
def owed(prime, sub) -> None:
    """$1,000 open, $500 paid, and $700 that somebody else owes."""
    PaymentExperienceFactory(payer=prime.firm, payee=sub.firm, amount=Decimal(1000), paid_on=None)
    PaymentExperienceFactory(payer=prime.firm, payee=sub.firm, amount=Decimal(500))
    PaymentExperienceFactory(payee=sub.firm, amount=Decimal(700), paid_on=None)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (None, ""),
        ("2350", ""),
        ("2349.99", SENTENCE.format(limit="$2,349.99")),
        ("0", SENTENCE.format(limit="$0")),
    ],
)
def test_what_is_unpaid_with_this_job_is_held_against_the_limit(offer, owed, prime, sub, amount, said):
    limit(sub, prime, amount)

    assert warning_before(offer) == said


def test_work_that_is_accepted_counts_with_what_it_can_come_to(offer, owed, prime, sub):
    limit(sub, prime, "5000")
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)

    carried = exposure_of(sub.firm.pk, prime_id=prime.firm.pk, currency="USD")

    assert (carried.invoices, carried.accepted) == (Decimal(1000), Decimal(1350))
    assert exposure_of(sub.firm.pk, prime_id=prime.firm.pk, currency="EUR") is None


def test_owners_hear_of_it_when_somebody_else_took_the_job(offer, owed, prime, sub):
    limit(sub, prime, "2000")
    answers.accept(offer, by=sub.dispatcher, revision=offer.revision_id, now=MONDAY)

    news = Notification.objects.filter(kind="exposure_exceeded")
    assert list(news.values_list("user__email", "title")) == [
        ("owner@bluemesa.example", "Above your limit for Halcyon Managed: WO-1001")
    ]
    assert news.get().context["sentence"] == SENTENCE.format(limit="$2,000").replace("would be", "is")


def test_an_owner_who_took_it_has_read_so(offer, owed, prime, sub, browser_of):
    limit(sub, prime, "2000")
    page = browser_of(sub.owner).get(reverse("offer", args=[sub.firm.pk, offer.pk]))
    assert page.context["warnings"] == [SENTENCE.format(limit="$2,000")]

    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)

    assert not Notification.objects.filter(kind="exposure_exceeded").exists()


def test_the_prime_never_sees_it(offer, owed, prime, sub, browser_of):
    limit(sub, prime, "1987")
    answers.accept(offer, by=sub.dispatcher, revision=offer.revision_id, now=MONDAY)

    for name, pk in (("work-order", offer.work_order_id), ("firm", sub.firm.pk)):
        page = browser_of(prime.owner).get(reverse(name, args=[prime.firm.pk, pk]))
        assert "1,987" not in page.content.decode()
    card = browser_of(sub.owner).get(reverse("firm", args=[sub.firm.pk, prime.firm.pk]))
    assert "$1,987" in card.content.decode()


def test_a_limit_is_not_negative(prime, sub):
    with nothing_moves(), pytest.raises(Invalid):
        limit(sub, prime, "-1")


def test_a_part_that_is_invoiced_does_not_count_twice(offer, prime, sub):
    limit(sub, prime, "5000")
    order = answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    SubmissionFactory(
        work_order=order, amount=Decimal(300), status="approved", by_silence=True, decided_at=MONDAY
    )
    PaymentExperienceFactory(payer=prime.firm, payee=sub.firm, amount=Decimal(300), paid_on=None)

    carried = exposure_of(sub.firm.pk, prime_id=prime.firm.pk, currency="USD")

    assert (carried.invoices, carried.accepted) == (Decimal(300), Decimal(1050))
