"""Turn typing about agreements into values. Nothing is saved or decided here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from contracts.models import RuleFinding
from contracts.places import PLACES
from contracts.rendering import Wording
from contracts.values import COUNTED, Value, Variable

FIRST = frozenset(
    {
        "client_tail_months",
        "client_damages_months",
        "personnel_clause",
        "net_days",
        "purpose",
        "confidentiality_months",
        "governing_law",
        "term_months",
        "notice_days",
    }
)
UNITS = {"months": "months", "days": "days", "business_days": "business days", "hours": "hours"}


class CoverPageForm(forms.Form):
    """The cover page: one field per variable, with its standard value, and changes in words."""

    on_top = FIRST
    other_changes = forms.CharField(
        label="Other changes to the standard text",
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Leave empty to keep the standard text. What stands here prevails over it.",
    )

    def __init__(
        self,
        wording: Wording,
        data: Mapping[str, Any] | None = None,
        *,
        values: Mapping[str, Value],
        currency: str = "USD",
    ) -> None:
        super().__init__(data)
        self.currency = currency
        self.variables = [variable for variable in wording.variables if variable.kind != "party"]
        for variable in self.variables:
            self.fields[variable.key] = _field(variable, values.get(variable.key, variable.default))
        self.order_fields(
            [
                *(v.key for v in self.variables if v.key in self.on_top),
                *(v.key for v in self.variables if v.key not in self.on_top),
                "other_changes",
            ]
        )

    @property
    def first(self) -> list[forms.BoundField]:
        """The lines that people talk about."""
        return [self[variable.key] for variable in self.variables if variable.key in self.on_top]

    @property
    def rest(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The other lines, by group."""
        groups: dict[str, list[forms.BoundField]] = {}
        for variable in self.variables:
            if variable.key not in self.on_top:
                groups.setdefault(variable.group, []).append(self[variable.key])
        return list(groups.items())

    @property
    def rest_has_errors(self) -> bool:
        return any(name not in self.on_top for name in self.errors)

    def values(self) -> dict[str, Value]:
        """Return what was typed in the shape that a cover page keeps."""
        typed = {
            variable.key: _value(variable, self.cleaned_data[variable.key], self.currency)
            for variable in self.variables
        }
        return {key: value for key, value in typed.items() if value is not None}


def _field(variable: Variable, initial: Any) -> forms.Field:
    told: dict[str, Any] = {
        "label": _label(variable),
        "help_text": variable.help,
        "required": variable.required,
        "initial": initial,
    }
    if variable.kind == "bool":
        return forms.BooleanField(**{**told, "required": False})
    if variable.kind == "choice":
        return forms.ChoiceField(choices=variable.choices, **told)
    if variable.kind == "place":
        return forms.ChoiceField(choices=[("", "Choose a state or country"), *PLACES.items()], **told)
    if variable.kind == "text":
        return forms.CharField(max_length=500, **told)
    limits: dict[str, Any] = {"min_value": variable.minimum, "max_value": variable.maximum}
    if variable.kind in COUNTED:
        return forms.IntegerField(**limits, **told)
    if variable.kind == "money" and isinstance(initial, Mapping):
        told["initial"] = Decimal(initial["amount"])
    return forms.DecimalField(max_digits=12, decimal_places=2, **limits, **told)


def _label(variable: Variable) -> str:
    if variable.kind == "percent":
        return f"{variable.label}, percent"
    return f"{variable.label}, {UNITS[variable.kind]}" if variable.kind in UNITS else variable.label


def _value(variable: Variable, typed: Any, currency: str) -> Value | None:
    if typed is None or typed == "":
        return None
    if variable.kind == "money":
        return {"amount": f"{typed:.2f}", "currency": currency}
    if variable.kind == "percent":
        return f"{typed.normalize():f}"
    return bool(typed) if variable.kind == "bool" else int(typed) if variable.kind in COUNTED else str(typed)


class RevisionForm(CoverPageForm):
    """Other terms, with a word to the other firm."""

    seen = forms.CharField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="A word to the other firm", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class ReasonForm(forms.Form):
    """A reason that the other firm reads."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The other firm reads it.",
    )


class NeededReasonForm(ReasonForm):
    """A reason without which the step makes no sense."""

    reason = forms.CharField(
        label="What should be different?",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The other firm reads it.",
    )


class SigningForm(forms.Form):
    """The last act: name, title, authority, and the will to be bound."""

    content_sha256 = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label="Type your full name: it is your signature",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    title = forms.CharField(
        label="Your title",
        max_length=100,
        help_text="Like Owner, President, Managing Member.",
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    authorised = forms.BooleanField(required=False)
    drawing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200_000)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, firm_name: str, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["authorised"].label = f"I am authorised to bind {firm_name}."


class PriorForm(forms.Form):
    """The paper that shows a client was ours before."""

    evidence = forms.CharField(
        label="Which contract, invoice or signed proposal?",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    evidence_on = forms.DateField(
        label="Its date", widget=forms.DateInput({"type": "date"}), help_text="Before the day of the notice."
    )
    file = forms.FileField(
        label="The paper itself",
        required=False,
        help_text="A PDF or a photo. Black out prices if you wish.",
        widget=forms.FileInput({"accept": "application/pdf,image/*"}),
    )


class ReleaseForm(forms.Form):
    """Whether a client is let go for nothing, or for what."""

    fee_percent = forms.DecimalField(
        label="Fee, percent of the first year's revenue",
        min_value=0,
        max_value=50,
        decimal_places=2,
        initial=0,
        help_text="0 releases it at once. With a fee their owner has to agree. 10 to 20 percent is usual.",
    )
    note = forms.CharField(
        label="A word to them", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class ExceptionForm(forms.Form):
    """Why a firm may work without an agreement, and up to which day."""

    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The other firm reads it.",
    )
    until = forms.DateField(
        label="Until the end of",
        widget=forms.DateInput({"type": "date"}),
        help_text="At most 30 days. It ends by itself.",
    )


class AcknowledgeForm(forms.Form):
    """Beside each grave finding, why the firm goes on all the same."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, findings: Sequence[RuleFinding]) -> None:
        super().__init__(data)
        for finding in findings:
            self.fields[str(finding.pk)] = forms.CharField(
                label="Why do you go on?",
                max_length=1000,
                widget=forms.Textarea({"rows": 2}),
                help_text="The other firm reads it, and it is kept with the agreement.",
            )

    def field_of(self, finding: RuleFinding) -> forms.BoundField | None:
        """Return the field beside a finding, or None where nothing is to be said."""
        return self[str(finding.pk)] if str(finding.pk) in self.fields else None

    def reasons(self) -> dict[str, str]:
        """Return what was typed, by the key of the finding."""
        return {key: self.cleaned_data[key] for key in self.fields}
