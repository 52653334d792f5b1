"""“I did not sign this”: a firm disputes a signature in its name. PartnerNet gathers what was recorded; it does not judge.

While it stands, no new work begins under the agreement; running work is not void. Only the firm that disputes ends it: it takes it back,
or writes down how it was settled. Under a proposal that comes to nothing it is closed with it.
"""

from datetime import UTC, datetime

from django.db import transaction

from contracts import chain, rendering
from contracts.actions.history import Done, record, tell_both
from contracts.actions.signers import still_here
from contracts.actions.signing import take
from contracts.actions.verification import faults_of, head_of
from contracts.consent import CONSENT, PROCESS
from contracts.models import Agreement, Reading, Signature, SignatureDispute
from contracts.signatures import FACTS, fingerprint
from contracts.workflow import AGREEMENT, SIGNATORY
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, WrongSide
from partnernet.core.workflow import SYSTEM
from partners.models import Member

MAX_REASON = 2000
Status = SignatureDispute.Status


@transaction.atomic
def dispute(
    signature: Signature, *, by: Member, reason: str, now: datetime | None = None
) -> SignatureDispute:
    """Say that a signature in our firm's name is not ours, and why; what was recorded of it is gathered at once.

    An owner of that firm may, and whoever is said to have signed. Both firms are told.
    """
    agreement, side, now = take(signature.agreement, by, now)
    signature = Signature.objects.select_related("revision").get(pk=signature.pk, agreement=agreement)
    if signature.side != side:
        raise WrongSide("A firm disputes a signature in its own name. This one is the other firm's.")
    _may(agreement, "dispute_signature", signature, side, by, reason=reason)
    if signature.revision_id != agreement.current_revision_id:
        raise IllegalStep("This signature is void anyway: the terms have changed since.")
    if signature.disputes.filter(status=Status.OPEN).exists():
        raise IllegalStep("This signature is disputed already.")

    evidence = chain.canonical(gathered(agreement, signature))
    made = SignatureDispute.objects.create(
        agreement=agreement,
        signature=signature,
        firm=by.firm,
        raised_by=by.user,
        raised_at=now,
        reason=reason.strip()[:MAX_REASON],
        evidence=evidence,
        evidence_sha256=rendering.sha256(evidence),
    )
    changes = {
        "signature": str(signature.pk),
        "name": signature.name,
        "evidence_sha256": made.evidence_sha256,
    }
    _note(agreement, Done("dispute_signature", side, "", "", made.reason, changes), by=by, now=now)
    tell_both(
        "signature_disputed", agreement, now=now, actor=by.firm.name, name=signature.name, reason=made.reason
    )
    return made


@transaction.atomic
def withdraw(
    raised: SignatureDispute, *, by: Member, reason: str = "", now: datetime | None = None
) -> SignatureDispute:
    """Take the dispute back: the signature is ours after all."""
    return _close(raised, "withdraw_dispute", Status.WITHDRAWN, by=by, outcome=reason, now=now)


@transaction.atomic
def settle(
    raised: SignatureDispute, *, by: Member, reason: str = "", now: datetime | None = None
) -> SignatureDispute:
    """Write down how it was settled between the firms."""
    return _close(raised, "settle_dispute", Status.SETTLED, by=by, outcome=reason, now=now)


def close_with(agreement: Agreement, outcome: str, *, by: Actor, now: datetime) -> None:
    """Close what stands about the signatures of a proposal that ends, or whose signature is taken back; `outcome` says which. Both are told.

    The caller holds the agreement's lock, and has not changed its status yet.
    """
    for raised in (
        SignatureDispute.objects.standing().filter(agreement=agreement).with_people().order_by("pk")
    ):
        AGREEMENT.check("close_dispute", status=agreement.status, side=SYSTEM, role=CLOCK.role)
        raised.status, raised.closed_at, raised.outcome = Status.CLOSED, now, outcome
        raised.closed_by = by.user if isinstance(by, Member) else None
        raised.save(update_fields=["status", "closed_by", "closed_at", "outcome"])
        _note(agreement, Done("close_dispute", SYSTEM, "", "", outcome, _named(raised)), by=by, now=now)
        _tell_ended(agreement, raised, now=now)


def _close(  # noqa: PLR0913 - one step of two names
    raised: SignatureDispute, step: str, status: str, *, by: Member, outcome: str, now: datetime | None
) -> SignatureDispute:
    agreement, side, now = take(raised.agreement, by, now)
    raised = SignatureDispute.objects.visible_to(by.firm_id).with_people().get(pk=raised.pk)
    if raised.firm_id != by.firm_id:
        raise WrongSide("Only the firm that disputes its signature ends the dispute.")
    _may(agreement, step, raised.signature, side, by, reason=outcome)
    if raised.status != Status.OPEN:
        raise IllegalStep("This dispute has ended already.")

    raised.status, raised.closed_by, raised.closed_at = status, by.user, now
    raised.outcome = outcome.strip()[:MAX_REASON]
    raised.save(update_fields=["status", "closed_by", "closed_at", "outcome"])
    _note(agreement, Done(step, side, "", "", raised.outcome, _named(raised)), by=by, now=now)
    _tell_ended(agreement, raised, now=now)
    return raised


def _named(raised: SignatureDispute) -> dict[str, chain.Json]:
    return {"signature": str(raised.signature_id), "name": raised.signature.name}


def _tell_ended(agreement: Agreement, raised: SignatureDispute, *, now: datetime) -> None:
    tell_both(
        "signature_dispute_ended", agreement, now=now,
        actor=raised.firm.name, name=raised.signature.name, how=raised.get_status_display().lower(), reason=raised.outcome,
        closed="yes" if raised.status == Status.CLOSED else "",
    )  # fmt: skip


def gathered(agreement: Agreement, signature: Signature) -> dict[str, chain.Json]:
    """Return everything that was recorded of a signature, and what can be recomputed of it now."""
    reading = Reading.objects.filter(revision=signature.revision_id, user=signature.user_id).first()
    events = agreement.events.filter(by_user=signature.user_id).order_by("sequence")
    return {
        "agreement": str(agreement.pk),
        "verify_code": agreement.verify_code,
        "signature": {name: _plain(getattr(signature, name)) for name in FACTS},
        "drawing": signature.drawing,
        "signature_sha256": fingerprint(signature),
        "first_viewed_at": _plain(reading.first_viewed_at) if reading else None,
        "consented_at": _plain(reading.consented_at) if reading else None,
        "consent": CONSENT.get(signature.consent_version, ""),
        "process": PROCESS,
        "steps_of_this_person": [
            {"sequence": str(event.sequence), "step": event.step, "door": event.door, "hash": event.hash,
             "occurred_at": _plain(event.occurred_at)}
            for event in events
        ],
        "chain_head": head_of(agreement),
        "does_not_hold": [fault.sentence for fault in faults_of(agreement)],
    }  # fmt: skip


def _may(  # noqa: PLR0913 - a step with its reason
    agreement: Agreement, step: str, signature: Signature, side: str, by: Member, *, reason: str = ""
) -> None:
    """An owner may, and the person in whose name it was signed."""
    by = still_here(by)
    role = SIGNATORY if by.role != "owner" and by.user_id == signature.user_id else by.role
    AGREEMENT.check(step, status=agreement.status, side=side, role=role, reason=reason)


def _note(agreement: Agreement, done: Done, *, by: Actor, now: datetime) -> None:
    status = agreement.status
    record(agreement, Done(done.step, done.side, status, status, done.reason, done.changes), by=by, now=now)


def _plain(value: object) -> chain.Json:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [dict(each) for each in value]
    return None if value is None else str(value)
