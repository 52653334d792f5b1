"""How work, dates and terms are said: on pages, in mails, in history. Pure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engagements import deadlines, pay
from engagements.models import ChangeRequest, OfferRevision
from engagements.models.terms import Terms
from engagements.shortfall import plural
from partnernet.core import money
from partnernet.core.localtime import to_local
from partners.scoring import DaysToPay


def clock_time(local: datetime) -> str:
    """Write 9 am, 5 pm, 9:30 am, noon, midnight."""
    if local.minute == 0 and local.hour in (0, 12):
        return "noon" if local.hour else "midnight"
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'am' if local.hour < 12 else 'pm'}"


def day(local: datetime | date) -> str:
    return f"{local.day} {local:%B}"


def moment(local: datetime) -> str:
    """Write 8 March, 9 am."""
    return f"{day(local)}, {clock_time(local)}"


def schedule(terms: Terms | ChangeRequest) -> str:
    """Write when the work is done, in the time of its place: 8 March, 9 am to 11 am · 8–9 March · by 9 March, 5 pm."""
    starts, ends = terms.starts_local, terms.ends_local
    if terms.schedule_kind == deadlines.ASAP:
        return "as soon as possible: whoever takes it says when"
    if starts is None:
        return f"by {moment(ends)}" if ends else "no date yet"
    if ends is None:
        return f"{moment(starts)} sharp"
    if terms.schedule_kind in (deadlines.COVER, deadlines.PICK_START):
        return cover(starts, ends) if terms.schedule_kind == deadlines.COVER else _to_pick(starts, ends)
    if starts.date() == ends.date():
        return f"{day(starts)}, arrive {clock_time(starts)} to {clock_time(ends)}"
    return f"{dates(starts, ends)}, from {clock_time(starts)}"


def _to_pick(starts: datetime, ends: datetime) -> str:
    until = clock_time(ends) if starts.date() == ends.date() else moment(ends)
    return f"start between {moment(starts)} and {until}: whoever takes it picks"


def cover(starts: datetime, ends: datetime) -> str:
    """Write cover 10 March–10 April, 5 pm to 8 am."""
    hours = (
        "around the clock"
        if starts.time() == ends.time()
        else f"{clock_time(starts)} to {clock_time(ends)} each day"
    )
    return f"cover {dates(starts, ends)}, {hours}"


def promise(terms: Terms) -> str:
    """Write what cover promises: answered within 30 minutes, 5 to 20 hours a week; nothing of other work."""
    if not terms.is_cover or terms.weekly_minimum is None or terms.weekly_maximum is None:
        return ""
    least, most = (f"{each.normalize():f}" for each in (terms.weekly_minimum, terms.weekly_maximum))
    hours = (
        f"{least} to {most} hours a week are paid"
        if terms.weekly_minimum
        else f"at most {most} hours a week are paid"
    )
    return f"a call-off is answered within {units(terms.response_minutes or 0, 'minute')}, {hours}"


def dates(starts: datetime, ends: datetime) -> str:
    """Write 8 March, 8–9 March or 28 February–1 March."""
    if starts.date() == ends.date():
        return day(starts)
    if (starts.year, starts.month) == (ends.year, ends.month):
        return f"{starts.day}–{day(ends)}"
    return f"{day(starts)}–{day(ends)}"


def short_dates(terms: Terms) -> str:
    """Write the dates alone: 8–9 March, by 9 March, as soon as possible."""
    if terms.schedule_kind == deadlines.ASAP:
        return "as soon as possible"
    if terms.starts_local and terms.ends_local:
        return dates(terms.starts_local, terms.ends_local)
    ends, starts = terms.ends_local, terms.starts_local
    return f"by {day(ends)}" if ends else day(starts) if starts else "no date yet"


def that_time(asked: Terms | None, other: Terms) -> str:
    """Write when the other work is, as seen from what is asked: that morning, that afternoon, that evening, on 8 March."""
    theirs = other.starts_local
    if asked is None or asked.starts_local is None or theirs is None:
        return "at that time"
    last = asked.ends_local or asked.starts_local
    if last.date() != asked.starts_local.date() or theirs.date() != last.date():
        return f"on {day(theirs)}"
    return "that morning" if theirs.hour < 12 else "that afternoon" if theirs.hour < 17 else "that evening"


def answer_by(instant: datetime, *, now: datetime, zone: str) -> str:
    """Write Wed 5 pm, with the date when it is more than six days away."""
    local, today = to_local(instant, zone), to_local(now, zone)
    if local.date() == today.date():
        return f"today {clock_time(local)}"
    named = f"{local:%a}" if local.date() - today.date() <= timedelta(days=6) else f"{local:%a} {day(local)}"
    return f"{named} {clock_time(local)}"


def paid_by(terms: Terms) -> date | None:
    """Return the day by which it is paid when the work is handed in on its last day; None while that is nobody's promise."""
    last: datetime | None = None if terms.is_cover else terms.ends_local or terms.starts_local
    return (last + timedelta(days=terms.net_days)).date() if last else None


