"""The menu under the firm's name."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse

from partnernet.core.templatetags.nav import Entry

register = template.Library()

ENTRIES = (
    ("firm-settings", "Settings", "settings", ("owner", "dispatcher", "finance")),
    ("our-record", "Our record", "gauge", ("owner", "dispatcher", "finance", "viewer")),
    ("api-keys", "API", "key-round", ("owner",)),
)


@register.simple_tag(takes_context=True)
def account_menu(context: Context) -> list[Entry]:
    """Return the entries of the member's own firm, then those of the person."""
    request: HttpRequest = context["request"]
    member: Any = getattr(request, "member", None)
    entries = []
    if member is not None:
        for name, label, icon, roles in ENTRIES:
            if member.role not in roles:
                continue
            try:
                entries.append(Entry(label, icon, reverse(name, args=[member.firm_id]), here=False))
            except NoReverseMatch:
                continue
    if request.user.is_staff:
        entries.append(Entry("Running the network", "server-cog", reverse("operator"), here=False))
    if request.user.is_authenticated:
        entries.append(Entry("My account", "shield", reverse("account_email"), here=False))
    return entries


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"),
            ("FxiOS", "Firefox"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
           ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def device(user_agent: str) -> str:
    """Name the browser and the machine of a session, as its owner would: "Chrome on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
