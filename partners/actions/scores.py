"""Evidence recorded, excluded and reckoned."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from partnernet.core import clock, notify
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User
from partners import scoring
from partners.actions.firms import Operator
from partners.actions.roles import history, only
from partners.models import Firm, Member, PaymentExperience, ScoreEvent, ScoreExclusion, ScoreReply

NEVER = date(9999, 12, 31)


def record(  # noqa: PLR0913 - one line of evidence has this many facts
    firm: Firm,
    *,
    dimension: str,
    kind: str,
    occurred_on: date,
    counterparty: Firm | None = None,
    subject_id: UUID | None = None,
    value: Decimal | float | None = None,
    fault: str = "",
) -> ScoreEvent | None:
    """Keep one piece of evidence about a firm. Saying the same of the same subject again changes nothing.

    `value` (0 to 1) is needed where the kind does not fix it. `fault` names the cause when it lay elsewhere: the
    event is then shown and does not count. What one firm writes down about another that is off the network is no
    evidence: nothing is kept, None is returned. Raises Invalid for evidence that the table of kinds does not know.
    """
    if _off_network(firm, counterparty):
        return None
    known = scoring.KINDS.get(kind)
    if known is None or known.standing or known.dimension != dimension:
        raise Invalid({"kind": [f"{kind} is no event of {dimension}."]})
    worth = known.value if known.value is not None else value
    if worth is None or not 0 <= worth <= 1:
        raise Invalid({"value": ["A value from 0 to 1 is needed."]})
    fields = {
        "dimension": dimension,
        "value": Decimal(str(worth)).quantize(Decimal("0.0001")),
        "occurred_on": occurred_on,
        "counterparty": counterparty,
        "fault": fault,
    }
    if subject_id is None:
        return ScoreEvent.objects.create(firm=firm, kind=kind, **fields)
    event, _ = ScoreEvent.objects.get_or_create(
        firm=firm, kind=kind, subject_id=subject_id, supersedes=None, defaults=fields
    )
    return event


def _off_network(*firms: Firm | None) -> bool:
    return any(firm is not None and firm.status == Firm.Status.OFF_NETWORK for firm in firms)


def correct(event: ScoreEvent, *, value: Decimal, subject_id: UUID) -> ScoreEvent:
    """Let a row of its own supersede a piece of evidence: same day and firms, another value."""
    return ScoreEvent.objects.create(
        firm_id=event.firm_id,
        dimension=event.dimension,
        kind=event.kind,
        value=value,
        occurred_on=event.occurred_on,
        counterparty_id=event.counterparty_id,
        subject_id=subject_id,
        supersedes=event,
    )


def experienced(  # noqa: PLR0913 - one invoice has this many facts
    payer: Firm,
    *,
    payee: Firm,
    amount: Decimal,
    currency: str,
    due_on: date,
    paid_on: date | None,
    invoice_id: UUID,
    issued_on: date | None = None,
) -> PaymentExperience | None:
    """Keep how an invoice was paid; with `paid_on` None, that it is open. What was paid once stays as it was.

    Without `issued_on` the invoice counts for credit, but not for the days to pay. Of a payee off the network nothing is kept.
    """
    if _off_network(payer, payee):
        return None
    with transaction.atomic():
        experience, _ = PaymentExperience.objects.locked().get_or_create(
            invoice_id=invoice_id,
            defaults={
                "payer": payer,
                "payee": payee,
                "amount": amount,
                "currency": currency,
                "issued_on": issued_on,
                "due_on": due_on,
                "paid_on": paid_on,
            },
        )
        if experience.paid_on is None:
            experience.amount, experience.due_on, experience.paid_on = amount, due_on, paid_on
            experience.save(update_fields=["amount", "due_on", "paid_on"])
    return experience


def never_due(invoice_id: UUID) -> None:
    """Forget an invoice of which nothing is due: it says nothing about its payer.

    What somebody has spoken about stays to be read, with a day that never comes.
    """
    unpaid = PaymentExperience.objects.filter(invoice_id=invoice_id, paid_on=None)
    unpaid.filter(exclusion=None, reply=None).delete()
    unpaid.update(due_on=NEVER)


@transaction.atomic
def ask_exclusion(
    evidence: ScoreEvent | PaymentExperience, *, by: Member, reason: str, now: datetime | None = None
) -> ScoreExclusion:
    """Ask the operator not to count a piece of evidence about one's own firm; once for each."""
    only(by, "owner")
    _require_own(evidence, by)
    if not reason.strip():
        raise Invalid({"reason": ["Say why this should not count. The operator answers in the open."]})
    which = {"event": evidence} if isinstance(evidence, ScoreEvent) else {"payment": evidence}
    Firm.objects.locked().get(pk=by.firm_id)
    if ScoreExclusion.objects.filter(**which).exists():
        raise RuleBroken("You have asked about this already.")
    now = now or clock.now()

    exclusion = ScoreExclusion.objects.create(
        reason=reason.strip(), asked_at=now, asked_by_id=by.user_id, **which
    )
    history(by.firm_id, "ask_exclusion", by=by, now=now, changes={"what": str(evidence)})
    notify.owe(
        "exclusion_asked",
        to=[notify.Addressee(email=u.email, name=u.name, user_id=u.pk) for u in _operators()],
        now=now,
        path=reverse("admin:partners_scoreexclusion_change", args=[exclusion.pk]),
        context={"firm": by.firm.name, "what": str(evidence), "reason": exclusion.reason},
        subject_id=exclusion.pk,
    )
    return exclusion


