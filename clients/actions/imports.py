"""Import a list of clients: begin, look, carry out, and for a day undo."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError

from clients.actions.clients import (
    ClientFacts,
    ContactFacts,
    SiteFacts,
    add_client,
    add_contact,
    add_site,
    located,
)
from clients.importing import (
    FIELDS,
    NEW_CLIENT,
    Existing,
    Outcome,
    Sheet,
    domain_of,
    outcomes,
    read,
    site_name,
    suggest,
)
from clients.models import Client, ClientImport
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partners.models import Member

UNDO_WITHIN = timedelta(hours=24)
COUNTRIES = {
    "united states": "US",
    "usa": "US",
    "united states of america": "US",
    "canada": "CA",
    "united kingdom": "GB",
}


@transaction.atomic
def begin(*, by: Member, file_name: str, content: bytes, now: datetime | None = None) -> ClientImport:
    """Read a file and guess its columns. Nothing is entered yet.

    Raises RuleBroken for a file that is no list.
    """
    if by.role not in ("owner", "dispatcher"):
        raise WrongRole("Only owners and dispatchers import clients.")
    sheet = read(content)
    return ClientImport.objects.create(
        firm_id=by.firm_id,
        by_user=by.user,
        file_name=file_name[:200] or "clients.csv",
        headings=list(sheet.headings),
        rows=[list(row) for row in sheet.rows],
        mapping=suggest(sheet.headings),
        created_at=now or clock.now(),
    )


@transaction.atomic
def remap(batch: ClientImport, mapping: Mapping[str, int], *, by: Member) -> ClientImport:
    """Say which column holds which field.

    Raises Invalid for a column used twice, and when none holds the name.
    """
    batch = _taken(batch, by)
    if batch.imported_at:
        raise IllegalStep("This list was imported already.")
    if "name" not in mapping:
        raise Invalid({"name": ["Say which column holds the client's name."]})
    for field, column in mapping.items():
        if (
            field not in FIELDS
            or not 0 <= column < len(batch.headings)
            or list(mapping.values()).count(column) > 1
        ):
            raise Invalid({field if field in FIELDS else "name": ["Use each column once."]})

    batch.mapping = dict(mapping)
    batch.save(update_fields=["mapping"])
    return batch


def preview(batch: ClientImport) -> list[Outcome]:
    """Say row by row what importing this list now would do, and where a ZIP brings no place."""
    found = outcomes(_sheet(batch), batch.mapping, _existing(batch))
    return [_with_place(row) for row in found]


def _with_place(row: Outcome) -> Outcome:
    """Warn of a US ZIP that nobody knows: its site gets no place on the map, and the zone of the firm."""
    facts = site_facts(row.cells, "UTC")
    unknown = facts.country == "US" and facts.postcode and facts.latitude is None
    if not row.adds or not unknown:
        return row
    zone = "" if row.cells.get("timezone") else ", and its time zone is taken to be yours"
    warning = f"We do not know the ZIP {facts.postcode}: no distance can be told{zone}."
    return replace(row, sentence=f"{row.sentence} {warning}")


@transaction.atomic
def carry_out(batch: ClientImport, *, by: Member, now: datetime | None = None) -> ClientImport:
    """Enter the new clients and sites; rows that are known or cannot be read are left out, as the preview said."""
    batch = _taken(batch, by)
    now = now or clock.now()
    if batch.imported_at:
        raise IllegalStep("This list was imported already.")

    by_name = {client.name: client for client in Client.objects.visible_to(by.firm_id)}
    clients = sites = 0
    for row in preview(batch):
        if not row.adds:
            continue
        if row.result == NEW_CLIENT:
            by_name[row.cells["name"]] = _add(row, batch, by=by, now=now)
            clients += 1
        sites += _add_site(by_name[row.match or row.cells["name"]], row, batch, by=by)
    batch.imported_at, batch.clients_added, batch.sites_added = now, clients, sites
    batch.save(update_fields=["imported_at", "clients_added", "sites_added"])
    return batch


@transaction.atomic
def undo(batch: ClientImport, *, by: Member, now: datetime | None = None) -> ClientImport:
    """Take back everything that an import entered, within 24 hours.

    Raises RuleBroken when something of it is in use or was changed since: then nothing is taken back.
    """
    batch = _taken(batch, by)
    now = now or clock.now()
    if not batch.imported_at or batch.undone_at:
        raise IllegalStep("There is nothing to undo.")
    if now >= batch.imported_at + UNDO_WITHIN:
        raise RuleBroken("An import can be undone for 24 hours. That time has passed.")
    changed = batch.clients.exclude(changed_at=None).first() or batch.sites.exclude(changed_at=None).first()
    if changed:
        raise RuleBroken(f"{changed} was changed since. Nothing was undone.")
    try:
        with transaction.atomic():
            batch.sites.all().delete()
            batch.clients.all().delete()
    except ProtectedError:
        raise RuleBroken("Some of these clients are in use already. Nothing was undone.") from None

    batch.undone_at = now
    batch.save(update_fields=["undone_at"])
    return batch


def undoable(batch: ClientImport, now: datetime) -> bool:
    """Say whether an import can still be taken back, as far as time goes."""
    return bool(batch.imported_at and not batch.undone_at and now < batch.imported_at + UNDO_WITHIN)


def _taken(batch: ClientImport, by: Member) -> ClientImport:
    if by.role not in ("owner", "dispatcher"):
        raise WrongRole("Only owners and dispatchers import clients.")
    return ClientImport.objects.select_for_update(of=("self",), no_key=True).get(
        pk=batch.pk, firm_id=by.firm_id
    )


def _sheet(batch: ClientImport) -> Sheet:
    return Sheet(tuple(batch.headings), tuple(tuple(row) for row in batch.rows))


def _existing(batch: ClientImport) -> list[Existing]:
    clients = Client.objects.visible_to(batch.firm_id).prefetch_related("sites").order_by("created_at", "pk")
    return [
        Existing(
            client.name,
            client.external_id,
            tuple(client.domains),
            tuple(site.name.casefold() for site in client.sites.all()),
        )
        for client in clients
    ]


def _add(row: Outcome, batch: ClientImport, *, by: Member, now: datetime) -> Client:
    domain = domain_of(row.cells.get("domain", ""))
    facts = ClientFacts(
        name=row.cells["name"],
        domains=(domain,) if domain else (),
        industry=row.cells.get("industry", "")[:100],
        external_id=row.cells.get("external_id", "")[:100],
    )
    client = add_client(facts, by=by, now=now, came_with=batch)
    if person := row.cells.get("contact", ""):
        email = row.cells.get("email", "")
        add_contact(
            client,
            ContactFacts(person, email=email if "@" in email else "", phone=row.cells.get("phone", "")[:40]),
            by=by,
        )
    return client


def _add_site(client: Client, row: Outcome, batch: ClientImport, *, by: Member) -> int:
    if not site_name(row.cells):
        return 0
    add_site(client, site_facts(row.cells, by.firm.timezone), by=by, came_with=batch)
    return 1


def site_facts(cells: Mapping[str, str], home_zone: str) -> SiteFacts:
    """Return the site of a row; where neither row nor ZIP knows its zone, it gets the zone of the firm."""
    country = cells.get("country", "").strip()
    code = COUNTRIES.get(country.lower(), country.upper() if len(country) == 2 else "US")
    facts = SiteFacts(
        name=site_name(cells)[:200],
        street=cells.get("street", "")[:200],
        town=cells.get("town", "")[:100],
        state=cells.get("state", "")[:40],
        postcode=cells.get("postcode", "")[:20],
        country=code,
        timezone=cells.get("timezone", ""),
    )
    try:
        return located(facts)
    except RuleBroken:
        return located(replace(facts, timezone=home_zone))
