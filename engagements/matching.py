"""Which firms could do this work, best first, and why: every filter and every part of the rank is a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from clients.models import Site
from contracts.actions.coverage import standing_with
from contracts.coverage import COVERED, COVERED_ON_PAPER, Verdict
from engagements import demands
from engagements.demands import Demand
from engagements.models import WorkOrder
from partners import geo
from partners.models import Capacity, Firm, FirmScore, ProfileSkill, Skill

WEIGHTS = {"history": 30, "skills": 20, "distance": 20, "record": 20, "price": 10}
FAR = 50
"""Miles at which distance counts for nothing."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a firm."""

    prime: UUID
    site: Site
    skills: tuple[Skill, ...] = ()
    max_miles: int | None = None
    hours: float = 0
    hourly: float | None = None
    demands: tuple[Demand, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """One filter. `ask` is the demand that the firm can be asked to meet."""

    met: bool
    text: str
    ask: Demand | None = None


@dataclass(frozen=True)
class Match:
    """One firm, judged. `parts` are the points of each weight, `known` what we know of it ourselves, `cover` what lets it work."""

    firm: Firm
    miles: int | None
    reasons: tuple[Reason, ...]
    parts: dict[str, float]
    known: str
    covered: bool
    free_hours: float | None
    cover: str = ""
    on_paper: bool = False

    @property
    def score(self) -> float:
        return sum(self.parts.values())

    @property
    def fits(self) -> bool:
        return all(reason.met for reason in self.reasons)


def candidates(prime_id: UUID | None) -> QuerySet[Firm]:
    """Return the firms that this one may ask, with what each noted about the other."""
    if prime_id is None:
        return Firm.objects.none()
    return Firm.objects.listed_for(prime_id).with_partnership_of(prime_id)


def miles_to(site: Site, firm: Firm) -> int | None:
    """Return the whole miles from the centre of the site's ZIP code: the exact place stays hidden until acceptance."""
    centre = geo.zip_place(site.postcode)
    here = (centre.latitude, centre.longitude) if centre else (site.latitude, site.longitude)
    if here[0] is None or here[1] is None or firm.latitude is None or firm.longitude is None:
        return None
    return round(geo.miles_between(float(here[0]), float(here[1]), firm.latitude, firm.longitude))


def unmet(order: WorkOrder, firm: Firm) -> list[str]:
    """Say which requirements of an order this firm does not meet."""
    wished = list(order.required_skills.all())
    has = set(
        ProfileSkill.objects.filter(profile__firm=firm, skill__in=wished).values_list("skill_id", flat=True)
    )
    missing = [skill.name for skill in wished if skill.pk not in has]
    said = [f"{firm.name} does not list {', '.join(missing)}."] if missing else []
    miles = miles_to(order.site, firm)
    if order.max_miles is not None and miles is not None and miles > order.max_miles:
        said.append(f"{firm.name} is {miles} miles away, more than {order.max_miles}.")
    return said


def matches(wish: Wish, *, now: datetime, limit: int = 50) -> list[Match]:
    """Return the firms that could be asked, those that fit first, in eight queries however many there are; one more for papers."""
    firms = list(
        candidates(wish.prime)
        .select_related("profile")
        .prefetch_related(
            Prefetch("profile__skill_levels", ProfileSkill.objects.select_related("skill")),
            "capacities",
            "profile__areas",
        )
        .order_by("name", "pk")[:500]
    )
    known = _what_we_know(wish, firms, now=now)
    found = [_judge(firm, wish, known, now=now) for firm in firms if not firm.is_blocked]
    return sorted(found, key=lambda match: (not match.fits, -match.score, match.firm.name))[:limit]


@dataclass(frozen=True)
class Known:
    """What is known of all candidates at once, by firm."""

    standing: dict[UUID, Verdict]
    orders: dict[UUID, int]
    scores: dict[UUID, float]
    papers: dict[UUID, demands.Known]


def _what_we_know(wish: Wish, firms: Sequence[Firm], *, now: datetime) -> Known:
    keys = [firm.pk for firm in firms]
    standing = standing_with(wish.prime, keys, now=now)
    scores = FirmScore.objects.filter(firm__in=keys).order_by("firm")
    return Known(
        standing=standing,
        orders=_jobs_with(wish.prime, keys),
        scores=_ranks(scores),
        papers=demands.known_of(keys) if wish.demands else {},
    )


def _ranks(scores: Iterable[FirmScore]) -> dict[UUID, float]:
    """Return the mean rank of the published scores, 0 to 1; a firm without one is not in it."""
    by_firm: dict[UUID, list[float]] = {}
    for score in scores:
        by_firm.setdefault(score.firm_id, []).append(score.rank)
    return {firm: sum(lows) / len(lows) / 100 for firm, lows in by_firm.items()}


def _judge(firm: Firm, wish: Wish, known: Known, *, now: datetime) -> Match:
    profile = getattr(firm, "profile", None)
    levels = {row.skill_id: row.level for row in profile.skill_levels.all()} if profile else {}
    miles = miles_to(wish.site, firm)
    free = _free_hours(list(firm.capacities.all()), wish, on=now.date())
    stands = known.standing[firm.pk]
    jobs = known.orders.get(firm.pk, 0)
    return Match(
        firm=firm,
        miles=miles,
        reasons=(
            *_reasons(firm, wish, levels=levels, miles=miles, free=free),
            *_papers(firm, wish, known, now=now),
        ),
        parts=_parts(firm, wish, known, levels=levels, miles=miles),
        known=_known_words(firm, jobs=jobs),
        covered=stands.opens_offers,
        free_hours=free,
        on_paper=stands.status == COVERED_ON_PAPER,
        cover="Agreement in force" if stands.status == COVERED else " ".join(stands.reasons),
    )


def _free_hours(stated: Sequence[Capacity], wish: Wish, *, on: date) -> float | None:
    wanted = {skill.pk for skill in wish.skills}
    fitting = [each for each in stated if each.skill_id is None or each.skill_id in wanted or not wanted]
    return max((each.free_hours(on) for each in fitting), default=None)


def _reasons(
    firm: Firm, wish: Wish, *, levels: dict[UUID, int], miles: int | None, free: float | None
) -> Iterable[Reason]:
    for skill in wish.skills:
        yield Reason(skill.pk in levels, skill.name if skill.pk in levels else f"Does not list {skill.name}")
    if miles is None:
        remote = bool(getattr(getattr(firm, "profile", None), "works_remotely", False))
        yield Reason(remote, "Works remotely" if remote else "Distance unknown")
    else:
        near = wish.max_miles is None or miles <= wish.max_miles
        yield Reason(near, f"{miles} miles away")
    if free is not None and wish.hours:
        yield Reason(free >= min(wish.hours, 40), f"{free:.0f} hours a week free")
    if firm.not_taking_offers or firm.status == Firm.Status.SUSPENDED:
        yield Reason(False, "Not taking offers")  # noqa: FBT003 - the field's name says it


def _papers(firm: Firm, wish: Wish, known: Known, *, now: datetime) -> Iterable[Reason]:
    """Say of each demanded paper whether it holds for the days of the work."""
    if not wish.demands:
        return
    days = demands.days_of(wish.starts_at, wish.ends_at, now=now, zone=firm.timezone)
    for each in demands.judge(wish.demands, known.papers[firm.pk], days=days):
        text = f"{each.demand.words}: {each.why}" if each.why else each.demand.words
        yield Reason(not each.why, text, each.demand if each.why else None)


def _parts(
    firm: Firm, wish: Wish, known: Known, *, levels: dict[UUID, int], miles: int | None
) -> dict[str, float]:
    jobs = known.orders.get(firm.pk, 0)
    shares = {
        "history": min(1.0, jobs / 3) if jobs else (0.4 if firm.on_bench else 0.0),
        "skills": sum(levels.get(skill.pk, 0) for skill in wish.skills) / (3 * len(wish.skills))
        if wish.skills
        else 0.5,
        "distance": max(0.0, 1 - miles / FAR) if miles is not None else 0.0,
        "record": known.scores.get(firm.pk, 0.5),
        "price": _price_share(firm, wish),
    }
    return {name: round(WEIGHTS[name] * share, 1) for name, share in shares.items()}


def _price_share(firm: Firm, wish: Wish) -> float:
    rate = getattr(getattr(firm, "profile", None), "hourly_rate", None)
    if rate is None or wish.hourly is None:
        return 0.5
    return max(0.0, min(1.0, 1 - (float(rate) - wish.hourly) / (2 * wish.hourly))) if wish.hourly else 0.0


def known_of(prime_id: UUID, firms: Iterable[UUID]) -> dict[UUID, str]:
    """Say what the firm that gives the work knows of others itself, by firm, in two queries."""
    keys = list(firms)
    found = candidates(prime_id).filter(pk__in=keys)
    jobs = _jobs_with(prime_id, keys)
    return {firm.pk: _known_words(firm, jobs=jobs.get(firm.pk, 0)) for firm in found}


def _jobs_with(prime_id: UUID, keys: Sequence[UUID]) -> dict[UUID, int]:
    orders = (
        WorkOrder.objects.given_by(prime_id).filter(sub__in=keys, status="approved").values("sub")
        .annotate(jobs=Count("pk")).order_by("sub")
    )  # fmt: skip
    return {row["sub"]: row["jobs"] for row in orders if row["sub"]}


def _known_words(firm: Firm, *, jobs: int) -> str:
    since = (
        f"with you since {firm.known_since}" if firm.known_since else "on your bench" if firm.on_bench else ""
    )
    done = f"{jobs} {'job' if jobs == 1 else 'jobs'} here" if jobs else ""
    return ", ".join(part for part in (since, done) if part) or "New to you"
