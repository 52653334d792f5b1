"""Judge with what the database knows: the gate of every offer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import DateField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.expressions import BaseExpression
from django.urls import reverse

from contracts import coverage, effective
from contracts.actions import insurance, reach
from contracts.actions.history import day_for
from contracts.coverage import NOT_COVERED, Known, KnownAgreement, Need, Verdict
from contracts.models import (
    Agreement,
    CoverageOverride,
    PartyNotice,
    PriorRelationship,
    RuleFinding,
    SignatureDispute,
)
from contracts.models.agreements import AgreementQuerySet, Kind, Status
from partnernet.core import clock, localtime, notify
from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from partners.models import Firm, Member

LONGEST_OVERRIDE, USUAL_OVERRIDE = timedelta(days=30), timedelta(days=7)


def judge_now(need: Need, *, now: datetime | None = None) -> Verdict:
    """Return the verdict on `need` and keep the agreements of the two firms as they are until the transaction ends."""
    # Which affiliates a text lists never changes, so the day before the lock is as good as the day behind it.
    on = (now or clock.now()).date()
    through = reach.between(need.prime_id, need.sub_id, on=on)
    known_of = Agreement.objects.between(need.prime_id, need.sub_id, through=through)
    agreements = list(_with_open_findings(known_of.on_record().for_coverage(), on=on).locked())
    now = now or clock.now()
    own_clients = _own_clients(need) if need.client_ids else {}
    seen = tuple(_known(one, now, through=one.pk in through) for one in agreements)
    known = Known(at=now, agreements=seen, own_clients=own_clients)
    if own_clients or need.insurance:
        sub = Firm.objects.only("name", "timezone").get(pk=need.sub_id)
        shown = insurance.shown_for(need, sub) if need.insurance else {}
        known = replace(known, sub_name=sub.name, insurance=shown)
    verdict = coverage.judge(need, known)
    # An override lifts nothing else, so only then is it looked for.
    return coverage.judge(need, _overridden(need, known)) if verdict.status == NOT_COVERED else verdict


def hold_between(prime_id: UUID, sub_ids: Iterable[UUID], *, now: datetime) -> None:
    """Keep what a firm has with several others as it is, before each is judged.

    Locked in one query, by key: judged one after the other, in whatever order they were chosen, two firms that ask each
    other and a third would wait for each other.
    """
    subs = list(sub_ids)
    reached = reach.reached([prime_id, *subs], on=now.date())
    ours = Q(proposer=prime_id, other__in=subs) | Q(other=prime_id, proposer__in=subs)
    known = Agreement.objects.filter(ours | Q(pk__in=list(reached)))
    list(known.on_record().only("pk").locked())


def _overridden(need: Need, known: Known) -> Known:
    """Add the owner's word that lasts longest, if there is one."""
    running = CoverageOverride.objects.running(known.at).select_related("prime")
    found = running.filter(prime=need.prime_id, sub=need.sub_id).order_by("-expires_at").first()
    if found is None:
        return known
    return replace(known, override_until=_end_of(found), override_reason=found.reason)


def require_coverage(need: Need, *, now: datetime | None = None) -> Verdict:
    """Return a verdict that lets work be offered or accepted.

    Raises RuleBroken with the reasons, code `not_covered` or `blocked`, when there is none.
    """
    verdict = judge_now(need, now=now)
    if not verdict.opens_offers:
        raise RuleBroken(" ".join(verdict.reasons), code=verdict.status)
    return verdict


def standing_with(prime_id: UUID, sub_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Verdict]:
    """Return where a firm stands with each of many others at this moment, for lists. Three queries, no locks."""
    subs = set(sub_ids)
    found: dict[UUID, list[KnownAgreement]] = {sub: [] for sub in subs}
    reached = reach.reached([prime_id, *subs], on=now.date())
    agreements = Agreement.objects.visible_to(prime_id) | Agreement.objects.filter(pk__in=reached)
    on_record = _with_open_findings(agreements.on_record().for_coverage(), on=now.date())
    for agreement in on_record.order_by("pk"):
        parties = {agreement.proposer_id, agreement.other_id}
        direct = parties - {prime_id} if prime_id in parties else set()
        for sub in subs & direct:
            found[sub].append(_known(agreement, now))
        if sides := reached.get(agreement.pk):
            for sub in (one for one in subs - direct if reach.joins(sides, prime_id, one)):
                found[sub].append(_known(agreement, now, through=True))
    allowed: dict[UUID, CoverageOverride] = {}
    for one in (
        CoverageOverride.objects.running(now).filter(prime=prime_id, sub__in=subs).order_by("expires_at")
    ):
        allowed[one.sub_id] = one
    return {
        sub: coverage.judge(Need(prime_id, sub, now, now), _standing(rows, allowed.get(sub), now=now))
        for sub, rows in found.items()
    }


