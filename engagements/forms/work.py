"""Turn typing into the values that actions take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from clients.models import Client, Site
from engagements import deadlines, pay
from engagements.actions.crew import CrewFacts
from engagements.crew_hours import Hours
from engagements.forms.papers import DemandsForm
from engagements.forms.terms import TermsForm, WallTimeField, money, of_cover
from engagements.giving_away import names_the_client
from engagements.models import Engagement, EngagementLine
from engagements.values import LONGEST_PROMISE, JobFacts, LineFacts, OrderDraft, Piece
from partnernet.core.forms import ZoneField
from partnernet.core.money import CURRENCIES

WEEKDAYS = ((0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun"))


class SiteField(forms.ModelChoiceField):  # type: ignore[type-arg] # Django cannot subscript it at run time
    """A place of one of the firm's clients."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.client.name}, {obj.name}"

    def of(self, firm: UUID) -> None:
        self.queryset = Site.objects.visible_to(firm).select_related("client").in_order()


class JobForm(forms.Form):
    """A job's own facts."""

    title = forms.CharField(label="What is the job?", max_length=160)
    unit_noun = forms.CharField(label="One of what you count", max_length=40, initial="computer")
    deadline = WallTimeField(label="To be done by", required=False)
    timezone = ZoneField(label="Time zone of that date")
    currency = forms.ChoiceField(label="Currency", choices=[(code, code) for code in CURRENCIES])
    service = forms.CharField(label="Notes on the service", max_length=200, required=False)
    margin_warn_percent = forms.DecimalField(
        label="Warn when you keep less than (%)", min_value=0, max_value=100, initial=20
    )
    margin_floor_percent = forms.DecimalField(
        label="Ask an owner when you keep less than (%)", min_value=0, max_value=100, initial=10
    )
    response_minutes = forms.IntegerField(
        label="Promised: an answer within (minutes)",
        min_value=1,
        max_value=LONGEST_PROMISE,
        required=False,
        help_text="Where this job says nothing, what is kept with its client stands.",
    )
    arrival_minutes = forms.IntegerField(
        label="Promised: on site within (minutes)",
        min_value=1,
        max_value=LONGEST_PROMISE,
        required=False,
        help_text="Of the call. You are warned when another firm accepts less.",
    )
    insurance_demanded = money("Promised: insurance of those who come")

    def facts(self) -> JobFacts:
        typed = dict(self.cleaned_data)
        return JobFacts(**typed)

    @staticmethod
    def of(engagement: Engagement) -> dict[str, Any]:
        """Return what the form shows for a job."""
        shown = {name: getattr(engagement, name) for name in JobForm.base_fields if name != "deadline"}
        return {**shown, "deadline": engagement.deadline_local}


