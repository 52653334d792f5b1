"""One line of history per step, chained; and the news that follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse

from contracts.actions import announcing
from contracts.chain import GENESIS, Json, canonical, link
from contracts.models import Agreement, AgreementEvent, ProtectedClient, Signatory
from partnernet.core import localtime, notify
from partnernet.core.actors import Actor
from partnernet.core.notify import Addressee
from partners.models import Firm, Member

# What whoever is named to sign hears too: until it is signed by both, or comes to nothing. Later notices go to owners.
OF_SIGNING = frozenset({
    "agreement_proposed", "agreement_revised", "agreement_terms_accepted", "agreement_changes_asked", "agreement_recalled",
    "agreement_declined", "agreement_voided", "agreement_lapsed", "agreement_waits_for_you", "agreement_reminder", "agreement_signed",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken, as history keeps it."""

    step: str
    side: str
    from_status: str
    to_status: str
    reason: str = ""
    changes: Mapping[str, Json] = field(default_factory=dict)


def record(
    agreement: Agreement, done: Done, *, by: Actor, now: datetime, about: ProtectedClient | None = None
) -> AgreementEvent:
    """Append one event to the chain, and announce it; `about` names the protected client that it is about.

    The caller holds the agreement's lock.
    """
    last = agreement.events.order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    statuses = (done.from_status, done.to_status)
    values = AgreementEvent.draft(
        by=by,
        step=done.step,
        side=done.side,
        now=now,
        statuses=statuses,
        reason=done.reason,
        changes=done.changes,
    )
    text = canonical(facts(agreement.pk, sequence, values))
    taken = announcing.Taken(done.step, by.firm_id, now, done.from_status)
    if about:
        announcing.of_protected(about, taken)
    else:
        announcing.of_agreement(agreement, taken)
    return AgreementEvent.objects.create(
        agreement=agreement,
        sequence=sequence,
        previous_hash=previous,
        text=text,
        hash=link(previous, text),
        **values,
    )


def facts(agreement_id: UUID, sequence: int, values: Mapping[str, object]) -> dict[str, Json]:
    """Return what is hashed of an event: everything that it says but the time of its writing."""
    plain = {
        name: value if isinstance(value, dict) else str(value) if value is not None else None
        for name, value in values.items()
    }
    moment = values["occurred_at"]
    assert isinstance(moment, datetime)  # noqa: S101 - narrows the type
    return {
        **plain,
        "agreement": str(agreement_id),
        "sequence": sequence,
        "occurred_at": moment.astimezone(UTC).isoformat(),
    }


def tell(kind: str, firm: Firm, agreement: Agreement, *, now: datetime, **context: str) -> None:
    """Owe the owners of `firm` the news about an agreement, and whoever is named to sign it for them, while that is open.

    An unclaimed firm has nobody to tell: its invitation carries the news.
    """
    to = Member.objects.active().addressees(firm.pk, "owner")
    if kind in OF_SIGNING:
        to += _named(agreement, firm, besides=to)
    other = agreement.other if firm.pk == agreement.proposer_id else agreement.proposer
    notify.owe(
        kind,
        to=to,
        now=now,
        path=reverse("agreement", args=[firm.pk, agreement.pk]),
        context={
            "firm": firm.name,
            "other": other.name,
            "title": agreement.template_version.template.title,
            "kind": agreement.kind,
            **context,
        },
        subject_id=agreement.pk,
    )


def _named(agreement: Agreement, firm: Firm, *, besides: list[Addressee]) -> list[Addressee]:
    """Return whoever is named to sign for a firm and is no owner, who hears of it anyway."""
    known = {one.user_id for one in besides}
    rows = Signatory.objects.here().of(agreement).filter(member__firm=firm).with_people().order_by("pk")
    return [row.member.addressee() for row in rows if row.member.user_id not in known]


def day_for(firm: Firm, instant: datetime) -> str:
    """Return the day of an instant where the firm is, in words."""
    day = localtime.day_in(instant, firm.timezone)
    return f"{day.day} {day:%B %Y}"


def tell_both(kind: str, agreement: Agreement, *, now: datetime, **context: str) -> None:
    for firm in both(agreement):
        tell(kind, firm, agreement, now=now, **context)


def both(agreement: Agreement) -> Iterable[Firm]:
    return agreement.proposer, agreement.other
