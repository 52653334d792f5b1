"""One invoice: what it asks for line by line, what is open, and the steps that are open to the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import actions, documents, settling
from billing.actions.revising import Revised
from billing.forms import (
    CreditForm,
    LinesForm,
    MediatorForm,
    ObjectionForm,
    PaidForm,
    ReasonForm,
    RevisionForm,
    for_lines,
)
from billing.models import CreditNote, Invoice, Objection, Payment
from billing.timeline import told
from billing.views.money import MONEY, READERS, today_of
from billing.workflow import INVOICE
from partnernet.core import clock, pdf
from partnernet.core.errors import IllegalStep, WrongSide
from partners.http import MemberRequest, answer, for_roles, tried


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
    lines = list(found.lines.order_by("position"))
    today = today_of(request)
    return {
        "invoice": found,
        "lines": list(zip(lines, settling.settle(lines, found.confirmed), strict=True)),
        "equal": all(line.amount == line.approved for line in lines),
        "objection": _objection(found),
        "credit_notes": list(found.credit_notes.order_by("issued_at", "pk")),
        "side": side,
        "order_is_ours": bool(found.work_order.side_of(member.firm_id)),
        "payments": payments,
        "steps": steps,
        "may_object": "dispute" in steps and any(line.contest_by >= today for line in lines),
        "may_announce": "announce_payment" in steps and found.payable > 0,
        "may_credit": "credit" in steps and found.amount > found.announced + found.credited,
        "may_void": "void" in steps and not found.announced,
        "paid_form": forms.get("paid") or PaidForm(initial={"paid_on": today}),
        "reason_form": forms.get("reason") or ReasonForm(),
        "mediator_form": forms.get("mediator") or MediatorForm(),
        "events": told(
            found.events.select_related("by_user").order_by("occurred_at", "id"), found, viewer=member.firm_id
        ),
        "today": today,
    }


def _objection(found: Invoice) -> dict[str, Any] | None:
    """Return what stands against an invoice, as its page shows it."""
    standing = (
        Objection.objects.standing()
        .filter(invoice=found)
        .select_related("mediator_named_by", "raised_by")
        .prefetch_related("lines__line")
        .first()
    )
    if standing is None:
        return None
    return {
        "row": standing,
        "lines": list(standing.lines.all()),
        "unresolved": standing.unresolved(clock.now()),
    }


@require_safe
@for_roles(*READERS)
def invoice_pdf(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.visible_to(firm).with_parties().with_paid(), pk=pk)
    return pdf.answer(found.reference, documents.invoice(found, on=today_of(request)))


@require_safe
@for_roles(*READERS)
def credit_note_pdf(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    notes = CreditNote.objects.visible_to(firm).select_related("sub", "invoice__prime", "invoice__work_order")
    note = get_object_or_404(notes, pk=pk)
    return pdf.answer(note.reference, documents.credit_note(note, on=today_of(request)))


def _visible(request: MemberRequest, pk: UUID) -> Invoice:
    return get_object_or_404(Invoice.objects.visible_to(request.member.firm_id).with_parties(), pk=pk)


def _to(request: MemberRequest, pk: UUID) -> str:
    return reverse("invoice", args=[request.member.firm_id, pk])


@require_POST
@for_roles(*MONEY)
def announce(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = _visible(request, pk)
    form = PaidForm(request.POST)
    if tried(form, lambda: actions.announce_payment(found, by=request.member, paid=form.paid())):
        said = "Announced. They confirm it, or their silence does after five business days."
        return answer(request, lambda: None, to=_to(request, pk), said=said)
    return render(request, "billing/invoice.html", _page(request, pk, paid=form))


@require_POST
@for_roles(*MONEY)
def confirm(request: MemberRequest, firm: UUID, pk: UUID, payment: UUID) -> HttpResponse:
    sent = get_object_or_404(Payment, pk=payment, allocations__invoice=_visible(request, pk))
    act = lambda: actions.confirm_payment(sent, by=request.member)  # noqa: E731 - one expression for `answer`
    return answer(request, act, to=_to(request, pk), said="Confirmed.")


@require_POST
@for_roles(*MONEY)
def deny(request: MemberRequest, firm: UUID, pk: UUID, payment: UUID) -> HttpResponse:
    sent = get_object_or_404(Payment, pk=payment, allocations__invoice=_visible(request, pk))
    act = lambda: actions.deny_payment(sent, by=request.member)  # noqa: E731 - one expression for `answer`
    return answer(request, act, to=_to(request, pk), said="They know that it did not come.")


@require_POST
@for_roles(*MONEY)
def void(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found, form = _visible(request, pk), ReasonForm(request.POST)
    if tried(form, lambda: actions.void(found, by=request.member, reason=form.cleaned_data["reason"])):
        return answer(request, lambda: None, to=_to(request, pk), said="This invoice is void.")
    return render(request, "billing/invoice.html", _page(request, pk, reason=form))


@require_POST
@for_roles(*MONEY)
def redraft(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Write a new draft; it opens where its lines can be changed and sent."""
    found, to = _visible(request, pk), _to(request, pk)
    fresh: list[Invoice] = []
    said = "A new draft, as the work was approved. Only your firm sees it until you send it."
    response = answer(
        request, lambda: fresh.append(actions.redraft(found, by=request.member)), to=to, said=said
    )
    return redirect("invoice-revise", firm, fresh[0].pk) if fresh else response


