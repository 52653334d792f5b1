"""The pages of jobs, work orders and offers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.models import CoverageOverride
from engagements.actions import counters, offers, orders
from engagements.models import Engagement, Offer, WorkOrder
from engagements.pay import PER_UNIT, PayTerms
from engagements.values import Asked, NewTerms, OrderDraft, Piece, Recipient, Schedule
from partnernet.core import links
from partnernet.core.models import Delivery
from tests.factories.engagements import CrewMemberFactory, EngagementFactory, EngagementLineFactory

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"


def soon(days: int, hour: int) -> datetime:
    day = timezone.now().astimezone().replace(tzinfo=None) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def terms(amount: str = "75") -> Asked:
    return Asked(
        PayTerms(PER_UNIT, Decimal(amount)), Schedule("arrival_window", NEW_YORK, soon(5, 9), soon(5, 11))
    )


@pytest.fixture
def job(prime):
    deadline = soon(20, 0)
    engagement = EngagementFactory(
        firm=prime.firm, deadline_local=deadline, deadline_at=deadline.replace(tzinfo=UTC)
    )
    CrewMemberFactory(engagement=engagement, hours=[[day, 540, 600] for day in range(5)])
    return engagement


@pytest.fixture
def line(job):
    return EngagementLineFactory(engagement=job, units=240)


@pytest.fixture
def covered(prime, sub):
    now = timezone.now()
    CoverageOverride.objects.create(
        prime=prime.firm, sub=sub.firm, reason="Known for years.", created_by=prime.owner.user, created_at=now,
        expires_at=now + timedelta(days=29),
    )  # fmt: skip


@pytest.fixture
def order(job, line, prime):
    draft = OrderDraft(asked=terms(), routing="first_accept")
    return orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft)[0]


@pytest.fixture
def offer(order, prime, sub, covered):
    return offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher)[0]


def get(client, member, name, *args):
    client.force_login(member.user)
    return client.get(reverse(name, args=[member.firm_id, *args]))


def post(client, member, name, *args, **typed):
    client.force_login(member.user)
    return client.post(reverse(name, args=[member.firm_id, *args]), typed)


TYPED = {
    "pay_kind": "per_unit", "amount": "75", "schedule_kind": "arrival_window", "after_hours_factor": "1",
    "net_days": "15", "silence_days": "7", "routing": "first_accept",
}  # fmt: skip


def typed_terms(**known):
    times = {"starts": f"{soon(5, 9):%Y-%m-%dT%H:%M}", "ends": f"{soon(5, 11):%Y-%m-%dT%H:%M}"}
    return TYPED | times | known


def test_a_job_is_typed_and_says_whether_it_makes_the_date(client, prime):
    answer = post(
        client, prime.dispatcher, "job-new", title="Daylight saving fix", unit_noun="computer", timezone=NEW_YORK,
        deadline=f"{soon(20, 0):%Y-%m-%dT%H:%M}", currency="USD", margin_warn_percent="20", margin_floor_percent="10",
    )  # fmt: skip

    job = Engagement.objects.get()
    assert answer.url == reverse("job", args=[prime.firm.pk, job.pk])
    assert "Add the first site" in get(client, prime.dispatcher, "job", job.pk).content.decode()


def test_a_deadline_that_the_clocks_skip_is_refused_beside_its_field(client, prime):
    answer = post(
        client, prime.dispatcher, "job-new", title="Fix", unit_noun="computer", timezone=NEW_YORK,
        deadline="2027-03-14T02:30", currency="USD", margin_warn_percent="20", margin_floor_percent="10",
    )  # fmt: skip

    assert "does not exist in America/New_York" in answer.context["form"].errors["deadline"][0]
    assert Engagement.objects.count() == 0


def test_the_job_page_shows_the_shortfall(client, prime, job, line):
    page = get(client, prime.owner, "job", job.pk).content.decode()

    assert "of 240 computers will miss" in page
    assert "Place" in page


def test_units_are_split_and_offered_from_one_page(client, prime, sub, job, line, covered):
    page = get(client, prime.dispatcher, "job-place", job.pk).content.decode()
    assert "Blue Mesa IT" in page

    answer = post(
        client,
        prime.dispatcher,
        "job-place",
        job.pk,
        **typed_terms(**{f"units-{line.pk}": "18", "firms": str(sub.firm.pk)}),
    )

    order = WorkOrder.objects.get()
    assert answer.url == reverse("work-order", args=[prime.firm.pk, order.pk])
    assert (order.status, order.offers.get().firm) == ("offered", sub.firm)


def test_units_over_the_rest_are_refused_beside_their_field(client, prime, job, line):
    answer = post(client, prime.dispatcher, "job-place", job.pk, **typed_terms(**{f"units-{line.pk}": "241"}))

    assert answer.status_code == 200
    assert f"units-{line.pk}" in answer.context["form"].errors
    assert WorkOrder.objects.count() == 0


def test_the_margin_is_shown_while_typing(client, prime, job, line):
    client.force_login(prime.dispatcher.user)
    answer = client.get(
        reverse("job-place-margin", args=[prime.firm.pk, job.pk]), typed_terms(**{f"units-{line.pk}": "18"})
    )

    assert "you keep $450 (25 %)" in " ".join(answer.content.decode().split())


def test_an_urgent_job_is_one_form(client, prime, sub, covered):
    page = get(client, prime.owner, "job-urgent").content.decode()
    assert "Blue Mesa IT" in page

    answer = post(
        client, prime.owner, "job-urgent", client_name="Hicksville Bakery", postcode="11801", street="1 Broadway",
        what="Server does not start", client_price="400", firms=str(sub.firm.pk), cap_hours="3",
        **typed_terms(pay_kind="hourly", amount="85"),
    )  # fmt: skip

    order = WorkOrder.objects.get()
    assert answer.url == reverse("work-order", args=[prime.firm.pk, order.pk])
    assert (order.status, order.client.name, order.not_to_exceed) == (
        "offered",
        "Hicksville Bakery",
        Decimal("255.00"),
    )


def test_an_urgent_job_that_cannot_be_offered_leaves_nothing_behind(client, prime, sub):
    answer = post(
        client, prime.owner, "job-urgent", client_name="Hicksville Bakery", postcode="11801", what="Server",
        client_price="400", firms=str(sub.firm.pk), cap_hours="3", **typed_terms(pay_kind="hourly", amount="85"),
    )  # fmt: skip

    assert "no agreement in force" in answer.content.decode()
    assert (WorkOrder.objects.count(), Engagement.objects.count(), prime.firm.clients.count()) == (0, 0, 0)


def test_a_stranger_and_a_sub_before_assignment_find_no_order(client, offer, order, sub, stranger):
    assert get(client, stranger.owner, "work-order", order.pk).status_code == 404
    assert get(client, sub.owner, "work-order", order.pk).status_code == 404
    assert get(client, stranger.owner, "offer", offer.pk).status_code == 404


def test_a_technician_is_kept_from_offers(client, offer, sub):
    assert get(client, sub.technician, "offer", offer.pk).status_code == 403


def test_the_offer_hides_the_client_and_the_price(client, offer, order, sub):
    page = get(client, sub.owner, "offer", offer.pk).content.decode()

    assert "$1,350" in page
    assert "Hicksville" in page
    assert order.client.name not in page
    assert order.site.street not in page
    assert "1,800" not in page


def test_taking_a_job_opens_the_order(client, offer, order, sub):
    post(
        client,
        sub.owner,
        "offer-accept",
        offer.pk,
        revision=str(offer.revision_id),
        technician=str(sub.technician.pk),
    )

    page = get(client, sub.owner, "work-order", order.pk).content.decode()
    assert order.client.name in page
    assert "you get at most" in page
    assert "1,800" not in page


def test_the_wrong_side_is_told_why(client, offer, prime):
    answer = post(client, prime.owner, "offer-accept", offer.pk, revision=str(offer.revision_id))

    assert answer.status_code == 403
    assert Offer.objects.get(pk=offer.pk).status == "sent"


def test_the_prime_reads_a_counter_offer_with_what_it_would_keep(client, offer, order, prime, sub):
    counters.counter(offer, NewTerms(terms("80"), 12), by=sub.owner)

    page = " ".join(get(client, prime.owner, "work-order", order.pk).content.decode().split())
    assert "You would keep $240 (20 %)" in page


@pytest.mark.parametrize("name", ["offer-counter", "offer-revise"])
def test_the_forms_for_other_terms_open(client, offer, prime, sub, name):
    member = sub.owner if name == "offer-counter" else prime.owner
    assert get(client, member, name, offer.pk).status_code == 200


@pytest.mark.parametrize("name", ["job-edit", "job-cancel", "job-line-add", "job-crew", "job-place"])
def test_the_pages_of_a_job_open(client, prime, job, line, name):
    assert get(client, prime.owner, name, job.pk).status_code == 200
    assert get(client, prime.technician, name, job.pk).status_code == 403


def mailed_token(member) -> str:
    delivery = Delivery.objects.get(address=member.user.email, notification__kind="offer_sent")
    return links.token(delivery.pk)


def test_the_mailed_link_is_read_without_signing_in_and_changes_nothing(client, offer, sub):
    token = mailed_token(sub.owner)

    page = client.get(reverse("offer-door", args=[token]))

    assert page.status_code == 200
    assert "Take this job" in page.content.decode()
    assert Offer.objects.get(pk=offer.pk).status == "sent"


def test_an_unknown_link_is_not_there(client, offer):
    assert client.get(reverse("offer-door", args=["x" * 43])).status_code == 404


def test_an_unknown_device_asks_for_a_code_and_is_known_afterwards(client, offer, sub):
    address = reverse("offer-door-answer", args=[mailed_token(sub.owner)])
    typed = {"step": "accept", "revision": str(offer.revision_id)}

    asked = client.post(address, typed)
    assert "Is it you?" in asked.content.decode()
    assert Offer.objects.get(pk=offer.pk).status == "sent"
    code = outbox.outbox[-1].subject.split()[0]
    assert outbox.outbox[-1].to == [sub.owner.user.email]

    client.post(address, typed | {"code": code})
    assert Offer.objects.get(pk=offer.pk).status == "accepted"
    assert offer.events.get(step="accept").door == "email"
    page = client.get(reverse("offer-door", args=[mailed_token(sub.owner)])).content.decode()
    assert "You have taken this job" in page


def test_a_wrong_code_changes_nothing_and_five_use_it_up(client, offer, sub):
    address = reverse("offer-door-answer", args=[mailed_token(sub.owner)])
    client.post(address, {"step": "decline"})
    code = outbox.outbox[-1].subject.split()[0]
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(5):
        client.post(address, {"step": "decline", "code": wrong})
    client.post(address, {"step": "decline", "code": code})

    assert Offer.objects.get(pk=offer.pk).status == "sent"


def test_a_person_who_left_the_firm_has_no_door(client, offer, sub):
    token = mailed_token(sub.dispatcher)
    dispatcher = sub.dispatcher
    dispatcher.is_active, dispatcher.removed_at, dispatcher.removed_by = False, timezone.now(), sub.owner.user
    dispatcher.save()

    assert client.get(reverse("offer-door", args=[token])).status_code == 404


def queries(client, member, name, *args) -> int:
    client.force_login(member.user)
    address = reverse(name, args=[member.firm_id, *args])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def more_of_everything(prime, sub, job, covered, count=49):
    for _ in range(count):
        line = EngagementLineFactory(engagement=job, units=20)
        CrewMemberFactory(engagement=job)
        (order,) = orders.split(
            job,
            [Piece(line.pk, 2)],
            by=prime.dispatcher,
            draft=OrderDraft(asked=terms(), routing="first_accept"),
        )
        offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher)
        EngagementFactory(firm=prime.firm)


def test_lists_and_pages_ask_the_same_questions_at_one_row_and_at_fifty(
    client, prime, sub, job, order, offer, covered
):
    pages = [
        (prime.owner, "jobs"), (prime.owner, "job", job.pk), (prime.owner, "job-place", job.pk),
        (prime.owner, "work-orders"), (prime.owner, "work-order", order.pk), (sub.owner, "offers"),
        (sub.owner, "offer", offer.pk),
    ]  # fmt: skip
    at_one = [queries(client, *page) for page in pages]
    more_of_everything(prime, sub, job, covered)

    assert [queries(client, *page) for page in pages] == at_one
    assert max(at_one) <= 32
