"""The vocabulary of signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

from partners.models import Firm, Member

if TYPE_CHECKING:
    from contracts.models.agreements import Signature  # noqa: F401 - it takes its manager from here


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Those under the firm's agreements; under a draft nothing is signed."""
        return self.filter(models.Q(agreement__proposer=firm) | models.Q(agreement__other=firm))

    def with_agreement(self) -> Self:
        return self.select_related(
            "agreement__proposer", "agreement__other", "agreement__current_revision", "firm"
        )

    def as_shown(self) -> Self:
        """Add whether it is disputed, and since when its signer is no longer with the firm; first signed first."""
        gone = Member.objects.filter(
            user=models.OuterRef("user"), firm=models.OuterRef("firm"), is_active=False
        )
        disputed = models.Count("disputes", filter=models.Q(disputes__status="open"))
        return (
            self.select_related("firm")
            .annotate(open_disputes=disputed, gone_since=models.Subquery(gone.values("removed_at")[:1]))
            .order_by("signed_at", "pk")
        )
