"""Every list as a CSV file, with the filters of its page's address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from billing import margins, year
from billing.models import Invoice, Payment
from billing.views.money import chosen, today_of, year_of
from clients.models import Client
from engagements import wording
from engagements.models import Offer, TimeEntry, WorkOrder
from engagements.views.orders import SIDES
from partnernet.core import sheets
from partners.directory import Search, firms_for
from partners.http import MemberRequest, for_roles

DESK = ("owner", "dispatcher", "finance", "viewer")
READERS = ("owner", "dispatcher", "viewer")
# Whoever needs more asks the API, page by page.
MOST = 20_000
# A row of a file: text, numbers, days.
Rows: TypeAlias = Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: who may have it, its columns, and its rows as a member with these filters sees them."""

    roles: tuple[str, ...]
    header: tuple[str, ...]
    rows: Callable[[MemberRequest], Rows]


def _offers(request: MemberRequest) -> Rows:
    found = Offer.objects.received_by(request.member.firm_id).with_terms()
    status = request.GET.get("status", "")
    found = found.filter(status=status) if status in Offer.Status.values else found
    for offer in found.order_by("-pk")[:MOST].iterator(500):
        terms, order = offer.revision, offer.work_order
        yield (
            order.title, order.prime.name, order.site.town, offer.get_status_display(), terms.units if terms else None,
            wording.short_dates(terms) if terms else "", terms.not_to_exceed if terms else None,
            terms.currency if terms else "", sheets.local(offer.respond_by, request.member.firm.timezone),
        )  # fmt: skip


def _orders(request: MemberRequest) -> Rows:
    firm, side, status = request.member.firm_id, request.GET.get("side", ""), request.GET.get("status", "")
    found = WorkOrder.objects.visible_to(firm).for_list()
    found = found.filter(status=status) if status in WorkOrder.Status.values else found
    found = found.filter(Q(**{SIDES[side]: firm})) if side in SIDES else found
    for order in found.order_by("-pk")[:MOST].iterator(500):
        yield (
            order.reference, order.title, order.prime.name, order.sub.name if order.sub else "",
            order.client.name, order.get_status_display(),
            wording.short_dates(order), order.not_to_exceed, order.currency,
        )  # fmt: skip


def _time(request: MemberRequest) -> Rows:
    """Time under cover; of one order when it is named. Before an answer no call-off has time, so no name is told early."""
    found = TimeEntry.objects.visible_to(request.member.firm_id).with_work()
    with suppress(ValueError):
        found = found.filter(work_order=UUID(request.GET.get("order", "")))
    for each in found.newest_first()[:MOST].iterator(500):
        called, zone = each.call_off, each.work_order.timezone
        yield (
            each.work_order.reference, each.work_order.prime.name, called.ticket if called else "",
            called.client.name if called else "", each.person.user.called, each.worked_on, each.minutes,
            sheets.local(each.starts_at, zone), sheets.local(each.ends_at, zone), each.note,
            each.submission_id is not None, each.struck_at is not None,
        )  # fmt: skip


def _invoices(side: str) -> Callable[[MemberRequest], Rows]:
    def rows(request: MemberRequest) -> Rows:
        firm = request.member.firm_id
        ours = Invoice.objects.to_pay(firm) if side == "to_pay" else Invoice.objects.to_receive(firm)
        found, by = chosen(ours, request.GET.get("status", ""))
        each: Any  # with_paid() adds the sums
        for each in found.with_parties().with_paid().order_by(*by)[:MOST].iterator(500):
            yield (
                each.reference, each.sub.name, each.prime.name, each.work_order.reference, each.work_order.title,
                each.get_status_display(), each.issued_on, each.due_on, each.paid_on, each.amount, each.credited,
                each.confirmed, each.open_amount, each.held, each.currency,
            )  # fmt: skip

    return rows


