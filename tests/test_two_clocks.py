"""Beat twice, or not at all; and two sweepers that find the same 100,000 rows due.

A minute in every run; `BEAT_SECONDS=600 DUE_ROWS=100000` (`make figures`) are ten of them.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.db import connections

from engagements.actions.sweeps import sweep_offers
from engagements.models import Offer, OfferEvent
from partnernet import health
from partnernet.core import clock, mail
from partnernet.core.models import Delivery, Notification
from partnernet.core.notify import Addressee, News, owe_each
from tests import programs
from tests.test_killed import BEAT, FACTS, WORKER, House, house, owe_more, people, sets_of  # noqa: F401 - fixtures

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS = int(os.environ.get("BEAT_SECONDS", "40"))
ROWS = int(os.environ.get("DUE_ROWS", "2000"))
OFFERS_EVERY = settings.CELERY_BEAT_SCHEDULE["sweep-offers"]["schedule"]
OFFERS = 20


def run_out_within(offers: list[Offer], seconds: float) -> None:
    """Let offers run out at moments spread over the next seconds."""
    now, random = clock.now(), Random(4711)
    for offer in offers:
        until = now + timedelta(seconds=random.uniform(0, seconds))
        Offer.objects.filter(pk=offer.pk).update(respond_by=until)


def latenesses() -> list[float]:
    """Return by how many seconds each offer expired after its time, the least first."""
    events = OfferEvent.objects.filter(step="expire").select_related("offer")
    return sorted((event.occurred_at - event.offer.respond_by).total_seconds() for event in events)


def test_two_beats_do_everything_once_and_in_time(house: House, people, capsys):  # noqa: F811
    firsts = [offers[0] for offers in sets_of(people, OFFERS)]
    for name in ("beat", "beat-too"):
        schedule = ["--schedule", str(house.folder / f"{name}-schedule")]
        house.start(name, [*BEAT, *schedule])
    house.start("worker", WORKER)
    house.start("worker-too", WORKER)
    run_out_within(firsts, SECONDS)

    assert programs.eventually(
        lambda: OfferEvent.objects.filter(step="expire").count() >= OFFERS,
        within=SECONDS + 2 * OFFERS_EVERY + 60,
        every=0.5,
    )
    assert programs.eventually(lambda: not Delivery.objects.due(clock.now()).exists(), within=60, every=0.5)

    late, twice = latenesses(), len(house.sink.got) - len(house.sink.counts)
    p99 = late[len(late) * 99 // 100]
    with capsys.disabled():
        print(f"\nclocks: two Beats, {len(late)} offers ran out in {SECONDS} s; {sum(each < 0 for each in late)} early, "
              f"99 of 100 within {p99:.0f} s, {len(late) - OFFERS} done twice, {twice} mails twice")  # fmt: skip
    assert Counter(
        Offer.objects.filter(pk__in=[each.pk for each in firsts]).values_list("status", flat=True)
    ) == {"expired": OFFERS}
    assert (len(late), twice) == (OFFERS, 0)
    assert late[0] >= 0
    assert p99 <= OFFERS_EVERY + 60


def test_without_a_beat_an_alarm_and_then_everything_is_made_up_for(people, capsys):  # noqa: F811
    """Nobody sweeps: three minutes after the first thing was due, `/readyz` says so. The next sweep does all of it."""
    firsts = [offers[0] for offers in sets_of(people, OFFERS)]
    now = clock.now()
    at = now - health.STUCK
    Offer.objects.filter(pk__in=[each.pk for each in firsts]).update(respond_by=at + timedelta(seconds=5))
    quiet = health.checks()["deadlines"]
    Offer.objects.filter(pk=firsts[0].pk).update(respond_by=at - timedelta(seconds=1))

    alarm = health.checks()["deadlines"]
    made_up = sweep_offers(now=clock.now())

    with capsys.disabled():
        print(
            f"\nclocks: no Beat: alarm {health.STUCK.seconds} s after the first thing due; then {made_up} of {OFFERS} made up for"
        )
    assert quiet == "ok"
    assert alarm.startswith("oldest waits since ")
    assert (made_up, health.checks()["deadlines"]) == (OFFERS, "ok")


def at_once(act, count: int = 2) -> list[int]:
    """Let sweepers with connections of their own begin together."""
    barrier, done = Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            done.append(act())
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == count
    return done


def test_two_sweepers_at_so_many_due_rows_promise_each_once(capsys):
    now = clock.now()

    def sweep() -> int:
        said = 0
        for start in range(0, ROWS, 1000):
            many = [
                News([Addressee(f"person{n}@halcyon.example")], "", FACTS, None, f"row-{n}")
                for n in range(start, min(start + 1000, ROWS))
            ]
            said += len(owe_each("start_missed", many, now=now))
        return said

    began = time.perf_counter()
    said = at_once(sweep)
    took = time.perf_counter() - began

    counts = (Notification.objects.count(), Delivery.objects.count())
    with capsys.disabled():
        print(f"\nsweepers: two at {ROWS:,} due rows: {counts[0]:,} promised in {took:.0f} s, {sum(said) - ROWS} twice, "
              f"{ROWS - counts[1]} lost")  # fmt: skip
    assert (sum(said), *counts) == (ROWS, ROWS, ROWS)


def test_two_payers_send_each_due_mail_once():
    count = 300
    owe_more(count)

    def pay() -> int:
        sent = 0
        while now_sent := mail.pay_due(now=clock.now()):
            sent += now_sent
        return sent

    at_once(pay)
    while mail.pay_due(now=clock.now()):
        pass

    arrived = [message.extra_headers["Message-ID"] for message in outbox.outbox]
    assert len(arrived) == len(set(arrived)) == count
