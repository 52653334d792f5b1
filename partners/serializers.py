"""Firms, invitations, scores and ratings as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partnernet.core.rest import Input
from partners import scoring
from partners.models import Firm, FirmInvite, Member, Rating, RatingRound
from partners.models.scores import DIMENSION_CHOICES
from partners.opinion import LEAST, MOST, QUESTIONS


class FirmScoreSerializer(serializers.Serializer[Mapping[str, Any]]):
    """A score as others see it: no number while the evidence is thin."""

    dimension = serializers.ChoiceField(choices=list(DIMENSION_CHOICES.items()), read_only=True)
    is_new = serializers.BooleanField(read_only=True)
    points = serializers.FloatField(read_only=True, allow_null=True, help_text="The score, one decimal.")
    low = serializers.FloatField(read_only=True, allow_null=True, help_text="Lower end of the 80 % interval.")
    high = serializers.FloatField(
        read_only=True, allow_null=True, help_text="Upper end of the 80 % interval."
    )
    events = serializers.IntegerField(read_only=True)

    def to_representation(self, score: Mapping[str, Any]) -> dict[str, Any]:
        """Read what the search fetched; row by row and field by field it took as long as the search itself."""
        hidden = scoring.thin(score["events"], score["counterparties"])
        ends = {
            name: None if hidden else float(scoring.shown(score[name])) for name in ("points", "low", "high")
        }
        return {"dimension": score["dimension"], "is_new": hidden, **ends, "events": score["events"]}


class FirmSerializer(serializers.ModelSerializer[Firm]):
    """A firm as the directory shows it to another."""

    verified = serializers.SerializerMethodField()
    works_remotely = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()
    communities = serializers.SerializerMethodField()
    miles = serializers.SerializerMethodField()
    on_bench = serializers.BooleanField(read_only=True)
    is_blocked = serializers.BooleanField(read_only=True)
    not_taking_offers = serializers.BooleanField(read_only=True)
    known_since = serializers.IntegerField(read_only=True, allow_null=True)
    scores = FirmScoreSerializer(many=True, read_only=True, source="scores_told")

    class Meta:
        model = Firm
        fields = [
            "id", "name", "legal_name", "entity_kind", "status", "verified", "country", "state", "town", "postcode",
            "timezone", "web_domain", "works_remotely", "skills", "communities", "miles", "on_bench", "is_blocked",
            "not_taking_offers", "known_since", "scores",
        ]  # fmt: skip
        read_only_fields = fields

    def get_verified(self, firm: Firm) -> bool:
        """Whether the network's operator knows this firm for what it says it is."""
        return firm.verified_at is not None

    def get_works_remotely(self, firm: Firm) -> bool:
        """Whether distance does not matter."""
        return bool(firm.works_remotely)  # type: ignore[attr-defined] # the search adds it

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "example": ["patching", "cabling"]})
    def get_skills(self, firm: Firm) -> list[str]:
        """The firm's skills, by slug."""
        slugs: list[str] = firm.skill_slugs  # type: ignore[attr-defined] # the same
        return slugs

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "example": ["iamcp"]})
    def get_communities(self, firm: Firm) -> list[str]:
        """The communities that confirmed the firm, by slug."""
        slugs: list[str] = firm.community_slugs  # type: ignore[attr-defined] # the same
        return slugs

    def get_miles(self, firm: Firm) -> int | None:
        """Whole miles from the place asked about, or from one's own firm."""
        miles = getattr(firm, "miles", None)
        return None if miles is None else round(miles)


class MyFirmSerializer(serializers.ModelSerializer[Member]):
    """The caller: the member, and the member's firm."""

    firm = serializers.SerializerMethodField()
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Member
        fields = ["id", "email", "name", "role", "title", "firm"]
        read_only_fields = fields

    @extend_schema_field(FirmSerializer)
    def get_firm(self, member: Member) -> Any:
        """The member's firm."""
        return FirmSerializer(member.firm, context=self.context).data


