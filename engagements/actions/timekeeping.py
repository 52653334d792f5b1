"""Time worked under cover: logged by whoever worked, struck out when it was wrong, handed in with a part."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from contracts.actions import protection
from engagements.actions.history import record_order
from engagements.actions.visits import lock, require_crew
from engagements.models import CallOff, Submission, TimeEntry, WorkOrder
from engagements.values import instant_of
from engagements.workflow import LEADS
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.localtime import day_in
from partners.models import Member

RUNS = (WorkOrder.Status.ASSIGNED, WorkOrder.Status.IN_PROGRESS)
A_DAY = 24 * 60


@dataclass(frozen=True)
class Worked:
    """Time to log: minutes of a day, or a start and an end on the clock of the place. `person` is whoever logs it, if not named."""

    minutes: int | None = None
    on: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    call_off: UUID | None = None
    person: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class _Read:
    """What was worked, as it is kept."""

    minutes: int
    on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@transaction.atomic
def log(order: WorkOrder, worked: Worked, *, by: Member, now: datetime | None = None) -> TimeEntry:
    """Log time that a person worked, on a call-off or on the cover itself.

    Raises RuleBroken over the cap of the call-off, Invalid for time that is still to come, outside the cover, or twice.
    """
    order = lock(order)
    now = now or clock.now()
    require_crew(order, by)
    if not order.is_cover:
        raise RuleBroken("Time is logged under cover. Of other work the visits count.")
    if order.status not in RUNS:
        raise IllegalStep("This cover does not run now, so no time is logged.")
    read = _read(order, worked, now=now)
    person = _person(worked.person, by=by)
    called = _call_off(order, worked.call_off)
    _require_within_cap(called, read.minutes)
    _require_once(person, read)

    entry = TimeEntry.objects.create(
        work_order=order, call_off=called, person=person, worked_on=read.on, minutes=read.minutes,
        starts_at=read.starts_at, ends_at=read.ends_at, note=worked.note.strip()[:300], logged_by=by, logged_at=now,
    )  # fmt: skip
    changes = {"minutes": read.minutes, "on": read.on.isoformat(), "ticket": called.ticket if called else ""}
    record_order(order, "time_logged", by=by, now=now, side="sub", changes=changes)
    protection.serviced(
        prime_id=order.prime_id, sub_id=by.firm_id, client_id=called.client_id if called else order.client_id,
        on=read.on, now=now,
    )  # fmt: skip
    return entry


def _read(order: WorkOrder, worked: Worked, *, now: datetime) -> _Read:
    """Return what was worked. Raises Invalid with a sentence by field."""
    if worked.starts or worked.ends:
        read = _from_clock(order, worked, now=now)
    else:
        today = day_in(now, order.timezone)
        read = _Read(worked.minutes or 0, worked.on or today)
        if read.on > today:
            raise Invalid({"on": ["This day is still to come."]})
    if not 1 <= read.minutes <= A_DAY:
        raise Invalid({"minutes": ["Between 1 minute and 24 hours."]})
    span = order.span()
    if not span.starts.date() <= read.on <= span.ends.date():
        raise Invalid({"on": ["Cover does not run on this day."]})
    return read


def _from_clock(order: WorkOrder, worked: Worked, *, now: datetime) -> _Read:
    if worked.starts is None or worked.ends is None:
        missing = "ends" if worked.ends is None else "starts"
        raise Invalid({missing: ["Say from when and until when."]})
    starts_at = instant_of(worked.starts, order.timezone, field="starts")
    ends_at = instant_of(worked.ends, order.timezone, field="ends")
    if ends_at <= starts_at:
        raise Invalid({"ends": ["It ends after it begins."]})
    if ends_at > now:
        raise Invalid({"ends": ["This time is still to come."]})
    minutes = int((ends_at - starts_at) / timedelta(minutes=1))
    return _Read(minutes, worked.starts.date(), starts_at, starts_at + timedelta(minutes=minutes))


def _person(key: UUID | None, *, by: Member) -> Member:
    if key is None or key == by.pk:
        return by
    if by.role not in LEADS:
        raise WrongRole("You log your own time. An owner or a dispatcher logs that of others.")
    person = Member.objects.active().of(by.firm_id).filter(pk=key).first()
    if person is None:
        raise Invalid({"person": ["Choose somebody of your firm."]})
    return person


def _call_off(order: WorkOrder, key: UUID | None) -> CallOff | None:
    if key is None:
        return None
    called = CallOff.objects.locked().filter(work_order=order, pk=key).first()
    if called is None:
        raise Invalid({"call_off": ["This call-off is not under this cover."]})
    if called.acknowledged_at is None:
        raise RuleBroken("Answer the call-off first. Then its time can be logged.", code="not_acknowledged")
    return called


def _require_within_cap(called: CallOff | None, minutes: int) -> None:
    if called is None:
        return
    left = int(called.cap_hours * 60) - TimeEntry.objects.filter(call_off=called).minutes()
    if minutes > left:
        raise RuleBroken(
            f"{called.ticket} has {max(0, left)} minutes left of its {called.cap_hours.normalize():f} hours."
            " Ask for more before you go on.",
            code="over_the_cap", field="minutes",
        )  # fmt: skip


def _require_once(person: Member, read: _Read) -> None:
    """Refuse time that the person has logged already: nobody works twice at once, or more than a day a day."""
    logged = TimeEntry.objects.standing().filter(person=person)
    if read.starts_at and logged.filter(starts_at__lt=read.ends_at, ends_at__gt=read.starts_at).exists():
        raise Invalid({"starts": ["Some of this time is logged already."]})
    if logged.filter(worked_on=read.on).minutes() + read.minutes > A_DAY:
        raise Invalid({"minutes": ["That is more than 24 hours on this day."]})


@transaction.atomic
def strike(entry: TimeEntry, *, by: Member, now: datetime | None = None) -> TimeEntry:
    """Strike out time that was logged wrongly, until it is handed in. It stays to be read."""
    order = lock(entry.work_order)
    entry = TimeEntry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    now = now or clock.now()
    require_crew(order, by)
    if entry.person_id != by.pk and by.role not in LEADS:
        raise WrongRole("You strike out your own time. An owner or a dispatcher strikes out that of others.")
    if entry.struck_at is not None or entry.submission_id is not None:
        raise IllegalStep("Time that was handed in, or struck out, stays as it is.")

    entry.struck_by, entry.struck_at = by, now
    entry.save(update_fields=["struck_by", "struck_at"])
    changes = {"minutes": entry.minutes, "on": entry.worked_on.isoformat()}
    record_order(order, "time_struck", by=by, now=now, side="sub", changes=changes)
    return entry


def hand_in(order: WorkOrder, submission: Submission) -> None:
    """Put what was logged under a locked order into what is handed in."""
    TimeEntry.objects.filter(work_order=order).not_handed_in().update(submission=submission)


def give_back(submission: Submission) -> None:
    """Take the time out of a part that was sent back: it can be put right, and goes with the next one."""
    TimeEntry.objects.filter(submission=submission).update(submission=None)
