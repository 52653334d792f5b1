"""A claim from its draft to the notice: what happened, what shows it, and what it comes to by the formula that both signed."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from contracts import damages, terms
from contracts.actions import reach, terms_now
from contracts.actions.claim_news import move, record, step_of, tell
from contracts.damages import Worth
from contracts.models import Agreement, Claim, ClaimEvidence, FeeSeal, ProtectedClient
from contracts.models.agreements import Kind as AgreementKind
from contracts.workflow import CLAIM_DECIDED
from partnernet.core import clock, localtime, money
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.uploads import Upload
from partners.models import Member

UNSEEN = timedelta(hours=1)
"""How long a filed claim can be taken back before the other firm has been served."""
LONGEST = 5000
MOST_PAPERS = 100
Kind, Status = Claim.Kind, Claim.Status


@dataclass(frozen=True, slots=True)
class Facts:
    """What a claim says: what was done, on which day, since when it is known, and what is asked for it."""

    kind: str
    what: str
    breach_on: date
    known_on: date
    person_name: str = ""
    claimed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as evidence: of which kind, from where, of which day."""

    kind: str
    source: str
    event_on: date
    upload: Upload
    redacted: bool = False


def seal_fees(protected: ProtectedClient, worth: Worth) -> str:
    """Keep what a client was worth when its notice was served, for its firm alone, and return the keyed hash for both."""
    text, key = worth.text(str(protected.client_id)), secrets.token_hex(32)
    made = FeeSeal.objects.create(
        protected_client=protected, text=text, key=key, seal=damages.sealed(text, key)
    )
    return made.seal


@transaction.atomic
def draft(
    agreement: Agreement,
    facts: Facts,
    *,
    by: Member,
    protected: ProtectedClient | None = None,
    now: datetime | None = None,
) -> Claim:
    """Write a claim against the other firm of an agreement. Nobody but our own owners sees it until it is served.

    Each firm answers for its affiliates as for itself: a claim about what one did is made against the firm that signed. An affiliate that
    the agreement lists claims for its own clients; everything else is up to the firm that signed with it.

    Raises Invalid beside the fields at fault: a day that has not come, a client that is not ours, a claim that comes too late.
    """
    _owner(by)
    now = now or clock.now()
    through = reach.readable(by.firm_id, on=now.date())
    agreement = Agreement.objects.visible_to(by.firm_id, through=through).with_parties().get(pk=agreement.pk)
    columns = _checked(agreement, facts, by=by, protected=protected, now=now)
    respondent = reach.across(agreement, by.firm_id)

    claim = Claim.objects.create(
        agreement=agreement,
        claimant=by.firm,
        respondent=respondent,
        protected_client=protected if facts.kind == Kind.CLIENT else None,
        currency=by.firm.currency,
        created_by=by.user,
        created_at=now,
        **columns,
    )
    record(claim, "draft", by=by, side="claimant", now=now)
    return claim


@transaction.atomic
def change(claim: Claim, facts: Facts, *, by: Member, now: datetime | None = None) -> Claim:
    """Change a draft. What was reckoned is reckoned anew when something changed that enters it."""
    claim, step, now = step_of("change", claim, by=by, now=now)
    columns = _checked(claim.agreement, facts, by=by, protected=claim.protected_client, now=now)
    if columns["kind"] != claim.kind:
        raise Invalid({"kind": ["Write another claim for another kind of breach."]})

    for name, value in columns.items():
        setattr(claim, name, value)
    move(claim, step, by=by, now=now, columns=tuple(columns))
    return claim


def _checked(
    agreement: Agreement, facts: Facts, *, by: Member, protected: ProtectedClient | None, now: datetime
) -> dict[str, Any]:
    """Return the columns of a claim. Any: columns of a row."""
    today = localtime.day_in(now, by.firm.timezone)
    wrong = dict(_wrong(facts, today=today)) or dict(_outside(agreement, facts, by=by, protected=protected))
    if wrong:
        raise Invalid({name: [sentence] for name, sentence in wrong.items()})
    held = terms_now.values_on(agreement, facts.breach_on, by.firm.timezone)
    file_by = terms.add_months(facts.known_on, int(held["claim_months"]))
    if file_by < today:
        raise Invalid({"known_on": [f"Too late: it had to be filed by {file_by.day} {file_by:%B %Y}."]})
    return {
        "kind": facts.kind, "what": facts.what.strip(), "breach_on": facts.breach_on, "known_on": facts.known_on,
        "person_name": facts.person_name.strip() if facts.kind == Kind.PERSON else "", "claimed": facts.claimed,
        "file_by": file_by, "due_at": localtime.start_of_day(file_by + timedelta(days=1), by.firm.timezone),
    }  # fmt: skip


