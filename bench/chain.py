"""P2: one piece of work from the job to the acceptance; P5: the page of an offer, and the tap that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.server import Server
from bench.timing import Figure, cpu_of, measure
from clients.models import Site
from contracts.models import Agreement
from engagements.actions import answers, engagements, lines, offers, orders
from engagements.models import EngagementLine, Offer
from engagements.pay import FIXED, PayTerms
from engagements.values import Asked, JobFacts, LineFacts, OrderDraft, Piece, Recipient, Schedule
from partnernet.core import clock
from partnernet.core.ids import new_id
from partnernet.core.localtime import to_local
from partners.models import Member

RUNS = 100
TOKEN = "b" * 32
FORM = "application/x-www-form-urlencoded"


def _job(owner: Member, *, now: datetime) -> EngagementLine:
    """Open a job with one long line to take pieces from."""
    facts = JobFacts(title="Bench", currency="USD", timezone="America/New_York")
    job = engagements.create(facts, by=owner, now=now)
    site = Site.objects.filter(client__firm=owner.firm_id).order_by("pk")[0]
    line = lines.add(job, LineFacts(site.pk, "One piece", 2 * RUNS, 45, Decimal(500)), by=owner, now=now)
    engagements.activate(job, by=owner, now=now)
    return line


def whole(owner: Member) -> Figure:
    """Split a piece off, offer it to the firm with which an agreement is in force, and take it."""
    now = clock.now()
    line = _job(owner, now=now)
    other = Agreement.objects.filter(proposer=owner.firm_id, status="signed").values_list("other", flat=True)[
        0
    ]
    taker = Member.objects.select_related("firm", "user").get(firm=other, role="owner")
    day = to_local(now, "America/New_York").replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)

    def once(number: int) -> None:
        starts = day + timedelta(days=3 + number)
        schedule = Schedule("arrival_window", "America/New_York", starts, starts + timedelta(hours=2))
        draft = OrderDraft(asked=Asked(PayTerms(FIXED, Decimal(300)), schedule), routing="first_accept")
        (order,) = orders.split(line.engagement, [Piece(line.pk, 1)], by=owner, draft=draft)
        (offer,) = offers.offer_work(order, [Recipient(other)], by=owner)
        offer.refresh_from_db()
        answers.accept(offer, by=taker, revision=offer.revision_id)

    with CaptureQueriesContext(connection) as seen:
        once(0)
    return measure("chain: actions", [partial(once, number + 1) for number in range(RUNS)], queries=len(seen))


def floor(found: Sequence[Offer]) -> Figure:
    """Measure the least that three steps could be: each one row, its terms and its line of history, committed."""

    def step(offer: Offer, name: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE engagements_offer SET ended_at = ended_at WHERE id = %s", [offer.pk])
            cursor.execute(
                "INSERT INTO engagements_offerevent (id, offer_id, step, side, role, door, on_behalf_of, from_status,"
                " to_status, reason, changes, occurred_at) VALUES (%s, %s, %s, 'sub', 'owner', 'clock', '', '', '', '',"
                " '{}', now())",
                [new_id(), offer.pk, name],
            )

    def all_three(offer: Offer) -> None:
        for name in ("split", "offer", "accept"):
            step(offer, name)

    return measure("chain: SQL floor", [partial(all_three, offer) for offer in found[: RUNS + 1]])


def page_and_tap(server: Server, pairs: Sequence[tuple[Offer, Member]]) -> Figure:
    """Open an offer as its mail does, and take it with the form of the page; each firm signed in before."""
    server.line.close()
    signed_in: dict[Member, str] = {}

    def both(offer: Offer, by: Member) -> None:
        headers = {"Cookie": f"sessionid={signed_in[by]}; csrftoken={TOKEN}", "Content-Type": FORM}
        path = f"/f/{by.firm_id}/offers/{offer.pk}/"
        server.ask(path, headers)
        typed = {"csrfmiddlewaretoken": TOKEN, "revision": str(offer.revision_id)}
        server.ask(f"{path}accept/", headers, body=urlencode(typed), status=302)

    for _, by in pairs:
        if by not in signed_in:
            client = Client()
            client.force_login(by.user)
            signed_in[by] = client.cookies["sessionid"].value
    asks = [partial(both, offer, by) for offer, by in pairs]
    return measure("offer: page and tap", asks, cpu=partial(cpu_of, server.group))
