from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.actions import agreements, coverage, protection, releases
from contracts.actions.verification import faults_of
from contracts.coverage import Need
from contracts.models import AgreementEvent, CoverageOverride, PriorRelationship, ProtectedClient
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, protected, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY = timedelta(days=1)


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_the_notice_is_served_once_per_agreement_and_client(prime: People, sub: People):
    first = protected(prime.owner, sub.owner)

    again = protection.serve(
        prime_id=prime.firm.pk,
        sub_id=sub.firm.pk,
        client_id=first.client_id,
        client_name="x",
        work_order_id=uuid4(),
        now=NOW + DAY,
    )

    assert again == first
    assert told("protected_client_notice") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    assert (first.prime, first.sub, first.tail_months) == (prime.firm, sub.firm, 12)
    assert first.protected_until == date(2008, 2, 1)
    # Thursday 1 February 2007, and five business days: until the end of Thursday the 8th in New York.
    assert first.declare_by == datetime(2007, 2, 9, 5, 0, tzinfo=UTC)
    assert AgreementEvent.objects.filter(step="serve_notice", side="system").count() == 1
    assert faults_of(first.agreement) == []


def test_each_firm_can_be_the_one_that_is_protected(prime: People, sub: People):
    signed(prime.owner, sub.owner)

    row = protected(sub.owner, prime.owner)

    assert (row.prime, row.sub) == (sub.firm, prime.firm)


def test_without_an_agreement_there_is_nothing_to_serve(prime: People, sub: People):
    client = ClientFactory(firm=prime.firm)

    served = protection.serve(
        prime_id=prime.firm.pk,
        sub_id=sub.firm.pk,
        client_id=client.pk,
        client_name=client.name,
        work_order_id=uuid4(),
        now=NOW,
    )

    assert served is None
    assert ProtectedClient.objects.count() == 0


@pytest.mark.parametrize(
    ("days", "first", "last", "until"),
    [
        ([date(2007, 3, 8)], date(2007, 3, 8), date(2007, 3, 8), date(2008, 3, 8)),
        ([date(2007, 3, 8), date(2007, 3, 9)], date(2007, 3, 8), date(2007, 3, 9), date(2008, 3, 9)),
        (
            [date(2007, 3, 9), date(2007, 3, 8), date(2007, 3, 9)],
            date(2007, 3, 9),
            date(2007, 3, 9),
            date(2008, 3, 9),
        ),
        ([date(2008, 2, 29)], date(2008, 2, 29), date(2008, 2, 29), date(2009, 2, 28)),
    ],
)
def test_the_tail_is_counted_from_the_last_day_of_service(
    prime: People, sub: People, days: list[date], first: date, last: date, until: date
):
    row = protected(prime.owner, sub.owner)

    for day in days:
        protection.serviced(
            prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=row.client_id, on=day, now=NOW
        )

    row.refresh_from_db()
    assert (row.first_service_on, row.last_service_on, row.protected_until) == (first, last, until)
    assert row.days_left(until) == 1
    assert row.days_left(until + DAY) == 0


def declare(
    row: ProtectedClient,
    by: object,
    *,
    now: datetime = NOW,
    on: date = date(2006, 5, 1),
    evidence: str = "Contract 4711",
) -> PriorRelationship:
    return protection.declare_prior(row, protection.Paper(evidence, on), by=by, now=now)


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_prior_relationship_is_declared_in_time(prime: People, sub: People, offset: int):
    row = protected(prime.owner, sub.owner)
    at = row.declare_by + timedelta(milliseconds=offset)

    if offset < 0:
        declare(row, sub.dispatcher, now=at)
        assert told("prior_relationship_declared") == ["dispatcher@halcyon.example", "owner@halcyon.example"]
    else:
        with pytest.raises(RuleBroken, match="The time to declare"):
            declare(row, sub.dispatcher, now=at)
        assert PriorRelationship.objects.count() == 0


def test_a_declaration_needs_an_older_paper_and_the_right_people(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)

    with pytest.raises(Invalid, match="dated before the notice"):
        declare(row, sub.owner, on=date(2007, 2, 1))
    with pytest.raises(Invalid, match="Name the contract"):
        declare(row, sub.owner, evidence=" ")
    with pytest.raises(WrongSide):
        declare(row, prime.owner)
    with pytest.raises(WrongRole):
        declare(row, sub.viewer)

    assert PriorRelationship.objects.count() == 0
    assert not AgreementEvent.objects.filter(step="declare_prior").exists()


@pytest.mark.parametrize(
    ("answer", "verdict", "status"), [("release", "blocked", "released"), ("insist", "covered", "protected")]
)
def test_the_prime_answers_a_declaration(prime: People, sub: People, answer: str, verdict: str, status: str):
    row = protected(prime.owner, sub.owner)
    declare(row, sub.owner)
    need = Need(prime.firm.pk, sub.firm.pk, NOW, NOW + DAY, client_ids=(row.client_id,))
    assert coverage.judge_now(need, now=NOW).status == "blocked"

    with pytest.raises(WrongRole):
        getattr(protection, answer)(row, by=prime.dispatcher, now=NOW)
    getattr(protection, answer)(row, by=prime.owner, now=NOW)

    row.refresh_from_db()
    assert row.status == status
    assert coverage.judge_now(need, now=NOW).status == verdict
    assert told("prior_relationship_answered") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    with pytest.raises(IllegalStep):
        getattr(protection, answer)(row, by=prime.owner, now=NOW)


