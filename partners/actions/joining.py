"""How a firm comes to PartnerNet: founded by itself, or by an invitation whose card it claims."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from partnernet.core import clock, notify
from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partners.actions.firms import Particulars, checked
from partners.actions.roles import history
from partners.domains import own_domain
from partners.models import Firm, FirmInvite, Member, Partnership, Profile

CARDS = (Firm.Status.UNCLAIMED, Firm.Status.OFF_NETWORK)
CURRENCY_OF = {
    "US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "SE": "SEK", "NO": "NOK",
    "DK": "DKK", "PL": "PLN", "MX": "MXN", "ZA": "ZAR", "IE": "EUR", "DE": "EUR", "FR": "EUR", "NL": "EUR",
    "BE": "EUR", "AT": "EUR", "ES": "EUR", "IT": "EUR", "PT": "EUR", "FI": "EUR",
}  # fmt: skip


@transaction.atomic
def found(
    user: User, particulars: Particulars, *, invite: FirmInvite | None = None, now: datetime | None = None
) -> Member:
    """Make a firm with this person as its first owner; the card of an invitation, or of its web domain, becomes it.

    Raises Invalid beside the fields at fault; RuleBroken when the invitation is no longer open, the card is taken,
    or the person's web domain has its firm already.
    """
    values = checked(particulars)
    domain = own_domain(user.email)
    card = _invited_card(invite) if invite else _card_of_domain(domain)
    if domain and (known := Firm.objects.active().filter(web_domain=domain).order_by("id").first()):
        raise RuleBroken(f"{domain} is already here as {known.name}. Ask its owner to invite you.")
    now = now or clock.now()

    if card is None or card.status == Firm.Status.UNCLAIMED:
        card = _kept_card_of_domain(domain) or card
    if card and Member.objects.of(card.pk).filter(user=user).exists():
        raise RuleBroken(f"You wrote down what {card.name} answered. Somebody of its own joins.")
    values |= {"web_domain": domain, "status": Firm.Status.ACTIVE, "joined_at": now}
    # Whom its prime called is the prime's own note, and stays there.
    values |= {"kept_by": None, "contact_name": "", "contact_email": ""}
    values["currency"] = CURRENCY_OF.get(str(values["country"]), "USD")
    named = card.legal_name if card else ""
    if card is None:
        card = Firm.objects.create(created_at=now, **values)
    else:
        _note_whom_we_called(card, now=now)
        Firm.objects.filter(pk=card.pk).update(**values)
        card.refresh_from_db()
    Profile.objects.create(firm=card)
    if not Member.objects.filter(user=user).exists():
        user.timezone = card.timezone
        user.save(update_fields=["timezone"])
    member = Member.objects.create(user=user, firm=card, role=Member.Role.OWNER, joined_at=now)
    history(card, "found", by=member, now=now, changes={"legal_name": card.legal_name})
    _answer_invites(member, named=named, now=now)
    return member


def _invited_card(invite: FirmInvite) -> Firm:
    """Lock the card, then read its invitation again: claims of one card queue here, whichever link they use."""
    card = Firm.objects.locked().get(pk=invite.card_id)
    status = FirmInvite.objects.values_list("status", flat=True).get(pk=invite.pk)
    if status == FirmInvite.Status.REVOKED:
        raise RuleBroken("This invitation was taken back. Ask the firm that sent it for a new one.")
    if card.status not in CARDS:
        raise RuleBroken(f"{card.name} has already joined. Ask its owner to invite you.")
    return card


def _card_of_domain(domain: str) -> Firm | None:
    if not domain:
        return None
    cards = Firm.objects.locked().filter(status=Firm.Status.UNCLAIMED, web_domain=domain)
    return cards.order_by("id").first()


def _kept_card_of_domain(domain: str) -> Firm | None:
    """Return the firm off the network that was asked to join at this domain: work may be under way with it, so it stays."""
    if not domain:
        return None
    kept = Firm.objects.locked().filter(status=Firm.Status.OFF_NETWORK, web_domain=domain)
    return kept.order_by("id").first()


def _note_whom_we_called(card: Firm, *, now: datetime) -> None:
    """Keep for a prime whom it called at a firm that was off the network, in its own notes."""
    if card.kept_by_id is None:
        return
    called = ", ".join(part for part in (card.contact_name, card.phone, card.contact_email) if part)
    by = FirmInvite.objects.sent_by(card.kept_by_id).filter(card=card).order_by("-created_at").first()
    if by is None:
        return
    defaults = {"updated_at": now, "updated_by_id": by.created_by_id}
    noted, _ = Partnership.objects.get_or_create(owner_id=card.kept_by_id, other=card, defaults=defaults)
    noted.notes = "\n".join(part for part in (noted.notes, f"Called until it joined: {called}") if part)
    noted.save(update_fields=["notes"])


def other_cards(invite: FirmInvite, member: Member) -> list[Firm]:
    """Return what stands beside the firm that has just joined: the same firm, named by somebody else or in another way."""
    domain = own_domain(member.user.email)
    same = Q(pk=invite.card_id) | Q(web_domain=domain) if domain else Q(pk=invite.card_id)
    return list(Firm.objects.locked().filter(same, status__in=CARDS).order_by("pk"))


@transaction.atomic
def fold(card: Firm, *, into: Member, now: datetime) -> None:
    """Let another card end in the firm that joined: its invitations are answered, and what was noted of it is kept.

    One that somebody keeps off the network stays with what is under way there and was written down.
    """
    FirmInvite.objects.filter(card=card, status=FirmInvite.Status.DRAFT).delete()
    off_network = card.status == Firm.Status.OFF_NETWORK
    for noted in () if off_network else Partnership.objects.filter(other=card):
        if Partnership.objects.filter(owner=noted.owner_id, other=into.firm_id).exists():
            noted.delete()
        else:
            noted.other = into.firm
            noted.save(update_fields=["other"])
    FirmInvite.objects.filter(card=card).update(card=into.firm)
    _answer_invites(into, named=card.legal_name, now=now)
    Firm.objects.filter(pk=card.pk).update(web_domain="")


def otherwise_named(named: str, typed: str) -> bool:
    """Say whether a firm gives itself another legal name than its invitation did; case, spaces and a last dot do not count."""
    one, other = (" ".join(name.casefold().split()).rstrip(".") for name in (named, typed))
    return bool(one) and one != other


def _answer_invites(member: Member, *, named: str, now: datetime) -> None:
    """Close every invitation that waited for this firm, and tell those who sent them, also of a name that they did not give it."""
    otherwise = named if otherwise_named(named, member.firm.legal_name) else ""
    waiting = FirmInvite.objects.locked().filter(card=member.firm_id).waiting().order_by("pk")
    for invite in waiting:
        invite.status, invite.claimed_at, invite.claimed_by_id = (
            FirmInvite.Status.CLAIMED,
            now,
            member.user_id,
        )
        invite.save(update_fields=["status", "claimed_at", "claimed_by"])
        notify.owe(
            "firm_joined",
            to=Member.objects.active().addressees(invite.firm_id, "owner", "dispatcher"),
            now=now,
            path=reverse("firm", args=[invite.firm_id, invite.card_id]),
            context={
                "invited_firm": member.firm.name,
                "person": member.user.called,
                "legal_name": member.firm.legal_name,
                "otherwise": otherwise,
            },
            subject_id=invite.pk,
            once=str(invite.pk),
        )
