"""Below the floor a dispatcher asks and an owner sends: each yes is of the revision that was read."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from engagements.actions import floor, offers
from engagements.models import FloorRequest, MarginApproval, Offer, OfferRevision, WorkOrder
from engagements.values import Recipient
from partnernet.core.errors import RuleBroken, Stale, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.test_pages import covered, get, job, line, order, post, terms, typed_terms  # noqa: F401 - fixtures
from tests.factories.partners import FirmFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def thin(order, prime):  # noqa: F811
    """18 computers at $95 that are sold at $100: you keep $90 (5 %)."""
    return offers.change_terms(order, terms("95"), by=prime.dispatcher)


@pytest.fixture
def asked(thin, prime, sub, covered):  # noqa: F811
    floor.ask(thin, [Recipient(sub.firm.pk)], by=prime.dispatcher)
    return FloorRequest.objects.get()


def plain(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_dispatcher_asks_and_the_owners_read_the_figures(asked, thin, prime, sub):
    thin.refresh_from_db()
    assert (thin.status, thin.offers.get().status) == ("draft", "draft")
    assert (asked.asked_by, asked.price, asked.cost, asked.percent) == (
        prime.dispatcher, Decimal("1800.00"), Decimal("1710.00"), Decimal("5.0"),
    )  # fmt: skip
    told = Notification.objects.get()
    assert (told.kind, told.user) == ("floor_asked", prime.owner.user)
    assert (told.context["kept"], told.context["firms"]) == ("$90", sub.firm.name)
    assert thin.events.filter(step="ask_owner").count() == 1


def test_the_owner_sends_with_one_click_from_home(client, asked, thin, prime, sub):
    home = plain(get(client, prime.owner, "home"))
    assert "you keep $90 (5 %)" in home
    assert reverse("work-order-send-below-floor", args=[prime.firm.pk, thin.pk]) in home

    post(client, prime.owner, "work-order-send-below-floor", thin.pk, revision=str(asked.revision_id))

    offer = Offer.objects.get()
    assert (offer.status, offer.work_order.status, offer.firm) == ("sent", "offered", sub.firm)
    approval = MarginApproval.objects.get()
    assert (approval.revision, approval.approved_by, approval.percent) == (offer.revision, prime.owner, Decimal("5.0"))  # fmt: skip
    assert not FloorRequest.objects.exists()
    assert "Below your floor" not in plain(get(client, prime.owner, "home"))


def test_a_draft_that_changed_is_asked_again(asked, thin, prime, sub):
    seen = asked.revision_id
    offers.change_terms(thin, terms("96"), by=prime.dispatcher)
    assert not FloorRequest.objects.exists()
    assert not OfferRevision.objects.exists()

    with pytest.raises(Stale):
        floor.approve(thin, by=prime.owner, seen=seen)
    floor.ask(thin, [Recipient(sub.firm.pk)], by=prime.dispatcher)
    with pytest.raises(Stale):
        floor.approve(thin, by=prime.owner, seen=seen)
    assert WorkOrder.objects.get().status == "draft"


def test_asking_again_replaces_what_was_asked(asked, thin, prime, sub):
    floor.ask(thin, [Recipient(sub.firm.pk)], by=prime.dispatcher)

    assert FloorRequest.objects.get().revision_id != asked.revision_id


@pytest.mark.parametrize("role", ["dispatcher", "finance", "technician", "viewer"])
def test_only_an_owner_sends(client, asked, thin, prime, role):
    with pytest.raises(WrongRole):
        floor.approve(thin, by=getattr(prime, role), seen=asked.revision_id)

    member = getattr(prime, role)
    answer = post(client, member, "work-order-send-below-floor", thin.pk, revision=str(asked.revision_id))
    assert answer.status_code == 403
    assert Offer.objects.get().status == "draft"


def test_nobody_else_learns_of_it(client, asked, thin, prime, sub, stranger):
    for other in (sub, stranger):
        answer = post(
            client, other.owner, "work-order-send-below-floor", thin.pk, revision=str(asked.revision_id)
        )
        assert answer.status_code == 404
        with pytest.raises(WrongSide):
            floor.approve(thin, by=other.owner, seen=asked.revision_id)
        with pytest.raises(WrongSide):
            floor.ask(thin, [Recipient(sub.firm.pk)], by=other.dispatcher)
    assert get(client, sub.owner, "offer", Offer.objects.get().pk).status_code == 404
    assert "Below your floor" not in plain(get(client, prime.dispatcher, "home"))


def test_what_is_above_the_floor_needs_nobody(order, prime, sub, covered):  # noqa: F811
    with pytest.raises(RuleBroken, match="send it yourself"):
        floor.ask(order, [Recipient(sub.firm.pk)], by=prime.dispatcher)

    assert (Offer.objects.count(), Notification.objects.count()) == (0, 0)


def test_a_firm_without_an_agreement_is_refused_before_an_owner_is_bothered(thin, prime):
    with pytest.raises(RuleBroken, match="no agreement in force"):
        floor.ask(thin, [Recipient(FirmFactory().pk)], by=prime.dispatcher)

    assert (Offer.objects.count(), Notification.objects.count()) == (0, 0)


def test_a_revision_that_nobody_read_sends_nothing(asked, thin, prime):
    with pytest.raises(Stale):
        floor.approve(thin, by=prime.owner, seen=uuid4())

    assert Offer.objects.get().status == "draft"


def test_split_and_offer_has_the_button(client, prime, sub, job, line, covered):  # noqa: F811
    typed = typed_terms(**{f"units-{line.pk}": "18", "firms": str(sub.firm.pk), "amount": "95"})
    name = prime.owner.user.called

    refused = post(client, prime.dispatcher, "job-place", job.pk, **typed)
    assert f"Below your floor. Ask {name}." in plain(refused)
    assert WorkOrder.objects.count() == 0

    answer = post(client, prime.dispatcher, "job-place", job.pk, ask="1", **typed)
    made = WorkOrder.objects.get()
    assert answer.url == reverse("work-order", args=[prime.firm.pk, made.pk])
    assert FloorRequest.objects.get().asked_by == prime.dispatcher
    assert "asks an owner to send this below your floor" in plain(
        get(client, prime.dispatcher, "work-order", made.pk)
    )
    assert "Send it below the floor" in plain(get(client, prime.owner, "work-order", made.pk))


def test_an_urgent_job_and_a_draft_ask_as_well(client, prime, sub, thin, covered):  # noqa: F811
    assert "Ask " + prime.owner.user.called in plain(
        get(client, prime.dispatcher, "work-order-offer", thin.pk)
    )
    post(client, prime.dispatcher, "work-order-offer", thin.pk, ask="1", firms=str(sub.firm.pk))
    assert FloorRequest.objects.count() == 1

    post(
        client, prime.dispatcher, "job-urgent", client_name="Hicksville Bakery", postcode="11801", what="Server", ask="1",
        client_price="260", firms=str(sub.firm.pk), cap_hours="3", **typed_terms(pay_kind="hourly", amount="85"),
    )  # fmt: skip
    assert FloorRequest.objects.count() == 2
    assert set(WorkOrder.objects.values_list("status", flat=True)) == {"draft"}
