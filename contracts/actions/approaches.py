"""Passing on what a client asked for, and what becomes of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from contracts.actions import announcing, terms_now
from contracts.models import Agreement, ApproachEvent, ApproachReport
from contracts.workflow import APPROACH
from partnernet.core import clock, localtime, notify
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongSide
from partnernet.core.notify import Addressee
from partnernet.core.workflow import SYSTEM, Step
from partners.actions import scores
from partners.models import Firm, Member

LONGEST = 500
REPORT_DAYS = 2
"""Business days after the talk within which a report counts as in time, where no agreement says otherwise."""
ANSWER_DAYS = 2
MOST_PERCENT = Decimal(50)
BATCH = 500
Status = ApproachReport.Status


@dataclass(frozen=True, slots=True)
class Talk:
    """What a client asked for: the one-minute form. `asked_on` is the day of the talk, today if it was not said."""

    what: str
    who: str = ""
    urgent: bool = False
    quoted: bool = False
    asked_on: date | None = None


def report(  # noqa: PLR0913 - the interface of the app above: four keys, the talk and the time
    talk: Talk,
    *,
    prime_id: UUID,
    sub_id: UUID,
    client_id: UUID,
    work_order_id: UUID,
    by: Member,
    now: datetime | None = None,
) -> ApproachReport:
    """Keep that a client asked the sub for more. In time and without a quote it counts for the sub's trust, once for each order."""
    if by.firm_id != sub_id:
        raise WrongSide("The firm that was asked passes it on.")
    now = now or clock.now()
    prime, sub = Firm.objects.get(pk=prime_id), Firm.objects.get(pk=sub_id)
    today = localtime.day_in(now, sub.timezone)
    asked_on = _checked(talk, today=today)
    late = localtime.business_days_between(asked_on, today, frozenset(sub.holidays))

    kept = ApproachReport.objects.create(
        prime=prime,
        sub=sub,
        client_id=client_id,
        work_order_id=work_order_id,
        what=talk.what.strip(),
        who=talk.who.strip()[:120],
        urgent=talk.urgent,
        quoted=talk.quoted,
        asked_on=asked_on,
        in_time=late <= _report_days(prime_id, sub_id, now),
        reported_by=by,
        reported_at=now,
        answer_by=localtime.business_deadline(now, ANSWER_DAYS, prime.timezone, frozenset(prime.holidays)),
    )
    _record(kept, "report", by=by, side="sub", now=now, was="")
    if kept.in_time and not kept.quoted:
        scores.record(
            sub,
            dimension="trust",
            kind="approach_reported",
            occurred_on=now.date(),
            counterparty=prime,
            subject_id=work_order_id,
        )
    return kept


def _checked(talk: Talk, *, today: date) -> date:
    """Return the day of the talk. Raises Invalid beside the field at fault."""
    if not talk.what.strip():
        raise Invalid({"what": ["One sentence is enough: what did they ask for?"]})
    if len(talk.what) > LONGEST:
        raise Invalid({"what": [f"At most {LONGEST} characters."]})
    asked_on = talk.asked_on or today
    if asked_on > today:
        raise Invalid({"asked_on": ["This day has not come yet."]})
    return asked_on


def _report_days(prime_id: UUID, sub_id: UUID, now: datetime) -> int:
    in_force = Agreement.objects.between(prime_id, sub_id).binding(now).for_notice()
    days = (terms_now.values_at(one, now).get("report_days") for one in in_force.order_by("-ends_at", "pk"))
    return int(next((each for each in days if each), REPORT_DAYS))


@transaction.atomic
def acknowledge(approach: ApproachReport, *, by: Member, now: datetime | None = None) -> ApproachReport:
    """Say that the prime has heard it; what becomes of it is said later."""
    approach, step, now = _step("acknowledge", approach, by=by, now=now)

    approach.acknowledged_at, approach.acknowledged_by = now, by
    _move(approach, step, by=by, now=now, columns=["acknowledged_at", "acknowledged_by"])
    return approach


def refer_back(
    approach: ApproachReport, *, by: Member, answer: str = "", now: datetime | None = None
) -> ApproachReport:
    """Take it over: the prime talks with its client itself."""
    return _answer("refer_back", approach, by=by, answer=answer, now=now)


def decline(
    approach: ApproachReport, *, by: Member, reason: str, now: datetime | None = None
) -> ApproachReport:
    """Say that it is not done. The client stays protected all the same."""
    return _answer("decline", approach, by=by, answer=reason, now=now)


