"""P3: one acceptance, through the action and through HTTP, beside the bare statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.server import Server
from bench.timing import Figure, cpu_of, measure
from engagements.actions import answers
from engagements.models import Offer
from partnernet.core import clock
from partnernet.core.ids import new_id
from partners.actions.keys import hashed
from partners.models import ApiKey, Member

RUNS = 200


def open_offers() -> Iterator[tuple[Offer, Member]]:
    """Offers of orders that are still to be had, to the firm with which an agreement is in force, and its owner."""
    found = Offer.objects.filter(status="sent", position=1, work_order__status="offered").select_related(
        "revision"
    )
    for offer in found.order_by("?")[: 4 * RUNS]:
        yield offer, Member.objects.select_related("firm", "user").get(firm=offer.firm_id, role="owner")


def floor(offers: Sequence[Offer]) -> Figure:
    """Measure the least an acceptance could be: one conditional update and one line of history, committed."""

    def bare(offer: Offer) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE engagements_offer SET ended_at = now() WHERE id = %s AND status = 'sent'", [offer.pk]
            )
            cursor.execute(
                "INSERT INTO engagements_offerevent (id, offer_id, step, side, role, door, on_behalf_of, from_status,"
                " to_status, reason, changes, occurred_at) VALUES (%s, %s, 'bench', 'sub', 'owner', 'clock', '', '', '', '',"
                " '{}', now())",
                [new_id(), offer.pk],
            )

    return measure("accept: SQL floor", [partial(bare, offer) for offer in offers])


def through_the_action(pairs: Sequence[tuple[Offer, Member]]) -> Figure:
    def accept(offer: Offer, by: Member) -> None:
        answers.accept(offer, by=by, revision=offer.revision_id)

    with CaptureQueriesContext(connection) as seen:
        accept(*pairs[0])
    return measure("accept: action", [partial(accept, *pair) for pair in pairs[1:]], queries=len(seen))


def through_http(server: Server, pairs: Sequence[tuple[Offer, Member]]) -> Figure:
    """Accept by API key; every firm with one of its own."""
    # The server has hung up on a line that was idle for long.
    server.line.close()
    asks: list[Callable[[], object]] = []
    keys: dict[Member, str] = {}
    for offer, by in pairs:
        secret = keys.setdefault(by, f"pnk_{new_id().hex}")
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        body = json.dumps({"revision": str(offer.revision_id)})
        asks.append(partial(server.ask, f"/api/v1/offers/{offer.pk}/accept/", headers, body=body))
    now = clock.now()
    ApiKey.objects.bulk_create([
        ApiKey(member=by, name="bench", prefix=secret[:12], key_hash=hashed(secret), scopes=["read", "offers"], created_at=now)
        for by, secret in keys.items()
    ])  # fmt: skip
    return measure("accept: HTTP", asks, cpu=partial(cpu_of, server.group))
