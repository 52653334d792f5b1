"""Firms that belong together, as each says itself; those that a cover page lists; and notices about who a party is."""

from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from contracts.models.agreements import SIDES, Agreement, AgreementRevision
from partnernet.core.models import Entity, User
from partners.models import Firm


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(Q(firm=firm) | Q(affiliate=firm))

    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def counting(self, firm: Firm | UUID, on: date) -> Self:
        """Keep what both firms have said, and that has begun."""
        return self.standing().filter(firm=firm, confirmed_at__isnull=False, since__lte=on)

    def with_firms(self) -> Self:
        return self.select_related("firm", "affiliate")

    def oldest_first(self) -> Self:
        return self.order_by("stated_at", "pk")


class Affiliation(Entity):
    """A firm lists another as its affiliate, from a day on. It counts once an owner of that one confirms it."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="affiliations")
    affiliate = models.ForeignKey(Firm, models.PROTECT, related_name="affiliated_with")
    since = models.DateField()
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "affiliate"], condition=Q(ended_at=None), name="affiliation_stated_once"
            ),
            models.CheckConstraint(condition=~Q(firm=F("affiliate")), name="affiliation_of_two_firms"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="affiliation_confirmation_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="affiliation_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate_id} belongs to {self.firm_id} since {self.since}"


class ListedAffiliateQuerySet(models.QuerySet["ListedAffiliate"]):
    def current(self) -> Self:
        """Keep those on the text that both have signed."""
        return self.filter(agreement__status="signed", revision=F("agreement__current_revision"))

    def of_firms(self, firms: list[UUID], on: date) -> Self:
        return self.filter(firm__in=firms, since__lte=on)


class ListedAffiliate(Entity):
    """One affiliate as the cover page of one revision lists it. Never changed: it is part of what was signed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="listed_affiliates")
    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="listed_affiliates")
    side = models.CharField(max_length=8)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=200)
    since = models.DateField()

    objects = ListedAffiliateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "side", "firm"], name="listed_affiliate_once"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="listed_affiliate_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} since {self.since}"


class PartyNoticeQuerySet(models.QuerySet["PartyNotice"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """The firm's own; whoever it has an agreement with reads it in that agreement's history."""
        return self.filter(firm=firm)

    def newest_first(self) -> Self:
        return self.order_by("-given_at", "-pk")


class PartyNotice(Entity):
    """A firm tells everybody it has an agreement in force with that somebody else controls it, or that it is another legal entity."""

    class Kind(models.TextChoices):
        CONTROL = "control", "Somebody else controls our firm"
        ENTITY = "entity", "We are another legal entity"

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="party_notices")
    kind = models.CharField(max_length=7, choices=Kind)
    what = models.TextField()
    effective_on = models.DateField()
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = PartyNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["control", "entity"]), name="party_notice_kind_known"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="party_notice_says_what"),
        ]
        indexes = [models.Index(fields=["firm", "-given_at"], name="party_notice_of_firm")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, from {self.effective_on}"