def on_paper_with(firm_id: UUID, others: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Return those firms with which what binds a firm was signed on paper alone. One query."""
    others = set(others)
    across = Q(proposer=firm_id, other__in=others) | Q(other=firm_id, proposer__in=others)
    covering = Agreement.objects.filter(across, kind__in=[Kind.MASTER_SUBCONTRACT, Kind.PAPER]).binding(now)
    by_kind: dict[str, set[UUID]] = {Kind.MASTER_SUBCONTRACT: set(), Kind.PAPER: set()}
    for kind, *both in covering.values_list("kind", "proposer", "other"):
        by_kind[kind] |= others.intersection(both)
    return by_kind[Kind.PAPER] - by_kind[Kind.MASTER_SUBCONTRACT]


def _standing(agreements: list[KnownAgreement], allowed: CoverageOverride | None, *, now: datetime) -> Known:
    return Known(
        at=now,
        agreements=tuple(agreements),
        override_until=_end_of(allowed) if allowed else None,
        override_reason=allowed.reason if allowed else "",
    )


@transaction.atomic
def override(
    sub: Firm, *, by: Member, reason: str, until: datetime, now: datetime | None = None
) -> CoverageOverride:
    """Let a firm work for us without an agreement for a while. Both firms see it, and it is counted.

    Raises Invalid without a reason, or for more than 30 days.
    """
    if by.role != "owner":
        raise WrongRole("Only an owner can allow work without an agreement.")
    now = now or clock.now()
    if not reason.strip():
        raise Invalid({"reason": ["Say why. The other firm will read it."]})
    if sub.pk == by.firm_id:
        raise RuleBroken("An exception takes two firms.")
    if not now < until <= now + LONGEST_OVERRIDE:
        raise Invalid({"until": ["Choose a time within the next 30 days."]})

    made = CoverageOverride.objects.create(
        prime=by.firm, sub=sub, reason=reason.strip(), created_by=by.user, created_at=now, expires_at=until
    )
    notify.owe(
        "coverage_overridden",
        to=Member.objects.active().addressees(sub.pk, "owner"),
        now=now,
        path=reverse("coverage-exceptions", args=[sub.pk, by.firm_id]),
        context={
            "firm": sub.name,
            "other": by.firm.name,
            "person": by.user.called,
            "reason": made.reason,
            "until": day_for(sub, until),
        },
        subject_id=made.pk,
    )
    return made


def _end_of(allowed: CoverageOverride) -> datetime:
    """Return when an exception ends, in the zone of the owner who allowed it: its day is said in words."""
    return allowed.expires_at.astimezone(localtime.zone_of(allowed.prime.timezone))


def _with_open_findings(agreements: AgreementQuerySet, *, on: date) -> AgreementQuerySet:
    """Add `disputed`, `another_entity`, and `open_findings`: what both firms still have to say that they know of.

    A client that both name as theirs (CL-07) is settled client by client, so it does not stop the rest.
    """
    asked = agreements.alias(asked_on=Value(on, output_field=DateField()))
    return asked.annotate(**_open_questions())


@cache
def _open_questions() -> dict[str, BaseExpression]:
    """Return the three columns of `_with_open_findings`: to write them anew for every offer takes longer than to ask."""
    waiting = RuleFinding.objects.standing().filter(agreement=OuterRef("pk")).not_acknowledged_by_both()
    waiting = waiting.exclude(rule="CL-07").order_by("rule", "place")
    disputed = SignatureDispute.objects.standing().filter(agreement=OuterRef("pk"))
    notices = PartyNotice.objects.filter(kind=PartyNotice.Kind.ENTITY, effective_on__lte=OuterRef("asked_on"))
    changed = notices.filter(
        Q(firm=OuterRef("proposer")) | Q(firm=OuterRef("other")), given_at__gt=OuterRef("effective_at")
    )
    return {
        "open_findings": ArraySubquery(waiting.values("message")),
        "disputed": Exists(disputed),
        "another_entity": Subquery(changed.order_by("given_at").values("firm__name")[:1]),
    }


def _known(agreement: Agreement, now: datetime, *, through: bool = False) -> KnownAgreement:
    assert agreement.effective_at is not None  # noqa: S101 - a signed agreement has both times, by constraint
    assert agreement.ends_at is not None  # noqa: S101 - the same
    signed = {
        "client_clause": agreement.protects_clients,
        "personnel_clause": agreement.protects_people,
        "affiliates_included": through,  # it lists some, so its cover page includes them
    }
    held = effective.values_at(signed, effective.changes_in(agreement.changes_signed), now)
    return KnownAgreement(
        id=agreement.pk,
        effective_at=agreement.effective_at,
        ends_at=agreement.ends_at,
        protects_clients=held["client_clause"] and (held["affiliates_included"] or not through),
        protects_people=held["personnel_clause"],
        open_findings=tuple(dict.fromkeys(agreement.open_findings)),  # type: ignore[attr-defined] # annotated above
        disputed=agreement.disputed,  # type: ignore[attr-defined] # the same
        another_entity=agreement.another_entity or "",  # type: ignore[attr-defined] # the same
        through_affiliates=through,
        on_paper=agreement.kind == Kind.PAPER,
        confirmed=agreement.status == Status.PAPER_CONFIRMED,
        doubt=_doubt(agreement, now),
        withdrawn=not agreement.template_version.takes_new_work(now),
    )


def _doubt(agreement: Agreement, now: datetime) -> str:
    """Say why an agreement on paper covers nothing; nothing where it does, or was signed here."""
    if agreement.status == Status.PAPER_DISPUTED:
        return "The other firm says that what was stated of the agreement on paper is wrong. Settle that first, or sign one here."
    if agreement.kind == Kind.PAPER and agreement.paper.is_stale(now):
        return "Nobody has said lately that the agreement on paper still holds. An owner of the firm that stated it says so with one tap."
    return ""


def _own_clients(need: Need) -> dict[UUID, str]:
    """Return the clients that the sub says were its own, unless the prime disputes it or both let the work start meanwhile."""
    reserved = Q(
        status=PriorRelationship.Status.DECLARED,
        reserved_by_prime_at__isnull=False,
        reserved_by_sub_at__isnull=False,
    )
    declared = (
        PriorRelationship.objects.exclude(status=PriorRelationship.Status.DISPUTED)
        .exclude(reserved)
        .filter(
            protected_client__prime=need.prime_id,
            protected_client__sub=need.sub_id,
            protected_client__client__in=need.client_ids,
        )
    )
    return dict(declared.values_list("protected_client__client", "protected_client__client_name"))
