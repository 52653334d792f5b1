"""Propose an amendment to a signed agreement. From its draft on it lives as every agreement does: read, changed, signed by both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from contracts import effective, standard
from contracts.actions import checks, terms_now
from contracts.actions.history import Done, day_for, record
from contracts.actions.revisions import Terms, write_revision
from contracts.actions.signing import take
from contracts.models import Agreement, TemplateVersion
from contracts.models.agreements import Status
from contracts.values import Value
from contracts.verify_codes import new_code
from contracts.workflow import AGREEMENT
from partnernet.core.errors import RuleBroken
from partners.models import Member


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to change: values by their names, words beside them, and the amendment's own lines (topic, begin, running work)."""

    changed: Mapping[str, Value]
    other_changes: str = ""
    own: Mapping[str, Value] = field(default_factory=dict)


@transaction.atomic
def draft(parent: Agreement, wish: Wish, *, by: Member, now: datetime | None = None) -> Agreement:
    """Write the draft of an amendment; nobody else sees it yet.

    Raises RuleBroken for an agreement that has ended, Invalid beside values that do not fit, or when nothing changes.
    """
    parent, side, now = take(parent, by, now)
    AGREEMENT.check("amend", status=parent.status, side=side, role=by.role)
    terms_now.require_amendable(parent, now)
    version = TemplateVersion.objects.published().newest_of(standard.AMENDMENT).with_wording().first()
    if version is None:
        raise RuleBroken("The network's operator has not published the text of an amendment yet.")

    across = parent.other if by.firm_id == parent.proposer_id else parent.proposer
    amendment = Agreement(
        proposer=by.firm, other=across, amends=parent, template_version=version, kind=version.template.kind,
        verify_code=new_code(), created_at=now,
    )  # fmt: skip
    revision = write_revision(amendment, _terms(parent, wish), by=by, now=now)
    hashes = {
        "revision": str(revision.number),
        "content_sha256": revision.content_sha256,
        "values_sha256": revision.values_sha256,
        "amends": parent.verify_code,
    }
    record(
        amendment,
        Done("draft", amendment.side_of(by.firm_id), "", Status.DRAFT, changes=hashes),
        by=by,
        now=now,
    )
    checks.check(amendment, now=now)
    return amendment


def other_terms(amendment: Agreement, wish: Wish, *, comment: str = "") -> Terms:
    """Return what an amendment under way says when it is changed, for `agreements.revise`."""
    terms = _terms(terms_now.parent_of(amendment), wish)
    return Terms(terms.values, terms.other_changes, comment, terms.changed)


def with_values(agreement: Agreement, given: Mapping[str, Value], other_changes: str, comment: str) -> Terms:
    """Return the present terms of any agreement under way with some values changed; of an amendment, what it changes."""
    now = Terms.of(agreement.current_revision)
    if not agreement.amends:
        return Terms({**now.values, **given}, other_changes, comment)
    own = {key: given.get(key, value) for key, value in now.values.items()}
    changed = {**now.changed, **{key: value for key, value in given.items() if key not in own}}
    return other_terms(agreement, Wish(changed, other_changes, own), comment=comment)


def _terms(parent: Agreement, wish: Wish) -> Terms:
    """Fill in which agreement is changed, and drop what reads as it does already."""
    version = terms_now.with_wording(parent)
    variables = effective.amendable(version.wording())
    holds = terms_now.values_at(parent, None)
    fixed = {
        "amended_title": version.template.title,
        "amended_code": parent.verify_code,
        "amended_on": day_for(parent.proposer, parent.effective_at) if parent.effective_at else "",
        "governing_law": holds["governing_law"],
    }
    unknown = {key: value for key, value in wish.changed.items() if key not in {one.key for one in variables}}
    changed = {**effective.differing(variables, holds, wish.changed), **unknown}
    return Terms({**wish.own, **fixed}, wish.other_changes, changed=changed)
