"""Passing on what a client asked for, and hearing it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from contracts.models import ApproachReport
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partners.actions import scores
from partners.models import Firm, Member

LONGEST = 500


def report(  # noqa: PLR0913 - what, who, where and when: the one-minute form
    *,
    prime_id: UUID,
    sub_id: UUID,
    client_id: UUID,
    work_order_id: UUID,
    by: Member,
    what: str,
    who: str = "",
    urgent: bool = False,
    now: datetime | None = None,
) -> ApproachReport:
    """Keep that a client asked the sub for more. Counts for the sub's trust, once for each order."""
    if by.firm_id != sub_id:
        raise WrongSide("The firm that was asked passes it on.")
    if not what.strip():
        raise Invalid({"what": ["One sentence is enough: what did they ask for?"]})
    if len(what) > LONGEST:
        raise Invalid({"what": [f"At most {LONGEST} characters."]})
    now = now or clock.now()

    kept = ApproachReport.objects.create(
        prime_id=prime_id,
        sub_id=sub_id,
        client_id=client_id,
        work_order_id=work_order_id,
        what=what.strip(),
        who=who.strip()[:120],
        urgent=urgent,
        reported_by=by,
        reported_at=now,
    )
    scores.record(
        Firm.objects.get(pk=sub_id),
        dimension="trust",
        kind="approach_reported",
        occurred_on=now.date(),
        counterparty=Firm.objects.get(pk=prime_id),
        subject_id=work_order_id,
    )
    return kept


@transaction.atomic
def acknowledge(approach: ApproachReport, *, by: Member, now: datetime | None = None) -> ApproachReport:
    """Say that the prime has heard it and will call the client."""
    approach = ApproachReport.objects.locked().get(pk=approach.pk)
    now = now or clock.now()
    if by.firm_id != approach.prime_id:
        raise WrongSide("The firm whose client it is answers this.")
    if by.role not in {"owner", "dispatcher"}:
        raise WrongRole("An owner or a dispatcher answers this.")
    if approach.acknowledged_at:
        raise RuleBroken("Somebody of your firm has answered this already.")

    approach.acknowledged_at, approach.acknowledged_by = now, by
    approach.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return approach
