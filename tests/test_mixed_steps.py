"""Everything at once: 16 clients take whatever step at the same few orders of three firms, while the clock sweeps.

Legal and illegal, in any order; whoever comes too late is told so. A few seconds in every run, longer where the machine is
slow; `MIXED_SECONDS=600` (`make figures`) goes on for ten minutes.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections
from django.db.models import Count, Sum

from billing.models import Invoice, PaymentAllocation
from engagements.models import (
    Assignment,
    EngagementLine,
    Offer,
    WorkOrder,
    WorkOrderEvent,
    WorkOrderLine,
)
from partnernet.core import clock
from partnernet.core.middleware import LOCK_NOT_AVAILABLE
from partnernet.management.commands.sweep_deadlines import SWEEPS
from tests import mixed, programs
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.contracts import signed
from tests.factories.engagements import EngagementFactory, EngagementLineFactory
from tests.factories.partners import people_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS = float(os.environ.get("MIXED_SECONDS", "6"))
LEAST, LONGEST = 40, 120.0
"""How many steps must have been taken, and after how many seconds nobody waits for them any more."""
AT_ONCE = 16
SWEPT = (
    "sweep-offers", "ask-to-confirm", "tell-missed-starts", "invite-parts", "approve-silent-work", "confirm-silent-payments",
    "tell-overdue", "approve-uncontested", "reveal-ratings", "pay-what-is-owed",
)  # fmt: skip
BUSY = 503


def firms() -> dict[UUID, dict[str, mixed.Seat]]:
    """Three firms that have agreements with each other, each with a job of two lines; return who sits at which keyboard."""
    names = (
        ("Halcyon Managed", "halcyon"),
        ("Blue Mesa IT", "bluemesa"),
        ("Sound Shore Systems", "soundshore"),
    )
    people = [people_of(name, f"{domain}.example") for name, domain in names]
    for one, other in itertools.combinations(people, 2):
        signed(one.owner, other.owner, now=clock.now() - timedelta(days=1))
    for each in people:
        job = EngagementFactory(firm=each.firm, number=1, created_at=clock.now())
        site = SiteFactory(client=ClientFactory(firm=each.firm), timezone="America/New_York")
        for position in (1, 2):
            EngagementLineFactory(engagement=job, site=site, units=100_000, position=position)
    return {each.firm.pk: mixed.seats(each) for each in people}


def deadlocks() -> int:
    """Return how many the database has ended so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Crowd:
    """16 clients and a clock. `answers` counts what was tried, and how it was answered."""

    def __init__(self, port: int, people: dict[UUID, dict[str, mixed.Seat]]) -> None:
        self.port, self.people, self.steps = port, people, mixed.steps(people)
        self.answers: Counter[tuple[str, int]] = Counter()
        self.seen, self.over = mixed.look(), threading.Event()

    def run(self) -> None:
        """Let everybody go on until the time is over and enough was done."""
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            everybody = [pool.submit(self.client, number) for number in range(AT_ONCE)]
            everybody.append(pool.submit(self.sweep))
            try:
                began = time.monotonic()
                while self.goes_on(time.monotonic() - began) and not any(each.done() for each in everybody):
                    self.seen = mixed.look()
                    time.sleep(0.1)
            finally:
                self.over.set()
            for each in everybody:
                each.result(timeout=90)

    def goes_on(self, seconds: float) -> bool:
        return seconds < SECONDS or (self.taken() < LEAST and seconds < LONGEST)

    def taken(self) -> int:
        return sum(count for (_, status), count in list(self.answers.items()) if status < 400)

    def client(self, number: int) -> None:
        hand = mixed.Hand(self.port, self.people, number)
        while not self.over.is_set():
            chosen = hand.choose(self.steps, self.seen)
            if chosen:
                self.answers[chosen[0].name, hand.take(*chosen)] += 1

    def sweep(self) -> None:
        """Look at every deadline once a second; a row that somebody keeps is looked at again at the next tick."""
        try:
            while not self.over.wait(1):
                for name in SWEPT:
                    try:
                        SWEEPS[name](now=clock.now())
                    except OperationalError as error:
                        if getattr(error.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
                            raise
                        self.answers[name, BUSY] += 1
        finally:
            connections.close_all()


def test_16_clients_at_once_meet_no_deadlock_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, before = firms(), deadlocks()

    with programs.web(tmp_path, threads=AT_ONCE, API_RATE="1000000/min") as port:
        crowd, began = Crowd(port, people), time.perf_counter()
        crowd.run()
        took = time.perf_counter() - began

    time.sleep(1.5)  # what a session has counted is seen a second later at most
    ended, log = deadlocks() - before, (tmp_path / "web.log").read_text()
    by_status = Counter[int]()
    for (_, status), count in crowd.answers.items():
        by_status[status] += count
    taken = crowd.taken()
    failed = sum(count for status, count in by_status.items() if status >= 500 and status != BUSY)
    work = Counter(WorkOrder.objects.values_list("status", flat=True))
    with capsys.disabled():
        print(f"\nmixed: {by_status.total()} steps by {AT_ONCE} at once in {took:.0f} s, {taken} of them taken: {ended} deadlocks, "
              f"{failed} failures, {by_status[BUSY]} told to try again; {work.total()} orders, {work['approved']} approved, "
              f"{Invoice.objects.filter(status='paid').count()} invoices paid")  # fmt: skip
    assert (ended, failed, "deadlock detected" in log) == (0, 0, False), (crowd.answers, log[-3000:])
    assert set(by_status) <= {200, 201, 204, 302, 400, 403, 404, 409, BUSY}, crowd.answers
    assert taken >= LEAST
    everything_adds_up()


def everything_adds_up() -> None:
    """Check that no two firms have one order, that units are counted once, and that money and history are whole."""
    for line in EngagementLine.objects.order_by("pk"):
        on_orders = WorkOrderLine.objects.filter(line=line).exclude(work_order__status="cancelled")
        assert line.committed == (on_orders.aggregate(all=Sum("units"))["all"] or 0)
    rounds = Offer.objects.filter(status="accepted").values("work_order", "round").annotate(count=Count("pk"))
    assert not rounds.filter(count__gt=1).exists()
    current = Assignment.objects.current().values("work_order").annotate(count=Count("pk"))
    assert not current.filter(count__gt=1).exists()
    for order in WorkOrder.objects.order_by("pk"):
        gaps = [
            (str(order), one.step, other.step)
            for one, other in history(order)
            if one.to_status != other.from_status
        ]
        assert gaps == []

    for invoice in Invoice.objects.exclude(status="void"):
        paid = (
            PaymentAllocation.objects.standing().filter(invoice=invoice).aggregate(all=Sum("amount"))["all"]
            or 0
        )
        assert paid <= invoice.amount


def history(order: WorkOrder) -> Iterator[tuple[WorkOrderEvent, WorkOrderEvent]]:
    """Yield each step with the next one. A sweep looks with the time at which it began, so its lines may stand earlier."""
    told = order.events.order_by("occurred_at", "id")
    return (pair for pair in pairwise(told) if all(event.by_firm for event in pair))
