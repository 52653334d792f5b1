"""What is told to whom about visits, problems, changes and work that was handed in."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from engagements import wording
from engagements.models import ChangeRequest, Problem, Submission, Visit, WorkOrder
from partnernet.core import money
from partnernet.core.localtime import to_local
from partnernet.core.notify import Addressee, owe
from partners.models import Firm, Member

LEADS = ("owner", "dispatcher")


def _facts(order: WorkOrder) -> dict[str, Any]:
    return {
        "order": order.reference,
        "title": order.title,
        "prime": order.prime.name,
        "sub": order.sub.name if order.sub else "",
        "client": order.client.name,
        "town": order.site.town or order.site.name,
        "schedule": wording.schedule(order),
    }


def _leads(firm: Firm | None) -> list[Addressee]:
    return Member.objects.active().addressees(firm.pk, *LEADS) if firm else []


def _tell_prime(kind: str, order: WorkOrder, *, now: datetime, once: str = "", **more: Any) -> int:
    path = reverse("work-order", args=[order.prime_id, order.pk])
    told = owe(
        kind,
        to=_leads(order.prime),
        now=now,
        path=path,
        context=_facts(order) | more,
        subject_id=order.pk,
        once=once,
    )
    return len(told)


def _tell_sub(kind: str, order: WorkOrder, *, now: datetime, once: str = "", **more: Any) -> int:
    path = reverse("work-order", args=[order.sub_id, order.pk])
    told = owe(
        kind,
        to=_leads(order.sub),
        now=now,
        path=path,
        context=_facts(order) | more,
        subject_id=order.pk,
        once=once,
    )
    return len(told)


def _tell_technician(kind: str, order: WorkOrder, visit: Visit, *, now: datetime, once: str) -> int:
    """Tell who goes; where nobody is named, the leads of their firm."""
    named = visit.technician
    to = [named.addressee()] if named else _leads(order.sub)
    path = reverse("visit", args=[order.sub_id, visit.pk])
    return len(owe(kind, to=to, now=now, path=path, context=_facts(order), subject_id=order.pk, once=once))


def technician_named(order: WorkOrder, person: Member, *, now: datetime) -> None:
    path = reverse("today", args=[order.sub_id])
    owe(
        "technician_named",
        to=[person.addressee()],
        now=now,
        path=path,
        context=_facts(order),
        subject_id=order.pk,
    )


def backup_sent(order: WorkOrder, person: Member, *, now: datetime) -> None:
    """Tell the backup to go now, and the leads of their firm; both at once."""
    more = _facts(order) | {"backup": person.user.called}
    leads = [each for each in _leads(order.sub) if each.user_id != person.user_id]
    today = reverse("today", args=[order.sub_id])
    page = reverse("work-order", args=[order.sub_id, order.pk])
    for path, to in ((today, [person.addressee()]), (page, leads)):
        owe("backup_sent", to=to, now=now, path=path, context=more, subject_id=order.pk, urgent=True)


def on_the_way(order: WorkOrder, visit: Visit, *, now: datetime) -> None:
    who = visit.technician.user.called if visit.technician else (order.sub.name if order.sub else "")
    _tell_prime("on_the_way", order, now=now, who=who)


def started(order: WorkOrder, by: Member, *, now: datetime) -> None:
    _tell_prime(
        "work_started",
        order,
        now=now,
        who=by.user.called,
        at=wording.clock_time(to_local(now, order.timezone)),
    )


def problem_opened(order: WorkOrder, problem: Problem, *, now: datetime) -> None:
    more = {"problem": problem.get_kind_display(), "text": problem.text, "who": problem.opened_by.user.called}
    tell = _tell_prime if problem.opened_by.firm_id == order.sub_id else _tell_sub
    tell("problem_opened", order, now=now, **more)


def client_asked(order: WorkOrder, what: str, by: Member, *, client: str, now: datetime) -> None:
    _tell_prime("client_asked_for_more", order, now=now, what=what, who=by.user.called, client=client)


def submitted(order: WorkOrder, submission: Submission, *, now: datetime) -> None:
    _tell_prime(
        "work_submitted",
        order,
        now=now,
        part=submission.is_part,
        amount=money.show(submission.amount, submission.currency),
        units=wording.units(submission.units, order.engagement.unit_noun),
        hours=f"{submission.hours.normalize():f}",
        silence=wording.day(to_local(submission.silence_at, order.prime.timezone)),
    )


def part_invited(order: WorkOrder, *, now: datetime, once: str) -> int:
    return _tell_sub("part_invited", order, now=now, once=once)


def sent_back(order: WorkOrder, submission: Submission, *, now: datetime) -> None:
    _tell_sub("work_sent_back", order, now=now, reason=submission.reason)


def held(order: WorkOrder, reason: str, *, now: datetime) -> None:
    _tell_sub("work_on_hold", order, now=now, reason=reason)


def resumed(order: WorkOrder, *, now: datetime) -> None:
    _tell_sub("work_goes_on", order, now=now)


def approved(order: WorkOrder, submission: Submission, *, now: datetime) -> None:
    amount = money.show(submission.amount, submission.currency)
    _tell_sub("work_approved", order, now=now, amount=amount, by_silence=submission.by_silence)
    if submission.by_silence:
        _tell_prime("work_approved_by_silence", order, now=now, amount=amount)


def confirm_visit(order: WorkOrder, visit: Visit, *, now: datetime, once: str) -> int:
    return _tell_technician("visit_confirm", order, visit, now=now, once=once)


def visit_unconfirmed(order: WorkOrder, *, now: datetime, once: str) -> int:
    return _tell_prime("visit_unconfirmed", order, now=now, once=once)


def missed_start(order: WorkOrder, *, now: datetime, once: str) -> int:
    told = _tell_prime("start_missed", order, now=now, once=once)
    return told + _tell_sub("start_missed", order, now=now, once=once)


def approval_waiting(order: WorkOrder, submission: Submission, *, now: datetime, once: str) -> int:
    owners = Member.objects.active().addressees(order.prime_id, "owner")
    more = {
        "amount": money.show(submission.amount, submission.currency),
        "silence": wording.day(to_local(submission.silence_at, order.prime.timezone)),
    }
    path = reverse("work-order", args=[order.prime_id, order.pk])
    told = owe(
        "approval_waiting",
        to=owners,
        now=now,
        path=path,
        context=_facts(order) | more,
        subject_id=order.pk,
        once=once,
    )
    return len(told)


def change_asked(order: WorkOrder, asked: ChangeRequest, *, now: datetime) -> None:
    tell = _tell_prime if asked.side == ChangeRequest.Side.SUB else _tell_sub
    tell("change_asked", order, now=now, **_change(asked))


def change_decided(order: WorkOrder, asked: ChangeRequest, *, now: datetime) -> None:
    """Tell the firm that asked, and the technician who did: without the other firm's words, which may name a price."""
    more = _change(asked) | {"agreed": asked.status == ChangeRequest.Status.AGREED}
    tell = _tell_sub if asked.side == ChangeRequest.Side.SUB else _tell_prime
    tell("change_decided", order, now=now, reason=asked.reason, **more)
    _tell_asker("change_decided", order, asked, now=now, reason="", **more)


