"""Read what holds of an agreement at a moment, and where each value comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any  # values of a cover page are JSON

from django.db.models import Max

from contracts import effective
from contracts.effective import AMENDED, Change
from contracts.models import Agreement, TemplateVersion
from contracts.models.agreements import Kind
from contracts.values import Variable, shown
from partnernet.core import localtime
from partnernet.core.errors import RuleBroken

DECLARATION_DAYS = 5
"""Business days in which a client can be declared as one's own, where no cover page says another number."""
# How claims run under an agreement whose cover page does not say: as on the shipped one.
USUAL = {"claim_months": 12, "response_days": 10, "cure_days": 15, "mediation_days": 30}


@dataclass(frozen=True, slots=True)
class Held:
    """One value that holds, as it reads, and the document that it comes from: the agreement itself, or an amendment."""

    variable: Variable
    value: Any  # JSON
    source: Agreement
    signed_at: datetime | None
    before: str = ""

    @property
    def reads(self) -> str:
        return shown(self.variable, self.value)

    @property
    def is_amended(self) -> bool:
        return self.source.is_amendment


def changes_of(agreement: Agreement) -> tuple[Change, ...]:
    """Return what signed amendments change, the last signed last; one query unless it was loaded `with_changes()`."""
    rows = getattr(agreement, "changes_signed", None)
    if rows is None:
        rows = Agreement.objects.filter(pk=agreement.pk).with_changes().get().changes_signed
    return effective.changes_in(rows or ())


def values_at(agreement: Agreement, at: datetime | None, *, for_running: bool = False) -> dict[str, Any]:
    """Return the values that hold between the two firms at a moment; None looks past all that is signed."""
    base = agreement.current_revision.values
    return effective.values_at(base, changes_of(agreement), at, for_running=for_running)


def values_on(agreement: Agreement, day: date, zone: str) -> dict[str, Any]:
    """Return the values that held as a day began: what is promised on it. What no cover page says is as usual."""
    return {**USUAL, **values_at(agreement, localtime.start_of_day(day, zone))}


def amendments_of(agreement: Agreement) -> list[Agreement]:
    """Return the signed amendments with `signed_at`, in the order in which they were signed."""
    return list(Agreement.objects.signed().filter(amends=agreement).with_parties().in_order_of_signing())


def held_at(
    agreement: Agreement, at: datetime, *, amendments: Sequence[Agreement] | None = None
) -> list[Held]:
    """Return every line of the cover page as it holds at a moment, with its source, in the order of the page.

    Load the agreement with its wording; `amendments` as `amendments_of` returns them. Those that are not in effect yet are left out.
    """
    variables = agreement.template_version.wording().variables
    values, signed_at = agreement.current_revision.values, _signed_at(agreement)
    held = {
        one.key: Held(one, values[one.key], agreement, signed_at) for one in variables if one.key in values
    }
    for amendment in amendments_of(agreement) if amendments is None else amendments:
        if amendment.effective_at is None or amendment.effective_at > at:
            continue
        changed = amendment.current_revision.values[AMENDED]
        for one in variables:
            if one.key in changed:
                before = held[one.key].reads if one.key in held else ""
                held[one.key] = Held(one, changed[one.key], amendment, amendment.signed_at, before)
    return [held[one.key] for one in variables if one.key in held]


def words_at(agreement: Agreement, at: datetime | None) -> list[str]:
    """Return what stands in words beside the cover page at a moment, the agreement's own first; None looks past all that is signed."""
    texts = [agreement.current_revision.other_changes]
    texts += [
        one.current_revision.other_changes
        for one in amendments_of(agreement)
        if at is None or (one.effective_at is not None and one.effective_at <= at)
    ]
    return [text for text in texts if text.strip()]


def changes_in_words(amendment: Agreement) -> str:
    """Return what stands in the text of an amendment about what it changes."""
    variables = effective.amendable(with_wording(parent_of(amendment)).wording())
    revision = amendment.current_revision
    return effective.in_words(variables, revision.values[AMENDED], revision.other_changes)


def resulting(amendment: Agreement) -> dict[str, Any]:
    """Return the values that would hold once an amendment has taken effect, after everything that is signed by now."""
    changed: dict[str, Any] = amendment.current_revision.values[AMENDED]
    return values_at(parent_of(amendment), None) | changed


def before(amendment: Agreement) -> dict[str, Any]:
    """Return the values that held before an amendment: with all that was signed before it."""
    parent = parent_of(amendment)
    values = dict(parent.current_revision.values)
    for one in amendments_of(parent):
        if one.pk == amendment.pk:
            break
        values |= one.current_revision.values[AMENDED]
    return values


def parent_of(amendment: Agreement) -> Agreement:
    """Return the agreement that an amendment changes."""
    if amendment.amends is None:
        raise RuleBroken("This is no amendment.")
    return amendment.amends


def require_amendable(parent: Agreement, now: datetime, *, starts_after_days: int = 0) -> None:
    """Raise RuleBroken with a sentence for an agreement that cannot be changed, or not any more."""
    if parent.kind not in (Kind.MASTER_SUBCONTRACT, Kind.NDA):
        raise RuleBroken("Only an agreement that was signed here is changed by an amendment.")
    if parent.effective_at is None or parent.ends_at is None:
        raise RuleBroken("This agreement is not signed by both. Change its terms instead of amending it.")
    if parent.ends_at <= now:
        raise RuleBroken("This agreement has ended, so nothing is left to change. Sign a new one.")
    if parent.ends_at <= now + timedelta(days=starts_after_days):
        raise RuleBroken(
            "The agreement ends before this amendment would take effect. Sign a new one, or let it begin sooner."
        )


def _signed_at(agreement: Agreement) -> datetime | None:
    signed: datetime | None = agreement.signatures.filter(revision=agreement.current_revision_id).aggregate(
        at=Max("signed_at")
    )["at"]
    return signed


def worded(agreement: Agreement) -> Agreement:
    """Return the agreement with its wording read."""
    with_wording(agreement)
    return agreement


def with_wording(agreement: Agreement) -> TemplateVersion:
    """Return the version with its clauses and variables, read once for one object."""
    version = agreement.template_version
    if "clauses" not in getattr(version, "_prefetched_objects_cache", {}):
        version = TemplateVersion.objects.with_wording().get(pk=version.pk)
        agreement.template_version = version
    return version
