"""What becomes of a client. `contracts.actions.successions` is the way in: protection has to follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower

from clients.actions.clients import ClientFacts, add_client, once, require_writer
from clients.models import Client, ClientSuccession, Contact, Site
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken
from partnernet.core.localtime import day_in
from partners.models import Member

Kind = ClientSuccession.Kind


@dataclass(frozen=True, slots=True)
class Became:
    """What happened, as typed: the client that goes on is one of the list, or is named and entered."""

    kind: str
    happened_on: date
    name: str = ""
    successor: UUID | None = None
    sites: tuple[UUID, ...] = ()
    note: str = ""


@transaction.atomic
def record(client: Client, became: Became, *, by: Member, now: datetime) -> ClientSuccession:
    """Write down what became of a client, and move what goes with it: sites, contacts and the names it was known by.

    Raises Invalid for a day to come or a client that is not there, IllegalStep for one that has gone on already.
    """
    require_writer(by)
    found = _locked({client.pk, became.successor or client.pk}, by)
    client = found[client.pk]
    if became.kind not in Kind.values:
        raise Invalid({"kind": ["Say what happened."]})
    if became.happened_on > day_in(now, by.firm.timezone):
        raise Invalid({"happened_on": ["This day is still to come."]})
    if client.successions.standing().ending().exists():
        raise IllegalStep(f"{client.name} has gone on under another name already.")
    if became.kind == Kind.RENAMED:
        return _renamed(client, became, by=by, now=now)
    sites = _sites(client, became)
    successor = _successor(client, became, found, by=by, now=now)
    contacts = [] if became.kind == Kind.SPLIT else list(client.contacts.order_by("pk"))
    known = set() if became.kind == Kind.SPLIT else {client.name, *client.aliases}
    names = sorted(known - {successor.name, *successor.aliases})
    domains = [] if became.kind == Kind.SPLIT else sorted({*client.domains} - {*successor.domains})

    moved = {
        "sites": _move(sites, client, successor),
        "contacts": [str(each.pk) for each in contacts],
        "names": names,
        "domains": domains,
    }
    Contact.objects.filter(pk__in=[each.pk for each in contacts]).update(client=successor)
    _know_by(successor, [*successor.aliases, *names], [*successor.domains, *domains], now=now)
    return _write(client, successor, became, moved, by=by, now=now, name_before=client.name)


@transaction.atomic
def undo(succession: ClientSuccession, *, by: Member, now: datetime) -> ClientSuccession:
    """Put back what was moved, where it still is where it was put. The row stays, with who took it back.

    Raises RuleBroken when something was built on it since: that is undone first.
    """
    require_writer(by)
    succession = ClientSuccession.objects.visible_to(by.firm_id).get(pk=succession.pk)
    _locked({succession.before_id, succession.after_id}, by)
    rows = ClientSuccession.objects.select_for_update(of=("self",), no_key=True)
    succession = rows.select_related("before", "after").get(pk=succession.pk)
    if succession.undone_at:
        raise IllegalStep("This was taken back already.")
    later = ClientSuccession.objects.standing().filter(
        before__in=[succession.before_id, succession.after_id], recorded_at__gt=succession.recorded_at
    )
    if standing := later.newest_first().first():
        raise RuleBroken(f"First take back what came after it: {standing.sentence}.")

    before, after, moved = succession.before, succession.after, succession.moved
    if succession.kind == Kind.RENAMED:
        _name_back(succession, now=now)
    else:
        for pk, name in moved["sites"].items():
            with once():
                Site.objects.filter(pk=pk, client=after).update(client=before, name=name, changed_at=now)
        Contact.objects.filter(pk__in=moved["contacts"], client=after).update(client=before)
        aliases = [each for each in after.aliases if each not in moved["names"]]
        domains = [each for each in after.domains if each not in moved["domains"]]
        _know_by(after, aliases, domains, now=now)
    succession.undone_at, succession.undone_by = now, by.user
    succession.save(update_fields=["undone_at", "undone_by"])
    return succession


def successors(client_id: UUID) -> list[UUID]:
    """Return the clients as which one that was sold or merged goes on, the next first."""
    found: list[UUID] = []
    ending = ClientSuccession.objects.standing().ending()
    while (
        after := ending.filter(before=found[-1] if found else client_id).first()
    ) and after.after_id not in found:
        found.append(after.after_id)
    return found


def predecessors(client_id: UUID) -> list[UUID]:
    """Return the clients that went on as this one, and those that went on as these: sold or merged, the nearest first."""
    found: list[UUID] = []
    ending = ClientSuccession.objects.standing().ending()
    near = [client_id]
    while near:
        before = (
            ending.filter(after__in=near).order_by("-recorded_at", "-pk").values_list("before", flat=True)
        )
        near = [each for each in before if each not in found and each != client_id]
        found += near
    return found


def _locked(keys: set[UUID], by: Member) -> dict[UUID, Client]:
    """Lock clients in one order, so that two people who write of the same two wait for each other."""
    rows = Client.objects.visible_to(by.firm_id).select_for_update(of=("self",), no_key=True)
    return {each.pk: each for each in rows.filter(pk__in=keys).order_by("pk")}


def _successor(
    client: Client, became: Became, found: dict[UUID, Client], *, by: Member, now: datetime
) -> Client:
    if became.successor is None:
        if not became.name.strip():
            raise Invalid({"name": ["Choose a client, or type the new one's name."]})
        facts = ClientFacts(
            name=became.name,
            industry=client.industry,
            industry_duties=client.industry_duties,
            price_basis=client.price_basis,
            response_minutes=client.response_minutes,
            arrival_minutes=client.arrival_minutes,
            pays_within_days=client.pays_within_days,
            insurance_demanded=client.insurance_demanded,
        )
        return add_client(facts, by=by, now=now)
    if became.name.strip():
        raise Invalid({"name": ["Choose a client or type a name, not both."]})
    if became.successor == client.pk:
        raise Invalid({"successor": ["This is the same client."]})
    if client.pk in successors(became.successor):
        raise Invalid({"successor": ["This one went on as the other already."]})
    if became.successor not in found:
        raise Invalid({"successor": ["Choose one of your clients."]})
    return found[became.successor]


def _sites(client: Client, became: Became) -> list[Site]:
    """Return the sites that go: the chosen ones of a split, all of them otherwise."""
    sites = list(client.sites.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if became.kind != Kind.SPLIT:
        return sites
    chosen = [site for site in sites if site.pk in became.sites]
    if not chosen or len(chosen) != len(set(became.sites)):
        raise Invalid({"sites": ["Choose the sites that went to the new client."]})
    return chosen


def _move(sites: Sequence[Site], before: Client, after: Client) -> dict[str, str]:
    """Give the sites to the other client. One whose name is taken there says where it came from."""
    taken = set(after.sites.annotate(key=Lower("name")).values_list("key", flat=True))
    moved = {}
    for site in sites:
        moved[str(site.pk)] = site.name
        site.client = after
        if site.name.lower() in taken:
            site.name = f"{site.name} ({before.name})"[:200]
        with once():
            site.save(update_fields=["client", "name"])
    return moved


def _know_by(client: Client, aliases: list[str], domains: list[str], *, now: datetime) -> None:
    client.aliases, client.domains, client.changed_at = aliases, domains, now
    client.save(update_fields=["aliases", "domains", "changed_at"])


def _renamed(client: Client, became: Became, *, by: Member, now: datetime) -> ClientSuccession:
    name, old = " ".join(became.name.split()), client.name
    if not name or name == old:
        raise Invalid({"name": ["Type the new name."]})
    if became.successor:
        raise Invalid({"successor": ["A client with a new name stays the same client."]})
    added = [] if old in client.aliases else [old]
    client.name, client.aliases, client.changed_at = name, [*client.aliases, *added], now
    with once():
        client.save(update_fields=["name", "aliases", "changed_at"])
    moved: dict[str, object] = {"sites": {}, "contacts": [], "names": added, "domains": []}
    return _write(client, client, became, moved, by=by, now=now, name_before=old)


def _name_back(succession: ClientSuccession, *, now: datetime) -> None:
    client = succession.before
    if client.name == succession.name_after:
        client.name = succession.name_before
    client.aliases = [each for each in client.aliases if each not in succession.moved["names"]]
    client.changed_at = now
    with once():
        client.save(update_fields=["name", "aliases", "changed_at"])


def _write(  # noqa: PLR0913 - one row's facts
    before: Client,
    after: Client,
    became: Became,
    moved: Mapping[str, object],
    *,
    by: Member,
    now: datetime,
    name_before: str,
) -> ClientSuccession:
    with once():
        return ClientSuccession.objects.create(
            firm_id=by.firm_id,
            kind=became.kind,
            before=before,
            after=after,
            name_before=name_before,
            name_after=after.name,
            happened_on=became.happened_on,
            note=became.note.strip(),
            moved=moved,
            recorded_by=by.user,
            recorded_at=now,
        )
