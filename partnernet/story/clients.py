"""Halcyon's clients: twenty names around Nassau and Suffolk, with 640 computers between them."""

from __future__ import annotations

from datetime import datetime

from clients.actions.clients import ClientFacts, ContactFacts, SiteFacts, add_client, add_contact, add_site
from clients.models import Site
from partners.models import Member

# name, what it is, street, ZIP, computers
CLIENTS = (
    ("Garden City Dental", "dental practice", "100 Seventh Street", "11530", 18),
    ("Hicksville Freight", "freight forwarder", "61 Duffy Avenue", "11801", 46),
    ("Mineola Title & Trust", "title company", "190 Mineola Boulevard", "11501", 34),
    ("Westbury Orthopedics", "medical practice", "900 Merchants Concourse", "11590", 40),
    ("Hempstead Legal Group", "law firm", "33 Front Street", "11550", 52),
    ("New Hyde Park Labs", "laboratory", "2200 Jericho Turnpike", "11040", 28),
    ("Rockville Accounting", "accountants", "55 Maple Avenue", "11570", 31),
    ("Baldwin Marine Supply", "wholesaler", "812 Atlantic Avenue", "11510", 22),
    ("Freeport Fisheries", "food processor", "77 Woodcleft Avenue", "11520", 26),
    ("East Meadow Pediatrics", "medical practice", "2000 Hempstead Turnpike", "11554", 24),
    ("Long Beach Realty", "estate agent", "30 Park Avenue", "11561", 15),
    ("Roslyn Architects", "architects", "1400 Old Northern Boulevard", "11576", 38),
    ("Port Washington Imports", "importer", "45 Main Street", "11050", 42),
    ("Great Neck Optical", "optician", "12 Middle Neck Road", "11021", 19),
    ("Syosset Insurance Brokers", "insurance broker", "115 Jackson Avenue", "11791", 47),
    ("Plainview Engineering", "engineers", "1 Fairchild Court", "11803", 55),
    ("Farmingdale Tool & Die", "manufacturer", "240 Route 109", "11735", 33),
    ("Levittown Community Bank", "bank", "2900 Hempstead Turnpike", "11756", 29),
    ("Huntington Gallery", "gallery", "325 Main Street", "11743", 11),
    ("Commack Home Care", "home care", "6080 Jericho Turnpike", "11725", 30),
)


def enter(by: Member, *, now: datetime) -> dict[str, Site]:
    """Write the list down; return each client's one site by the client's name."""
    sites = {}
    for index, (name, kind, street, postcode, _) in enumerate(CLIENTS):
        client = add_client(ClientFacts(name=name, industry=kind), by=by, now=now)
        sites[name] = add_site(
            client,
            SiteFacts(
                name="Main office",
                street=street,
                postcode=postcode,
                access_notes="Ring the front desk. Parking behind the house.",
            ),
            by=by,
        )
        add_contact(
            client,
            ContactFacts(name="Front desk", position="Office", phone=f"+1 516 555 02{index:02d}"),
            by=by,
        )
    return sites


def computers(name: str) -> int:
    return next(count for client, *_, count in CLIENTS if client == name)