class LineForm(forms.Form):
    """Units at one site."""

    site = SiteField(label="Where", queryset=Site.objects.none(), empty_label="Choose a place")
    what = forms.CharField(label="What is to be done", max_length=200)
    units = forms.IntegerField(label="How many", min_value=1, initial=1)
    estimated_minutes = forms.IntegerField(label="Minutes each, as sold", min_value=1)
    unit_price = money("Price each, to the client", required=True)

    def __init__(self, *args: Any, firm: UUID, **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.fields["site"]
        assert isinstance(site, SiteField)  # noqa: S101 - narrows for mypy
        site.of(firm)

    def facts(self) -> LineFacts:
        return LineFacts(**{**self.cleaned_data, "site": self.cleaned_data["site"].pk})


class ReportForm(forms.Form):
    """Units that are done, and how long they took together."""

    units = forms.IntegerField(label="Done now", min_value=1, initial=1)
    minutes = forms.IntegerField(label="Minutes together", min_value=1, required=False)


class CrewForm(forms.Form):
    """One technician's usual week: the same hours on each day that is ticked."""

    name = forms.CharField(label="Name", max_length=120)
    timezone = ZoneField(label="Time zone")
    weekdays = forms.TypedMultipleChoiceField(
        label="Works on",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=[0, 1, 2, 3, 4],
    )
    starts = forms.TimeField(label="From", initial="09:00", widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label="Until", initial="17:00", widget=forms.TimeInput(attrs={"type": "time"}))
    days_off = forms.CharField(
        label="Days off", required=False, help_text="Dates like 2007-03-06, separated by commas."
    )
    cost_per_hour = money("Costs you per hour")

    def clean_days_off(self) -> tuple[date, ...]:
        typed = self.cleaned_data["days_off"].replace(";", ",").split(",")
        try:
            return tuple(date.fromisoformat(part.strip()) for part in typed if part.strip())
        except ValueError as error:
            raise ValidationError("Write each day as YYYY-MM-DD.") from error

    def clean(self) -> dict[str, Any]:
        """Say beside a field of this form what the action would say of `hours`, which it does not have."""
        typed = super().clean() or {}
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts and ends and starts >= ends:
            self.add_error("ends", "Working hours begin before they end, within one day.")
        return typed

    def facts(self) -> CrewFacts:
        typed = self.cleaned_data
        start, end = (typed[name].hour * 60 + typed[name].minute for name in ("starts", "ends"))
        return CrewFacts(
            name=typed["name"],
            timezone=typed["timezone"],
            hours=tuple(Hours(weekday, start, end) for weekday in typed["weekdays"]),
            days_off=typed["days_off"],
            cost_per_hour=typed["cost_per_hour"] or Decimal(0),
        )


ROUTINGS = [
    ("one_by_one", "Ask one, then the next"),
    ("first_accept", "Ask all, the first to accept gets it"),
    ("select", "Ask all, and we choose among those who would do it"),
]


class PlaceForm(DemandsForm, TermsForm):
    """Units of a job's lines for other firms: how many of each line, on which terms, to whom."""

    routing = forms.ChoiceField(
        label="If you choose several firms",
        choices=ROUTINGS,
    )
    respond_by = WallTimeField(
        label="Answer by",
        required=False,
        help_text="Empty: 17:00 on their next business day, earlier when it is urgent.",
    )
    scope = forms.CharField(
        label="What they should know",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    waiver_reason = forms.CharField(
        label="Why ask a firm that misses a requirement", required=False, max_length=300
    )
    firms = forms.TypedMultipleChoiceField(label="Firms", required=False, coerce=UUID)

    def __init__(
        self, *args: Any, lines: Sequence[EngagementLine], firms: Iterable[UUID] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for line in lines:
            self.fields[f"units-{line.pk}"] = forms.IntegerField(
                label=line.what, required=False, min_value=0, max_value=line.rest, initial=0,
                error_messages={
                    "max_value": f"Only {line.rest} are left here.",
                    "min_value": "This cannot be negative.",
                },
            )  # fmt: skip
        field = self.fields["firms"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - narrows for mypy
        field.choices = [(str(key), str(key)) for key in firms]

    def pieces(self) -> list[Piece]:
        typed = ((line.pk, self.cleaned_data.get(f"units-{line.pk}") or 0) for line in self.lines)
        return [Piece(key, units) for key, units in typed if units]

    def giving_away(self) -> list[str]:
        """Return what the firms would read of the clients before they accept; nothing while no unit is chosen."""
        typed = self.cleaned_data
        chosen = [line for line in self.lines if typed.get(f"units-{line.pk}")]
        texts = {"title": "; ".join(line.what for line in chosen), "scope": typed.get("scope", "")}
        return names_the_client(texts, [line.site.client for line in chosen])

    def draft(self, zone: str) -> OrderDraft:
        typed = self.cleaned_data
        own = {"scope": typed["scope"], "routing": typed["routing"], **self.demanded()}
        return OrderDraft(asked=self.asked(zone), **own)


class UrgentForm(TermsForm):
    """One form for work that cannot wait: which client, what, when, what it pays, whom to ask."""

    site = SiteField(
        label="Where", queryset=Site.objects.none(), required=False, empty_label="Choose a place"
    )
    client_name = forms.CharField(label="or a new client", max_length=200, required=False)
    postcode = forms.CharField(label="ZIP of the place", max_length=20, required=False)
    DEPENDS = (*TermsForm.DEPENDS, "site", "client_name", "postcode")
    street = forms.CharField(label="Street", max_length=200, required=False)
    what = forms.CharField(
        label="What is to be done",
        max_length=160,
        help_text="The firms you ask read this. Do not name the client.",
    )
    client_price = money("What the client pays you", required=True)
    firms = forms.TypedMultipleChoiceField(
        label="Whom do you ask?", coerce=UUID, widget=forms.CheckboxSelectMultiple, required=True
    )
    field_order = [
        "site", "client_name", "postcode", "street", "what", "schedule_kind", "starts", "ends", "client_price", "pay_kind",
        "amount", "firms",
    ]  # fmt: skip

    def __init__(self, *args: Any, firm: UUID, firms: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.fields["site"]
        assert isinstance(site, SiteField)  # noqa: S101 - narrows for mypy
        site.of(firm)
        if not Site.objects.visible_to(firm).exists():  # a first job: there is nothing to choose from yet
            site.widget = forms.HiddenInput()
            self.fields["client_name"].label = "Client"
            self.fields["client_name"].required = self.fields["postcode"].required = True
        field = self.fields["firms"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - narrows for mypy
        field.choices = firms
        self.fields["pay_kind"].initial = pay.HOURLY
        self.fields["schedule_kind"].initial = deadlines.ASAP

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("site"):
            for name, sentence in (
                ("client_name", "Choose a place, or name the new client."),
                ("postcode", "Where is it?"),
            ):
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return typed

    def giving_away(self) -> list[str]:
        """Return what the firms would read of the client before they accept."""
        site = self.cleaned_data["site"]
        client = site.client if site else Client(name=self.cleaned_data["client_name"])
        return names_the_client({"title": self.cleaned_data["what"]}, [client])


class CoverForm(TermsForm):
    """A firm that stands by: between which dates, at which hours, how soon it answers, how many hours a week."""

    site = SiteField(
        label="Where it stands", queryset=Site.objects.none(), empty_label="Choose a place",
        help_text="Distance, time zone and the law of the place are reckoned from here. You call off for any of your clients.",
    )  # fmt: skip
    what = forms.CharField(
        label="What do they stand by for?",
        max_length=160,
        help_text="The firms you ask read this. Do not name the client.",
    )
    client_price = money("What your clients pay you for it", required=True)
    routing = forms.ChoiceField(label="If you choose several firms", choices=ROUTINGS)
    firms = forms.TypedMultipleChoiceField(
        label="Whom do you ask?", coerce=UUID, widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, firm: UUID, firms: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        site, field = self.fields["site"], self.fields["firms"]
        assert isinstance(site, SiteField)  # noqa: S101 - narrows for mypy
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - the same
        site.of(firm)
        field.choices = firms
        of_cover(self)

    def giving_away(self) -> list[str]:
        """Return what the firms would read of the client before they accept."""
        return names_the_client({"title": self.cleaned_data["what"]}, [self.cleaned_data["site"].client])


class AnswerForm(forms.Form):
    """An acceptance: of which terms, and who goes."""

    revision = forms.UUIDField(widget=forms.HiddenInput)
    technician = forms.UUIDField(required=False)
    arrival = WallTimeField(required=False)


class WaiverForm(forms.Form):
    """Why a firm is asked that misses a requirement."""

    reason = forms.CharField(label="Why ask a firm that misses a requirement", required=False, max_length=300)


def usual_times(now: datetime) -> dict[str, datetime]:
    """Return the next full hours as a first proposal for an arrival window, in the wall time of `now`."""
    start = now.replace(minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(hours=4)
    return {"starts": start, "ends": start + deadlines.DEFAULT_WINDOW}
