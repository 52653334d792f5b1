"""Money both ways: what is owed, when, and what stayed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import actions, margins
from billing.ageing import aged
from billing.forms import PaidForm, ReasonForm
from billing.models import Invoice, Payment
from billing.timeline import told
from billing.workflow import INVOICE
from engagements.models import Engagement, Submission, WorkOrder
from engagements.views.jobs import LEADS
from partnernet.core import clock
from partnernet.core.localtime import day_in
from partnernet.core.pages import NEWEST_FIRST, page_of
from partners.http import MemberRequest, answer, for_roles, tried

READERS = ("owner", "finance", "dispatcher", "viewer")
MONEY = ("owner", "finance")


def _today(request: MemberRequest) -> Any:
    return day_in(clock.now(), request.member.firm.timezone)


@require_safe
@for_roles(*READERS)
def money(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Owed to us, owed by us, and what stayed this month."""
    today = _today(request)
    found = {}
    for name, invoices in (
        ("to_us", Invoice.objects.to_receive(firm)),
        ("by_us", Invoice.objects.to_pay(firm)),
    ):
        rows = list(invoices.unpaid().with_parties().with_paid().by_due_day())
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


def _list(request: MemberRequest, invoices: Any, *, side: str) -> HttpResponse:
    """List one side's invoices; the filter is in the address."""
    status = request.GET.get("status", "open")
    chosen = {
        "open": (invoices.unpaid(), ("due_on", "pk")),
        "paid": (invoices.filter(status="paid"), NEWEST_FIRST),
        "all": (invoices, NEWEST_FIRST),
    }
    rows, by = chosen.get(status, chosen["open"])
    page = page_of(rows.with_parties().with_paid(), request, by=by)
    context = {"page": page, "side": side, "status": status, "today": _today(request)}
    return render(request, "billing/invoices.html", context)


@require_safe
@for_roles(*READERS)
def invoice(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return render(request, "billing/invoice.html", _page(request, pk))


def _page(request: MemberRequest, pk: UUID, **forms: Any) -> dict[str, Any]:
    member = request.member
    found: Any = get_object_or_404(
        Invoice.objects.visible_to(member.firm_id).with_parties().with_paid(), pk=pk
    )
    side = found.side_of(member.firm_id)
    steps = {step.name for step in INVOICE.open_steps(found.status, side=side, role=member.role)}
    payments = list(Payment.objects.filter(allocations__invoice=found).order_by("announced_at", "pk"))
    return {
        "invoice": found,
        "side": side,
        "order_is_ours": bool(found.work_order.side_of(member.firm_id)),
        "payments": payments,
        "to_announce": found.amount - found.announced,
        "may_announce": "announce_payment" in steps and found.announced < found.amount,
        "may_confirm": "confirm_payment" in steps,
        "may_void": "void" in steps and not payments,
        "paid_form": forms.get("paid") or PaidForm(initial={"paid_on": _today(request)}),
        "reason_form": forms.get("reason") or ReasonForm(),
        "events": told(
            found.events.select_related("by_user").order_by("occurred_at", "id"), found, viewer=member.firm_id
        ),
        "today": _today(request),
    }


@require_POST
@for_roles(*MONEY)
def announce(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.visible_to(firm), pk=pk)
    form = PaidForm(request.POST)
    if tried(form, lambda: actions.announce_payment(found, by=request.member, paid=form.paid())):
        said = "Announced. They confirm it, or their silence does after five business days."
        return answer(request, lambda: None, to=reverse("invoice", args=[firm, pk]), said=said)
    return render(request, "billing/invoice.html", _page(request, pk, paid=form))


@require_POST
@for_roles(*MONEY)
def confirm(request: MemberRequest, firm: UUID, pk: UUID, payment: UUID) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.visible_to(firm), pk=pk)
    sent = get_object_or_404(Payment, pk=payment, allocations__invoice=found)
    to = reverse("invoice", args=[firm, pk])
    return answer(request, lambda: actions.confirm_payment(sent, by=request.member), to=to, said="Confirmed.")


@require_POST
@for_roles(*MONEY)
def void(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.visible_to(firm), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: actions.void(found, by=request.member, reason=form.cleaned_data["reason"])
    ):
        return answer(
            request, lambda: None, to=reverse("invoice", args=[firm, pk]), said="This invoice is void."
        )
    return render(request, "billing/invoice.html", _page(request, pk, reason=form))


@require_safe
@for_roles(*READERS)
def reports(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Margin by month and by job: the owner's report."""
    ours = request.member.firm
    context = {"months": margins.by_month(ours), "jobs": margins.by_job(ours)}
    return render(request, "billing/reports.html", context)


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
