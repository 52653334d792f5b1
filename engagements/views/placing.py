"""Split & offer: units on the left, firms in the middle, what stays with us on the right. And the urgent form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clients.actions.clients import SiteFacts
from engagements import cash_gap, margin, matching, pay, wording
from engagements.actions.placing import OnePiece, Placement, cover, place, urgent
from engagements.cash_gap import CashGap
from engagements.deadlines import DEFAULT_WINDOW
from engagements.demands import demands_of
from engagements.forms.terms import USUAL_NET_DAYS
from engagements.forms.work import CoverForm, PlaceForm, UrgentForm, usual_times
from engagements.matching import Match, Wish
from engagements.models import Engagement, EngagementLine, WorkOrder
from engagements.values import Piece, Recipient, instant_of
from engagements.views.floor import owners_to_ask
from engagements.views.heeding import heeded
from engagements.views.jobs import LEADS, job_or_404
from partnernet.core import clock
from partnernet.core.errors import RuleBroken
from partners import geo
from partners.http import MemberRequest, for_roles, tried
from partners.models import Skill

DISTANCES = (10, 25, 50, 100)


@dataclass(frozen=True)
class Choice:
    """What the page offers to choose from."""

    lines: Sequence[EngagementLine]
    matches: Sequence[Match]
    miles: int

    @property
    def firms(self) -> list[UUID]:
        return [match.firm.pk for match in self.matches]


def _choice(request: MemberRequest, job: Engagement) -> Choice:
    found = (
        EngagementLine.objects.filter(engagement=job)
        .select_related("site__client", "engagement")
        .prefetch_related("skills")
    )
    lines = [line for line in found.in_order() if line.rest]
    typed = request.GET.get("miles", "")
    miles = int(typed) if typed.isdecimal() and int(typed) in DISTANCES else 25
    if not lines:
        return Choice([], [], miles)
    skills: dict[UUID, Skill] = {skill.pk: skill for line in lines for skill in line.skills.all()}
    wish = Wish(
        request.member.firm_id,
        lines[0].site,
        tuple(skills.values()),
        miles,
        **_typed_demands(request.POST, lines),
    )
    return Choice(lines, matching.matches(wish, now=clock.now()), miles)


def _typed_demands(typed: QueryDict, lines: Sequence[EngagementLine]) -> dict[str, Any]:
    """Return the papers that were chosen and the days of the work, as far as they can be read yet."""
    form = PlaceForm(typed, lines=lines)
    form.is_valid()
    read = form.cleaned_data
    if not read.get("insurance") and not read.get("documents"):
        return {}
    order = SimpleNamespace(
        insurance=read.get("insurance", ()), insurance_limit=read.get("insurance_limit"),
        documents=read.get("documents", ()), currency=lines[0].engagement.currency,
    )  # fmt: skip
    zone = ZoneInfo(lines[0].site.timezone)
    days = {f"{name}_at": at.replace(tzinfo=zone) for name in ("starts", "ends") if (at := read.get(name))}
    return {"demands": tuple(demands_of(order)), **days}


@for_roles(*LEADS)
def job_place(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    job = job_or_404(request, pk)
    choice = _choice(request, job)
    form = PlaceForm(request.POST or None, lines=choice.lines, firms=choice.firms, initial=_first_terms())
    made: list[WorkOrder] = []
    if (
        form.is_valid()
        and heeded(request, form, form.giving_away() if form.cleaned_data["firms"] else [])
        and tried(form, lambda: made.extend(_place(form, job, request)))
    ):
        return redirect("work-order", firm, made[0].pk) if len(made) == 1 else redirect("job", firm, pk)
    rows = [{"line": line, "field": form[f"units-{line.pk}"]} for line in choice.lines]
    context = {"form": form, "job": job, "rows": rows, "matches": choice.matches, "miles": choice.miles,
               "distances": DISTANCES, "kept": _kept(form, job), "chosen": request.POST.getlist("firms"), "may_allow": request.member.role == "owner",
               "whom_to_ask": owners_to_ask(request.member)}  # fmt: skip
    return render(request, "engagements/place.html", context)


def _first_terms() -> dict[str, Any]:
    local = timezone.localtime(clock.now())
    tomorrow = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    return {"starts": tomorrow, "ends": tomorrow + DEFAULT_WINDOW}


def _place(form: PlaceForm, job: Engagement, request: MemberRequest) -> list[WorkOrder]:
    pieces = form.pieces()
    firms = [Recipient(key, form.cleaned_data["waiver_reason"]) for key in form.cleaned_data["firms"]]
    typed = form.cleaned_data["respond_by"]
    zone = timezone.get_current_timezone_name()
    answer_by = instant_of(typed, zone, field="respond_by") if typed else None
    draft = form.draft(_zone(form, pieces, job))
    placement = Placement(pieces, draft, firms, answer_by, ask_owner="ask" in request.POST)
    return place(job, placement, by=request.member)


def _zone(form: PlaceForm, pieces: Sequence[Piece], job: Engagement) -> str:
    """Return the zone of the first place that is chosen: the times are typed as its clocks show them."""
    zones = {line.pk: line.site.timezone for line in form.lines}
    return zones[pieces[0].line] if pieces else job.timezone


@require_GET
@for_roles(*LEADS)
def job_place_margin(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Answer the question "and what do we keep?" while somebody types."""
    job = job_or_404(request, pk)
    found = EngagementLine.objects.filter(engagement=job).select_related("site__client").in_order()
    form = PlaceForm(request.GET, lines=[line for line in found if line.rest])
    context = {"kept": _kept(form, job), "job": job, "whom_to_ask": owners_to_ask(request.member)}
    return render(request, "engagements/_margin.html", context)


