"""Work orders: split off a job, changed while a draft, recalled."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements import arrivals, pay
from engagements.actions import news
from engagements.actions.history import drop_draft, record_offer, record_order
from engagements.actions.shared import (
    lock_lines,
    lock_offers,
    lock_order,
    next_number,
    order_lines,
    require_lead,
)
from engagements.demands import DOCUMENTS
from engagements.models import Engagement, EngagementLine, Offer, WorkOrder, WorkOrderLine
from engagements.models.offers import OPEN
from engagements.models.orders import ASKED_FOR_MORE, DO_NOT_SHARE, INTRODUCE, NOTIFY
from engagements.models.terms import SCHEDULE_FIELDS, TERM_FIELDS
from engagements.shortfall import plural
from engagements.values import OrderDraft, Piece
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.actors import Actor
from partnernet.core.errors import Invalid, RuleBroken
from partners import papers
from partners.models import Member, Skill

ByLine = dict[EngagementLine, int]
Moved = list[tuple[EngagementLine, int]]


@transaction.atomic
def split(
    engagement: Engagement,
    pieces: Sequence[Piece],
    *,
    by: Member,
    draft: OrderDraft,
    now: datetime | None = None,
) -> list[WorkOrder]:
    """Take units off the rest of the job's lines and put them on draft orders, one for each client.

    Raises Invalid for units over a line's rest, and for a fixed price that would be paid to several clients' orders.
    """
    require_lead(by)
    lines = {line.pk: line for line in lock_lines(engagement.pk)}
    engagement = Engagement.objects.select_related("firm").get(pk=engagement.pk)
    now = now or clock.now()
    if engagement.status != Engagement.Status.ACTIVE:
        raise RuleBroken("Start the job before you place work of it.")
    _require_known_papers(draft)
    _require_rest(pieces, lines, noun=engagement.unit_noun)
    shares = _by_client(pieces, lines)
    if len(shares) > 1 and draft.asked.pay.kind == pay.FIXED:
        raise Invalid(
            {
                "pay_kind": [
                    f"A fixed price needs one client at a time. Pay per {engagement.unit_noun}, or place one client."
                ]
            }
        )

    return [_open(engagement, share, draft=draft, by=by, now=now) for share in shares]


def _require_known_papers(draft: OrderDraft) -> None:
    wrong = {}
    if not set(draft.insurance) <= set(papers.POLICIES):
        wrong["insurance"] = ["Choose policies from the list."]
    if draft.insurance_limit is not None and draft.insurance_limit <= 0:
        wrong["insurance_limit"] = ["Write a limit above zero, or none."]
    if not set(draft.documents) <= set(DOCUMENTS):
        wrong["documents"] = ["Choose papers from the list."]
    if wrong:
        raise Invalid(wrong)


def _require_rest(pieces: Sequence[Piece], lines: dict[UUID, EngagementLine], *, noun: str) -> None:
    if not pieces:
        raise Invalid({"units": ["Choose at least one unit to place."]})
    asked: dict[UUID, int] = defaultdict(int)
    for piece in pieces:
        asked[piece.line] += piece.units
        if piece.line not in lines:
            raise Invalid({"units": ["One of these lines is not part of this job."]})
        if piece.units < 1:
            raise Invalid({"units": ["At least one."]})
        rest = lines[piece.line].rest
        if asked[piece.line] > rest:
            raise Invalid(
                {
                    "units": [
                        f"Only {rest} {plural(noun, rest)} are left on the line {lines[piece.line].what}."
                    ]
                }
            )


def _by_client(pieces: Sequence[Piece], lines: dict[UUID, EngagementLine]) -> list[ByLine]:
    """Group the units by client: an order has one."""
    clients = dict(EngagementLine.objects.filter(pk__in=lines).values_list("pk", "site__client_id"))
    shares: dict[UUID, ByLine] = defaultdict(lambda: defaultdict(int))
    for piece in sorted(pieces, key=lambda each: lines[each.line].position):
        shares[clients[piece.line]][lines[piece.line]] += piece.units
    return list(shares.values())


def _open(engagement: Engagement, share: ByLine, *, draft: OrderDraft, by: Actor, now: datetime) -> WorkOrder:
    first = EngagementLine.objects.select_related("site").get(pk=next(iter(share)).pk)
    units = sum(share.values())
    columns = draft.asked.columns(currency=engagement.currency, units=units)
    order = WorkOrder.objects.create(
        engagement=engagement,
        prime=engagement.firm,
        client_id=first.site.client_id,
        site=first.site,
        number=next_number(engagement.firm_id, "next_order_number"),
        title=draft.title or f"{units} {plural(engagement.unit_noun, units)}: {first.what}"[:160],
        scope=draft.scope,
        routing=draft.routing,
        max_miles=draft.max_miles,
        insurance=list(draft.insurance),
        insurance_limit=(draft.insurance_limit or engagement.insurance_demanded) if draft.insurance else None,
        documents=list(draft.documents),
        external_id=draft.external_id,
        created_at=now,
        **_briefing(engagement.firm.name, draft),
        **columns,
    )
    order.required_skills.set(
        Skill.objects.filter(pk__in=draft.skills) if draft.skills else first.skills.all()
    )
    WorkOrderLine.objects.bulk_create(
        [WorkOrderLine(work_order=order, line=line, units=count) for line, count in share.items()]
    )
    record_order(order, "create", by=by, now=now, changes={"units": units})
    return order


def _briefing(firm: str, draft: OrderDraft) -> dict[str, str]:
    usual = {"brief_introduce": INTRODUCE, "brief_do_not_share": DO_NOT_SHARE, "brief_notify": NOTIFY, "brief_asked_for_more": ASKED_FOR_MORE}  # fmt: skip
    return {name: draft.briefing.get(name) or text.format(firm=firm) for name, text in usual.items()}


def release(order: WorkOrder, shares: dict[UUID, int], *, by: Actor, now: datetime) -> WorkOrder | None:
    """Keep so many units of each line on a locked order and move the rest to a new draft on the same terms.

    Returns the draft, or None when nothing is left over.
    """
    moved = take_off(order, shares)
    return _copy(order, moved, by=by, now=now) if moved else None


def take_off(order: WorkOrder, shares: dict[UUID, int]) -> Moved:
    """Keep so many units of each line on a locked order; the rest goes back to the job and is returned."""
    moved: Moved = []
    for each in order_lines(order):
        rest = each.units - shares[each.pk]
        if rest:
            moved.append((each.line, rest))
        if shares[each.pk]:
            WorkOrderLine.objects.filter(pk=each.pk).update(units=shares[each.pk])
        else:
            each.delete()
    return moved


KEPT = (
    "engagement_id", "prime_id", "client_id", "title", "scope", "routing", "max_miles", "insurance",
    "insurance_limit", "documents", "brief_introduce",
    "brief_do_not_share", "brief_notify", "brief_asked_for_more", "internal_note", "currency", *TERM_FIELDS,
)  # fmt: skip


def _copy(order: WorkOrder, moved: Moved, *, by: Actor, now: datetime) -> WorkOrder:
    """Open a draft like the order; what a price per unit can come to is reckoned again for the units it has."""
    units = sum(count for _, count in moved)
    draft = WorkOrder(
        number=next_number(order.prime_id, "next_order_number"),
        site_id=moved[0][0].site_id,
        created_at=now,
        **{name: getattr(order, name) for name in KEPT},
    )
    if order.accepted_revision and arrivals.is_named(order.accepted_revision):
        for name in SCHEDULE_FIELDS:  # the start that one firm named binds no other
            setattr(draft, name, getattr(order.accepted_revision, name))
    if draft.pay_kind == pay.PER_UNIT:
        draft.not_to_exceed = pay.not_to_exceed(replace(draft.pay_terms(), not_to_exceed=None), units=units)
    draft.save(force_insert=True)
    draft.required_skills.set(order.required_skills.all())
    WorkOrderLine.objects.bulk_create(
        [WorkOrderLine(work_order=draft, line=line, units=count) for line, count in moved]
    )
    record_order(draft, "create", by=by, now=now, changes={"released_from": order.reference})
    return draft


@transaction.atomic
def recall(order: WorkOrder, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Take every open offer back and open a new round."""
    order = lock_order(order.pk)
    offers = lock_offers(order)
    now = now or clock.now()
    step = WORK_ORDER.check("recall", status=order.status, side=order.side_of(by.firm_id), role=by.role)

    withdraw_all(order, offers, by=by, now=now, reason="")
    order.round += 1
    record_order(order, step.name, by=by, now=now, to=step.target, columns=["round"])
    return order


def withdraw_all(order: WorkOrder, offers: list[Offer], *, by: Actor, now: datetime, reason: str) -> None:
    """Take every offer back that nobody has accepted; those that never left are dropped."""
    for offer in offers:
        if offer.status == Offer.Status.DRAFT:
            drop_draft(offer)
        elif offer.status in OPEN:
            record_offer(offer, "withdraw", by=by, now=now, to=Offer.Status.WITHDRAWN, reason=reason)
            news.offer_withdrawn(order, offer, reason=reason, now=now)