@require_POST
@for_roles(*MONEY)
def approve(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = _visible(request, pk)
    said = "Approved. They have been told."
    return answer(request, lambda: actions.approve(found, by=request.member), to=_to(request, pk), said=said)


@require_POST
@for_roles("owner")
def name_mediator(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found, form = _visible(request, pk), MediatorForm(request.POST)
    if tried(
        form, lambda: actions.name_mediator(found, by=request.member, who=form.cleaned_data["mediator"])
    ):
        return answer(
            request, lambda: None, to=_to(request, pk), said="Named. Now they agree, or name another."
        )
    return render(request, "billing/invoice.html", _page(request, pk, mediator=form))


@require_POST
@for_roles("owner")
def agree_mediator(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = _visible(request, pk)
    act = lambda: actions.agree_mediator(found, by=request.member)  # noqa: E731 - one expression for `answer`
    return answer(request, act, to=_to(request, pk), said="Agreed. They have been told.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with an amount beside each line: which step it takes, with which form, and its words. Any: the form read."""

    step: str
    form: type[LinesForm]
    act: Callable[[Invoice, Any, Any], object]
    heading: str
    means: str
    button: str
    said: str


SHEETS = {
    "revision": Sheet(
        "ask_revision", ObjectionForm,
        lambda found, form, by: actions.ask_revision(found, by=by, lines=form.wrong()),
        "Ask for a revision",
        "They send the invoice again. What you do not name stays payable on its day; only what they change gets a new one.",
        "Ask them to revise it", "Asked. They have been told, line by line.",
    ),
    "dispute": Sheet(
        "dispute", ObjectionForm, lambda found, form, by: actions.dispute(found, by=by, lines=form.wrong()),
        "Dispute lines",
        "Both owners talk within five business days. What you do not name stays payable on its day. PartnerNet does not decide about money.",
        "Dispute these lines", "Disputed. They have been told; now call them.",
    ),
    "revise": Sheet(
        "submit", RevisionForm,
        lambda found, form, by: actions.submit(
            found, by=by, revised=Revised(form.amounts(), form.cleaned_data["note"])
        ),
        "Send the invoice",
        "At most what was approved. What equals the approved work is approved by itself; the clock starts anew only for the lines that you change.",
        "Send it", "Sent.",
    ),
    "credit": Sheet(
        "credit", CreditForm,
        lambda found, form, by: actions.credit(
            found, by=by, amounts=form.amounts(), reason=form.cleaned_data["reason"]
        ),
        "Write a credit note",
        "It takes back a part of what is open, and cannot be undone. A dispute of which nothing is left ends by itself.",
        "Write the credit note", "Written. They have been told.",
    ),
}  # fmt: skip


@for_roles(*MONEY)
def sheet(request: MemberRequest, firm: UUID, pk: UUID, kind: str) -> HttpResponse:
    found, page = _visible(request, pk), SHEETS[kind]
    side, to = found.side_of(request.member.firm_id), _to(request, pk)
    try:  # a page that could only be refused is refused at once
        INVOICE.check(page.step, status=found.status, side=side, role=request.member.role)
    except WrongSide as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except IllegalStep as refusal:
        messages.error(request, str(refusal))
        return redirect(to)
    form = for_lines(page.form, found, request.POST or None)
    if tried(form, lambda: page.act(found, form, request.member)):
        return answer(request, lambda: None, to=to, said=page.said)
    return render(request, "billing/lines.html", {"invoice": found, "form": form, "sheet": page})
