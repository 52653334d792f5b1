"""Work orders, as the firm that gave one and as the firm that does it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clients.models import ClientSuccession
from clients.naming import other_name
from contracts.actions import conflicts
from engagements import cash_gap, matching, wording
from engagements.actions import floor
from engagements.actions import offers as offer_actions
from engagements.actions import orders as actions
from engagements.actions.backups import may_send_backup
from engagements.actions.news import UNDO
from engagements.actions.shared import margin_of, order_lines
from engagements.cash_gap import CashGap
from engagements.demands import Met, days_of, demands_of, judged
from engagements.forms.work import WaiverForm
from engagements.matching import Wish
from engagements.models import Assignment, FloorRequest, Offer, RecordedAnswer, WorkOrder
from engagements.offers_around import giving_away
from engagements.promises import not_mirrored
from engagements.timeline import BEFORE_THE_DEAL, Written, told, whose_turn
from engagements.values import Recipient
from engagements.views.call_offs import cover_context
from engagements.views.changes import changes_context
from engagements.views.floor import owners_to_ask
from engagements.views.heeding import heeded
from engagements.views.jobs import LEADS, READERS
from engagements.views.running import running_context
from engagements.views.talk import messages_context, questions_of, unread_of
from engagements.workflow import OFFER, RUNNING, WORK_ORDER
from partnernet.core import clock
from partnernet.core.localtime import day_in
from partnernet.core.pages import NEWEST_FIRST, page_of
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Firm

STILL = ("draft", "offered", "assigned", "in_progress", "on_hold")
"""Where a promise to the client can still be kept."""
SIDES = {"given": "prime", "taken": "sub"}
SORTS = {"soonest": ("due", "pk"), "largest": ("-not_to_exceed", "-pk")}
ENDED = ("approved", "cancelled")
SOME_DAY = Value(datetime(9999, 1, 1, tzinfo=UTC))


def order_or_404(request: MemberRequest, pk: UUID) -> WorkOrder:
    visible = WorkOrder.objects.visible_to(request.member.firm_id).with_sides()
    return get_object_or_404(visible.select_related("accepted_revision"), pk=pk)


@require_GET
@for_roles(*READERS, "finance")
def work_orders(request: MemberRequest, firm: UUID) -> HttpResponse:
    side, status = request.GET.get("side", ""), request.GET.get("status", "")
    found = WorkOrder.objects.visible_to(firm).for_list()
    found = found.filter(status=status) if status in WorkOrder.Status.values else found
    sort = request.GET.get("sort", "")
    by = SORTS.get(sort, NEWEST_FIRST)
    if sort == "soonest":
        # What comes next, so nothing that has ended, unless that was asked for.
        found = found.annotate(due=Coalesce("starts_at", "ends_at", SOME_DAY))
        found = found if status else found.exclude(status__in=ENDED)
    sides = [Q(**{SIDES[each]: firm}) for each in ([side] if side in SIDES else SIDES)]
    page = page_of(found, request, by=by, sides=sides)
    unread = unread_of(page.rows, request.member)
    rows = [
        {
            "order": order,
            "ours": order.prime_id == firm,
            "when": wording.short_dates(order),
            "unread": unread.get(order.pk, 0),
        }
        for order in page.rows
    ]
    context = {
        "page": page,
        "rows": rows,
        "side": side,
        "status": status,
        "statuses": WorkOrder.Status.choices,
        "sort": sort,
    }
    return render(request, "engagements/work_orders.html", context)


@require_GET
@for_roles(*READERS, "finance")
def work_order(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = order_or_404(request, pk)
    side = order.side_of(firm)
    context = _shared_context(request, order, side=side) | running_context(request, order, side=side)
    context |= cover_context(request.member, order, side=side)
    context |= changes_context(request.member, order) | messages_context(request.member, order)
    assignment = context["assignment"]
    context["may_send_backup"] = side == "prime" and may_send_backup(order, assignment, now=clock.now())
    if assignment and context["backup_form"]:
        context["backup_form"].initial = {"technician": assignment.backup_id}
    if side == "prime":
        context |= _prime_context(request, order)
    return render(request, "engagements/work_order.html", context)


def _shared_context(request: MemberRequest, order: WorkOrder, *, side: str) -> dict[str, Any]:
    events = order.events.select_related("by_user").order_by("-occurred_at", "-pk")
    if side == "sub":
        events = events.exclude(step__in=BEFORE_THE_DEAL).filter(occurred_at__gte=order.assigned_at)
    names = {order.prime_id: order.prime.name}
    off_network = order.sub is not None and order.sub.status == Firm.Status.OFF_NETWORK
    if order.sub:
        names[order.sub.pk] = order.sub.name
    by_whom = "us" if side == "prime" else order.prime.name
    written = (
        Written(order.sub.pk, f"{order.sub.name} (recorded by {by_whom})", order.sub.joined_at)
        if order.sub
        else None
    )
    lines = order_lines(order)
    steps = WORK_ORDER.open_steps(order.status, side=side, role=request.member.role)
    return {
        "order": order,
        "side": side,
        "nobody_reads": off_network,
        "lines": lines,
        "units": sum(each.units for each in lines),
        "done": sum(each.done for each in lines),
        "turn": whose_turn(order, firm_id=request.member.firm_id),
        "schedule": wording.schedule(order),
        "rate": wording.rate(order, noun=order.engagement.unit_noun),
        "papers": _papers(order),
        "late": wording.late_sentence(order.schedule_kind),
        "assignment": Assignment.objects.filter(work_order=order)
        .current()
        .select_related("technician__user", "backup__user")
        .first(),
        "may": {step.name for step in steps},
        "history": told(events[:50], firms=names, written=written),
        "recorded_by": by_whom,
        "recorded": _recorded(order, side=side),
        "shows_money": request.member.role != "technician",
    }


def _recorded(order: WorkOrder, *, side: str) -> QuerySet[RecordedAnswer]:
    """Return what the prime wrote down: for a firm that has joined since, what was written down about itself."""
    rows = order.recorded_answers.with_people().order_by("-recorded_at", "-pk")
    return rows if side == "prime" else rows.filter(firm=order.sub_id)


def _cash_gap(order: WorkOrder) -> CashGap | None:
    """Return for how long we pay before the client does, counted from the hand-in, or until then from the last day agreed."""
    planned = order.ends_local or order.starts_local
    last = (
        day_in(order.submitted_at, order.timezone)
        if order.submitted_at
        else planned.date()
        if planned
        else None
    )
    terms = [order.client.pays_within_days]
    return cash_gap.of_work(
        last, net_days=order.net_days, client_days=terms, amount=order.not_to_exceed, currency=order.currency
    )


def _papers(order: WorkOrder) -> list[Met]:
    """Say what the order demands, and, once a firm does it, whether that firm's papers hold."""
    if order.sub is None:
        return [Met(demand) for demand in demands_of(order)]
    days = days_of(order.starts_at, order.ends_at, now=clock.now(), zone=order.sub.timezone)
    return judged(order, order.sub.pk, days=days)


