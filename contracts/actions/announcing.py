"""Tell the programs of firms what happened: a row for each firm, in the transaction of the step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts import event_names
from contracts.models import Agreement, Announcement, ApproachReport, Claim, ProtectedClient
from contracts.models.agreements import Status


@dataclass(frozen=True, slots=True)
class Taken:
    """A step: what it was, from where it came, which firm took it (nobody: the clock), and when."""

    step: str
    by_firm: UUID | None
    now: datetime
    from_status: str = ""


def of_agreement(agreement: Agreement, taken: Taken) -> None:
    """Tell both firms; of a draft only the one that writes it, and of its end as well."""
    hidden = agreement.status == Status.DRAFT or (
        taken.from_status == Status.DRAFT and taken.step != "propose"
    )
    firms = [agreement.proposer_id] if hidden else [agreement.proposer_id, agreement.other_id]
    name = event_names.of_agreement(taken.step, agreement.status)
    _write(name, agreement.pk, firms, taken, status=agreement.status, agreement=agreement.pk)


def in_house(agreement: Agreement, taken: Taken, *, firm: UUID) -> None:
    """Tell the one firm whose own matter it is."""
    name = event_names.AGREEMENT[taken.step]
    _write(name, agreement.pk, [firm], taken, status=agreement.status, agreement=agreement.pk)


def of_protected(protected: ProtectedClient, taken: Taken) -> None:
    """Tell the firm whose client it is, and the firm that it binds."""
    name = event_names.of_protected(taken.step, protected.status)
    firms = [protected.prime_id, protected.sub_id]
    _write(name, protected.pk, firms, taken, status=protected.status, agreement=protected.agreement_id)


def of_claim(claim: Claim, taken: Taken) -> None:
    """Tell the claimant; the other firm from the service of the notice on."""
    firms = [claim.claimant_id, *([claim.respondent_id] if claim.served_at else [])]
    name = event_names.CLAIM[taken.step]
    _write(name, claim.pk, firms, taken, status=claim.status, agreement=claim.agreement_id)


def of_report(report: ApproachReport, taken: Taken) -> None:
    """Tell both firms of an order."""
    name = event_names.of_report(taken.step, report.status)
    _write(name, report.pk, [report.prime_id, report.sub_id], taken, status=report.status)


def _write(  # noqa: PLR0913 - a row with its facts
    name: str,
    subject: UUID,
    firms: Iterable[UUID],
    taken: Taken,
    *,
    status: str,
    agreement: UUID | None = None,
) -> None:
    rows = [
        Announcement(
            firm_id=firm, name=name, subject_id=subject, agreement_id=agreement, status=status, by_firm=taken.by_firm,
            occurred_at=taken.now,
        )
        for firm in firms
    ]  # fmt: skip
    Announcement.objects.bulk_create(rows)
