"""Agreements that were signed on paper: stated by one firm, confirmed or disputed by the other, asked about again each year.

None of them ever counts as signed here. It covers work at once, as what it is: the word of one firm, or of both.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction

from contracts import standard
from contracts.actions.following import in_words
from contracts.actions.history import Done, day_for, record, tell, tell_both
from contracts.actions.revisions import Terms, write_revision
from contracts.actions.signing import take
from contracts.models import Agreement, PaperOriginal, TemplateVersion
from contracts.models.agreements import PAPER, Status
from contracts.verify_codes import new_code
from contracts.workflow import PAPER as STEPS
from contracts.workflow import PROPOSER
from partnernet.core import clock, localtime
from partnernet.core.actors import CLOCK
from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from partnernet.core.uploads import Upload
from partnernet.core.workflow import SYSTEM
from partners.models import Firm, Member

YEAR, TIME_TO_ANSWER = timedelta(days=365), timedelta(days=30)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Stated:
    """What a firm says of a paper: what it is, from when to when it holds, and for how long it protects clients (0: it does not)."""

    title: str
    signed_on: date
    ends_on: date
    tail_months: int
    holds_original: bool
    upload: Upload

    @property
    def protects_clients(self) -> bool:
        return self.tail_months > 0


@transaction.atomic
def state(other: Firm, stated: Stated, *, by: Member, now: datetime | None = None) -> Agreement:
    """Keep the signed original of an agreement on paper, and tell the other firm what is said of it.

    Raises Invalid beside the fields at fault, RuleBroken when the same file was handed in for these two firms before.
    """
    if by.role != "owner":
        raise WrongRole("Only an owner can state an agreement on paper.")
    if other.pk == by.firm_id:
        raise RuleBroken("An agreement takes two firms.", field="other")
    version = TemplateVersion.objects.published().newest_of(standard.PAPER).with_wording().first()
    if version is None:
        raise RuleBroken("The network's operator has not published the text of such a statement yet.")
    now = now or clock.now()
    _holds(stated, today=localtime.day_in(now, by.firm.timezone))
    Firm.objects.filter(
        pk=by.firm_id
    ).locked().get()  # two people hand in one file at once: the second is told
    if _known(other, stated, by):
        raise RuleBroken("This very file is kept for the two firms already.", field="file")

    agreement = Agreement(
        proposer=by.firm, other=other, template_version=version, kind=version.template.kind, status=Status.ON_PAPER,
        verify_code=new_code(), created_at=now, effective_at=now,
        ends_at=localtime.start_of_day(stated.ends_on + timedelta(days=1), by.firm.timezone),
    )  # fmt: skip
    revision = write_revision(agreement, _terms(stated, by), by=by, now=now)
    _keep(agreement, stated, by=by, now=now)
    changes = {
        "revision": str(revision.number),
        "content_sha256": revision.content_sha256,
        "values_sha256": revision.values_sha256,
        "file_sha256": stated.upload.sha256,
    }
    record(agreement, Done("state", PROPOSER, "", Status.ON_PAPER, changes=changes), by=by, now=now)
    signed_on = in_words(stated.signed_on)
    tell("on_paper_stated", other, agreement, now=now, by=by.user.called, signed_on=signed_on)
    return agreement


@transaction.atomic
def confirm(agreement: Agreement, *, by: Member, now: datetime | None = None) -> Agreement:
    """Say for the other firm that what was stated is right."""
    return _answer(agreement, "confirm", by=by, objection="", now=now)


@transaction.atomic
def object_to(agreement: Agreement, *, by: Member, reason: str, now: datetime | None = None) -> Agreement:
    """Say that what was stated is wrong: it covers nothing until that is settled."""
    return _answer(agreement, "object", by=by, objection=reason, now=now)


@transaction.atomic
def affirm(agreement: Agreement, *, by: Member, now: datetime | None = None) -> Agreement:
    """Say again that the paper still holds; the next question comes in a year."""
    agreement, side, now = take(agreement, by, now)
    STEPS.check("affirm", status=agreement.status, side=side, role=by.role)
    paper = PaperOriginal.objects.locked().get(agreement=agreement)

    paper.affirmed_at, paper.ask_at, paper.answer_by = now, now + YEAR, None
    paper.save(update_fields=["affirmed_at", "ask_at", "answer_by"])
    record(agreement, Done("affirm", side, agreement.status, agreement.status), by=by, now=now)
    return agreement


@transaction.atomic
def withdraw(agreement: Agreement, *, by: Member, reason: str, now: datetime | None = None) -> Agreement:
    """Take the statement back: nothing new is covered by it. Clients that were named under it keep their time."""
    agreement, side, now = take(agreement, by, now)
    before = agreement.status
    step = STEPS.check("withdraw", status=before, side=side, role=by.role, reason=reason)

    agreement.status = step.target
    agreement.save(update_fields=["status"])
    record(agreement, Done("withdraw", side, before, step.target, reason=reason), by=by, now=now)
    tell_both("on_paper_withdrawn", agreement, now=now, actor=by.firm.name, reason=reason)
    return agreement


def ask_due(*, now: datetime | None = None) -> int:
    """Ask the owners of every paper that nobody affirmed for a year; return how many. Safe to run twice, and by two at once."""
    now, done = now or clock.now(), 0
    due = PaperOriginal.objects.to_ask(now).order_by("ask_at", "pk")
    for key in due.values_list("agreement_id", flat=True)[:BATCH]:
        with transaction.atomic():
            locked = Agreement.objects.locked().with_parties().filter(pk=key).order_by("pk").first()
            paper = PaperOriginal.objects.to_ask(now).locked().filter(agreement=key).first()
            if locked and paper:
                _ask(locked, paper, now=now)
                done += 1
    return done


def _ask(agreement: Agreement, paper: PaperOriginal, *, now: datetime) -> None:
    STEPS.check("ask", status=agreement.status, side=SYSTEM, role=CLOCK.role)
    paper.answer_by = now + TIME_TO_ANSWER
    paper.save(update_fields=["answer_by"])
    record(agreement, Done("ask", SYSTEM, agreement.status, agreement.status), by=CLOCK, now=now)
    until = day_for(agreement.proposer, paper.answer_by)
    tell("on_paper_asked", agreement.proposer, agreement, now=now, until=until)


def _answer(
    agreement: Agreement, name: str, *, by: Member, objection: str, now: datetime | None
) -> Agreement:
    agreement, side, now = take(agreement, by, now)
    before = agreement.status
    step = STEPS.check(name, status=before, side=side, role=by.role, reason=objection)
    paper = PaperOriginal.objects.locked().get(agreement=agreement)

    agreement.status = step.target
    agreement.save(update_fields=["status"])
    paper.answered_at, paper.answered_by, paper.objection = now, by.user, objection.strip()
    paper.save(update_fields=["answered_at", "answered_by", "objection"])
    record(agreement, Done(name, side, before, step.target, reason=objection), by=by, now=now)
    kind = "on_paper_confirmed" if name == "confirm" else "on_paper_disputed"
    tell_both(kind, agreement, now=now, actor=by.firm.name, reason=objection)
    return agreement


def _holds(stated: Stated, *, today: date) -> None:
    wrong = {
        "title": not stated.title.strip() and "Say what the paper is called.",
        "signed_on": stated.signed_on > today and "This day has not come yet.",
        "ends_on": stated.ends_on < max(stated.signed_on, today) and "It has ended by then; only one in force can be stated.",
        "holds_original": not stated.holds_original and "Somebody of your firm holds the signed original, or it cannot be stated.",
    }  # fmt: skip
    if errors := {key: [sentence] for key, sentence in wrong.items() if sentence}:
        raise Invalid(errors)


def _known(other: Firm, stated: Stated, by: Member) -> bool:
    kept = PaperOriginal.objects.visible_to(by.firm_id).filter(sha256=stated.upload.sha256)
    between = Agreement.objects.between(by.firm_id, other.pk).filter(status__in=PAPER)
    return kept.filter(agreement__in=between).exclude(agreement__status=Status.PAPER_WITHDRAWN).exists()


def _terms(stated: Stated, by: Member) -> Terms:
    return Terms(
        {
            "paper_title": stated.title.strip(),
            "signed_on": in_words(stated.signed_on),
            "ends_on": in_words(stated.ends_on),
            "holder": by.user.called,
            "file_sha256": stated.upload.sha256,
            "client_clause": stated.protects_clients,
            "client_tail_months": stated.tail_months,
        }
    )


def _keep(agreement: Agreement, stated: Stated, *, by: Member, now: datetime) -> None:
    upload = stated.upload
    paper = PaperOriginal(
        agreement=agreement, signed_on=stated.signed_on, ends_on=stated.ends_on, file_name=upload.name,
        content_type=upload.content_type, size=len(upload.body), sha256=upload.sha256, held_by=by.user,
        stated_at=now, affirmed_at=now, ask_at=now + YEAR,
    )  # fmt: skip
    paper.file.save(upload.name, ContentFile(upload.body), save=False)
    paper.save(force_insert=True)
