"""Put an agreement that nobody has signed on the newest version of its text."""

from datetime import datetime

from django.db import transaction

from contracts.actions import checks
from contracts.actions.history import Done, record, tell
from contracts.actions.revisions import Terms, write_revision
from contracts.actions.signing import take
from contracts.models import Agreement, TemplateVersion
from contracts.models.agreements import Status
from contracts.rendering import Wording
from contracts.values import Value
from contracts.workflow import AGREEMENT, PROPOSER
from partnernet.core.errors import RuleBroken, Stale
from partners.models import Member


def newest_for(agreement: Agreement) -> TemplateVersion | None:
    """Return the version that an agreement could move to, or None when it stands on the newest."""
    template = agreement.template_version.template
    newest = TemplateVersion.objects.published().newest_of(template.key).with_wording().first()
    return newest if newest and newest.pk != agreement.template_version_id else None


@transaction.atomic
def move(agreement: Agreement, *, by: Member, seen: str, now: datetime | None = None) -> Agreement:
    """Put the same values on the newest text. What was accepted before stays as history and counts no more.

    Raises Stale when the text is not the one that was `seen`, RuleBroken when there is no newer one or a rule blocks it.
    """
    agreement, side, now = take(agreement, by, now)
    before = agreement.status
    step = AGREEMENT.check("revise", status=before, side=side, role=by.role)
    if seen != agreement.content_sha256:
        raise Stale("The terms have changed since you read them. Nothing was done; read the new ones first.")
    newest = newest_for(agreement)
    if newest is None:
        raise RuleBroken("It stands on the newest text already.")

    labels = {"from": agreement.template_version.label, "to": newest.label}
    revision, agreement.template_version = agreement.current_revision, newest
    agreement.save(update_fields=["template_version"])
    comment = f"The standard text in version {newest.label} in place of version {labels['from']}."
    fitting = carried(newest.wording(), revision.values)
    terms = Terms(fitting, revision.other_changes, comment, Terms.of(revision).changed)
    written = write_revision(agreement, terms, by=by, now=now)
    agreement.status, agreement.lapses_at, agreement.remind_at = step.target, None, None
    agreement.save(update_fields=["status", "lapses_at", "remind_at"])
    found = checks.check(agreement, now=now)
    if before != Status.DRAFT:
        checks.refuse_blocked(found)
    changes = {
        **labels,
        "revision": str(written.number),
        "content_sha256": written.content_sha256,
        "values_sha256": written.values_sha256,
    }
    record(
        agreement, Done("move", side, before, step.target, reason=comment, changes=changes), by=by, now=now
    )
    if before != Status.DRAFT:
        across = agreement.other if side == PROPOSER else agreement.proposer
        tell("agreement_revised", across, agreement, now=now, reason=comment)
    return agreement


def carried(wording: Wording, values: dict[str, Value]) -> dict[str, Value]:
    """Return the values that the cover page of another version takes as they are; the rest become its standard ones."""
    return {
        variable.key: values[variable.key]
        for variable in wording.variables
        if variable.key in values and not variable.faults(values[variable.key])
    }
