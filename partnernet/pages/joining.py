"""Joining by an invitation: the card becomes the firm, and what waited on its other cards comes along."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from partnernet.core.models import User
from partners.actions import joining
from partners.actions.firms import Particulars
from partners.models import FirmInvite, Member


@transaction.atomic
def join(user: User, particulars: Particulars, *, invite: FirmInvite, now: datetime | None = None) -> Member:
    """Claim the card of an invitation for a person's firm."""
    return joining.found(user, particulars, invite=invite, now=now)
