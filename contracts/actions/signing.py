"""The ceremony: open, consent, sign. A signature points to the hash of exactly the text that was shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from contracts import consent as wording
from contracts import drawing
from contracts.actions import checks, rolling_up, sealing, signers
from contracts.actions.history import Done, record, tell
from contracts.models import Agreement, Reading, Signature
from contracts.models.agreements import Status
from contracts.signatures import fingerprint
from contracts.workflow import AGREEMENT, PROPOSER
from partnernet.core import clock, notify
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale
from partners.models import Member

LAPSE_AFTER = timedelta(days=30)
REMINDERS = (timedelta(days=3), timedelta(days=7), timedelta(days=14))


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a person came: address, browser, and the ways in which they proved who they are."""

    ip: str | None = None
    user_agent: str = ""
    authentication: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """What a person typed and chose when signing, drew if they did, and what is known of how they came."""

    content_sha256: str
    name: str
    title: str
    authorised: bool
    agreed: bool
    evidence: Evidence = Evidence()
    drawing: str = ""


@transaction.atomic
def open_text(agreement: Agreement, *, by: Member, now: datetime | None = None) -> Reading:
    """Note that a person has the current text before them; only the first time counts."""
    now = now or clock.now()
    reading, _ = Reading.objects.get_or_create(
        revision_id=agreement.current_revision_id, user=by.user, defaults={"first_viewed_at": now}
    )
    return reading


@transaction.atomic
def consent(agreement: Agreement, *, by: Member, version: str, now: datetime | None = None) -> Reading:
    """Keep that a person agrees to deal with this text electronically, in the words of `version`."""
    agreement, side, now = take(agreement, by, now)
    signers.refuse_outsider(agreement, side, by)
    if version != wording.CONSENT_VERSION:
        raise Stale("The words you consent to have changed. Read them once more.")
    reading = open_text(agreement, by=by, now=now)
    if reading.consented_at:
        return reading

    reading.consented_at, reading.consent_version = now, version
    reading.save(update_fields=["consented_at", "consent_version"])
    return reading


@transaction.atomic
def sign(agreement: Agreement, *, by: Member, signing: Signing, now: datetime | None = None) -> Agreement:
    """Bind the actor's firm to the text that it saw; the second firm's signature puts the agreement in force.

    Raises Stale when the text is no longer the one on the table, Invalid for what was not filled in, RuleBroken when this person or
    this firm has signed it already, when a rule blocks the terms, or when this side has not acknowledged what is grave.
    """
    agreement, side, now = take(agreement, by, now)
    by, before = signers.still_here(by), agreement.status
    named = signers.named_for(agreement, side)
    AGREEMENT.check("sign", status=before, side=side, role=signers.role_of(by, named))
    signers.refuse_unnamed(by, named)
    if signing.content_sha256 != agreement.content_sha256:
        raise Stale("The text has changed since you read it. Nothing was signed; read the new one first.")
    _filled_in(signing)
    others = _others_signed(agreement, side, by)
    signers.refuse_out_of_order(agreement, side, others_signed=others)
    signers.refuse_disputed(agreement)
    reading = _consented(agreement, by)
    signers.require_approval(agreement, by)
    checks.require_sendable(agreement, side, now=now)

    signature = _write(agreement, side, signing, reading=reading, by=by, now=now)
    agreement.status = Status.SIGNED if others else Status.PARTIALLY_SIGNED
    if others:
        rolling_up.put_in_force(agreement, now=now)
    agreement.save(update_fields=["status", "effective_at", "ends_at", "lapses_at", "remind_at"])
    changes = {
        "content_sha256": agreement.content_sha256,
        "name": signature.name,
        "title": signature.title,
        "signature_sha256": fingerprint(signature),
        **(rolling_up.times(agreement) if others else {}),
    }
    event = record(agreement, Done("sign", side, before, agreement.status, changes=changes), by=by, now=now)
    _copy_to_owners(agreement, signature, by=by, now=now)
    if others:
        sealing.owe(agreement, now=now)
        rolling_up.roll_up(agreement, by=by, now=now)
        rolling_up.tell_signed(agreement, head=event.hash, now=now)
    elif before != Status.PROPOSED or side != PROPOSER or agreement.proposed_at != now:
        # Not when it is sent and signed in one act: the proposal itself says so.
        across = agreement.other if side == PROPOSER else agreement.proposer
        tell("agreement_waits_for_you", across, agreement, now=now, name=signing.name)
    return agreement


