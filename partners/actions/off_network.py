"""Firms that are not on the network and known to one firm alone. That firm writes down what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid, WrongSide
from partners.actions.firms import Particulars, checked
from partners.actions.roles import history, only
from partners.models import Firm, Member


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a firm that is not here: its name, and whom to call."""

    name: str
    contact_name: str
    contact_email: str
    phone: str = ""
    postcode: str = ""


@transaction.atomic
def add(known: Known, *, by: Member, now: datetime | None = None) -> Firm:
    """Put a firm on our own list. Nobody else ever sees it, and nothing that is written about it moves a score.

    Raises Invalid for one that is on the list, and without a person and an address for the copies.
    """
    only(by, "owner", "dispatcher")
    now = now or clock.now()
    missing = {
        name: ["Fill this in."]
        for name in ("contact_name", "contact_email")
        if not getattr(known, name).strip()
    }
    if missing:
        raise Invalid(missing)
    values = checked(
        Particulars(
            legal_name=known.name,
            postcode=known.postcode,
            phone=known.phone,
            timezone="" if known.postcode else by.firm.timezone,
        )
    )
    try:
        with transaction.atomic():
            firm = Firm.objects.create(
                status=Firm.Status.OFF_NETWORK,
                kept_by_id=by.firm_id,
                contact_name=known.contact_name.strip(),
                contact_email=known.contact_email.strip().lower(),
                currency=by.firm.currency,
                created_at=now,
                **values,
            )
    except IntegrityError as error:
        if "firm_off_network_once_by_name" not in str(error):
            raise
        raise Invalid({"name": ["This firm is on your list already."]}) from None
    history(by.firm_id, "add_off_network", by=by, now=now, changes={"firm": firm.name})
    return firm


def stand_in(firm: Firm, *, by: Member, now: datetime) -> Member:
    """Return who acts for a firm off the network: the person who writes its answer down, as a member of it who is never active.

    The row lets every step run as if that firm had taken it. It opens no page, hears no news and goes nowhere.
    Raises WrongSide for everybody but the firm that keeps it.
    """
    only(by, "owner", "dispatcher")
    if firm.status != Firm.Status.OFF_NETWORK or firm.kept_by_id != by.firm_id:
        raise WrongSide("This firm answers for itself.")
    stands, _ = Member.objects.select_related("firm", "user").get_or_create(
        user=by.user,
        firm=firm,
        defaults={
            "role": Member.Role.OWNER,
            "title": "Writes down what was agreed",
            "is_active": False,
            "joined_at": now,
            "removed_at": now,
            "removed_by": by.user,
        },
    )
    return stands
