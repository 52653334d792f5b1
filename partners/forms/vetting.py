"""Six questions about another firm, and our own. The form reads; the action decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from partners.actions.vetting import Finding
from partners.models import VettingAnswer
from partners.models.vetting import OWN
from partners.opinion import QUESTIONS

ANSWERS = [("", "Not answered"), *VettingAnswer.Answer.choices]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on the page: its two fields, and what was kept before."""

    words: str
    answer: forms.BoundField
    evidence: forms.BoundField
    kept: VettingAnswer | None


class VettingForm(forms.Form):
    """Two fields for each question that is asked, and one more question of our own."""

    new_words = forms.CharField(label="Another question of your own", max_length=200, required=False)
    new_answer = forms.ChoiceField(label="Answer", choices=ANSWERS, required=False)
    new_evidence = forms.CharField(label="How you know", max_length=1000, required=False)

    def __init__(self, *args: Any, known: Sequence[VettingAnswer] = (), **options: Any) -> None:
        """Make the fields of the six and of our own questions that were kept."""
        super().__init__(*args, **options)
        kept = {(row.question, row.words): row for row in known}
        own = [(OWN, row.words) for row in known if row.question == OWN]
        self.keys = [*((name, "") for name in QUESTIONS), *own]
        self.kept = [kept.get(key) for key in self.keys]
        for number, ((name, words), row) in enumerate(zip(self.keys, self.kept, strict=True)):
            asked = words or QUESTIONS[name]
            self.fields[f"answer-{number}"] = forms.ChoiceField(
                label="Answer", choices=ANSWERS, required=False, initial=row.answer if row else ""
            )
            self.fields[f"evidence-{number}"] = forms.CharField(
                label="How you know", max_length=1000, required=False, initial=row.evidence if row else ""
            )
            for field in (f"answer-{number}", f"evidence-{number}"):  # the heading says it to those who see
                self.fields[field].widget.attrs["aria-label"] = f"{self.fields[field].label}: {asked}"
        self.DEPENDS = tuple(self.fields)  # every question may stay open, so none says that it may

    def asked(self) -> Iterator[Asked]:
        """Yield the questions as the page shows them."""
        for number, ((name, words), row) in enumerate(zip(self.keys, self.kept, strict=True)):
            said = words or QUESTIONS[name]
            yield Asked(said, self[f"answer-{number}"], self[f"evidence-{number}"], row)

    def clean(self) -> dict[str, Any]:
        """A new question needs an answer, and an answer its question."""
        typed = super().clean() or {}
        if bool(typed.get("new_words")) != bool(typed.get("new_answer")):
            self.add_error("new_words", "Write the question and choose its answer.")
        return typed

    def findings(self) -> list[Finding]:
        """Return what was typed as values."""
        typed = self.cleaned_data
        found = [
            Finding(name, typed[f"answer-{number}"], typed[f"evidence-{number}"], words)
            for number, (name, words) in enumerate(self.keys)
        ]
        if typed["new_words"]:
            found.append(Finding(OWN, typed["new_answer"], typed["new_evidence"], typed["new_words"]))
        return found
