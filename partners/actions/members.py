"""People of a firm: invited, joined, in another role, gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from partnernet.core import clock, notify
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User
from partners.actions.roles import history, only
from partners.models import ApiKey, Firm, Invitation, Member

INVITATION_LIFE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whom to invite, and as what."""

    email: str
    role: str
    name: str = ""


@transaction.atomic
def invite(colleague: Colleague, *, by: Member, now: datetime | None = None) -> Invitation:
    """Ask somebody to become a member; the mailed link works once, for 14 days.

    Raises Invalid beside the fields at fault, RuleBroken when they are a member or have an open invitation.
    """
    only(by, "owner")
    email = _checked(colleague)
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    if Member.objects.of(firm.pk).active().filter(user__email=email).exists():
        raise RuleBroken(f"{email} is already a member.", field="email")
    Invitation.objects.visible_to(firm.pk).lapsed(now).filter(email=email).update(
        revoked_at=now, revoked_by=by.user_id
    )
    if Invitation.objects.visible_to(firm.pk).open().filter(email=email).exists():
        raise RuleBroken(f"{email} has an invitation already. Take it back to send another.", field="email")

    invitation = Invitation.objects.create(
        firm=firm,
        email=email,
        name=colleague.name.strip(),
        role=colleague.role,
        created_at=now,
        created_by_id=by.user_id,
        expires_at=now + INVITATION_LIFE,
    )
    history(firm, "invite_member", by=by, now=now, changes={"email": email, "role": colleague.role})
    notify.owe(
        "member_invited",
        to=[notify.Addressee(email=email, name=invitation.name)],
        now=now,
        context={
            "firm": firm.name,
            "person": by.user.called,
            "role": invitation.get_role_display(),
            "days": INVITATION_LIFE.days,
        },
        subject_id=invitation.pk,
        doorway="invitation",
    )
    return invitation


@transaction.atomic
def accept(invitation: Invitation, *, user: User, now: datetime | None = None) -> Member:
    """Become a member by an invitation; someone who was one before comes back in the new role.

    Raises RuleBroken when the invitation was used, taken back or has lapsed.
    """
    firm = Firm.objects.locked().get(pk=invitation.firm_id)
    invitation = Invitation.objects.locked().get(pk=invitation.pk)
    now = now or clock.now()
    _require_open(invitation, now)
    if Member.objects.of(firm.pk).filter(user=user, is_active=True).exists():
        raise RuleBroken(f"You are already a member of {firm.name}.")

    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if not Member.objects.filter(user=user).exists():
        user.name, user.timezone = user.name or invitation.name, firm.timezone
        user.save(update_fields=["name", "timezone"])
    member, _ = Member.objects.update_or_create(
        user=user,
        firm=firm,
        defaults={"role": invitation.role, "is_active": True, "removed_at": None, "removed_by": None},
        create_defaults={"role": invitation.role, "joined_at": now},
    )
    history(firm, "join", by=member, now=now, changes={"email": user.email, "role": member.role})
    notify.owe(
        "member_joined",
        to=Member.objects.active().exclude(pk=member.pk).addressees(firm.pk, "owner"),
        now=now,
        path=reverse("members", args=[firm.pk]),
        context={"firm": firm.name, "person": user.called, "role": member.get_role_display()},
        subject_id=member.pk,
    )
    return member


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Member, now: datetime | None = None) -> Invitation:
    """Take an unused invitation back."""
    only(by, "owner")
    invitation = Invitation.objects.locked().visible_to(by.firm_id).get(pk=invitation.pk)
    now = now or clock.now()
    if invitation.accepted_at or invitation.revoked_at:
        raise RuleBroken("This invitation is already used or taken back.")

    invitation.revoked_at, invitation.revoked_by_id = now, by.user_id
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    history(by.firm_id, "withdraw_invitation", by=by, now=now, changes={"email": invitation.email})
    return invitation


@transaction.atomic
def change(
    member: Member,
    *,
    by: Member,
    role: str,
    approval_limit: Decimal | None = None,
    now: datetime | None = None,
) -> Member:
    """Give a member another role or approval limit (in the firm's currency; None: no limit)."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    member = Member.objects.locked().select_related("user").of(firm.pk).active().get(pk=member.pk)
    if role not in Member.Role.values:
        raise Invalid({"role": ["Choose one of the five roles."]})
    if approval_limit is not None and approval_limit < 0:
        raise Invalid({"approval_limit": ["A limit cannot be negative."]})
    if role != Member.Role.OWNER:
        _require_another_owner(member)
    now = now or clock.now()
    was = {"role": member.role, "limit": str(member.approval_limit or "")}

    member.role, member.approval_limit = role, approval_limit
    member.save(update_fields=["role", "approval_limit"])
    changes = {"email": member.user.email, "was": was, "role": role, "limit": str(approval_limit or "")}
    history(firm, "change_member", by=by, now=now, changes=changes)
    if member.pk != by.pk and was["role"] != role:
        notify.owe(
            "member_role_changed",
            to=[member.addressee()],
            now=now,
            path=reverse("members", args=[firm.pk]),
            context={"firm": firm.name, "person": by.user.called, "role": member.get_role_display()},
            subject_id=member.pk,
        )
    return member


@transaction.atomic
def remove(member: Member, *, by: Member, now: datetime | None = None) -> Member:
    """End a membership: from the next request on its sessions and keys open nothing of this firm.

    Raises RuleBroken for the last owner.
    """
    if member.pk != by.pk:
        only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    member = Member.objects.locked().select_related("user").of(firm.pk).active().get(pk=member.pk)
    _require_another_owner(member)
    now = now or clock.now()

    member.is_active, member.removed_at, member.removed_by_id = False, now, by.user_id
    member.save(update_fields=["is_active", "removed_at", "removed_by"])
    ApiKey.objects.filter(member=member, revoked_at=None).update(revoked_at=now, revoked_by=by.user_id)
    history(firm, "remove_member", by=by, now=now, changes={"email": member.user.email})
    if member.pk != by.pk:
        notify.owe(
            "member_removed",
            to=[notify.Addressee(email=member.user.email, name=member.user.name)],
            now=now,
            path="/",
            context={"firm": firm.name, "person": by.user.called},
            subject_id=member.pk,
        )
    return member


def _require_open(invitation: Invitation, now: datetime) -> None:
    if invitation.accepted_at:
        raise RuleBroken("This invitation has been used. Sign in to go on.")
    if invitation.revoked_at:
        raise RuleBroken("This invitation was taken back. Ask the firm for a new one.")
    if invitation.expires_at <= now:
        raise RuleBroken("This invitation has lapsed after 14 days. Ask the firm for a new one.")


def _require_another_owner(member: Member) -> None:
    """Keep one owner in every firm."""
    owners = Member.objects.of(member.firm_id).active().in_role("owner")
    if member.role == Member.Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise RuleBroken("A firm needs an owner. Make somebody else an owner first.")


def _checked(colleague: Colleague) -> str:
    wrong: dict[str, list[str]] = {}
    email = colleague.email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = ["This is no email address."]
    if colleague.role not in Member.Role.values:
        wrong["role"] = ["Choose one of the five roles."]
    if wrong:
        raise Invalid(wrong)
    return email
