"""Ask the rules about an agreement, keep what they find, and let firms say that they know of it.

What blocks keeps terms from being sent and signed. What is grave is acknowledged, with a reason, by each firm before it sends or signs;
found later, it keeps new work from being offered until both have done so.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from contracts import checker, facts, rules
from contracts.actions import terms_now
from contracts.actions.circumstances import records_of
from contracts.actions.history import Done, both, record, tell
from contracts.checker import Found, Texts
from contracts.models import Agreement, FindingAcknowledgement, RuleFinding, TemplateVersion
from contracts.models.agreements import SIDES, AgreementQuerySet, Status
from contracts.workflow import AGREEMENT, PROPOSER
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partners.models import Member

BATCH = 500
MAX_REASON = 1000


def check(agreement: Agreement, *, now: datetime) -> list[RuleFinding]:
    """Ask every rule about the current terms and keep the answer; return what stands, the gravest first.

    The caller holds the agreement's lock, or has just made it.
    """
    # What an amendment leads to is judged as the agreement that it changes would read with it.
    whole, revision = agreement.amends or agreement, agreement.current_revision
    version = terms_now.with_wording(whole)
    stage = rules.IN_FORCE if agreement.status == Status.SIGNED else rules.AGREEMENT
    values, words = _terms(agreement, now)
    known = facts.of(
        version.wording(),
        version.says,
        values,
        free_text=words,
        records=records_of(whole, now=now, on_people=bool(values.get("personnel_clause"))),
    )
    texts = Texts(standard_text(version), "\n".join(part for part in (words, revision.comment) if part))
    found = checker.check(rules.book(), known, texts, stage=stage, on=now.date())
    _keep(agreement, found, stage=stage, now=now)
    _carry_over(agreement, now=now)
    agreement.checked_at, agreement.checked_edition = now, rules.book().edition
    agreement.save(update_fields=["checked_at", "checked_edition"])
    return standing(agreement)


def standing(agreement: Agreement) -> list[RuleFinding]:
    """Return what stands against the current terms, with what was said to it, the gravest first."""
    found = RuleFinding.objects.standing().of(agreement.current_revision).gravest_first()
    return list(found.prefetch_related("acknowledgements"))


def require_sendable(agreement: Agreement, side: str, *, now: datetime) -> None:
    """Ask the rules once more before terms are sent or signed.

    Raises RuleBroken for what blocks, code `blocked_by_rule`, and for what this side has not acknowledged yet, code `unacknowledged`.
    """
    refuse_held_up(check(agreement, now=now), side)


def refuse_held_up(found: Iterable[RuleFinding], side: str) -> None:
    """Raise RuleBroken for what blocks, and for what a side has not acknowledged; see `require_sendable`."""
    found = list(found)
    refuse_blocked(found)
    if waiting := [one for one in found if one.severity == rules.HIGH and not one.said_by(side)]:
        titles = "; ".join(dict.fromkeys(one.title for one in waiting))
        raise RuleBroken(
            f"Say first that you know what the check found, and why you go on: {titles}.",
            code="unacknowledged",
        )


def refuse_blocked(found: Iterable[RuleFinding]) -> None:
    """Raise RuleBroken with the messages of everything that blocks."""
    if blocks := list(dict.fromkeys(one.message for one in found if one.severity == rules.BLOCK)):
        raise RuleBroken(f"These terms cannot be sent or signed. {' '.join(blocks)}", code="blocked_by_rule")


@transaction.atomic
def acknowledge(
    agreement: Agreement, reasons: Mapping[str, str], *, by: Member, now: datetime | None = None
) -> Agreement:
    """Let the actor's firm say that it knows of findings, by their keys, each with its reason.

    Raises Invalid beside the key of a finding that is not there, is not grave, or has no reason.
    """
    agreement = Agreement.objects.visible_to(by.firm_id).locked().with_parties().get(pk=agreement.pk)
    side, now = agreement.side_of(by.firm_id), now or clock.now()
    AGREEMENT.check("acknowledge", status=agreement.status, side=side, role=by.role)
    found = {str(one.pk): one for one in _to_say(agreement, side)}
    _whole(reasons, found.keys())

    for key, reason in reasons.items():
        _acknowledge(agreement, found[key], reason.strip(), by=by, now=now)
    return agreement


@contextmanager
def kept_when_refused(agreement: Agreement) -> Iterator[None]:
    """Keep what the rules found when a step is refused for it: the refusal undoes all that it wrote, and somebody has to answer it."""
    try:
        yield
    except RuleBroken as refusal:
        if refusal.code in ("blocked_by_rule", "unacknowledged"):
            _look_again(agreement)
        raise


@transaction.atomic
def _look_again(agreement: Agreement) -> None:
    if agreement.amends_id:  # the older row first, as everywhere
        Agreement.objects.locked().get(pk=agreement.amends_id)
    found = Agreement.objects.locked().with_parties().get(pk=agreement.pk)
    check(found, now=clock.now())


def unacknowledged(agreement: Agreement, side: str) -> list[RuleFinding]:
    """Return the grave findings that stand and to which this side has said nothing."""
    return list(_to_say(agreement, side))


def check_due(*, now: datetime | None = None) -> int:
    """Ask the rules about every agreement in force that was not looked at for a day; tell both firms what is new.

    Return how many were looked at. Safe to run twice, and by two at once.
    """
    now, done = now or clock.now(), 0
    due = Agreement.objects.to_check(now, rules.book().edition).order_by("checked_at", "pk")
    for key in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            if agreement := _take_due(due, key):
                before = {_same(one) for one in RuleFinding.objects.standing().of(agreement.current_revision)}
                new = [one for one in check(agreement, now=now) if _same(one) not in before]
                _tell_of(
                    agreement, [one for one in new if one.severity in (rules.HIGH, rules.BLOCK)], now=now
                )
                done += 1
    return done


def standard_text(version: TemplateVersion) -> str:
    """Return what patterns look at of a standard text; load it `with_wording()`."""
    return "\n".join(f"{clause.title}\n{clause.text}" for clause in version.clauses.all())


def _take_due(due: AgreementQuerySet, key: UUID) -> Agreement | None:
    locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return locked.with_parties().filter(pk=key).first()


def _terms(agreement: Agreement, now: datetime) -> tuple[dict[str, Any], str]:
    """Return the values that are judged, and all that stands in words beside them. Any: values are JSON."""
    if agreement.amends:
        words = [*terms_now.words_at(agreement.amends, None), agreement.current_revision.other_changes]
        return terms_now.resulting(agreement), "\n\n".join(words)
    if agreement.status != Status.SIGNED:
        return agreement.current_revision.values, agreement.current_revision.other_changes
    return terms_now.values_at(agreement, now), "\n\n".join(terms_now.words_at(agreement, now))


def _carry_over(agreement: Agreement, *, now: datetime) -> None:
    """Let what both firms said to an amendment stand for the agreement that reads so since."""
    said = FindingAcknowledgement.objects.filter(
        finding__agreement__amends=agreement,
        finding__agreement__status=Status.SIGNED,
        finding__agreement__effective_at__lte=now,
    )
    known = {
        (one.finding.rule, one.finding.place, _firm_on(one.finding.agreement, one.side)): one
        for one in said.select_related("finding__agreement").order_by("pk")
    }
    if not known:
        return
    open_ones = RuleFinding.objects.standing().of(agreement.current_revision).not_acknowledged_by_both()
    for finding in open_ones.prefetch_related("acknowledgements").order_by("pk"):
        for side in SIDES:
            one = known.get((finding.rule, finding.place, _firm_on(agreement, side)))
            if one and not finding.said_by(side):
                FindingAcknowledgement.objects.create(
                    finding=finding, side=side, user=one.user, firm_name=one.firm_name, reason=one.reason,
                    acknowledged_at=one.acknowledged_at,
                )  # fmt: skip


def _firm_on(agreement: Agreement | None, side: str) -> UUID | None:
    if agreement is None:
        return None
    return agreement.proposer_id if side == PROPOSER else agreement.other_id


def _keep(agreement: Agreement, found: tuple[Found, ...], *, stage: str, now: datetime) -> None:
    """Clear what no longer holds, of earlier revisions too, and write what is new."""
    rows = RuleFinding.objects.standing().filter(agreement=agreement)
    kept = {_same(row): row for row in rows if row.revision_id == agreement.current_revision_id}
    wanted = {(one.rule.id, one.rule.version, one.severity, one.place): one for one in found}
    gone = [row.pk for row in rows if kept.get(_same(row)) is not row or _same(row) not in wanted]
    if gone:
        RuleFinding.objects.filter(pk__in=gone).update(cleared_at=now)
    RuleFinding.objects.bulk_create(
        RuleFinding(
            agreement=agreement,
            revision=agreement.current_revision,
            **columns(one, stage=stage, now=now),
        )
        for key, one in wanted.items()
        if key not in kept
    )


def columns(found: Found, *, stage: str, now: datetime) -> dict[str, object]:
    """Return what is kept of a finding, whatever it was found in."""
    rule = found.rule
    return {
        "rule": rule.id,
        "rule_version": rule.version,
        "stage": stage,
        "severity": found.severity,
        "place": found.place,
        "title": rule.title,
        "message": found.message,
        "source": rule.source,
        "source_url": rule.source_url,
        "found_at": now,
    }


def _same(row: RuleFinding) -> tuple[str, int, str, str]:
    return row.rule, row.rule_version, row.severity, row.place


def _to_say(agreement: Agreement, side: str) -> Iterable[RuleFinding]:
    found = RuleFinding.objects.standing().of(agreement.current_revision).to_acknowledge()
    return found.unanswered_by(side).gravest_first()


def _whole(reasons: Mapping[str, str], known: Iterable[str]) -> None:
    if not reasons:
        raise RuleBroken("There is nothing that your firm has to acknowledge here.")
    wrong = {
        key: ["This is not, or no longer, to be acknowledged by your firm."]
        for key in reasons
        if key not in known
    }
    wrong |= {
        key: ["Say why you go on. The other firm reads it."]
        for key, why in reasons.items()
        if not why.strip()
    }
    wrong |= {
        key: [f"At most {MAX_REASON:,} characters."] for key, why in reasons.items() if len(why) > MAX_REASON
    }
    if wrong:
        raise Invalid(wrong)


def _acknowledge(
    agreement: Agreement, finding: RuleFinding, reason: str, *, by: Member, now: datetime
) -> None:
    side = agreement.side_of(by.firm_id)
    FindingAcknowledgement.objects.create(
        finding=finding, side=side, user=by.user, firm_name=by.firm.name, reason=reason, acknowledged_at=now
    )
    changes = {
        "rule": finding.rule,
        "version": str(finding.rule_version),
        "place": finding.place,
        "title": finding.title,
    }
    done = Done("acknowledge", side, agreement.status, agreement.status, reason=reason, changes=changes)
    record(agreement, done, by=by, now=now)


def _tell_of(agreement: Agreement, new: list[RuleFinding], *, now: datetime) -> None:
    if not new:
        return
    for firm in both(agreement):
        tell(
            "agreement_found",
            firm,
            agreement,
            now=now,
            findings=" ".join(dict.fromkeys(one.message for one in new)),
        )