@transaction.atomic
def reply(
    evidence: ScoreEvent | PaymentExperience, *, by: Member, text: str, now: datetime | None = None
) -> ScoreReply:
    """Say something to a piece of evidence about one's own firm; once for each. It changes no score."""
    only(by, "owner", "dispatcher")
    _require_own(evidence, by)
    if not text.strip():
        raise Invalid({"text": ["Write what you want to say."]})
    which = {"event": evidence} if isinstance(evidence, ScoreEvent) else {"payment": evidence}
    Firm.objects.locked().get(pk=by.firm_id)
    if ScoreReply.objects.filter(**which).exists():
        raise RuleBroken("Your firm has replied to this already.")
    now = now or clock.now()

    said = ScoreReply.objects.create(text=text.strip(), replied_at=now, replied_by_id=by.user_id, **which)
    history(by.firm_id, "reply_to_evidence", by=by, now=now, changes={"what": str(evidence)})
    return said


def _require_own(evidence: ScoreEvent | PaymentExperience, by: Member) -> None:
    subject = evidence.firm_id if isinstance(evidence, ScoreEvent) else evidence.payer_id
    if subject != by.firm_id:
        raise RuleBroken("Only the firm that is scored can ask or reply.", code="wrong_side")


@transaction.atomic
def decide_exclusion(
    exclusion: ScoreExclusion, *, by: User, granted: bool, answer: str, now: datetime | None = None
) -> ScoreExclusion:
    """Say as the operator whether the evidence counts, and why. Decided once; the scores follow with the next run."""
    if not by.is_staff:
        raise RuleBroken("Only the network's operator decides.", code="wrong_role")
    if not answer.strip():
        raise Invalid({"answer": ["Say why. The answer is shown beside the event."]})
    exclusion = ScoreExclusion.objects.select_for_update(of=("self",), no_key=True).get(pk=exclusion.pk)
    if exclusion.decided_at:
        raise RuleBroken("This was decided already.")
    now = now or clock.now()

    exclusion.granted, exclusion.answer, exclusion.decided_at, exclusion.decided_by = (
        granted,
        answer.strip(),
        now,
        by,
    )
    exclusion.save(update_fields=["granted", "answer", "decided_at", "decided_by"])
    firm = exclusion.event.firm if exclusion.event else _payment_of(exclusion).payer
    history(firm, "decide_exclusion", by=Operator(by.pk), now=now, changes={"granted": granted})
    notify.owe(
        "exclusion_decided",
        to=Member.objects.active().addressees(firm.pk, "owner"),
        now=now,
        path=reverse("our-record", args=[firm.pk]),
        context={
            "granted": granted,
            "answer": exclusion.answer,
            "what": str(exclusion.event or exclusion.payment),
        },
        subject_id=exclusion.pk,
    )
    return exclusion


def _payment_of(exclusion: ScoreExclusion) -> PaymentExperience:
    if exclusion.payment is None:
        raise LookupError("An exclusion is of an event or of a payment.")
    return exclusion.payment


def _operators() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))
