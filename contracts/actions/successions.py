"""What became of a client, with the protection that follows it. The one way in for pages and programs."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from clients.actions import successions
from clients.actions.successions import Became, Kind
from clients.models import Client, ClientSuccession
from contracts.actions import following
from contracts.actions.protection_news import note, tell
from contracts.models import Agreement, ProtectedClient
from partnernet.core import clock, notify
from partnernet.core.localtime import day_in
from partners.models import Member


@transaction.atomic
def record(client: Client, became: Became, *, by: Member, now: datetime | None = None) -> ClientSuccession:
    """Write down that a client was sold, renamed, merged or split. Every firm it is protected from is told.

    Raises Invalid for what was typed wrong, IllegalStep for a client that has gone on already.
    """
    client = Client.objects.visible_to(by.firm_id).get(pk=client.pk)
    agreements = _locked_agreements([client])
    now = now or clock.now()
    succession = successions.record(client, became, by=by, now=now)
    with notify.together():
        if agreements and succession.kind == Kind.RENAMED:
            _rename(client, old=succession.name_before, new=succession.name_after, by=by, now=now)
        elif agreements:
            for row in running(client, by=by, now=now):
                following.follow(row, succession, now=now)
    return succession


@transaction.atomic
def undo(succession: ClientSuccession, *, by: Member, now: datetime | None = None) -> ClientSuccession:
    """Take back what was written by mistake: sites, contacts, names and protections are as they would be without it.

    Raises RuleBroken when something was built on it since.
    """
    succession = ClientSuccession.objects.visible_to(by.firm_id).with_people().get(pk=succession.pk)
    _locked_agreements([succession.before, succession.after])
    now = now or clock.now()
    succession = successions.undo(succession, by=by, now=now)
    with notify.together():
        if succession.kind == Kind.RENAMED:
            _rename(
                succession.before,
                old=succession.name_after,
                new=succession.before.name,
                by=by,
                now=now,
                undone=True,
            )
        else:
            following.let_go(succession, now=now)
    return succession


def running(client: Client, *, by: Member, now: datetime) -> list[ProtectedClient]:
    """Return the protections of a client that run today, where its firm is: they follow."""
    today = day_in(now, by.firm.timezone)
    rows = ProtectedClient.objects.filter(client=client).running_on(today)
    return list(rows.select_related("prime", "sub", "agreement__current_revision").order_by("pk"))


def _locked_agreements(clients: Iterable[Client]) -> list[Agreement]:
    rows = Agreement.objects.filter(protected_clients__client__in=[each.pk for each in clients])
    return list(Agreement.objects.filter(pk__in=rows.values("pk")).locked().order_by("pk"))


def _rename(  # noqa: PLR0913 - two names, who and when
    client: Client, *, old: str, new: str, by: Member, now: datetime, undone: bool = False
) -> None:
    rows = ProtectedClient.objects.filter(client=client).exclude(client_name=new)
    for row in rows.select_related("prime", "sub", "agreement").order_by("pk"):
        row.client_name, row.formerly = new, "" if undone else old
        row.save(update_fields=["client_name", "formerly"])
        note(row, "rename_client", by=by, now=now, changes={"from": old, "to": new})
        if row.status == ProtectedClient.Status.PROTECTED and row.days_left(day_in(now, row.sub.timezone)):
            tell(
                row,
                "client_renamed",
                row.sub,
                now=now,
                old=old,
                until=following.in_words(row.protected_until),
            )
