"""Protected clients: the notice, the days of service, and “this client was ours before”."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any  # values of a cover page are JSON
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from contracts import terms
from contracts.actions import following, reach, terms_now
from contracts.actions.claims import seal_fees
from contracts.actions.history import day_for
from contracts.actions.protection_news import note, tell
from contracts.damages import Worth
from contracts.models import Agreement, PriorRelationship, ProtectedClient
from contracts.models.agreements import Kind
from partnernet.core import clock, localtime
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.uploads import Upload
from partners.models import Firm, Member

DECIDERS = ("owner", "dispatcher")


@dataclass(frozen=True, slots=True)
class Paper:
    """What shows that a client was somebody's own before: in words, its date, and the paper itself if it was sent along."""

    evidence: str
    evidence_on: date
    upload: Upload | None = None


@transaction.atomic(savepoint=False)
def serve(  # noqa: PLR0913 - the interface of the app above: six facts and the time
    *,
    prime_id: UUID,
    sub_id: UUID,
    client_id: UUID,
    client_name: str,
    work_order_id: UUID,
    under: UUID | None = None,
    worth: Worth | None = None,
    now: datetime | None = None,
) -> ProtectedClient | None:
    """Serve the notice that a client is protected; a second time under the same agreement does nothing.

    It is served `under` the agreement that covers the work, as judged in this transaction; without one it is looked for.
    What the client is `worth` is sealed: the other firm holds its keyed hash, in the chain, and learns nothing.

    Returns None when the two firms have no agreement in force that protects clients: work that an owner allowed without one.
    """
    now = now or clock.now()
    agreement, values = _protecting(prime_id, sub_id, now, under)
    if agreement is None:
        return None
    known = ProtectedClient.objects.filter(agreement=agreement, client=client_id).first()
    months = int(values["client_tail_months"])
    if known:
        following.serves_itself(known)
        return _longer(known, months)  # work that is accepted now stands under the terms of now
    prime, sub = (_party(agreement, firm_id) for firm_id in (prime_id, sub_id))
    today = localtime.day_in(now, sub.timezone)
    days = int(values.get("declaration_days", terms_now.DECLARATION_DAYS))

    row = ProtectedClient.objects.create(
        agreement=agreement,
        client_id=client_id,
        prime=prime,
        sub=sub,
        client_name=client_name,
        work_order_id=work_order_id,
        notified_at=now,
        declare_by=localtime.business_deadline(now, days, sub.timezone),
        tail_months=months,
        protected_until=terms.tail_end(today, months),
    )
    told = {"client": client_name, "work_order": str(work_order_id)}
    if worth and worth.is_known:
        told["fees_sealed"] = seal_fees(row, worth)
    note(row, "serve_notice", now=now, changes=told)
    tell(row, "protected_client_notice", sub, now=now, until=day_for(sub, row.declare_by))
    following.go_on(row, now=now)
    return row


@transaction.atomic
def serviced(*, prime_id: UUID, sub_id: UUID, client_id: UUID, on: date, now: datetime | None = None) -> int:
    """Note a day of service: the tail of the protection is counted from the last one. Returns how many protections moved."""
    served = ProtectedClient.objects.filter(prime=prime_id, sub=sub_id, client=client_id)
    list(Agreement.objects.filter(pk__in=served.values("agreement")).locked().order_by("pk"))
    now = now or clock.now()
    rows = ProtectedClient.objects.filter(
        prime=prime_id, sub=sub_id, client=client_id, status=ProtectedClient.Status.PROTECTED
    ).select_related("agreement__current_revision", "sub")
    moved = 0
    for row in rows.order_by("pk"):
        if row.last_service_on and row.last_service_on >= on:
            continue
        at = min(now, localtime.start_of_day(on + timedelta(days=1), row.sub.timezone))
        held = terms_now.values_at(row.agreement, at, for_running=True)
        _longer(row, int(held["client_tail_months"]))
        row.first_service_on, row.last_service_on = row.first_service_on or on, on
        row.protected_until = max(row.protected_until, terms.tail_end(on, row.tail_months))
        row.save(update_fields=["first_service_on", "last_service_on", "protected_until"])
        note(row, "service", now=now, changes={"client": row.client_name, "on": on.isoformat()})
        following.lengthen(row)
        moved += 1
    return moved


