"""Write clients, their sites and contacts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db import IntegrityError, transaction

from clients.importing import domain_of
from clients.models import Client, ClientImport, Contact, PriceBasis, Site
from partnernet.core import clock, localtime
from partnernet.core.errors import Invalid, WrongRole
from partners.geo import zip_place
from partners.models import Member

Row = TypeVar("Row", Client, Site)
WRITERS = ("owner", "dispatcher")

_TAKEN = {
    "client_name_once_per_firm": {"name": ["You have a client of this name already."]},
    "client_external_id_once_per_firm": {"external_id": ["Another of your clients has this id."]},
    "site_name_once_per_client": {"name": ["This client has a site of this name already."]},
}


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What is known of a client, as typed."""

    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    industry: str = ""
    industry_duties: str = ""
    price_basis: str = PriceBasis.PRICED
    response_minutes: int | None = None
    arrival_minutes: int | None = None
    pays_within_days: int | None = None
    monthly_fee: Decimal | None = None
    insurance_demanded: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Where a site is, as typed; coordinates and zone of a US ZIP are filled in."""

    name: str = ""
    street: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = "US"
    latitude: float | None = None
    longitude: float | None = None
    timezone: str = ""
    access_notes: str = ""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Whom to ask for, as typed."""

    name: str
    position: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def add_client(
    facts: ClientFacts, *, by: Member, now: datetime | None = None, came_with: ClientImport | None = None
) -> Client:
    """Enter a client on the firm's own list.

    Raises Invalid when the name or the id is on it already.
    """
    require_writer(by)
    with once():
        return Client.objects.create(
            firm_id=by.firm_id, came_with=came_with, created_at=now or clock.now(), **_client_columns(facts)
        )


@transaction.atomic
def change_client(client: Client, facts: ClientFacts, *, by: Member, now: datetime | None = None) -> Client:
    require_writer(by)
    client = (
        Client.objects.visible_to(by.firm_id).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    )
    return _change(client, _client_columns(facts), now)


@transaction.atomic
def mark_left(client: Client, *, by: Member, on: date | None, now: datetime | None = None) -> Client:
    """Write down on which day a client left; without a day, that it is back. Whatever is protected runs on.

    Raises Invalid for a day that has not come.
    """
    require_writer(by)
    now = now or clock.now()
    if on and on > localtime.day_in(now, by.firm.timezone):
        raise Invalid({"left_on": ["This day has not come yet."]})
    client = (
        Client.objects.visible_to(by.firm_id).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    )
    return _change(client, {"left_on": on}, now)


@transaction.atomic
def add_site(client: Client, facts: SiteFacts, *, by: Member, came_with: ClientImport | None = None) -> Site:
    """Enter a place of a client.

    Raises Invalid when its time zone cannot be known from a US ZIP and was not typed, or when coordinates are half given.
    """
    require_writer(by)
    client = Client.objects.visible_to(by.firm_id).get(pk=client.pk)
    with once():
        return Site.objects.create(client=client, came_with=came_with, **asdict(located(facts)))


@transaction.atomic
def change_site(site: Site, facts: SiteFacts, *, by: Member, now: datetime | None = None) -> Site:
    require_writer(by)
    site = Site.objects.visible_to(by.firm_id).select_for_update(of=("self",), no_key=True).get(pk=site.pk)
    return _change(site, asdict(located(facts)), now)


@transaction.atomic
def add_contact(client: Client, facts: ContactFacts, *, by: Member) -> Contact:
    require_writer(by)
    client = Client.objects.visible_to(by.firm_id).get(pk=client.pk)
    return Contact.objects.create(client=client, **_contact_columns(facts))


@transaction.atomic
def change_contact(contact: Contact, facts: ContactFacts, *, by: Member) -> Contact:
    require_writer(by)
    contact = Contact.objects.filter(client__firm=by.firm_id).get(pk=contact.pk)
    for name, value in _contact_columns(facts).items():
        setattr(contact, name, value)
    contact.save(update_fields=list(asdict(facts)))
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: Member) -> None:
    """Forget a person who is no longer there."""
    require_writer(by)
    Contact.objects.filter(client__firm=by.firm_id).get(pk=contact.pk).delete()


def located(facts: SiteFacts) -> SiteFacts:
    """Fill in what a US ZIP tells: town, state, coordinates, zone. What was typed stands, but for coordinates given in half."""
    if (facts.latitude is None) != (facts.longitude is None):
        raise Invalid({"latitude": ["Give both coordinates, or none."]})
    area = zip_place(facts.postcode) if facts.country == "US" else None
    if area:
        located_by_hand = facts.latitude is not None
        facts = replace(
            facts,
            town=facts.town or area.town,
            state=facts.state or area.state,
            latitude=facts.latitude if located_by_hand else area.latitude,
            longitude=facts.longitude if located_by_hand else area.longitude,
            timezone=facts.timezone or area.timezone,
        )
    if not facts.timezone:
        ask = (
            "We do not know this ZIP. Type the time zone."
            if facts.country == "US"
            else "Type the time zone of this place."
        )
        raise Invalid({"timezone": [ask]})
    localtime.zone_of(facts.timezone)
    return replace(
        facts, name=facts.name.strip() or facts.street or facts.town or facts.postcode or "Main site"
    )


def _client_columns(facts: ClientFacts) -> dict[str, object]:
    if not facts.name.strip():
        raise Invalid({"name": ["Type the client's name."]})
    if facts.monthly_fee is not None and facts.monthly_fee < 0:
        raise Invalid({"monthly_fee": ["Type an amount, or leave it empty."]})
    domains = [domain_of(domain) for domain in facts.domains]
    if not all(domains):
        raise Invalid({"domains": ["Type domains like gcdental.com, one a line."]})
    return {
        **asdict(facts),
        "name": " ".join(facts.name.split()),
        "domains": domains,
        "aliases": list(facts.aliases),
    }


def _contact_columns(facts: ContactFacts) -> Mapping[str, str]:
    if not facts.name.strip():
        raise Invalid({"name": ["Type the person's name."]})
    return asdict(facts)


def _change(row: Row, columns: Mapping[str, object], now: datetime | None) -> Row:
    for name, value in {**columns, "changed_at": now or clock.now()}.items():
        setattr(row, name, value)
    with once():
        row.save(update_fields=[*columns, "changed_at"])
    return row


@contextmanager
def once() -> Iterator[None]:
    """Turn a broken promise of the database into the sentence that belongs to it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name not in _TAKEN:
            raise
        raise Invalid(_TAKEN[name]) from None


def require_writer(by: Member) -> None:
    if by.role not in WRITERS:
        raise WrongRole("Your role reads the list of clients. Ask an owner or a dispatcher to change it.")
