"""A firm leaves for good: what says who it is goes, what it agreed on stays. Whoever calls has seen that nothing runs any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.errors import RuleBroken
from partners.actions.roles import history
from partners.models import (
    ApiKey,
    Capacity,
    Certification,
    Document,
    Firm,
    FirmInvite,
    Invitation,
    Member,
    Partnership,
    Profile,
    ProfileSkill,
    ServiceArea,
)

# Country, state and time zone stay: days that were agreed on are counted by them.
EMPTIED = {
    "street": "", "town": "", "postcode": "", "latitude": None, "longitude": None, "contact_name": "", "contact_email": "",
    "web_domain": "", "phone": "", "founded": None, "head_count": None, "verified_at": None, "verified_by": None,
}  # fmt: skip


@transaction.atomic
def forget(firm: Firm, *, now: datetime | None = None) -> Firm:
    """Forget who a firm is: nobody signs in to it, nobody finds it, its profile says nothing any more.

    Agreements keep the name, the address and the people that they were signed with, because they prove what two firms agreed on.
    Raises RuleBroken for a firm that never joined, or that was forgotten already.
    """
    firm = Firm.objects.locked().get(pk=firm.pk)
    if firm.status not in (Firm.Status.ACTIVE, Firm.Status.SUSPENDED):
        raise RuleBroken(f"{firm.name} has never joined, so there is nothing that it could take back.")
    if is_forgotten(firm):
        raise RuleBroken("This firm was forgotten already.")
    now = now or clock.now()

    _let_go(firm, now)
    _empty_profile(firm, now)
    for column, value in EMPTIED.items():
        setattr(firm, column, value)
    firm.name = firm.legal_name = _named(firm)
    firm.status = Firm.Status.SUSPENDED
    firm.save(update_fields=[*EMPTIED, "name", "legal_name", "status"])
    history(firm, "leave", by=CLOCK, now=now, changes={})
    return firm


def is_forgotten(firm: Firm) -> bool:
    """Say whether a firm has left for good."""
    return firm.status == Firm.Status.SUSPENDED and firm.name == _named(firm)


def _named(firm: Firm) -> str:
    """Tell two former firms apart, and nothing more."""
    return f"Former firm {firm.pk.hex[-6:]}"


def _let_go(firm: Firm, now: datetime) -> None:
    """End every membership, key and invitation, as of the people themselves or whoever made them."""
    for member in Member.objects.of(firm.pk).locked():
        keys = ApiKey.objects.filter(member=member, revoked_at=None)
        keys.update(revoked_at=now, revoked_by=member.user_id)
    Member.objects.of(firm.pk).filter(is_active=True).update(
        is_active=False, removed_at=now, removed_by=F("user")
    )
    Invitation.objects.visible_to(firm.pk).open().update(revoked_at=now, revoked_by=F("created_by"))
    invites = FirmInvite.objects.filter(
        firm=firm, status__in=[FirmInvite.Status.DRAFT, FirmInvite.Status.SENT]
    )
    invites.update(status=FirmInvite.Status.REVOKED, revoked_at=now, revoked_by=F("created_by"))


def _empty_profile(firm: Firm, now: datetime) -> None:
    for profile in Profile.objects.filter(firm=firm):
        ProfileSkill.objects.filter(profile=profile).delete()
        ServiceArea.objects.filter(profile=profile).delete()
        fresh = Profile(pk=profile.pk, firm=firm)
        fresh.save(force_update=True)
    Certification.objects.filter(firm=firm).delete()
    Capacity.objects.filter(firm=firm).delete()
    Partnership.objects.filter(owner=firm).update(notes="", next_touch_on=None)
    papers = Document.objects.filter(
        firm=firm, status__in=[Document.Status.PENDING, Document.Status.ACCEPTED]
    )
    papers.update(status=Document.Status.WITHDRAWN, withdrawn_at=now, withdrawn_by=F("sent_by"))
