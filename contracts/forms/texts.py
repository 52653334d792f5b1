"""Turn what operators type about texts into clauses, lines of the cover page and answers. Nothing is saved or decided here."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from contracts.facts import QUESTIONS, Said
from contracts.models import AgreementTemplate, ClauseVersion, TemplateVersion
from contracts.places import PLACES
from contracts.rendering import Clause, Wording, normalise
from contracts.values import COUNTED, KINDS, Value, Variable

_KIND_WORDS = {
    "money": "money", "percent": "percent", "months": "months", "days": "days", "business_days": "business days", "hours": "hours",
    "place": "place", "choice": "choice", "party": "party", "text": "text", "bool": "yes or no",
}  # fmt: skip


class NewTextForm(forms.Form):
    """A text of its own, begun as a copy of another."""

    title = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=AgreementTemplate.Kind.choices)
    start_from = forms.ModelChoiceField(TemplateVersion.objects.none(), label="Begin as a copy of")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        versions = TemplateVersion.objects.select_related("template").order_by("template__title", "-pk")
        field = self.fields["start_from"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = versions
        field.label_from_instance = lambda obj: f"{obj.template.title}, version {obj.label}"  # type: ignore[method-assign] # Django's own way


class NextVersionForm(forms.Form):
    """How much the next version changes."""

    size = forms.ChoiceField(
        label="What will it change?",
        choices=[("minor", "Better words for the same"), ("major", "What the text does in law")],
        widget=forms.RadioSelect,
        initial="minor",
    )


class ClauseForm(forms.Form):
    """One clause. Its name is given once."""

    title = forms.CharField(max_length=120)
    text = forms.CharField(
        widget=forms.Textarea({"rows": 14}),
        max_length=20_000,
        help_text="Values of the cover page by their names in double braces, like {{net_days}}. A list begins its lines with “- ”.",
    )
    lock = forms.ChoiceField(
        label="What the two firms may do with it",
        choices=[("locked", "Nothing"), ("choice", "Choose its values"), ("free", "Write into it")],
    )
    switch = forms.ChoiceField(label="Switched off by", required=False)
    rationale = forms.CharField(
        label="Why it is there",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="Firms read this beside the clause.",
    )

    def __init__(
        self, wording: Wording, data: Mapping[str, Any] | None = None, *, clause: ClauseVersion | None = None
    ) -> None:
        given = ("title", "text", "lock", "switch", "rationale")
        super().__init__(data, initial={name: getattr(clause, name) for name in given} if clause else None)
        self.clause, self.numbers = clause, len(wording.clauses)
        switches = [(one.key, one.label) for one in wording.variables if one.kind == "bool"]
        field = self.fields["switch"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", "Nothing: it always stands"), *switches]
        if clause is None:
            self.fields = {"key": _new_key([one.key for one in wording.clauses]), **self.fields}

    def value(self) -> Clause:
        typed = self.cleaned_data
        key = self.clause.key if self.clause else typed["key"]
        number = self.clause.number if self.clause else self.numbers + 1
        text = normalise(typed["text"]).strip("\n")
        return Clause(key, number, typed["title"], text, typed["lock"], typed["rationale"], typed["switch"])


class VariableForm(forms.Form):
    """One line of the cover page. Its name is given once."""

    label = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=[(kind, _KIND_WORDS[kind]) for kind in KINDS if kind != "party"])
    required = forms.BooleanField(label="It must be filled in", required=False, initial=True)
    default = forms.CharField(
        label="Standard value",
        required=False,
        max_length=500,
        help_text="As a number, a text, yes or no, the name of a choice, a code of a place like US-NY, or an amount like 1000.00 USD.",
    )
    minimum = forms.DecimalField(label="At least", required=False, max_digits=14, decimal_places=2)
    maximum = forms.DecimalField(label="At most", required=False, max_digits=14, decimal_places=2)
    choices = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="For a choice: one on each line, its name, a colon, and its words.",
    )
    help = forms.CharField(label="Help below it", required=False, max_length=300)
    group = forms.CharField(label="Group on the cover page", max_length=60)

    def __init__(
        self, wording: Wording, data: Mapping[str, Any] | None = None, *, variable: Variable | None = None
    ) -> None:
        super().__init__(data, initial=_typed_again(variable) if variable else None)
        self.variable = variable
        if variable is None:
            self.fields = {"key": _new_key([one.key for one in wording.variables]), **self.fields}

    def clean_choices(self) -> tuple[tuple[str, str], ...]:
        rows = [line.partition(":") for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        if any(not name.strip() or not words.strip() for name, _, words in rows):
            raise forms.ValidationError("Write each choice as its name, a colon, and its words.")
        return tuple((name.strip(), words.strip()) for name, _, words in rows)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("kind") == "choice" and not typed.get("choices") and "choices" not in self.errors:
            self.add_error("choices", "A choice needs something to choose from.")
        if typed.get("default") and typed.get("kind"):
            try:
                typed["default"] = _standard(typed["kind"], typed["default"].strip())
            except (ValueError, InvalidOperation):
                self.add_error("default", "This is no value of this kind.")
        return typed

    def value(self) -> Variable:
        typed = {**self.cleaned_data}
        key = self.variable.key if self.variable else typed.pop("key")
        typed["default"] = None if typed["default"] == "" else typed["default"]
        return Variable(key=key, **typed)


class AnswersForm(forms.Form):
    """The checker's questions, which no program can answer from the text."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, says: Mapping[str, Said]) -> None:
        super().__init__(data)
        for key, question in QUESTIONS.items():
            choices = question.choices or (("yes", "Yes"), ("no", "No"))
            said = says.get(key)
            self.fields[key] = forms.ChoiceField(
                label=question.text,
                choices=[("", "Choose"), *choices],
                initial=("yes" if said else "no") if isinstance(said, bool) else said,
            )

    def says(self) -> dict[str, Said]:
        """Return the answers, each true, false, or the name of a choice."""
        return {
            key: typed if QUESTIONS[key].choices else typed == "yes"
            for key, typed in self.cleaned_data.items()
        }


