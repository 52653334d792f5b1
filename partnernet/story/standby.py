"""What stands beside the big job: a firm that keeps cover, and a colleague who never signed up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from clients.models import Site
from contracts.actions import coverage
from engagements import pay
from engagements.actions import call_offs, placing, recorded, timekeeping, visits
from engagements.actions.call_offs import Call
from engagements.actions.placing import OnePiece
from engagements.actions.recorded import Answer, Spoken
from engagements.actions.timekeeping import Worked
from engagements.cover import Promise
from engagements.models import Offer, WorkOrder
from engagements.values import Asked, Recipient, Schedule
from partnernet.story.cast import Troupe
from partnernet.story.stage import ZONE, Stage
from partnernet.story.work import take, window
from partners.actions import off_network
from partners.actions.off_network import Known

MINUTE = timedelta(minutes=1)
OTIS = Known("Otis & Daughter Networks", "Otis Bell", "otis@bellnet.example", "+1 631 555 0163", "11746")


def play(prime: Troupe, subs: dict[str, Troupe], sites: dict[str, Site], *, stage: Stage) -> None:
    """While Halcyon's people drive out for the fix, Sound Shore answers its tickets; Otis runs a cable."""
    shore = subs["soundshore"]
    order = _cover(prime, shore, sites["Great Neck Optical"], stage=stage)
    _tickets(order, prime, shore, sites, stage=stage)
    _by_phone(prime, sites["Huntington Gallery"], stage=stage)


def _cover(prime: Troupe, sub: Troupe, site: Site, *, stage: Stage) -> WorkOrder:
    """Round the clock from four days ago until ten days from now."""
    asked = Asked(
        pay=pay.PayTerms(kind=pay.HOURLY, amount=Decimal(70)),
        schedule=Schedule(
            "cover", ZONE, stage.local(-4, 0), stage.local(10, 0), Promise(30, Decimal(5), Decimal(20))
        ),
        net_days=15,
    )
    facts = OnePiece(
        "Answer tickets while we drive out", Decimal(4000), asked, [Recipient(sub.firm.pk)], site=site.pk
    )
    order = placing.cover(facts, by=prime.owner, now=stage.at(-7, 9))
    order = take(Offer.objects.get(work_order=order), sub, now=stage.at(-6, 16))
    visits.acknowledge_briefing(order, by=sub.technician, now=stage.at(-5, 9))
    return order


def _tickets(order: WorkOrder, prime: Troupe, sub: Troupe, sites: dict[str, Site], *, stage: Stage) -> None:
    """One is done, one is being worked on, one waits for an answer."""
    optical, imports = sites["Great Neck Optical"], sites["Port Washington Imports"]
    for minutes_ago, call in (
        (25 * 60, _ticket(imports, "T-2041", "The printer in the office prints blank pages", 2)),
        (50, _ticket(optical, "T-2057", "One PC shows the wrong time after the fix", 3)),
        (8, _ticket(imports, "T-2060", "Mail does not arrive on two phones", 2)),
    ):
        called = call_offs.call_off(order, call, by=prime.dispatcher, now=stage.now - minutes_ago * MINUTE)
        if minutes_ago > 30:
            answered = stage.now - (minutes_ago - 9) * MINUTE
            call_offs.acknowledge(called, by=sub.technician, now=answered)
        if minutes_ago > 24 * 60:
            timekeeping.log(
                order,
                Worked(minutes=75, call_off=called.pk),
                by=sub.technician,
                now=answered + 80 * MINUTE,
            )
            call_offs.finish(called, by=sub.technician, now=answered + 82 * MINUTE)


def _ticket(site: Site, number: str, what: str, hours: int) -> Call:
    return Call(site.client_id, number, what, Decimal(hours), site.pk)


def _by_phone(prime: Troupe, site: Site, *, stage: Stage) -> None:
    """An owner vouches for Otis; what he says on the phone is written down."""
    otis = off_network.add(OTIS, by=prime.owner, now=stage.at(-9, 9))
    until = stage.at(-4, 9) + timedelta(days=28)
    coverage.override(
        otis, by=prime.owner, reason="We have worked together since 1998.", until=until, now=stage.at(-4, 9)
    )
    asked = Asked(
        pay=pay.PayTerms(kind=pay.FIXED, amount=Decimal(320)), schedule=window(stage, 4, 13, 15), net_days=10
    )
    facts = OnePiece(
        "Run a cable to the new counter", Decimal(480), asked, [Recipient(otis.pk)], site=site.pk
    )
    order = placing.urgent(facts, by=prime.owner, now=stage.at(-4, 10))
    offer = Offer.objects.get(work_order=order)
    taken = Answer("accept", offer=offer.pk, revision=offer.revision_id)
    called = stage.at(-3, 11)
    recorded.record(
        order, taken, Spoken("phone", "Otis", called), by=prime.dispatcher, now=called + 5 * MINUTE
    )
