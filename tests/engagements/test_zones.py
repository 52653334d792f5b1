"""The United States moved daylight saving in 2007: what was agreed on the clock stays, its instant moves by an hour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from engagements.actions import offers, zones
from engagements.models import (
    Engagement,
    EngagementEvent,
    Offer,
    OfferEvent,
    OfferRevision,
    WorkOrder,
    WorkOrderEvent,
)
from engagements.values import Recipient
from partnernet.core import mail
from partnernet.core.models import Delivery, Notification
from tests import programs
from tests.engagements.conftest import MONDAY, cover
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.engagements import EngagementFactory, WorkOrderFactory
from tests.zone_rules import OLD, by_hand, compiled

DECEMBER = datetime(2006, 12, 4, 15, tzinfo=UTC)


def run(*, tables: Path | None = None, now: datetime) -> dict[str, object]:
    """Run the command in a process of its own, which reads the tables anew."""
    known = {"PYTHONTZPATH": str(tables)} if tables else {}
    done = subprocess.run(
        [sys.executable, "manage.py", "reresolve_times", "--json", "--now", now.isoformat()],
        cwd=settings.BASE_DIR, env=os.environ | programs.environment() | known, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def order_at(
    job: Engagement, local: datetime, at: datetime, *, zone: str = "America/New_York", **known
) -> WorkOrder:
    """An order that must be finished by a wall time, with the instant that was right when it was written."""
    site = SiteFactory(client=ClientFactory(firm=job.firm))
    return WorkOrderFactory(
        engagement=job, prime=job.firm, site=site, client=site.client, schedule_kind="complete_by", starts_local=None,
        starts_at=None, ends_local=local, ends_at=at, timezone=zone, **known,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_change_of_2007_before_and_after(tmp_path, prime):
    tables = compiled(OLD, tmp_path)
    job = EngagementFactory(
        firm=prime.firm,
        deadline_local=datetime(2007, 3, 15, 17),
        deadline_at=datetime(2007, 3, 15, 22, tzinfo=UTC),
    )
    spring = order_at(job, datetime(2007, 3, 12, 9), datetime(2007, 3, 12, 14, tzinfo=UTC))
    autumn = order_at(job, datetime(2007, 11, 1, 17), datetime(2007, 11, 1, 22, tzinfo=UTC))
    unmoved = [
        order_at(job, datetime(2007, 3, 5, 9), datetime(2007, 3, 5, 14, tzinfo=UTC)),
        order_at(job, datetime(2007, 4, 10, 9), datetime(2007, 4, 10, 13, tzinfo=UTC)),
        order_at(
            job, datetime(2007, 3, 15, 9), datetime(2007, 3, 15, 16, tzinfo=UTC), zone="America/Phoenix"
        ),
    ]
    kept = {order.pk: order.ends_at for order in unmoved}

    before = run(tables=tables, now=DECEMBER)
    after = run(now=DECEMBER)
    again = run(now=DECEMBER)

    assert (before["moved"], before["moves"]) == (0, [])
    assert {(move["reference"], move["time"], move["before"], move["after"]) for move in after["moves"]} == {
        (job.reference, "deadline", "2007-03-15T22:00:00Z", "2007-03-15T21:00:00Z"),
        (spring.reference, "ends", "2007-03-12T14:00:00Z", "2007-03-12T13:00:00Z"),
        (autumn.reference, "ends", "2007-11-01T22:00:00Z", "2007-11-01T21:00:00Z"),
    }
    assert (again["moved"], again["unknown_zones"]) == (0, [])
    assert Engagement.objects.get(pk=job.pk).deadline_local == datetime(2007, 3, 15, 17)
    assert {order.pk: order.ends_at for order in WorkOrder.objects.filter(pk__in=kept)} == kept
    assert EngagementEvent.objects.filter(step="reresolve").count() == 1
    assert WorkOrderEvent.objects.filter(step="reresolve").count() == 2
    assert Notification.objects.filter(kind="times_moved").count() == 3 * 2


def test_the_file_made_by_hand_is_the_rule_of_2006(tmp_path):
    file = tmp_path / "America" / "New_York"
    file.parent.mkdir()
    file.write_bytes(by_hand(OLD))
    asked = "from datetime import *; from zoneinfo import *; z = ZoneInfo('America/New_York');"
    asked += "print([datetime(2007, m, d, 17, tzinfo=z).utcoffset().seconds for m, d in ((3, 15), (4, 2), (10, 27), (11, 1))])"

    told = subprocess.check_output(
        [sys.executable, "-c", asked], env=os.environ | {"PYTHONTZPATH": str(tmp_path)}, text=True
    )

    assert json.loads(told) == [(24 - 5) * 3600, (24 - 4) * 3600, (24 - 4) * 3600, (24 - 5) * 3600]


def an_hour_late(*rows) -> None:
    """Put instants where the old rules had them."""
    for row in rows:
        for name in ("starts_at", "ends_at"):
            if getattr(row, name):
                setattr(row, name, getattr(row, name) + timedelta(hours=1))
        row.save(update_fields=["starts_at", "ends_at"])


@pytest.mark.django_db
def test_an_offer_moves_with_its_order_and_both_firms_are_told(order, prime, sub):
    cover(prime, sub)
    offer = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=MONDAY)[0]
    right = OfferRevision.objects.get(pk=offer.revision_id)
    starts, ends = right.starts_at, right.ends_at
    an_hour_late(WorkOrder.objects.get(pk=order.pk), right)
    Notification.objects.all().delete()

    outcome = zones.reresolve_times(now=MONDAY)

    assert {(move.kind, move.time) for move in outcome.moves} == {
        (k, t) for k in ("order", "offer") for t in ("starts", "ends")
    }
    right.refresh_from_db()
    assert (right.starts_at, right.ends_at) == (starts, ends)
    event = OfferEvent.objects.get(step="reresolve")
    assert (event.side, event.changes["starts"]["local"]) == ("system", "2007-03-08T09:00")
    assert Offer.objects.get().status == "sent"
    told = set(Notification.objects.values_list("user__email", flat=True))
    assert told == {
        f"{who}@{firm}.example" for who in ("owner", "dispatcher") for firm in ("halcyon", "bluemesa")
    }
    letter = mail.message(Delivery.objects.filter(address="owner@bluemesa.example").get())
    assert "The start stays 8 March, 9 am there: now 14:00 UTC on 8 March, before 15:00 UTC" in letter.body
    assert order.client.name not in letter.body
    assert zones.reresolve_times(now=MONDAY).moves == []


@pytest.mark.django_db
def test_what_has_passed_or_ended_stays_as_it_was(order, prime):
    an_hour_late(order)

    assert zones.reresolve_times(now=order.ends_at).moves == []
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    assert zones.reresolve_times(now=MONDAY).moves == []


@pytest.mark.django_db
def test_a_window_that_begins_in_a_skipped_hour_keeps_its_length(order):
    spring = {"starts_local": datetime(2007, 3, 11, 2, 30), "ends_local": datetime(2007, 3, 11, 3, 30)}
    at = {
        "starts_at": datetime(2007, 3, 11, 8, 30, tzinfo=UTC),
        "ends_at": datetime(2007, 3, 11, 9, 30, tzinfo=UTC),
    }
    WorkOrder.objects.filter(pk=order.pk).update(**spring, **at)

    zones.reresolve_times(now=MONDAY)

    order.refresh_from_db()
    assert order.starts_at == datetime(2007, 3, 11, 7, 30, tzinfo=UTC)
    assert order.ends_at == datetime(2007, 3, 11, 8, 30, tzinfo=UTC)
    assert zones.reresolve_times(now=MONDAY).moves == []


@pytest.mark.django_db
def test_a_zone_that_is_gone_is_named_and_its_rows_are_left_alone(order, capsys):
    WorkOrder.objects.filter(pk=order.pk).update(timezone="America/Atlantis", amount=Decimal(75))

    call_command("reresolve_times", "--now", MONDAY.isoformat())

    said = capsys.readouterr()
    assert said.out == "0 instants moved.\n"
    assert said.err == "Not in this machine's tables: America/Atlantis\n"
