"""Who may: the first question of every action here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from partnernet.core.errors import WrongRole
from partners.models import Firm, FirmEvent, Member

_WORDS = {"owner": "an owner", "dispatcher": "a dispatcher", "finance": "someone in finance"}


def only(by: Member, *roles: str) -> None:
    """Refuse everybody but these roles, and name them."""
    if by.role in roles:
        return
    raise WrongRole(f"This takes {who(roles)}. Ask one in your firm.")


def who(roles: tuple[str, ...]) -> str:
    """Name roles as in `an owner or a dispatcher`."""
    names = [_WORDS.get(role, f"a {role}") for role in roles]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def history(firm: Firm | Any, step: str, *, by: Any, now: datetime, changes: dict[str, Any]) -> FirmEvent:
    """Leave one line in a firm's history."""
    firm_id = firm.pk if isinstance(firm, Firm) else firm
    return FirmEvent.objects.create(
        firm_id=firm_id, **FirmEvent.draft(by=by, step=step, side="firm", now=now, changes=changes)
    )
