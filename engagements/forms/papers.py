"""What firms must show: typed with the work that demands it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from engagements.demands import DOCUMENTS
from partners import papers


class DemandsForm(forms.Form):
    """Insurance that must hold to the end of the work, and papers to show before it starts."""

    insurance = forms.MultipleChoiceField(
        label="Insurance that must hold to the end",
        choices=list(papers.POLICIES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    insurance_limit = forms.DecimalField(
        label="Each covers at least, for each claim",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(1),
        required=False,
    )
    documents = forms.MultipleChoiceField(
        label="Papers to show before the start",
        choices=[(kind, papers.KINDS[kind]) for kind in DOCUMENTS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They are asked for with the offer.",
    )

    SHOWN: ClassVar = ("insurance", "insurance_limit", "documents")

    def papers(self) -> list[forms.BoundField]:
        """Return the fields behind "What they must show"."""
        return [self[name] for name in self.SHOWN]

    def demanded(self) -> dict[str, Any]:
        """Return what was chosen, as an order's draft takes it."""
        typed = self.cleaned_data
        return {
            "insurance": tuple(typed["insurance"]),
            "insurance_limit": typed["insurance_limit"],
            "documents": tuple(typed["documents"]),
        }
