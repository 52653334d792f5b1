"""Money both ways: what is owed, when, and what stayed."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import actions, documents, margins, year
from billing.ageing import aged
from billing.forms import PayTogetherForm
from billing.models import Invoice
from engagements.models import Engagement, Submission, WorkOrder
from engagements.views.jobs import LEADS
from partnernet.core import clock, pdf
from partnernet.core.localtime import day_in
from partnernet.core.pages import NEWEST_FIRST, page_of
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Firm

READERS = ("owner", "finance", "dispatcher", "viewer")
MONEY = ("owner", "finance")


def today_of(request: MemberRequest) -> Any:
    return day_in(clock.now(), request.member.firm.timezone)


@require_safe
@for_roles(*READERS)
def money(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Owed to us, owed by us, and what stayed this month."""
    today = today_of(request)
    found = {}
    for name, invoices in (
        ("to_us", Invoice.objects.to_receive(firm)),
        ("by_us", Invoice.objects.to_pay(firm)),
    ):
        rows = list(invoices.unpaid().with_parties().with_paid().prefetch_related("lines").by_due_day())
        found[name] = {"aged": aged(rows, today), "next": rows[:5], "count": len(rows)}
    months = margins.by_month(request.member.firm)
    return render(request, "billing/money.html", {**found, "months": months[:6], "today": today})


@require_safe
@for_roles(*READERS)
def to_pay(request: MemberRequest, firm: UUID) -> HttpResponse:
    return _list(request, Invoice.objects.to_pay(firm), side="to_pay")


@require_safe
@for_roles(*READERS)
def to_receive(request: MemberRequest, firm: UUID) -> HttpResponse:
    return _list(request, Invoice.objects.to_receive(firm), side="to_receive")


def chosen(invoices: Any, status: str) -> tuple[Any, tuple[str, ...]]:
    """Return the invoices that a filter names, and their order. Any: a queryset of invoices, before and after."""
    found = {
        "open": (invoices.unpaid(), ("due_on", "pk")),
        "paid": (invoices.filter(status="paid"), NEWEST_FIRST),
        "all": (invoices, NEWEST_FIRST),
    }
    return found.get(status, found["open"])


def year_of(request: MemberRequest) -> int:
    """Return the year that the address asks for, else this year."""
    asked = request.GET.get("year", "")
    this: int = today_of(request).year
    return (
        int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 and asked > "1999" else this
    )


def _list(request: MemberRequest, invoices: Any, *, side: str) -> HttpResponse:
    """List one side's invoices; the filter is in the address."""
    status = request.GET.get("status", "open")
    rows, by = chosen(invoices, status)
    page = page_of(rows.with_parties().with_paid(), request, by=by)
    context = {"page": page, "side": side, "status": status, "today": today_of(request)} | {
        "may_pay": request.member.role in MONEY
    }
    return render(request, "billing/invoices.html", context)


@for_roles(*MONEY)
def pay_together(request: MemberRequest, firm: UUID, sub: UUID) -> HttpResponse:
    """Say that one payment was sent for several invoices of one firm, in one currency."""
    other = get_object_or_404(Firm.objects.filter(invoices_issued__prime=firm).distinct(), pk=sub)
    owed: Any = Invoice.objects.to_pay(firm).filter(sub=other).unpaid().with_parties().with_paid()
    rows: list[Any] = [each for each in owed.by_due_day() if each.payable > 0]
    currency = rows[0].currency if rows else ""
    rows = [each for each in rows if each.currency == currency]
    form = PayTogetherForm(request.POST or None, invoices=rows, initial={"paid_on": today_of(request)})
    if rows and tried(
        form, lambda: actions.announce_payments(form.parts(), by=request.member, paid=form.paid())
    ):
        messages.success(
            request, f"Announced. {other.name} confirms it, or silence does after five business days."
        )
        return redirect("to-pay", firm)
    total = sum((each.payable for each in rows), Decimal(0))
    context = {"other": other, "rows": rows, "form": form, "total": total, "currency": currency}
    return render(request, "billing/pay_together.html", context)


@require_safe
@for_roles(*READERS)
def reports(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Margin by month, job and firm: the owner's report; and what was paid to whom in a year."""
    ours, of = request.member.firm, year_of(request)
    context = {
        "months": margins.by_month(ours),
        "jobs": margins.by_job(ours),
        "partners": margins.by_partner(ours),
        "year": of,
        "today": today_of(request),
        "totals": year.paid_in(ours, of),
        "threshold": year.threshold(of),
    }
    return render(request, "billing/reports.html", context)


@require_safe
@for_roles(*READERS)
def month(request: MemberRequest, firm: UUID, of: int, number: int) -> HttpResponse:
    """Send the owner's report of a month as PDF."""
    if not (1 <= number <= 12 and 2000 <= of <= 9998):
        raise Http404("There is no such month.")
    ours = request.member.firm
    first = date(of, number, 1)
    return pdf.answer(f"{first:%Y-%m}", documents.month(ours, first, on=today_of(request)))


@require_safe
@for_roles(*READERS)
def job_margin(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Engagement.objects.visible_to(firm), pk=pk)
    rows = margins.by_order(request.member.firm, engagement=job.pk)
    return render(request, "billing/job_margin.html", {"job": job, "rows": rows})


@require_POST
@for_roles(*LEADS)
def approve_work(request: MemberRequest, firm: UUID, pk: UUID, submission: UUID) -> HttpResponse:
    """Approve what was handed in: the invoice follows in the same transaction."""
    order = get_object_or_404(WorkOrder.objects.visible_to(firm), pk=pk)
    handed_in = get_object_or_404(Submission, pk=submission, work_order=order)
    said = "Approved. The invoice is drafted and both firms have been told."
    to = reverse("work-order", args=[firm, pk])
    return answer(request, lambda: actions.approve_work(handed_in, by=request.member), to=to, said=said)
