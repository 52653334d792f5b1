"""The REST API of jobs, work orders and offers."""

import pytest
from rest_framework.test import APIClient

from engagements.models import Engagement, EngagementLine, Offer, WorkOrder
from tests.engagements.test_pages import covered, job, line, offer, order, soon  # noqa: F401 - fixtures
from tests.factories.clients import ClientFactory, SiteFactory

pytestmark = pytest.mark.django_db
NEW_YORK = "America/New_York"


def api(member) -> APIClient:
    client = APIClient()
    client.force_login(member.user)
    return client


def terms(**known):
    return {
        "pay_kind": "per_unit", "amount": "75.00", "schedule_kind": "arrival_window", "timezone": NEW_YORK,
        "starts": f"{soon(5, 9):%Y-%m-%dT%H:%M}", "ends": f"{soon(5, 11):%Y-%m-%dT%H:%M}",
    } | known  # fmt: skip


def test_a_whole_job_to_the_acceptance(prime, sub, covered):  # noqa: F811
    client, site = api(prime.dispatcher), SiteFactory(client=ClientFactory(firm=prime.firm))
    typed = {"title": "Fix", "timezone": NEW_YORK, "deadline": f"{soon(20, 0):%Y-%m-%dT%H:%M}"}
    made = client.post("/api/v1/engagements/", typed, format="json")
    assert made.status_code == 201
    address = f"/api/v1/engagements/{made.data['id']}/"
    units = {
        "site": str(site.pk),
        "what": "Install",
        "units": 40,
        "estimated_minutes": 45,
        "unit_price": "100.00",
    }
    row = client.post(address + "lines/", units, format="json").data
    hours = {"name": "Ann", "timezone": NEW_YORK, "hours": [[0, 540, 600]]}
    assert client.post(address + "crew/", hours, format="json").status_code == 201
    assert client.post(address + "activate/").data["status"] == "active"
    report = {"line": row["id"], "units": 2, "minutes": 124}
    assert client.post(address + "unit-reports/", report, format="json").status_code == 201
    assert client.get(address + "shortfall/").data["units"] == 40
    assert client.get(address + "matches/?units=18").data[0]["name"] == "Blue Mesa IT"

    split = {"engagement": made.data["id"], "lines": [{"line": row["id"], "units": 18}], **terms()}
    (new,) = client.post("/api/v1/work-orders/", split, format="json").data
    assert new["not_to_exceed"] == {"amount": "1350.00", "currency": "USD"}
    to = {"firms": [{"firm": str(sub.firm.pk)}]}
    (sent,) = client.post(f"/api/v1/work-orders/{new['id']}/offer/", to, format="json").data
    assert client.get(address + "margin/").data["kept"]["amount"] == "450.00"

    received = api(sub.owner).get(f"/api/v1/offers/{sent['id']}/").data
    assert "work_order" not in received
    answer = api(sub.owner).post(
        f"/api/v1/offers/{sent['id']}/accept/", {"revision": received["revision"]["id"]}, format="json"
    )
    assert (answer.status_code, answer.data["status"]) == (200, "accepted")
    shown = api(sub.owner).get(f"/api/v1/work-orders/{new['id']}/").data
    assert shown["status"] == "assigned"
    assert "client_price" not in shown
    assert [
        event["step"] for event in api(sub.owner).get(f"/api/v1/work-orders/{new['id']}/events/").data
    ] == ["assign"]


@pytest.mark.parametrize("path", ["engagements", "work-orders", "offers"])
def test_a_stranger_sees_nothing(path, offer, stranger):  # noqa: F811
    key = {
        "engagements": offer.work_order.engagement_id,
        "work-orders": offer.work_order_id,
        "offers": offer.pk,
    }[path]

    assert api(stranger.owner).get(f"/api/v1/{path}/").data["results"] == []
    assert api(stranger.owner).get(f"/api/v1/{path}/{key}/").status_code == 404


def test_an_order_is_not_there_for_the_sub_before_assignment(offer, sub):  # noqa: F811
    assert api(sub.owner).get(f"/api/v1/work-orders/{offer.work_order_id}/").status_code == 404


def test_a_stale_revision_is_409(offer, sub):  # noqa: F811
    stale = {"revision": str(offer.pk)}
    answer = api(sub.owner).post(f"/api/v1/offers/{offer.pk}/accept/", stale, format="json")

    assert (answer.status_code, answer.data["code"]) == (409, "stale_revision")
    assert Offer.objects.get(pk=offer.pk).status == "sent"


def test_an_illegal_step_names_those_that_are_open(offer, prime):  # noqa: F811
    answer = api(prime.owner).post(
        f"/api/v1/offers/{offer.pk}/accept-counter/", {"revision": str(offer.pk)}, format="json"
    )

    assert (answer.status_code, answer.data["code"]) == (409, "illegal_step")
    assert answer.data["open_steps"] == ["undo", "revise", "withdraw"]


def test_a_status_cannot_be_written(job, prime):  # noqa: F811
    answer = api(prime.owner).patch(f"/api/v1/engagements/{job.pk}/", {"status": "cancelled"}, format="json")

    assert answer.status_code == 405
    assert Engagement.objects.get(pk=job.pk).status == "active"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"starts": "2027-03-14T02:30", "ends": "2027-03-14T05:00"}, "starts"),
        ({"starts": None}, "starts"),
        ({"pay_kind": "barter"}, "pay_kind"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(job, line, prime, wrong, field):  # noqa: F811
    split = {"engagement": str(job.pk), "lines": [{"line": str(line.pk), "units": 18}], **terms(**wrong)}
    answer = api(prime.owner).post("/api/v1/work-orders/", split, format="json")

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, field)
    assert WorkOrder.objects.count() == 0
    assert EngagementLine.objects.get(pk=line.pk).committed == 0