def _wrong(facts: Facts, *, today: date) -> Iterator[tuple[str, str]]:
    """Say what cannot be taken as typed."""
    if not facts.what.strip() or len(facts.what) > LONGEST:
        yield "what", "Say what happened: who did what, and how you know."
    if not facts.breach_on <= facts.known_on <= today:
        yield "known_on", "It is known on the day on which it happens, or later, and not after today."
    if facts.kind == Kind.PERSON and not facts.person_name.strip():
        yield "person_name", "Who was taken on?"
    if facts.kind == Kind.CONDUCT and facts.claimed is not None:
        yield "claimed", "A claim about conduct is without money."


def _outside(
    agreement: Agreement, facts: Facts, *, by: Member, protected: ProtectedClient | None
) -> Iterator[tuple[str, str]]:
    """Say where the agreement does not reach so far: the clause, the client, the day."""
    if agreement.effective_at is None:
        yield "", "An agreement that is not signed by both promises nothing yet."
        return
    if agreement.kind == AgreementKind.NDA:
        yield "", "A confidentiality agreement has no procedure for claims. Its text says what follows."
        return
    if not agreement.side_of(by.firm_id) and facts.kind != Kind.CLIENT:
        signed_by = agreement.firm_on(reach.side_of(agreement, by.firm_id)).name
        yield (
            "kind",
            f"As an affiliate you claim for your own clients. Ask an owner of {signed_by}, which signed, for anything else.",
        )
        return
    if agreement.amends_id:
        yield "", "A claim is made under the agreement itself; this only changes it."
        return
    began = localtime.day_in(agreement.effective_at, by.firm.timezone)
    if facts.breach_on < began:
        yield "breach_on", f"The agreement is in force since {began.day} {began:%B %Y}."
        return
    held = terms_now.values_on(agreement, facts.breach_on, by.firm.timezone)
    if facts.kind == Kind.PERSON and not held.get("personnel_clause"):
        yield "kind", "The clause on people is not part of this agreement."
    if facts.kind == Kind.CLIENT:
        yield from _unprotected(agreement, facts, protected, by=by)


def _unprotected(
    agreement: Agreement, facts: Facts, protected: ProtectedClient | None, *, by: Member
) -> Iterator[tuple[str, str]]:
    if protected is None or protected.agreement_id != agreement.pk:
        yield "kind", "Start from the protected client that it is about."
        return
    if protected.prime_id != by.firm_id:
        ours = reach.side_of(agreement, protected.prime_id) == agreement.side_of(by.firm_id)
        whose = f"{protected.prime.name}'s, which claims for it itself" if ours else "the other firm's"
        yield "kind", f"This client is {whose}."
    if protected.status == ProtectedClient.Status.RELEASED:
        yield "kind", "You have released this client."
    notice, last = localtime.day_in(protected.notified_at, by.firm.timezone), protected.protected_until
    if not notice <= facts.breach_on <= last:
        days = f"from {notice.day} {notice:%B %Y} to {last.day} {last:%B %Y}"
        yield "breach_on", f"{protected.client_name} was protected {days}."


@transaction.atomic
def reckon(
    claim: Claim,
    *,
    by: Member,
    billed: Sequence[Decimal] = (),
    pay: Decimal | None = None,
    now: datetime | None = None,
) -> Claim:
    """Work the damages out by the formula of the agreement, and open what was sealed when the client became protected.

    `billed` are the months billed before the breach, at most the last twelve; `pay` is a person's base pay of the first year.
    Raises RuleBroken when what was sealed is not what is opened.
    """
    claim, _, now = step_of("change", claim, by=by, now=now)
    values = terms_now.values_on(claim.agreement, claim.breach_on, claim.claimant.timezone)
    if claim.kind == Kind.CONDUCT:
        raise RuleBroken("A claim about conduct is without money.")
    if "client_damages_months" not in values:
        raise RuleBroken(
            "The formula stands in the agreement on paper. Reckon by it, and type what you ask for."
        )
    if claim.kind == Kind.PERSON:
        percent = Decimal(str(values["personnel_damages_percent"]))
        done = damages.for_person(pay or Decimal(0), percent=percent, currency=claim.currency)
        opened: dict[str, str] = {}
    else:
        worth, opened = _opened(claim)
        months = int(values["client_damages_months"])
        done = damages.for_client(worth, billed, months=months)

    claim.computed, claim.currency = done.amount, done.currency
    claim.reckoning, claim.opened = done.plain(), opened
    claim.save(update_fields=["computed", "currency", "reckoning", "opened"])
    amount = money.show(done.amount, done.currency)
    record(claim, "reckon", by=by, side="claimant", now=now, amount=amount)
    return claim


