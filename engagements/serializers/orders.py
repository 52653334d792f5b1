"""Work orders and offers as JSON: what each side may read, and what it may ask for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engagements.demands import DOCUMENTS
from engagements.models import (
    Offer,
    WorkOrder,
    WorkOrderLine,
)
from engagements.offers_around import Around, around
from engagements.serializers.terms import (
    RevisionSerializer,
    TermsInput,
    TermsSerializer,
    WallTime,
)
from engagements.values import OrderDraft, Piece, Recipient
from partnernet.core import clock
from partnernet.core.rest import Input, MoneyField
from partners import papers


class PieceInput(Input):
    line = serializers.UUIDField()
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)


class WorkOrderInput(TermsInput):
    """Units to split off a job: one draft order for each client."""

    engagement = serializers.UUIDField()
    lines = PieceInput(many=True, allow_empty=False)
    title = serializers.CharField(max_length=160, required=False, allow_blank=True)
    scope = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    routing = serializers.ChoiceField(choices=WorkOrder.Routing.choices, default=WorkOrder.Routing.ONE_BY_ONE)
    max_miles = serializers.IntegerField(min_value=1, max_value=500, required=False, allow_null=True)
    external_id = serializers.CharField(max_length=100, required=False, allow_blank=True)
    insurance = serializers.ListField(
        child=serializers.ChoiceField(choices=list(papers.POLICIES.items())),
        required=False,
        help_text="Policies that must hold to the end of the work.",
    )
    insurance_limit = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(1),
        required=False,
        allow_null=True,
        help_text="What each policy covers at least, for each claim; without it, what the job demands.",
    )
    documents = serializers.ListField(
        child=serializers.ChoiceField(choices=[(kind, papers.KINDS[kind]) for kind in DOCUMENTS]),
        required=False,
        help_text="Other papers that must hold when the work starts.",
    )

    def pieces(self) -> list[Piece]:
        return [Piece(**each) for each in self.validated_data["lines"]]

    def draft(self) -> OrderDraft:
        typed = self.validated_data
        own = ("title", "scope", "external_id")
        return OrderDraft(
            asked=self.asked(),
            routing=typed["routing"],
            max_miles=typed.get("max_miles"),
            insurance=tuple(typed.get("insurance", ())),
            insurance_limit=typed.get("insurance_limit"),
            documents=tuple(typed.get("documents", ())),
            **{name: typed.get(name, "") for name in own},
        )


class WorkOrderLineSerializer(serializers.ModelSerializer[WorkOrderLine]):
    class Meta:
        model = WorkOrderLine
        fields = ["id", "line", "units", "done"]
        read_only_fields = fields


class WorkOrderSerializer(TermsSerializer):
    """A work order. The client's price, the job and the round are for the firm that gave it."""

    NOT_FOR_ALL = ("engagement", "client_price", "added_revenue", "round", "routing", "external_id")

    lines = WorkOrderLineSerializer(many=True, read_only=True)
    client_price = MoneyField(amount="client_price")
    added_revenue = MoneyField(amount="added_revenue")
    insurance_limit = MoneyField(amount="insurance_limit")
    client_name = serializers.CharField(source="client.name", read_only=True)
    address = serializers.CharField(source="site.address", read_only=True)

    class Meta:
        model = WorkOrder
        fields = [
            "id", "reference", "number", "title", "scope", "status", "prime", "sub", "engagement", "client_name", "address",
            "currency", "timezone", *TermsSerializer.TERMS, "insurance", "insurance_limit", "documents", "lines", "routing", "round", "client_price", "added_revenue",
            "assigned_at", "submitted_at", "approved_at", "external_id", "version", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.prime_id != self.context["firm"]:
            for name in self.NOT_FOR_ALL:
                shown.pop(name, None)
        return shown


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "description": "Days from the invoice to the money, weighed by the money; null while there are not enough invoices.",
        "properties": {
            "days": {"type": "integer"},
            "nine_tenths_within": {"type": "integer"},
            "invoices": {"type": "integer"},
        },
        "required": ["days", "nine_tenths_within", "invoices"],
        "example": {"days": 19, "nine_tenths_within": 33, "invoices": 14},
    }
)
class PaysInField(serializers.SerializerMethodField):
    """How long the firm that gives the work really takes to pay."""


