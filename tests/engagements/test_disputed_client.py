"""Leaving work over whose client it is: only where that is disputed, and then nobody's fault."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.actions import protection
from contracts.models import ProtectedClient
from engagements.actions import answers, offers
from engagements.actions.endings import Ending, back_out
from engagements.models import WorkOrder
from engagements.values import Recipient
from partnernet.core.errors import Invalid
from partners.models import ScoreEvent
from tests.engagements.conftest import MONDAY, job, line, order  # noqa: F401 - fixtures
from tests.factories.contracts import signed

pytestmark = pytest.mark.django_db
OVER_CLIENT = Ending("own_client", asked_for_more=False)


def test_leaving_over_a_disputed_client_is_nobodys_fault(prime, sub, order):  # noqa: F811
    signed(prime.owner, sub.owner)
    (offer,) = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)
    taken = answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    row = ProtectedClient.objects.get(client=taken.client_id)
    paper = protection.Paper("Contract 4711", date(2006, 5, 1))
    protection.declare_prior(row, paper, by=sub.owner, now=MONDAY)
    with pytest.raises(Invalid, match="disputed"):
        back_out(taken, OVER_CLIENT, by=sub.owner, now=MONDAY)
    protection.insist(row, by=prime.owner, now=MONDAY)

    back_out(taken, OVER_CLIENT, by=sub.owner, now=MONDAY)

    assert WorkOrder.objects.get(pk=taken.pk).sub is None
    event = ScoreEvent.objects.get(kind__startswith="backed_out")
    assert event.fault == "nobody"
