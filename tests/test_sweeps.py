"""The clock: what is due is done at its instant, once, however often and by however many sweepers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from billing.actions import (
    announce_payment,
    approve_silent_work,
    approve_work,
    confirm_silent_payments,
    tell_overdue,
)
from billing.actions.payments import Paid
from billing.models import Invoice, InvoiceEvent
from contracts.actions.sweeps import lapse_due, remind_due
from engagements.actions import offers, visit_sweeps
from engagements.actions.sweeps import sweep_offers
from engagements.models import Offer, OfferEvent, WorkOrderEvent
from engagements.values import Recipient
from partnernet.celery import app
from partnernet.core import idempotency
from partnernet.core.models import Delivery, IdempotencyRecord, Notification
from partnernet.core.notify import Addressee, owe
from partnernet.management.commands.sweep_deadlines import SWEEPS
from partners.actions import reckoning
from partners.models import ScoreSnapshot
from tests.engagements.conftest import MONDAY, cover, job, line, now, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import THURSDAY_9, done, handed_in, running, taken, visit  # noqa: F401 - fixtures
from tests.factories.contracts import proposed
from tests.factories.partners import people_of

MS = timedelta(milliseconds=1)
AT = pytest.mark.parametrize(("offset", "due"), [(-MS, 0), (0 * MS, 1), (MS, 1)], ids=["-1 ms", "0", "+1 ms"])


def test_beat_runs_every_sweep_by_plain_intervals():
    schedule = settings.CELERY_BEAT_SCHEDULE
    app.loader.import_default_modules()

    assert set(schedule) == set(SWEEPS)
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert {type(entry["schedule"]) for entry in schedule.values()} == {float}
    assert settings.CELERY_TIMEZONE == "UTC"


@pytest.mark.django_db
@AT
def test_an_offer_expires_at_its_instant(offer, offset, due):  # noqa: F811
    assert sweep_offers(now=offer.respond_by + offset) == due
    assert sweep_offers(now=offer.respond_by + offset) == 0

    offer.refresh_from_db()
    assert offer.status == ("expired" if due else "sent")
    assert OfferEvent.objects.filter(step="expire").count() == due


@pytest.mark.django_db
@AT
def test_silence_approves_at_its_instant(handed_in, offset, due):  # noqa: F811
    assert approve_silent_work(now=handed_in.silence_at + offset) == due
    assert approve_silent_work(now=handed_in.silence_at + offset) == 0

    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.by_silence) == (("approved", True) if due else ("submitted", False))
    assert Invoice.objects.count() == due


@pytest.mark.django_db
@AT
def test_an_answer_is_kept_for_24_hours(offset, due):
    record = IdempotencyRecord.objects.create(principal="p", key="k", fingerprint="f", status=200, body="{}")
    record.refresh_from_db()

    assert idempotency.forget(now=record.created_at + idempotency.KEPT + offset) == due
    assert IdempotencyRecord.objects.count() == 1 - due


def silent_payment(invoice: Invoice, by) -> None:
    paid = Paid(on=(THURSDAY_9 + timedelta(days=1)).date())
    announce_payment(invoice, by=by, paid=paid, now=THURSDAY_9 + timedelta(days=2))


MONTHS_LATER = MONDAY + timedelta(days=90)


def a_world_of_things_due(prime, sub, stranger, handed_in) -> None:  # noqa: F811
    """An invoice with a silent payment, and an agreement that nobody signs."""
    silent_payment(approve_work(handed_in, by=prime.owner, now=THURSDAY_9 + timedelta(days=1)), prime.owner)
    proposed(prime.owner, stranger.firm, now=MONDAY)


def everything() -> tuple[int, ...]:
    counted = (Notification, Delivery, WorkOrderEvent, OfferEvent, InvoiceEvent, ScoreSnapshot)
    return tuple(model.objects.count() for model in counted)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sweep", "moment"),
    [
        (visit_sweeps.ask_to_confirm, THURSDAY_9 - timedelta(hours=10)),
        (visit_sweeps.tell_missed_starts, THURSDAY_9 + timedelta(hours=3)),
    ],
)
def test_sweeps_of_visits_tell_once(taken, sweep, moment):  # noqa: F811
    first, before = sweep(now=moment), Notification.objects.count()

    assert first > 0
    assert sweep(now=moment) == 0
    assert Notification.objects.count() == before


@pytest.mark.django_db
def test_waiting_work_is_told_once_a_day(handed_in):  # noqa: F811
    moment = THURSDAY_9 + timedelta(days=6)

    assert [visit_sweeps.remind_of_approvals(now=moment) for _ in range(2)] == [1, 0]
    assert visit_sweeps.remind_of_approvals(now=moment + timedelta(days=1)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("sweep", [confirm_silent_payments, remind_due, lapse_due])
def test_a_second_run_of_any_sweep_changes_nothing(prime, sub, stranger, handed_in, sweep):  # noqa: F811
    a_world_of_things_due(prime, sub, stranger, handed_in)
    moment = MONDAY + timedelta(days=5) if sweep is remind_due else MONTHS_LATER

    assert sweep(now=moment) == 1
    left = everything()
    assert sweep(now=moment) == 0
    assert everything() == left


@pytest.mark.django_db
def test_overdue_is_told_once_for_each_step(prime, handed_in):  # noqa: F811
    invoice = approve_work(handed_in, by=prime.owner, now=THURSDAY_9 + timedelta(days=1))
    day = timedelta(days=1)
    due = THURSDAY_9.replace(year=invoice.due_on.year, month=invoice.due_on.month, day=invoice.due_on.day)

    told = [tell_overdue(now=due + late * day) for late in (-4, -3, -2, 0, 1, 2, 8, 8)]

    # The payer's owner and desk before it is due; then both firms' on days 1 and 8.
    assert told == [0, 2, 0, 0, 4, 0, 4, 0]


@pytest.mark.django_db
def test_one_command_runs_all_and_says_what_each_did(prime, stranger, offer, capsys):  # noqa: F811
    proposed(prime.owner, stranger.firm, now=MONDAY)

    said = []
    for _ in range(2):
        call_command("sweep_deadlines", "--json")
        said.append(json.loads(capsys.readouterr().out))

    assert set(said[0]) == set(SWEEPS)
    assert (said[0]["sweep-offers"], said[0]["lapse-agreements"], said[0]["rescore"]) == (1, 1, 1)
    assert said[0]["pay-what-is-owed"] == Delivery.objects.exclude(sent_at=None).count() > 0
    assert set(said[1].values()) == {0}


def at_once(act: Callable[[], int], sweepers: int = 2) -> list[int]:
    """Let sweepers with connections of their own begin together; a refusal or an error is a failure here."""
    barrier, counts = Barrier(sweepers), []

    def run() -> None:
        barrier.wait()
        try:
            counts.append(act())
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(sweepers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == sweepers
    return counts


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_expire_each_offer_once(order, prime):  # noqa: F811
    subs = [people_of(f"Sub {number}", f"sub{number}.example") for number in range(6)]
    for each in subs:
        cover(prime, each)
    offers.offer_work(order, [Recipient(each.firm.pk) for each in subs], by=prime.owner, now=MONDAY)

    counts = at_once(lambda: sweep_offers(now=MONTHS_LATER), sweepers=3)

    assert sum(counts) == 6
    assert set(Offer.objects.values_list("status", flat=True)) == {"expired"}
    assert OfferEvent.objects.filter(step="expire").count() == 6
    assert Notification.objects.filter(kind="offer_expired").count() == 6 * 2


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_approve_bill_and_confirm_once(prime, handed_in):  # noqa: F811
    assert sorted(at_once(lambda: approve_silent_work(now=MONTHS_LATER))) == [0, 1]
    silent_payment(Invoice.objects.get(), prime.owner)
    assert sorted(at_once(lambda: confirm_silent_payments(now=MONTHS_LATER))) == [0, 1]

    assert Invoice.objects.get().status == "paid"
    assert InvoiceEvent.objects.filter(step="confirm_payment").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_tell_of_a_visit_once(taken):  # noqa: F811
    moment = THURSDAY_9 - timedelta(hours=10)

    for sweep, when in (
        (visit_sweeps.ask_to_confirm, moment),
        (visit_sweeps.tell_missed_starts, moment + timedelta(days=1)),
    ):
        counts = at_once(lambda: sweep(now=when), sweepers=4)  # noqa: B023 - runs before the next turn
        assert sum(counts) > 0

    told = list(Notification.objects.exclude(dedupe=None).values_list("dedupe", flat=True))
    assert len(told) == len(set(told)) > 0
    assert Delivery.objects.filter(notification__dedupe__in=told).count() == len(told)


@pytest.mark.django_db(transaction=True)
def test_the_same_promise_by_eight_at_once_is_one_message():
    people = [Addressee(f"person{number}@halcyon.example") for number in range(20)]
    facts = {"order": "WO-1", "town": "Hicksville"}

    counts = at_once(
        lambda: len(owe("start_missed", to=people, now=MONDAY, context=facts, once="order-1")), sweepers=8
    )

    assert sum(counts) == Notification.objects.count() == Delivery.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_beats_publish_one_snapshot():
    def rescore() -> int:
        return int(reckoning.rescore_if_due(now=MONDAY) is not None)

    assert sum(at_once(rescore)) == 1
    assert ScoreSnapshot.objects.count() == 1
