"""Scores from the database: gather the evidence, publish the day's snapshot, keep every firm's latest scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from partnernet.core import clock, locks
from partners import papers, scoring
from partners.models import (
    CommunityMembership,
    Document,
    Firm,
    FirmScore,
    Member,
    PaymentExperience,
    ScoreEvent,
    ScoreSnapshot,
)

BATCH = 2000


@dataclass(slots=True)
class Evidence:
    """All that speaks for and against one firm."""

    happenings: list[scoring.Evidence] = field(default_factory=list)
    payments: list[scoring.Payment] = field(default_factory=list)


@transaction.atomic
def rescore(*, on: date | None = None, now: datetime | None = None) -> ScoreSnapshot:
    """Publish the snapshot of a day and every firm's scores under it. Running twice gives the same rows."""
    now = now or clock.now()
    on = on or now.date()
    gathered = gather(on=on)
    figures = scoring.take_snapshot(
        on,
        evidence=[evidence.happenings for evidence in gathered.values()],
        payments=[evidence.payments for evidence in gathered.values()],
    )
    snapshot, _ = ScoreSnapshot.objects.update_or_create(on=on, defaults={"figures": _as_json(figures)})
    rows = [
        row for firm_id, evidence in gathered.items() for row in _rows(firm_id, evidence, figures, snapshot)
    ]
    FirmScore.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["firm", "dimension"],
        update_fields=["snapshot", "points", "low", "high", "rank", "events", "counterparties"],
    )
    return snapshot


@transaction.atomic
def rescore_if_due(*, now: datetime | None = None) -> ScoreSnapshot | None:
    """Rescore unless today's (UTC) snapshot is published, or somebody else is at it."""
    now = now or clock.now()
    if not locks.alone("rescore") or ScoreSnapshot.objects.filter(on=now.date()).exists():
        return None
    return rescore(on=now.date(), now=now)


def explain(firm: Firm, *, on: date) -> dict[str, scoring.Score]:
    """Return the four scores of a firm on a day, line by line, under the last snapshot published by then."""
    evidence = gather(on=on, firms=[firm.pk]).get(firm.pk, Evidence())
    figures = figures_of(on)
    return {score.dimension: score for score in _scores(evidence, figures, on)}


def days_to_pay(payer: Firm, *, currency: str, on: date) -> scoring.DaysToPay | None:
    """Return how long a payer really takes; None while there are not enough invoices."""
    return days_to_pay_of([payer.pk], on=on).get((payer.pk, currency))


def days_to_pay_of(payers: Collection[UUID], *, on: date) -> dict[tuple[UUID, str], scoring.DaysToPay | None]:
    """Say of firms how long each takes in each currency, in three queries that sum up in the database.

    The rule is `scoring.days_to_pay`: a payer of ten thousand invoices comes back as a few hundred rows.
    """
    since = scoring.months_before(on, scoring.PAYMENT_MONTHS)
    paid = PaymentExperience.objects.filter(payer__in=payers, paid_on__range=(since, on)).that_count()
    by_days = list(paid.summed_by_days())
    beside = {row["payee"] for row in by_days}
    kin = _Kin({firm.pk: firm for firm in Firm.objects.filter(pk__in={*payers, *beside}).order_by("pk")})
    found: defaultdict[tuple[UUID, str], list[scoring.PaidAfter]] = defaultdict(list)
    for row in by_days:
        if not kin.reason(row["payer"], row["payee"]):
            after = scoring.PaidAfter(row["after"].days, row["sum"], row["invoices"], kin.named(row["payee"]))
            found[row["payer"], row["currency"]].append(after)
    return {key: scoring.weigh_days(rows) for key, rows in found.items()}


def figures_of(on: date) -> scoring.Snapshot:
    """Return the figures last published on or before a day; those of an empty network when there are none."""
    published = ScoreSnapshot.objects.filter(on__lte=on).order_by("-on").first()
    return _from_json(published) if published else scoring.Snapshot(on)


def gather(*, on: date, firms: Collection[UUID] | None = None) -> dict[UUID, Evidence]:
    """Collect the evidence of these firms (or of all active ones), each piece with the reason if it does not count."""
    about = Firm.objects.active() if firms is None else Firm.objects.filter(pk__in=firms)
    known = {row.pk: row for row in _firms(about, everyone=firms is None)}
    kin = _Kin(known)
    gathered: defaultdict[UUID, Evidence] = defaultdict(Evidence)
    for firm in known.values():
        if firm.joined_at and (firms is None or firm.pk in firms):
            grown = scoring.tenure(firm.joined_at.date(), on)
            gathered[firm.pk].happenings.append(scoring.Evidence("tenure", grown, None))
    for firm_id, held in _papers(about, on=on).items():
        gathered[firm_id].happenings.append(scoring.Evidence("papers_valid", held, None))
    belongs = CommunityMembership.objects.counted_on(on).filter(firm__in=about)
    for firm_id in belongs.order_by("firm").values_list("firm", flat=True).distinct():
        gathered[firm_id].happenings.append(scoring.Evidence("community_confirmed", 1.0, None))
    events = ScoreEvent.objects.filter(firm__in=about).until(on).select_related("exclusion", "superseded_by")
    for event in events.order_by("occurred_on", "id").iterator(BATCH):
        gathered[event.firm_id].happenings.append(_happening(event, kin))
    paid = PaymentExperience.objects.filter(payer__in=about).select_related("exclusion")
    for experience in paid.order_by("due_on", "id").iterator(BATCH):
        gathered[experience.payer_id].payments.append(_payment(experience, kin))
    return dict(gathered)


