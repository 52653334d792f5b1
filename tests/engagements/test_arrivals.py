"""A start that whoever accepts names: as soon as possible, or within a window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts.models import CoverageOverride
from engagements import deadlines, wording
from engagements.actions import answers, counters, endings, offers, orders, visit_sweeps, visits
from engagements.actions.endings import Ending
from engagements.actions.shared import need_of
from engagements.arrivals import appointed, bounds
from engagements.models import Offer, OfferRevision, Visit, WorkOrder
from engagements.values import NewTerms, OrderDraft, Piece, Recipient, Schedule
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, NEW_YORK, asked, cover, wall
from tests.everything import nothing_moves

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WINDOW = Schedule("pick_start", NEW_YORK, wall(8, 9), wall(9, 17))
AT_ONCE = Schedule("asap", NEW_YORK)


def offered(schedule: Schedule, job, line, prime, *subs, routing: str = "first_accept") -> list[Offer]:
    draft = OrderDraft(asked=asked(schedule=schedule), routing=routing)
    (order,) = orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)
    for each in subs:
        cover(prime, each)
    firms = [Recipient(each.firm.pk) for each in subs]
    return offers.offer_work(order, firms, by=prime.dispatcher, now=MONDAY)


def take(offer: Offer, sub, arrival, *, now=MONDAY + HOUR) -> WorkOrder:
    return answers.accept(offer, by=sub.owner, revision=offer.revision_id, arrival=arrival, now=now)


def test_as_soon_as_possible_is_when_the_sub_says(job, line, prime, sub, mailoutbox):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)
    assert (offer.respond_by - MONDAY, wording.schedule(offer.revision)) == (
        2 * HOUR, "as soon as possible: whoever takes it says when",
    )  # fmt: skip

    order = take(offer, sub, wall(5, 14, 30))

    assert (order.schedule_kind, order.starts_local, order.ends_local) == (
        "hard_start",
        wall(5, 14, 30),
        None,
    )
    assert order.starts_at == MONDAY + 4 * HOUR + HOUR / 2
    assert (order.accepted_revision.schedule_kind, order.accepted_revision.starts_at) == ("asap", None)
    told = Notification.objects.filter(kind="offer_accepted").first()
    assert told.context["schedule"] == "5 March, 2:30 pm sharp"


def test_visits_and_deadlines_follow_the_arrival(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)
    order = take(offer, sub, wall(5, 14))
    late = order.starts_at + deadlines.GRACE

    assert visit_sweeps.tell_missed_starts(now=late - timedelta(minutes=1)) == 0
    assert visit_sweeps.tell_missed_starts(now=late) == 4
    visit = Visit.objects.get(work_order=order)
    visits.acknowledge_briefing(order, by=sub.technician, now=late) if visit.technician else None
    visits.acknowledge_briefing(order, by=sub.owner, now=late)
    visits.check_in(visit, by=sub.owner, now=late + timedelta(minutes=1))
    assert sub.firm.score_events.get(kind="on_time_start").value == 0


def test_within_the_window_the_sub_picks(job, line, prime, sub):
    (offer,) = offered(WINDOW, job, line, prime, sub)
    assert (
        wording.schedule(offer.revision)
        == "start between 8 March, 9 am and 9 March, 5 pm: whoever takes it picks"
    )
    assert wording.short_dates(offer.revision) == "8–9 March"

    order = take(offer, sub, wall(9, 13))

    assert wording.schedule(order) == "9 March, 1 pm sharp"


@pytest.mark.parametrize(
    ("arrival", "sentence"),
    [
        (None, "Say when you will be there."),
        (wall(8, 8, 59), "The start lies between 8 March, 9 am and 9 March, 5 pm. For another time, change the terms."),
        (wall(9, 17, 1), "The start lies between 8 March, 9 am and 9 March, 5 pm. For another time, change the terms."),
    ],
)  # fmt: skip
def test_a_start_outside_the_window_is_refused(job, line, prime, sub, arrival, sentence):
    (offer,) = offered(WINDOW, job, line, prime, sub)

    with nothing_moves(), pytest.raises(Invalid) as refused:
        take(offer, sub, arrival)

    assert refused.value.fields == {"arrival": [sentence]}


def test_both_ends_of_the_window_are_in_it(job, line, prime, sub, stranger):
    first, last = offered(WINDOW, job, line, prime, sub, stranger, routing="select")

    take(first, sub, wall(8, 9))
    take(last, stranger, wall(9, 17))

    assert set(Offer.objects.values_list("status", "arrives_local")) == {
        ("willing", wall(8, 9)), ("willing", wall(9, 17)),
    }  # fmt: skip


@pytest.mark.parametrize("arrival", [wall(5, 10, 59), wall(6, 11, 1)])
def test_as_soon_as_possible_is_within_a_day(job, line, prime, sub, arrival):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)

    with (
        nothing_moves(),
        pytest.raises(Invalid, match="As soon as possible is within a day: by 6 March, 11 am"),
    ):
        take(offer, sub, arrival)


def test_this_very_minute_can_be_named(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)

    order = take(offer, sub, wall(5, 11), now=MONDAY + HOUR + timedelta(seconds=40))

    assert order.starts_local == wall(5, 11)


def test_an_hour_that_the_clocks_skip_is_refused(job, line, prime, sub):
    (offer,) = offered(Schedule("pick_start", NEW_YORK, wall(10, 20), wall(11, 9)), job, line, prime, sub)

    with nothing_moves(), pytest.raises(RuleBroken, match="Did you mean 01:30 or 03:30") as refused:
        take(offer, sub, wall(11, 2, 30))

    assert refused.value.field == "arrival"


def test_a_fixed_time_takes_no_arrival(offer, sub):
    with nothing_moves(), pytest.raises(Invalid, match="The time of this work is fixed"):
        take(offer, sub, wall(8, 10))


def test_the_start_of_a_willing_firm_is_kept_until_the_choice(job, line, prime, sub, stranger):
    first, _ = offered(AT_ONCE, job, line, prime, sub, stranger, routing="select")
    take(first, sub, wall(5, 15))
    first.refresh_from_db()
    assert first.held_until <= MONDAY + 5 * HOUR

    order = answers.choose(first, by=prime.dispatcher, revision=first.revision_id, now=MONDAY + 2 * HOUR)

    assert (order.schedule_kind, order.starts_local) == ("hard_start", wall(5, 15))


def test_a_start_that_has_passed_is_not_chosen(job, line, prime, sub, stranger):
    first, _ = offered(AT_ONCE, job, line, prime, sub, stranger, routing="select")
    take(first, sub, wall(5, 11, 30))
    Offer.objects.filter(pk=first.pk).update(held_until=MONDAY + 9 * HOUR)

    with nothing_moves(), pytest.raises(RuleBroken, match=r"has passed\. Ask them again"):
        answers.choose(first, by=prime.dispatcher, revision=first.revision_id, now=MONDAY + 2 * HOUR)


def test_whoever_steps_back_leaves_no_time_behind(job, line, prime, sub, stranger):
    first, _ = offered(WINDOW, job, line, prime, sub, stranger, routing="select")
    take(first, sub, wall(8, 9))

    answers.decline(first, by=sub.owner, now=MONDAY + 2 * HOUR)

    first.refresh_from_db()
    assert (first.status, first.arrives_local) == ("declined", None)


def test_coverage_is_needed_for_the_start_that_was_named(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)
    order, now = offer.work_order, MONDAY + HOUR

    open_need = need_of(order, offer.revision, sub_id=sub.firm.pk, now=now)
    fixed = need_of(order, appointed(offer.revision, wall(6, 9)), sub_id=sub.firm.pk, now=now)

    assert (open_need.starts_at, open_need.ends_at) == (now, now + 32 * HOUR)
    assert (fixed.starts_at, fixed.ends_at) == (MONDAY + 23 * HOUR, MONDAY + 31 * HOUR)


def test_a_counter_offer_names_its_time(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)

    with nothing_moves(), pytest.raises(Invalid) as refused:
        counters.counter(offer, NewTerms(asked(schedule=AT_ONCE)), by=sub.owner, now=MONDAY + HOUR)
    assert list(refused.value.fields) == ["schedule_kind"]

    later = asked("80", schedule=Schedule("hard_start", NEW_YORK, wall(8, 9)))
    counters.counter(offer, NewTerms(later), by=sub.owner, now=MONDAY + HOUR)
    offer.refresh_from_db()
    order = counters.accept_counter(offer, by=prime.owner, revision=offer.counter_id, now=MONDAY + HOUR)
    assert order.starts_local == wall(8, 9)


def test_work_that_comes_back_is_as_it_was_offered(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)
    order = take(offer, sub, wall(5, 15))

    endings.back_out(order, Ending("nobody_to_send"), by=sub.owner, now=MONDAY + 2 * HOUR)

    order.refresh_from_db()
    assert (order.status, order.schedule_kind, order.starts_local, order.starts_at) == (
        "draft",
        "asap",
        None,
        None,
    )


def test_the_database_knows_which_times_belong_to_a_kind(job, line, prime, sub):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)

    for broken in ({"starts_local": wall(8, 9), "starts_at": MONDAY}, {"schedule_kind": "pick_start"}):
        with pytest.raises(IntegrityError, match="schedule_fits_its_kind"), transaction.atomic():
            OfferRevision.objects.filter(pk=offer.revision_id).update(**broken)
    with pytest.raises(IntegrityError, match="offer_arrival_named_by_whoever_takes_it"), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(arrives_local=wall(8, 9))


def test_a_browser_names_the_start(job, line, prime, sub, browser_of):
    (offer,) = offered(WINDOW, job, line, prime, sub)
    Offer.objects.update(respond_by=MONDAY + timedelta(days=36500))
    OfferRevision.objects.update(
        starts_local=wall(8, 9).replace(year=2090), ends_local=wall(9, 17).replace(year=2090),
        starts_at=MONDAY.replace(year=2090), ends_at=MONDAY.replace(year=2090) + timedelta(days=3),
    )  # fmt: skip
    CoverageOverride.objects.update(expires_at=MONDAY.replace(year=2099))
    browser, page = browser_of(sub.owner), reverse("offer", args=[sub.firm.pk, offer.pk])

    assert b'min="2090-03-08T09:00" max="2090-03-09T17:00"' in browser.get(page).content
    to, sent = reverse("offer-accept", args=[sub.firm.pk, offer.pk]), {"revision": offer.revision_id}
    refused = browser.post(to, sent | {"arrival": "2090-03-10T09:00"}, follow=True)
    assert "The start lies between 8 March, 9 am and 9 March, 5 pm." in refused.content.decode()
    browser.post(to, sent | {"arrival": "2090-03-09T09:00"})

    assert WorkOrder.objects.get().starts_local == wall(9, 9).replace(year=2090)


def test_a_program_names_the_start(job, line, prime, sub, api_of):
    (offer,) = offered(AT_ONCE, job, line, prime, sub)
    now = offer.sent_at
    CoverageOverride.objects.update(expires_at=now.replace(year=2099))
    Offer.objects.update(respond_by=now.replace(year=2099))
    program, path = api_of(sub.owner), f"/api/v1/offers/{offer.pk}/accept/"

    refused = program.post(path, {"revision": str(offer.revision_id)}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "arrival")
    assert refused.json()["errors"][0]["detail"] == "Say when you will be there."
    first, _ = bounds(offer.revision, now=clock.now())
    arrival = (first + HOUR).isoformat(timespec="minutes")
    taken = program.post(path, {"revision": str(offer.revision_id), "arrival": arrival}, format="json")

    assert (taken.status_code, taken.json()["arrives"]) == (200, arrival)
