"""Our own technicians' hours on a job."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction

from engagements.actions.history import record_engagement
from engagements.actions.shared import require_lead
from engagements.crew_hours import DAY_MINUTES, Hours
from engagements.models import CrewMember, Engagement
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partnernet.core.localtime import zone_of
from partners.models import Member


@dataclass(frozen=True)
class CrewFacts:
    """Who works when: local intervals per weekday, days off, and the cost of an hour."""

    name: str
    timezone: str
    hours: tuple[Hours, ...]
    days_off: tuple[date, ...] = ()
    cost_per_hour: Decimal = Decimal(0)

    def check(self) -> None:
        """Raise Invalid with a sentence by field."""
        zone_of(self.timezone)
        if not self.name.strip():
            raise Invalid({"name": ["Who is it?"]})
        if not self.hours:
            raise Invalid({"hours": ["Enter at least one working day."]})
        for each in self.hours:
            if not (0 <= each.weekday <= 6 and 0 <= each.start < each.end <= DAY_MINUTES):
                raise Invalid({"hours": ["Working hours begin before they end, within one day."]})
        if _overlap(self.hours):
            raise Invalid({"hours": ["Two spans of the same day overlap."]})
        if self.cost_per_hour < 0:
            raise Invalid({"cost_per_hour": ["A cost cannot be negative."]})


def _overlap(hours: tuple[Hours, ...]) -> bool:
    ordered = sorted(hours, key=lambda each: (each.weekday, each.start))
    pairs = pairwise(ordered)
    return any(first.weekday == second.weekday and second.start < first.end for first, second in pairs)


@transaction.atomic
def put(engagement: Engagement, facts: CrewFacts, *, by: Member, now: datetime | None = None) -> CrewMember:
    """Add a technician to the job, or replace the hours of the one who has this name."""
    require_lead(by)
    facts.check()
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    now = now or clock.now()

    person, _ = CrewMember.objects.update_or_create(
        engagement=engagement,
        name=facts.name.strip(),
        defaults={
            "timezone": facts.timezone,
            "hours": [[each.weekday, each.start, each.end] for each in facts.hours],
            "days_off": list(facts.days_off),
            "cost_per_hour": facts.cost_per_hour,
        },
    )
    record_engagement(engagement, "put_crew", by=by, now=now, changes={"name": person.name})
    return person


@transaction.atomic
def remove(person: CrewMember, *, by: Member, now: datetime | None = None) -> None:
    """Take a technician off the job."""
    require_lead(by)
    engagement = Engagement.objects.locked().order_by("pk").get(pk=person.engagement_id)
    now = now or clock.now()

    person.delete()
    record_engagement(engagement, "remove_crew", by=by, now=now, changes={"name": person.name})
