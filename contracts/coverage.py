"""May this firm be offered this work? The rule, without a database.

A frozen `Need` and what is `Known` of the two firms go in, a `Verdict` comes out. It knows firms and clients, nothing of work orders:
`engagements` stores each verdict as a check of its own. `contracts.actions.coverage.judge_now` loads what is known and asks here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts import checker
from contracts.facts import UNSAID
from contracts.rules import BLOCK, WORK_ORDER, book
from partnernet.core.money import show

COVERED = "covered"
COVERED_ON_PAPER = "covered_on_paper"
COVERED_EXPIRING = "covered_expiring"
NOT_COVERED = "not_covered"
BLOCKED = "blocked"
OVERRIDDEN = "overridden"

STATUSES = (COVERED, COVERED_ON_PAPER, COVERED_EXPIRING, NOT_COVERED, BLOCKED, OVERRIDDEN)
INSURANCE_RULE = "GN-06"
OPENS_OFFERS = frozenset({COVERED, COVERED_ON_PAPER, COVERED_EXPIRING, OVERRIDDEN})


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be covered: who works for whom, for which clients, where and when."""

    prime_id: UUID
    sub_id: UUID
    starts_at: datetime
    ends_at: datetime
    client_ids: tuple[UUID, ...] = ()
    places: tuple[str, ...] = ()
    insurance: tuple[str, ...] = ()
    insurance_limit: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class KnownInsurance:
    """What a firm has shown of one policy, from the start of the work on.

    `until` is the instant at which enough cover ends, in the firm's zone; None without any. `too_low` says the limit of one
    that is not enough.
    """

    words: str
    until: datetime | None = None
    too_low: str = ""
    being_checked: bool = False


@dataclass(frozen=True, slots=True)
class KnownAgreement:
    """A signed agreement between exactly these two firms; on paper, or signed here."""

    id: UUID
    effective_at: datetime
    ends_at: datetime
    protects_clients: bool
    protects_people: bool = False
    withdrawn: bool = False
    on_paper: bool = False
    confirmed: bool = False
    # Why it covers nothing although it is on record; a sentence, or empty.
    doubt: str = ""
    open_findings: tuple[str, ...] = ()
    disputed: bool = False
    another_entity: str = ""  # the firm that says it is another legal entity than the one that signed
    through_affiliates: bool = False

    def in_force(self, at: datetime) -> bool:
        return self.effective_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of both firms at the moment of judging."""

    at: datetime
    sub_name: str = "The other firm"
    agreements: tuple[KnownAgreement, ...] = ()
    insurance: dict[str, KnownInsurance] = field(default_factory=dict)
    own_clients: dict[UUID, str] = field(default_factory=dict)
    override_until: datetime | None = None
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, with its reasons as sentences for the person who must act on it."""

    status: str
    reasons: tuple[str, ...]
    agreement_id: UUID | None = None

    @property
    def opens_offers(self) -> bool:
        """Say whether an offer may leave, or be accepted, on this verdict."""
        return self.status in OPENS_OFFERS


def judge(need: Need, known: Known) -> Verdict:
    """Return the verdict on `need`.

    An override lifts `not_covered` only: what the law or a third person's rights forbid, an owner cannot allow.
    """
    agreement = _best(known)
    if agreement is None:
        return _overridden(need, known) or Verdict(NOT_COVERED, (_why_none(known),))
    if blocks := tuple(_blocks(need, known, agreement)):
        return Verdict(BLOCKED, blocks, agreement.id)
    if agreement.ends_at <= need.starts_at:
        reason = f"The agreement ends on {_day(agreement.ends_at)}, before the work starts."
        return _overridden(need, known) or Verdict(NOT_COVERED, (reason,), agreement.id)
    if agreement.ends_at <= need.ends_at:
        reason = f"The agreement ends on {_day(agreement.ends_at)}, before the work is done. Running work may be finished under its terms."
        return Verdict(COVERED_EXPIRING, (reason,), agreement.id)
    status, reason = _covered(agreement)
    return Verdict(status, (reason,), agreement.id)


def _covered(agreement: KnownAgreement) -> tuple[str, str]:
    if agreement.on_paper:
        by = "confirmed by both firms" if agreement.confirmed else "as stated by one firm"
        return COVERED_ON_PAPER, f"An agreement on paper is in force, {by}."
    if agreement.through_affiliates:
        return COVERED, "An agreement that protects clients is in force and lists its parties' affiliates."
    return COVERED, "An agreement that protects clients is in force."


