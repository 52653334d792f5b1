"""The story of the product, played through the actions on its real dates and on today's."""

from collections import Counter
from datetime import date

import pytest

from billing.models import Invoice
from contracts.models import Agreement, ApproachReport, ProtectedClient
from engagements.models import CallOff, Engagement, RecordedAnswer, WorkOrder
from engagements.outlook import look_ahead
from partnernet.core import clock
from partnernet.core.models import Delivery
from partnernet.story.load import load
from partnernet.story.stage import Stage
from partners.models import FirmScore, RatingRound


@pytest.mark.django_db
def test_the_story_stands_on_its_real_dates():
    stage = Stage.in_2007()

    load(stage=stage)

    job = Engagement.objects.get(title="Daylight saving time fix")
    outlook = look_ahead(job, now=stage.now)
    assert outlook is not None
    assert outlook.sentence == (
        "At 60 minutes each we finish on 5 April, 25 days late. 222 of 640 computers will miss 11 March: place them,"
        " or add 223 hours."
    )
    assert job.deadline_at.isoformat() == "2007-03-11T05:00:00+00:00"
    assert Counter(WorkOrder.objects.filter(engagement=job).values_list("status", flat=True)) == {
        "draft": 1,
        "offered": 3,
        "assigned": 2,
        "in_progress": 1,
        "on_hold": 1,
        "submitted": 1,
        "approved": 1,
        "cancelled": 1,
    }
    assert outlook.forecast.units == 640
    assert _evidence("Blue Mesa IT", "as_sub") == (28, 3)
    assert _evidence("South Fork Computing", "as_sub") == (0, 0)
    assert _evidence("Blue Mesa IT", "trust") == (7, 3)
    assert Counter(RatingRound.objects.values_list("status", flat=True)) == {
        "revealed": 10,
        "lapsed": 1,
        "open": 4,
    }
    assert Counter(Invoice.objects.values_list("status", flat=True)) == {
        "paid": 9,
        "approved": 3,
        "disputed": 1,
        "revise": 1,
    }
    assert Invoice.objects.overdue(date(2007, 2, 12)).count() == 1
    assert Counter(Agreement.objects.values_list("status", flat=True)) == {
        "signed": 6,
        "partially_signed": 1,
        "declined": 1,
    }
    assert ProtectedClient.objects.filter(prime=job.firm).exists()
    assert ApproachReport.objects.get().prime == job.firm
    assert not Delivery.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_the_story_stands_today():
    load(stage=Stage.today(clock.now()))

    running = WorkOrder.objects.filter(status="in_progress").order_by("number")
    assert [order.title for order in running] == [
        "46 computers: Daylight saving fix",
        "Answer tickets while we drive out",
    ]
    assert Counter(CallOff.objects.values_list("status", flat=True)) == {
        "done": 1,
        "acknowledged": 1,
        "called": 1,
    }
    assert RecordedAnswer.objects.get().said.startswith("Otis & Daughter Networks takes")


def _evidence(firm: str, dimension: str) -> tuple[int, int]:
    score = FirmScore.objects.get(firm__name=firm, dimension=dimension)
    return score.events, score.counterparties
