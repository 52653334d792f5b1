"""Words beside a proposal, by members of either firm, for both or for their own people. They never change the text."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from contracts.actions.approvals import note_in_house
from contracts.actions.history import Done, record
from contracts.actions.signing import take
from contracts.models import Agreement, AgreementComment, TemplateVersion
from contracts.rendering import Wording
from contracts.values import invisible_faults
from contracts.workflow import COMMENT, PROPOSER
from partnernet.core import notify
from partnernet.core.errors import IllegalStep, Invalid
from partners.models import Member

MAX_TEXT = 2000
About, Audience = AgreementComment.About, AgreementComment.Audience


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody typed: `place` is “whole”, “clause:payment” or “value:net_days”."""

    text: str
    place: str = "whole"
    internal: bool = False


def places(wording: Wording) -> list[tuple[str, str]]:
    """Return everything that can be commented on, with its name in the text."""
    values = [(f"value:{one.key}", one.label) for one in wording.variables if one.kind != "party"]
    clauses = [(f"clause:{one.key}", f"{one.number}. {one.title}") for one in wording.clauses]
    return [("whole", "The whole text"), *values, *clauses]


@transaction.atomic
def write(
    agreement: Agreement, remark: Remark, *, by: Member, now: datetime | None = None
) -> AgreementComment:
    """Say something to the terms: to both firms, or among our own people.

    Raises Invalid for an empty text, or a clause or value that this text does not have.
    """
    agreement, side, now = take(agreement, by, now)
    COMMENT.check("comment", status=agreement.status, side="firm", role=by.role)
    about, key, heading = _place(agreement, remark.place)
    text = remark.text.strip()
    if faults := _faults(text):
        raise Invalid({"text": faults})

    made = AgreementComment.objects.create(
        agreement=agreement,
        revision_id=agreement.current_revision_id,
        firm=by.firm,
        author=by,
        audience=Audience.INTERNAL if remark.internal else Audience.SHARED,
        about=about,
        key=key,
        heading=heading,
        text=text,
        written_at=now,
    )
    _note(agreement, "comment", made, by=by, now=now, reason=text)
    _tell(agreement, made, side, by=by, now=now)
    return made


@transaction.atomic
def resolve(comment: AgreementComment, *, by: Member, now: datetime | None = None) -> AgreementComment:
    """Say that this is settled. Either firm may, of what both read."""
    agreement, comment, now = _taken(comment, "resolve_comment", by, now)
    if comment.resolved_at:
        raise IllegalStep("This is settled already.")

    comment.resolved_by, comment.resolved_at = by, now
    comment.save(update_fields=["resolved_by", "resolved_at"])
    _note(agreement, "resolve_comment", comment, by=by, now=now)
    return comment


@transaction.atomic
def reopen(comment: AgreementComment, *, by: Member, now: datetime | None = None) -> AgreementComment:
    """Say that this is not settled after all."""
    agreement, comment, now = _taken(comment, "reopen_comment", by, now)
    if comment.resolved_at is None:
        raise IllegalStep("This is open already.")

    comment.resolved_by = comment.resolved_at = None
    comment.save(update_fields=["resolved_by", "resolved_at"])
    _note(agreement, "reopen_comment", comment, by=by, now=now)
    return comment


def _taken(
    comment: AgreementComment, step: str, by: Member, now: datetime | None
) -> tuple[Agreement, AgreementComment, datetime]:
    """Lock the agreement and read the comment again; raises DoesNotExist for whoever may not read it."""
    agreement, _, now = take(comment.agreement, by, now)
    COMMENT.check(step, status=agreement.status, side="firm", role=by.role)
    return agreement, AgreementComment.objects.visible_to(by.firm_id).with_people().get(pk=comment.pk), now


def wording_of(agreement: Agreement) -> Wording:
    """Return the text that an agreement stands on, with its clauses and values."""
    return TemplateVersion.objects.with_wording().get(pk=agreement.template_version_id).wording()


def _place(agreement: Agreement, place: str) -> tuple[str, str, str]:
    known = dict(places(wording_of(agreement)))
    if place not in known:
        raise Invalid({"place": ["Choose a clause or a value of this text, or the whole."]})
    about, _, key = place.partition(":")
    return about, key, known[place]


def _faults(text: str) -> list[str]:
    if not text:
        return ["Write something."]
    if len(text) > MAX_TEXT:
        return [f"At most {MAX_TEXT:,} characters."]
    return invisible_faults(text)


def _note(  # noqa: PLR0913 - one line of history with its facts
    agreement: Agreement, step: str, comment: AgreementComment, *, by: Member, now: datetime, reason: str = ""
) -> None:
    """Write into the history that both firms hold, or into that of the firm alone."""
    changes = {"comment": str(comment.pk), "about": comment.heading, "person": by.user.called}
    if comment.audience == Audience.INTERNAL:
        note_in_house(agreement, Done(f"{step}_in_house", "firm", "", "", reason, changes), by=by, now=now)
        return
    status = agreement.status
    record(
        agreement, Done(step, agreement.side_of(by.firm_id), status, status, reason, changes), by=by, now=now
    )


def _tell(agreement: Agreement, comment: AgreementComment, side: str, *, by: Member, now: datetime) -> None:
    """Tell the other firm's owners, or our own; of a draft the other firm knows nothing."""
    across = agreement.other if side == PROPOSER else agreement.proposer
    inside = comment.audience == Audience.INTERNAL
    if agreement.status == "draft" and not inside:
        return
    firm = by.firm if inside else across
    notify.owe(
        "agreement_commented",
        to=Member.objects.active().exclude(pk=by.pk).addressees(firm.pk, "owner"),
        now=now,
        path=reverse("agreement-comments", args=[firm.pk, agreement.pk]),
        context={
            "firm": firm.name,
            "other": across.name if inside else by.firm.name,
            "person": by.user.called,
            "about": comment.heading,
            "text": comment.text,
            "inside": "yes" if inside else "",
        },
        subject_id=agreement.pk,
    )
