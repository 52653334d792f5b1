"""Papers are handed in, looked at by the operator, taken back, asked for, and remembered before they run out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from partnernet.core import clock, localtime, money, notify
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User
from partnernet.core.uploads import Upload
from partners import papers
from partners.actions.firms import Operator
from partners.actions.roles import history, only
from partners.models import Document, Firm, Member, PaperRequest
from partners.papers import Slot
from partners.workflow import DOCUMENT, HOLDER, OPERATOR

MOST_WAITING = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What somebody says of a paper. Limits are in the firm's currency."""

    kind: str
    policy: str = ""
    name: str = ""
    carrier: str = ""
    number: str = ""
    limit_each: Decimal | None = None
    limit_total: Decimal | None = None
    effective_on: date | None = None
    expires_on: date | None = None


@transaction.atomic
def hand_in(facts: PaperFacts, upload: Upload, *, by: Member, now: datetime | None = None) -> Document:
    """Keep a paper for the operator to look at. `upload` was made by `uploads.paper`.

    An accepted one of the same kind counts until the new one is accepted. Raises Invalid beside the fields at fault.
    """
    only(by, "owner", "dispatcher", "finance")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    now = now or clock.now()
    values = _checked(facts, today=localtime.day_in(now, firm.timezone))
    if Document.objects.visible_to(firm.pk).pending().count() >= MOST_WAITING:
        raise RuleBroken("Fifty of your papers are being checked already. Wait for these.")

    paper = Document(
        firm=firm,
        currency=firm.currency,
        file_name=upload.name,
        content_type=upload.content_type,
        size=len(upload.body),
        sha256=upload.sha256,
        sent_at=now,
        sent_by_id=by.user_id,
        **values,
    )
    paper.file.save(upload.name, ContentFile(upload.body), save=False)
    paper.save(force_insert=True)
    history(firm, "hand_in_paper", by=by, now=now, changes={"paper": str(paper), "sha256": paper.sha256})
    notify.owe(
        "paper_handed_in",
        to=[notify.Addressee(email=u.email, name=u.name, user_id=u.pk) for u in _operators()],
        now=now,
        path=reverse("admin:partners_document_change", args=[paper.pk]),
        context={"firm": firm.name, "paper": paper.slot.inside},
        subject_id=paper.pk,
    )
    return paper


@transaction.atomic
def accept(paper: Document, *, by: User, now: datetime | None = None) -> Document:
    """Say as the operator that the paper says what was typed; whoever asked for such a one is told."""
    paper, now = _lock(paper), now or clock.now()
    step = DOCUMENT.check("accept", status=paper.status, side=OPERATOR, role=_role(by))

    _decide(paper, step.target, by=by, reason="", now=now)
    with notify.together():
        _tell_holder("paper_accepted", paper, now=now)
        _answer_requests(paper, now=now)
    return paper


@transaction.atomic
def reject(paper: Document, *, by: User, reason: str, now: datetime | None = None) -> Document:
    """Say as the operator why the paper cannot count."""
    paper, now = _lock(paper), now or clock.now()
    step = DOCUMENT.check("reject", status=paper.status, side=OPERATOR, role=_role(by), reason=reason)

    _decide(paper, step.target, by=by, reason=reason.strip()[:500], now=now)
    _tell_holder("paper_rejected", paper, now=now)
    return paper


@transaction.atomic
def withdraw(paper: Document, *, by: Member, now: datetime | None = None) -> Document:
    """Take a paper of one's own firm back: it no longer counts from now on, and its row stays."""
    paper, now = _lock(paper), now or clock.now()
    side = HOLDER if by.firm_id == paper.firm_id else ""
    step = DOCUMENT.check("withdraw", status=paper.status, side=side, role=by.role)

    paper.status, paper.withdrawn_at, paper.withdrawn_by_id = step.target, now, by.user_id
    paper.save(update_fields=["status", "withdrawn_at", "withdrawn_by"])
    history(paper.firm_id, "withdraw_paper", by=by, now=now, changes={"paper": str(paper)})
    return paper