def _copy_to_owners(agreement: Agreement, signature: Signature, *, by: Member, now: datetime) -> None:
    """Tell the firm's other owners at once who signed for it, so that nobody binds it behind their backs."""
    to = Member.objects.active().exclude(pk=by.pk).addressees(by.firm_id, "owner")
    across = agreement.other if signature.side == PROPOSER else agreement.proposer
    context = {
        "firm": by.firm.name,
        "other": across.name,
        "name": signature.name,
        "role": signature.title,
        "title": agreement.template_version.template.title,
    }
    path = reverse("agreement", args=[by.firm_id, agreement.pk])
    notify.owe("agreement_signed_for_us", to=to, now=now, path=path, context=context, subject_id=agreement.pk)


def take(agreement: Agreement, by: Member, now: datetime | None) -> tuple[Agreement, str, datetime]:
    """Lock the agreement, read it again, say on which side the actor stands, and what time it is then.

    Raises Agreement.DoesNotExist for a stranger, and for anybody but its proposer while it is a draft.
    """
    if agreement.amends_id:  # the older row first, as everywhere
        Agreement.objects.locked().get(pk=agreement.amends_id)
    agreement = Agreement.objects.visible_to(by.firm_id).locked().with_parties().get(pk=agreement.pk)
    return agreement, agreement.side_of(by.firm_id), now or clock.now()


def first_reminder(now: datetime) -> datetime:
    return now + REMINDERS[0]


def next_reminder(lapses_at: datetime, now: datetime) -> datetime | None:
    """Return when to remind after `now`, counted from the beginning of the window; None when all are said."""
    began = lapses_at - LAPSE_AFTER
    return next((began + delay for delay in REMINDERS if began + delay > now), None)


def _filled_in(signing: Signing) -> None:
    missing = {
        "name": not signing.name.strip() and "Type your name as you sign.",
        "title": not signing.title.strip() and "Type your title in the firm.",
        "authorised": not signing.authorised and "Only somebody who may bind the firm can sign.",
        "agreed": not signing.agreed and "Choose to be bound, or leave without signing.",
    }
    if errors := {key: [sentence] for key, sentence in missing.items() if sentence}:
        raise Invalid(errors)


def _others_signed(agreement: Agreement, side: str, by: Member) -> bool:
    """Say whether the other firm has signed this revision. One person never signs for both."""
    rows = list(Signature.objects.filter(revision=agreement.current_revision_id).values_list("side", "user"))
    if any(signed == side for signed, _ in rows):
        raise IllegalStep("Your firm has signed this text already. It waits for the other firm.")
    if any(user == by.user_id for _, user in rows):
        raise RuleBroken("You have signed for the other firm. One person never signs for both.")
    return bool(rows)


def _consented(agreement: Agreement, by: Member) -> Reading:
    reading = (
        Reading.objects.filter(revision=agreement.current_revision_id, user=by.user_id)
        .exclude(consented_at=None)
        .first()
    )
    if reading is None:
        raise RuleBroken(
            "Read the text to its end and consent to signing electronically first.", code="consent_missing"
        )
    return reading


def _write(  # noqa: PLR0913 - one row with many facts, written in one place
    agreement: Agreement, side: str, signing: Signing, *, reading: Reading, by: Member, now: datetime
) -> Signature:
    firm, drawn = by.firm, drawing.read(signing.drawing)
    signature = Signature.objects.create(
        method="drawn" if drawn else "typed",
        drawing=drawn,
        agreement=agreement,
        revision_id=agreement.current_revision_id,
        content_sha256=signing.content_sha256,
        side=side,
        user=by.user,
        firm=firm,
        firm_name=agreement.current_revision.values[side]["legal_name"],
        name=signing.name.strip(),
        title=signing.title.strip(),
        email=by.user.email,
        authority=wording.AUTHORITY.format(firm=firm.legal_name or firm.name, title=signing.title.strip()),
        consent_version=reading.consent_version,
        authentication=list(signing.evidence.authentication),
        ip=signing.evidence.ip,
        user_agent=signing.evidence.user_agent[:300],
        invited_at=agreement.proposed_at or now,
        first_viewed_at=reading.first_viewed_at,
        consented_at=reading.consented_at or now,  # never empty here: `_consented` saw to it
        signed_at=now,
    )
    signature.refresh_from_db()  # as it is kept, so that its fingerprint can be taken again
    return signature
