"""8 to 50 clients race for each of many offer sets through HTTP: one wins, the others are told why not.

`RACE_SETS` is how many: 40 in the suite, more for the figure.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest

from contracts.models import ProtectedClient
from engagements.models import Assignment, Offer, OfferEvent, WorkOrder, WorkOrderEvent
from partnernet.core import clock
from partnernet.core.models import Delivery, Notification
from tests import programs
from tests.factories.contracts import signed
from tests.factories.partners import FirmFactory, MemberFactory
from tests.offer_sets import Contender, contenders, offer_sets

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SETS, MOST = int(os.environ.get("RACE_SETS", "40")), 50
SIZES = [MOST if n % 50 == 0 else 16 if n % 10 == 0 else 8 for n in range(SETS)]
REFUSALS = {"illegal_step", "rule_broken"}


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    code: str
    seconds: float


class Racers:
    """50 clients with one connection each, let go together."""

    def __init__(self, port: int) -> None:
        self.port, self.mine = port, threading.local()
        self.pool = ThreadPoolExecutor(MOST)

    def race(self, offers: list[Offer], people: list[Contender]) -> list[Answer]:
        """Let every firm accept its own offer of one set at the same moment."""
        barrier = threading.Barrier(len(offers))

        def accept(pair: tuple[Offer, Contender]) -> Answer:
            barrier.wait(timeout=30)
            return self._accept(*pair)

        return list(self.pool.map(accept, zip(offers, people, strict=False)))

    def _accept(self, offer: Offer, person: Contender) -> Answer:
        if not hasattr(self.mine, "line"):
            self.mine.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        began = time.perf_counter()
        self.mine.line.request(
            "POST", f"/api/v1/offers/{offer.pk}/accept/", json.dumps({"revision": str(offer.revision_id)}),
            {"Authorization": f"Bearer {person.secret}", "Content-Type": "application/json"},
        )  # fmt: skip
        answer = self.mine.line.getresponse()
        body = answer.read()
        code = json.loads(body).get("code", "") if body.startswith(b"{") else body[:200].decode()
        return Answer(answer.status, answer.headers.get_content_type(), code, time.perf_counter() - began)


def people_with_agreements() -> tuple[object, list[Contender]]:
    """One prime, and 50 firms with which it has an agreement in force since yesterday."""
    owner = MemberFactory(firm=FirmFactory(name="Halcyon Managed"))
    people = contenders(MOST)
    for person in people:
        signed(owner, person.owner, now=clock.now() - timedelta(days=1))
    return owner.firm, people


def test_of_8_to_50_clients_racing_through_http_exactly_one_wins_each_set(tmp_path, capsys):
    start = time.perf_counter()
    prime, people = people_with_agreements()
    sets = offer_sets(prime, SIZES, [person.firm for person in people], now=clock.now())
    before = Notification.objects.count()
    made = time.perf_counter() - start

    with programs.web(tmp_path, threads=MOST // 2) as port:
        racers, began = Racers(port), time.perf_counter()
        answers = [racers.race(offers, people) for offers in sets]
        took = time.perf_counter() - began

    total, losers = sum(SIZES), sum(SIZES) - SETS
    every = [answer for of_set in answers for answer in of_set]
    counted = Counter(answer.status for answer in every)
    slow = sorted(answer.seconds for answer in every)
    with capsys.disabled():
        print(f"\nraces: {SETS} sets, {total} clients in {took:.1f} s (set-up {made:.1f} s); answers {dict(counted)}, "
              f"codes {dict(Counter(a.code for a in every if a.status != 200))}, "
              f"p50 {slow[total // 2] * 1000:.0f} ms, p99 {slow[total * 99 // 100] * 1000:.0f} ms")  # fmt: skip

    assert [sum(answer.status == 200 for answer in of_set) for of_set in answers] == [1] * SETS
    assert counted == {200: SETS, 409: losers}
    refused = [answer for answer in every if answer.status == 409]
    assert {answer.kind for answer in refused} == {"application/problem+json"}
    assert {answer.code for answer in refused} <= REFUSALS
    nothing_lost(losers, before=before)


def nothing_lost(losers: int, *, before: int) -> None:
    """Check that every set left one acceptance, one assignment and one notice, and that every firm was told once."""
    assert Counter(WorkOrder.objects.values_list("status", flat=True)) == {"assigned": SETS}
    assert Counter(Offer.objects.values_list("status", flat=True)) == {"accepted": SETS, "filled": losers}
    assert Counter(OfferEvent.objects.values_list("step", flat=True)) == {"accept": SETS, "fill": losers}
    assert Counter(WorkOrderEvent.objects.values_list("step", flat=True)) == {"assign": SETS}
    assert OfferEvent.objects.filter(step="accept").values("offer__work_order").distinct().count() == SETS
    assert Assignment.objects.values("work_order").distinct().count() == Assignment.objects.count() == SETS
    assert (
        ProtectedClient.objects.values("client").distinct().count() == SETS == ProtectedClient.objects.count()
    )
    told = Notification.objects.order_by("created_at", "pk")[before:]
    assert Counter(each.kind for each in told) == {
        "offer_accepted": SETS, "order_assigned": SETS, "protected_client_notice": SETS, "offer_filled": losers,
    }  # fmt: skip
    assert Delivery.objects.filter(notification__in=[each.pk for each in told]).count() == 3 * SETS + losers
