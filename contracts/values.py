"""The typed values of a cover page: what may stand there, and how it reads in the text.

Pure: no database. Values are kept as JSON: whole numbers for months, days and hours; strings for percent, place, choice and text;
`{"amount": "1000.00", "currency": "USD"}` for money; a mapping of strings for a party.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from contracts.places import PLACES
from partnernet.core.errors import Invalid

Value = bool | int | str | Mapping[str, str]

COUNTED = {"months": "month", "days": "day", "business_days": "business day", "hours": "hour"}
KINDS = ("money", "percent", *COUNTED, "place", "choice", "party", "text", "bool")
PARTY_FIELDS = ("legal_name", "kind", "place", "address", "email", "affiliates")
MAX_TEXT = 500
MAX_LIST = 5_000


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of the cover page."""

    key: str
    label: str
    kind: str
    required: bool = True
    default: Value | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    group: str = ""

    def faults(self, value: object) -> list[str]:
        """Say in sentences what is wrong with `value`; an empty list when nothing is."""
        if self.kind in COUNTED:
            return self._counted_faults(value)
        if self.kind == "percent":
            return self._range_faults(_decimal(value), "Type a percentage, for example 1.5.")
        if self.kind == "money":
            return self._money_faults(value)
        if self.kind == "party":
            return _party_faults(value)
        if self.kind == "text":
            return _text_faults(value)
        allowed = {
            "bool": (True, False),
            "place": tuple(PLACES),
            "choice": tuple(key for key, _ in self.choices),
        }[self.kind]
        right_type = isinstance(value, bool) if self.kind == "bool" else isinstance(value, str)
        return [] if right_type and value in allowed else ["Choose one of the values on offer."]

    def _counted_faults(self, value: object) -> list[str]:
        whole = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None
        return self._range_faults(whole, f"Type a whole number of {COUNTED[self.kind]}s.")

    def _money_faults(self, value: object) -> list[str]:
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            return ["Type an amount."]
        amount = _decimal(value["amount"])
        if not re.fullmatch(r"[A-Z]{3}", str(value["currency"])):
            return ["Name the currency by its three letters, for example USD."]
        if amount is not None and amount != round(amount, 2):
            return ["Type the amount with at most two decimals."]
        return self._range_faults(amount, "Type an amount.")

    def _range_faults(self, number: Decimal | None, otherwise: str) -> list[str]:
        if number is None:
            return [otherwise]
        if self.minimum is not None and number < self.minimum:
            return [f"The least is {self.minimum:,f}."]
        if self.maximum is not None and number > self.maximum:
            return [f"The most is {self.maximum:,f}."]
        return []


def checked(variables: Sequence[Variable], values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values with defaults filled in.

    Raises Invalid with a sentence per key for anything unknown, missing or out of range.
    """
    known = {variable.key for variable in variables}
    errors = {key: ["This template has no such value."] for key in values if key not in known}
    whole: dict[str, Value] = {}
    for variable in variables:
        value = values.get(variable.key, variable.default)
        if value is None or value == "":
            if variable.required:
                errors[variable.key] = ["Fill this in."]
            continue
        if faults := variable.faults(value):
            errors[variable.key] = faults
            continue
        whole[variable.key] = (
            " ".join(value.split()) if variable.kind == "text" and isinstance(value, str) else value
        )
    if errors:
        raise Invalid(errors)
    return whole


def shown(variable: Variable, value: Value) -> str:
    """Return `value` as it reads in the text: “12 months”, “New York”, “USD 1,000,000.00”."""
    if variable.kind in COUNTED:
        return f"{value} {COUNTED[variable.kind]}{'' if value == 1 else 's'}"
    if variable.kind == "choice":
        return dict(variable.choices)[str(value)]
    if isinstance(value, Mapping):
        return (
            _party_shown(value)
            if variable.kind == "party"
            else f"{value['currency']} {Decimal(value['amount']):,.2f}"
        )
    plain = {"percent": _percent, "bool": _yes_or_no, "place": _place}.get(variable.kind, str)
    return " ".join(plain(value).split())


def _percent(value: object) -> str:
    return f"{Decimal(str(value)).normalize():f}%"


def _place(value: object) -> str:
    return PLACES[str(value)]


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"


def differences(
    variables: Sequence[Variable], before: Mapping[str, Value], after: Mapping[str, Value]
) -> tuple[tuple[str, str, str], ...]:
    """Return (label, before, after) for every value that changed, in the order of the cover page."""
    changed = (variable for variable in variables if before.get(variable.key) != after.get(variable.key))
    return tuple((v.label, _or_dash(v, before.get(v.key)), _or_dash(v, after.get(v.key))) for v in changed)


def _or_dash(variable: Variable, value: Value | None) -> str:
    return "–" if value is None else shown(variable, value)


def _party_shown(party: Mapping[str, str]) -> str:
    """Return “Halcyon Managed, Inc. (company), 12 Main St, Mineola, New York, notices to lou@halcyon.example”."""
    said = {field: " ".join(party.get(field, "").split()) for field in PARTY_FIELDS}
    name = f"{said['legal_name']} ({said['kind']})" if said["kind"] else said["legal_name"]
    notices = f"notices to {said['email']}" if said["email"] else ""
    affiliates = f"with its affiliates {said['affiliates']}" if said["affiliates"] else ""
    return ", ".join(part for part in (name, said["address"], said["place"], notices, affiliates) if part)


def _party_faults(value: object) -> list[str]:
    if not isinstance(value, Mapping) or not set(value) <= set(PARTY_FIELDS):
        return ["Name the firm."]
    if not str(value.get("legal_name", "")).strip():
        return ["The firm's legal name is missing."]
    most = {"affiliates": MAX_LIST}
    return [
        fault
        for field in PARTY_FIELDS
        for fault in _text_faults(value.get(field, ""), most.get(field, MAX_TEXT))
    ]


def _text_faults(value: object, most: int = MAX_TEXT) -> list[str]:
    if not isinstance(value, str):
        return ["Type a text."]
    if len(value) > most:
        return [f"At most {most} characters."]
    return invisible_faults(value)


def invisible_faults(text: str) -> list[str]:
    """Refuse characters that a reader cannot see: what is signed must be what was read."""
    hidden = any(
        unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") and character not in "\n\r\t"
        for character in text
    )
    return ["This text contains invisible characters. Type it again by hand."] if hidden else []


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
