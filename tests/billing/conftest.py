"""Approved work of the engagements' tests, and its invoice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.actions import approve_work
from billing.models import Invoice
from tests.engagements.conftest import browser_of, job, line, now, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import THURSDAY_9, done, handed_in, running, taken, visit  # noqa: F401 - fixtures

APPROVED_AT = THURSDAY_9 + timedelta(days=1)


@pytest.fixture
def invoice(handed_in, prime) -> Invoice:  # noqa: F811 - the fixture above
    return approve_work(handed_in, by=prime.owner, now=APPROVED_AT)