def paid(terms: Terms) -> str:
    """Write paid by 24 March, or how long after the work where no day is known yet."""
    on = paid_by(terms)
    if terms.is_cover:
        return f"each week paid {units(terms.net_days, 'day')} after it is handed in"
    return f"paid by {day(on)}" if on else f"paid {units(terms.net_days, 'day')} after it is handed in"


def rate(terms: Terms, *, noun: str) -> str:
    """Write how the pay is reckoned: $75 each · $85 an hour, at most 8 hours · fixed."""
    amount = money.show(terms.amount, terms.currency)
    cap = f", at most {terms.cap_hours.normalize():f} hours" if terms.cap_hours else ""
    if terms.pay_kind == pay.PER_UNIT:
        return f"{amount} a {noun}"
    if terms.pay_kind == pay.HOURLY:
        return f"{amount} an hour{cap}"
    if terms.pay_kind == pay.BLENDED:
        extra = money.show(terms.extra_rate, terms.currency)
        return f"{amount} for the first {terms.flat_hours.normalize():f} hours, then {extra} an hour{cap}"
    return "fixed price"


def pays_in(known: DaysToPay | None) -> str:
    """Write how long a firm really takes to pay, in days after the invoice: Pays in 19 days, 14 invoices."""
    if known is None:
        return "Not enough invoices yet to say how long they take to pay."
    days, most = units(known.median, "day"), units(known.ninetieth, "day")
    return f"Pays in {days}, {units(known.invoices, 'invoice')}; nine tenths of the money within {most}."


def units(count: int, noun: str) -> str:
    return f"{count} {plural(noun, count)}"


CHANGED = {
    "units": "How many", "amount": "Price", "not_to_exceed": "At most", "pay_kind": "Paid", "starts_local": "From",
    "ends_local": "Until", "schedule_kind": "When", "cap_hours": "Most hours", "flat_hours": "Hours in the price",
    "extra_rate": "Rate after them", "minimum_hours": "Least hours", "trip_charge": "For the trip",
    "after_hours_factor": "After-hours factor", "expenses_cap": "Expenses, at most", "cancellation_fee": "Cancellation fee",
    "net_days": "Days to pay", "silence_days": "Business days to approve", "response_minutes": "Minutes to answer",
    "weekly_minimum": "Least hours a week", "weekly_maximum": "Most hours a week",
}  # fmt: skip
MONEYS = frozenset(
    {"amount", "not_to_exceed", "extra_rate", "trip_charge", "expenses_cap", "cancellation_fee"}
)
NUMBERS = frozenset(
    {"cap_hours", "flat_hours", "minimum_hours", "after_hours_factor", "weekly_minimum", "weekly_maximum"}
)


def changes(revision: OfferRevision | None) -> list[str]:
    """Write what a revision changes, as lines for people: Price: $74 → $80; nothing for the first."""
    if revision is None:
        return []
    return [
        f"{label}: {_said(name, old, revision)} → {_said(name, new, revision)}"
        for name, label in CHANGED.items()
        for old, new in filter(None, [revision.changes.get(name)])
    ]


def _said(name: str, kept: str, revision: OfferRevision) -> str:
    """Write one kept value (see `plain`) as people say it."""
    if not kept:
        return "none"
    if name in MONEYS:
        return money.show(Decimal(kept), revision.currency)
    if name in NUMBERS:
        return f"{Decimal(kept).normalize():f}"
    if name in {"starts_local", "ends_local"}:
        local = datetime.fromisoformat(kept)
        return f"{local:%a} {day(local)}, {clock_time(local)}"
    if name == "pay_kind":
        return Terms.PayKind(kept).label.lower()
    return Terms.ScheduleKind(kept).label.lower() if name == "schedule_kind" else kept


def plain(value: Any) -> str:
    """Write a value of the terms for a diff."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def hours_of(minutes: int) -> str:
    """Write minutes as hours: 1 h 30, 45 min."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours and rest else f"{hours} h" if hours else f"{rest} min"


def change(asked: ChangeRequest) -> str:
    """Write what is asked for: an expense of $50 · another time: 9 March, arrive 9 am to 11 am."""
    amount = money.show(asked.amount, asked.currency) if asked.amount is not None else ""
    return {
        ChangeRequest.Kind.BUDGET: f"{amount} more budget",
        ChangeRequest.Kind.EXPENSE: f"an expense of {amount}",
        ChangeRequest.Kind.BONUS: f"a bonus of {amount}",
        ChangeRequest.Kind.SCHEDULE: f"another time: {schedule(asked)}",
        ChangeRequest.Kind.SCOPE: "other work",
        ChangeRequest.Kind.SWAP: f"another technician: {asked.technician.user.called if asked.technician else ''}",
    }[ChangeRequest.Kind(asked.kind)]


def late_sentence(kind: str) -> str:
    """Say what counts as late."""
    if kind == deadlines.COMPLETE_BY:
        return "Late after the date."
    if kind == deadlines.COVER:
        return "A call-off that is not answered in time is told to both firms."
    if kind in deadlines.NAMED_WHEN_ACCEPTED:
        return "Late 15 minutes after the start that is named."
    return (
        "Late 15 minutes after the window closes."
        if kind == deadlines.ARRIVAL_WINDOW
        else "Late 15 minutes after the start."
    )
