"""Operators write texts: a draft is changed, reviewed, published; a published one steps back or is withdrawn, and never changes.

Each change of a draft makes a whole new wording of it, which is then written in place of the old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from contracts import standard
from contracts.actions import templates
from contracts.actions.history import both, day_for, tell
from contracts.facts import QUESTIONS, Said
from contracts.models import Agreement, AgreementTemplate, TemplateVersion
from contracts.models.agreements import Status
from contracts.rendering import Clause, Wording
from contracts.values import Variable
from contracts.workflow import OPERATOR, TEMPLATE
from partnernet.core import clock, notify
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User

LONGEST_RUN_OUT = 90
Row = TypeVar("Row", Clause, Variable)


@dataclass(frozen=True, slots=True)
class Staff:
    """An operator, as history keeps one."""

    user_id: UUID
    role: str
    firm_id: None = None


@dataclass(frozen=True, slots=True)
class NewText:
    """What a text of its own is begun from."""

    title: str
    kind: str
    start_from: TemplateVersion


@transaction.atomic
def begin(new: NewText, *, by: User, now: datetime | None = None) -> TemplateVersion:
    """Begin a text of its own, as a copy of another. Raises Invalid when its title is taken."""
    now = now or clock.now()
    key = slugify(new.title).replace("-", "_")[:60]
    if not key:
        raise Invalid({"title": ["Give it a title with letters."]})
    if AgreementTemplate.objects.filter(key=key).exists():
        raise Invalid({"title": ["There is a text of this title. Write its next version."]})
    _role(by)
    template = AgreementTemplate.objects.create(key=key, title=new.title.strip(), kind=new.kind)
    return _copy(new.start_from, template, "1.0", by=by, now=now)


@transaction.atomic
def next_version(
    version: TemplateVersion, *, by: User, major: bool = False, now: datetime | None = None
) -> TemplateVersion:
    """Begin the next version of a text as a copy of this one: major for another legal effect, minor for better words.

    Raises RuleBroken while another draft of the text is under way.
    """
    now = now or clock.now()
    _role(by)
    template = AgreementTemplate.objects.select_for_update(of=("self",), no_key=True).get(
        pk=version.template_id
    )
    under_way = TemplateVersion.objects.filter(template=template, status__in=["draft", "in_review"])
    if begun := under_way.order_by("pk").first():
        raise RuleBroken(f"Version {begun.label} is being written already. Go on with that one.")
    labels = TemplateVersion.objects.filter(template=template).order_by("pk").values_list("label", flat=True)
    first, second = max(standard.rank(label) for label in labels)
    label = f"{first + 1}.0" if major else f"{first}.{second + 1}"
    return _copy(version, template, label, by=by, now=now)


@transaction.atomic
def put_clause(version: TemplateVersion, clause: Clause, *, by: User, now: datetime | None = None) -> None:
    """Write a clause of a draft in place of the one with its key, or at the end when there is none."""
    version, wording, now = _open(version, by, now)
    clauses = [clause if one.key == clause.key else one for one in wording.clauses]
    if clause not in clauses:
        clauses.append(clause)
    _rewrite(version, replace(wording, clauses=tuple(clauses)))
    templates.note(version, "edit", by=_staff(by), now=now, changes={"clause": clause.key})


@transaction.atomic
def put_variable(
    version: TemplateVersion, variable: Variable, *, by: User, now: datetime | None = None
) -> None:
    """Write a line of the cover page in place of the one with its key, or at the end when there is none."""
    version, wording, now = _open(version, by, now)
    if variable.default is not None and (faults := variable.faults(variable.default)):
        raise Invalid({"default": faults})
    variables = [variable if one.key == variable.key else one for one in wording.variables]
    if variable not in variables:
        variables.append(variable)
    _rewrite(version, replace(wording, variables=tuple(variables)))
    templates.note(version, "edit", by=_staff(by), now=now, changes={"variable": variable.key})


@transaction.atomic
def shift(
    version: TemplateVersion, key: str, *, to: str, by: User, now: datetime | None = None
) -> TemplateVersion:
    """Move a clause or a line of a draft `up`, `down` or `out`; `key` is like `clause:payment` or `variable:net_days`.

    Raises RuleBroken for what is not there.
    """
    version, wording, now = _open(version, by, now)
    kind, _, name = key.partition(":")
    if kind == "clause":
        clauses = _shifted(wording.clauses, [one.key for one in wording.clauses], name, to)
        wording = replace(wording, clauses=tuple(clauses))
    else:
        variables = _shifted(wording.variables, [one.key for one in wording.variables], name, to)
        wording = replace(wording, variables=tuple(variables))
    _rewrite(version, wording)
    templates.note(version, "edit", by=_staff(by), now=now, changes={kind: name, "to": to})
    return version


@transaction.atomic
def answer(
    version: TemplateVersion, says: Mapping[str, Said], *, by: User, now: datetime | None = None
) -> TemplateVersion:
    """Answer the checker's questions about a draft."""
    version, _, now = _open(version, by, now)
    version.says = {key: says[key] for key in QUESTIONS if key in says}
    version.save(update_fields=["says"])
    templates.note(version, "edit", by=_staff(by), now=now, changes={"answers": str(len(version.says))})
    return version


@transaction.atomic
def step(version: TemplateVersion, name: str, *, by: User, now: datetime | None = None) -> TemplateVersion:
    """Take one of the steps that ask for nothing: review, reopen, deprecate."""
    version, now = _take(version), now or clock.now()
    taken = TEMPLATE.check(name, status=version.status, side=_role(by), role=_role(by))
    if name == "review" and (faults := templates.faults(version)):
        raise RuleBroken(" ".join(faults))
    templates.move(version, name, taken.target, by=_staff(by), now=now)
    return version


