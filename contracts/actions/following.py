"""A protection goes on to the client that another became. The caller holds the locks of the agreements."""

from datetime import date, datetime

from clients.models import ClientSuccession
from contracts import terms
from contracts.actions import terms_now
from contracts.actions.history import day_for
from contracts.actions.protection_news import note, tell
from contracts.models import ProtectedClient, ProtectionFollowing
from partnernet.core import localtime

PROTECTED = ProtectedClient.Status.PROTECTED


def follow(row: ProtectedClient, succession: ClientSuccession, *, now: datetime) -> ProtectedClient | None:
    """Let a protection go on to the second client of a succession, and tell the firm that it binds.

    Returns the protection of the second client; None where that one was released to the firm: a release stands.
    """
    after = ProtectedClient.objects.filter(agreement=row.agreement_id, client=succession.after_id).first()
    if after and after.status != PROTECTED:
        return None
    made = after is None
    if after is None:
        days = int(
            terms_now.values_at(row.agreement, now).get("declaration_days", terms_now.DECLARATION_DAYS)
        )
        after = ProtectedClient.objects.create(
            agreement=row.agreement,
            client=succession.after,
            prime=row.prime,
            sub=row.sub,
            client_name=succession.name_after,
            formerly=succession.name_before,
            work_order_id=row.work_order_id,
            notified_at=now,
            declare_by=localtime.business_deadline(now, days, row.sub.timezone),
            tail_months=row.tail_months,
            protected_until=row.protected_until,
        )
    after.prime, after.sub, after.agreement = row.prime, row.sub, row.agreement
    ProtectionFollowing.objects.create(succession=succession, before=row, after=after, made=made)
    _stretch(after, row.protected_until)
    facts = {
        "client": row.client_name,
        "goes_on_as": after.client_name,
        "until": after.protected_until.isoformat(),
    }
    note(after, "follow_client", now=now, changes=facts)
    tell(
        after,
        "client_follows",
        row.sub,
        now=now,
        said=succession.sentence,
        until=in_words(after.protected_until),
        declare_by=day_for(row.sub, after.declare_by) if made else "",
    )
    return after


def go_on(row: ProtectedClient, *, now: datetime) -> None:
    """Let a new protection of a client that was sold or merged since go on to the next, and so on."""
    succession = ClientSuccession.objects.standing().ending().filter(before=row.client_id).first()
    if succession and (after := follow(row, succession, now=now)):
        go_on(after, now=now)


def lengthen(row: ProtectedClient) -> None:
    """After a visit: whatever this protection goes on as runs at least as long."""
    rows = ProtectionFollowing.objects.standing().ending().filter(before=row).select_related("after")
    for each in rows.order_by("pk"):
        if each.after.status == PROTECTED and _stretch(each.after, row.protected_until):
            lengthen(each.after)


def serves_itself(row: ProtectedClient) -> None:
    """Work was accepted for the second client itself: its protection stands by itself from now on."""
    row.follows.filter(made=True).update(made=False)


def let_go(succession: ClientSuccession, *, now: datetime) -> None:
    """Take back what a succession that was a mistake did to protections: it is undone in its row already."""
    for each in succession.followings.select_related(
        "before", "after__prime", "after__sub", "after__agreement"
    ).order_by("pk"):
        row = each.after
        if row.status != PROTECTED:
            continue
        carried = ProtectionFollowing.objects.standing().filter(after=row).select_related("before")
        ends = [other.before.protected_until for other in carried]
        if each.made and not ends:
            row.status = ProtectedClient.Status.RELEASED
            row.save(update_fields=["status"])
        else:
            row.protected_until = max([_own_end(row), *ends])
            row.save(update_fields=["protected_until"])
        released = "yes" if row.status != PROTECTED else ""
        note(row, "unfollow_client", now=now, changes={"client": row.client_name, "released": released})
        tell(
            row, "client_follow_undone", row.sub, now=now,
            said=succession.sentence, released=released, until=in_words(row.protected_until),
        )  # fmt: skip


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _own_end(row: ProtectedClient) -> date:
    last = row.last_service_on or localtime.day_in(row.notified_at, row.sub.timezone)
    return terms.tail_end(last, row.tail_months)


def _stretch(row: ProtectedClient, until: date) -> bool:
    if row.protected_until >= until:
        return False
    row.protected_until = until
    row.save(update_fields=["protected_until"])
    return True
