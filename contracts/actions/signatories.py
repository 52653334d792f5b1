"""Who signs for a firm: named by an owner, passed on, replaced when they leave; and which firm signs first."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from contracts.actions.history import Done, record, tell
from contracts.actions.signers import named_for, role_of, still_here
from contracts.actions.signing import take
from contracts.models import Agreement, Signatory, Signature, SigningAuthority
from contracts.workflow import AGREEMENT, OTHER, PROPOSER
from partnernet.core import clock, notify
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken
from partnernet.core.workflow import SYSTEM
from partners.actions.roles import history, only
from partners.models import Firm, Member

BATCH = 200
Status = Signatory.Status


@transaction.atomic
def name(agreement: Agreement, member: Member, *, by: Member, now: datetime | None = None) -> Agreement:
    """Name the member who signs this agreement for the actor's firm; whoever was named before no longer does.

    Being named by an owner is the authority to sign this one. Raises Invalid for somebody who cannot be named.
    """
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("name_signatory", status=agreement.status, side=side, role=by.role)
    _unsigned(agreement, side)
    member = _colleague(member, by)
    before = named_for(agreement, side)
    if before and before.member_id == member.pk:
        raise RuleBroken(f"{member.user.called} is named already.")

    _end(before, Status.REPLACED, now)
    _write(agreement, side, member, by=by, now=now)
    changes = {"name": member.user.called, "before": before.member.user.called if before else ""}
    _note(agreement, Done("name_signatory", side, "", "", changes=changes), by=by, now=now)
    return agreement


@transaction.atomic
def release(agreement: Agreement, *, by: Member, now: datetime | None = None) -> Agreement:
    """Take the name back: from now on any owner signs."""
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("release_signatory", status=agreement.status, side=side, role=by.role)
    before = named_for(agreement, side)
    if before is None:
        raise IllegalStep("Nobody is named. Any owner can sign.")
    _unsigned(agreement, side)

    _end(before, Status.RELEASED, now)
    changes = {"before": before.member.user.called}
    _note(agreement, Done("release_signatory", side, "", "", changes=changes), by=by, now=now)
    return agreement


@transaction.atomic
def pass_on(
    agreement: Agreement, member: Member, *, by: Member, reason: str = "", now: datetime | None = None
) -> Agreement:
    """Let a colleague sign in the actor's place, who was named: an owner, or a member with a standing authority.

    Raises Invalid for a colleague who may not bind the firm.
    """
    agreement, side, now = take(agreement, by, now)
    by = still_here(by)
    before = named_for(agreement, side)
    role = "signatory" if before and before.member_id == by.pk else role_of(by, before)
    AGREEMENT.check("pass_on", status=agreement.status, side=side, role=role)
    _unsigned(agreement, side)
    member = _colleague(member, by)
    if member.pk == by.pk:
        raise Invalid({"member": ["You are named already. Choose somebody else."]})
    if by.role != "owner" and not _may_bind(member):
        raise Invalid(
            {
                "member": [
                    f"{member.user.called} may not bind {by.firm.name}. An owner can allow it, or name them."
                ]
            }
        )

    _end(before, Status.PASSED_ON, now)
    _write(agreement, side, member, by=by, now=now)
    changes = {"name": member.user.called, "before": by.user.called}
    _note(agreement, Done("pass_on", side, "", "", reason=reason.strip(), changes=changes), by=by, now=now)
    return agreement


@transaction.atomic
def order(agreement: Agreement, first: str, *, by: Member, now: datetime | None = None) -> Agreement:
    """Say which side signs first, or with "" that both sign in any order. Until somebody has signed."""
    agreement, side, now = take(agreement, by, now)
    AGREEMENT.check("order_signing", status=agreement.status, side=side, role=by.role)
    if first not in ("", PROPOSER, OTHER):
        raise Invalid({"first": ["Choose one of the two firms, or any order."]})
    if first == agreement.signs_first:
        return agreement

    agreement.signs_first = first
    agreement.save(update_fields=["signs_first"])
    told = agreement.firm_on(first).name if first else "whoever is ready"
    _note(agreement, Done("order_signing", side, "", "", changes={"first": told}), by=by, now=now)
    return agreement


@transaction.atomic
def allow(member: Member, *, by: Member, now: datetime | None = None) -> SigningAuthority:
    """Give a member, who is no owner, a standing authority to sign what is passed on to them."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    member = _colleague(member, by)
    now = now or clock.now()
    if _may_bind(member):
        raise Invalid({"member": [f"{member.user.called} may sign for {firm.name} already."]})

    made = SigningAuthority.objects.create(firm=firm, member=member, granted_by=by.user, granted_at=now)
    history(firm, "allow_signing", by=by, now=now, changes={"email": member.user.email})
    return made