def _best(known: Known) -> KnownAgreement | None:
    """Return the one in force that protects clients: signed here before on paper, their own before one of affiliates, then the one that lasts longest."""
    fitting = [
        agreement
        for agreement in known.agreements
        if agreement.in_force(known.at) and agreement.protects_clients and not agreement.doubt
    ]
    return max(
        fitting,
        key=lambda one: (not one.withdrawn, not one.on_paper, not one.through_affiliates, one.ends_at),
        default=None,
    )


def _blocks(need: Need, known: Known, agreement: KnownAgreement) -> Iterator[str]:
    if agreement.withdrawn:
        yield "The text of this agreement was withdrawn. Running work goes on; new work needs a new agreement."
    if agreement.disputed:
        yield "A signature on this agreement is disputed. Running work goes on; new work waits until that is settled."
    if agreement.another_entity:
        yield f"{agreement.another_entity} has become another legal entity than the one that signed. New work needs a new agreement."
    uninsured = tuple(_insurance_blocks(need, known))
    for found in _of_this_work(need, known, agreement, insured=not uninsured):
        yield from uninsured if found.rule.id == INSURANCE_RULE else (found.message,)
    for finding in agreement.open_findings:
        yield f"Both firms must acknowledge this first: {finding}"
    for client_id in need.client_ids:
        if client_id in known.own_clients:
            yield f"{known.sub_name} has declared {known.own_clients[client_id]} as a client of its own. Settle that first."


def _of_this_work(
    need: Need, known: Known, agreement: KnownAgreement, *, insured: bool
) -> Iterator[checker.Found]:
    """Yield what the rules for single jobs find that blocks: the place of the work, and the insurance that it needs."""
    facts = {
        **UNSAID,
        "personnel_clause": agreement.protects_people,
        "personnel_protects": "both",
        "places": frozenset(need.places),
        "insurance_liability": len(need.insurance),
        "insurance_shown": insured,
    }
    found = checker.check(book(), facts, checker.Texts(), stage=WORK_ORDER, on=known.at.date())
    return (one for one in found if one.severity == BLOCK)


def _insurance_blocks(need: Need, known: Known) -> Iterator[str]:
    for kind in need.insurance:
        if sentence := _why_uninsured(known.insurance.get(kind) or KnownInsurance(kind), need, known):
            yield sentence


def _why_uninsured(shown: KnownInsurance, need: Need, known: Known) -> str:
    """Say why what was shown is not enough for this work; nothing when it is."""
    cover = f"{known.sub_name}'s {shown.words} cover"
    if shown.too_low:
        wanted = show(need.insurance_limit or Decimal(0), need.currency)
        return f"{cover} is {shown.too_low} for each claim; this work needs {wanted}."
    if shown.until is None and shown.being_checked:
        return f"{known.sub_name} has handed in its {shown.words} certificate; the network's operator is checking it."
    if shown.until is None:
        return f"{known.sub_name} has not shown its {shown.words} insurance."
    if shown.until <= known.at:
        return f"{cover} ended on {_day(shown.until)}."
    if shown.until <= need.ends_at:
        return f"{cover} ends on {_day(shown.until)}, before the work does."
    return ""


def _why_none(known: Known) -> str:
    running = [agreement for agreement in known.agreements if agreement.in_force(known.at)]
    if doubts := [agreement.doubt for agreement in running if agreement.doubt]:
        return doubts[0]
    if running:
        return "The agreement in force does not protect clients."
    if coming := [
        agreement.effective_at for agreement in known.agreements if agreement.effective_at > known.at
    ]:
        return f"The agreement takes effect only on {_day(min(coming))}."
    if ended := [agreement.ends_at for agreement in known.agreements if agreement.ends_at <= known.at]:
        return f"The agreement of the two firms ended on {_day(max(ended))}."
    return "The two firms have no agreement in force."


def _overridden(need: Need, known: Known) -> Verdict | None:
    """Return what an owner's word allows: work without an agreement, never without the insurance it needs."""
    if known.override_until is None or known.override_until <= known.at:
        return None
    if uninsured := tuple(_insurance_blocks(need, known)):
        return Verdict(BLOCKED, uninsured)
    return Verdict(
        OVERRIDDEN,
        (
            f"An owner allowed it without an agreement until {_day(known.override_until)}: {known.override_reason}",
        ),
    )


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"
