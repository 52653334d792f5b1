"""What people type about money."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from billing.actions.objections import Wrong
from billing.actions.payments import Paid
from billing.models import Invoice, InvoiceLine
from partnernet.core import money


def _amount(label: str, help_text: str = "", initial: Decimal | None = None) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=12, decimal_places=2, required=False, label=label, help_text=help_text, initial=initial
    )


class PaidForm(forms.Form):
    amount = _amount("Amount", "Empty: all that is open.")
    paid_on = forms.DateField(label="Sent on", widget=forms.DateInput({"type": "date"}))
    reference = forms.CharField(
        max_length=100, required=False, label="Reference", help_text="As it stands on the transfer."
    )

    def paid(self) -> Paid:
        typed = self.cleaned_data
        return Paid(on=typed["paid_on"], amount=typed["amount"], reference=typed["reference"])


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1000, label="Why?", widget=forms.Textarea({"rows": 2}))


class MediatorForm(forms.Form):
    mediator = forms.CharField(
        max_length=200, label="Who can help?", help_text="A name, and how to reach them."
    )


class LinesForm(forms.Form):
    """An amount for each line of an invoice, and words beside it where they are asked for.

    Any: what a form takes besides its lines is Django's.
    """

    asks_why = False
    filled = False
    amount_label = "Amount"

    def __init__(self, *args: Any, lines: Iterable[InvoiceLine], currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines, self.currency = list(lines), currency
        for line in self.lines:
            left = line.amount - line.credited
            help_text = f"{line.what}: {money.show(left, currency)}"
            initial = line.amount if self.filled else None
            self.fields[f"amount_{line.position}"] = _amount(
                f"{line.position}. {self.amount_label}", help_text, initial
            )
            if self.asks_why:
                self.fields[f"reason_{line.position}"] = forms.CharField(
                    max_length=500, required=False, label=f"{line.position}. Why?"
                )
        self.order_fields([name for name in self.fields if name[-1].isdigit()])

    def typed(self) -> Iterator[tuple[InvoiceLine, Decimal]]:
        """Yield the lines for which an amount was typed."""
        for line in self.lines:
            amount = self.cleaned_data[f"amount_{line.position}"]
            if amount is not None:
                yield line, amount

    def amounts(self) -> dict[UUID, Decimal]:
        return {line.pk: amount for line, amount in self.typed()}


class ObjectionForm(LinesForm):
    asks_why = True
    amount_label = "How much of it is wrong?"

    def wrong(self) -> dict[UUID, Wrong]:
        return {
            line.pk: Wrong(amount, self.cleaned_data[f"reason_{line.position}"])
            for line, amount in self.typed()
            if amount
        }


class RevisionForm(LinesForm):
    filled = True
    note = forms.CharField(
        max_length=1000, required=False, label="What should they know?", widget=forms.Textarea({"rows": 2})
    )


class CreditForm(LinesForm):
    amount_label = "Take back"
    reason = forms.CharField(max_length=1000, label="Why?", widget=forms.Textarea({"rows": 2}))


class PayTogetherForm(forms.Form):
    """One payment for several invoices of one firm: an amount beside each. Any: as above."""

    paid_on = forms.DateField(label="Sent on", widget=forms.DateInput({"type": "date"}))
    reference = forms.CharField(
        max_length=100, required=False, label="Reference", help_text="As it stands on the transfer."
    )

    def __init__(self, *args: Any, invoices: Iterable[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.invoices: list[Any] = list(invoices)
        for invoice in self.invoices:
            what = f"{invoice.work_order.title}: {money.show(invoice.payable, invoice.currency)} is open."
            self.fields[f"amount_{invoice.number}"] = _amount(invoice.reference, what, invoice.payable)
        self.order_fields([f"amount_{invoice.number}" for invoice in self.invoices])

    def parts(self) -> dict[UUID, Decimal | None]:
        typed = ((invoice, self.cleaned_data[f"amount_{invoice.number}"]) for invoice in self.invoices)
        return {invoice.pk: amount for invoice, amount in typed if amount}

    def paid(self) -> Paid:
        return Paid(on=self.cleaned_data["paid_on"], reference=self.cleaned_data["reference"])


def for_lines(kind: type[LinesForm], invoice: Invoice, data: Any) -> Any:
    """Return a form over the lines of an invoice that can still be moved. Any: request data, and the kind asked for."""
    return kind(data, lines=invoice.lines.order_by("position"), currency=invoice.currency)
