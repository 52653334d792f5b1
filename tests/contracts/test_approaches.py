"""What a client asked for: in time or not, answered or escalated, released or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import uuid4

import pytest

from contracts.actions import approaches
from contracts.models import ApproachEvent, ApproachReport
from contracts.workflow import APPROACH
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import ScoreEvent
from tests.factories.clients import ClientFactory
from tests.factories.contracts import signed

# Thursday 8 March 2007, 10:00 in New York.
THURSDAY = datetime(2007, 3, 8, 15, tzinfo=UTC)
DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def passed_on(prime, sub, *, now=THURSDAY, by=None, **talk) -> ApproachReport:
    return approaches.report(
        approaches.Talk(**{"what": "A second server", **talk}),
        prime_id=prime.firm.pk,
        sub_id=sub.firm.pk,
        client_id=ClientFactory(firm=prime.firm).pk,
        work_order_id=uuid4(),
        by=by or sub.technician,
        now=now,
    )


@pytest.fixture
def report(prime, sub) -> ApproachReport:
    return passed_on(prime, sub)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked_on", "quoted", "in_time", "counted"),
    [
        (None, False, True, 1),
        (date(2007, 3, 6), False, True, 1),  # Tuesday: two business days before
        (date(2007, 3, 5), False, False, 0),
        (None, True, True, 0),
    ],
)
def test_passed_on_in_time_is_a_safe_harbour(prime, sub, asked_on, quoted, in_time, counted):
    kept = passed_on(prime, sub, asked_on=asked_on, quoted=quoted)

    assert (kept.in_time, kept.status) == (in_time, "reported")
    assert ScoreEvent.objects.filter(kind="approach_reported", firm=sub.firm).count() == counted
    # Two business days of the prime: to the end of Monday the 12th in New York, where the clocks went forward on the 11th.
    assert kept.answer_by == datetime(2007, 3, 13, 4, tzinfo=UTC)


@pytest.mark.django_db
def test_the_days_are_those_of_the_agreement(prime, sub):
    signed(prime.owner, sub.owner, values={"report_days": 3})

    assert passed_on(prime, sub, asked_on=date(2007, 3, 5)).in_time


@pytest.mark.django_db
def test_a_talk_of_tomorrow_is_refused(prime, sub):
    with pytest.raises(Invalid, match="not come yet"):
        passed_on(prime, sub, asked_on=date(2007, 3, 9))

    assert ApproachReport.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("offset", "due"), [(-MS, 0), (0 * MS, 1), (MS, 1)])
def test_silence_goes_to_the_owner_and_releases_nothing(report, offset, due):
    at = report.answer_by + offset

    assert approaches.escalate_due(now=at) == due
    assert approaches.escalate_due(now=at) == 0

    report.refresh_from_db()
    assert report.status == "reported"
    assert told("approach_unanswered") == ["owner@halcyon.example"] * due


@pytest.mark.django_db
@pytest.mark.parametrize("heard", [True, False])
def test_the_prime_takes_it_over(prime, sub, report, heard):
    if heard:
        approaches.acknowledge(report, by=prime.dispatcher, now=THURSDAY)

    done = approaches.refer_back(report, by=prime.dispatcher, answer="We call them.", now=THURSDAY)

    assert (done.status, done.answer, done.answered_by) == (
        "referred_back",
        "We call them.",
        prime.dispatcher,
    )
    assert told("approach_answered") == [
        "dispatcher@bluemesa.example", "owner@bluemesa.example", "technician@bluemesa.example"
    ]  # fmt: skip
    assert approaches.escalate_due(now=THURSDAY + 30 * DAY) == 0
    assert approaches.close(done, by=prime.owner, now=THURSDAY).status == "closed"


@pytest.mark.django_db
def test_a_refusal_takes_a_reason_and_moves_nothing_without(prime, report):
    with pytest.raises(RuleBroken, match="Say why"):
        approaches.decline(report, by=prime.owner, reason=" ", now=THURSDAY)

    report.refresh_from_db()
    assert report.status == "reported"
    assert ApproachEvent.objects.filter(report=report).count() == 1
    assert approaches.decline(report, by=prime.owner, reason="Too far.", now=THURSDAY).status == "declined"


@pytest.mark.django_db
def test_a_release_without_a_fee_is_at_once(prime, report):
    with pytest.raises(WrongRole):
        approaches.release(report, by=prime.dispatcher, now=THURSDAY)

    done = approaches.release(report, by=prime.owner, now=THURSDAY)

    assert (done.status, done.fee_percent) == ("released", 0)


@pytest.mark.django_db
def test_a_release_for_a_fee_takes_the_subs_owner(prime, sub, report):
    with pytest.raises(Invalid):
        approaches.release(report, by=prime.owner, fee_percent=Decimal(51), now=THURSDAY)
    with pytest.raises(IllegalStep):
        approaches.take_release(report, by=sub.owner, now=THURSDAY)
    offered = approaches.release(report, by=prime.owner, fee_percent=Decimal(15), now=THURSDAY)
    assert (offered.status, offered.fee_offered) == ("acknowledged", 15)
    assert approaches.escalate_due(now=THURSDAY + 30 * DAY) == 0  # it waits for the sub, not for the prime

    refused = approaches.refuse_release(report, by=sub.owner, now=THURSDAY)
    assert (refused.status, refused.fee_percent) == ("acknowledged", None)
    approaches.release(report, by=prime.owner, fee_percent=Decimal(10), now=THURSDAY)
    with pytest.raises(WrongSide):
        approaches.take_release(report, by=prime.owner, now=THURSDAY)
    done = approaches.take_release(report, by=sub.owner, now=THURSDAY)

    assert (done.status, done.fee_percent) == ("released", 10)
    assert told("approach_release_taken") == ["dispatcher@halcyon.example", "owner@halcyon.example"]


WAITS = {"reported", "acknowledged"}
ANSWERED = {"referred_back", "change_order", "new_work_order", "released", "declined"}
STATUSES = (*WAITS, *ANSWERED, "closed")
LEADS, OWNER = {"owner", "dispatcher"}, {"owner"}
# step -> side, roles, statuses
OPEN = {
    "acknowledge": ("prime", LEADS, {"reported"}),
    "refer_back": ("prime", LEADS, WAITS),
    "make_change": ("prime", LEADS, WAITS),
    "make_work": ("prime", LEADS, WAITS | {"referred_back"}),
    "release": ("prime", OWNER, WAITS),
    "take_release": ("sub", OWNER, {"acknowledged"}),
    "refuse_release": ("sub", OWNER, {"acknowledged"}),
    "decline": ("prime", LEADS, WAITS),
    "close": ("prime", LEADS, ANSWERED),
    "escalate": ("system", set(), WAITS),
}
ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")


def _met(step: str, status: str, side: str, role: str) -> type[Exception] | None:
    try:
        APPROACH.check(step, status=status, side=side, role=role, reason="Because.")
    except RuleBroken as refusal:
        return type(refusal)
    return None


def _expected(step: str, status: str, side: str, role: str) -> type[Exception] | None:
    whose, roles, statuses = OPEN[step]
    if side != whose:
        return WrongSide
    if side != "system" and role not in roles:
        return WrongRole
    return None if status in statuses else IllegalStep


def test_every_cell_is_as_written():
    cells = list(product(OPEN, STATUSES, ("prime", "sub", "system", ""), ROLES))

    assert {step.name for step in APPROACH} == set(OPEN)
    assert [cell for cell in cells if _met(*cell) is not _expected(*cell)] == []
