"""Cover in the browser, on the phone and by program."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from contracts.models import CoverageOverride
from engagements.models import BriefingRead, CallOff, TimeEntry, WorkOrder
from partnernet.core.localtime import to_local
from tests.engagements.conftest import NEW_YORK
from tests.factories.call_offs import CallOffFactory, TimeEntryFactory, cover_order
from tests.factories.clients import ClientFactory, SiteFactory
from tests.queries import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def covered(prime, sub):
    now = timezone.now()
    CoverageOverride.objects.create(
        prime=prime.firm, sub=sub.firm, reason="Known for years.", created_by=prime.owner.user, created_at=now,
        expires_at=now + timedelta(days=300),
    )  # fmt: skip


@pytest.fixture
def order(prime, sub, covered) -> WorkOrder:
    """Cover around the clock that runs now, kept by the technician."""
    now = timezone.now().replace(second=0, microsecond=0)
    starts, ends = now - timedelta(days=2), now + timedelta(days=19)
    times = {
        "starts_at": starts, "starts_local": to_local(starts, NEW_YORK), "ends_at": ends,
        "ends_local": to_local(starts, NEW_YORK) + timedelta(days=21),
    }  # fmt: skip
    return cover_order(prime.firm, sub.firm, technician=sub.technician, **times)


@pytest.fixture
def clinic(prime):
    return SiteFactory(
        client=ClientFactory(firm=prime.firm, name="Oak Street Clinic"), town="Mineola", state="NY"
    )


@pytest.fixture
def called(order, clinic, prime) -> CallOff:
    return CallOffFactory(
        work_order=order, client=clinic.client, site=clinic, ticket="T-77", called_by=prime.owner,
        called_at=timezone.now(), answer_by=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip


def address(member, name: str, *args: object) -> str:
    return reverse(name, args=[member.firm_id, *args])


def read(browser, member, name: str, *args: object) -> str:
    answer = browser.get(address(member, name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_new_job_cover_is_one_form(prime, sub, clinic, covered, browser_of):
    browser, page = browser_of(prime.owner), address(prime.owner, "job-cover")
    first = (timezone.now() + timedelta(days=2)).date()
    typed = {
        "what": "Nights", "site": clinic.pk, "starts": f"{first}T17:00", "ends": f"{first + timedelta(days=14)}T08:00",
        "response_minutes": 30, "weekly_minimum": 5, "weekly_maximum": 20, "amount": "80", "client_price": "9000",
        "routing": "one_by_one", "firms": [sub.firm.pk], "schedule_kind": "cover", "pay_kind": "hourly",
    }  # fmt: skip

    refused = browser.post(page, typed | {"response_minutes": ""})
    assert refused.context["form"].errors == {"response_minutes": ["This field is required."]}
    sent = browser.post(page, typed)

    order = WorkOrder.objects.get()
    assert sent["Location"] == address(prime.owner, "work-order", order.pk)
    assert (order.schedule_kind, order.cap_hours, order.not_to_exceed, order.status) == (
        "cover",
        40,
        3200,
        "offered",
    )
    received = order.offers.get()
    shown = read(browser_of(sub.owner), sub.owner, "offer", received.pk)
    assert "5 pm to 8 am each day" in shown
    assert "A call-off is answered within 30 minutes, 5 to 20 hours a week are paid." in shown
    assert "each week paid 15 days after it is handed in" in shown


def test_other_terms_of_cover_stay_cover(prime, sub, clinic, covered, browser_of):
    test_new_job_cover_is_one_form(prime, sub, clinic, covered, browser_of)
    offer = WorkOrder.objects.get().offers.get()
    browser, page = browser_of(sub.owner), address(sub.owner, "offer-counter", offer.pk)
    shown = browser.get(page).context["form"].initial
    typed = {name: "" if value is None else value for name, value in shown.items()} | {
        "units": 1, "weekly_minimum": 10, "starts": f"{shown['starts']:%Y-%m-%dT%H:%M}", "ends": f"{shown['ends']:%Y-%m-%dT%H:%M}",
    }  # fmt: skip

    browser.post(page, typed)

    offer.refresh_from_db()
    assert (offer.status, offer.counter.schedule_kind, offer.counter.weekly_minimum) == (
        "countered",
        "cover",
        10,
    )
    assert offer.counter.changes == {"weekly_minimum": ["5.00", "10.00"]}


def test_a_ticket_is_called_off_at_the_desk(order, clinic, prime, sub, browser_of):
    browser, page = browser_of(prime.dispatcher), address(prime.dispatcher, "call-off-new", order.pk)
    typed = {
        "client": clinic.client_id,
        "site": clinic.pk,
        "ticket": "T-1",
        "what": "No mail",
        "cap_hours": "2",
    }

    named = browser.post(page, typed | {"what": "No mail at Oak Street Clinic"})
    assert not CallOff.objects.exists()
    assert "Oak Street Clinic" in named.content.decode()
    browser.post(page, typed)

    made = CallOff.objects.get()
    assert (made.ticket, made.called_by, made.work_order) == ("T-1", prime.dispatcher, order)
    assert "T-1" in read(browser, prime.dispatcher, "work-order", order.pk)


def test_a_technician_answers_and_logs_with_a_thumb(order, called, sub, browser_of):
    browser, me = browser_of(sub.technician), sub.technician
    assert "T-77" in read(browser, me, "today")
    waiting = read(browser, me, "call-off", called.pk)
    assert "Mineola" in waiting
    assert "Oak Street" not in waiting
    assert "I keep to these. We are on it" in waiting

    browser.post(address(me, "call-off-acknowledge", called.pk), {"rules": "1"})
    assert "Oak Street Clinic" in read(browser, me, "call-off", called.pk)
    browser.post(address(me, "call-off-time", called.pk), {"usual": "30", "minutes": "", "on": "", "starts": "", "ends": "", "note": ""})  # fmt: skip
    refused = browser.post(address(me, "call-off-time", called.pk), {"minutes": "900"})
    assert "has 150 minutes left of its 3 hours" in refused.content.decode()
    browser.post(address(me, "cover-time", order.pk), {"minutes": "20", "note": "Updates"})

    assert BriefingRead.objects.filter(member=me).count() == 1
    assert set(TimeEntry.objects.values_list("minutes", "call_off")) == {(30, called.pk), (20, None)}
    browser.post(address(me, "time-strike", TimeEntry.objects.get(minutes=20).pk))
    assert TimeEntry.objects.standing().count() == 1
    passed_on = browser.post(address(me, "call-off-asked", called.pk), {"what": "A new server"}, follow=True)
    assert "Passed on. You are on record" in passed_on.content.decode()
    browser.post(address(me, "call-off-finish", called.pk))
    called.refresh_from_db()
    assert called.status == "done"


def test_a_technician_who_does_not_keep_the_cover_finds_nothing(order, called, sub, browser_of):
    order.assignments.update(technician=None)

    for name, pk in (("call-off", called.pk), ("cover-time", order.pk), ("work-part", order.pk)):
        assert browser_of(sub.technician).get(address(sub.technician, name, pk)).status_code == 404
    assert "T-77" not in read(browser_of(sub.technician), sub.technician, "today")
    assert "T-77" in read(browser_of(sub.dispatcher), sub.dispatcher, "today")


def test_the_week_is_handed_in_from_the_page(order, called, sub, prime, browser_of):
    TimeEntryFactory(work_order=order, person=sub.technician, minutes=90, worked_on=to_local(timezone.now(), NEW_YORK).date())  # fmt: skip
    browser = browser_of(sub.owner)
    assert "Hand in the time" in read(browser, sub.owner, "work-order", order.pk)

    browser.post(address(sub.owner, "work-part", order.pk), {"client_asked_for_more": "False"})

    (part,) = order.submissions.all()
    assert (part.hours, part.amount, part.is_part) == (Decimal("1.5"), 120, True)
    assert "Approve $120" in read(browser_of(prime.owner), prime.owner, "work-order", order.pk)


def test_home_says_who_has_to_answer(order, called, sub, prime, browser_of):
    assert "T-77: The server does not answer" in read(browser_of(sub.owner), sub.owner, "home")
    assert "T-77" not in read(browser_of(prime.owner), prime.owner, "home")

    CallOff.objects.update(called_at=timezone.now() - timedelta(hours=1), answer_by=timezone.now() - timedelta(minutes=1))  # fmt: skip
    assert "T-77: nobody has answered" in read(browser_of(prime.owner), prime.owner, "home")


def test_time_as_a_file(order, called, sub, prime, browser_of):
    TimeEntryFactory(work_order=order, call_off=None, person=sub.technician, minutes=45, note="=1+1")
    TimeEntryFactory(minutes=99)
    page = address(prime.owner, "export-time-entries")

    answer = browser_of(prime.owner).get(page, {"order": order.pk})

    said = b"".join(answer.streaming_content).decode()
    assert order.reference in said
    assert "'=1+1" in said
    assert ",99," not in said


def test_pages_ask_the_same_at_one_row_and_at_thirty(order, called, prime, sub, browser_of):
    def pages() -> list[int]:
        return [
            asked(partial(read, browser, me, name, *args), "engagements")
            for browser, me, name, args in (
                (browser_of(prime.owner), prime.owner, "work-order", [order.pk]),
                (browser_of(prime.owner), prime.owner, "call-off", [called.pk]),
                (browser_of(sub.owner), sub.owner, "today", []),
                (browser_of(prime.owner), prime.owner, "home", []),
            )
        ]

    TimeEntryFactory(work_order=order, call_off=called, person=sub.technician)
    at_one = pages()
    for _ in range(29):
        CallOffFactory(work_order=order, called_by=prime.owner, technician=sub.technician)
        TimeEntryFactory(work_order=order, call_off=called, person=sub.technician)

    assert pages() == at_one


def program(member) -> APIClient:
    client = APIClient()
    client.force_login(member.user)
    return client


def test_a_program_runs_cover(order, clinic, prime, sub):
    BriefingRead.objects.all().delete()
    desk, field = program(prime.owner), program(sub.owner)
    sent = {"work_order": str(order.pk), "client": str(clinic.client_id), "site": str(clinic.pk), "ticket": "T-9",
            "what": "No mail", "cap_hours": "2.00"}  # fmt: skip
    made = desk.post("/api/v1/call-offs/", sent, format="json")
    assert (made.status_code, made.data["client_name"], made.data["status"]) == (
        201,
        "Oak Street Clinic",
        "called",
    )
    path = f"/api/v1/call-offs/{made.data['id']}/"

    waiting = field.get(path).data
    assert (waiting["town"], waiting["client"], waiting["client_name"], waiting["address"]) == (
        "Mineola",
        None,
        None,
        None,
    )
    assert field.post(path + "acknowledge/").json()["code"] == "briefing_first"
    field.post(f"/api/v1/work-orders/{order.pk}/acknowledge-briefing/")
    assert field.post(path + "acknowledge/").data["client_name"] == "Oak Street Clinic"
    logged = field.post(
        "/api/v1/time-entries/",
        {"work_order": str(order.pk), "call_off": made.data["id"], "minutes": 30},
        format="json",
    )
    assert (logged.status_code, logged.data["minutes"], logged.data["submission"]) == (201, 30, None)
    assert desk.get(path).data["minutes"] == 30
    over = field.post(
        "/api/v1/time-entries/",
        {"work_order": str(order.pk), "call_off": made.data["id"], "minutes": 91},
        format="json",
    )
    assert (over.status_code, over.json()["code"]) == (400, "over_the_cap")
    assert desk.post(path + "raise-cap/", {"cap_hours": "5"}, format="json").data["cap_hours"] == "5.00"
    struck = field.post(f"/api/v1/time-entries/{logged.data['id']}/strike/")
    assert struck.data["struck_at"] is not None
    assert field.post(path + "finish/").data["status"] == "done"
    assert desk.post(path + "cancel/", {"reason": "No."}, format="json").status_code == 409


def test_lists_of_the_api_ask_the_same_at_one_row_and_at_twenty(order, called, prime, sub):
    desk = program(prime.owner)
    TimeEntryFactory(work_order=order, person=sub.technician)

    def lists() -> list[int]:
        names = ("call-offs", "time-entries")
        return [asked(lambda name=name: desk.get(f"/api/v1/{name}/?work_order={order.pk}"), "engagements") for name in names]  # fmt: skip

    at_one = lists()
    for _ in range(19):
        CallOffFactory(work_order=order, called_by=prime.owner)
        TimeEntryFactory(work_order=order, person=sub.technician)

    assert lists() == at_one
    assert len(desk.get(f"/api/v1/call-offs/?work_order={order.pk}&status=called").data["results"]) == 20


def test_a_program_reads_what_cover_promises(order, prime):
    shown = program(prime.owner).get(f"/api/v1/work-orders/{order.pk}/").data

    assert (shown["schedule_kind"], shown["response_minutes"]) == ("cover", 30)
    assert (shown["weekly_minimum"], shown["weekly_maximum"]) == ("5.00", "20.00")