def _opened(claim: Claim) -> tuple[Worth, dict[str, str]]:
    seal = FeeSeal.objects.filter(protected_client=claim.protected_client).first()
    if seal is None:
        return Worth(claim.currency), {}
    if not damages.opens(seal.text, seal.key, seal.seal):
        raise RuleBroken("What was sealed when the notice was served was changed since. It proves nothing.")
    return damages.read_worth(json.loads(seal.text)), {"text": seal.text, "key": seal.key, "seal": seal.seal}


@transaction.atomic
def add_evidence(claim: Claim, paper: Paper, *, by: Member, now: datetime | None = None) -> ClaimEvidence:
    """Keep a paper with its hash. Both firms see it from the service of the notice on.

    Raises IllegalStep once the claim is decided, Invalid beside the fields at fault.
    """
    _owner(by)
    claim = Claim.objects.visible_to(by.firm_id).with_parties().locked().get(pk=claim.pk)
    now = now or clock.now()
    if claim.status in (*CLAIM_DECIDED, Status.WITHDRAWN, Status.TIME_BARRED, Status.CLOSED):
        raise IllegalStep("This claim is decided. Nothing can be added.")
    if claim.evidence.count() >= MOST_PAPERS:
        raise RuleBroken("A hundred papers are kept already. Put the rest in one file.")
    _paper_holds(claim, paper, today=localtime.day_in(now, by.firm.timezone))

    kept = ClaimEvidence(
        claim=claim,
        kind=paper.kind,
        source=paper.source.strip(),
        event_on=paper.event_on,
        redacted=paper.redacted,
        file_name=paper.upload.name,
        content_type=paper.upload.content_type,
        size=len(paper.upload.body),
        sha256=paper.upload.sha256,
        firm=by.firm,
        uploaded_by=by.user,
        uploaded_at=now,
    )
    kept.file.save(paper.upload.name, ContentFile(paper.upload.body), save=False)
    kept.save(force_insert=True)
    side = claim.side_of(by.firm_id)
    record(claim, "add_evidence", by=by, side=side, now=now, paper=str(kept), sha256=kept.sha256)
    if claim.served_at:
        tell(claim, claim.across(by.firm_id), now=now)
    return kept


def _paper_holds(claim: Claim, paper: Paper, *, today: date) -> None:
    wrong = {}
    if paper.kind not in ClaimEvidence.Kind.values:
        wrong["kind"] = ["Choose what it is."]
    if not paper.source.strip():
        wrong["source"] = ["Say where it comes from."]
    if paper.event_on > today:
        wrong["event_on"] = ["This day has not come yet."]
    if claim.evidence.filter(sha256=paper.upload.sha256).exists():
        wrong["file"] = ["This very file is there already."]
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def file(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """File a claim. The other firm is served within the hour; until then it can be taken back, and nobody has seen it.

    Raises Invalid for a claim on money that was not reckoned, or above what the formula comes to.
    """
    claim, step, now = step_of("file", claim, by=by, now=now)
    if claim.due_at and claim.due_at <= now:
        raise RuleBroken("The time to file this is over.", code="time_barred")
    if claim.kind != Kind.CONDUCT and claim.computed is None:
        raise Invalid({"billed": ["Work out first what it comes to by the formula that you both signed."]})
    if claim.claimed is not None and claim.computed is not None and claim.claimed > claim.computed:
        most = money.show(claim.computed, claim.currency)
        raise Invalid({"claimed": [f"The formula comes to {most}. More cannot be claimed under it."]})
    if claim.claimed is None and claim.kind != Kind.CONDUCT:
        claim.claimed = claim.computed

    claim.filed_at, claim.due_at = now, now + UNSEEN
    move(claim, step, by=by, now=now, columns=("filed_at", "due_at", "claimed"))
    return claim


@transaction.atomic
def take_back(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Take a filed claim back before it was served: it is a draft again."""
    claim, step, now = step_of("take_back", claim, by=by, now=now)

    claim.filed_at = None
    claim.due_at = localtime.start_of_day(claim.file_by + timedelta(days=1), claim.claimant.timezone)
    move(claim, step, by=by, now=now, columns=("filed_at", "due_at"))
    return claim


@transaction.atomic
def read_notice(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Keep which owner of the respondent opened the notice, and when; the first one counts."""
    _owner(by)
    claim = Claim.objects.visible_to(by.firm_id).with_parties().locked().get(pk=claim.pk)
    now = now or clock.now()
    if by.firm_id != claim.respondent_id or claim.read_at:
        return claim

    claim.read_at, claim.read_by = now, by.user
    claim.save(update_fields=["read_at", "read_by"])
    record(claim, "read", by=by, side="respondent", now=now)
    return claim


def _owner(by: Member) -> None:
    if by.role != "owner":
        raise WrongRole("Claims are a matter of owners. Ask one of yours.")
