"""What a firm reads before it takes a job: how long the other firm takes to pay, and who of its own is somewhere else then."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from engagements.models import Offer
from engagements.models.terms import TERM_FIELDS
from tests.engagements.test_pages import covered, get, job, line, mailed_token, offer, order  # noqa: F401 - fixtures
from tests.factories.engagements import WorkOrderFactory
from tests.factories.partners import FirmFactory, PaymentExperienceFactory
from tests.factories.visits import VisitFactory
from tests.queries import asked

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def paid(payer, payee, days: int, amount: str) -> None:
    issued = TODAY - timedelta(days=60)
    PaymentExperienceFactory(
        payer=payer.firm, payee=payee, amount=Decimal(amount), issued_on=issued, due_on=issued + timedelta(days=15),
        paid_on=issued + timedelta(days=days),
    )  # fmt: skip


@pytest.fixture
def record(prime):
    """$1,000 after 10 days, $3,000 after 19, $1,000 after 40: half the money is there on day 19, nine tenths on day 40."""
    one, two = (FirmFactory(verified_at=timezone.now()) for _ in range(2))
    for payee, days, amount in ((one, 10, "1000"), (one, 19, "3000"), (two, 40, "1000")):
        paid(prime, payee, days, amount)


def api(member) -> APIClient:
    client = APIClient()
    client.force_login(member.user)
    return client


def plain(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_both_offer_pages_say_how_long_the_firm_takes_to_pay(client, offer, sub, record):  # noqa: F811
    said = "Pays in 19 days, 3 invoices; nine tenths of the money within 40 days."

    assert said in plain(client.get(reverse("offer-door", args=[mailed_token(sub.owner)])))
    assert said in plain(get(client, sub.owner, "offer", offer.pk))


def test_thin_evidence_is_no_number(client, offer, prime, sub):  # noqa: F811
    only = FirmFactory(verified_at=timezone.now())
    for _ in range(3):
        paid(prime, only, 19, "100")

    assert "Not enough invoices yet" in plain(get(client, sub.owner, "offer", offer.pk))
    assert api(sub.owner).get(f"/api/v1/offers/{offer.pk}/").data["pays_in"] is None


def test_the_api_says_how_long_the_firm_takes_to_pay(offer, sub, record):  # noqa: F811
    read = api(sub.owner).get(f"/api/v1/offers/{offer.pk}/").data

    assert read["pays_in"] == {"days": 19, "nine_tenths_within": 40, "invoices": 3}


@pytest.fixture
def elsewhere(offer, sub):  # noqa: F811
    """The sub's technician has a visit of another firm's order at the very time of the offer."""
    return visit_at(offer, sub.technician)


def visit_at(offer, technician, **moved):  # noqa: F811
    times = {
        name: getattr(offer.revision, name) for name in TERM_FIELDS if name.startswith(("starts", "ends"))
    }
    shifted = {name: value + moved["later"] for name, value in times.items()} if moved else times
    order = WorkOrderFactory(sub=technician.firm, status="assigned", number=1038, **shifted)  # noqa: F811
    return VisitFactory(work_order=order, technician=technician)


def test_a_technician_who_is_elsewhere_is_named_before_the_job_is_taken(client, offer, sub, elsewhere):  # noqa: F811
    said = f"{sub.technician.user.called} is on WO-1038 that morning."

    assert said in plain(get(client, sub.owner, "offer", offer.pk))
    assert said in plain(client.get(reverse("offer-door", args=[mailed_token(sub.owner)])))
    assert api(sub.owner).get(f"/api/v1/offers/{offer.pk}/").data["warnings"] == [said]


def test_whoever_reads_is_told_of_herself(client, offer, sub):  # noqa: F811
    visit_at(offer, sub.owner)

    assert "You are on WO-1038 that morning." in plain(get(client, sub.owner, "offer", offer.pk))
    assert "You are on WO-1038 that morning." in plain(
        client.get(reverse("offer-door", args=[mailed_token(sub.owner)]))
    )


def test_it_is_a_warning_and_no_refusal(client, offer, sub, elsewhere):  # noqa: F811
    typed = {"revision": str(offer.revision_id), "technician": str(sub.technician.pk)}
    client.force_login(sub.owner.user)
    client.post(reverse("offer-accept", args=[sub.firm.pk, offer.pk]), typed)

    assert Offer.objects.get(pk=offer.pk).status == "accepted"


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=1)])
def test_a_visit_before_or_after_hinders_nobody(client, offer, sub, later):  # noqa: F811
    visit_at(offer, sub.technician, later=later)

    assert "WO-1038" not in plain(get(client, sub.owner, "offer", offer.pk))


def test_a_visit_that_is_done_hinders_nobody_and_other_firms_visits_stay_theirs(client, offer, sub, stranger):  # noqa: F811
    visit_at(offer, stranger.technician)

    assert "WO-1038" not in plain(get(client, sub.owner, "offer", offer.pk))


def test_a_list_of_offers_asks_the_same_at_one_and_at_many(offer, prime, sub, elsewhere, record):  # noqa: F811
    browser = api(sub.owner)
    at_one = asked(lambda: browser.get("/api/v1/offers/"), "partners", "engagements")
    for _ in range(9):
        order = WorkOrderFactory(prime=prime.firm)  # noqa: F811
        again = Offer.objects.create(work_order=order, firm=sub.firm, round=1)
        revision = type(offer.revision)(
            offer=again, number=1, side="prime", units=1, created_at=timezone.now(), currency="USD",
            **{name: getattr(offer.revision, name) for name in TERM_FIELDS},
        )  # fmt: skip
        revision.save(force_insert=True)
        again.status, again.revision, again.sent_at, again.respond_by = "sent", revision, offer.sent_at, offer.respond_by  # fmt: skip
        again.save()

    assert asked(lambda: browser.get("/api/v1/offers/"), "partners", "engagements") == at_one
    assert len(browser.get("/api/v1/offers/").data["results"]) == 10


def test_words_that_name_the_client_are_warned_of_and_only_the_prime_reads_it(offer, prime, sub):  # noqa: F811
    order = offer.work_order  # noqa: F811
    order.client.name, order.scope = "Garden City Dental", "Ring at Garden City Dental, second floor."
    order.client.save()
    order.save()
    address = f"/api/v1/offers/{offer.pk}/"

    said = "The scope names your client (Garden City Dental). They read it before the job is theirs."
    assert api(prime.owner).get(address).data["warnings"] == [said]
    assert api(sub.owner).get(address).data["warnings"] == []
