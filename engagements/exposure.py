"""How much unpaid work a firm carries for another, against the limit that it set itself and that the other never sees."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from engagements.models import Offer, Submission, WorkOrder
from partnernet.core import money
from partners.models import Partnership, PaymentExperience

RUNNING = ("assigned", "in_progress", "on_hold", "submitted")


@dataclass(frozen=True, slots=True)
class Exposure:
    """Money of one firm that is with another: invoices that are not paid, and what accepted work can still come to."""

    firm: str
    invoices: Decimal
    accepted: Decimal
    limit: Decimal
    currency: str

    def before(self, more: Decimal) -> str:
        """Say with the numbers that a job of this much goes above the limit; nothing when it does not."""
        return self._sentence(more, "would be")

    def above(self) -> str:
        """Say with the numbers that the limit is passed; nothing when it is not."""
        return self._sentence(Decimal(0), "is")

    def _sentence(self, more: Decimal, verb: str) -> str:
        total = self.invoices + self.accepted + more
        if total <= self.limit:
            return ""
        unpaid, invoices, accepted, limit = (
            money.show(amount, self.currency)
            for amount in (total, self.invoices, self.accepted + more, self.limit)
        )
        return (
            f"{unpaid} of your work for {self.firm} {verb} unpaid: {invoices} on invoices, {accepted} in accepted work. "
            f"Your limit is {limit}."
        )


def exposure_of(sub_id: UUID, *, prime_id: UUID, currency: str) -> Exposure | None:
    """Return what the sub carries for the prime in a currency; None without a limit in that currency."""
    noted = Partnership.objects.visible_to(sub_id).filter(other=prime_id, exposure_limit__isnull=False)
    found = noted.filter(owner__currency=currency).values_list("other__name", "exposure_limit").first()
    if found is None or found[1] is None:
        return None
    name, limit = found[0], found[1]
    unpaid = PaymentExperience.objects.about(prime_id).filter(payee=sub_id, currency=currency, paid_on=None)
    running = (
        WorkOrder.objects.given_by(prime_id).taken_by(sub_id).filter(status__in=RUNNING, currency=currency)
    )
    done = Submission.objects.filter(work_order__in=running, status=Submission.Status.APPROVED)
    accepted = _sum(running, "not_to_exceed") - _sum(done, "amount")
    return Exposure(
        name,
        _sum(unpaid, "amount"),
        max(accepted, Decimal(0)),
        limit,
        currency,
    )


def warning_before(offer: Offer) -> str:
    """Say what the firm that was asked should know before it takes this job; nothing while it stays within its limit."""
    terms = offer.revision
    if terms is None:
        return ""
    carried = exposure_of(offer.firm_id, prime_id=offer.work_order.prime_id, currency=terms.currency)
    return carried.before(terms.not_to_exceed) if carried else ""


def _sum(rows: QuerySet[Any], column: str) -> Decimal:
    found: Decimal | None = rows.aggregate(sum=Sum(column))["sum"]
    return found or Decimal(0)
