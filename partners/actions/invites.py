"""Inviting another firm: its card and its mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from partnernet.core import clock, notify
from partnernet.core.errors import Invalid, RuleBroken, WrongSide
from partners.actions.roles import history, only
from partners.domains import own_domain
from partners.models import Firm, FirmInvite, Member, Partnership
from partners.workflow import FIRM_INVITE, INVITER

INVITES_A_DAY: Final = 50


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom we invite, in our own words."""

    firm_name: str
    email: str
    contact_name: str = ""
    phone: str = ""
    message: str = ""


@transaction.atomic
def draft(invitee: Invitee, *, by: Member, now: datetime | None = None) -> FirmInvite:
    """Make the other firm's card (or find it by web domain) and an invitation that is not sent yet.

    One that we began before and did not send is taken up again. Raises Invalid beside the fields at fault, RuleBroken
    when that firm is here already or we invited it before.
    """
    only(by, "owner", "dispatcher")
    email, name = _checked(invitee)
    now = now or clock.now()
    _refuse_known(email, name, by=by)
    _refuse_flood(by, now)
    card = _card(invitee, email=email, now=now)
    begun = FirmInvite.objects.locked().sent_by(by.firm_id).open().filter(card=card).first()
    if begun and begun.status == FirmInvite.Status.SENT:
        raise RuleBroken(
            f"You have already invited {card.name}. Take that invitation back first.", field="email"
        )
    words = {
        "email": email,
        "contact_name": invitee.contact_name.strip(),
        "message": invitee.message.strip(),
    }
    if begun:
        FirmInvite.objects.filter(pk=begun.pk).update(**words)
        begun.refresh_from_db()
        return begun

    Partnership.objects.get_or_create(
        owner_id=by.firm_id,
        other=card,
        defaults={
            "vetting_status": Partnership.Vetting.INVITED,
            "updated_at": now,
            "updated_by_id": by.user_id,
        },
    )
    return FirmInvite.objects.create(
        firm_id=by.firm_id,
        card=card,
        created_at=now,
        created_by_id=by.user_id,
        **words,
    )


@transaction.atomic
def ask_to_join(
    kept: Firm, *, by: Member, email: str = "", message: str = "", now: datetime | None = None
) -> FirmInvite:
    """Ask a firm that we keep off the network to join. Until it does, its card and its answers stay as they are.

    Raises WrongSide for a firm that is not on our own list, RuleBroken when it is here already or was asked before.
    """
    only(by, "owner", "dispatcher")
    kept = Firm.objects.locked().get(pk=kept.pk)
    if kept.status != Firm.Status.OFF_NETWORK or kept.kept_by_id != by.firm_id:
        raise WrongSide("Only a firm on your own list is asked to join.")
    invitee = Invitee(kept.name, email or kept.contact_email, kept.contact_name, message=message)
    address, name = _checked(invitee)
    now = now or clock.now()
    _refuse_known(address, name, by=by)
    _refuse_flood(by, now)
    if _open(by.firm_id, kept):
        raise RuleBroken(
            f"You have already invited {kept.name}. Take that invitation back first.", field="email"
        )

    kept.web_domain = own_domain(address)
    kept.save(update_fields=["web_domain"])
    invite = FirmInvite.objects.create(
        firm_id=by.firm_id, card=kept, email=address, contact_name=kept.contact_name[:150],
        message=message.strip(), created_at=now, created_by_id=by.user_id,
    )  # fmt: skip
    return send(invite, by=by, now=now)


@transaction.atomic
def send(
    invite: FirmInvite,
    *,
    by: Member,
    agreement_id: UUID | None = None,
    offer_id: UUID | None = None,
    now: datetime | None = None,
) -> FirmInvite:
    """Mail the invitation, with what is enclosed. The link shows everything before anybody registers."""
    invite = _mine(invite, by)
    step = FIRM_INVITE.check("send", status=invite.status, side=INVITER, role=by.role)
    now = now or clock.now()

    invite.status, invite.sent_at = step.target, now
    invite.agreement_id = agreement_id or invite.agreement_id
    invite.offer_id = offer_id or invite.offer_id
    invite.save(update_fields=["status", "sent_at", "agreement_id", "offer_id"])
    history(
        invite.firm, "invite_firm", by=by, now=now, changes={"firm": invite.card.name, "email": invite.email}
    )
    _mail(invite, by=by, now=now)
    return invite


@transaction.atomic
def enclose(invite: FirmInvite, *, by: Member, agreement_id: UUID) -> FirmInvite:
    """Put an agreement into an invitation that has not left: it leaves when the agreement does."""
    invite = _mine(invite, by)
    FIRM_INVITE.check("send", status=invite.status, side=INVITER, role=by.role)

    invite.agreement_id = agreement_id
    invite.save(update_fields=["agreement_id"])
    return invite


@transaction.atomic
def carry_agreement(card: Firm, agreement_id: UUID, *, by: Member, now: datetime) -> FirmInvite | None:
    """Let our open invitation to a card take an agreement along; one that was sent before is mailed again.

    Returns None without an open invitation: then nobody can be told.
    """
    invite = _open(by.firm_id, card)
    if invite is None:
        return None
    if invite.status == FirmInvite.Status.DRAFT:
        return send(invite, by=by, agreement_id=agreement_id, now=now)

    invite.agreement_id = agreement_id
    invite.save(update_fields=["agreement_id"])
    _mail(invite, by=by, now=now)
    return invite


