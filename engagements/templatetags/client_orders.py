"""Beside a client: the work that was given out for it, under whatever name it had."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.db.models import Q
from django.template.context import Context

from clients.actions.successions import predecessors
from clients.models import Client, ClientSuccession
from clients.naming import other_name
from engagements.models import WorkOrder

register = template.Library()
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Given:
    """An order for a client, and what that client was called then, if otherwise than now."""

    order: WorkOrder
    then: str


@register.simple_tag(takes_context=True)
def orders_of(context: Context, client: Client) -> list[Given]:
    """Return the newest orders of a client of the reader's firm, with those of the clients that went on as it.

    Of a client that was split off, those at the places that went with it.
    """
    firm_id = context["request"].member.firm_id
    its = Q(client__in=[client.pk, *predecessors(client.pk)]) | Q(site__client=client)
    given = WorkOrder.objects.given_by(firm_id).filter(its).select_related("client", "sub")
    known = list(ClientSuccession.objects.standing().about(client).newest_first())
    return [Given(order, _then(order, client, known)) for order in given.order_by("-number")[:SHOWN]]


def _then(order: WorkOrder, client: Client, known: list[ClientSuccession]) -> str:
    if order.client_id != client.pk:
        return f"then {order.client.name}"
    said = other_name(client, known, at=order.created_at)
    return said if said.startswith("then ") else ""
