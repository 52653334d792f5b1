"""A firm's own word to a text before it signs or accepts: asked, approved, refused. Another revision needs it again."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from contracts.actions import announcing
from contracts.actions.history import Done
from contracts.actions.signing import take
from contracts.models import Agreement, ApprovalDemand, InHouseEvent, TextApproval
from contracts.workflow import APPROVAL
from partnernet.core import clock, notify
from partnernet.core.errors import IllegalStep, RuleBroken, Stale, WrongRole
from partnernet.core.notify import Addressee
from partners.actions.roles import history, only, who
from partners.models import Firm, Member

DESK = ("owner", "dispatcher", "finance", "viewer")
Status = TextApproval.Status


@transaction.atomic
def demand(approver: str, *, by: Member, now: datetime | None = None) -> ApprovalDemand:
    """Want every text approved by an owner, or by finance, before anybody signs or accepts it for this firm.

    Raises RuleBroken for a firm of one: nobody could approve what that person signs.
    """
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    if approver not in ApprovalDemand.Approver.values:
        raise RuleBroken("Choose who approves.", field="approver")
    if Member.objects.active().of(firm.pk).in_role(*DESK).count() < 2:
        raise RuleBroken("This takes two people: one approves, another signs. You are the only one here yet.")
    now = now or clock.now()

    made, _ = ApprovalDemand.objects.update_or_create(
        firm=firm, defaults={"approver": approver, "turned_on_by": by.user, "turned_on_at": now}
    )
    history(firm, "demand_approval", by=by, now=now, changes={"approver": approver})
    return made


@transaction.atomic
def stop_demanding(*, by: Member, now: datetime | None = None) -> None:
    """Let texts be signed without an approval again."""
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    gone, _ = ApprovalDemand.objects.filter(firm=firm).delete()
    if not gone:
        raise IllegalStep("No approval is asked for.")
    history(firm, "stop_demanding_approval", by=by, now=now or clock.now(), changes={})


@transaction.atomic
def ask(
    agreement: Agreement, *, by: Member, seen: str, note: str = "", now: datetime | None = None
) -> TextApproval:
    """Ask those who approve for this firm to look at exactly this text."""
    agreement, wanted, now = _ready(agreement, "ask_approval", by, seen, now)
    standing = _standing(agreement, by)
    if standing:
        said = (
            "is approved already" if standing.status == Status.APPROVED else "waits for its approval already"
        )
        raise IllegalStep(f"This text {said}.")

    made = _asked(agreement, by, note=note, now=now)
    _note(agreement, Done("ask_approval", "", "", Status.ASKED, reason=made.note), by=by, now=now)
    across = agreement.other if agreement.proposer_id == by.firm_id else agreement.proposer
    notify.owe(
        "text_approval_asked",
        to=Member.objects.active().exclude(pk=by.pk).addressees(by.firm_id, *wanted.roles),
        now=now,
        path=_path(agreement, by),
        context={"firm": by.firm.name, "other": across.name, "person": by.user.called, "note": made.note},
        subject_id=agreement.pk,
    )
    return made


@transaction.atomic
def approve(agreement: Agreement, *, by: Member, seen: str, now: datetime | None = None) -> TextApproval:
    """Approve exactly this text for the firm, whether or not anybody asked. Whoever approves does not sign it."""
    agreement, wanted, now = _ready(agreement, "approve_text", by, seen, now)
    _approves(wanted, by)
    standing = _standing(agreement, by)
    if standing and standing.status == Status.APPROVED:
        raise IllegalStep("This text is approved already.")

    row = _decided(standing or _asked(agreement, by, note="", now=now), Status.APPROVED, by=by, now=now)
    _note(agreement, Done("approve_text", "", Status.ASKED, Status.APPROVED), by=by, now=now)
    _tell_asker("text_approved", agreement, row, by=by, now=now)
    return row


@transaction.atomic
def refuse(
    agreement: Agreement, *, by: Member, seen: str, reason: str = "", now: datetime | None = None
) -> TextApproval:
    """Say no to this text, and why. It can be asked for again, or the terms be changed."""
    agreement, wanted, now = _ready(agreement, "refuse_text", by, seen, now)
    _approves(wanted, by)
    if not reason.strip():
        raise RuleBroken("Say why. Your colleagues read it, the other firm does not.", field="reason")
    standing = _standing(agreement, by)

    row = standing or _asked(agreement, by, note="", now=now)
    before = row.status
    row = _decided(row, Status.REFUSED, by=by, now=now, reason=reason.strip())
    _note(agreement, Done("refuse_text", "", before, Status.REFUSED, reason=row.reason), by=by, now=now)
    _tell_asker("text_not_approved", agreement, row, by=by, now=now)
    return row


def about(agreement: Agreement, member: Member) -> list[TextApproval]:
    """Return what the member's firm said to the present text, the newest first."""
    return list(TextApproval.objects.visible_to(member.firm_id).of(agreement).with_people().newest_first())


