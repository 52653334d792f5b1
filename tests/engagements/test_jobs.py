"""Jobs, their lines, crew and reports, and the forecast read from the database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engagements.actions import answers, crew, engagements, lines
from engagements.actions.crew import CrewFacts
from engagements.crew_hours import Hours
from engagements.matching import Wish, matches
from engagements.models import CrewMember, Engagement, EngagementLine, UnitReport, WorkOrder
from engagements.outlook import burn_up, look_ahead
from engagements.values import JobFacts, LineFacts
from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from tests.engagements.conftest import MONDAY, NEW_YORK, cover, wall
from tests.factories.engagements import EngagementFactory, EngagementLineFactory
from tests.factories.partners import PartnershipFactory, ProfileSkillFactory, SkillFactory

pytestmark = pytest.mark.django_db


def facts(**known) -> JobFacts:
    return JobFacts(
        **({"title": "Fix", "currency": "USD", "timezone": NEW_YORK, "deadline": wall(11, 0)} | known)
    )


def test_jobs_are_numbered_per_firm(prime, sub, now):
    made = [
        engagements.create(facts(), by=member, now=now) for member in (prime.owner, prime.owner, sub.owner)
    ]

    assert [job.reference for job in made] == ["ENG-1", "ENG-2", "ENG-1"]
    assert made[0].deadline_at == datetime(2007, 3, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"title": " "}, "title"),
        ({"currency": "JPY"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"deadline": wall(11, 2, 30)}, "deadline"),
        ({"deadline": wall(1, 9)}, "deadline"),
        ({"margin_floor_percent": Decimal(30)}, "margin_floor_percent"),
    ],
)
def test_a_job_that_cannot_be_is_refused_beside_its_field(prime, now, known, field):
    with pytest.raises(RuleBroken) as refused:
        engagements.create(facts(**known), by=prime.owner, now=now)

    assert list(refused.value.fields) == [field]
    assert Engagement.objects.count() == 0


@pytest.mark.parametrize("role", ["finance", "technician", "viewer"])
def test_only_owners_and_dispatchers_run_jobs(prime, now, role):
    with pytest.raises(WrongRole):
        engagements.create(facts(), by=getattr(prime, role), now=now)


def test_an_external_id_is_used_once_per_firm(prime, sub, now):
    engagements.create(facts(external_id="T-1"), by=prime.owner, now=now)
    engagements.create(facts(external_id="T-1"), by=sub.owner, now=now)

    with pytest.raises(Invalid, match="Another job has this number"):
        engagements.create(facts(external_id="T-1"), by=prime.owner, now=now)


def test_the_currency_stays_once_there_are_prices(job, line, prime, now):
    with pytest.raises(Invalid, match="one currency"):
        engagements.change(job, facts(currency="CAD"), by=prime.owner, now=now)


def test_a_job_without_a_line_does_not_start(prime, now):
    job = engagements.create(facts(), by=prime.owner, now=now)

    with pytest.raises(RuleBroken, match="Add the first site"):
        engagements.activate(job, by=prime.owner, now=now)


def test_a_line_is_at_a_site_of_our_own_clients(job, line, stranger, prime, now):
    other = EngagementLineFactory(engagement=EngagementFactory(firm=stranger.firm))

    with pytest.raises(Invalid, match="one of your clients"):
        lines.add(job, LineFacts(other.site_id, "Install", 5, 45), by=prime.owner, now=now)


def test_lines_join_while_the_job_runs(job, line, prime, now):
    added = lines.add(job, LineFacts(line.site_id, "Install", 5, 45, Decimal(80)), by=prime.owner, now=now)

    assert added.position > line.position
    assert job.events.get().step == "add_line"


def test_a_line_is_not_cut_below_what_is_taken(line, order, prime, now):
    with pytest.raises(Invalid, match="18 are done or on work orders already"):
        lines.change(line, LineFacts(line.site_id, line.what, 17, 45), by=prime.owner, now=now)


def test_own_units_are_counted_off_once(line, prime, now):
    lines.report_units(line, by=prime.technician, units=3, minutes=186, now=now)

    line.refresh_from_db()
    assert (line.own_done, UnitReport.objects.get().minutes) == (3, 186)
    with pytest.raises(Invalid, match="Only 37 are left here"):
        lines.report_units(line, by=prime.technician, units=38, now=now)


def test_units_of_an_order_are_counted_by_either_firm_once(offer, order, prime, sub, now):
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=now)
    WorkOrder.objects.filter(pk=order.pk).update(status="in_progress")
    row = order.lines.get()

    lines.report_order_units(row, by=sub.technician, units=10, minutes=600, now=now)
    lines.report_order_units(row, by=prime.dispatcher, units=8, now=now)

    row.refresh_from_db()
    assert row.done == 18
    with pytest.raises(Invalid, match="Only 0 are left"):
        lines.report_order_units(row, by=sub.technician, units=1, now=now)


def test_crew_hours_are_replaced_by_name(job, prime, now):
    CrewMember.objects.all().delete()
    for end in (960, 1020):
        crew.put(job, CrewFacts("Ann", NEW_YORK, (Hours(0, 540, end),)), by=prime.owner, now=now)

    assert [person.hours for person in CrewMember.objects.all()] == [[[0, 540, 1020]]]


@pytest.mark.parametrize(
    "hours",
    [(), (Hours(7, 0, 60),), (Hours(0, 60, 60),), (Hours(0, 0, 1441),), (Hours(0, 0, 90), Hours(0, 60, 120))],
)
def test_hours_that_cannot_be_are_refused(job, prime, now, hours):
    with pytest.raises(Invalid):
        crew.put(job, CrewFacts("Ann", NEW_YORK, hours), by=prime.owner, now=now)


def test_the_forecast_reads_everything(offer, job, line, prime, sub):
    # 40 units: 2 done by us at 62 minutes, 18 offered; one person works 9 to 17 until Friday.
    lines.report_units(line, by=prime.technician, units=2, minutes=124, now=MONDAY)

    outlook = look_ahead(Engagement.objects.get(pk=job.pk), now=MONDAY)

    assert outlook is not None
    forecast = outlook.forecast
    assert (forecast.units, forecast.done, forecast.own, forecast.bar.offered) == (40, 2, 38, 18)
    assert round(forecast.ratio, 4) == 1.1079
    assert forecast.have == 5 * 480 - 60
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    after = look_ahead(Engagement.objects.get(pk=job.pk), now=MONDAY)
    assert after is not None
    assert (after.forecast.own, after.forecast.bar.accepted, after.forecast.bar.offered) == (20, 18, 0)


def test_the_burn_up_takes_the_reports_of_both_firms(offer, job, line, prime, sub):
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    WorkOrder.objects.update(status="in_progress")
    lines.report_units(line, by=prime.technician, units=2, minutes=124, now=MONDAY)
    lines.report_order_units(
        WorkOrder.objects.get().lines.get(), by=sub.technician, units=3, minutes=180, now=MONDAY
    )

    job = Engagement.objects.get(pk=job.pk)
    outlook = look_ahead(job, now=MONDAY)
    assert outlook is not None
    assert burn_up(job, outlook, now=MONDAY)[0].done == 5


def test_a_job_without_a_date_has_no_forecast(prime):
    job = EngagementFactory(firm=prime.firm, deadline_local=None, deadline_at=None)

    assert look_ahead(job, now=MONDAY) is None


def test_a_firm_sees_its_own_jobs_only(job, line, prime, sub):
    assert list(Engagement.objects.visible_to(prime.firm.pk)) == [job]
    assert list(Engagement.objects.visible_to(sub.firm.pk)) == []
    assert list(EngagementLine.objects.visible_to(sub.firm.pk)) == []


def test_orders_and_offers_are_seen_by_the_two_sides_only(offer, order, prime, sub, stranger, now):
    def seen(model, firm):
        return model.objects.visible_to(firm.firm.pk).count()

    assert [seen(WorkOrder, firm) for firm in (prime, sub, stranger)] == [1, 0, 0]
    assert [seen(type(offer), firm) for firm in (prime, sub, stranger)] == [1, 1, 0]
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=now)
    assert [seen(WorkOrder, firm) for firm in (prime, sub, stranger)] == [1, 1, 0]


def test_matching_says_what_is_met_and_ranks_those_that_fit(line, prime, sub, stranger, now):
    skill = SkillFactory()
    ProfileSkillFactory(profile=sub.firm.profile, skill=skill)
    PartnershipFactory(owner=prime.firm, other=sub.firm, bench=True, known_since=2001)
    cover(prime, sub)

    first, second = matches(Wish(prime.firm.pk, line.site, (skill,), 25), now=now)

    assert (first.firm, first.fits, first.miles, first.known) == (sub.firm, True, 0, "with you since 2001")
    assert (second.firm, second.fits) == (stranger.firm, False)
    assert [reason.text for reason in second.reasons if not reason.met] == [
        "Does not list Patching and updates"
    ]
    assert sum(first.parts.values()) == first.score


def test_a_blocked_firm_is_not_proposed_and_one_that_blocked_us_takes_no_offers(
    line, prime, sub, stranger, now
):
    PartnershipFactory(owner=prime.firm, other=sub.firm, blocked=True)
    PartnershipFactory(owner=stranger.firm, other=prime.firm, blocked=True)

    (only,) = matches(Wish(prime.firm.pk, line.site), now=now)

    assert only.firm == stranger.firm
    assert "Not taking offers" in [reason.text for reason in only.reasons]
