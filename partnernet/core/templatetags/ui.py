"""What templates say often: icons, money, times, addresses within the firm."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from partnernet.core import localtime, money

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a Lucide icon: decoration without a label, an image with one."""
    name_of_it = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    # The drawing is the package's own; the label is escaped above.
    return mark_safe(_drawing(name).replace("<svg", f"<svg {name_of_it}", 1))  # noqa: S308 - both parts are escaped or ours


@cache
def _drawing(name: str) -> str:
    return str(lucide(name, size=24, **{"class": "icon"}))


@register.simple_tag
def status(label: str, colour: str = "secondary") -> SafeString:
    """Draw a status: a tag and no template of its own, because long tables have one in each row."""
    return format_html('<span class="badge status bg-{}-lt">{}</span>', colour, label)


@register.filter(name="money")
def as_money(amount: Decimal | None, currency: str = "USD") -> str:
    return "" if amount is None else money.show(Decimal(amount), currency)


@register.filter
def percent(fraction: Decimal | float | None) -> str:
    """Write 0.253 as `25 %`."""
    return "" if fraction is None else f"{round(float(fraction) * 100)} %"


@register.simple_tag
def when(instant: datetime | None, zone: str = "") -> str | SafeString:
    """Show an instant in the reader's zone, with the place's own time beside it when that differs."""
    if instant is None:
        return ""
    here = timezone.localtime(instant)
    shown = format_html(
        '<time datetime="{}">{}</time>', instant.isoformat(), _words(here, zone_name=not zone)
    )
    if not zone:
        return shown
    there = instant.astimezone(localtime.zone_of(zone))
    if there.utcoffset() == here.utcoffset():
        return shown
    return format_html("{} <span class='text-secondary'>({} {})</span>", shown, _words(there), there.tzname())


@register.simple_tag
def until(instant: datetime | None) -> str | SafeString:
    """Show by when; what ends at midnight is said as the end of the day before."""
    if instant is None:
        return ""
    here = timezone.localtime(instant)
    if here.hour or here.minute:
        return when(instant)
    last = here.date() - timedelta(days=1)
    return format_html('<time datetime="{}">the end of {}</time>', instant.isoformat(), _day(last))


@register.simple_tag
def day(value: date | datetime | None) -> str:
    """Write a day: `Wed 7 March`, with the year when it is not this one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day(value)


@register.simple_tag
def wall(local: datetime | None) -> str:
    """Write a wall time as it was agreed, zone or not."""
    return "" if local is None else f"{_day(local.date())}, {local:%H:%M}"


def _words(instant: datetime, *, zone_name: bool = False) -> str:
    end = f" {instant.tzname()}" if zone_name and instant.tzname() not in _local_names() else ""
    return f"{_day(instant.date())}, {instant:%H:%M}{end}"


def _local_names() -> set[str | None]:
    now = timezone.localtime()
    return {now.tzname(), timezone.localtime(now).tzname()}


def _day(value: date) -> str:
    year = f" {value.year}" if value.year != timezone.localdate().year else ""
    return f"{value:%a} {value.day} {value:%B}{year}"


@register.simple_tag
def other_sign_ins() -> bool:
    """Say whether anybody else may say who somebody is."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


@register.simple_tag(takes_context=True)
def firm_url(context: Context, name: str, *args: Any) -> str:
    """Return the address of a page of the reader's present firm."""
    request: HttpRequest = context["request"]
    return reverse(name, args=[request.member.firm_id, *args])  # type: ignore[attr-defined] # set by the middleware


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the present query string with some parameters changed; None takes one away."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return "?" + params.urlencode()


@register.filter
def counted(count: int, noun: str) -> str:
    """Write `1 computer`, `18 computers`; nouns ending in s, x, ch, sh take -es, consonant + y takes -ies."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


@register.filter
def plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"