def _protecting(
    prime_id: UUID, sub_id: UUID, now: datetime, under: UUID | None
) -> tuple[Agreement | None, dict[str, Any]]:
    """Return the agreement that protects clients between two firms, or between firms they are affiliates of, and its values now.

    What was signed here comes before what one firm states to hold on paper.
    """
    if under:  # locked, and in force, since it was judged
        fitting = Agreement.objects.filter(pk=under).for_notice()
    else:
        through = reach.between(prime_id, sub_id, on=now.date())
        theirs = Agreement.objects.between(prime_id, sub_id, through=through).binding(now)
        fitting = theirs.for_notice().locked().order_by("-ends_at", "pk")
    ordered = sorted(fitting, key=lambda one: one.kind == Kind.PAPER)
    found = ((one, terms_now.values_at(one, now)) for one in ordered)
    for one, held in found:
        its_own = one.side_of(prime_id) and one.side_of(sub_id)
        if held.get("client_clause") and (its_own or held.get("affiliates_included")):
            return one, held
    return None, {}


def _party(agreement: Agreement, firm_id: UUID) -> Firm:
    """Return one of the two firms, or the affiliate of one that works under their agreement."""
    side = agreement.side_of(firm_id)
    return agreement.firm_on(side) if side else Firm.objects.get(pk=firm_id)


def _longer(row: ProtectedClient, months: int) -> ProtectedClient:
    """Let the time after the last service grow to what was agreed since; it never shrinks once a protection has begun."""
    if row.status == ProtectedClient.Status.PROTECTED and months > row.tail_months:
        row.tail_months = months
        row.save(update_fields=["tail_months"])
    return row


@transaction.atomic
def read_notice(protected: ProtectedClient, *, by: Member, now: datetime | None = None) -> ProtectedClient:
    """Keep who of the firm that is bound opened the notice, and when. The first one counts; whoever else reads leaves nothing."""
    protected, now = _taken(protected, by, now)
    if by.firm_id != protected.sub_id or protected.read_at:
        return protected

    protected.read_at, protected.read_by = now, by.user
    protected.save(update_fields=["read_at", "read_by"])
    note(
        protected,
        "read_notice",
        by=by,
        now=now,
        changes={"client": protected.client_name, "by": by.user.called},
    )
    return protected


@transaction.atomic
def declare_prior(
    protected: ProtectedClient, paper: Paper, *, by: Member, now: datetime | None = None
) -> PriorRelationship:
    """Say that this client was ours before: within the agreement's days, with a paper dated before the notice."""
    protected, now = _taken(protected, by, now)
    _decides(by)
    if by.firm_id != protected.sub_id:
        raise WrongSide("The firm that was told of the protection declares a prior relationship.")
    if not protected.may_declare(now):
        raise RuleBroken("The time to declare a prior relationship has passed.")
    if protected.prior_relationships.exists():
        raise IllegalStep("This was declared already.")
    _evidence_holds(protected, paper)

    declared = PriorRelationship(
        protected_client=protected,
        evidence=paper.evidence.strip(),
        evidence_on=paper.evidence_on,
        declared_by=by.user,
        declared_at=now,
    )
    if upload := paper.upload:
        declared.file_name, declared.content_type, declared.sha256 = (
            upload.name,
            upload.content_type,
            upload.sha256,
        )
        declared.file.save(upload.name, ContentFile(upload.body), save=False)
    declared.save(force_insert=True)
    told = {
        "client": protected.client_name,
        "dated": paper.evidence_on.isoformat(),
        "sha256": declared.sha256,
    }
    note(protected, "declare_prior", by=by, now=now, changes=told)
    tell(protected, "prior_relationship_declared", protected.prime, now=now, evidence=declared.evidence)
    return declared