@dataclass(frozen=True)
class Kept:
    """The margin of what is typed, in words."""

    margin: margin.Margin
    units: str
    most: Decimal
    warnings: list[str]
    gap: CashGap | None


def _kept(form: PlaceForm, job: Engagement) -> Kept | None:
    """Return the margin of what is typed so far, or None while units or pay are missing."""
    if not form.is_bound:
        return None
    form.is_valid()  # reads what is typed, once: reading again would wipe what the action refused
    typed = form.cleaned_data
    chosen = [(line, typed.get(f"units-{line.pk}") or 0) for line in form.lines]
    units = sum(count for _, count in chosen)
    if not units or not typed.get("amount") or "pay_kind" not in typed:
        return None
    terms = _typed_pay(typed)
    most = pay.not_to_exceed(terms, units=units)
    price = sum((line.unit_price * count for line, count in chosen), Decimal(0))
    bases = {line.site.client.price_basis for line, count in chosen if count}
    floor = margin.Floor(job.margin_warn_percent, job.margin_floor_percent)
    basis = margin.PRICED if margin.PRICED in bases else next(iter(bases), margin.PRICED)
    judged = margin.of_offer(
        price=price, cost=most, currencies=(job.currency, job.currency), basis=basis, floor=floor
    )
    last = typed.get("ends") or typed.get("starts")
    gap = cash_gap.of_work(
        last.date() if last else None,
        net_days=USUAL_NET_DAYS if typed.get("net_days") is None else typed["net_days"],
        client_days=[line.site.client.pays_within_days for line, count in chosen if count],
        amount=most,
        currency=job.currency,
    )
    return Kept(judged, wording.units(units, job.unit_noun), most, form.giving_away(), gap)


def _typed_pay(typed: dict[str, Any]) -> pay.PayTerms:
    names = ("flat_hours", "extra_rate", "minimum_hours", "trip_charge", "expenses_cap")
    return pay.PayTerms(
        kind=typed["pay_kind"],
        amount=typed["amount"],
        cap_hours=typed.get("cap_hours"),
        after_hours_factor=typed.get("after_hours_factor") or Decimal(1),
        not_to_exceed=typed.get("not_to_exceed"),
        **{name: typed.get(name) or Decimal(0) for name in names},
    )


