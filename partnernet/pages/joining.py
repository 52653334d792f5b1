"""Joining by an invitation: the card becomes the firm, and what waited on its other cards comes along."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.actions.joining import move_proposals
from engagements.actions.joining import move_offers
from partnernet.core import clock
from partnernet.core.models import User
from partners.actions import joining
from partners.actions.firms import Particulars
from partners.models import FirmInvite, Member


@transaction.atomic
def join(user: User, particulars: Particulars, *, invite: FirmInvite, now: datetime | None = None) -> Member:
    """Claim the card of an invitation for a person's firm.

    Other firms may have named the same firm by another address, which made cards of their own. Their offers, then their
    proposals, move to the firm, so that no invitation leads nowhere.
    """
    now = now or clock.now()
    member = joining.found(user, particulars, invite=invite, now=now)
    for card in joining.other_cards(invite, member):
        move_offers(card, to=member.firm, now=now)
        move_proposals(card, to=member.firm, now=now)
        joining.fold(card, into=member, now=now)
    return member