@transaction.atomic
def carry_offer(card: Firm, offer_id: UUID, *, firm_id: UUID) -> FirmInvite:
    """Note an offer in the invitation that a firm sent to a card; the offer's own mail goes to the same address.

    Raises RuleBroken without an invitation that was sent.
    """
    invite = _open(firm_id, card)
    if invite is None or invite.status != FirmInvite.Status.SENT:
        raise RuleBroken(f"{card.name} is not here yet. Invite it first; the offer goes along.")

    invite.offer_id = offer_id
    invite.save(update_fields=["offer_id"])
    return invite


def _open(firm_id: UUID | None, card: Firm) -> FirmInvite | None:
    rows = FirmInvite.objects.locked().select_related("firm", "card").filter(firm=firm_id, card=card)
    return rows.open().first()


def _mail(invite: FirmInvite, *, by: Member, now: datetime) -> None:
    notify.owe(
        "firm_invited",
        to=[invite.addressee()],
        now=now,
        context={
            "firm": invite.firm.name,
            "person": by.user.called,
            "invited_firm": invite.card.name,
            "message": invite.message,
            "with_agreement": invite.agreement_id is not None,
            "with_offer": invite.offer_id is not None,
            "kept": invite.card.status == Firm.Status.OFF_NETWORK,
        },
        subject_id=invite.pk,
        doorway="firm-invite",
    )


@transaction.atomic
def revoke(invite: FirmInvite, *, by: Member, now: datetime | None = None) -> FirmInvite:
    """Take an invitation back: its link then says so, and opens nothing."""
    invite = _mine(invite, by)
    step = FIRM_INVITE.check("revoke", status=invite.status, side=INVITER, role=by.role)
    now = now or clock.now()

    invite.status, invite.revoked_at, invite.revoked_by_id = step.target, now, by.user_id
    invite.save(update_fields=["status", "revoked_at", "revoked_by"])
    Firm.objects.filter(pk=invite.card_id, status=Firm.Status.OFF_NETWORK).update(web_domain="")
    history(invite.firm, "revoke_invite", by=by, now=now, changes={"firm": invite.card.name})
    return invite


def _mine(invite: FirmInvite, by: Member) -> FirmInvite:
    """Read an invitation again under its lock, from what the member's firm sent."""
    return FirmInvite.objects.locked().select_related("firm", "card").sent_by(by.firm_id).get(pk=invite.pk)


def _checked(invitee: Invitee) -> tuple[str, str]:
    wrong: dict[str, list[str]] = {}
    name, email = invitee.firm_name.strip(), invitee.email.strip().lower()
    if not name:
        wrong["firm_name"] = ["Write what you call the firm."]
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = ["This is no email address."]
    if wrong:
        raise Invalid(wrong)
    return email, name


def _refuse_known(email: str, name: str, *, by: Member) -> None:
    """Say so when the firm is here already: by its web domain, or by an owner of that address."""
    domain = own_domain(email)
    if domain and domain == by.firm.web_domain:
        raise RuleBroken("That address is in your own firm. Invite a colleague under People.", field="email")
    owners = Member.objects.active().in_role("owner").filter(user__email=email).values("firm")
    known = Firm.objects.active().filter(pk__in=owners).exclude(pk=by.firm_id)
    if domain:
        known = known | Firm.objects.active().filter(web_domain=domain)
    if firm := known.order_by("id").first():
        raise RuleBroken(
            f"{firm.name} is here already. Send work or an agreement from its card.", field="email"
        )


def _refuse_flood(by: Member, now: datetime) -> None:
    """Keep one firm from mailing strangers in bulk."""
    today = FirmInvite.objects.sent_by(by.firm_id).filter(created_at__gt=now - timedelta(days=1)).count()
    if today >= INVITES_A_DAY:
        raise RuleBroken(f"You can invite {INVITES_A_DAY} firms a day. Go on tomorrow.", code="too_many")


def _card(invitee: Invitee, *, email: str, now: datetime) -> Firm:
    """Return the one card of a web domain or, on public mail hosts, of an address; else make one."""
    domain = own_domain(email)
    cards = Firm.objects.filter(status=Firm.Status.UNCLAIMED)
    known = cards.filter(web_domain=domain) if domain else cards.filter(invited_by__email=email)
    if card := known.order_by("id").first():
        return card
    name = invitee.firm_name.strip()
    values = {"legal_name": name, "name": name, "phone": invitee.phone.strip(), "created_at": now}
    if not domain:
        return Firm.objects.create(**values)
    card, _ = Firm.objects.get_or_create(status=Firm.Status.UNCLAIMED, web_domain=domain, defaults=values)
    return card


@transaction.atomic
def invite(invitee: Invitee, *, by: Member, now: datetime | None = None) -> FirmInvite:
    """Draft and send in one act, with nothing enclosed."""
    return send(draft(invitee, by=by, now=now), by=by, now=now)
