"""Letting a protected client go: the prime releases it, for nothing or for a fee that the sub agrees to."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracts.actions.protection_news import note, tell
from contracts.models import Agreement, ClientRelease, ProtectedClient
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, WrongRole, WrongSide
from partners.models import Member

MOST_PERCENT = Decimal(50)
Status = ClientRelease.Status


@transaction.atomic
def offer(
    protected: ProtectedClient,
    *,
    by: Member,
    fee_percent: Decimal = Decimal(0),
    note_to_them: str = "",
    now: datetime | None = None,
) -> ClientRelease:
    """Release a client: at once without a fee; with one, when an owner of the sub agrees to it.

    Raises Invalid for a fee above half of the first year's revenue.
    """
    protected, now = _taken(protected, by, now)
    _side(by, protected.prime_id, "The firm whose client it is releases it.")
    if not 0 <= fee_percent <= MOST_PERCENT:
        raise Invalid({"fee_percent": ["Between 0 and 50 percent of the first year's revenue."]})
    if protected.status != ProtectedClient.Status.PROTECTED:
        raise IllegalStep("This client was released already.")
    if protected.releases.offered().exists():
        raise IllegalStep("A release waits for their answer. Take it back first.")

    made = ClientRelease(
        protected_client=protected,
        fee_percent=fee_percent,
        note=note_to_them.strip()[:500],
        offered_by=by.user,
        offered_at=now,
    )
    if not fee_percent:
        made.status, made.answered_by, made.answered_at = Status.TAKEN, by.user, now
    made.save(force_insert=True)
    if made.status == Status.TAKEN:
        _let_go(protected)
    note(protected, "offer_release", by=by, now=now, changes=_facts(made))
    tell(protected, "client_released", protected.sub, now=now, fee=_fee(made), note=made.note)
    return made


def take(made: ClientRelease, *, by: Member, now: datetime | None = None) -> ClientRelease:
    """Agree to the fee: the client may be served as the sub's own from now on."""
    return _answer(made, Status.TAKEN, by=by, now=now)


def refuse(made: ClientRelease, *, by: Member, now: datetime | None = None) -> ClientRelease:
    """Leave the client where it is: it stays protected, and nobody owes anything."""
    return _answer(made, Status.REFUSED, by=by, now=now)


def withdraw(made: ClientRelease, *, by: Member, now: datetime | None = None) -> ClientRelease:
    """Take an offer back that nobody has answered."""
    return _answer(made, Status.WITHDRAWN, by=by, now=now)


@transaction.atomic
def _answer(made: ClientRelease, status: str, *, by: Member, now: datetime | None) -> ClientRelease:
    protected, now = _taken(made.protected_client, by, now)
    made = protected.releases.get(pk=made.pk)
    if status == Status.WITHDRAWN:
        _side(by, protected.prime_id, "The firm that offered the release takes it back.")
    else:
        _side(by, protected.sub_id, "The firm that would get the client answers this.")
    if made.status != Status.OFFERED:
        raise IllegalStep("This release was answered already.")

    made.status, made.answered_by, made.answered_at = status, by.user, now
    made.save(update_fields=["status", "answered_by", "answered_at"])
    if status == Status.TAKEN:
        _let_go(protected)
    note(protected, f"release_{status}", by=by, now=now, changes=_facts(made))
    other = protected.sub if status == Status.WITHDRAWN else protected.prime
    tell(protected, "release_answered", other, now=now, answer=status, fee=_fee(made))
    return made


def _let_go(protected: ProtectedClient) -> None:
    protected.status = ProtectedClient.Status.RELEASED
    protected.save(update_fields=["status"])


def _taken(protected: ProtectedClient, by: Member, now: datetime | None) -> tuple[ProtectedClient, datetime]:
    """Lock the agreement, then read the protection again."""
    Agreement.objects.locked().get(pk=protected.agreement_id)
    protected = ProtectedClient.objects.visible_to(by.firm_id).with_parties().get(pk=protected.pk)
    return protected, now or clock.now()


def _side(by: Member, firm_id: object, sentence: str) -> None:
    if by.firm_id != firm_id:
        raise WrongSide(sentence)
    if by.role != "owner":
        raise WrongRole("Only an owner lets a client go, or takes one over.")


def _facts(made: ClientRelease) -> dict[str, str]:
    return {"client": made.protected_client.client_name, "fee_percent": f"{made.fee_percent:f}"}


def _fee(made: ClientRelease) -> str:
    return f"{made.fee_percent.normalize():f} %" if made.fee_percent else ""
