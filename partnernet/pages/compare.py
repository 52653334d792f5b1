"""Two to four firms side by side: what we know ourselves first, then what the network knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts.actions.coverage import standing_with
from contracts.coverage import Verdict
from engagements.models import WorkOrder
from partnernet.core import clock, localtime, money
from partners import scoring
from partners.actions import reckoning
from partners.directory import Search, firms_for
from partners.http import MemberRequest, for_roles
from partners.models import Document, Firm
from partners.models.scores import DIMENSION_CHOICES
from partners.paper_rows import told_of

LEAST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Known:
    """What is read beside the firms, by firm."""

    today: date
    currency: str
    jobs: dict[UUID, tuple[int, int]]
    standing: dict[UUID, Verdict]
    papers: dict[UUID, list[str]]
    paid: dict[tuple[UUID, str], scoring.DaysToPay | None]


@require_safe
@for_roles("owner", "dispatcher", "finance", "viewer")
def compare(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show the chosen firms side by side; another number of them leads back to the list."""
    chosen = _chosen(request.GET.getlist("firm"))
    found = list(firms_for(request.member, Search()).filter(pk__in=chosen).order_by("name", "pk"))
    if not LEAST <= len(found) <= MOST:
        messages.info(request, "Tick two to four firms, then compare them.")
        return redirect("firms", firm)
    known = _known(request, found)
    rows = [(label, [(each.name, cell(each, known)) for each in found]) for label, cell in CELLS]
    return render(request, "pages/compare.html", {"firms": found, "rows": rows})


def _chosen(typed: Iterable[str]) -> list[UUID]:
    """Read what can be read; one more than the most, so that too many are seen to be too many."""
    found = []
    for each in typed:
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found[: MOST + 1]


def _known(request: MemberRequest, firms: list[Firm]) -> Known:
    own, now = request.member.firm, clock.now()
    keys = [each.pk for each in firms]
    today = localtime.day_in(now, own.timezone)
    given = WorkOrder.objects.given_by(own.pk).filter(sub__in=keys).order_by().values("sub")
    counted = given.annotate(done=Count("pk", filter=Q(status="approved")), all=Count("pk"))
    shown = Document.objects.shown_by([each.pk for each in firms if each.known_since or each.on_bench])
    return Known(
        today,
        own.currency,
        {row["sub"]: (row["done"], row["all"]) for row in counted},
        standing_with(own.pk, keys, now=now),
        {key: [_paper(row) for row in told_of(found, today)] for key, found in shown.items()},
        reckoning.days_to_pay_of(keys, on=today),
    )


def _paper(row: Any) -> str:  # Any: partners.paper_rows.Holds
    until = f" until {row.until.day} {row.until:%B %Y}" if row.until else ""
    ended = " (ran out)" if row.ran_out_on else ""
    return f"{row.words}{f' {row.limit}' if row.limit else ''}{until}{ended}"


def _with_you(firm: Firm, known: Known) -> str:
    done, given = known.jobs.get(firm.pk, (0, 0))
    parts = [
        f"since {firm.known_since}" if firm.known_since else "",
        "on your bench" if firm.on_bench else "",
        f"{done} of {given} orders done" if given else "no order yet",
    ]
    return ", ".join(part for part in parts if part)


def _agreement(firm: Firm, known: Known) -> str:
    return known.standing[firm.pk].reasons[0]


def _score(dimension: str) -> Callable[[Firm, Known], str]:
    def cell(firm: Firm, known: Known) -> str:
        score = next((each for each in firm.scores.all() if each.dimension == dimension), None)
        if score is None or score.is_new:
            return "New"
        low, high = scoring.shown(score.low), scoring.shown(score.high)
        return f"{scoring.shown(score.points)} ({low} to {high})"

    return cell


def _skills(firm: Firm, known: Known) -> str:
    profile = getattr(firm, "profile", None)
    named = (
        [f"{row.skill.name} ({row.get_level_display().lower()})" for row in profile.skill_levels.all()]
        if profile
        else []
    )
    return ", ".join(named) or "not said"


def _communities(firm: Firm, known: Known) -> str:
    return ", ".join(row.community.name for row in firm.belongs_to()) or "none confirmed"


def _distance(firm: Firm, known: Known) -> str:
    miles = getattr(firm, "miles", None)
    where = f"{firm.town}, {firm.state}" if firm.town else "not said"
    return where if miles is None else f"{where}, {miles:.0f} miles"


def _papers(firm: Firm, known: Known) -> str:
    if firm.pk not in known.papers:
        return "not known to you yet"
    return ", ".join(known.papers[firm.pk]) or "none shown"


def _price(firm: Firm, known: Known) -> str:
    profile = getattr(firm, "profile", None)
    if profile is None or profile.hourly_rate is None:
        return "on request"
    trip = f", {money.show(profile.trip_charge, firm.currency)} a trip" if profile.trip_charge else ""
    return f"{money.show(profile.hourly_rate, firm.currency)} an hour{trip}"


def _pays(firm: Firm, known: Known) -> str:
    days = known.paid.get((firm.pk, known.currency))
    return f"{days.median} days, nine tenths within {days.ninetieth}" if days else "not enough invoices yet"


CELLS: tuple[tuple[str, Callable[[Firm, Known], str]], ...] = (
    ("With you", _with_you),
    ("Agreement", _agreement),
    *((words, _score(name)) for name, words in DIMENSION_CHOICES.items()),
    ("Skills", _skills),
    ("Where", _distance),
    ("Communities", _communities),
    ("Papers", _papers),
    ("Rate", _price),
    ("Pays after", _pays),
)