@transaction.atomic
def reserve(protected: ProtectedClient, *, by: Member, now: datetime | None = None) -> PriorRelationship:
    """Let urgent work start while it is open whose client this is. It takes an owner of each firm; nobody gives anything up."""
    protected, now = _taken(protected, by, now)
    if by.role != "owner":
        raise WrongRole("Only owners can let work start while this is open.")
    prior = protected.prior_relationships.filter(status=PriorRelationship.Status.DECLARED).first()
    if prior is None:
        raise IllegalStep("There is no open declaration.")
    column = "reserved_by_prime_at" if by.firm_id == protected.prime_id else "reserved_by_sub_at"
    if getattr(prior, column):
        raise IllegalStep("Your firm has said so already. It takes an owner of the other firm as well.")

    setattr(prior, column, now)
    prior.save(update_fields=[column])
    note(
        protected,
        "reserve_positions",
        by=by,
        now=now,
        changes={"client": protected.client_name, "both": "yes" if prior.is_reserved else ""},
    )
    other = protected.sub if by.firm_id == protected.prime_id else protected.prime
    both = "yes" if prior.is_reserved else ""
    tell(protected, "positions_reserved", other, now=now, by_firm=by.firm.name, both=both)
    return prior


def is_disputed(*, prime_id: UUID, sub_id: UUID, client_id: UUID) -> bool:
    """Say whether the sub declared this client as its own and the prime did not release it: the sub may leave without blame."""
    disputed = PriorRelationship.objects.filter(
        protected_client__prime=prime_id,
        protected_client__sub=sub_id,
        protected_client__client=client_id,
        protected_client__status=ProtectedClient.Status.PROTECTED,
    )
    return disputed.filter(status=PriorRelationship.Status.DISPUTED).exists()


def release(protected: ProtectedClient, *, by: Member, now: datetime | None = None) -> ProtectedClient:
    """Accept the sub's declaration: the client is no longer protected against it."""
    return _answer(protected, PriorRelationship.Status.RELEASED, by=by, now=now)


def insist(protected: ProtectedClient, *, by: Member, now: datetime | None = None) -> ProtectedClient:
    """Dispute the sub's declaration: the client stays protected, and the sub may leave the work without blame."""
    return _answer(protected, PriorRelationship.Status.DISPUTED, by=by, now=now)


@transaction.atomic
def _answer(protected: ProtectedClient, answer: str, *, by: Member, now: datetime | None) -> ProtectedClient:
    protected, now = _taken(protected, by, now)
    if by.firm_id != protected.prime_id:
        raise WrongSide("The firm whose client it is answers a declaration.")
    if by.role != "owner":
        raise WrongRole("Only an owner can release a client, or insist.")
    prior = protected.prior_relationships.filter(status=PriorRelationship.Status.DECLARED).first()
    if prior is None:
        raise IllegalStep("There is no declaration to answer.")

    prior.status, prior.answered_by, prior.answered_at = answer, by.user, now
    prior.save(update_fields=["status", "answered_by", "answered_at"])
    if answer == PriorRelationship.Status.RELEASED:
        protected.status = ProtectedClient.Status.RELEASED
        protected.save(update_fields=["status"])
    step = "release_client" if answer == PriorRelationship.Status.RELEASED else "insist_client"
    note(protected, step, by=by, now=now, changes={"client": protected.client_name})
    tell(
        protected,
        "prior_relationship_answered",
        protected.sub,
        now=now,
        released="yes" if step == "release_client" else "",
    )
    return protected


def _taken(protected: ProtectedClient, by: Member, now: datetime | None) -> tuple[ProtectedClient, datetime]:
    """Lock the agreement, then read the protection again."""
    Agreement.objects.locked().get(pk=protected.agreement_id)
    protected = ProtectedClient.objects.visible_to(by.firm_id).with_parties().get(pk=protected.pk)
    return protected, now or clock.now()


def _decides(by: Member) -> None:
    if by.role not in DECIDERS:
        raise WrongRole("Your role does not include this. Ask an owner or a dispatcher.")


def _evidence_holds(protected: ProtectedClient, paper: Paper) -> None:
    if not paper.evidence.strip():
        raise Invalid({"evidence": ["Name the contract, invoice or signed proposal."]})
    if paper.evidence_on >= localtime.day_in(protected.notified_at, protected.sub.timezone):
        raise Invalid({"evidence_on": ["The paper must be dated before the notice."]})
