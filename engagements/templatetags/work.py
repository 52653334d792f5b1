"""What pages say about work."""

from django import template

from engagements import wording
from engagements.models.terms import Terms
from partnernet.core.templatetags import ui

register = template.Library()

TONES = {
    "green": {"acknowledged", "approved", "accepted", "completed", "done", "agreed"},
    "yellow": {"on_hold", "submitted", "countered", "asked", "called"},
    "red": {"missed"},
    "secondary": {"draft", "cancelled", "declined", "withdrawn", "expired", "filled", "refused", "lapsed"},
}
"""Colours beside the words of a status; what runs is blue."""


@register.filter
def tone(status: str) -> str:
    """Return the colour of a status of a job, an order, an offer, a visit or a change; the word beside it says the same."""
    return next((colour for colour, statuses in TONES.items() if status in statuses), "azure")


@register.filter
def schedule_of(terms: Terms) -> str:
    """Write when the work is done, in the time of its place."""
    said = wording.schedule(terms)
    return said[:1].upper() + said[1:]


@register.filter
def paid(terms: Terms) -> str:
    """Write paid by Sat 24 March, or how long after the work where no day is known yet."""
    on = wording.paid_by(terms)
    return f"paid by {ui.day(on)}" if on else wording.paid(terms)


@register.filter
def as_hours(minutes: int) -> str:
    """Write 1 h 30."""
    return wording.hours_of(minutes)


@register.filter
def of_noun(count: int, noun: str) -> str:
    """Write `18 computers`."""
    return wording.units(count, noun)
