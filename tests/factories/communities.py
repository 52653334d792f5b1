"""A community of the trade, and a firm that it has confirmed."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from partners import models
from tests.factories.partners import LONG_AGO, FirmFactory, OperatorFactory, UserFactory


class CommunityFactory(DjangoModelFactory[models.Community]):
    class Meta:
        model = models.Community

    name = factory.Sequence(lambda n: f"User group {n}")
    slug = factory.Sequence(lambda n: f"user-group-{n}")
    admin = factory.SubFactory(UserFactory)
    created_at = LONG_AGO
    created_by = factory.SubFactory(OperatorFactory)


class CommunityMembershipFactory(DjangoModelFactory[models.CommunityMembership]):
    """Confirmed long ago."""

    class Meta:
        model = models.CommunityMembership

    community = factory.SubFactory(CommunityFactory)
    firm = factory.SubFactory(FirmFactory)
    status = "confirmed"
    asked_at = LONG_AGO
    asked_by = factory.SubFactory(UserFactory)
    decided_at = LONG_AGO
    decided_by = factory.SelfAttribute("community.admin")
