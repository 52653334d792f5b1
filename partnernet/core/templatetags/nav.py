"""The frame's navigation: at most seven entries, by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse

register = template.Library()

DESK = (
    ("home", "Home", "house"),
    ("jobs", "Jobs", "briefcase-business"),
    ("offers", "Offers", "handshake"),
    ("firms", "Firms", "building-2"),
    ("clients", "Clients", "users-round"),
    ("agreements", "Agreements", "file-check"),
    ("money", "Money", "wallet"),
)
# Pages that belong to an entry and lie beside it.
BESIDE = {"jobs": ("work-orders",), "today": ("visits",)}
ENTRIES = {
    "owner": DESK,
    "dispatcher": DESK,
    "viewer": DESK,
    "finance": (
        ("home", "Home", "house"),
        ("to-pay", "To pay", "arrow-up-right"),
        ("to-receive", "To receive", "arrow-down-left"),
        ("reports", "Reports", "chart-column"),
    ),
    "technician": (
        ("today", "Today", "map-pin"),
        ("coming", "Coming", "calendar-days"),
        ("done", "Done", "circle-check"),
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation."""

    label: str
    icon: str
    href: str
    here: bool


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Entry]:
    """Return the entries for the member's role, the present one marked."""
    request: HttpRequest = context["request"]
    member: Any = getattr(request, "member", None)
    if member is None:
        return []
    entries = []
    root = reverse("home", args=[member.firm_id])
    for name, label, icon in ENTRIES[member.role]:
        try:
            href = reverse(name, args=[member.firm_id])
        except NoReverseMatch:
            continue
        under = (href, *(f"{root}{each}/" for each in BESIDE.get(name, ())))
        here = request.path == href if name == "home" else request.path.startswith(under)
        entries.append(Entry(label, icon, href, here))
    return entries