@transaction.atomic
def publish(
    version: TemplateVersion, *, by: User, reason: str = "", now: datetime | None = None
) -> TemplateVersion:
    """Publish a reviewed draft; from now on its text never changes, and older versions of it step back.

    Raises RuleBroken for every fault, for what a rule blocks, and for a grave finding without a reason.
    """
    AgreementTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=version.template_id)
    version, now = _take(version), now or clock.now()
    TEMPLATE.check("publish", status=version.status, side=_role(by), role=_role(by))
    return templates.put_out(version, by=_staff(by), now=now, reason=reason)


@transaction.atomic
def note_review(
    version: TemplateVersion, *, by: User, reviewed_by: str, reviewed_on: date, now: datetime | None = None
) -> TemplateVersion:
    """Note which lawyer has looked at a text, and when."""
    version, now = _take(version), now or clock.now()
    TEMPLATE.check("note_review", status=version.status, side=_role(by), role=_role(by))
    if reviewed_on > now.date():
        raise Invalid({"reviewed_on": ["This day has not come yet."]})

    version.reviewed_by, version.reviewed_on = reviewed_by.strip(), reviewed_on
    version.save(update_fields=["reviewed_by", "reviewed_on"])
    changes = {"reviewed_by": version.reviewed_by, "reviewed_on": reviewed_on.isoformat()}
    templates.note(version, "note_review", by=_staff(by), now=now, changes=changes)
    return version


@transaction.atomic
def withdraw(
    version: TemplateVersion, *, by: User, reason: str, days: int = 0, now: datetime | None = None
) -> TemplateVersion:
    """Take a text back: nothing new is sent or signed on it, and after so many days no new work is offered under it.

    What is in force stays so, and running work goes on. Every firm concerned is told, with the reason.
    """
    version, now = _take(version), now or clock.now()
    TEMPLATE.check("withdraw", status=version.status, side=_role(by), role=_role(by), reason=reason)
    if not 0 <= days <= LONGEST_RUN_OUT:
        raise Invalid({"days": [f"At most {LONGEST_RUN_OUT} days."]})

    version.withdrawn_at, version.withdrawn_reason = now, reason.strip()
    version.new_work_until = now + timedelta(days=days) if days else None
    templates.move(
        version, "withdraw", TemplateVersion.Status.WITHDRAWN, by=_staff(by), now=now, reason=reason.strip()
    )
    with notify.together():
        _tell_of_withdrawal(version, now=now)
    return version


def concerned(version: TemplateVersion, *, now: datetime) -> dict[str, int]:
    """Return how many drafts, proposals and agreements in force stand on a version: whom its withdrawal would reach."""
    on_it = Agreement.objects.filter(template_version=version)
    return {
        "drafts": on_it.filter(status=Status.DRAFT).count(),
        "under_way": on_it.under_way().count(),
        "in_force": on_it.signed().filter(ends_at__gt=now).count(),
    }


def _tell_of_withdrawal(version: TemplateVersion, *, now: datetime) -> None:
    on_it = Agreement.objects.filter(template_version=version).with_parties().order_by("pk")
    reason = version.withdrawn_reason
    for agreement in (on_it.filter(status=Status.DRAFT) | on_it.under_way()).iterator():
        draft = agreement.status == Status.DRAFT
        for firm in [agreement.proposer] if draft else both(agreement):
            tell("text_withdrawn_unsigned", firm, agreement, now=now, reason=reason)
    for agreement in on_it.signed().filter(ends_at__gt=now).iterator():
        for firm in both(agreement):
            until = day_for(firm, version.new_work_until) if version.new_work_until else ""
            tell("text_withdrawn_in_force", firm, agreement, now=now, reason=reason, until=until)


def _copy(
    source: TemplateVersion, template: AgreementTemplate, label: str, *, by: User, now: datetime
) -> TemplateVersion:
    source = TemplateVersion.objects.with_wording().get(pk=source.pk)
    version = TemplateVersion.objects.create(template=template, label=label, says=source.says)
    templates.store(version, source.wording())
    templates.note(
        version,
        "begin",
        by=_staff(by),
        now=now,
        statuses=("", version.status),
        changes={"from": source.label},
    )
    return version


def _take(version: TemplateVersion) -> TemplateVersion:
    TemplateVersion.objects.filter(pk=version.pk).locked().get()
    return TemplateVersion.objects.with_wording().get(pk=version.pk)


def _open(
    version: TemplateVersion, by: User, now: datetime | None
) -> tuple[TemplateVersion, Wording, datetime]:
    """Lock a draft and return it with its wording; IllegalStep for what is no draft any more."""
    version = _take(version)
    TEMPLATE.check("edit", status=version.status, side=_role(by), role=_role(by))
    return version, version.wording(), now or clock.now()


def _rewrite(version: TemplateVersion, wording: Wording) -> None:
    numbered = (replace(clause, number=number) for number, clause in enumerate(wording.clauses, start=1))
    version.clauses.all().delete()
    version.variables.all().delete()
    templates.store(version, replace(wording, clauses=tuple(numbered)))


def _shifted(rows: Sequence[Row], keys: list[str], name: str, to: str) -> list[Row]:
    if name not in keys or to not in ("up", "down", "out"):
        raise RuleBroken("There is nothing of that name here any more.")
    moved, place = list(rows), keys.index(name)
    row = moved.pop(place)
    if to != "out":
        moved.insert(max(0, place - 1) if to == "up" else place + 1, row)
    return moved


def _role(by: User) -> str:
    """Return the side and role of an operator. Raises RuleBroken for anybody else."""
    if not by.is_staff:
        raise RuleBroken("Only the network's operator writes texts.", code="wrong_role")
    return OPERATOR


def _staff(by: User) -> Staff:
    return Staff(by.pk, _role(by))
