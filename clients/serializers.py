"""Clients and sites as JSON."""

from decimal import Decimal

from rest_framework import serializers

from clients.models import Client, ClientSuccession, PriceBasis, Site
from partnernet.core.rest import Input, MoneyField


class ClientSerializer(serializers.ModelSerializer[Client]):
    """A client of the caller's firm."""

    monthly_fee = MoneyField(amount="monthly_fee", currency="firm.currency")

    class Meta:
        model = Client
        fields = [
            "id", "name", "aliases", "domains", "industry", "industry_duties", "price_basis", "response_minutes",
            "arrival_minutes", "pays_within_days", "monthly_fee", "insurance_demanded", "left_on", "external_id",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ClientInput(Input):
    """What is known of a client."""

    name = serializers.CharField(max_length=200)
    aliases = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, required=False
    )
    domains = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, required=False
    )
    industry = serializers.CharField(max_length=100, required=False, allow_blank=True)
    industry_duties = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    price_basis = serializers.ChoiceField(choices=PriceBasis.choices, required=False)
    response_minutes = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True
    )
    arrival_minutes = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True
    )
    pays_within_days = serializers.IntegerField(min_value=0, max_value=365, required=False, allow_null=True)
    monthly_fee = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        allow_null=True,
        help_text="What they pay you a month, in your firm's currency. No other firm sees it.",
    )
    insurance_demanded = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=100, required=False, allow_blank=True)


class LeftInput(Input):
    """The day on which a client left; null when it is back."""

    left_on = serializers.DateField(allow_null=True)


class SiteSerializer(serializers.ModelSerializer[Site]):
    """A place of a client of the caller's firm."""

    client = serializers.UUIDField(source="client_id", read_only=True)

    class Meta:
        model = Site
        fields = [
            "id", "client", "name", "street", "town", "state", "postcode", "country", "latitude", "longitude",
            "timezone", "access_notes",
        ]  # fmt: skip
        read_only_fields = fields


class SiteInput(Input):
    """Where a site is; a US ZIP fills in town, coordinates and zone."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    street = serializers.CharField(max_length=200, required=False, allow_blank=True)
    town = serializers.CharField(max_length=100, required=False, allow_blank=True)
    state = serializers.CharField(max_length=40, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=20, required=False, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    timezone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    access_notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NewSiteInput(SiteInput):
    """A new site names its client."""

    client = serializers.UUIDField()


class ClientSuccessionSerializer(serializers.ModelSerializer[ClientSuccession]):
    """What became of a client of the caller's firm."""

    before = serializers.UUIDField(source="before_id", read_only=True)
    after = serializers.UUIDField(source="after_id", read_only=True)

    class Meta:
        model = ClientSuccession
        fields = [
            "id", "kind", "before", "after", "name_before", "name_after", "happened_on", "note", "recorded_at",
            "undone_at",
        ]  # fmt: skip
        read_only_fields = fields


class ClientSuccessionInput(Input):
    """What happened to which client. It goes on as `successor`, one of the caller's clients, or as a new one called `name`."""

    client = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ClientSuccession.Kind.choices)
    happened_on = serializers.DateField()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    successor = serializers.UUIDField(required=False, allow_null=True)
    sites = serializers.ListField(child=serializers.UUIDField(), max_length=200, required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