class FirmInviteSerializer(serializers.ModelSerializer[FirmInvite]):
    """An invitation as the firm that sent it sees it."""

    firm_name = serializers.CharField(source="card.name", read_only=True)
    card = serializers.UUIDField(source="card_id", read_only=True)

    class Meta:
        model = FirmInvite
        fields = [
            "id", "status", "firm_name", "card", "email", "contact_name", "message", "agreement_id", "offer_id",
            "created_at", "sent_at", "claimed_at", "revoked_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewFirmInviteSerializer(Input):
    """Whom to invite."""

    firm_name = serializers.CharField(max_length=200)
    email = serializers.EmailField()
    contact_name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    message = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class OffNetworkInput(Input):
    """A firm that is not on the network, and whom to call there."""

    name = serializers.CharField(max_length=200)
    contact_name = serializers.CharField(max_length=150)
    contact_email = serializers.EmailField()
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    postcode = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


class AskToJoinInput(Input):
    """Where the invitation goes, if not to the address that is known, and a line from you."""

    email = serializers.EmailField(required=False, default="")
    message = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class ScoreLineSerializer(serializers.Serializer[Any]):
    """One piece of evidence with its weight, its age in days and its effect in points."""

    id = serializers.UUIDField(source="ref", allow_null=True)
    kind = serializers.CharField()
    value = serializers.FloatField()
    occurred_on = serializers.DateField(allow_null=True)
    age = serializers.IntegerField()
    weight = serializers.FloatField()
    decay = serializers.FloatField()
    cap = serializers.FloatField()
    counted = serializers.FloatField()
    effect = serializers.FloatField()
    counterparty = serializers.UUIDField(allow_null=True)
    excluded = serializers.CharField()


class ScoreSerializer(serializers.Serializer[Any]):
    """One of a firm's own scores with all of its make-up, unrounded."""

    dimension = serializers.ChoiceField(choices=list(DIMENSION_CHOICES.items()))
    on = serializers.DateField()
    is_new = serializers.BooleanField()
    points = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    rank = serializers.FloatField()
    mean = serializers.FloatField(help_text="The network's mean of the snapshot, 0 to 1.")
    evidence = serializers.FloatField()
    events = serializers.IntegerField()
    counterparties = serializers.IntegerField()
    lines = ScoreLineSerializer(many=True)


class RatingSerializer(serializers.ModelSerializer[Rating]):
    """What one firm said: yes or no, six answers from 1 to 5 or null, and their mean, 0 to 1."""

    value = serializers.FloatField(read_only=True)

    class Meta:
        model = Rating
        fields = ["again", *QUESTIONS, "value", "rated_at"]
        read_only_fields = fields


class RatingRoundSerializer(serializers.ModelSerializer[RatingRound]):
    """A job that two firms rate each other for, as one of them sees it."""

    other = serializers.SerializerMethodField()
    other_name = serializers.SerializerMethodField()
    ours = serializers.SerializerMethodField()
    theirs = serializers.SerializerMethodField()

    class Meta:
        model = RatingRound
        fields = ["id", "status", "work", "other", "other_name", "opened_at", "closes_at", "closed_at", "ours", "theirs"]  # fmt: skip
        read_only_fields = fields

    def get_other(self, opened: RatingRound) -> UUID:
        """The other firm."""
        return opened.other_than(self.context["firm"]).pk

    def get_other_name(self, opened: RatingRound) -> str:
        """The other firm's name."""
        return opened.other_than(self.context["firm"]).name

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_ours(self, opened: RatingRound) -> Any:
        """What the caller's firm said."""
        return _said(opened, self.context["firm"])

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_theirs(self, opened: RatingRound) -> Any:
        """What the other firm said; null until both can see it."""
        shown = opened.status == RatingRound.Status.REVEALED
        return _said(opened, opened.other_than(self.context["firm"]).pk) if shown else None


def _said(opened: RatingRound, firm: UUID) -> Any:
    found = next((rating for rating in opened.said if rating.firm_id == firm), None)
    return RatingSerializer(found).data if found else None


class OpinionInput(Input):
    """Would you work with them again? And six questions, each 1 (not at all) to 5 (entirely), if you wish."""

    again = serializers.BooleanField()
    performs = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
    commitment = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
    reliability = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
    trustworthy = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
    credit = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
    rapport = serializers.IntegerField(min_value=LEAST, max_value=MOST, required=False, allow_null=True)
