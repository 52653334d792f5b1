"""Pay and schedule as people type them, read into the values that actions take."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from engagements import deadlines, pay
from engagements.cover import LONGEST_PROMISE, Promise
from engagements.models.terms import Terms
from engagements.values import Asked, NewTerms, Schedule

PLACED = [each for each in Terms.ScheduleKind.choices if each[0] != deadlines.COVER]
PROMISED = ("response_minutes", "weekly_minimum", "weekly_maximum")
USUAL_NET_DAYS = 15


class WallTimeField(forms.Field):
    """A wall-clock time without a zone: what people type and agree on."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            typed = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("Write the time as YYYY-MM-DD HH:MM.") from error
        if typed.tzinfo is not None:
            raise ValidationError("Write the time as YYYY-MM-DD HH:MM.")
        return typed

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


def money(label: str, *, required: bool = False, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, required=required, help_text=help_text
    )


class TermsForm(forms.Form):
    """Pay and schedule of work for another firm."""

    pay_kind = forms.ChoiceField(label="Paid", choices=Terms.PayKind.choices, initial=pay.PER_UNIT)
    amount = money("Pay", required=True, help_text="The price, the rate an hour, or the price of one.")
    schedule_kind = forms.ChoiceField(
        label="When",
        choices=PLACED,
        help_text="Left to them, they name the start when they accept.",
    )
    starts = WallTimeField(label="From", required=False)
    ends = WallTimeField(label="Until", required=False)
    cap_hours = forms.DecimalField(
        label="Most hours paid", required=False, min_value=0, max_digits=6, decimal_places=2
    )
    flat_hours = forms.DecimalField(
        label="Hours in the flat price", required=False, min_value=0, max_digits=6, decimal_places=2
    )
    extra_rate = money("Rate an hour after them")
    minimum_hours = forms.DecimalField(
        label="Minimum hours", required=False, min_value=0, max_digits=6, decimal_places=2
    )
    trip_charge = money("Trip charge")
    after_hours_factor = forms.DecimalField(
        label="After-hours factor", required=False, max_digits=4, decimal_places=2, initial=1
    )
    expenses_cap = money("Expenses, at most")
    not_to_exceed = money("They get at most", help_text="Empty: reckoned from the rest.")
    cancellation_fee = money("Fee for cancelling late")
    response_minutes = forms.IntegerField(
        label="They answer within (minutes)", required=False, min_value=1, max_value=LONGEST_PROMISE
    )
    weekly_minimum = forms.DecimalField(
        label="Hours a week, at least", required=False, min_value=0, max_digits=5, decimal_places=2
    )
    weekly_maximum = forms.DecimalField(
        label="Hours a week, at most", required=False, min_value=0, max_digits=5, decimal_places=2
    )
    net_days = forms.IntegerField(
        label="Pay within (days)", required=False, min_value=0, max_value=90, initial=15
    )
    silence_days = forms.IntegerField(
        label="Answer handed-in work within (business days)",
        required=False,
        min_value=1,
        max_value=30,
        initial=7,
    )

    # Which of them is needed follows from how it is paid and scheduled.
    DEPENDS: tuple[str, ...] = ("starts", "ends", "cap_hours", "flat_hours", "extra_rate")

    MORE = (
        "cap_hours", "flat_hours", "extra_rate", "minimum_hours", "trip_charge", "after_hours_factor", "expenses_cap",
        "not_to_exceed", "cancellation_fee", "net_days", "silence_days",
    )  # fmt: skip

    def more(self) -> list[forms.BoundField]:
        """Return the fields behind "More terms"."""
        return [self[name] for name in self.MORE]

    def asked(self, zone: str) -> Asked:
        """Return the terms; the times are wall time in `zone`."""
        typed = self.cleaned_data
        terms = pay.PayTerms(
            kind=typed["pay_kind"],
            amount=typed["amount"],
            cap_hours=typed["cap_hours"],
            flat_hours=typed["flat_hours"] or Decimal(0),
            extra_rate=typed["extra_rate"] or Decimal(0),
            minimum_hours=typed["minimum_hours"] or Decimal(0),
            trip_charge=typed["trip_charge"] or Decimal(0),
            after_hours_factor=Decimal(1)
            if typed["after_hours_factor"] is None
            else typed["after_hours_factor"],
            expenses_cap=typed["expenses_cap"] or Decimal(0),
            not_to_exceed=typed["not_to_exceed"],
        )
        promise = Promise(*(typed[name] for name in PROMISED))
        schedule = Schedule(typed["schedule_kind"], zone, typed["starts"], typed["ends"], promise)
        return Asked(
            pay=terms,
            schedule=schedule,
            cancellation_fee=typed["cancellation_fee"],
            net_days=USUAL_NET_DAYS if typed["net_days"] is None else typed["net_days"],
            silence_days=7 if typed["silence_days"] is None else typed["silence_days"],
        )

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """Return what the form shows for terms that stand; a not-to-exceed that follows from the rest is left empty."""
        shown = {
            name: getattr(terms, name)
            for name in ("pay_kind", "amount", "schedule_kind", *PROMISED, *TermsForm.MORE)
        }
        usual = pay.PayTerms(**{**vars(terms.pay_terms()), "not_to_exceed": None})
        if terms.not_to_exceed == pay.not_to_exceed(usual, units=getattr(terms, "units", 0) or 0):
            shown["not_to_exceed"] = None
        return {**shown, "starts": terms.starts_local, "ends": terms.ends_local}


def of_cover(form: TermsForm) -> None:
    """Make the form one of cover: its kind and its pay are given, its first and last moment are also the hours of each day."""
    for name, kind in (
        ("schedule_kind", Terms.ScheduleKind.COVER),
        ("pay_kind", Terms.PayKind.HOURLY),
    ):
        choices = [(kind.value, kind.label)]
        form.fields[name] = forms.ChoiceField(choices=choices, initial=kind.value, widget=forms.HiddenInput)
    form.fields["starts"].label, form.fields["ends"].label = "First day, from", "Last day, until"
    form.fields["starts"].help_text = "These hours count on each day of the cover."
    form.fields["amount"].label, form.fields["amount"].help_text = "Pay an hour", ""
    form.fields["cap_hours"].help_text = "Empty: the most hours of all weeks."
    for name in PROMISED:
        form.fields[name].required = True


class NewTermsForm(TermsForm):
    """Other terms for an offer: a revision by the prime, a counter-offer by the sub."""

    units = forms.IntegerField(label="How many", min_value=1)
    notes = forms.CharField(
        label="A word with it", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Not a term: what binds is in the fields.",
    )  # fmt: skip
    field_order = ["units", "pay_kind", "amount", "schedule_kind", "starts", "ends", "notes"]

    def __init__(self, *args: Any, is_cover: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_cover = is_cover
        if is_cover:
            of_cover(self)

    def new_terms(self, zone: str) -> NewTerms:
        return NewTerms(self.asked(zone), self.cleaned_data["units"], self.cleaned_data["notes"])


class CounterForm(NewTermsForm):
    """Other terms as the sub asks for them: with a time of their own, where the offer leaves it to whoever accepts."""

    schedule_kind = forms.ChoiceField(
        label="When",
        choices=[each for each in PLACED if each[0] not in deadlines.NAMED_WHEN_ACCEPTED],
    )

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """Return what the form shows; a time that is left to the sub has to be named here."""
        shown = TermsForm.of(terms)
        if terms.schedule_kind in deadlines.NAMED_WHEN_ACCEPTED:
            shown |= {"schedule_kind": deadlines.HARD_START, "ends": None}
        return shown