class OfferSerializer(serializers.ModelSerializer[Offer]):
    """An offer. Until it is accepted the firm that was asked reads the town, never the order, the client or the price.

    `warnings` are sentences for whoever reads: people who are somewhere else then, or words that name the client.
    """

    NOT_FOR_ALL = ("work_order", "round", "position", "waiver_reason", "may_already_serve")

    revision = RevisionSerializer(read_only=True)
    counter = RevisionSerializer(read_only=True, allow_null=True)
    prime = serializers.UUIDField(source="work_order.prime_id", read_only=True)
    town = serializers.CharField(source="work_order.site.town", read_only=True)
    state = serializers.CharField(source="work_order.site.state", read_only=True)
    kind_of_business = serializers.CharField(source="work_order.client.industry", read_only=True)
    insurance = serializers.ListField(
        source="work_order.insurance", child=serializers.CharField(), read_only=True
    )
    insurance_limit = serializers.DecimalField(
        source="work_order.insurance_limit", max_digits=12, decimal_places=2, read_only=True, allow_null=True
    )
    documents = serializers.ListField(
        source="work_order.documents", child=serializers.CharField(), read_only=True
    )
    arrives = WallTime(
        source="arrives_local",
        read_only=True,
        allow_null=True,
        help_text="The start that the firm named when it took the work, on the clock of the place.",
    )
    looked: Around | None = None
    pays_in = PaysInField()
    warnings = serializers.SerializerMethodField()
    may_already_serve = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = [
            "id", "status", "prime", "firm", "work_order", "town", "state", "miles", "kind_of_business", "insurance",
            "insurance_limit", "documents", "revision", "counter",
            "round", "position", "enclosed_agreement", "waiver_reason", "sent_at", "respond_by", "held_until", "arrives", "ended_at", "pays_in",
            "warnings", "may_already_serve",
        ]  # fmt: skip
        read_only_fields = fields

    def _around(self) -> Around:
        """Look once for all offers that are shown together."""
        if self.looked is None:
            shown = self.parent.instance if self.parent else self.instance
            offers = [shown] if isinstance(shown, Offer) else list(shown or [])
            self.looked = around(offers, firm_id=self.context["firm"], now=clock.now())
        return self.looked

    def get_pays_in(self, offer: Offer) -> dict[str, int] | None:
        known = self._around().pays_in[offer.pk]
        if known is None:
            return None
        return {"days": known.median, "nine_tenths_within": known.ninetieth, "invoices": known.invoices}

    def get_warnings(self, offer: Offer) -> list[str]:
        return self._around().warnings[offer.pk]

    def get_may_already_serve(self, offer: Offer) -> bool:
        """Whether the firm that was asked may serve this client already, by the blind check; for the firm that asks."""
        return offer.pk in self._around().may_serve

    def to_representation(self, instance: Offer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.firm_id == self.context["firm"]:
            shown_once_accepted = ["work_order"] if instance.status == Offer.Status.ACCEPTED else []
            for name in set(self.NOT_FOR_ALL).difference(shown_once_accepted):
                shown.pop(name, None)
        return shown


class RecipientInput(Input):
    firm = serializers.UUIDField()
    waiver_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class OfferInput(Input):
    """Firms to offer an order to, in their order."""

    firms = RecipientInput(many=True, allow_empty=False)
    respond_by = serializers.DateTimeField(required=False, allow_null=True)
    ask_owner = serializers.BooleanField(
        default=False, help_text="Below the floor, draft the offers and ask an owner to send them."
    )

    def recipients(self) -> list[Recipient]:
        return [Recipient(**each) for each in self.validated_data["firms"]]


class AcceptInput(Input):
    """The revision that was seen; who goes, if that is known; the start, where the terms leave it to whoever accepts."""

    revision = serializers.UUIDField()
    technician = serializers.UUIDField(required=False, allow_null=True)
    arrival = WallTime(
        required=False,
        allow_null=True,
        help_text="When you will be there, on the clock of the place: with `pick_start` within the window,"
        " with `asap` within a day.",
    )


class ChooseInput(Input):
    """The revision that was seen."""

    revision = serializers.UUIDField()


class ReasonInput(Input):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class EventSerializer(serializers.Serializer[Any]):
    """One line of history."""

    id = serializers.UUIDField(read_only=True)
    step = serializers.CharField(read_only=True)
    side = serializers.CharField(read_only=True)
    door = serializers.CharField(read_only=True)
    by_firm = serializers.UUIDField(read_only=True, allow_null=True)
    from_status = serializers.CharField(read_only=True)
    to_status = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    changes = serializers.JSONField(read_only=True)
    occurred_at = serializers.DateTimeField(read_only=True)