def test_coverage_follows_the_agreement(prime: People, sub: People, stranger: People):
    need = Need(prime.firm.pk, sub.firm.pk, NOW, NOW + 60 * DAY)
    with pytest.raises(RuleBroken) as refusal:
        coverage.require_coverage(need, now=NOW)
    assert refusal.value.code == "not_covered"
    agreement = signed(prime.owner, sub.owner)

    assert coverage.require_coverage(need, now=NOW).agreement_id == agreement.pk
    agreements.terminate(agreement, by=sub.owner, now=NOW)
    assert coverage.judge_now(need, now=NOW).status == "covered_expiring"
    assert coverage.judge_now(need, now=NOW + 30 * DAY).status == "not_covered"


def test_where_a_firm_stands_with_many(
    prime: People, sub: People, stranger: People, django_assert_num_queries
):
    signed(sub.owner, prime.owner)

    with django_assert_num_queries(3):
        found = coverage.standing_with(prime.firm.pk, [sub.firm.pk, stranger.firm.pk], now=NOW)

    assert {firm: verdict.status for firm, verdict in found.items()} == {
        sub.firm.pk: "covered",
        stranger.firm.pk: "not_covered",
    }


def test_an_owner_allows_work_without_an_agreement_for_a_while(prime: People, sub: People):
    need = Need(prime.firm.pk, sub.firm.pk, NOW, NOW + DAY)

    coverage.override(sub.firm, by=prime.owner, reason="Storm damage.", until=NOW + 7 * DAY, now=NOW)

    assert coverage.judge_now(need, now=NOW).status == "overridden"
    assert coverage.judge_now(need, now=NOW + 7 * DAY).status == "not_covered"
    with pytest.raises(WrongRole):
        coverage.override(sub.firm, by=prime.dispatcher, reason="x", until=NOW + DAY, now=NOW)
    with pytest.raises(Invalid):
        coverage.override(sub.firm, by=prime.owner, reason="x", until=NOW + 31 * DAY, now=NOW)
    assert CoverageOverride.objects.count() == 1


def test_who_opened_the_notice_first_is_kept(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)

    protection.read_notice(row, by=prime.owner, now=NOW + DAY)
    assert ProtectedClient.objects.get().read_at is None
    protection.read_notice(row, by=sub.dispatcher, now=NOW + DAY)
    protection.read_notice(row, by=sub.owner, now=NOW + 2 * DAY)

    row.refresh_from_db()
    assert (row.read_at, row.read_by) == (NOW + DAY, sub.dispatcher.user)
    assert AgreementEvent.objects.filter(step="read_notice").count() == 1
    assert faults_of(row.agreement) == []


def test_owners_of_both_firms_let_work_start_with_positions_reserved(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)
    declare(row, sub.owner)
    need = Need(prime.firm.pk, sub.firm.pk, NOW, NOW + DAY, client_ids=(row.client_id,))

    with pytest.raises(WrongRole):
        protection.reserve(row, by=sub.dispatcher, now=NOW)
    protection.reserve(row, by=sub.owner, now=NOW)
    assert coverage.judge_now(need, now=NOW).status == "blocked"
    with pytest.raises(IllegalStep):
        protection.reserve(row, by=sub.owner, now=NOW)
    protection.reserve(row, by=prime.owner, now=NOW)

    assert coverage.judge_now(need, now=NOW).status == "covered"
    assert row.prior_relationships.get().status == "declared"
    protection.release(row, by=prime.owner, now=NOW)
    assert coverage.judge_now(need, now=NOW).status == "blocked"


def test_a_release_without_a_fee_takes_effect_at_once(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)

    with pytest.raises(WrongSide):
        releases.offer(row, by=sub.owner, now=NOW)
    with pytest.raises(WrongRole):
        releases.offer(row, by=prime.dispatcher, now=NOW)
    made = releases.offer(row, by=prime.owner, note_to_them="Good luck with them.", now=NOW)

    row.refresh_from_db()
    assert (made.status, row.status) == ("taken", "released")
    assert told("client_released") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    with pytest.raises(IllegalStep):
        releases.offer(row, by=prime.owner, now=NOW)


@pytest.mark.parametrize(
    ("step", "side", "status", "row_status"),
    [
        ("take", "sub", "taken", "released"),
        ("refuse", "sub", "refused", "protected"),
        ("withdraw", "prime", "withdrawn", "protected"),
    ],
)
def test_a_release_for_a_fee_waits_for_the_sub(
    prime: People, sub: People, step: str, side: str, status: str, row_status: str
):
    row = protected(prime.owner, sub.owner)
    with pytest.raises(Invalid, match="50 percent"):
        releases.offer(row, by=prime.owner, fee_percent=Decimal("50.01"), now=NOW)
    made = releases.offer(row, by=prime.owner, fee_percent=Decimal(15), now=NOW)
    row.refresh_from_db()
    assert (made.status, row.status) == ("offered", "protected")
    right, wrong = (prime, sub) if side == "prime" else (sub, prime)

    with pytest.raises(WrongSide):
        getattr(releases, step)(made, by=wrong.owner, now=NOW)
    getattr(releases, step)(made, by=right.owner, now=NOW)

    row.refresh_from_db()
    made.refresh_from_db()
    assert (made.status, row.status) == (status, row_status)
    with pytest.raises(IllegalStep):
        getattr(releases, step)(made, by=right.owner, now=NOW)
    assert faults_of(row.agreement) == []