@transaction.atomic
def ask(
    firm: Firm, slot: Slot, *, by: Member, limit: Decimal | None = None, now: datetime | None = None
) -> PaperRequest:
    """Ask another firm for a paper. Asking again while it waits changes the limit and tells nobody twice."""
    only(by, "owner", "dispatcher")
    Firm.objects.listed_for(by.firm_id).get(pk=firm.pk)
    if slot.kind not in papers.SHOWN or (slot.kind == papers.INSURANCE) != (slot.policy in papers.POLICIES):
        raise Invalid({"wanted": ["Choose a paper from the list."]})
    if limit is not None and limit <= 0:
        raise Invalid({"limit": ["Write a limit above zero, or none."]})
    now = now or clock.now()

    asked, new = PaperRequest.objects.get_or_create(
        asker_id=by.firm_id,
        firm=firm,
        kind=slot.kind,
        policy=slot.policy,
        answered_at=None,
        defaults={
            "limit_each": limit if slot.policy else None,
            "currency": by.firm.currency,
            "asked_at": now,
            "asked_by_id": by.user_id,
        },
    )
    if not new and slot.policy:
        asked.limit_each, asked.currency = limit, by.firm.currency
        asked.save(update_fields=["limit_each", "currency"])
    if new:
        history(by.firm_id, "ask_for_paper", by=by, now=now, changes={"paper": str(asked), "of": firm.name})
        notify.owe(
            "paper_asked",
            to=Member.objects.active().addressees(firm.pk, "owner"),
            now=now,
            path=reverse("papers", args=[firm.pk]),
            context={"firm": by.firm.name, "paper": asked.slot.inside, "limit": limit_words(asked)},
            subject_id=asked.pk,
        )
    return asked


def limit_words(asked: PaperRequest | Document) -> str:
    """Say the limit for each claim, or nothing."""
    return money.show(asked.limit_each, asked.currency) if asked.limit_each is not None else ""


def remind(*, now: datetime | None = None) -> int:
    """Tell owners what runs out in 90, 60, 30 and 7 days; once each, however late or often the clock looks.

    A paper that a newer one carries on, accepted or still being checked, needs no reminder. Returns how many are due.
    """
    now = now or clock.now()
    soon = (now + timedelta(days=papers.REMIND_AT[0] + 2)).date()
    near = Document.objects.accepted().filter(
        expires_on__lte=soon, expires_on__gte=(now - timedelta(days=2)).date()
    )
    due = [
        found
        for paper in near.select_related("firm").order_by("expires_on", "pk")
        if (found := _due(paper, now))
    ]
    for start in range(0, len(due), BATCH):
        with transaction.atomic():
            notify.owe_each("paper_runs_out", list(_news(due[start : start + BATCH])), now=now)
    return len(due)


def _due(paper: Document, now: datetime) -> tuple[Document, int] | None:
    """Return the paper with the reminder that has come, unless a newer one carries on."""
    today = localtime.day_in(now, paper.firm.timezone)
    last = papers.last_day(paper.kind, paper.expires_on)
    at = papers.reminder((last - today).days) if last else None
    if last is None or at is None:
        return None
    newer = Document.objects.filter(firm=paper.firm, status__in=("pending", "accepted")).of_slot(paper.slot)
    for other in newer.exclude(pk=paper.pk).filter(sent_at__gt=paper.sent_at):
        if other.shown.last_day is None or other.shown.last_day > last:
            return None
    return paper, at


def _news(due: list[tuple[Document, int]]) -> Iterator[notify.News]:
    owners = Member.objects.active().addressees_of({paper.firm_id for paper, _ in due}, "owner")
    for paper, at in due:
        last = papers.last_day(paper.kind, paper.expires_on)
        yield notify.News(
            owners[paper.firm_id],
            reverse("papers", args=[paper.firm_id]),
            {"paper": paper.slot.inside, "until": f"{last:%A} {last.day} {last:%B %Y}" if last else ""},
            paper.pk,
            once=f"{paper.pk}:{at}",
        )


