"""Firms: who they are, where they are, and how to find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt, Upper

from partnernet.core.models import Entity, EventBase
from partnernet.core.money import currency_field
from partners import geo
from partners.models.communities import CommunityMembership
from partners.models.partnerships import Partnership
from partners.models.profiles import ProfileSkill


class FirmQuerySet(models.QuerySet["Firm"]):
    """The vocabulary of firms."""

    def active(self) -> Self:
        return self.filter(status=Firm.Status.ACTIVE)

    def listed_for(self, firm: UUID) -> Self:
        """The firms another firm may see: every active one, the cards it made, the firms it alone keeps; never its own."""
        return self.exclude(pk=firm).filter(
            Q(status=Firm.Status.ACTIVE) | self._cards_of(firm) | Q(kept_by=firm)
        )

    def visible_to(self, firm: UUID) -> Self:
        """What is listed, and the firm itself."""
        return self.filter(Q(pk=firm) | Q(status=Firm.Status.ACTIVE) | self._cards_of(firm) | Q(kept_by=firm))

    def _cards_of(self, firm: UUID) -> Q:
        known = Partnership.objects.filter(owner=firm, other=OuterRef("pk"))
        return Q(status=Firm.Status.UNCLAIMED) & Q(Exists(known))

    def matching(self, text: str) -> Self:
        """Named so, in the trade or in law, or having such a web domain."""
        return self.filter(
            Q(name__icontains=text) | Q(legal_name__icontains=text) | Q(web_domain__icontains=text)
        )

    def skilled_in(self, *slugs: str) -> Self:
        """Having every one of these skills."""
        firms = self
        for slug in slugs:
            firms = firms.filter(
                Exists(ProfileSkill.objects.filter(profile__firm=OuterRef("pk"), skill__slug=slug))
            )
        return firms

    def belonging_to(self, slug: str) -> Self:
        """Confirmed by this community."""
        belongs = CommunityMembership.objects.confirmed().filter(firm=OuterRef("pk"), community__slug=slug)
        return self.filter(Exists(belongs))

    def kept_off_network_by(self, firm: UUID) -> Self:
        """On that firm's own list."""
        return self.filter(status=Firm.Status.OFF_NETWORK, kept_by=firm)

    def benched_by(self, firm: UUID) -> Self:
        """On that firm's bench."""
        return self.filter(pk__in=Partnership.objects.visible_to(firm).on_bench().values("other"))

    def blocked_by(self, firm: UUID) -> Self:
        """Blocked by that firm."""
        return self.filter(pk__in=Partnership.objects.visible_to(firm).filter(blocked=True).values("other"))

    def with_distance(self, latitude: float, longitude: float) -> Self:
        """Annotate `miles` from a point; null where the firm has no coordinates."""
        return self.annotate(miles=_miles(latitude, longitude))

    def with_no_distance(self) -> Self:
        """Annotate `miles` with null, where there is no place to measure from."""
        return self.annotate(miles=Value(None, output_field=models.FloatField()))

    def within(self, miles: float, *, latitude: float, longitude: float) -> Self:
        """At most so many miles from a point, measured after the index has thrown out the far ones."""
        box = geo.box_around(latitude, longitude, miles)
        return self.with_distance(latitude, longitude).filter(
            latitude__range=(box.south, box.north), longitude__range=(box.west, box.east), miles__lte=miles
        )

    def with_partnership_of(self, firm: UUID) -> Self:
        """Annotate what `firm` noted about each: `on_bench`, `is_blocked`, `known_since`, and `not_taking_offers`."""
        noted = Partnership.objects.filter(owner=firm, other=OuterRef("pk"))
        blocking = Partnership.objects.filter(owner=OuterRef("pk"), other=firm, blocked=True)
        return self.annotate(
            on_bench=Exists(noted.filter(bench=True)),
            is_blocked=Exists(noted.filter(blocked=True)),
            known_since=models.Subquery(noted.values("known_since")[:1]),
            not_taking_offers=Exists(blocking),
        )

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


