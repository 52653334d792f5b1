"""Turn typing about claims into values. Nothing is saved or decided here."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from contracts.actions.claims import Facts
from contracts.models import Claim, ClaimEvidence

DAY = {"type": "date"}


def money_field(label: str, *, help_text: str = "", required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=2, required=required, help_text=help_text
    )


class ClaimForm(forms.Form):
    """What happened. The kind is known from where it was started; without a protected client it is chosen."""

    kind = forms.ChoiceField(
        label="What is it about?", choices=Claim.Kind.choices[1:], widget=forms.RadioSelect
    )
    person_name = forms.CharField(
        label="Who was taken on?", max_length=120, required=False, help_text="For a claim about a person."
    )
    what = forms.CharField(
        label="What happened?",
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Who did what, when, and how you know. A post to everybody is no soliciting; a message to your client is.",
    )
    breach_on = forms.DateField(label="On which day?", widget=forms.DateInput(DAY))
    known_on = forms.DateField(
        label="Since when do you know it?",
        widget=forms.DateInput(DAY),
        help_text="A claim is filed within the months of the agreement from then on.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, kind: str = "", initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.kind_known = kind
        if kind:
            del self.fields["kind"]
        if kind and kind != Claim.Kind.PERSON:
            del self.fields["person_name"]

    def facts(self) -> Facts:
        typed = self.cleaned_data
        return Facts(
            kind=self.kind_known or typed["kind"],
            what=typed["what"],
            breach_on=typed["breach_on"],
            known_on=typed["known_on"],
            person_name=typed.get("person_name", ""),
        )

    @staticmethod
    def of(claim: Claim) -> dict[str, Any]:
        return {name: getattr(claim, name) for name in ("person_name", "what", "breach_on", "known_on")}


class BilledForm(forms.Form):
    """What the client paid before the breach, month by month."""

    billed = forms.CharField(
        label="Billed in the months before, one sum a line, the latest first",
        required=False,
        widget=forms.Textarea({"rows": 4, "inputmode": "decimal"}),
        help_text="At most the last twelve, for services like those of the agreement. Leave empty for a single project.",
    )

    def clean_billed(self) -> list[Decimal]:
        found = []
        for line in self.cleaned_data["billed"].splitlines():
            written = line.strip().lstrip("$").replace(",", "")
            if not written:
                continue
            try:
                found.append(Decimal(written).quantize(Decimal("0.01")))
            except InvalidOperation as error:
                sentence = f"“{line.strip()[:40]}” is not a sum. One a line, like 2400.00."
                raise forms.ValidationError(sentence) from error
            if not found[-1].is_finite() or not 0 <= found[-1] < Decimal(10) ** 10:
                raise forms.ValidationError("A month is between nothing and ten digits.")
        return found


class PayForm(forms.Form):
    """What the person earns in the new place."""

    pay = money_field("Base pay of the first year", help_text="Only the owners of both firms read it.")


class EvidenceForm(forms.Form):
    """A paper, with whence and of when it is."""

    kind = forms.ChoiceField(label="What is it?", choices=ClaimEvidence.Kind.choices)
    source = forms.CharField(
        label="Where is it from?", max_length=200, help_text="For example: email from the office manager."
    )
    event_on = forms.DateField(label="Of which day?", widget=forms.DateInput(DAY))
    redacted = forms.BooleanField(label="Parts are blacked out", required=False)
    file = forms.FileField(
        label="The file",
        help_text="A PDF or a photo, at most 15 MB. Ask your client before you hand in a word of theirs.",
        widget=forms.FileInput({"accept": "application/pdf,image/*"}),
    )


class WordForm(forms.Form):
    """One text that a step takes; `name` is what the action calls it."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        name: str,
        label: str,
        required: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(data, auto_id=f"{name}_%s")
        self.fields[name] = forms.CharField(
            label=label,
            required=required,
            max_length=more.get("most", 2000),
            widget=forms.Textarea({"rows": 3}),
            help_text=more.get("help_text", ""),
        )


class SettlementForm(forms.Form):
    """Terms on which it ends."""

    terms = forms.CharField(label="On which terms?", max_length=1000, widget=forms.Textarea({"rows": 3}))
    amount = money_field("Sum", required=False, help_text="Leave empty when no money is owed.")
    admits = forms.BooleanField(
        label="The breach is admitted",
        required=False,
        help_text="Then it counts for trust; else it does not.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, money: bool = True) -> None:
        super().__init__(data, auto_id="settle_%s")
        if not money:
            del self.fields["amount"]


class OutcomeForm(forms.Form):
    """How a court, an arbitrator or a mediator decided."""

    outcome = forms.ChoiceField(
        label="How was it decided?",
        choices=[("upheld", "Upheld"), ("partly_upheld", "Partly upheld"), ("dismissed", "Dismissed")],
    )
    amount = money_field("Sum", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, money: bool = True) -> None:
        super().__init__(data, auto_id="outcome_%s")
        if not money:
            del self.fields["amount"]


class SureForm(forms.Form):
    """A step that cannot be taken back, with its consequence in words."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, label: str) -> None:
        super().__init__(data, auto_id="sure_%s")
        self.fields["sure"] = forms.BooleanField(label=label)


class PaymentForm(forms.Form):
    """A payment that came."""

    amount = money_field("Sum that came")
