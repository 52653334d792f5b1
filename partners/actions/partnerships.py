"""What one firm notes about another: bench, block, years, words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid
from partners.actions.roles import only
from partners.models import Firm, Member, Partnership

NOTED: Final = (
    "bench",
    "blocked",
    "known_since",
    "notes",
    "exposure_limit",
    "vetting_status",
    "last_contact_on",
    "next_touch_on",
)

Noted: TypeAlias = "bool | int | str | date | Decimal | None"


@transaction.atomic
def note(
    other: Firm,
    *,
    by: Member,
    changes: Mapping[str, Noted],
    now: datetime | None = None,
) -> Partnership:
    """Change what we note about another firm; only the columns in `NOTED` can be named.

    A blocked firm leaves the bench, a firm put on the bench is no longer blocked. Raises Invalid beside fields.
    """
    only(by, "owner", "dispatcher")
    Firm.objects.listed_for(by.firm_id).get(pk=other.pk)
    now = now or clock.now()
    values = _checked(changes, now)
    partnership, _ = Partnership.objects.locked().get_or_create(
        owner_id=by.firm_id, other_id=other.pk, defaults={"updated_at": now, "updated_by_id": by.user_id}
    )

    for name, value in values.items():
        setattr(partnership, name, value)
    partnership.updated_at, partnership.updated_by_id = now, by.user_id
    partnership.save(update_fields=[*values, "updated_at", "updated_by"])
    return partnership


def _checked(changes: Mapping[str, Noted], now: datetime) -> dict[str, object]:
    unknown = sorted(set(changes) - set(NOTED))
    if unknown:
        raise Invalid({name: ["This cannot be noted."] for name in unknown})
    since = changes.get("known_since")
    if isinstance(since, int) and not 1950 <= since <= now.year:
        raise Invalid({"known_since": [f"Write a year between 1950 and {now.year}."]})
    limit = changes.get("exposure_limit")
    if isinstance(limit, Decimal) and limit < 0:
        raise Invalid({"exposure_limit": ["A limit cannot be negative."]})
    if changes.get("vetting_status", Partnership.Vetting.NONE) not in Partnership.Vetting.values:
        raise Invalid({"vetting_status": ["Choose one of the statuses."]})
    if changes.get("bench") and changes.get("blocked"):
        raise Invalid({"blocked": ["A firm is on the bench or blocked, not both."]})
    values: dict[str, object] = dict(changes)
    if changes.get("blocked"):
        values["bench"] = False
    if changes.get("bench"):
        values["blocked"] = False
    return values