def _checked(facts: PaperFacts, *, today: date) -> dict[str, Any]:
    """Return column values, with what does not belong to the kind left out. Raises Invalid."""
    if facts.kind not in papers.KINDS:
        raise Invalid({"kind": ["Choose what kind of paper it is."]})
    wrong: dict[str, list[str]] = {}
    if facts.kind == papers.INSURANCE:
        _check_insurance(facts, wrong)
    if facts.kind in papers.NAMED and not facts.name.strip():
        wrong["name"] = ["Write what it certifies, or whom it is about."]
    if facts.expires_on and facts.effective_on and facts.expires_on <= facts.effective_on:
        wrong["expires_on"] = ["It ends after it begins."]
    last = papers.last_day(facts.kind, facts.expires_on)
    if last and last < today and "expires_on" not in wrong:
        wrong["expires_on"] = ["This paper has run out already."]
    if wrong:
        raise Invalid(wrong)
    insured = facts.kind == papers.INSURANCE
    backed = insured or facts.kind == papers.WORKERS
    return {
        "kind": facts.kind,
        "policy": facts.policy if insured else "",
        "name": facts.name.strip() if facts.kind in papers.NAMED else "",
        "carrier": facts.carrier.strip() if backed else "",
        "number": facts.number.strip() if facts.kind not in papers.OWN_EYES else "",
        "limit_each": facts.limit_each if insured else None,
        "limit_total": facts.limit_total if insured else None,
        "effective_on": facts.effective_on,
        "expires_on": facts.expires_on,
    }


def _check_insurance(facts: PaperFacts, wrong: dict[str, list[str]]) -> None:
    if facts.policy not in papers.POLICIES:
        wrong["policy"] = ["Choose which policy the certificate is about; send one for each."]
    for name, words in (
        ("carrier", "Who insures you?"),
        ("number", "Write the policy number."),
        ("effective_on", "From which day?"),
        ("expires_on", "Until which day?"),
    ):
        if not getattr(facts, name):
            wrong[name] = [words]
    if facts.limit_each is None or facts.limit_each <= 0:
        wrong["limit_each"] = ["Write the limit for each claim."]
    elif facts.limit_total is not None and facts.limit_total < facts.limit_each:
        wrong["limit_total"] = ["The limit for all claims is at least that for one."]


def _decide(paper: Document, target: str, *, by: User, reason: str, now: datetime) -> None:
    paper.status, paper.reason, paper.decided_at, paper.decided_by = target, reason, now, by
    paper.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    changes = {"paper": str(paper), "status": target, "reason": reason}
    history(paper.firm_id, "decide_paper", by=Operator(by.pk), now=now, changes=changes)


def _tell_holder(kind: str, paper: Document, *, now: datetime) -> None:
    to = Member.objects.active().addressees(paper.firm_id, "owner")
    path = reverse("papers", args=[paper.firm_id])
    context = {"paper": paper.slot.inside, "reason": paper.reason}
    notify.owe(kind, to=to, now=now, path=path, context=context, subject_id=paper.pk)


def _answer_requests(paper: Document, *, now: datetime) -> None:
    """Close the requests that an accepted paper answers, and tell who asked."""
    waiting = PaperRequest.objects.waiting_at(paper.firm_id).filter(kind=paper.kind, policy=paper.policy)
    for asked in waiting.locked():
        if not _is_enough(paper, asked):
            continue
        asked.answered_at = now
        asked.save(update_fields=["answered_at"])
        notify.owe(
            "paper_shown",
            to=Member.objects.active().addressees(asked.asker_id, "owner", "dispatcher"),
            now=now,
            path=reverse("firm-papers", args=[asked.asker_id, paper.firm_id]),
            context={"firm": paper.firm.name, "paper": asked.slot.inside},
            subject_id=asked.pk,
        )


def _is_enough(paper: Document, asked: PaperRequest) -> bool:
    if asked.limit_each is None:
        return True
    return paper.currency == asked.currency and (paper.limit_each or Decimal(0)) >= asked.limit_each


def _role(by: User) -> str:
    return OPERATOR if by.is_staff else ""


def _operators() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))


def _lock(paper: Document) -> Document:
    return Document.objects.locked().select_related("firm").get(pk=paper.pk)
