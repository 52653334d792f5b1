"""An agreement from its draft to its end. Only owners act."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from contracts import standard, terms
from contracts.actions import checks, disputes, signers, terms_now
from contracts.actions.history import Done, both, day_for, record, tell, tell_both
from contracts.actions.revisions import Terms, write_revision
from contracts.actions.signing import LAPSE_AFTER, Signing, first_reminder, sign, take
from contracts.models import Agreement, Signature, TemplateVersion
from contracts.models.agreements import Status
from contracts.values import Value
from contracts.verify_codes import new_code
from contracts.workflow import AGREEMENT, PROPOSER
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, Stale, WrongRole, WrongSide
from partners.actions import invites
from partners.models import Firm, Member

__all__ = [
    "Signing",
    "Terms",
    "accept_terms",
    "ask_changes",
    "decline",
    "draft",
    "propose",
    "recall",
    "revise",
    "sign",
    "terminate",
    "void",
]


@transaction.atomic
def draft(  # noqa: PLR0913 - with whom, who, the text and what stands on it
    other: Firm,
    *,
    by: Member,
    values: Mapping[str, Value],
    other_changes: str = "",
    key: str = standard.MUTUAL_SUBCONTRACT,
    now: datetime | None = None,
) -> Agreement:
    """Write a proposal towards `other`, claimed or not, on a published text of `standard.OFFERED`. Nobody else sees it yet.

    Raises Invalid for values that the cover page does not take.
    """
    if by.role != "owner":
        raise WrongRole("Only an owner can make an agreement. Ask one of yours.")
    if other.pk == by.firm_id:
        raise RuleBroken("An agreement takes two firms.", field="other")
    if other.status == Firm.Status.OFF_NETWORK:
        raise RuleBroken(
            f"{other.name} is off the network: nobody there can sign here. Invite it, or let an owner allow the work."
        )
    if key not in standard.OFFERED:
        raise Invalid({"template": ["Choose one of the texts on offer."]})
    version = TemplateVersion.objects.published().newest_of(key).with_wording().first()
    if version is None:
        raise RuleBroken("The network's operator has not published an agreement yet.")
    now = now or clock.now()

    agreement = Agreement(
        proposer=by.firm, other=other, template_version=version, kind=version.template.kind,
        verify_code=new_code(), created_at=now,
    )  # fmt: skip
    write_revision(agreement, Terms(values, other_changes), by=by, now=now)
    record(agreement, Done("draft", PROPOSER, "", Status.DRAFT, changes=_hashes(agreement)), by=by, now=now)
    checks.check(agreement, now=now)
    return agreement


@transaction.atomic
def propose(
    agreement: Agreement, *, by: Member, signing: Signing | None = None, now: datetime | None = None
) -> Agreement:
    """Send a draft to the other firm; in the usual way the proposer signs it in the same act.

    A firm that is not here yet has its invitation mailed with it. Raises RuleBroken when the two firms have another one
    under way, when a rule blocks the terms, or when this side has not acknowledged what is grave.
    """
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("propose", status=agreement.status, side=side, role=by.role)
    if agreement.amends:
        terms_now.require_amendable(agreement.amends, now)
    elif _same_kind_under_way(agreement):
        raise RuleBroken(
            f"You have an agreement with {agreement.other.name} under way already. Finish or withdraw that one first."
        )
    if signing is None:  # else signing asks
        checks.require_sendable(agreement, side, now=now)

    agreement.status, agreement.proposed_at = Status.PROPOSED, now
    agreement.lapses_at, agreement.remind_at = now + LAPSE_AFTER, first_reminder(now)
    _save_open(agreement, "proposed_at")
    record(
        agreement,
        Done("propose", side, Status.DRAFT, Status.PROPOSED, changes=_hashes(agreement)),
        by=by,
        now=now,
    )
    if signing:
        agreement = sign(agreement, by=by, signing=signing, now=now)
    if agreement.other.status == Firm.Status.UNCLAIMED:
        invites.carry_agreement(agreement.other, agreement.pk, by=by, now=now)
    tell(
        "agreement_proposed",
        agreement.other,
        agreement,
        now=now,
        signed="yes" if signing else "",
        by=by.user.called,
    )
    return agreement


@transaction.atomic
def revise(
    agreement: Agreement, change: Terms, *, by: Member, seen: str, now: datetime | None = None
) -> Agreement:
    """Put other terms on the table. What was accepted or signed before stays as history and counts no more.

    `seen` is the hash of the text that the person had before them; raises Stale when it is no longer the current one.
    """
    agreement, side, now = take(agreement, by, now)
    before = agreement.status
    step = AGREEMENT.check("revise", status=before, side=side, role=by.role)
    _same_text(agreement, seen)

    write_revision(agreement, change, by=by, now=now)
    _talk(agreement, step.target)
    found = checks.check(agreement, now=now)
    if before != Status.DRAFT:
        checks.refuse_blocked(found)
    record(
        agreement,
        Done("revise", side, before, step.target, reason=change.comment, changes=_hashes(agreement)),
        by=by,
        now=now,
    )
    if before != Status.DRAFT:
        tell("agreement_revised", _across(agreement, side), agreement, now=now, reason=change.comment)
    return agreement


@transaction.atomic
def accept_terms(agreement: Agreement, *, by: Member, seen: str, now: datetime | None = None) -> Agreement:
    """Agree to the terms that the other side put last; from here both can sign them."""
    agreement, side, now = take(agreement, by, now)
    by = signers.still_here(by)
    role = signers.role_of(by, signers.named_for(agreement, side))
    AGREEMENT.check("accept_terms", status=agreement.status, side=side, role=role)
    _same_text(agreement, seen)
    if _revision_side(agreement) == side:
        raise RuleBroken("These are your own terms. The other firm accepts them, or changes them.")
    signers.require_approval(agreement, by)

    agreement.status = Status.AGREED
    agreement.lapses_at, agreement.remind_at = now + LAPSE_AFTER, first_reminder(now)
    _save_open(agreement)
    record(
        agreement,
        Done("accept_terms", side, Status.NEGOTIATING, Status.AGREED, changes=_hashes(agreement)),
        by=by,
        now=now,
    )
    tell("agreement_terms_accepted", _across(agreement, side), agreement, now=now)
    return agreement


@transaction.atomic
def ask_changes(agreement: Agreement, *, by: Member, reason: str, now: datetime | None = None) -> Agreement:
    """Ask the firm that has signed to take its signature back and talk. Nothing else changes."""
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("ask_changes", status=agreement.status, side=side, role=by.role, reason=reason)
    if _has_signed(agreement, side):
        raise WrongSide("Your firm has signed this text. Recall your signature if you want other terms.")

    record(
        agreement,
        Done("ask_changes", side, agreement.status, agreement.status, reason=reason),
        by=by,
        now=now,
    )
    tell("agreement_changes_asked", _across(agreement, side), agreement, now=now, reason=reason)
    return agreement


@transaction.atomic
def recall(agreement: Agreement, *, by: Member, reason: str = "", now: datetime | None = None) -> Agreement:
    """Take our signature back before the other firm has signed. The text stays on the table, to be talked about."""
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("recall", status=agreement.status, side=side, role=by.role)
    if not _has_signed(agreement, side):
        raise WrongSide("Only the firm that has signed can recall its signature.")

    disputes.close_with(agreement, f"{by.firm.name} took its signature back.", by=by, now=now)
    unchanged = Terms.of(agreement.current_revision, comment=reason)
    write_revision(agreement, unchanged, by=by, now=now)
    _talk(agreement, Status.NEGOTIATING)
    checks.check(agreement, now=now)
    done = Done(
        "recall", side, Status.PARTIALLY_SIGNED, Status.NEGOTIATING, reason=reason, changes=_hashes(agreement)
    )
    record(agreement, done, by=by, now=now)
    tell_both("agreement_recalled", agreement, now=now, actor=by.firm.name, reason=reason)
    return agreement


def decline(agreement: Agreement, *, by: Member, reason: str = "", now: datetime | None = None) -> Agreement:
    """Say no to a proposal."""
    return _close(agreement, "decline", by=by, reason=reason, now=now)


def void(agreement: Agreement, *, by: Member, reason: str = "", now: datetime | None = None) -> Agreement:
    """Take a proposal off the table before both have signed."""
    return _close(agreement, "void", by=by, reason=reason, now=now)


@transaction.atomic
def _close(agreement: Agreement, name: str, *, by: Member, reason: str, now: datetime | None) -> Agreement:
    agreement, side, now = take(agreement, by, now)
    before = agreement.status
    step = AGREEMENT.check(name, status=before, side=side, role=by.role, reason=reason)

    did = "declined" if name == "decline" else "withdrew"
    disputes.close_with(agreement, f"{by.firm.name} {did} the proposal.", by=by, now=now)
    _talk(agreement, step.target)
    record(agreement, Done(name, side, before, step.target, reason=reason), by=by, now=now)
    if before != Status.DRAFT:
        tell_both(f"agreement_{step.target}", agreement, now=now, actor=by.firm.name, reason=reason)
    return agreement


@transaction.atomic
def terminate(
    agreement: Agreement, *, by: Member, reason: str = "", now: datetime | None = None
) -> Agreement:
    """Give notice. Running work is finished under the terms, new work stops at the end of the notice, protections run on.

    Raises RuleBroken when the agreement ends sooner anyway, or notice was given already.
    """
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("terminate", status=agreement.status, side=side, role=by.role, reason=reason)
    if agreement.amends:
        raise RuleBroken(
            "An amendment ends with the agreement that it changes. Give notice there, or amend it again."
        )
    ends_at = terms.notice_end(now, int(terms_now.values_at(agreement, now)["notice_days"]))
    if agreement.terminated_at or agreement.ends_at is None or agreement.ends_at <= ends_at:
        raise RuleBroken("The agreement ends by then anyway. Nothing was changed.")

    agreement.ends_at, agreement.terminated_at, agreement.terminated_by = ends_at, now, by.firm
    agreement.save(update_fields=["ends_at", "terminated_at", "terminated_by"])
    done = Done(
        "terminate",
        side,
        Status.SIGNED,
        Status.SIGNED,
        reason=reason,
        changes={"ends_at": ends_at.isoformat()},
    )
    record(agreement, done, by=by, now=now)
    for firm in both(agreement):
        until = day_for(firm, ends_at)
        tell("agreement_terminated", firm, agreement, now=now, actor=by.firm.name, reason=reason, until=until)
    return agreement


def _same_kind_under_way(agreement: Agreement) -> bool:
    between = Agreement.objects.between(agreement.proposer_id, agreement.other_id)
    return between.of_kind(agreement.kind).under_way().exists()


def _same_text(agreement: Agreement, seen: str) -> None:
    if seen != agreement.content_sha256:
        raise Stale("The terms have changed since you read them. Nothing was done; read the new ones first.")


def _talk(agreement: Agreement, status: str) -> None:
    """Move to a status in which nobody can sign, so that nothing lapses."""
    agreement.status, agreement.lapses_at, agreement.remind_at = status, None, None
    _save_open(agreement)


def _save_open(agreement: Agreement, *more: str) -> None:
    try:
        with transaction.atomic():
            agreement.save(update_fields=["status", "lapses_at", "remind_at", *more])
    except IntegrityError as error:  # two proposals at once: the database lets one through
        if "agreement_one_under_way" not in str(error):
            raise
        raise RuleBroken("The two firms have an agreement under way already.") from None


def _across(agreement: Agreement, side: str) -> Firm:
    return agreement.other if side == PROPOSER else agreement.proposer


def _revision_side(agreement: Agreement) -> str:
    return agreement.current_revision.author_side


def _has_signed(agreement: Agreement, side: str) -> bool:
    return Signature.objects.filter(revision=agreement.current_revision_id, side=side).exists()


def _hashes(agreement: Agreement) -> dict[str, str]:
    revision = agreement.current_revision
    return {
        "revision": str(revision.number),
        "content_sha256": revision.content_sha256,
        "values_sha256": revision.values_sha256,
    }
