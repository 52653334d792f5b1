"""What people type about firms and themselves. Forms read; actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from partnernet.core.forms import ZoneField
from partnernet.core.models import User
from partners import papers
from partners.actions.documents import PaperFacts
from partners.actions.firms import Particulars
from partners.actions.invites import Invitee
from partners.actions.members import Colleague
from partners.models import Firm, Member, Partnership, ProfileSkill, Skill
from partners.models.keys import SCOPES
from partners.opinion import LEAST, MOST, QUESTIONS, Opinion
from partners.papers import Slot

COUNTRIES = (
    ("US", "United States"), ("CA", "Canada"), ("GB", "United Kingdom"), ("IE", "Ireland"), ("AU", "Australia"),
    ("NZ", "New Zealand"), ("AT", "Austria"), ("BE", "Belgium"), ("CH", "Switzerland"), ("DE", "Germany"),
    ("DK", "Denmark"), ("ES", "Spain"), ("FI", "Finland"), ("FR", "France"), ("IT", "Italy"), ("MX", "Mexico"),
    ("NL", "Netherlands"), ("NO", "Norway"), ("PL", "Poland"), ("PT", "Portugal"), ("SE", "Sweden"),
    ("ZA", "South Africa"),
)  # fmt: skip
SCOPE_WORDS = {
    "read": "Read everything you can see",
    "engagements": "Change jobs and visits",
    "offers": "Send and answer offers and invitations",
    "billing": "Change invoices and payments",
    "webhooks": "Change webhooks",
}


class SignupForm(forms.Form):
    """What sign-up asks besides email and password."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth calls this once the user is stored."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class YouForm(forms.Form):
    """One's own name and time zone."""

    name = forms.CharField(label="Your name", max_length=120)
    timezone = ZoneField(label="Time zone")


class FirmForm(forms.Form):
    """A firm's particulars."""

    legal_name = forms.CharField(
        label="Legal name", max_length=200, help_text="As on your contracts, for example Halcyon Managed LLC."
    )
    name = forms.CharField(label="What people call you", max_length=200, required=False)
    entity_kind = forms.ChoiceField(label="Kind of firm", choices=Firm.Kind.choices)
    country = forms.ChoiceField(label="Country", choices=COUNTRIES, initial="US")
    postcode = forms.CharField(
        label="ZIP code",
        max_length=12,
        required=False,
        help_text="In the US it brings town, state and time zone. Elsewhere it is the postcode.",
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "text"}),
    )
    street = forms.CharField(label="Street", max_length=200, required=False)
    town = forms.CharField(label="Town", max_length=100, required=False)
    state = forms.CharField(label="State or region", max_length=40, required=False)
    timezone = ZoneField(label="Time zone", empty="From the ZIP code")
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    founded = forms.IntegerField(label="Founded in", min_value=1800, max_value=2200, required=False)
    head_count = forms.IntegerField(label="People", min_value=1, max_value=1_000_000, required=False)

    def particulars(self) -> Particulars:
        """Return what was typed as a value."""
        return Particulars(**self.cleaned_data)


