"""What every step of a protection leaves: a line in the agreement's chain, and news for a firm."""

from datetime import datetime

from django.urls import reverse

from contracts.actions.history import Done, record
from contracts.models import ProtectedClient
from partnernet.core import notify
from partnernet.core.actors import CLOCK
from partnernet.core.workflow import SYSTEM
from partners.models import Firm, Member

TOLD = ("owner", "dispatcher")


def note(
    protected: ProtectedClient, step: str, *, now: datetime, by: Member | None = None, changes: dict[str, str]
) -> None:
    """Write one line of history. The caller holds the agreement's lock."""
    agreement = protected.agreement
    side = agreement.side_of(by.firm_id) if by else SYSTEM
    record(
        agreement,
        Done(step, side, agreement.status, agreement.status, changes=changes),
        by=by or CLOCK,
        now=now,
        about=protected,
    )


def tell(protected: ProtectedClient, kind: str, firm: Firm, *, now: datetime, **context: str) -> None:
    """Owe a firm's owners and dispatchers the news about one protection."""
    notify.owe(
        kind,
        to=Member.objects.active().addressees(firm.pk, *TOLD),
        now=now,
        path=reverse("protected-client", args=[firm.pk, protected.pk]),
        context={
            "client": protected.client_name,
            "prime": protected.prime.name,
            "sub": protected.sub.name,
            "tail_months": protected.tail_months,
            **context,
        },
        subject_id=protected.agreement_id,
    )
