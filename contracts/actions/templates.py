"""Publish what is shipped, and what operators write."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from contracts import checker, facts, rules, standard
from contracts.actions import checks
from contracts.checker import Found, Texts
from contracts.models import (
    AgreementTemplate,
    ClauseVersion,
    RuleFinding,
    TemplateEvent,
    TemplateVersion,
    VariableDefinition,
)
from contracts.rendering import Wording, check_wording, faults_of, wording_sha256
from contracts.values import Value
from contracts.workflow import OPERATOR
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import RuleBroken


@transaction.atomic
def publish(
    key: str = standard.MUTUAL_SUBCONTRACT, label: str = "", *, now: datetime | None = None
) -> TemplateVersion:
    """Publish a shipped text, the newest without a label; a second time does nothing. Older versions of it step back.

    Raises RuleBroken when the text has a fault, differs from what was published under this label, or a newer one is out.
    """
    label = label or standard.newest(key)
    kind, wording = standard.load(key, label)
    template, _ = AgreementTemplate.objects.get_or_create(
        key=key, defaults={"title": wording.title, "kind": kind}
    )
    AgreementTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=template.pk)
    now = now or clock.now()
    published = TemplateVersion.objects.filter(template=template, label=label).first()
    if published:
        return _unchanged(published, wording)

    version = TemplateVersion.objects.create(template=template, label=label, says=standard.says(key, label))
    store(version, wording)
    return put_out(version, by=CLOCK, now=now)


def publish_shipped(*, now: datetime | None = None) -> list[TemplateVersion]:
    """Publish the newest text of every template that is shipped."""
    return [publish(key, now=now) for key in dict.fromkeys(key for key, _ in standard.shipped())]


def _unchanged(published: TemplateVersion, wording: Wording) -> TemplateVersion:
    label = published.label
    if published.text_sha256 != wording_sha256(wording):
        raise RuleBroken(
            f"Version {label} is published with another text. Give the changed text a new label."
        )
    if not published.says:  # published before the checker asked
        published.says = standard.says(published.template.key, label)
        published.save(update_fields=["says"])
    return published


def put_out(version: TemplateVersion, *, by: Actor, now: datetime, reason: str = "") -> TemplateVersion:
    """Publish a version that was written down: look at it, fix its fingerprint, let older ones step back.

    The caller holds the template's lock. Raises RuleBroken with every fault, with what a rule blocks, or when a newer one is out.
    """
    version = TemplateVersion.objects.with_wording().get(pk=version.pk)
    wording = version.wording()
    check_wording(wording)
    if faults := facts.faults_in(version.says):
        raise RuleBroken(" ".join(faults))
    found = look_at(version, now=now)
    keep(version, found, now=now)
    checks.refuse_blocked(RuleFinding.objects.standing().filter(template_version=version))
    if any(one.severity == rules.HIGH for one in found) and not reason.strip():
        raise RuleBroken(
            "The check found something grave. Say why you publish it all the same.", field="reason"
        )
    older = _older(version)

    version.published_at, version.text_sha256 = now, wording_sha256(wording)
    move(version, "publish", TemplateVersion.Status.PUBLISHED, by=by, now=now, reason=reason)
    for one in older:
        move(one, "deprecate", TemplateVersion.Status.DEPRECATED, by=by, now=now)
    return version


def look_at(version: TemplateVersion, *, now: datetime) -> tuple[Found, ...]:
    """Ask the rules for texts about a version with its standard values; load it `with_wording()`."""
    wording = version.wording()
    known = facts.of(wording, version.says, standard_values(wording), records={"kind": version.template.kind})
    texts = Texts(checks.standard_text(version))
    return checker.check(rules.book(), known, texts, stage=rules.TEMPLATE, on=now.date())


def faults(version: TemplateVersion) -> list[str]:
    """Say what keeps a text from being published, before the rules are asked; load it `with_wording()`."""
    return [*faults_of(version.wording()), *facts.faults_in(version.says)]


def standard_values(wording: Wording) -> dict[str, Value]:
    """Return the values that stand on the cover page unless somebody changes them."""
    return {one.key: one.default for one in wording.variables if one.default is not None}


def keep(version: TemplateVersion, found: Iterable[Found], *, now: datetime) -> None:
    """Keep what the rules found in a text, in place of what they found before."""
    RuleFinding.objects.standing().filter(template_version=version).update(cleared_at=now)
    RuleFinding.objects.bulk_create(
        RuleFinding(template_version=version, **checks.columns(one, stage=rules.TEMPLATE, now=now))
        for one in found
    )


def move(  # noqa: PLR0913 - one line of history has this many facts
    version: TemplateVersion, step: str, status: str, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Write a version with its new status and one line of its history."""
    before, version.status = version.status, status
    version.save()
    note(version, step, by=by, now=now, statuses=(before, status), reason=reason)


def note(  # noqa: PLR0913 - the same
    version: TemplateVersion,
    step: str,
    *,
    by: Actor,
    now: datetime,
    statuses: tuple[str, str] = ("", ""),
    reason: str = "",
    changes: dict[str, str] | None = None,
) -> None:
    """Write one line of a version's history."""
    facts_of_it = TemplateEvent.draft(
        by=by, step=step, side=OPERATOR, now=now, statuses=statuses, reason=reason, changes=changes
    )
    TemplateEvent.objects.create(version=version, **facts_of_it)


def _older(version: TemplateVersion) -> list[TemplateVersion]:
    """Return the published versions before this one. Raises RuleBroken when a newer one is out."""
    out = list(TemplateVersion.objects.published().filter(template=version.template_id).order_by("pk"))
    newer = [one.label for one in out if standard.rank(one.label) > standard.rank(version.label)]
    if newer:
        raise RuleBroken(f"Version {newer[0]} is published, so version {version.label} cannot follow it.")
    return out


def store(version: TemplateVersion, wording: Wording) -> None:
    """Write the clauses and variables of a version that has none yet."""
    ClauseVersion.objects.bulk_create(
        ClauseVersion(version=version, **asdict(clause)) for clause in wording.clauses
    )
    VariableDefinition.objects.bulk_create(
        VariableDefinition(
            version=version, position=position, **asdict(variable) | {"choices": list(variable.choices)}
        )
        for position, variable in enumerate(wording.variables, start=1)
    )
