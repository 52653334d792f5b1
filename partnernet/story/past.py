"""The months before: enough evidence to make some scores thick, some thin and one New."""

from __future__ import annotations

from clients.actions.clients import ClientFacts, SiteFacts, add_client, add_site
from clients.models import Site
from partnernet.story.cast import Troupe
from partnernet.story.stage import Stage
from partnernet.story.work import GLAD, YES, Deal, whole_deal
from partners.opinion import Opinion

LATE = Opinion(again=True, performs=4, commitment=4, reliability=2, trustworthy=5)
PAYS_LATE = Opinion(again=False, commitment=4, credit=1, rapport=3)


def client_of(troupe: Troupe, name: str, postcode: str, *, stage: Stage) -> Site:
    """Write down one client of a firm that hires in the past, too."""
    client = add_client(ClientFacts(name=name, industry="office"), by=troupe.owner, now=stage.at(-120))
    return add_site(client, SiteFacts(name="Main office", postcode=postcode), by=troupe.owner)


def play(prime: Troupe, subs: dict[str, Troupe], sites: dict[str, Site], *, stage: Stage) -> None:
    """Halcyon hired Blue Mesa and Sound Shore; these and Garden State hired each other."""
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    hempstead, roslyn, syosset = (
        sites[n] for n in ("Hempstead Legal Group", "Roslyn Architects", "Syosset Insurance Brokers")
    )
    huntington = client_of(shore, "Cold Spring Press", "11724", stage=stage)
    paramus = client_of(state, "Bergen Packaging", "07652", stage=stage)
    deals = (
        (Deal("New workstations", hempstead, -88, 12, 120, 85, paid=14), prime, mesa),
        (Deal("Server move", roslyn, -74, 6, 180, 120, paid=13), prime, mesa),
        (Deal("Laptop refresh", syosset, -52, 10, 120, 90, paid=15, said=(GLAD, None)), prime, mesa),
        (
            Deal("Printer roll-out", hempstead, -40, 8, 95, 70, minutes_late=25, paid=20, said=(LATE, YES)),
            prime,
            shore,
        ),
        (Deal("Antivirus change", roslyn, -33, 14, 60, 42, paid=16), prime, shore),
        (Deal("Office move", huntington, -60, 9, 110, 80, paid=27), shore, mesa),
        (Deal("Wireless survey", huntington, -37, 4, 200, 150, paid=34, said=(YES, PAYS_LATE)), shore, mesa),
        (Deal("Backup roll-out", paramus, -45, 11, 100, 75, paid=15), state, mesa),
        (Deal("New firewall", paramus, -30, 3, 260, 190, paid=14, said=(None, None)), state, shore),
    )
    for deal, hirer, hired in deals:
        whole_deal(deal, hirer, hired, stage=stage)
    # Two that are open today: one of Halcyon's is due soon, one that Halcyon is owed is late.
    whole_deal(Deal("Monitor swap", syosset, -14, 9, 70, 50, paid=None), prime, mesa, stage=stage)
    whole_deal(Deal("Mail migration", huntington, -26, 8, 160, 115, paid=None), shore, prime, stage=stage)
