"""What the database sums up of how a firm pays is what the rule says of its payments one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from partners import scoring
from partners.actions import reckoning
from partners.models import Firm
from tests.factories.partners import FirmFactory, PaymentExperienceFactory, ScoreExclusionFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY, AT = date(2007, 3, 9), datetime(2007, 3, 8, 15, tzinfo=UTC)


def payees(payer: Firm) -> list[Firm]:
    """Two that count, one that nobody has verified, and one that is the payer under another name."""
    known = [FirmFactory(), FirmFactory(), FirmFactory(verified_at=None, verified_by=None)]
    return [*known, FirmFactory(web_domain=payer.web_domain)]


@pytest.mark.parametrize("seed", range(8))
def test_summed_in_the_database_as_one_by_one(seed: int) -> None:
    random = Random(seed)
    payer = FirmFactory(web_domain="payer.example")
    subs = payees(payer)
    for sub in (subs[0], subs[0], subs[1]):
        PaymentExperienceFactory(payer=payer, payee=sub)
    for _ in range(random.randint(2, 30)):
        issued = DAY - timedelta(days=random.randint(1, 900))
        paid = issued + timedelta(days=random.choice((0, 14, 30, 30, 45, 95)))
        made = PaymentExperienceFactory(
            payer=payer, payee=random.choice(subs), amount=Decimal(random.randint(1, 90_000)) / 100,
            currency=random.choice(("USD", "USD", "CAD")), issued_on=random.choice((issued, issued, issued, None)),
            due_on=issued + timedelta(days=30), paid_on=random.choice((paid, paid, paid, None)),
        )  # fmt: skip
        if random.random() < 0.2:
            granted = random.choice((True, False, None))
            decided = {} if granted is None else {"granted": granted, "answer": "Seen.", "decided_at": AT, "decided_by": UserFactory()}  # fmt: skip
            ScoreExclusionFactory(event=None, payment=made, **decided)

    found = reckoning.days_to_pay_of([payer.pk, subs[0].pk], on=DAY)

    one_by_one = reckoning.gather(on=DAY, firms=[payer.pk])[payer.pk].payments
    for currency in ("USD", "CAD"):
        rule = scoring.days_to_pay(one_by_one, currency=currency, on=DAY)
        assert found.get((payer.pk, currency)) == rule
    assert found[payer.pk, "USD"] is not None
    assert (subs[0].pk, "USD") not in found