def _payments(request: MemberRequest) -> Rows:
    found = Payment.objects.visible_to(request.member.firm_id).select_related("payer", "payee")
    zone = request.member.firm.timezone
    for each in found.order_by("-pk")[:MOST].prefetch_related("allocations__invoice").iterator(500):
        named = ", ".join(sorted(part.invoice.reference for part in each.allocations.all()))
        how = "denied" if each.denied_at else "confirmed" if each.confirmed_at else "announced"
        yield (
            each.payer.name, each.payee.name, each.paid_on, each.amount, each.currency, each.reference, named, how,
            sheets.local(each.confirmed_at, zone), each.by_silence,
        )  # fmt: skip


def _margins(request: MemberRequest) -> Rows:
    firm = request.member.firm
    by = {"job": margins.by_job, "firm": margins.by_partner}.get(request.GET.get("by", ""), margins.by_month)
    for row in by(firm):
        yield row.name, row.orders, row.revenue, row.cost, row.kept, row.added_revenue, row.currency


def _year(request: MemberRequest) -> Rows:
    for row in year.paid_in(request.member.firm, year_of(request)):
        yield row.name, row.country, row.paid, row.currency, row.payments, row.reaches


def _clients(request: MemberRequest) -> Rows:
    sought = request.GET.get("q", "").strip()[:100]
    found = Client.objects.visible_to(request.member.firm_id).named_like(sought).with_counts()
    each: Any  # with_counts() adds the counts
    for each in found.order_by("name", "pk")[:MOST].iterator(500):
        yield (
            each.name, ", ".join(each.aliases), ", ".join(each.domains), each.industry, each.get_price_basis_display(),
            each.site_count, each.contact_count, each.external_id,
        )  # fmt: skip


def _firms(request: MemberRequest) -> Rows:
    search = Search.read(request.GET.dict())
    for each in firms_for(request.member, search).order_by("name", "pk")[:MOST].iterator(500):
        yield (
            each.name, each.town, each.state, each.country, each.web_domain, each.phone, each.get_status_display(),
            each.on_bench, each.known_since,
        )  # fmt: skip


INVOICE = (
    "Invoice", "From", "To", "Order", "Title", "Status", "Issued on", "Due on", "Paid on", "Amount", "Credited", "Paid",
    "Open", "Not agreed on", "Currency",
)  # fmt: skip
SHEETS = {
    "offers": Sheet(READERS, (
        "Work", "From", "Town", "Status", "Units", "When", "At most", "Currency", "Answer by",
    ), _offers),
    "work-orders": Sheet(DESK, (
        "Order", "Title", "Given by", "Done by", "Client", "Status", "When", "At most", "Currency",
    ), _orders),
    "time-entries": Sheet(DESK, (
        "Order", "Given by", "Ticket", "Client", "Who", "Day", "Minutes", "From", "Until", "Note", "Handed in", "Struck out",
    ), _time),
    "to-pay": Sheet(DESK, INVOICE, _invoices("to_pay")),
    "to-receive": Sheet(DESK, INVOICE, _invoices("to_receive")),
    "payments": Sheet(DESK, (
        "From", "To", "Sent on", "Amount", "Currency", "Reference", "Invoices", "State", "Confirmed at", "By silence",
    ), _payments),
    "margin": Sheet(DESK, (
        "Name", "Work orders", "Clients pay", "Firms got", "We keep", "Added revenue", "Currency",
    ), _margins),
    "year": Sheet(DESK, ("Firm", "Country", "Paid", "Currency", "Payments", "Reaches the 1099-NEC sum"), _year),
    "clients": Sheet(DESK, (
        "Name", "Also known as", "Domains", "Industry", "Priced", "Sites", "Contacts", "External id",
    ), _clients),
    "firms": Sheet(DESK, (
        "Firm", "Town", "State", "Country", "Web", "Phone", "Status", "On our bench", "Known since",
    ), _firms),
}  # fmt: skip


@require_safe
@for_roles(*DESK)
def export(request: MemberRequest, firm: UUID, name: str) -> HttpResponseBase:
    """Send a list as a file. The roles are those of its page."""
    sheet = SHEETS[name]
    if request.member.role not in sheet.roles:
        raise PermissionDenied("This takes an owner, a dispatcher or a viewer. Ask one in your firm.")
    return sheets.answer(f"{name}-{today_of(request)}", sheet.header, sheet.rows(request))
