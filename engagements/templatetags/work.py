"""What pages say about work."""

from django import template

from engagements import wording
from engagements.models.terms import Terms

register = template.Library()


@register.filter
def schedule_of(terms: Terms) -> str:
    """Write when the work is done, in the time of its place."""
    said = wording.schedule(terms)
    return said[:1].upper() + said[1:]


@register.filter
def of_noun(count: int, noun: str) -> str:
    """Write `18 computers`."""
    return wording.units(count, noun)