class NewFirmForm(forms.Form):
    """The least a firm must say to begin: the other particulars can wait."""

    legal_name = forms.CharField(
        label="Your firm's legal name",
        max_length=200,
        help_text="As on your contracts. It goes into agreements.",
    )
    country = forms.ChoiceField(label="Country", choices=COUNTRIES, initial="US")
    postcode = forms.CharField(
        label="ZIP code",
        max_length=12,
        required=False,
        help_text="It brings your town, state and time zone.",
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    town = forms.CharField(label="Town", max_length=100, required=False)
    state = forms.CharField(label="State or region", max_length=40, required=False)
    timezone = ZoneField(label="Time zone", empty="From the ZIP code")

    def particulars(self) -> Particulars:
        """Return what was typed as a value."""
        return Particulars(**self.cleaned_data)


class ColleagueForm(forms.Form):
    """A colleague to invite."""

    email = forms.EmailField(label="Email")
    name = forms.CharField(label="Name", max_length=150, required=False)
    role = forms.ChoiceField(label="Role", choices=Member.Role.choices, initial=Member.Role.DISPATCHER)

    def colleague(self) -> Colleague:
        """Return what was typed as a value."""
        return Colleague(**self.cleaned_data)


class MemberForm(forms.Form):
    """A member's role and limit."""

    role = forms.ChoiceField(label="Role", choices=Member.Role.choices)
    approval_limit = forms.DecimalField(
        label="May approve up to", max_digits=12, decimal_places=2, min_value=0, required=False,
        help_text="In your firm's currency. Empty: no limit.",
    )  # fmt: skip


class InviteeForm(forms.Form):
    """Another firm to invite."""

    firm_name = forms.CharField(label="Firm", max_length=200)
    email = forms.EmailField(label="Its owner's email")
    contact_name = forms.CharField(label="Owner's name", max_length=150, required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    message = forms.CharField(
        label="A line from you", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def invitee(self) -> Invitee:
        """Return what was typed as a value."""
        return Invitee(**self.cleaned_data)


class NotesForm(forms.Form):
    """What we note about another firm."""

    known_since = forms.IntegerField(label="We know them since", required=False, help_text="A year.")
    vetting_status = forms.ChoiceField(label="Vetting", choices=Partnership.Vetting.choices)
    last_contact_on = forms.DateField(
        label="Last contact",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    next_touch_on = forms.DateField(
        label="Get in touch by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    exposure_limit = forms.DecimalField(
        label="Unpaid work we carry for them, at most",
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text="Before you take a job that goes above it, you are told. They never see it.",
    )
    notes = forms.CharField(
        label="Notes", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only your firm sees them.",
    )  # fmt: skip


class ProfileForm(forms.Form):
    """What a firm offers, in words and prices."""

    about = forms.CharField(
        label="What you do", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    works_remotely = forms.BooleanField(label="We also work remotely, anywhere", required=False)
    response_hours = forms.IntegerField(
        label="You answer within (hours)", min_value=1, max_value=720, required=False
    )
    hourly_rate = forms.DecimalField(
        label="Rate per hour", max_digits=12, decimal_places=2, min_value=0, required=False
    )
    minimum_hours = forms.DecimalField(
        label="Minimum hours", max_digits=5, decimal_places=2, min_value=0, initial=0
    )
    trip_charge = forms.DecimalField(
        label="Trip charge", max_digits=12, decimal_places=2, min_value=0, initial=0
    )
    after_hours_factor = forms.DecimalField(
        label="After-hours factor",
        max_digits=4,
        decimal_places=2,
        initial=1,
        help_text="1.5 means half as much again.",
    )
    minimum_order = forms.DecimalField(
        label="Smallest order", max_digits=12, decimal_places=2, min_value=0, initial=0
    )
    areas = forms.CharField(
        label="Where you go",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One place a line: ZIP code and miles around it, for example 11801 25.",
    )

    def clean_areas(self) -> list[tuple[str, int]]:
        """Read one `ZIP miles` a line."""
        rows = []
        for line in self.cleaned_data["areas"].splitlines():
            if not line.strip():
                continue
            words = line.replace(",", " ").split()
            if len(words) != 2 or not words[1].isdecimal() or len(words[1]) > 5:
                raise forms.ValidationError(f"“{line.strip()[:40]}” is not a ZIP code and a number of miles.")
            rows.append((words[0], int(words[1])))
        return rows


class SkillsForm(forms.Form):
    """One choice of level for every skill of the vocabulary."""

    def __init__(self, *args: Any, skills: list[Skill], **kwargs: Any) -> None:
        """Make a field for each skill."""
        super().__init__(*args, **kwargs)
        levels = [("", "–"), *((str(value), label) for value, label in ProfileSkill.Level.choices)]
        for skill in skills:
            self.fields[skill.slug] = forms.ChoiceField(label=skill.name, choices=levels, required=False)

    def chosen(self) -> dict[str, int]:
        """Return slug to level for the skills that have one."""
        return {slug: int(level) for slug, level in self.cleaned_data.items() if level}


class CapacityForm(forms.Form):
    """Hours a week."""

    hours = forms.IntegerField(label="Free hours a week", min_value=0, max_value=10_000)

    def stated(self) -> dict[str, int]:
        """Return hours for any skill."""
        return {"": self.cleaned_data["hours"]}


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label="What it is for", max_length=100, help_text="For example: tickets from our PSA."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )


class ReasonForm(forms.Form):
    """A reason in one's own words."""

    reason = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReplyForm(forms.Form):
    """What a firm says to a piece of its own evidence."""

    text = forms.CharField(
        label="Your reply",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The operator reads it, and of a rating the firm that rated you. It changes no score.",
    )


class RatingForm(forms.Form):
    """Yes or no, which the two buttons send, and the six questions."""

    again = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda said: said == "yes",
        error_messages={"required": "Press yes or no."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a field for each question."""
        super().__init__(*args, **kwargs)
        for name, words in QUESTIONS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=words,
                choices=[(number, str(number)) for number in range(LEAST, MOST + 1)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "scale"}),
            )

    def questions(self) -> list[forms.BoundField]:
        """Return the six, without the buttons."""
        return [self[name] for name in QUESTIONS]

    def opinion(self) -> Opinion:
        """Return what was said as a value."""
        return Opinion(**self.cleaned_data)


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"})
    )


def _limit(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, required=False, help_text=help_text
    )


def paper_choices(*kinds: str) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return what one can choose from: each policy, and the other kinds."""
    policies = [(f"{papers.INSURANCE}:{policy}", words) for policy, words in papers.POLICIES.items()]
    others = [(kind, papers.KINDS[kind]) for kind in kinds if kind != papers.INSURANCE]
    return [("Certificate of insurance for", policies), ("Other papers", others)]


def slot_of(chosen: str) -> Slot:
    """Read `insurance:cyber_liability` or `w9`."""
    kind, _, policy = chosen.partition(":")
    return Slot(kind, policy)


class PaperForm(forms.Form):
    """A paper as a file, and what it says."""

    wanted = forms.ChoiceField(
        label="What is it?",
        choices=[("", "Choose"), *paper_choices(*papers.KINDS)],
        help_text="Send one policy at a time.",
    )
    file = forms.FileField(label="PDF or photo", required=False)
    name = forms.CharField(
        label="Of what, or of whom",
        max_length=150,
        required=False,
        help_text="For a certification or a background check.",
    )
    carrier = forms.CharField(label="Insured with", max_length=150, required=False)
    number = forms.CharField(
        label="Number on it", max_length=100, required=False, help_text="The policy's, never a tax number."
    )
    limit_each = _limit("Limit for each claim")
    limit_total = _limit("Limit for all claims")
    effective_on = _day("Valid from")
    expires_on = _day("Expires on", "As it stands on the paper. A policy ends as this day begins.")

    # Which of them is needed follows from what it is.
    DEPENDS = ("file", "name", "carrier", "number", "limit_each", "effective_on", "expires_on")

    def facts(self) -> PaperFacts:
        """Return what was typed as a value."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in ("wanted", "file")}
        slot = slot_of(self.cleaned_data["wanted"])
        return PaperFacts(kind=slot.kind, policy=slot.policy, **typed)


class AskPaperForm(forms.Form):
    """Which paper another firm should show."""

    wanted = forms.ChoiceField(
        label="Which paper?",
        choices=[("", "Choose"), *paper_choices(*(k for k in papers.KINDS if k in papers.SHOWN))],
    )
    limit = _limit("Limit for each claim, at least", "For insurance.")

    def slot(self) -> Slot:
        """Return what was chosen."""
        return slot_of(self.cleaned_data["wanted"])
