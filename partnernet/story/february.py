"""The job: 640 computers before the clocks change, sold at 45 minutes each, measured at 62."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from billing.actions import approve_work, cancel_order
from clients.models import Site
from engagements.actions import (
    changes,
    counters,
    crew,
    engagements,
    holding,
    lines,
    onsite,
    preparing,
    submissions,
    visits,
)
from engagements.actions.changes import Wanted
from engagements.actions.crew import CrewFacts
from engagements.actions.endings import Ending
from engagements.actions.preparing import ToTick
from engagements.crew_hours import Hours
from engagements.models import Engagement, EngagementLine
from engagements.values import JobFacts, LineFacts, NewTerms
from partnernet.story.cast import Troupe
from partnernet.story.clients import CLIENTS
from partnernet.story.stage import DEADLINE, ZONE, Stage
from partnernet.story.work import ask, begin, do_units, hand_in, per_unit, place, take, window

SOLD_MINUTES, MEASURED_MINUTES = 45, 62
PRICE = Decimal(100)
TO_DO = (
    ToTick("Ask at the desk which computers run without a break"),
    ToTick("The first clock after the change, before it is set back", required=False, proof="photo"),
    ToTick("Somebody of the client has seen it", required=False, proof="signature"),
)
WORKDAY = tuple(Hours(weekday, 9 * 60, 15 * 60) for weekday in range(5))


def open_job(prime: Troupe, sites: dict[str, Site], *, stage: Stage) -> dict[str, EngagementLine]:
    """Enter the job, its lines and our crew; report what our own people have done and how long it took."""
    opened = stage.at(-10, 9)
    job = engagements.create(
        JobFacts(
            title="Daylight saving time fix",
            currency="USD",
            timezone=ZONE,
            deadline=stage.local(DEADLINE, 0),
            service="Install the fix for the new daylight saving rules and test calendar and mail.",
            unit_noun="computer",
        ),
        by=prime.dispatcher,
        now=opened,
    )
    made = {}
    for name, _, _, _, count in CLIENTS:
        facts = LineFacts(sites[name].pk, "Daylight saving fix", count, SOLD_MINUTES, PRICE)
        made[name] = lines.add(job, facts, by=prime.dispatcher, now=opened)
    engagements.activate(job, by=prime.dispatcher, now=opened)
    for technician in ("Ana Ruiz", "Tom Delaney"):
        hours = CrewFacts(technician, ZONE, WORKDAY, cost_per_hour=Decimal(48))
        crew.put(job, hours, by=prime.dispatcher, now=opened)
    running = Engagement.objects.get(pk=job.pk)
    for line in made.values():
        line.engagement = running
    _our_own_work(prime, made, stage=stage)
    return made


def _our_own_work(prime: Troupe, made: dict[str, EngagementLine], *, stage: Stage) -> None:
    """Our own people did 32 computers at Mineola, and began at Hempstead; one takes 62 minutes, not 45."""
    for name, units, day in (
        ("Mineola Title & Trust", 16, -6),
        ("Mineola Title & Trust", 16, -5),
        ("Hempstead Legal Group", 12, -4),
    ):
        lines.report_units(
            made[name],
            by=prime.technician,
            units=units,
            minutes=units * MEASURED_MINUTES,
            now=stage.at(day, 15),
        )


def place_work(
    prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage
) -> None:
    """Orders in every state that the work can be in today."""
    _finished(prime, subs, made, stage=stage)
    _running(prime, subs, made, stage=stage)
    _stopped(prime, subs, made, stage=stage)
    _waiting(prime, subs, made, stage=stage)


def _finished(
    prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage
) -> None:
    mesa, shore = subs["bluemesa"], subs["soundshore"]
    # Approved, and its invoice runs.
    done = place(
        made["Garden City Dental"], 18, per_unit(75, window(stage, -3)), by=prime, now=stage.at(-6, 9)
    )
    (offer,) = ask(done, [mesa], by=prime, now=stage.at(-6, 10), respond_by=stage.at(-5, 17))
    done = take(offer, mesa, now=stage.at(-6, 13))
    begin(done, mesa, now=stage.at(-3, 9, 5))
    do_units(done, mesa, 18, minutes_each=58, now=stage.at(-3, 17))
    approve_work(hand_in(done, mesa, now=stage.at(-3, 18)), by=prime.owner, now=stage.at(-2, 10))
    # Handed in, and waits for approval; the client asked for more.
    waits = place(
        made["Huntington Gallery"], 11, per_unit(76, window(stage, -2)), by=prime, now=stage.at(-6, 9)
    )
    (offer,) = ask(waits, [shore], by=prime, now=stage.at(-6, 11), respond_by=stage.at(-4, 17))
    waits = take(offer, shore, now=stage.at(-5, 9))
    begin(waits, shore, now=stage.at(-2, 10))
    do_units(waits, shore, 11, minutes_each=60, now=stage.at(-2, 16))
    asked = submissions.ClientAsked(
        "They would like a price for a second server.", "Ms. Hart, office manager"
    )
    submissions.client_asked(waits, by=shore.technician, asked=asked, now=stage.at(-2, 16, 30))
    hand_in(waits, shore, now=stage.at(-2, 17))
    # Cancelled before anybody went.
    gone = place(made["Long Beach Realty"], 15, per_unit(75, window(stage, 4)), by=prime, now=stage.at(-5, 9))
    (offer,) = ask(gone, [shore], by=prime, now=stage.at(-5, 10), respond_by=stage.at(-3, 17))
    gone = take(offer, shore, now=stage.at(-4, 9))
    closed = Ending("client_cancelled", "They close for a week and do it with us in March.")
    cancel_order(gone, closed, by=prime.dispatcher, now=stage.at(-1, 9))


def _running(
    prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage
) -> None:
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    # On site now.
    runs = place(
        made["Hicksville Freight"], 46, per_unit(75, window(stage, -1)), by=prime, now=stage.at(-5, 9)
    )
    (offer,) = ask(runs, [mesa], by=prime, now=stage.at(-5, 11), respond_by=stage.at(-3, 17))
    runs = take(offer, mesa, now=stage.at(-5, 15))
    begin(runs, mesa, now=stage.at(-1, 9, 40))
    for wanted in TO_DO:
        preparing.add_task(runs, wanted, by=prime.dispatcher, now=stage.at(-4, 10))
    read = runs.tasks.get(text=TO_DO[0].text)
    onsite.tick(read, by=mesa.technician, done=True, now=stage.at(-1, 9, 50))
    do_units(runs, mesa, 19, minutes_each=63, now=stage.at(-1, 17))
    onsite.report_problem(
        runs,
        by=mesa.technician,
        kind="scope",
        text="Four computers in the warehouse have no network. We do them last.",
        now=stage.at(-1, 17, 5),
    )
    cable = Wanted("expense", "Two patch cables from the shop around the corner", Decimal(38))
    changes.ask(runs, cable, by=mesa.technician, now=stage.at(-1, 17, 10))
    (first,) = runs.visits.all()
    visits.finish(first, by=mesa.technician, now=stage.at(-1, 17, 20))
    second = visits.plan_another(runs, by=mesa.technician, now=stage.at(-1, 17, 21))
    visits.check_in(second, by=mesa.technician, now=stage.at(0, 8, 50))
    # Assigned and confirmed for tomorrow.
    near = place(
        made["Westbury Orthopedics"], 24, per_unit(77, window(stage, 1)), by=prime, now=stage.at(-4, 9)
    )
    (offer,) = ask(near, [shore], by=prime, now=stage.at(-4, 10), respond_by=stage.at(-2, 17))
    near = take(offer, shore, now=stage.at(-3, 9))
    visits.confirm(near.visits.get(), by=shore.technician, now=stage.at(0, 7))
    # Assigned for next week, not confirmed, and at its floor.
    far = place(
        made["Port Washington Imports"], 20, per_unit(82, window(stage, 8)), by=prime, now=stage.at(-3, 9)
    )
    (offer,) = ask(far, [state], by=prime, now=stage.at(-3, 10), respond_by=stage.at(-1, 17))
    take(offer, state, now=stage.at(-2, 12))


def _stopped(
    prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage
) -> None:
    """One order stands still until the client has electricity again."""
    state = subs["gardenstate"]
    still = place(
        made["Great Neck Optical"], 19, per_unit(78, window(stage, 6)), by=prime, now=stage.at(-4, 9)
    )
    (offer,) = ask(still, [state], by=prime, now=stage.at(-4, 10), respond_by=stage.at(-2, 17))
    still = take(offer, state, now=stage.at(-3, 11))
    holding.hold(
        still,
        by=prime.dispatcher,
        reason="Water in their cellar. The electrician comes first.",
        now=stage.at(-1, 14),
    )


def _waiting(
    prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage
) -> None:
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    later = stage.now + timedelta(hours=26)
    # Offered to two at once.
    both = place(
        made["Syosset Insurance Brokers"], 30, per_unit(75, window(stage, 10)), by=prime, now=stage.at(-1, 15)
    )
    ask(both, [mesa, state], by=prime, now=stage.at(-1, 16), respond_by=later)
    # Offered, and the sub asks for other terms.
    other = place(
        made["Rockville Accounting"], 31, per_unit(74, window(stage, 12)), by=prime, now=stage.at(-1, 15)
    )
    (offer,) = ask(other, [shore], by=prime, now=stage.at(-1, 16), respond_by=later)
    terms = NewTerms(per_unit(80, window(stage, 13)), units=25, notes="We are one man short that week.")
    counters.counter(offer, terms, by=shore.owner, now=stage.at(-1, 18))
    # A draft.
    place(made["Farmingdale Tool & Die"], 33, per_unit(75, window(stage, 14)), by=prime, now=stage.at(-1, 15))
