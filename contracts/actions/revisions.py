"""Write down terms: values checked, text rendered once, hashes taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self  # values of a cover page are JSON

from contracts import chain, effective, rendering
from contracts.actions import reach, terms_now
from contracts.models import Affiliation, Agreement, AgreementRevision, ListedAffiliate
from contracts.places import PLACES, place_code
from contracts.values import Value, Variable, checked, invisible_faults
from contracts.workflow import OTHER, PROPOSER
from partnernet.core.errors import Invalid
from partners.models import Firm, FirmInvite, Member

MAX_OTHER_CHANGES = 5_000
AFFILIATES = "affiliates_included"
_POINTERS = [
    "current_revision",
    "content_sha256",
    "protects_clients",
    "protects_people",
    "client_tail_months",
]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one side puts on the table: values of the cover page, free text, and a word to the other side."""

    values: Mapping[str, Value]
    other_changes: str = ""
    comment: str = ""
    # What an amendment changes on the cover page of its agreement.
    changed: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, revision: AgreementRevision, *, comment: str = "") -> Self:
        values = {key: value for key, value in revision.values.items() if key != effective.AMENDED}
        return cls(values, revision.other_changes, comment, revision.values.get(effective.AMENDED, {}))


def write_revision(agreement: Agreement, change: Terms, *, by: Member, now: datetime) -> AgreementRevision:
    """Store the next revision and make it the current one, on a new agreement as well as on a locked one.

    Raises Invalid with a sentence per value that does not fit.
    """
    wording = agreement.template_version.wording()
    sides = (PROPOSER, OTHER) if _includes_affiliates(wording, change) else ()
    listed = {side: reach.list_of(agreement.firm_on(side), on=now.date()) for side in sides}
    parties = {side: party(agreement.firm_on(side), listed.get(side, ())) for side in (PROPOSER, OTHER)}
    own = {key: value for key, value in change.values.items() if key not in ("proposer", "other")}
    values: dict[str, Any] = checked(wording.variables, {**own, **parties})
    other_changes = said = _free_text(change.other_changes)
    if agreement.amends:
        variables = effective.amendable(terms_now.with_wording(agreement.amends).wording())
        values[effective.AMENDED] = _changed(variables, change)
        said = effective.in_words(variables, values[effective.AMENDED], other_changes)
    text = rendering.render(wording, values, other_changes=said)
    revision = AgreementRevision(
        agreement=agreement,
        number=agreement.revisions.count() + 1,
        values=values,
        values_sha256=rendering.sha256(chain.canonical(values)),
        other_changes=other_changes,
        text=text,
        content_sha256=rendering.sha256(text),
        author_side=agreement.side_of(by.firm_id),
        author=by.user,
        comment=change.comment,
        created_at=now,
    )
    _point_at(agreement, revision)
    revision.save(force_insert=True)
    _list(revision, listed)
    return revision


def _changed(variables: tuple[Variable, ...], change: Terms) -> dict[str, Value]:
    """Return the values that an amendment changes. Raises Invalid beside those that do not fit, and when it changes nothing."""
    known, wrong = {one.key: one for one in variables}, dict[str, list[str]]()
    for key, value in change.changed.items():
        one = known.get(key)
        if faults := one.faults(value) if one else ["This stands. Sign a new agreement to change it."]:
            wrong[key] = faults
    if wrong:
        raise Invalid(wrong)
    if not change.changed and not change.other_changes.strip():
        raise Invalid({"other_changes": ["Change a value, or say in words what changes."]})
    return dict(change.changed)


def _point_at(agreement: Agreement, revision: AgreementRevision) -> None:
    agreement.current_revision, agreement.content_sha256 = revision, revision.content_sha256
    agreement.protects_clients = bool(revision.values.get("client_clause"))
    agreement.protects_people = bool(revision.values.get("personnel_clause"))
    agreement.client_tail_months = int(revision.values.get("client_tail_months", 0))
    if revision.number == 1:  # the agreement is born with its first text
        agreement.save(force_insert=True)
    else:
        agreement.save(update_fields=_POINTERS)


def _includes_affiliates(wording: rendering.Wording, change: Terms) -> bool:
    """Say whether the cover page switches affiliates on; a text without that line includes none."""
    known = {one.key: one.default for one in wording.variables}
    return bool(change.values.get(AFFILIATES, known[AFFILIATES])) if AFFILIATES in known else False


def _list(revision: AgreementRevision, listed: Mapping[str, list[Affiliation]]) -> None:
    """Keep whom the cover page lists, so that it can be asked whether an agreement reaches a firm."""
    ListedAffiliate.objects.bulk_create(
        ListedAffiliate(
            agreement_id=revision.agreement_id,
            revision=revision,
            side=side,
            firm=row.affiliate,
            legal_name=row.affiliate.legal_name,
            since=row.since,
        )
        for side, rows in listed.items()
        for row in rows
    )


def party(firm: Firm, affiliates: Sequence[Affiliation] = ()) -> dict[str, str]:
    """Return a firm as it stands in a contract today, with the affiliates that it has."""
    named = "; ".join(f"{row.affiliate.legal_name} (since {row.since.isoformat()})" for row in affiliates)
    return {**_particulars(firm), **({"affiliates": named} if named else {})}


def _particulars(firm: Firm) -> dict[str, str]:
    place = PLACES.get(place_code(firm.country, firm.state), "")
    return {
        "legal_name": firm.legal_name or firm.name,
        "kind": firm.get_entity_kind_display().lower(),
        "place": place,
        "address": ", ".join(part for part in (firm.street, firm.town, firm.postcode) if part),
        "email": _notice_address(firm),
    }


def _notice_address(firm: Firm) -> str:
    """Return the electronic address at which notices reach a firm: that of its first owner, or the one it was invited by."""
    if firm.contact_email:
        return firm.contact_email
    owners = Member.objects.active().of(firm.pk).filter(role="owner").order_by("pk")
    owner = owners.values_list("user__email", flat=True).first()
    if owner or firm.status != Firm.Status.UNCLAIMED:
        return owner or ""
    invited = FirmInvite.objects.filter(card=firm).order_by("-pk").values_list("email", flat=True).first()
    return invited or ""


def _free_text(text: str) -> str:
    text = rendering.normalise(text).strip()
    if len(text) > MAX_OTHER_CHANGES:
        raise Invalid(
            {"other_changes": [f"At most {MAX_OTHER_CHANGES:,} characters. Make a new template for more."]}
        )
    if faults := invisible_faults(text):
        raise Invalid({"other_changes": faults})
    return text
