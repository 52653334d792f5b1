"""Firms and people: the prime, the sub and the stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from partnernet.core.models import User
from partners import models
from partners.actions.keys import hashed

LONG_AGO = datetime(2006, 1, 2, 15, tzinfo=UTC)


class EmailAddressFactory(DjangoModelFactory[EmailAddress]):
    """The verified address that lets a person sign in by password."""

    class Meta:
        model = EmailAddress

    email = factory.LazyAttribute(lambda address: address.user.email)
    verified = True
    primary = True


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("correct horse battery")
    address = factory.RelatedFactory(
        "tests.factories.partners.EmailAddressFactory", factory_related_name="user"
    )


class OperatorFactory(UserFactory):
    email = factory.Sequence(lambda n: f"operator{n}@partnernet.example")
    name = "Olive Operator"
    is_staff = True


class SkillFactory(DjangoModelFactory[models.Skill]):
    class Meta:
        model = models.Skill
        django_get_or_create = ("slug",)

    slug = "patching"
    name = "Patching and updates"


class CardFactory(DjangoModelFactory[models.Firm]):
    """A firm in Garden City, New York, that others have spoken of and that has not joined."""

    class Meta:
        model = models.Firm
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Firm {n}")
    legal_name = factory.LazyAttribute(lambda firm: f"{firm.name} LLC")
    status = "unclaimed"
    country = "US"
    state = "NY"
    town = "Garden City"
    postcode = "11530"
    latitude = 40.7245
    longitude = -73.6487
    timezone = "America/New_York"
    created_at = LONG_AGO


class OffNetworkFirmFactory(CardFactory):
    """A firm that one other knows and keeps."""

    status = "off_network"
    kept_by = factory.SubFactory("tests.factories.partners.FirmFactory")
    contact_name = "Lou"
    contact_email = "lou@offnet.example"


class FirmFactory(CardFactory):
    """An active firm, verified by the operator."""

    status = "active"
    joined_at = LONG_AGO
    verified_at = LONG_AGO
    verified_by = factory.SubFactory(OperatorFactory)
    profile = factory.RelatedFactory("tests.factories.partners.ProfileFactory", factory_related_name="firm")


class ProfileFactory(DjangoModelFactory[models.Profile]):
    class Meta:
        model = models.Profile

    firm = factory.SubFactory(FirmFactory, profile=None)


class ProfileSkillFactory(DjangoModelFactory[models.ProfileSkill]):
    class Meta:
        model = models.ProfileSkill

    profile = factory.SubFactory(ProfileFactory)
    skill = factory.SubFactory(SkillFactory)


class ServiceAreaFactory(DjangoModelFactory[models.ServiceArea]):
    class Meta:
        model = models.ServiceArea

    profile = factory.SubFactory(ProfileFactory)
    postcode = "11530"
    town = "Garden City, NY"
    radius_miles = 25
    latitude = 40.7245
    longitude = -73.6487


class CertificationFactory(DjangoModelFactory[models.Certification]):
    class Meta:
        model = models.Certification

    firm = factory.SubFactory(FirmFactory)
    name = "MCSE"


class CapacityFactory(DjangoModelFactory[models.Capacity]):
    class Meta:
        model = models.Capacity

    firm = factory.SubFactory(FirmFactory)
    hours_per_week = 30
    stated_on = date(2007, 2, 9)


class DocumentFactory(DjangoModelFactory[models.Document]):
    """A general liability policy of a million, accepted, from New Year 2007 to New Year 2008."""

    class Meta:
        model = models.Document

    firm = factory.SubFactory(FirmFactory)
    kind = "insurance"
    policy = "general_liability"
    carrier = "Long Island Mutual"
    number = "GL-2007-118"
    limit_each = Decimal(1_000_000)
    limit_total = Decimal(2_000_000)
    effective_on = date(2007, 1, 1)
    expires_on = date(2008, 1, 1)
    file = factory.django.FileField(filename="coi.pdf", data=b"%PDF-1.4 coi %%EOF")
    file_name = "coi.pdf"
    content_type = "application/pdf"
    size = 18
    sha256 = "0" * 64
    status = "accepted"
    sent_at = datetime(2007, 1, 2, 15, tzinfo=UTC)
    sent_by = factory.SubFactory(UserFactory)
    decided_at = datetime(2007, 1, 3, 15, tzinfo=UTC)
    decided_by = factory.SubFactory(OperatorFactory)


class PaperRequestFactory(DjangoModelFactory[models.PaperRequest]):
    class Meta:
        model = models.PaperRequest

    asker = factory.SubFactory(FirmFactory)
    firm = factory.SubFactory(FirmFactory)
    kind = "insurance"
    policy = "general_liability"
    limit_each = Decimal(1_000_000)
    asked_at = datetime(2007, 2, 1, 15, tzinfo=UTC)
    asked_by = factory.SubFactory(UserFactory)


class VettingAnswerFactory(DjangoModelFactory[models.VettingAnswer]):
    class Meta:
        model = models.VettingAnswer

    owner = factory.SubFactory(FirmFactory)
    other = factory.SubFactory(FirmFactory)
    question = "performs"
    answer = "yes"
    answered_at = datetime(2007, 2, 1, 15, tzinfo=UTC)
    answered_by = factory.SubFactory(UserFactory)


class SavedViewFactory(DjangoModelFactory[models.SavedView]):
    class Meta:
        model = models.SavedView

    member = factory.SubFactory("tests.factories.partners.MemberFactory")
    page = "jobs"
    name = factory.Sequence(lambda n: f"View {n}")
    filters = "status=active"
    kept_at = datetime(2007, 2, 1, 15, tzinfo=UTC)


class MemberFactory(DjangoModelFactory[models.Member]):
    class Meta:
        model = models.Member

    user = factory.SubFactory(UserFactory)
    firm = factory.SubFactory(FirmFactory)
    role = "owner"
    joined_at = LONG_AGO


class InvitationFactory(DjangoModelFactory[models.Invitation]):
    class Meta:
        model = models.Invitation

    firm = factory.SubFactory(FirmFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    role = "dispatcher"
    created_at = datetime(2007, 2, 1, 15, tzinfo=UTC)
    created_by = factory.SubFactory(UserFactory)
    expires_at = datetime(2007, 2, 15, 15, tzinfo=UTC)


class FirmInviteFactory(DjangoModelFactory[models.FirmInvite]):
    class Meta:
        model = models.FirmInvite

    firm = factory.SubFactory(FirmFactory)
    card = factory.SubFactory(CardFactory)
    email = factory.Sequence(lambda n: f"owner{n}@elsewhere{n}.example")
    status = "sent"
    created_at = datetime(2007, 2, 1, 15, tzinfo=UTC)
    sent_at = datetime(2007, 2, 1, 15, tzinfo=UTC)
    created_by = factory.SubFactory(UserFactory)


class PartnershipFactory(DjangoModelFactory[models.Partnership]):
    class Meta:
        model = models.Partnership

    owner = factory.SubFactory(FirmFactory)
    other = factory.SubFactory(FirmFactory)
    updated_at = LONG_AGO
    updated_by = factory.SubFactory(UserFactory)


class FirmEventFactory(DjangoModelFactory[models.FirmEvent]):
    class Meta:
        model = models.FirmEvent

    firm = factory.SubFactory(FirmFactory)
    step = "found"
    side = "firm"
    role = "owner"
    door = "web"
    occurred_at = LONG_AGO


class ScoreEventFactory(DjangoModelFactory[models.ScoreEvent]):
    class Meta:
        model = models.ScoreEvent

    firm = factory.SubFactory(FirmFactory)
    dimension = "as_sub"
    kind = "deadline_met"
    value = Decimal(1)
    occurred_on = date(2007, 2, 12)
    counterparty = factory.SubFactory(FirmFactory)


class PaymentExperienceFactory(DjangoModelFactory[models.PaymentExperience]):
    class Meta:
        model = models.PaymentExperience

    payer = factory.SubFactory(FirmFactory)
    payee = factory.SubFactory(FirmFactory)
    invoice_id = factory.Faker("uuid4", cast_to=None)
    amount = Decimal("1350.00")
    currency = "USD"
    issued_on = date(2007, 1, 5)
    due_on = date(2007, 1, 20)
    paid_on = date(2007, 1, 20)


class RatingRoundFactory(DjangoModelFactory[models.RatingRound]):
    """Open for seven days from 12 February 2007."""

    class Meta:
        model = models.RatingRound

    prime = factory.SubFactory(FirmFactory)
    sub = factory.SubFactory(FirmFactory)
    engagement_id = factory.Faker("uuid4", cast_to=None)
    work = "WO-1001 18 computers: install the fix"
    opened_at = datetime(2007, 2, 12, 15, tzinfo=UTC)
    closes_at = datetime(2007, 2, 19, 15, tzinfo=UTC)


class RatingFactory(DjangoModelFactory[models.Rating]):
    """The prime would work with the sub again."""

    class Meta:
        model = models.Rating

    round = factory.SubFactory(RatingRoundFactory)
    firm = factory.LazyAttribute(lambda rating: rating.round.prime)
    about = factory.LazyAttribute(lambda rating: rating.round.other_than(rating.firm.pk))
    again = True
    value = Decimal(1)
    rated_at = datetime(2007, 2, 13, 15, tzinfo=UTC)
    rated_by = factory.SubFactory(UserFactory)


class ScoreExclusionFactory(DjangoModelFactory[models.ScoreExclusion]):
    class Meta:
        model = models.ScoreExclusion

    event = factory.SubFactory(ScoreEventFactory)
    reason = "The client had locked the door."
    asked_at = LONG_AGO
    asked_by = factory.SubFactory(UserFactory)


class ScoreReplyFactory(DjangoModelFactory[models.ScoreReply]):
    class Meta:
        model = models.ScoreReply

    event = factory.SubFactory(ScoreEventFactory)
    text = "The client moved the date twice."
    replied_at = LONG_AGO
    replied_by = factory.SubFactory(UserFactory)


class ScoreSnapshotFactory(DjangoModelFactory[models.ScoreSnapshot]):
    class Meta:
        model = models.ScoreSnapshot
        django_get_or_create = ("on",)

    on = date(2007, 2, 12)
    figures = factory.LazyFunction(lambda: {"baselines": {}, "medians": {}})


class FirmScoreFactory(DjangoModelFactory[models.FirmScore]):
    class Meta:
        model = models.FirmScore

    firm = factory.SubFactory(FirmFactory)
    dimension = "as_sub"
    snapshot = factory.SubFactory(ScoreSnapshotFactory)
    points = 78.8
    low = 66.0
    high = 91.0
    rank = 66.0
    events = 5
    counterparties = 3


class ApiKeyFactory(DjangoModelFactory[models.ApiKey]):
    """A key whose secret is its `secret` parameter."""

    class Meta:
        model = models.ApiKey

    class Params:
        secret = factory.Sequence(lambda n: f"pnk_{n:043d}")

    member = factory.SubFactory(MemberFactory)
    name = "PSA"
    prefix = factory.LazyAttribute(lambda key: key.secret[:12])
    key_hash = factory.LazyAttribute(lambda key: hashed(key.secret))
    scopes = factory.LazyFunction(lambda: ["read"])
    created_at = LONG_AGO


@dataclass(frozen=True)
class People:
    """A firm with one person in every role."""

    firm: models.Firm
    owner: models.Member
    dispatcher: models.Member
    finance: models.Member
    technician: models.Member
    viewer: models.Member

    @property
    def everyone(self) -> tuple[models.Member, ...]:
        return (self.owner, self.dispatcher, self.finance, self.technician, self.viewer)


def people_of(name: str, domain: str, **firm: Any) -> People:
    """Make a firm and its five people: owner@domain, dispatcher@domain, and so on."""
    made = FirmFactory(name=name, web_domain=domain, **firm)
    members = {
        role: MemberFactory(
            firm=made, role=role, user=UserFactory(email=f"{role}@{domain}", name=f"{role.title()} of {name}")
        )
        for role in models.Member.Role.values
    }
    return People(made, **members)
