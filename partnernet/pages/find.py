"""What Ctrl-K finds: pages, work orders, jobs, invoices, clients and firms that this member may open, by number or by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing.models import Invoice
from clients.models import Client
from engagements.models import Engagement, Visit, WorkOrder
from partners.http import MemberRequest
from partners.models import Firm, Member

EACH = 5
NUMBER = re.compile(r"(?:(wo|eng|inv)[\s-]*)?0*(\d{1,9})", re.IGNORECASE)
LEADING = ("owner", "dispatcher", "viewer")
MONEY = ("owner", "finance", "viewer")


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of what was found."""

    icon: str
    title: str
    below: str
    href: str


@require_safe
def find(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Answer a fragment: what has this number first, then what holds these words."""
    sought = " ".join(request.GET.get("q", "").split())[:80]
    hits = found(request.member, sought) if sought else []
    return render(request, "pages/_found.html", {"hits": hits, "sought": sought})


def found(member: Member, sought: str) -> list[Hit]:
    """Return at most five hits of each kind that the member's role opens."""
    numbered = NUMBER.fullmatch(sought)
    kind = (numbered[1] or "").lower() if numbered else ""
    number = int(numbered[2]) if numbered else None
    searches: tuple[tuple[str, tuple[str, ...], Callable[..., Iterable[Hit]]], ...] = (
        ("wo", (*LEADING, "finance"), _orders),
        ("eng", LEADING, _jobs),
        ("inv", MONEY, _invoices),
        ("", (*LEADING, "finance"), _clients),
        ("", LEADING, _firms),
        ("", ("technician",), _visits),
    )
    return [
        hit
        for prefix, roles, search in searches
        if member.role in roles and (not kind or kind == prefix)
        for hit in search(member, sought, number)
    ]


def _orders(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    orders = WorkOrder.objects.visible_to(member.firm_id).select_related("prime", "sub").order_by("-pk")
    orders = orders.filter(title__icontains=sought) if number is None else orders.filter(number=number)
    for order in orders[:EACH]:
        given = order.prime_id == member.firm_id
        other = (order.sub.name if order.sub else "nobody yet") if given else f"for {order.prime.name}"
        below = f"{other} · {order.get_status_display()}"
        yield Hit(
            "clipboard-list", f"{order.reference} {order.title}", below, _to("work-order", member, order.pk)
        )


def _jobs(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    jobs = Engagement.objects.visible_to(member.firm_id).order_by("-pk")
    jobs = jobs.filter(title__icontains=sought) if number is None else jobs.filter(number=number)
    for job in jobs[:EACH]:
        yield Hit(
            "briefcase-business",
            f"{job.reference} {job.title}",
            job.get_status_display(),
            _to("job", member, job.pk),
        )


def _invoices(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    if number is None:
        return
    invoices = Invoice.objects.visible_to(member.firm_id).with_parties().filter(number=number).order_by("-pk")
    for invoice in invoices[:EACH]:
        other = (
            f"from {invoice.sub.name}" if invoice.prime_id == member.firm_id else f"to {invoice.prime.name}"
        )
        below = f"{other} · {invoice.get_status_display()}"
        yield Hit("receipt-text", invoice.reference, below, _to("invoice", member, invoice.pk))


def _clients(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    known = Client.objects.visible_to(member.firm_id).named_like(sought).with_successor()
    for client in known.in_order()[:EACH]:
        below = f"now {client.now_called}" if client.now_called else client.industry or "Client"
        yield Hit("users-round", client.name, below, _to("client", member, client.pk))


def _firms(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    if number is not None:
        return
    for firm in Firm.objects.listed_for(member.firm_id).matching(sought).order_by("name", "pk")[:EACH]:
        town = ", ".join(part for part in (firm.town, firm.state) if part)
        yield Hit("building-2", firm.name, town or "Firm", _to("firm", member, firm.pk))


def _visits(member: Member, sought: str, number: int | None) -> Iterable[Hit]:
    visits = (
        Visit.objects.filter(work_order__sub=member.firm_id).with_work().of_technician(member).order_by("-pk")
    )
    fits = {"work_order__title__icontains": sought} if number is None else {"work_order__number": number}
    for visit in visits.filter(**fits)[:EACH]:
        order = visit.work_order
        yield Hit(
            "map-pin",
            order.title,
            f"{order.reference} · {visit.get_status_display()}",
            _to("visit", member, visit.pk),
        )


def _to(name: str, member: Member, pk: UUID) -> str:
    return reverse(name, args=[member.firm_id, pk])
