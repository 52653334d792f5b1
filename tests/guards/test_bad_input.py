"""What cannot be is refused with a sentence beside its field, by either door, and changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from engagements.actions import engagements, orders
from engagements.values import JobFacts, OrderDraft, Piece, Schedule
from partnernet.core.localtime import NonexistentTime
from tests.engagements.conftest import MONDAY, asked
from tests.engagements.test_pages import covered, job, line, offer, order, soon, typed_terms  # noqa: F401 - fixtures
from tests.everything import nothing_moves
from tests.factories.billing import InvoiceFactory

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"
SHORT = "An arrival window has at least 45 minutes."
NEGATIVE_PRICE = "A price cannot be negative."
NEGATIVE = "This cannot be negative."
UNKNOWN = "“Mars/Olympus” is not a time zone we know. Try one like America/New_York."
PASSED = "This date has passed."
ONE_CURRENCY = "One job has one currency, and this one has prices already."


def gap() -> datetime:
    """Return 02:30 of the next day that New York's clocks go forward: the second Sunday of March."""
    year = timezone.now().year + 1
    first = date(year, 3, 1)
    sunday = first + timedelta(days=(6 - first.weekday()) % 7 + 7)
    return datetime(sunday.year, 3, sunday.day, 2, 30)


def wall(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def no_such_time(moment: datetime) -> str:
    return (
        f"02:30 on {moment.day} March {moment.year} does not exist in America/New_York: the clocks go forward."
        " Did you mean 01:30 or 03:30?"
    )


TERMS = [
    pytest.param({"amount": "-75"}, "amount", NEGATIVE, id="a negative price"),
    pytest.param({"ends": wall(soon(5, 9) + timedelta(minutes=44))}, "ends", SHORT, id="a short window"),
    pytest.param({"starts": wall(gap()), "ends": wall(gap() + timedelta(hours=3))}, "starts", no_such_time(gap()), id="a gap"),
]  # fmt: skip


def post(client, member, page, /, *args, **typed):
    client.force_login(member.user)
    with nothing_moves():
        return client.post(reverse(page, args=[member.firm_id, *args]), typed)


def send(member, method, path, typed):
    client = APIClient()
    client.force_login(member.user)
    with nothing_moves():
        return getattr(client, method)(f"/api/v1/{path}", typed, format="json")


def beside(answer, field: str, sentence: str) -> None:
    """Hold that a page came back with one sentence beside its field."""
    assert answer.status_code == 200
    assert answer.context["form"].errors == {field: [sentence]}
    assert sentence in answer.content.decode()


def refused(answer, field: str, sentence: str) -> None:
    """Hold that the API named one field."""
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.data["errors"] == [{"field": field, "detail": sentence}]


@pytest.mark.parametrize(("wrong", "field", "sentence"), TERMS)
def test_terms_on_the_page(client, prime, job, line, wrong, field, sentence):  # noqa: F811
    typed = typed_terms(**{f"units-{line.pk}": "18"} | wrong)

    beside(post(client, prime.dispatcher, "job-place", job.pk, **typed), field, sentence)


def split(job, line, units=18, **known):  # noqa: F811
    times = {"starts": wall(soon(5, 9)), "ends": wall(soon(5, 11))}
    terms = {
        "pay_kind": "per_unit",
        "amount": "75.00",
        "schedule_kind": "arrival_window",
        "timezone": NEW_YORK,
    }
    lines = [{"line": str(line.pk), "units": units}]
    return {"engagement": str(job.pk), "lines": lines} | terms | times | known


ZONE = pytest.param({"timezone": "Mars/Olympus"}, "timezone", UNKNOWN, id="an unknown zone")


@pytest.mark.parametrize(("wrong", "field", "sentence"), [*TERMS, ZONE])
def test_terms_by_the_api(prime, job, line, wrong, field, sentence):  # noqa: F811
    answer = send(prime.dispatcher, "post", "work-orders/", split(job, line, **wrong))

    refused(answer, field, sentence)


def test_units_over_the_rest_on_the_page(client, prime, job, line):  # noqa: F811
    typed = typed_terms(**{f"units-{line.pk}": "241"})

    answer = post(client, prime.dispatcher, "job-place", job.pk, **typed)

    beside(answer, f"units-{line.pk}", "Only 240 are left here.")


def test_units_over_the_rest_by_the_api(prime, job, line):  # noqa: F811
    answer = send(prime.dispatcher, "post", "work-orders/", split(job, line, units=241))

    refused(answer, "units", f"Only 240 {job.unit_noun}s are left on the line {line.what}.")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(soon(-1, 9), "The time to answer has passed already."), (gap(), no_such_time(gap()))],
    ids=["passed", "a gap"],
)
def test_a_time_to_answer_that_cannot_be(client, prime, sub, job, line, covered, day, sentence):  # noqa: F811
    typed = typed_terms(**{f"units-{line.pk}": "18", "firms": str(sub.firm.pk), "respond_by": wall(day)})

    beside(post(client, prime.dispatcher, "job-place", job.pk, **typed), "respond_by", sentence)


