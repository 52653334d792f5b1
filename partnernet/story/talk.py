"""What is asked, said, weighed and argued about while the work runs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from billing.actions import objections
from billing.actions.objections import Wrong
from billing.models import Invoice
from clients.models import Site
from engagements.actions import orders, submissions, talk
from engagements.models import EngagementLine, Offer, WorkOrder
from engagements.values import OrderDraft, Piece
from partnernet.story.cast import Troupe
from partnernet.story.stage import Stage
from partnernet.story.work import Deal, ask, per_unit, take, whole_deal, window


def play(prime: Troupe, subs: dict[str, Troupe], made: dict[str, EngagementLine], *, stage: Stage) -> None:
    """Questions about an offer, messages beside an order, a part handed in, and two firms that are willing."""
    mesa = subs["bluemesa"]
    _questions(_order(prime, "Syosset Insurance Brokers"), prime, mesa, stage=stage)
    _messages(_order(prime, "Hicksville Freight"), prime, mesa, stage=stage)
    _willing(prime, [mesa, subs["soundshore"]], made["Plainview Engineering"], stage=stage)


def argue(prime: Troupe, subs: dict[str, Troupe], sites: dict[str, Site], *, stage: Stage) -> None:
    """Two invoices of last week: one is disputed, one is asked for again with another amount."""
    mesa, shore = subs["bluemesa"], subs["soundshore"]
    roslyn, hempstead = sites["Roslyn Architects"], sites["Hempstead Legal Group"]
    scanners = Deal("Scanner set-up", roslyn, -9, 6, 95, 70, paid=None, said=(None, None))
    batteries = Deal("New batteries", hempstead, -8, 10, 60, 45, paid=None, said=(None, None))
    invoice = Invoice.objects.get(work_order=whole_deal(scanners, prime, mesa, stage=stage))
    wrong = _wrong(invoice, 140, "Two scanners do not send mail.")
    objections.dispute(invoice, by=prime.owner, lines=wrong, now=stage.at(-3, 11))
    circle = "Paul Reyes, of the Nassau MSP circle"
    objections.name_mediator(invoice, by=mesa.owner, who=circle, now=stage.at(-2, 10))

    invoice = Invoice.objects.get(work_order=whole_deal(batteries, prime, shore, stage=stage))
    wrong = _wrong(invoice, 45, "One battery is counted twice.")
    objections.ask_revision(invoice, by=prime.finance, lines=wrong, now=stage.at(-1, 12))


def _order(prime: Troupe, client: str) -> WorkOrder:
    return WorkOrder.objects.get(prime=prime.firm, client__name=client, status__in=["offered", "in_progress"])


def _questions(order: WorkOrder, prime: Troupe, asks: Troupe, *, stage: Stage) -> None:
    offer = Offer.objects.get(work_order=order, firm=asks.firm)
    parking = talk.ask(offer, by=asks.owner, text="Is there a place for a van?", now=stage.at(-1, 17))
    talk.answer(parking, by=prime.dispatcher, text="Yes, behind the house.", now=stage.at(-1, 17, 30))
    talk.ask(offer, by=asks.owner, text="Who has the passwords of the computers?", now=stage.at(-1, 18))


def _messages(order: WorkOrder, prime: Troupe, sub: Troupe, *, stage: Stage) -> None:
    """The first day is handed in as a part, and waits."""
    note = "The first nineteen, as agreed on the phone."
    submissions.submit_part(
        order, by=sub.technician, client_asked_for_more=False, note=note, now=stage.at(-1, 17, 40)
    )
    for who, hour, words, audience in (
        (sub.owner, 18, "The switch for the warehouse comes tomorrow. We can finish then.", "shared"),
        (prime.dispatcher, 19, "Good. I tell the client that you are there until five.", "shared"),
        (prime.dispatcher, 20, "Ask Maria whether the cables go on our bill.", "internal"),
    ):
        talk.write(order, by=who, text=words, audience=audience, now=stage.at(-1, hour))


def _willing(prime: Troupe, subs: list[Troupe], line: EngagementLine, *, stage: Stage) -> None:
    """One order is offered to two at once; both would take it, and the prime chooses."""
    draft = OrderDraft(asked=per_unit(76, window(stage, 11)), routing=WorkOrder.Routing.SELECT)
    (order,) = orders.split(
        line.engagement, [Piece(line.pk, 25)], by=prime.dispatcher, draft=draft, now=stage.at(-2, 11)
    )
    later = stage.now + timedelta(hours=30)
    offers = ask(order, subs, by=prime, now=stage.at(-2, 12), respond_by=later)
    for hour, (sub, offer) in enumerate(zip(subs, offers, strict=True), start=14):
        take(offer, sub, now=stage.at(-2, hour))


def _wrong(invoice: Invoice, amount: int, reason: str) -> dict[UUID, Wrong]:
    """Say what is wrong of its first line."""
    return {invoice.lines.get(position=1).pk: Wrong(Decimal(amount), reason)}
