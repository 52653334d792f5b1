"""Communities: put on the list by the operator, asked for by firms, confirmed by their admins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from partnernet.core import clock, notify
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User
from partners.actions.firms import Operator
from partners.actions.roles import history
from partners.models import Community, CommunityMembership, Firm, Member
from partners.workflow import BELONGING, HOLDER, KEEPER


@dataclass(frozen=True, slots=True)
class Known:
    """What the operator says of a community; `admin` is the address of a person who has an account, or empty."""

    name: str
    website: str = ""
    admin: str = ""


@transaction.atomic
def add(known: Known, *, by: User, now: datetime | None = None) -> Community:
    """Put a community on the list of the network. Raises Invalid for one that is there, or an admin whom we do not know."""
    _only_operator(by)
    name = " ".join(known.name.split())
    if not slugify(name):
        raise Invalid({"name": ["Write the community's name."]})
    if (
        Community.objects.filter(name__iexact=name).exists()
        or Community.objects.filter(slug=slugify(name)[:60]).exists()
    ):
        raise Invalid({"name": ["This community is on the list already."]})
    return Community.objects.create(
        name=name,
        slug=slugify(name)[:60],
        website=known.website.strip().lower().removeprefix("https://").removeprefix("www.").strip("/"),
        admin=_person(known.admin),
        created_at=now or clock.now(),
        created_by=by,
    )


@transaction.atomic
def change_admin(community: Community, email: str, *, by: User) -> Community:
    """Let another person confirm its members; an empty address leaves it to the operator."""
    _only_operator(by)
    community = (
        Community.objects.select_for_update(of=("self",), no_key=True).order_by("pk").get(pk=community.pk)
    )

    community.admin = _person(email)
    community.save(update_fields=["admin"])
    return community


@transaction.atomic
def ask(
    community: Community, *, by: Member, proof: str = "", now: datetime | None = None
) -> CommunityMembership:
    """Say that one's own firm belongs to a community. Nobody sees it before the community's admin has confirmed it."""
    BELONGING.check("ask", status="", side=HOLDER, role=by.role)
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    if CommunityMembership.objects.visible_to(firm.pk).standing().filter(community=community).exists():
        raise RuleBroken(f"You have named {community.name} already.", field="community")

    asked = CommunityMembership.objects.create(
        community=community,
        firm=firm,
        proof=" ".join(proof.split())[:200],
        asked_at=now,
        asked_by_id=by.user_id,
    )
    history(firm, "ask_community", by=by, now=now, changes={"community": community.name})
    notify.owe(
        "community_asked",
        to=[
            notify.Addressee(email=each.email, name=each.name, user_id=each.pk)
            for each in _keepers(community)
        ],
        now=now,
        path=reverse("community", args=[community.pk]),
        context={"firm": firm.legal_name, "community": community.name, "proof": asked.proof},
        subject_id=asked.pk,
    )
    return asked


@transaction.atomic
def confirm(asked: CommunityMembership, *, by: User, now: datetime | None = None) -> CommunityMembership:
    """Say as the community's admin that the firm belongs to it: from now on it is shown, and counts for trust."""
    return _decide(asked, "confirm", by=by, now=now)


@transaction.atomic
def refuse(
    asked: CommunityMembership, *, by: User, reason: str, now: datetime | None = None
) -> CommunityMembership:
    """Say as the community's admin why it cannot be confirmed."""
    return _decide(asked, "refuse", by=by, reason=reason, now=now)


@transaction.atomic
def end(
    found: CommunityMembership, *, by: User, reason: str, now: datetime | None = None
) -> CommunityMembership:
    """Say as the community's admin that the firm belongs to it no longer."""
    found, now = _lock(found), now or clock.now()
    step = BELONGING.check("end", status=found.status, side=_side(found, by), role=KEEPER, reason=reason)

    _close(found, step.target, by=by, reason=reason, now=now)
    _tell(found, now=now)
    return found


@transaction.atomic
def leave(found: CommunityMembership, *, by: Member, now: datetime | None = None) -> CommunityMembership:
    """Take one's own firm's membership, or the question, back."""
    found, now = _lock(found), now or clock.now()
    side = HOLDER if found.firm_id == by.firm_id else ""
    step = BELONGING.check("leave", status=found.status, side=side, role=by.role)

    _close(found, step.target, by=by.user, reason="", now=now)
    history(found.firm, "leave_community", by=by, now=now, changes={"community": found.community.name})
    return found


def _decide(
    asked: CommunityMembership, name: str, *, by: User, reason: str = "", now: datetime | None
) -> CommunityMembership:
    asked, now = _lock(asked), now or clock.now()
    step = BELONGING.check(name, status=asked.status, side=_side(asked, by), role=KEEPER, reason=reason)

    asked.status, asked.reason = step.target, reason.strip()[:500]
    asked.decided_at, asked.decided_by = now, by
    asked.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    _write(asked, f"{name}_community", by=by, now=now)
    _tell(asked, now=now)
    return asked


def _close(found: CommunityMembership, target: str, *, by: User, reason: str, now: datetime) -> None:
    found.status, found.reason = target, reason.strip()[:500]
    found.ended_at, found.ended_by = now, by
    found.save(update_fields=["status", "reason", "ended_at", "ended_by"])


def _write(found: CommunityMembership, step: str, *, by: User, now: datetime) -> None:
    changes = {"community": found.community.name, "reason": found.reason}
    history(found.firm, step, by=Operator(by.pk, role=KEEPER), now=now, changes=changes)


def _tell(found: CommunityMembership, *, now: datetime) -> None:
    notify.owe(
        "community_decided",
        to=Member.objects.active().addressees(found.firm_id, "owner", "dispatcher"),
        now=now,
        path=reverse("communities", args=[found.firm_id]),
        context={"community": found.community.name, "status": found.status, "reason": found.reason},
        subject_id=found.pk,
    )


def _side(found: CommunityMembership, by: User) -> str:
    return KEEPER if Community.objects.looked_after_by(by).filter(pk=found.community_id).exists() else ""


def _keepers(community: Community) -> Iterable[User]:
    if community.admin_id:
        return User.objects.filter(pk=community.admin_id, is_active=True)
    return User.objects.filter(is_staff=True, is_active=True).order_by("pk")


def _person(email: str) -> User | None:
    if not email.strip():
        return None
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Invalid({"admin": ["Nobody signs in with this address. Ask them to make an account first."]})
    return found


def _only_operator(by: User) -> None:
    if not by.is_staff:
        raise RuleBroken("Only the network's operator keeps the list of communities.", code="wrong_role")


def _lock(found: CommunityMembership) -> CommunityMembership:
    return CommunityMembership.objects.locked().select_related("firm", "community").get(pk=found.pk)