JOB = {
    "title": "Fix",
    "unit_noun": "computer",
    "timezone": NEW_YORK,
    "deadline": wall(soon(20, 0)),
    "currency": "USD",
    "margin_warn_percent": "20",
    "margin_floor_percent": "10",
}
DATES = [
    pytest.param({"timezone": "Mars/Olympus"}, "timezone", UNKNOWN, id="an unknown zone"),
    pytest.param({"deadline": wall(soon(-1, 9))}, "deadline", PASSED, id="a deadline before now"),
    pytest.param({"deadline": wall(gap())}, "deadline", no_such_time(gap()), id="a gap"),
]
CURRENCY = pytest.param({"currency": "CAD"}, "currency", ONE_CURRENCY, id="a mix of currencies")


@pytest.mark.parametrize(("wrong", "field", "sentence"), DATES)
def test_a_new_job(client, prime, wrong, field, sentence):
    beside(post(client, prime.dispatcher, "job-new", **JOB | wrong), field, sentence)
    refused(send(prime.dispatcher, "post", "engagements/", JOB | wrong), field, sentence)


@pytest.mark.parametrize(("wrong", "field", "sentence"), [*DATES, CURRENCY])
def test_a_changed_job(client, prime, job, line, wrong, field, sentence):  # noqa: F811
    beside(post(client, prime.dispatcher, "job-edit", job.pk, **JOB | wrong), field, sentence)
    refused(send(prime.dispatcher, "put", f"engagements/{job.pk}/", JOB | wrong), field, sentence)


def test_a_line_with_a_negative_price(client, prime, job, line):  # noqa: F811
    typed = {
        "site": str(line.site_id),
        "what": "Fix",
        "units": 1,
        "estimated_minutes": 45,
        "unit_price": "-1",
    }

    beside(post(client, prime.dispatcher, "job-line-add", job.pk, **typed), "unit_price", NEGATIVE_PRICE)
    refused(
        send(prime.dispatcher, "post", f"engagements/{job.pk}/lines/", typed), "unit_price", NEGATIVE_PRICE
    )


LINE = {"units": "240", "estimated_minutes": "45", "unit_price": "100.00"}


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"unit_price": "-1"}, "unit_price", NEGATIVE_PRICE),
        ({"units": "0"}, "units", "Ensure this value is greater than or equal to 1."),
        ({"units": "17"}, "units", "18 are done or on work orders already."),
        ({"estimated_minutes": "0"}, "estimated_minutes", "Ensure this value is greater than or equal to 1."),
    ],
    ids=["a negative price", "no units", "fewer than are on orders", "no minutes"],
)
def test_a_changed_line(client, prime, line, order, wrong, field, sentence):  # noqa: F811
    beside(post(client, prime.dispatcher, "job-line", line.pk, **LINE | wrong), field, sentence)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone", UNKNOWN),
        ({"ends": "08:00"}, "ends", "Working hours begin before they end, within one day."),
        ({"days_off": "6 March"}, "days_off", "Write each day as YYYY-MM-DD."),
        ({"cost_per_hour": "-1"}, "cost_per_hour", "A cost cannot be negative."),
        ({"weekdays": []}, "weekdays", "This field is required."),
    ],
    ids=["an unknown zone", "hours that end before they begin", "no date", "a negative cost", "no day"],
)
def test_somebody_of_the_crew(client, prime, job, wrong, field, sentence):  # noqa: F811
    typed = {"name": "Ann", "timezone": NEW_YORK, "weekdays": ["0", "1"], "starts": "09:00", "ends": "17:00"}

    beside(post(client, prime.dispatcher, "job-crew", job.pk, **typed | wrong), field, sentence)


SITE = {"name": "Main office", "town": "Garden City", "country": "US", "timezone": "Mars/Olympus"}
FIRM = {
    "legal_name": "Halcyon Managed LLC",
    "entity_kind": "company",
    "country": "US",
    "timezone": "Mars/Olympus",
}