def became_change(
    approach: ApproachReport, change_id: UUID, *, by: Member, now: datetime | None = None
) -> ApproachReport:
    """Keep that it became a change of the running work. For the app that knows changes."""
    return _answer("make_change", approach, by=by, became=change_id, now=now)


def became_work(
    approach: ApproachReport, order_id: UUID, *, by: Member, now: datetime | None = None
) -> ApproachReport:
    """Keep that it became work of its own, which is offered to the reporter first. For the app that knows orders."""
    return _answer("make_work", approach, by=by, became=order_id, now=now)


@transaction.atomic
def release(
    approach: ApproachReport,
    *,
    by: Member,
    fee_percent: Decimal = Decimal(0),
    answer: str = "",
    now: datetime | None = None,
) -> ApproachReport:
    """Let the reporter do what was asked for: at once without a fee; with one, when an owner of theirs agrees."""
    approach, step, now = _step("release", approach, by=by, now=now)
    if not 0 <= fee_percent <= MOST_PERCENT:
        raise Invalid({"fee_percent": ["Between 0 and 50 percent of the first year's revenue."]})

    approach.fee_percent, approach.answer = fee_percent, answer.strip()[:LONGEST]
    if not fee_percent:
        _decided(approach, step, Status.RELEASED, by=by, now=now)
        return approach
    if approach.acknowledged_at is None:
        approach.acknowledged_at, approach.acknowledged_by = now, by
    columns = ["fee_percent", "answer", "acknowledged_at", "acknowledged_by"]
    _move(approach, step, by=by, now=now, columns=columns, to=Status.ACKNOWLEDGED, reason=approach.answer)
    _tell("approach_release_offered", approach, _leads(approach.sub_id, "owner"), now=now)
    return approach


@transaction.atomic
def take_release(approach: ApproachReport, *, by: Member, now: datetime | None = None) -> ApproachReport:
    """Agree to the fee: the work asked for is the reporter's."""
    approach, step, now = _step("take_release", approach, by=by, now=now)
    _require_fee(approach)

    _decided(approach, step, step.target, by=by, now=now)
    return approach


@transaction.atomic
def refuse_release(approach: ApproachReport, *, by: Member, now: datetime | None = None) -> ApproachReport:
    """Not for this fee: the prime answers in another way."""
    approach, step, now = _step("refuse_release", approach, by=by, now=now)
    _require_fee(approach)

    approach.fee_percent, approach.answer = None, ""
    _move(approach, step, by=by, now=now, columns=["fee_percent", "answer"])
    _tell("approach_release_refused", approach, _leads(approach.prime_id, "owner", "dispatcher"), now=now)
    return approach


@transaction.atomic
def close(approach: ApproachReport, *, by: Member, now: datetime | None = None) -> ApproachReport:
    """Put it away: what was to become of it has."""
    approach, step, now = _step("close", approach, by=by, now=now)

    approach.closed_at = now
    _move(approach, step, by=by, now=now, columns=["closed_at"])
    return approach


def escalate_due(*, now: datetime | None = None) -> int:
    """Tell the prime's owners of every report that was not answered in time; return how many. Silence never releases a client."""
    now = now or clock.now()
    due, done = ApproachReport.objects.silent(now).order_by("answer_by", "pk"), 0
    for key in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True).with_people()
            found = locked.filter(pk=key).first()
            if found:
                _escalate(found, now=now)
                done += 1
    return done


def _escalate(approach: ApproachReport, *, now: datetime) -> None:
    step = APPROACH.check("escalate", status=approach.status, side=SYSTEM, role=CLOCK.role)
    approach.escalated_at = now
    _move(approach, step, by=CLOCK, now=now, columns=["escalated_at"], to=approach.status)
    _tell("approach_unanswered", approach, _leads(approach.prime_id, "owner"), now=now)


@transaction.atomic
def _answer(  # noqa: PLR0913 - one answer's facts
    name: str,
    approach: ApproachReport,
    *,
    by: Member,
    answer: str = "",
    became: UUID | None = None,
    now: datetime | None = None,
) -> ApproachReport:
    approach, step, now = _step(name, approach, by=by, now=now, reason=answer)
    approach.answer, approach.became_id, approach.fee_percent = answer.strip()[:LONGEST], became, None
    _decided(approach, step, step.target, by=by, now=now)
    return approach