def _ready(
    agreement: Agreement, step: str, by: Member, seen: str, now: datetime | None
) -> tuple[Agreement, ApprovalDemand, datetime]:
    """Lock the agreement; ask who, when, and whether it is the text that the person saw."""
    agreement, side, now = take(agreement, by, now)
    APPROVAL.check(step, status=agreement.status, side="firm", role=by.role)
    wanted = ApprovalDemand.objects.filter(firm=by.firm_id).first()
    if wanted is None:
        raise RuleBroken("Your firm asks for no approval. An owner turns it on in the settings.")
    if seen != agreement.content_sha256:
        raise Stale("The terms have changed since you read them. Nothing was done; read the new ones first.")
    if agreement.signatures.filter(revision=agreement.current_revision_id, side=side).exists():
        raise IllegalStep("Your firm has signed this text already.")
    return agreement, wanted, now


def _approves(wanted: ApprovalDemand, by: Member) -> None:
    if by.role not in wanted.roles:
        raise WrongRole(f"This takes {who(wanted.roles)}. Ask one in your firm.")


def _standing(agreement: Agreement, by: Member) -> TextApproval | None:
    rows = TextApproval.objects.visible_to(by.firm_id).of(agreement).exclude(status=Status.REFUSED)
    return rows.with_people().first()


def _asked(agreement: Agreement, by: Member, *, note: str, now: datetime) -> TextApproval:
    return TextApproval.objects.create(
        agreement=agreement,
        revision_id=agreement.current_revision_id,
        content_sha256=agreement.content_sha256,
        firm_id=by.firm_id,
        asked_by=by,
        asked_at=now,
        note=note.strip()[:1000],
    )


def _decided(row: TextApproval, status: str, *, by: Member, now: datetime, reason: str = "") -> TextApproval:
    row.status, row.decided_by, row.decided_at, row.reason = status, by, now, reason[:1000]
    row.save(update_fields=["status", "decided_by", "decided_at", "reason"])
    return row


def _tell_asker(kind: str, agreement: Agreement, row: TextApproval, *, by: Member, now: datetime) -> None:
    if row.asked_by_id == by.pk:
        return
    across = agreement.other if agreement.proposer_id == by.firm_id else agreement.proposer
    context = {"firm": by.firm.name, "other": across.name, "person": by.user.called, "reason": row.reason}
    notify.owe(
        kind,
        to=_still_there(row.asked_by),
        now=now,
        path=_path(agreement, by),
        context=context,
        subject_id=agreement.pk,
    )


def _still_there(member: Member) -> list[Addressee]:
    return [each.addressee() for each in Member.objects.active().filter(pk=member.pk).select_related("user")]


def _note(agreement: Agreement, done: Done, *, by: Member, now: datetime) -> None:
    """Leave one line in what the firm keeps for itself."""
    changes = {
        "content_sha256": agreement.content_sha256,
        "revision": str(agreement.current_revision.number),
        "person": by.user.called,
    }
    kept = Done(done.step, "firm", done.from_status, done.to_status, done.reason, changes)
    note_in_house(agreement, kept, by=by, now=now)


def note_in_house(agreement: Agreement, done: Done, *, by: Member, now: datetime) -> InHouseEvent:
    """Append one line to a firm's own history of an agreement."""
    values = InHouseEvent.draft(
        by=by, step=done.step, side=done.side, now=now,
        statuses=(done.from_status, done.to_status), reason=done.reason, changes=dict(done.changes),
    )  # fmt: skip
    announcing.in_house(agreement, announcing.Taken(done.step, by.firm_id, now), firm=by.firm_id)
    return InHouseEvent.objects.create(agreement=agreement, firm_id=by.firm_id, **values)


def _path(agreement: Agreement, by: Member) -> str:
    return reverse("agreement", args=[by.firm_id, agreement.pk])