class PublishForm(forms.Form):
    """Why a text is published although the check found something grave."""

    reason = forms.CharField(
        label="Why is it published all the same?", max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, grave: bool) -> None:
        super().__init__(data)
        if not grave:
            del self.fields["reason"]


class WithdrawForm(forms.Form):
    """Why a text is taken back, and how long work may still be offered under what is in force."""

    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Every firm whose agreement stands on it reads this.",
    )
    days = forms.IntegerField(
        label="New work may be offered under agreements in force for, days",
        min_value=0,
        max_value=90,
        initial=30,
        help_text="Zero stops it at once. Running work goes on in any case.",
    )


class ReviewedForm(forms.Form):
    """Which lawyer has looked at a text."""

    reviewed_by = forms.CharField(
        label="Reviewed by", max_length=200, help_text="A name with the firm and the place of admission."
    )
    reviewed_on = forms.DateField(label="On", widget=forms.DateInput({"type": "date"}))


def _new_key(taken: list[str]) -> forms.Field:
    field = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,58}$",
        label="Name",
        help_text="Small letters, digits and underscores, like net_days. It stays the same in every version.",
        error_messages={"invalid": "Small letters, digits and underscores, beginning with a letter."},
    )

    def free(typed: str) -> None:
        if typed in taken:
            raise forms.ValidationError("There is one of this name already.")

    field.validators.append(free)
    return field


def _standard(kind: str, typed: str) -> Value:
    """Return a typed standard value in the shape that a cover page keeps. Raises ValueError for what is none."""
    if kind in COUNTED:
        return int(typed)
    if kind == "bool":
        return {"yes": True, "no": False}[typed.lower()] if typed.lower() in ("yes", "no") else _no_value()
    if kind == "percent":
        return f"{Decimal(typed.removesuffix('%').strip()).normalize():f}"
    if kind == "place" and typed not in PLACES:
        return _no_value()
    if kind == "money":
        amount, _, currency = typed.partition(" ")
        return {"amount": f"{Decimal(amount.replace(',', '')):.2f}", "currency": currency.strip() or "USD"}
    return typed


def _no_value() -> Value:
    raise ValueError


def _plainly(number: Decimal | None) -> str:
    """Write a limit as people do: 60, never 6E+1."""
    return "" if number is None else f"{number:f}"


def _typed_again(variable: Variable) -> dict[str, Any]:
    default: Any = variable.default
    if isinstance(default, Mapping):
        default = f"{default['amount']} {default['currency']}"
    elif isinstance(default, bool):
        default = "yes" if default else "no"
    return {
        "label": variable.label,
        "kind": variable.kind,
        "required": variable.required,
        "default": default,
        "minimum": _plainly(variable.minimum),
        "maximum": _plainly(variable.maximum),
        "choices": "\n".join(f"{name}: {words}" for name, words in variable.choices),
        "help": variable.help,
        "group": variable.group,
    }