@for_roles(*LEADS)
def job_urgent(request: MemberRequest, firm: UUID) -> HttpResponse:
    firms = _firms_to_ask(firm)
    chosen = [key for key, _ in firms if key == request.GET.get("firm", "")]
    initial = {**usual_times(timezone.localtime(clock.now())), "firms": chosen}
    form = UrgentForm(request.POST or None, firm=firm, firms=firms, initial=initial)
    made: list[WorkOrder] = []
    warnings = form.giving_away() if form.is_valid() else []
    if (
        form.is_valid()
        and heeded(request, form, warnings)
        and tried(form, lambda: made.append(_urgent(form, request)))
    ):
        return redirect("work-order", firm, made[0].pk)
    context = {"form": form, "warnings": warnings, "whom_to_ask": owners_to_ask(request.member)}
    return render(request, "engagements/urgent.html", context)


@for_roles(*LEADS)
def job_cover(request: MemberRequest, firm: UUID) -> HttpResponse:
    """A job of cover in one form: who stands by, when, for what."""
    form = CoverForm(request.POST or None, firm=firm, firms=_firms_to_ask(firm), initial=_first_cover())
    made: list[WorkOrder] = []
    warnings = form.giving_away() if form.is_valid() else []
    if (
        form.is_valid()
        and heeded(request, form, warnings)
        and tried(form, lambda: made.append(_cover(form, request)))
    ):
        return redirect("work-order", firm, made[0].pk)
    context = {"form": form, "warnings": warnings, "whom_to_ask": owners_to_ask(request.member)}
    return render(request, "engagements/cover.html", context)


def _first_cover() -> dict[str, Any]:
    """Propose four weeks of office hours from tomorrow."""
    local = timezone.localtime(clock.now()) + timedelta(days=1)
    first = local.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    last = first.replace(hour=17) + timedelta(days=27)
    return {"starts": first, "ends": last, "response_minutes": 30, "weekly_minimum": 0}


def _cover(form: CoverForm, request: MemberRequest) -> WorkOrder:
    typed = form.cleaned_data
    facts = OnePiece(
        what=typed["what"], client_price=typed["client_price"], asked=form.asked(typed["site"].timezone),
        firms=[Recipient(key) for key in typed["firms"]], site=typed["site"].pk, routing=typed["routing"],
        ask_owner="ask" in request.POST,
    )  # fmt: skip
    return cover(facts, by=request.member)


def _firms_to_ask(firm: UUID) -> list[tuple[str, str]]:
    """Return the firms that can be asked, those on the bench first."""
    known = matching.candidates(firm).order_by("name", "pk")[:200]
    ordered = sorted(
        (one for one in known if not one.is_blocked), key=lambda one: (not one.on_bench, one.name)
    )
    return [(str(one.pk), f"{one.name}, {one.town}" if one.town else one.name) for one in ordered]


def _urgent(form: UrgentForm, request: MemberRequest) -> WorkOrder:
    typed = form.cleaned_data
    site = typed["site"]
    place_of_it = SiteFacts(name=typed["client_name"], street=typed["street"], postcode=typed["postcode"])
    zone = site.timezone if site else _zone_of(typed["postcode"], fallback=request.member.firm.timezone)
    facts = OnePiece(
        what=typed["what"],
        client_price=typed["client_price"],
        asked=form.asked(zone),
        firms=[Recipient(key) for key in typed["firms"]],
        site=site.pk if site else None,
        client_name=typed["client_name"],
        place=place_of_it,
        ask_owner="ask" in request.POST,
    )
    return urgent(facts, by=request.member)


def _zone_of(postcode: str, *, fallback: str) -> str:
    found = geo.zip_place(postcode)
    if found is None and not postcode.strip():
        raise RuleBroken("Where is it?", field="postcode")
    return found.timezone if found else fallback