def test_an_unknown_zone_of_a_site(client, prime, line):  # noqa: F811
    of_client = line.site.client_id

    beside(post(client, prime.owner, "site-add", of_client, **SITE), "timezone", UNKNOWN)
    beside(post(client, prime.owner, "site-edit", line.site_id, **SITE), "timezone", UNKNOWN)


def test_an_unknown_zone_of_a_firm_or_a_person(client, prime):
    firm = post(client, prime.owner, "firm-settings", **FIRM)
    with nothing_moves():
        mine = client.post(reverse("my-details"), {"name": "Maria", "timezone": "Mars/Olympus"})
        founded = client.post(reverse("found-firm"), {**FIRM, "postcode": "11530"})

    for answer in (firm, mine, founded):
        beside(answer, "timezone", UNKNOWN)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"paid_on": "2999-01-01"}, "paid_on", "This day has not come yet."),
        ({"amount": "0"}, "amount", "Say how much was paid."),
    ],
    ids=["a day to come", "nothing"],
)
def test_a_payment(client, prime, wrong, field, sentence):
    invoice = InvoiceFactory(prime=prime.firm)
    typed = {"paid_on": "2007-03-20", "amount": "1.00", "reference": "Wire 4711"} | wrong

    answer = post(client, prime.finance, "invoice-announce", invoice.pk, **typed)

    assert answer.context["paid_form"].errors == {field: [sentence]}
    assert sentence in answer.content.decode()


def test_half_past_two_on_11_march_2007_is_skipped_in_new_york(prime, job, line):  # noqa: F811
    night = datetime(2007, 3, 11, 2, 30)
    schedule = Schedule("arrival_window", NEW_YORK, night, night + timedelta(hours=3))
    draft = OrderDraft(asked=asked(schedule=schedule))

    with nothing_moves(), pytest.raises(NonexistentTime) as when:
        orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)
    with nothing_moves(), pytest.raises(NonexistentTime) as due:
        engagements.create(
            JobFacts(title="Fix", currency="USD", timezone=NEW_YORK, deadline=night),
            by=prime.dispatcher,
            now=MONDAY,
        )

    assert when.value.fields == {"starts": [no_such_time(night)]}
    assert due.value.fields == {"deadline": [no_such_time(night)]}
    assert due.value.readings == (
        datetime(2007, 3, 11, 6, 30, tzinfo=UTC),
        datetime(2007, 3, 11, 7, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize("path", ["engagements", "work-orders", "offers"])
def test_a_status_is_not_written(offer, prime, path):  # noqa: F811
    keys = {
        "engagements": offer.work_order.engagement_id,
        "work-orders": offer.work_order_id,
        "offers": offer.pk,
    }

    answer = send(prime.owner, "patch", f"{path}/{keys[path]}/", {"status": "cancelled"})

    assert (answer.status_code, answer.data["code"]) == (405, "method_not_allowed")
    assert answer.data["detail"].endswith("What is kept here changes by its steps, each a POST.")


def test_a_status_beside_facts_is_refused_by_name(prime, job):  # noqa: F811
    answer = send(prime.owner, "put", f"engagements/{job.pk}/", JOB | {"status": "cancelled"})

    refused(answer, "status", "This cannot be written: it is unknown here, or changes only by a step.")


def test_terms_that_changed_meanwhile_are_not_accepted(client, offer, sub):  # noqa: F811
    stale = {"revision": str(offer.pk)}

    page = post(client, sub.owner, "offer-accept", offer.pk, **stale)
    answer = send(sub.owner, "post", f"offers/{offer.pk}/accept/", stale)

    (told,) = get_messages(page.wsgi_request)
    assert (answer.status_code, answer.data["code"]) == (409, "stale_revision")
    assert (told.level_tag, str(told)) == ("error", answer.data["detail"])
    assert answer.data["detail"].endswith(".")


@pytest.mark.parametrize("name", ["clients", "firms", "work-orders", "find"])
def test_a_zero_character_in_an_address_is_refused_on_pages(client, prime, name):
    client.force_login(prime.owner.user)

    answer = client.get(reverse(name, args=[prime.firm.pk]) + "?q=a%00b&status=%00")

    assert answer.status_code == 400
    assert b"This address cannot be read" in answer.content


@pytest.mark.parametrize(
    "address", ["clients/?search=%00", "firms/?q=%00", "work-orders/%00/", "clients/?external_id=%00"]
)
def test_a_zero_character_in_an_address_is_refused_by_the_api(prime, address):
    api = APIClient()
    api.force_login(prime.owner.user)

    answer = api.get(f"/api/v1/{address}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "malformed"
