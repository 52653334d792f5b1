"""What is told to whom about call-offs. Until one is answered, the sub reads no client's name."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from engagements import wording
from engagements.models import Assignment, CallOff, WorkOrder
from partnernet.core.localtime import to_local
from partnernet.core.notify import Addressee, owe
from partners.models import Member

LEADS = ("owner", "dispatcher")


def _facts(order: WorkOrder, called: CallOff) -> dict[str, Any]:
    town = called.site.town or called.site.state if called.site else ""
    return {
        "order": order.reference,
        "prime": order.prime.name,
        "sub": order.sub.name if order.sub else "",
        "ticket": called.ticket,
        "what": called.what,
        "town": town,
        "cap": f"{called.cap_hours.normalize():f}",
        "answer_by": f"{wording.moment(to_local(called.answer_by, order.timezone))} ({order.timezone})",
    }


def _keepers(order: WorkOrder, called: CallOff) -> list[Addressee]:
    """Return who answers: the leads of the firm that stands by, who keeps the cover, and who goes."""
    if order.sub_id is None:
        return []
    assignment = Assignment.objects.current().filter(work_order=order).first()
    named = [assignment.technician_id, assignment.backup_id] if assignment else []
    people = Member.objects.active().of(order.sub_id).filter(pk__in=[*filter(None, named), *filter(None, [called.technician_id])])  # fmt: skip
    found = [*Member.objects.active().addressees(order.sub_id, *LEADS)]
    found += [person.addressee() for person in people.select_related("user").order_by("pk")]
    return list({each.email: each for each in found}.values())


def _tell_sub(kind: str, order: WorkOrder, called: CallOff, *, now: datetime, **more: Any) -> int:
    once, urgent = more.pop("once", ""), more.pop("urgent", False)
    path = reverse("call-off", args=[order.sub_id, called.pk])
    told = owe(
        kind, to=_keepers(order, called), now=now, path=path, context=_facts(order, called) | more, subject_id=called.pk,
        once=once, urgent=urgent,
    )  # fmt: skip
    return len(told)


def _tell_prime(kind: str, order: WorkOrder, called: CallOff, *, now: datetime, **more: Any) -> int:
    once = more.pop("once", "")
    facts = _facts(order, called) | {"client": called.client.name} | more
    path = reverse("call-off", args=[order.prime_id, called.pk])
    to = Member.objects.active().addressees(order.prime_id, *LEADS)
    return len(owe(kind, to=to, now=now, path=path, context=facts, subject_id=called.pk, once=once))


def called(order: WorkOrder, made: CallOff, *, now: datetime) -> None:
    _tell_sub("call_off_called", order, made, now=now, urgent=True)


def waiting(order: WorkOrder, made: CallOff, *, now: datetime) -> int:
    return _tell_sub("call_off_waiting", order, made, now=now, urgent=True, once=f"{made.pk}:half")


def missed(order: WorkOrder, made: CallOff, *, now: datetime) -> int:
    once = f"{made.pk}:missed"
    told = _tell_prime("call_off_missed", order, made, now=now, once=once, ours=True)
    return told + _tell_sub(
        "call_off_missed", order, made, now=now, once=once, urgent=True, ours=False, client=""
    )


def acknowledged(order: WorkOrder, made: CallOff, *, now: datetime) -> None:
    who = made.technician.user.called if made.technician else ""
    _tell_prime("call_off_acknowledged", order, made, now=now, who=who, late=made.answered_late(now))


def cap_raised(order: WorkOrder, made: CallOff, *, now: datetime) -> None:
    _tell_sub("call_off_cap_raised", order, made, now=now)


def done(order: WorkOrder, made: CallOff, *, now: datetime) -> None:
    _tell_prime("call_off_done", order, made, now=now)


def cancelled(order: WorkOrder, made: CallOff, *, reason: str, now: datetime) -> None:
    _tell_sub("call_off_cancelled", order, made, now=now, reason=reason)
