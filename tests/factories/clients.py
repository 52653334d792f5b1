"""The prime's clients."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from clients import models
from tests.factories.partners import FirmFactory, UserFactory

LONG_AGO = datetime(2006, 1, 2, 15, tzinfo=UTC)


class ClientFactory(DjangoModelFactory[models.Client]):
    class Meta:
        model = models.Client

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Garden City Dental {n}")
    industry = "Dental practice"
    created_at = LONG_AGO


class SiteFactory(DjangoModelFactory[models.Site]):
    """A place in Hicksville, New York."""

    class Meta:
        model = models.Site

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda n: f"Office {n}")
    street = "1 Broadway"
    town = "Hicksville"
    state = "NY"
    postcode = "11801"
    country = "US"
    latitude = 40.7623
    longitude = -73.5231
    timezone = "America/New_York"


class ContactFactory(DjangoModelFactory[models.Contact]):
    class Meta:
        model = models.Contact

    client = factory.SubFactory(ClientFactory)
    name = "Dr. Ada Bloom"
    phone = "+1 516 555 0100"


class ClientSuccessionFactory(DjangoModelFactory[models.ClientSuccession]):
    """A client that got a new name."""

    class Meta:
        model = models.ClientSuccession

    before = factory.SubFactory(ClientFactory)
    after = factory.SelfAttribute("before")
    firm = factory.SelfAttribute("before.firm")
    kind = "renamed"
    name_before = "Garden City Dental"
    name_after = "Nassau Dental"
    moved = factory.LazyFunction(lambda: {"sites": {}, "contacts": [], "names": [], "domains": []})
    happened_on = date(2007, 2, 1)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = LONG_AGO


class ClientImportFactory(DjangoModelFactory[models.ClientImport]):
    class Meta:
        model = models.ClientImport

    firm = factory.SubFactory(FirmFactory)
    by_user = factory.SubFactory(UserFactory)
    file_name = "clients.csv"
    headings = ["name"]
    rows = [["Garden City Dental"]]
    mapping = {"name": 0}
    created_at = LONG_AGO
