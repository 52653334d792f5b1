"""What a broken promise costs by the formula that both firms signed. Pure: no database.

The inputs that enter the sum for a client (clause 10 of the agreement, "liquidated damages") are sealed when the client
becomes protected: `sealed` hashes them with a key that nobody else has, so that the other firm holds proof of what they were
without learning them, and they are opened in a claim alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from hmac import compare_digest, new

from contracts.chain import canonical
from partnernet.core.errors import Invalid
from partnernet.core.money import cents, show

MOST_MONTHS = 12
"""Months before the breach that are looked at, at most."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What the hiring firm earned with a client when the notice was served. Amounts in `currency`, for one month or one project."""

    currency: str
    monthly_fee: Decimal | None = None
    project_price: Decimal | None = None

    @property
    def is_known(self) -> bool:
        return self.monthly_fee is not None or self.project_price is not None

    def text(self, client: str) -> str:
        """Return the canonical text that is hashed."""
        facts = {
            "client": client,
            "currency": self.currency,
            "monthly_fee": _written(self.monthly_fee),
            "project_price": _written(self.project_price),
        }
        return canonical(facts)


def sealed(text: str, key: str) -> str:
    """Return the keyed hash of a text: HMAC-SHA-256. Whoever has no key can neither read nor guess it."""
    return new(key.encode(), text.encode(), sha256).hexdigest()


def opens(text: str, key: str, seal: str) -> bool:
    """Say whether this text and key are those of the seal."""
    return compare_digest(sealed(text, key), seal)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning: what, how, and what it comes to."""

    what: str
    how: str
    amount: Decimal

    def plain(self, currency: str) -> dict[str, str]:
        """Return the line as it is kept and shown."""
        return {"what": self.what, "how": self.how, "comes_to": show(self.amount, currency)}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An amount with the way to it. Rounded once, half up, at the end."""

    amount: Decimal
    currency: str
    steps: tuple[Step, ...]

    def plain(self) -> list[dict[str, str]]:
        return [step.plain(self.currency) for step in self.steps]


def for_client(worth: Worth, billed: Sequence[Decimal], *, months: int) -> Reckoned:
    """Return `months` times the average monthly fee.

    `billed` are the sums of the months billed before the breach, at most the last twelve; the average is at least the monthly fee
    under contract. For a client with a single project only it is one twelfth of the contract price. Raises Invalid without any of these.
    """
    if len(billed) > MOST_MONTHS:
        raise Invalid({"billed": [f"At most the last {MOST_MONTHS} months count."]})
    average, steps = _average(worth, billed)
    total = cents(average * months)
    steps.append(
        Step(
            f"{months} times the average monthly fee",
            f"{months} × {show(average, worth.currency)}",
            total,
        )
    )
    return Reckoned(total, worth.currency, tuple(steps))


def _average(worth: Worth, billed: Sequence[Decimal]) -> tuple[Decimal, list[Step]]:
    fee, currency = worth.monthly_fee, worth.currency
    if not billed and fee is None:
        if worth.project_price is None:
            raise Invalid({"billed": ["Type what was billed, one month a line."]})
        twelfth = worth.project_price / 12
        how = f"{show(worth.project_price, currency)} ÷ 12"
        return twelfth, [Step("A single project: one twelfth of the contract price", how, twelfth)]
    steps: list[Step] = []
    average = Decimal(0)
    if billed:
        total = sum(billed, Decimal(0))
        average = total / len(billed)
        sums = " + ".join(show(each, currency) for each in billed)
        many = "month" if len(billed) == 1 else "months"
        steps = [
            Step(f"Billed in {len(billed)} {many} before the breach", sums, total),
            Step("Average of a month", f"{show(total, currency)} ÷ {len(billed)}", average),
        ]
    if fee is not None:
        higher = max(average, fee)
        how = f"the higher of {show(average, currency)} and {show(fee, currency)}"
        steps.append(Step("At least the monthly fee under contract", how, higher))
        average = higher
    return average, steps


def for_person(pay: Decimal, *, percent: Decimal, currency: str) -> Reckoned:
    """Return the agreed part of a person's base pay for the first year."""
    if pay <= 0:
        raise Invalid({"pay": ["Type the base pay of the first year."]})
    total = cents(pay * percent / 100)
    how = f"{percent.normalize():f} % × {show(pay, currency)}"
    return Reckoned(total, currency, (Step("Part of the first year's base pay", how, total),))


def read_worth(facts: Mapping[str, str | None]) -> Worth:
    """Return the inputs that a sealed text holds."""
    return Worth(
        str(facts["currency"]), _amount(facts.get("monthly_fee")), _amount(facts.get("project_price"))
    )


def _amount(written: str | None) -> Decimal | None:
    return Decimal(written) if written else None


def _written(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
