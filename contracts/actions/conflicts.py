"""The blind conflict check, made when an offer leaves and at no other time.

Both firms must have turned it on. What is compared are HMACs of web domains under a key of ours, so that nobody who reads the
tables learns a client; the asking firm learns "may already serve this client" and nothing more, the other that a check was made.
A check costs a real offer, and few are made a day and a week, so that nobody can go through a list.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clients.models import Client
from contracts.models import ClientMark, ConflictCheck, ConflictOptIn
from partnernet.core import clock
from partnernet.core.errors import RuleBroken
from partners.actions.roles import history, only
from partners.models import Firm, Member

A_DAY, A_WEEK, A_MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
MOST_A_DAY = 30
"""Comparisons that one firm may have made in 24 hours."""
MOST_OF_ONE_FIRM = 5
"""Different clients that may be compared with one firm in 7 days."""
MOST_DOMAINS = 10
Result = ConflictCheck.Result


def marked(domain: str) -> str:
    """Return the keyed hash of a web domain: HMAC-SHA-256 under the key of the blind indexes."""
    plain = domain.strip().lower().removeprefix("www.").rstrip(".")
    return new(settings.LINK_KEY.encode(), f"client domain\0{plain}".encode(), sha256).hexdigest()


@transaction.atomic
def turn_on(*, by: Member, now: datetime | None = None) -> ConflictOptIn:
    """Let our clients' web domains be compared, and have others compared when we send offers."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    if ConflictOptIn.objects.filter(firm=firm).exists():
        raise RuleBroken("The check is on already.")

    made = ConflictOptIn.objects.create(firm=firm, turned_on_by=by.user, turned_on_at=now)
    _remark(firm.pk)
    history(firm, "turn_on_conflict_check", by=by, now=now, changes={})
    return made


@transaction.atomic
def turn_off(*, by: Member, now: datetime | None = None) -> None:
    """Take no part any more: our marks are deleted at once; the log of checks stays."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    deleted, _ = ConflictOptIn.objects.filter(firm=firm).delete()
    if not deleted:
        raise RuleBroken("The check is off already.")

    ClientMark.objects.filter(firm=firm).delete()
    history(firm, "turn_off_conflict_check", by=by, now=now, changes={})


def forget(firm: Firm) -> None:
    """Delete the marks of a firm that leaves for good, whether or not it took part; the log of checks stays."""
    ConflictOptIn.objects.filter(firm=firm).delete()
    ClientMark.objects.filter(firm=firm).delete()


def remark_all(*, now: datetime | None = None) -> int:
    """Bring the marks of every firm that takes part up to its list of clients; return how many firms changed."""
    del now  # a sweep is given the time; this one needs none
    changed = 0
    for firm_id in ConflictOptIn.objects.order_by("firm").values_list("firm", flat=True):
        with transaction.atomic():
            # Another sweep, or an owner who turns it off, may be at it.
            taken = ConflictOptIn.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            if taken.filter(firm=firm_id).order_by("pk").first():
                changed += _remark(firm_id)
    return changed


def _remark(firm_id: UUID) -> bool:
    """Write the marks that are missing and delete those that are too many; say whether anything changed."""
    lists = Client.objects.filter(firm=firm_id, left_on=None).values_list("domains", flat=True)
    wanted = {marked(domain) for domains in lists for domain in domains}
    rows = ClientMark.objects.filter(firm=firm_id)
    known = set(rows.values_list("mark", flat=True))
    if wanted == known:
        return False
    rows.filter(mark__in=known - wanted).delete()
    ClientMark.objects.bulk_create(
        [ClientMark(firm_id=firm_id, mark=mark) for mark in sorted(wanted - known)], ignore_conflicts=True
    )
    return True


def check(*, prime_id: UUID, sub_id: UUID, client: Client, now: datetime) -> ConflictCheck | None:
    """Compare a client of the prime with those of the sub, and keep that it was done. For `send` alone, in its transaction.

    Returns None when nothing was compared: one of the two takes no part, no domain is known, or there were too many checks.
    The same question within 30 days gets the same answer and costs nothing.
    """
    domains = client.domains[:MOST_DOMAINS]
    if not domains or not _both_take_part(prime_id, sub_id):
        return None
    made = ConflictCheck.objects.filter(prime=prime_id)
    with_sub = made.filter(sub=sub_id)
    if known := with_sub.filter(client=client).since(now - A_MONTH).newest_first().first():
        return known
    others = with_sub.since(now - A_WEEK).values("client").distinct().count()
    if others >= MOST_OF_ONE_FIRM or made.since(now - A_DAY).count() >= MOST_A_DAY:
        return None
    return ConflictCheck.objects.create(
        prime_id=prime_id, sub_id=sub_id, client=client, result=_compared(sub_id, domains), checked_at=now
    )


def _both_take_part(prime_id: UUID, sub_id: UUID) -> bool:
    return ConflictOptIn.objects.filter(firm__in=(prime_id, sub_id)).count() == len({prime_id, sub_id})


def _compared(sub_id: UUID, domains: Iterable[str]) -> str:
    marks = [marked(domain) for domain in domains]
    found = ClientMark.objects.filter(firm=sub_id, mark__in=marks).exists()
    return Result.MAY_SERVE if found else Result.NOTHING_KNOWN


def may_serve(prime_id: UUID, client_id: UUID) -> set[UUID]:
    """Return the firms of which the prime was told that they may serve this client of its own already."""
    return {sub for _, sub in may_serve_each(prime_id, [client_id])}


def may_serve_each(prime_id: UUID, client_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the same for many clients, as pairs of client and firm."""
    found = ConflictCheck.objects.filter(prime=prime_id, client__in=client_ids, result=Result.MAY_SERVE)
    return set(found.values_list("client", "sub"))