def _decided(approach: ApproachReport, step: Step, to: str, *, by: Member, now: datetime) -> None:
    """Write the answer, and tell whoever passed it on. Of a fee, the answer was the prime's already."""
    approach.answered_at, approach.answered_by = now, by
    columns = ["answered_at", "answered_by", "answer", "became_id", "fee_percent"]
    _move(approach, step, by=by, now=now, columns=columns, to=to, reason=approach.answer)
    if by.firm_id == approach.sub_id:
        _tell("approach_release_taken", approach, _leads(approach.prime_id, "owner", "dispatcher"), now=now)
    else:
        _tell_reporters(approach, now=now)


def _step(
    name: str, approach: ApproachReport, *, by: Member, now: datetime | None, reason: str = ""
) -> tuple[ApproachReport, Step, datetime]:
    """Lock the report, read it again, and ask the table."""
    approach = ApproachReport.objects.locked().with_people().get(pk=approach.pk)
    side = approach.side_of(by.firm_id)
    step = APPROACH.check(name, status=approach.status, side=side, role=by.role, reason=reason)
    return approach, step, now or clock.now()


def _move(  # noqa: PLR0913 - one step's facts
    approach: ApproachReport,
    step: Step,
    *,
    by: Actor,
    now: datetime,
    columns: list[str],
    to: str = "",
    reason: str = "",
) -> None:
    was, approach.status = approach.status, to or step.target
    approach.save(update_fields=["status", *columns])
    _record(approach, step.name, by=by, side=step.side, now=now, was=was, reason=reason)


def _record(  # noqa: PLR0913 - one line of history
    approach: ApproachReport, name: str, *, by: Actor, side: str, now: datetime, was: str, reason: str = ""
) -> None:
    fee = {"fee_percent": f"{approach.fee_percent:f}"} if approach.fee_percent else {}
    values = ApproachEvent.draft(
        by=by, step=name, side=side, now=now, statuses=(was, approach.status), reason=reason, changes=fee
    )
    ApproachEvent.objects.create(report=approach, **values)
    announcing.of_report(approach, announcing.Taken(name, by.firm_id, now))


def _require_fee(approach: ApproachReport) -> None:
    if approach.fee_percent is None:
        raise IllegalStep("Nobody has offered to release this for a fee.")


def first_offer_owed(order_id: UUID) -> Firm | None:
    """Return the firm that passed on what this order is for: it is asked before any other."""
    owed = ApproachReport.objects.owed_first_offer(order_id).select_related("sub").order_by("pk").first()
    return owed.sub if owed else None


def _leads(firm_id: UUID, *roles: str) -> list[Addressee]:
    return Member.objects.active().addressees(firm_id, *roles)


def _tell_reporters(approach: ApproachReport, *, now: datetime) -> None:
    """Tell whoever leads the sub, and the person who passed it on."""
    leads = _leads(approach.sub_id, "owner", "dispatcher")
    _tell("approach_answered", approach, leads, now=now)
    who = approach.reported_by
    if who.is_active and who.user_id not in {each.user_id for each in leads}:
        reporter = Addressee(who.user.email, who.user.name, who.user_id, who.firm_id)
        page = reverse("today" if who.role == "technician" else "approaches", args=[who.firm_id])
        _tell("approach_answered", approach, [reporter], now=now, path=page)


def _tell(kind: str, approach: ApproachReport, to: list[Addressee], *, now: datetime, path: str = "") -> None:
    side = approach.prime if to and to[0].firm_id == approach.prime_id else approach.sub
    notify.owe(
        kind,
        to=to,
        now=now,
        path=path or reverse("approach", args=[side.pk, approach.pk]),
        context={
            "client": approach.client.name,
            "prime": approach.prime.name,
            "sub": approach.sub.name,
            "what": approach.what,
            "answer": approach.answer,
            "outcome": approach.status,
            "fee": f"{approach.fee_percent.normalize():f} %" if approach.fee_percent else "",
        },
        subject_id=approach.pk,
    )


def require_reporter_first(order_id: UUID, first: UUID, *, asked: set[UUID], alone: bool) -> None:
    """Refuse to ask another firm for work before the one that passed it on.

    `first` is the firm asked first, `alone` says that no other is asked at the same time, `asked` are those asked before.
    """
    owed = first_offer_owed(order_id)
    if owed is None or owed.pk in asked or (alone and owed.pk == first):
        return
    raise RuleBroken(
        f"{owed.name} passed this on, so it gets the first offer. Ask it first, alone or one after the other.",
        code="first_offer_owed",
    )