def _miles(latitude: float, longitude: float) -> models.expressions.Combinable:
    """Haversine in SQL, the formula of `geo.miles_between`."""
    phi, here = Radians(F("latitude")), Radians(Value(latitude))
    h = Power(Sin((phi - here) / 2.0), 2) + Cos(phi) * Cos(here) * Power(
        Sin((Radians(F("longitude")) - Radians(Value(longitude))) / 2.0), 2
    )
    measured = ASin(Least(Value(1.0), Sqrt(h))) * (2 * geo.EARTH_RADIUS_MILES)
    # PostgreSQL's LEAST passes over NULL, so a firm without coordinates would lie at the antipodes.
    return Case(When(latitude__isnull=False, then=measured), output_field=models.FloatField())


class Firm(Entity):
    """A firm: prime in one job and sub in the next. Unclaimed while only others have spoken of it."""

    class Kind(models.TextChoices):
        COMPANY = "company", "Company"
        ONE_PERSON = "one_person_company", "One-person company"
        INDIVIDUAL = "individual", "Individual"

    class Status(models.TextChoices):
        UNCLAIMED = "unclaimed", "Not on PartnerNet yet"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        OFF_NETWORK = "off_network", "Off network, known to you alone"

    legal_name = models.CharField(max_length=200)
    name = models.CharField(max_length=200, help_text="What people call the firm.")
    entity_kind = models.CharField(max_length=20, choices=Kind, default=Kind.COMPANY)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCLAIMED)

    country = models.CharField(max_length=2, default="US", help_text="ISO 3166, two letters.")
    state = models.CharField(max_length=40, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    town = models.CharField(max_length=100, blank=True, default="")
    postcode = models.CharField(max_length=12, blank=True, default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    timezone = models.CharField(max_length=64, default="America/New_York")

    kept_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="off_network_firms"
    )
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")

    web_domain = models.CharField(max_length=253, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    founded = models.PositiveSmallIntegerField(null=True, blank=True)
    head_count = models.PositiveIntegerField(null=True, blank=True)
    holidays = ArrayField(models.DateField(), default=list, blank=True)
    currency = currency_field()

    created_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    next_order_number = models.PositiveIntegerField(default=1001)
    next_engagement_number = models.PositiveIntegerField(default=1)
    next_invoice_number = models.PositiveIntegerField(default=1)

    objects = FirmQuerySet.as_manager()

    if TYPE_CHECKING:  # added by `with_partnership_of`
        on_bench: bool
        is_blocked: bool
        known_since: int | None
        not_taking_offers: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="firm_coordinates_are_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="firm_verified_at_goes_with_verified_by",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("unclaimed", "off_network"), joined_at__isnull=True)
                | (Q(status__in=("active", "suspended")) & Q(joined_at__isnull=False)),
                name="firm_has_joined_unless_unclaimed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("unclaimed", "active", "suspended", "off_network")),
                name="firm_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="off_network", kept_by__isnull=False)
                & ~Q(contact_name="")
                & ~Q(contact_email="")
                | (~Q(status="off_network") & Q(kept_by__isnull=True)),
                name="firm_off_network_is_kept_by_one",
            ),
            models.UniqueConstraint(
                "kept_by",
                Upper("name"),
                condition=Q(status="off_network"),
                name="firm_off_network_once_by_name",
            ),
            models.UniqueConstraint(
                fields=["web_domain"],
                condition=Q(status="unclaimed") & ~Q(web_domain=""),
                name="firm_one_card_per_web_domain",
            ),
            models.CheckConstraint(condition=~Q(legal_name="") & ~Q(name=""), name="firm_has_its_names"),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="firm_name_trgm"),
            GinIndex(OpClass(Upper("legal_name"), name="gin_trgm_ops"), name="firm_legal_name_trgm"),
            GinIndex(OpClass(Upper("web_domain"), name="gin_trgm_ops"), name="firm_web_domain_trgm"),
            models.Index(fields=["latitude", "longitude"], name="firm_coordinates"),
            models.Index(fields=["web_domain"], name="firm_web_domain"),
            models.Index(fields=["name", "id"], name="firm_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def belongs_to(self) -> list[CommunityMembership]:
        """Return where it is confirmed, from what `directory.with_all_shown` fetched beside it."""
        return [each for each in self.communities.all() if each.status == "confirmed"]


class FirmEvent(EventBase):
    """One line of a firm's own history: who joined, who left, what was decided about it."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["firm", "-occurred_at", "-id"], name="firm_event_history")]