def _papers(about: Any, *, on: date) -> dict[UUID, float]:
    """Return what *papers valid* was worth on a day, by firm; firms that had shown nothing by then are not in it."""
    shown: defaultdict[UUID, list[papers.Shown]] = defaultdict(list)
    for paper in Document.objects.counted_on(on).filter(firm__in=about).order_by("pk").iterator(BATCH):
        shown[paper.firm_id].append(paper.shown)
    worth = {firm_id: papers.valid(found, on) for firm_id, found in shown.items()}
    return {firm_id: value for firm_id, value in worth.items() if value is not None}


def _firms(about: Any, *, everyone: bool) -> list[Firm]:
    """Return the firms that evidence can name: all of them, or these and whoever appears beside them."""
    if everyone:
        return list(Firm.objects.order_by("pk"))
    beside = Q(pk__in=ScoreEvent.objects.filter(firm__in=about).values("counterparty"))
    paid = Q(pk__in=PaymentExperience.objects.filter(payer__in=about).values("payee"))
    return list(Firm.objects.filter(Q(pk__in=about) | beside | paid).order_by("pk"))


class _Kin:
    """Which firms belong together: events between them do not count."""

    def __init__(self, firms: Mapping[UUID, Firm]) -> None:
        self.firms = firms
        self.owners: defaultdict[UUID, set[UUID]] = defaultdict(set)
        owners = Member.objects.active().in_role("owner").filter(firm__in=firms)
        for firm_id, user_id in owners.values_list("firm", "user"):
            self.owners[firm_id].add(user_id)

    def reason(self, one: UUID, other: UUID | None) -> str:
        """Say why evidence between two firms does not count; empty when it does."""
        if other is None or other not in self.firms or one not in self.firms:
            return ""
        a, b = self.firms[one], self.firms[other]
        if self.owners[one] & self.owners[other]:
            return "Both firms have the same owner"
        if a.web_domain and a.web_domain == b.web_domain:
            return "Both firms have the same web domain"
        if _address(a) and _address(a) == _address(b):
            return "Both firms have the same address"
        return ""

    def named(self, other: UUID | None) -> UUID | None:
        """Return the other firm where it counts as a counterparty: verified by the operator."""
        firm = self.firms.get(other) if other else None
        return firm.pk if firm and firm.verified_at else None


def _address(firm: Firm) -> tuple[str, str, str] | None:
    street = " ".join(firm.street.casefold().split())
    return (firm.country, firm.postcode, street) if street else None


def _happening(event: ScoreEvent, kin: _Kin) -> scoring.Evidence:
    excluded = ""
    if event.fault:
        excluded = f"Cause: {event.fault}"
    elif hasattr(event, "superseded_by"):
        excluded = "Corrected by a later event"
    elif hasattr(event, "exclusion") and event.exclusion.granted:
        excluded = f"Excluded by the operator: {event.exclusion.answer}"
    return scoring.Evidence(
        event.kind,
        float(event.value),
        event.occurred_on,
        kin.named(event.counterparty_id),
        excluded or kin.reason(event.firm_id, event.counterparty_id),
        ref=event.pk,
    )


def _payment(experience: PaymentExperience, kin: _Kin) -> scoring.Payment:
    excluded = kin.reason(experience.payer_id, experience.payee_id)
    if hasattr(experience, "exclusion") and experience.exclusion.granted:
        excluded = f"Excluded by the operator: {experience.exclusion.answer}"
    return scoring.Payment(
        experience.amount,
        experience.currency,
        experience.due_on,
        experience.paid_on,
        kin.named(experience.payee_id),
        experience.issued_on,
        excluded,
        ref=experience.pk,
    )


def _scores(evidence: Evidence, figures: scoring.Snapshot, on: date) -> list[scoring.Score]:
    happened = [
        scoring.explain(dimension, evidence.happenings, snapshot=figures, on=on)
        for dimension in (scoring.TRUST, scoring.AS_SUB, scoring.AS_PRIME)
    ]
    return [*happened, scoring.explain_credit(evidence.payments, snapshot=figures, on=on)]


def _rows(
    firm_id: UUID, evidence: Evidence, figures: scoring.Snapshot, snapshot: ScoreSnapshot
) -> list[FirmScore]:
    return [
        FirmScore(
            firm_id=firm_id,
            dimension=score.dimension,
            snapshot=snapshot,
            points=score.points,
            low=score.low,
            high=score.high,
            rank=score.rank,
            events=score.events,
            counterparties=score.counterparties,
        )
        for score in _scores(evidence, figures, figures.on)
    ]


def _as_json(figures: scoring.Snapshot) -> dict[str, Any]:
    return {
        "baselines": {dimension: asdict(baseline) for dimension, baseline in figures.baselines.items()},
        "medians": {currency: str(median) for currency, median in figures.medians.items()},
    }


def _from_json(published: ScoreSnapshot) -> scoring.Snapshot:
    return scoring.Snapshot(
        published.on,
        {dimension: scoring.Baseline(**kept) for dimension, kept in published.figures["baselines"].items()},
        {currency: Decimal(median) for currency, median in published.figures["medians"].items()},
    )