@transaction.atomic
def disallow(authority: SigningAuthority, *, by: Member, now: datetime | None = None) -> SigningAuthority:
    """Take a standing authority back. What was signed stays signed."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    authority = SigningAuthority.objects.visible_to(firm).select_related("member__user").get(pk=authority.pk)
    if authority.revoked_at:
        raise IllegalStep("This authority was taken back already.")
    now = now or clock.now()

    authority.revoked_at, authority.revoked_by = now, by.user
    authority.save(update_fields=["revoked_at", "revoked_by"])
    history(firm, "disallow_signing", by=by, now=now, changes={"email": authority.member.user.email})
    return authority


def replace_gone(*, now: datetime | None = None) -> int:
    """End the naming of everybody who left their firm before signing, and tell its owners to name another. Safe to run twice."""
    now, done = now or clock.now(), 0
    for key in (
        Signatory.objects.gone().order_by("named_at", "pk").values_list("agreement", flat=True)[:BATCH]
    ):
        with transaction.atomic():
            agreement = Agreement.objects.locked().with_parties().get(pk=key)
            for row in Signatory.objects.gone().of(agreement).with_people().order_by("pk"):
                done += _gone(agreement, row, now=now)
    return done


def _gone(agreement: Agreement, row: Signatory, *, now: datetime) -> int:
    """End one naming; where the person has signed, or nothing is to be signed any more, quietly: nobody has to act."""
    waits = agreement.status in {
        status for step in AGREEMENT.rows("signatory_left") for status in step.sources
    }
    signed = Signature.objects.filter(revision=agreement.current_revision_id, side=row.side).exists()
    _end(row, Status.LEFT, now)
    if not waits or signed:
        return 1
    AGREEMENT.check("signatory_left", status=agreement.status, side=SYSTEM, role=CLOCK.role)
    gone = {"name": row.member.user.called, "firm": row.member.firm.name}
    _note(agreement, Done("signatory_left", SYSTEM, "", "", changes=gone), by=CLOCK, now=now)
    tell("signatory_left", row.member.firm, agreement, now=now, name=row.member.user.called)
    return 1


def _unsigned(agreement: Agreement, side: str) -> None:
    if Signature.objects.filter(revision=agreement.current_revision_id, side=side).exists():
        raise IllegalStep("Your firm has signed this text already.")


def _colleague(member: Member, by: Member) -> Member:
    found = (
        Member.objects.active().of(by.firm_id).locked().select_related("user").filter(pk=member.pk).first()
    )
    if found is None:
        raise Invalid({"member": ["Choose somebody who is in your firm."]})
    if found.role == Member.Role.TECHNICIAN:
        raise Invalid({"member": ["A technician does not see agreements. Give them another role first."]})
    return found


def _may_bind(member: Member) -> bool:
    return member.role == "owner" or SigningAuthority.objects.standing().filter(member=member).exists()


def _end(row: Signatory | None, status: str, now: datetime) -> None:
    if row:
        row.status, row.ended_at = status, now
        row.save(update_fields=["status", "ended_at"])


def _write(agreement: Agreement, side: str, member: Member, *, by: Member, now: datetime) -> None:
    Signatory.objects.create(agreement=agreement, side=side, member=member, named_by=by.user, named_at=now)
    if member.pk == by.pk:
        return
    across = agreement.other if side == PROPOSER else agreement.proposer
    notify.owe(
        "signatory_named",
        to=[member.addressee()],
        now=now,
        path=reverse("agreement", args=[by.firm_id, agreement.pk]),
        context={
            "firm": by.firm.name,
            "other": across.name,
            "title": agreement.template_version.template.title,
            "person": by.user.called,
        },
        subject_id=agreement.pk,
    )


def _note(agreement: Agreement, done: Done, *, by: Actor, now: datetime) -> None:
    status = agreement.status
    kept = Done(done.step, done.side, status, status, done.reason, done.changes)
    record(agreement, kept, by=by, now=now)