def change_withdrawn(order: WorkOrder, asked: ChangeRequest, *, now: datetime) -> None:
    tell = _tell_prime if asked.side == ChangeRequest.Side.SUB else _tell_sub
    tell("change_withdrawn", order, now=now, **_change(asked))


def change_lapsed(order: WorkOrder, asked: ChangeRequest, *, now: datetime) -> None:
    tell = _tell_sub if asked.side == ChangeRequest.Side.SUB else _tell_prime
    tell("change_lapsed", order, now=now, **_change(asked))
    _tell_asker("change_lapsed", order, asked, now=now, **_change(asked))


def visit_moved(order: WorkOrder, visit: Visit, *, now: datetime) -> None:
    _tell_technician("visit_moved", order, visit, now=now, once="")


def _change(asked: ChangeRequest) -> dict[str, Any]:
    return {"what": wording.change(asked), "text": asked.text, "who": asked.asked_by.user.called}


def _tell_asker(kind: str, order: WorkOrder, asked: ChangeRequest, *, now: datetime, **more: Any) -> None:
    """Tell a technician who asked, on the page of a visit; the leads are told as such."""
    if asked.asked_by.role in LEADS:
        return
    visit = order.visits.filter(technician=asked.asked_by_id).order_by("number").last()
    path = reverse("visit", args=[order.sub_id, visit.pk]) if visit else ""
    to = [asked.asked_by.addressee()]
    owe(kind, to=to, now=now, path=path, context=_facts(order) | more, subject_id=order.pk)
