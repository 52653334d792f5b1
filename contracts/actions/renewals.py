"""An agreement nears its end: its owners are told in time, and a new one takes the old one's place."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from contracts.actions.history import Done, both, day_for, record
from contracts.models import Agreement
from contracts.models.agreements import OPEN_FOR_SIGNING, AgreementQuerySet, Status
from contracts.workflow import AGREEMENT
from partnernet.core import clock, notify
from partnernet.core.actors import CLOCK
from partnernet.core.workflow import SYSTEM
from partners.models import Member

REMIND_AT = (60, 30, 14, 7)
"""Days before the end at which the owners of both firms hear of it."""
DAY, BATCH = timedelta(days=1), 200


def remind_of_ends(*, now: datetime | None = None) -> int:
    """Tell owners whose agreement ends in 60, 30, 14 and 7 days; once each, however late or often the clock looks.

    Not where notice was given, for both know; nor where a newer one is signed or waits for a signature. Returns how many are due.
    """
    now = now or clock.now()
    ending = (
        Agreement.objects.in_force(now)
        .standing_alone()
        .filter(ends_at__lte=now + REMIND_AT[0] * DAY, terminated_at=None)
    )
    due = list(ending.filter(~Exists(_newer())).with_parties().order_by("ends_at", "pk"))
    for start in range(0, len(due), BATCH):
        with transaction.atomic():
            notify.owe_each("agreement_ends", list(_news(due[start : start + BATCH], now)), now=now)
    return len(due)


def is_followed(agreement: Agreement) -> bool:
    """Say whether another one lasts longer between the same firms, or waits for a signature."""
    return Agreement.objects.filter(pk=agreement.pk).filter(Exists(_newer())).exists()


def supersede(agreement: Agreement, *, now: datetime) -> None:
    """End what the two firms had in force of the same kind: from now on the new one holds. Tails and claims of the old one go on.

    Runs in the transaction of the last signature, before the new one counts.
    """
    kind = agreement.template_version.template.kind
    older = Agreement.objects.between(agreement.proposer_id, agreement.other_id).in_force(now)
    older = older.filter(template_version__template__kind=kind, effective_at__lt=now).exclude(pk=agreement.pk)
    for one in older.locked():
        AGREEMENT.check("supersede", status=one.status, side=SYSTEM, role=CLOCK.role)
        one.ends_at = now
        one.save(update_fields=["ends_at"])
        changes = {"by": agreement.verify_code, "ends_at": now.isoformat()}
        record(
            one, Done("supersede", SYSTEM, Status.SIGNED, Status.SIGNED, changes=changes), by=CLOCK, now=now
        )


def _newer() -> AgreementQuerySet:
    """Return what takes an ending agreement's place between the same two firms."""
    same = Q(proposer=OuterRef("proposer"), other=OuterRef("other"))
    swapped = Q(proposer=OuterRef("other"), other=OuterRef("proposer"))
    later = Q(status=Status.SIGNED, ends_at__gt=OuterRef("ends_at"))
    waits = Q(status__in=[*OPEN_FOR_SIGNING, Status.NEGOTIATING])
    kind = Q(template_version__template__kind=OuterRef("template_version__template__kind"))
    return Agreement.objects.filter(same | swapped).filter(later | waits).filter(kind)


def _news(due: list[Agreement], now: datetime) -> Iterator[notify.News]:
    firms: set[UUID] = {firm for one in due for firm in (one.proposer_id, one.other_id)}
    owners = Member.objects.active().addressees_of(firms, "owner")
    for one in due:
        assert one.ends_at is not None  # noqa: S101 - what is in force has its end, by constraint
        at = min(days for days in REMIND_AT if one.ends_at - now <= days * DAY)
        for firm in both(one):
            other = one.other if firm.pk == one.proposer_id else one.proposer
            context = {"other": other.name, "title": one.template_version.template.title, "until": day_for(firm, one.ends_at), "kind": one.kind}  # fmt: skip
            path = reverse("agreement", args=[firm.pk, one.pk])
            yield notify.News(owners[firm.pk], path, context, one.pk, once=f"{one.pk}:{at}")
