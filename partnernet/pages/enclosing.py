"""An invitation with what is enclosed: the agreement to sign and the work that waits behind it.

Invitations are below agreements, and agreements below offers, so what belongs together is brought together here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from contracts.actions import agreements
from contracts.models import Agreement, TemplateVersion
from contracts.places import place_code
from engagements.models import Offer
from partners.actions import invites
from partners.actions.invites import Invitee
from partners.models import FirmInvite, Member


@transaction.atomic
def invite_with_agreement(invitee: Invitee, *, by: Member, now: datetime | None = None) -> Agreement:
    """Draft an invitation and the standard agreement for it. Signing the agreement sends both; until then nobody is told.

    Raises Invalid beside the fields at fault, WrongRole for anybody but an owner.
    """
    invite = invites.draft(invitee, by=by, now=now)
    drafts = Agreement.objects.between(by.firm_id, invite.card_id).filter(proposer=by.firm, status="draft")
    if invite.agreement_id and (begun := drafts.filter(pk=invite.agreement_id).first()):
        return begun
    own = by.firm
    values = {"governing_law": place_code(own.country, own.state)}
    agreement = agreements.draft(invite.card, by=by, values=values, now=now)
    invites.enclose(invite, by=by, agreement_id=agreement.pk)
    return agreement


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What waits for the firm that was invited. `offer` is the one to answer first, `more` how many wait behind it."""

    agreement: Agreement | None
    offer: Offer | None
    more: int = 0


def enclosed_in(invite: FirmInvite, *, now: datetime) -> Enclosed:
    """Return the agreement under way between the two firms and the offers to the invited one.

    When no offer is open any more, the one that was enclosed is shown with what became of it.
    """
    offers = Offer.objects.filter(work_order__prime=invite.firm_id, firm=invite.card_id).with_terms()
    offers = offers.select_related("counter", "enclosed_agreement")
    still_open = list(offers.filter(status="sent", respond_by__gt=now).order_by("respond_by", "pk"))
    first = still_open[0] if still_open else None
    if first is None and invite.offer_id:
        first = offers.exclude(status="draft").filter(pk=invite.offer_id).first()
    return Enclosed(agreement_under_way(invite), first, max(0, len(still_open) - 1))


def agreement_under_way(invite: FirmInvite) -> Agreement | None:
    """Return the agreement that the two firms still have to sign, with its wording."""
    found = Agreement.objects.between(invite.firm_id, invite.card_id).under_way().with_signed_sides()
    wording = Prefetch("template_version", TemplateVersion.objects.with_wording())
    return (
        found.select_related("proposer", "other", "current_revision")
        .prefetch_related(wording)
        .newest_first()
        .first()
    )