def _prime_context(request: MemberRequest, order: WorkOrder) -> dict[str, Any]:
    """What only the firm that gives the work sees: offers and what it keeps."""
    now = clock.now()
    offers = (
        Offer.objects.filter(work_order=order)
        .select_related("firm", "revision", "counter")
        .prefetch_related(Prefetch("coverage_checks", to_attr="checks"))
        .order_by("-round", "position", "pk")
    )
    lines = order_lines(order)
    rows: list[dict[str, Any]] = []
    for offer in offers[:100]:
        steps = OFFER.open_steps(offer.status, side="prime", role=request.member.role)
        counter = offer.counter
        rows.append({
            "offer": offer,
            "may": {step.name for step in steps},
            "undo": offer.status == "sent" and offer.sent_at is not None and now - offer.sent_at <= UNDO,
            "changes": wording.changes(counter),
            "counter_margin": margin_of(order, counter, lines, units=counter.units) if counter else None,
        })  # fmt: skip
    units = sum(each.units for each in lines)
    asking = [row["offer"].firm.name for row in rows if row["offer"].status == Offer.Status.COUNTERED]
    willing = [row["offer"].firm.name for row in rows if row["offer"].status == Offer.Status.WILLING]
    turn = whose_turn(order, firm_id=request.member.firm_id, asking=asking, willing=willing)
    asks_us = any(
        row["offer"].status == Offer.Status.SENT and row["offer"].firm.status == Firm.Status.OFF_NETWORK
        for row in rows
    )
    done_by_us = order.sub is not None and order.sub.status == Firm.Status.OFF_NETWORK
    return {
        "may_record": asks_us or (done_by_us and order.status in RUNNING.split()),
        "turn": turn,
        "offers": rows,
        "may_serve": conflicts.may_serve(order.prime_id, order.client_id),
        "floor_request": FloorRequest.objects.waiting_at(order.prime_id).of_order(order).first(),
        "margin": margin_of(order, order, lines, units=units),
        "client": order.client,
        "gap": _cash_gap(order),
        "other_name": other_name(
            order.client,
            ClientSuccession.objects.standing().about(order.client).newest_first(),
            at=order.created_at,
        ),
        "questions": questions_of(order),
        "promises": not_mirrored(order, order) if order.status in STILL else [],
        "willing": len(willing),
    }


@for_roles(*LEADS)
def work_order_offer(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Choose firms for a work order that is a draft, or further firms for one that is offered."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm).with_sides(), pk=pk)
    wish = Wish(
        firm, order.site, tuple(order.required_skills.all()), order.max_miles or 50,
        demands=tuple(demands_of(order)), starts_at=order.starts_at, ends_at=order.ends_at,
    )  # fmt: skip
    rivals = Offer.objects.filter(work_order=order, round=order.round)
    if order.status == WorkOrder.Status.DRAFT:  # what waits for an owner is replaced
        rivals = rivals.exclude(status=Offer.Status.DRAFT)
    asked = set(rivals.values_list("firm_id", flat=True))
    matches = [match for match in matching.matches(wish, now=clock.now()) if match.firm.pk not in asked]
    known = {str(match.firm.pk): match.firm.pk for match in matches}
    form = WaiverForm(request.POST or None)
    warnings = [*giving_away(order), *not_mirrored(order, order)]
    if form.is_valid() and heeded(request, form, warnings):
        chosen = [
            Recipient(known[key], form.cleaned_data["reason"])
            for key in request.POST.getlist("firms")
            if key in known
        ]
        act = floor.offer_or_ask if "ask" in request.POST else offer_actions.offer_work
        if tried(form, lambda: act(order, chosen, by=request.member)):
            return redirect("work-order", firm, pk)
    lines = order_lines(order)
    margin = margin_of(order, order, lines, units=sum(each.units for each in lines))
    context = {
        "form": form,
        "order": order,
        "matches": matches,
        "margin": margin,
        "chosen": request.POST.getlist("firms"),
        "may_allow": request.member.role == "owner",
        "warnings": warnings,
        "whom_to_ask": owners_to_ask(request.member),
    }
    return render(request, "engagements/offer_order.html", context)


@require_POST
@for_roles(*LEADS)
def work_order_recall(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = order_or_404(request, pk)
    to = reverse("work-order", args=[firm, pk])
    return answer(
        request, lambda: actions.recall(order, by=request.member), to=to, said="The offers are taken back."
    )
