"""Payments as the prime announces them, and what of them goes to which invoice."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from partnernet.core.models import Entity
from partnernet.core.money import amount_field, currency_field
from partners.models import Firm, Member


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        return self.filter(Q(payer=firm_id) | Q(payee=firm_id))

    def unconfirmed(self) -> Self:
        """Announced, and neither confirmed nor denied."""
        return self.filter(confirmed_at=None, denied_at=None)

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Payment(Entity):
    """Money that the payer says it sent. Confirmed by the payee, or by its silence for 5 business days."""

    payer = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="payments_made")
    payee = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="payments_got")
    currency = currency_field()
    amount = amount_field()
    paid_on = models.DateField()
    reference = models.CharField(max_length=100, blank=True)
    announced_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    silence_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    by_silence = models.BooleanField(default=False)
    denied_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    denied_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_has_an_amount"),
            models.CheckConstraint(condition=~Q(payer=F("payee")), name="payment_between_two_firms"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None, by_silence=False)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, by_silence=False)
                | Q(confirmed_at__isnull=False, confirmed_by=None, by_silence=True),
                name="payment_confirmed_by_somebody_or_silence",
            ),
            models.CheckConstraint(
                condition=Q(denied_at=None, denied_by=None)
                | Q(denied_at__isnull=False, denied_by__isnull=False, confirmed_at=None),
                name="payment_denied_at_goes_with_denied_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["silence_at"],
                condition=Q(confirmed_at=None, denied_at=None),
                name="payment_waits_for_silence",
            ),
        ]

    def __str__(self) -> str:
        return f"payment of {self.amount} {self.currency}"


class AllocationQuerySet(models.QuerySet["PaymentAllocation"]):
    def standing(self) -> Self:
        """Of payments that were not denied."""
        return self.filter(payment__denied_at=None)


class PaymentAllocation(Entity):
    """So much of a payment for one invoice; a trigger keeps the sum within the invoice."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="allocations")
    amount = amount_field()

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_allocation_has_an_amount"),
            models.UniqueConstraint(fields=["payment", "invoice"], name="payment_allocation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.invoice_id}"
