"""Turn typing about clients into values. Nothing is saved or decided here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from clients.actions.clients import ClientFacts, ContactFacts, SiteFacts
from clients.actions.successions import Became
from clients.importing import FIELDS
from clients.models import Client, ClientImport, ClientSuccession, Contact, PriceBasis, Site
from partnernet.core.forms import FoldedForm


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.replace(",", "\n").splitlines() if line.strip())


class ClientForm(FoldedForm):
    """A client."""

    fold = "Payment terms, other names, promises, insurance"
    folded = (
        "monthly_fee", "pays_within_days", "aliases", "domains", "response_minutes", "arrival_minutes", "industry_duties", "insurance_demanded", "external_id",
    )  # fmt: skip

    name = forms.CharField(max_length=200)
    industry = forms.CharField(
        label="Kind of business",
        max_length=100,
        required=False,
        help_text="Other firms see this before they accept, not the name.",
    )
    price_basis = forms.ChoiceField(
        label="How you are paid", choices=PriceBasis.choices, initial=PriceBasis.PRICED
    )
    monthly_fee = forms.DecimalField(
        label="Pays you a month",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text="No other firm sees it. It is sealed with each notice of protection, and opened only if you make a claim.",
    )
    pays_within_days = forms.IntegerField(
        label="Pays within, days after the work",
        min_value=0,
        max_value=365,
        required=False,
        help_text="Then each order says for how many days you pay before you are paid.",
    )
    aliases = forms.CharField(
        label="Other names", required=False, widget=forms.Textarea({"rows": 2}), help_text="One a line."
    )
    domains = forms.CharField(
        label="Web domains",
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="One a line, like gcdental.com.",
    )
    response_minutes = forms.IntegerField(
        label="You promise to respond within, minutes", min_value=1, max_value=100_000, required=False
    )
    arrival_minutes = forms.IntegerField(
        label="You promise to arrive within, minutes", min_value=1, max_value=100_000, required=False
    )
    industry_duties = forms.CharField(
        label="Duties of this kind of business",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="For example a HIPAA annex before any access.",
    )
    insurance_demanded = forms.CharField(
        label="Insurance the client demands",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )
    external_id = forms.CharField(label="Id in your PSA", max_length=100, required=False)

    def facts(self) -> ClientFacts:
        typed = self.cleaned_data
        return ClientFacts(
            **{**typed, "aliases": _lines(typed["aliases"]), "domains": _lines(typed["domains"])}
        )

    @staticmethod
    def of(client: Client) -> dict[str, Any]:
        plain = {name: getattr(client, name) for name in ClientForm.base_fields}
        return {**plain, "aliases": "\n".join(client.aliases), "domains": "\n".join(client.domains)}


class SiteForm(FoldedForm):
    """A place of a client; a US ZIP is enough."""

    fold = "Outside the US, or another place on the map"
    folded = ("town", "state", "country", "timezone", "latitude", "longitude")

    name = forms.CharField(
        max_length=200,
        required=False,
        help_text="Like Main office. Without one, the street or town is the name.",
    )
    street = forms.CharField(max_length=200, required=False)
    postcode = forms.CharField(
        label="ZIP or postcode",
        max_length=20,
        required=False,
        help_text="A US ZIP fills in town, place on the map and time zone.",
    )
    town = forms.CharField(max_length=100, required=False)
    state = forms.CharField(max_length=40, required=False)
    country = forms.CharField(
        min_length=2, max_length=2, initial="US", help_text="Two letters, like US or CA."
    )
    timezone = forms.CharField(
        label="Time zone",
        max_length=64,
        required=False,
        help_text="Like America/New_York. Needed where no ZIP tells it.",
    )
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False)
    access_notes = forms.CharField(
        label="How to get in",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The technician who goes sees this after the briefing. Nobody else does.",
    )

    def fold_open(self) -> bool:
        """Whether its reader must see the folded part: what a US ZIP filled in itself says nothing new."""
        refused = any(field.errors for field in self.folded_fields())
        filled_in = self["country"].value() == "US" and self["postcode"].value()
        return refused or (not filled_in and super().fold_open())

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def facts(self) -> SiteFacts:
        return SiteFacts(**self.cleaned_data)

    @staticmethod
    def of(site: Site) -> dict[str, Any]:
        return {name: getattr(site, name) for name in SiteForm.base_fields}


class ContactForm(forms.Form):
    """A person at a client."""

    name = forms.CharField(max_length=200)
    position = forms.CharField(max_length=100, required=False)
    phone = forms.CharField(max_length=40, required=False)
    email = forms.EmailField(required=False)

    def facts(self) -> ContactFacts:
        return ContactFacts(**self.cleaned_data)

    @staticmethod
    def of(contact: Contact) -> dict[str, Any]:
        return {name: getattr(contact, name) for name in ContactForm.base_fields}


class BecameForm(forms.Form):
    """What became of a client: the one it goes on as is chosen from the list or named."""

    kind = forms.ChoiceField(
        label="What happened", choices=ClientSuccession.Kind, widget=forms.RadioSelect, initial="sold"
    )
    happened_on = forms.DateField(label="On", widget=forms.DateInput({"type": "date"}))
    name = forms.CharField(
        label="Its name now",
        max_length=200,
        required=False,
        help_text="Leave it empty when you choose one of your clients below.",
    )
    successor = forms.ModelChoiceField(
        Client.objects.none(),
        label="It goes on as this client of yours",
        required=False,
        empty_label="Not on the list",
    )
    sites = forms.ModelMultipleChoiceField(
        Site.objects.none(),
        label="If a part went: which sites",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label="Note for your own firm", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, client: Client, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"happened_on": today})
        others = Client.objects.visible_to(client.firm_id).exclude(pk=client.pk).in_order()
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]  # the stubs see a plain field
        self.fields["sites"].queryset = client.sites.in_order()  # type: ignore[attr-defined]  # the same
        if not client.sites.exists():
            del self.fields["sites"]

    def became(self) -> Became:
        typed = dict(self.cleaned_data)
        successor, sites = typed.pop("successor"), typed.pop("sites", ())
        return Became(
            **typed, successor=successor.pk if successor else None, sites=tuple(site.pk for site in sites)
        )


class UploadForm(forms.Form):
    """A list of clients as a file."""

    file = forms.FileField(
        label="CSV file", help_text="From ConnectWise, HaloPSA or any sheet saved as CSV. At most 2 MB."
    )


class MappingForm(forms.Form):
    """Which column holds which field."""

    def __init__(self, batch: ClientImport, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        columns = [
            ("", "not in this list"),
            *((str(place), heading or f"Column {place + 1}") for place, heading in enumerate(batch.headings)),
        ]
        for name, label in FIELDS.items():
            initial = batch.mapping.get(name, "")
            self.fields[name] = forms.ChoiceField(
                label=label, choices=columns, required=name == "name", initial=str(initial)
            )

    def mapping(self) -> dict[str, int]:
        return {name: int(column) for name, column in self.cleaned_data.items() if column != ""}
