"""Invoices, payments, and the approval of work, which drafts an invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing import actions
from billing.actions.objections import Wrong
from billing.actions.payments import Paid
from billing.actions.revising import Revised
from billing.models import Invoice, InvoiceLine, Payment
from billing.serializers import (
    AnnounceInput,
    ApproveInput,
    CreditInput,
    CreditNoteSerializer,
    InvoiceSerializer,
    InvoiceSubmitInput,
    MediatorInput,
    ObjectionInput,
    ObjectionSerializer,
    PaidInput,
    PaymentSerializer,
    VoidInput,
)
from engagements.actions import endings
from engagements.api import EngagementsViewSet, WorkOrdersViewSet
from engagements.serializers import (
    BackOutInput,
    CancelInput,
    EndInput,
    EngagementSerializer,
    EventSerializer,
    RemoveInput,
    WorkOrderSerializer,
)
from partners.api import FirmViewSet

READERS = ("owner", "dispatcher", "finance", "viewer")


def _by_line(typed: list[dict[str, Any]]) -> dict[UUID, Decimal]:
    return {part["line"]: part["amount"] for part in typed}


def _wrong(typed: list[dict[str, Any]]) -> dict[UUID, Wrong]:
    return {part["line"]: Wrong(part["amount"], part["reason"]) for part in typed}


class BilledWorkOrdersViewSet(WorkOrdersViewSet):
    """Work orders, with the step that makes them payable."""

    @extend_schema(request=ApproveInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve what was handed in: the invoice follows at once."""
        order = self.get_object()
        found = self.submission(order, ApproveInput.read(request.data)["submission"])
        actions.approve_work(found, by=self.member)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=CancelInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End an order for good. What was done is handed in; a late end may owe a fee, which is invoiced at once."""
        order, ending = self.get_object(), EndInput.typed(CancelInput, request.data)
        return self._again(actions.cancel_order(order, ending, by=self.member).order)

    @extend_schema(request=RemoveInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Take the work off its firm. What was done is handed in, the rest can be offered again."""
        order, ending = self.get_object(), EndInput.typed(RemoveInput, request.data)
        return self._again(actions.remove_firm(order, ending, by=self.member).order)

    @extend_schema(request=BackOutInput, responses={200: WorkOrderSerializer, 204: None})
    @action(detail=True, methods=["post"], url_path="back-out")
    def back_out(self, request: Request, pk: str) -> Response:
        """Give the work back. Answers 204 when nothing was done: the order is not yours any more."""
        ended = endings.back_out(
            self.get_object(), EndInput.typed(BackOutInput, request.data), by=self.member
        )
        return self._again(ended.order) if ended.submission else Response(status=status.HTTP_204_NO_CONTENT)


class BilledEngagementsViewSet(EngagementsViewSet):
    """Jobs, with the step that may owe fees."""

    @extend_schema(request=CancelInput, responses=EngagementSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the job and what runs of it, for one cause."""
        job, ending = self.get_object(), EndInput.typed(CancelInput, request.data)
        return self._answer(actions.cancel_job(job, ending, by=self.member))


class InvoicesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Invoice]):
    """Invoices that the caller's firm issued or received."""

    serializer_class = InvoiceSerializer
    scope = "billing"
    open_to = READERS
    writers = ("owner", "finance")
    queryset = Invoice.objects.none()

    def get_queryset(self) -> QuerySet[Invoice]:
        """The invoices of both sides."""
        found = Invoice.objects.visible_to(self.member.firm_id).with_parties().with_paid()
        found = found.prefetch_related(Prefetch("lines", InvoiceLine.objects.order_by("position")))
        status = self.request.query_params.get("status") if self.action == "list" else ""
        return found.filter(status=status) if status else found

    def sides(self) -> list[Q]:
        """Both sides, or the one that `side` names."""
        firm = self.member.firm_id
        sides = {"to_pay": Q(prime=firm), "to_receive": Q(sub=firm)}
        named = self.request.query_params.get("side", "")
        return [sides[named]] if named in sides else list(sides.values())

    @extend_schema(
        parameters=[
            OpenApiParameter("side", str, enum=["to_pay", "to_receive"]),
            OpenApiParameter("status", str, enum=Invoice.Status.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List invoices, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=PaidInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="announce-payment")
    def announce_payment(self, request: Request, pk: str) -> Response:
        """Say that it was paid, in full or in part."""
        found, typed = self.get_object(), PaidInput.read(request.data)
        paid = Paid(on=typed["paid_on"], amount=typed.get("amount"), reference=typed["reference"])
        actions.announce_payment(found, by=self.member, paid=paid)
        return self._again(found)

    @extend_schema(request=InvoiceSubmitInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Send a draft, or one that was to be revised. What equals the approved work is approved by itself."""
        found, typed = self.get_object(), InvoiceSubmitInput.read(request.data)
        actions.submit(found, by=self.member, revised=Revised(_by_line(typed["lines"]), typed["note"]))
        return self._again(found)

    @extend_schema(request=None, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Agree to what was sent again, or give a dispute up."""
        found = self.get_object()
        actions.approve(found, by=self.member)
        return self._again(found)

    @extend_schema(request=ObjectionInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="ask-revision")
    def ask_revision(self, request: Request, pk: str) -> Response:
        """Ask for other amounts on some lines, within 10 days."""
        found, typed = self.get_object(), ObjectionInput.read(request.data)
        actions.ask_revision(found, by=self.member, lines=_wrong(typed["lines"]))
        return self._again(found)

    @extend_schema(request=ObjectionInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Dispute lines, within 10 days. What is not named stays payable on its day."""
        found, typed = self.get_object(), ObjectionInput.read(request.data)
        actions.dispute(found, by=self.member, lines=_wrong(typed["lines"]))
        return self._again(found)

    @extend_schema(request=MediatorInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="name-mediator")
    def name_mediator(self, request: Request, pk: str) -> Response:
        """Propose who helps both firms to agree."""
        found, typed = self.get_object(), MediatorInput.read(request.data)
        actions.name_mediator(found, by=self.member, who=typed["mediator"])
        return self._again(found)

    @extend_schema(request=None, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="agree-mediator")
    def agree_mediator(self, request: Request, pk: str) -> Response:
        """Agree to the mediator that the other firm named."""
        found = self.get_object()
        actions.agree_mediator(found, by=self.member)
        return self._again(found)

    @extend_schema(request=CreditInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def credit(self, request: Request, pk: str) -> Response:
        """Take back a part of what is open, with a credit note."""
        found, typed = self.get_object(), CreditInput.read(request.data)
        actions.credit(found, by=self.member, amounts=_by_line(typed["lines"]), reason=typed["reason"])
        return self._again(found)

    @extend_schema(request=None, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def redraft(self, request: Request, pk: str) -> Response:
        """Write a new draft for what a void invoice was for. Answers the draft."""
        return self._again(actions.redraft(self.get_object(), by=self.member))

    @extend_schema(responses=CreditNoteSerializer(many=True))
    @action(detail=True, pagination_class=None, url_path="credit-notes")
    def credit_notes(self, request: Request, pk: str) -> Response:
        """List what was taken back of it."""
        rows = self.get_object().credit_notes.select_related("invoice").prefetch_related("lines")
        return Response(CreditNoteSerializer(rows.order_by("issued_at", "pk"), many=True).data)

    @extend_schema(responses=ObjectionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def objections(self, request: Request, pk: str) -> Response:
        """List what was wrong with it, the newest last."""
        rows = self.get_object().objections.prefetch_related("lines__line__invoice")
        return Response(ObjectionSerializer(rows.order_by("raised_at", "pk"), many=True).data)

    @extend_schema(request=VoidInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """Give the invoice up."""
        found, typed = self.get_object(), VoidInput.read(request.data)
        actions.void(found, by=self.member, reason=typed["reason"])
        return self._again(found)

    @extend_schema(responses=PaymentSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def payments(self, request: Request, pk: str) -> Response:
        """List what was announced for it."""
        rows = Payment.objects.filter(allocations__invoice=self.get_object()).prefetch_related("allocations")
        return Response(PaymentSerializer(rows.order_by("announced_at", "pk"), many=True).data)

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Read the history, the newest first."""
        rows = self.get_object().events.order_by("-occurred_at", "-pk")[:200]
        return Response(EventSerializer(rows, many=True).data)

    def _again(self, invoice: Invoice) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=invoice.pk)).data)


class PaymentsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Payment]):
    """Payments that the caller's firm announced or got."""

    serializer_class = PaymentSerializer
    scope = "billing"
    open_to = READERS
    writers = ("owner", "finance")
    queryset = Payment.objects.none()

    def get_queryset(self) -> QuerySet[Payment]:
        """Both sides."""
        return Payment.objects.visible_to(self.member.firm_id).prefetch_related("allocations")

    @extend_schema(request=AnnounceInput, responses={201: PaymentSerializer})
    def create(self, request: Request) -> Response:
        """Say that one payment was sent for several invoices of one firm."""
        typed = AnnounceInput.read(request.data)
        parts = {part["invoice"]: part.get("amount") for part in typed["invoices"]}
        paid = Paid(on=typed["paid_on"], reference=typed["reference"])
        payment = actions.announce_payments(parts, by=self.member, paid=paid)
        return Response(self.get_serializer(payment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=PaymentSerializer)
    @action(detail=True, methods=["post"], url_path="deny-payment")
    def deny_payment(self, request: Request, pk: str) -> Response:
        """Say that the money did not come."""
        return Response(self.get_serializer(actions.deny_payment(self.get_object(), by=self.member)).data)

    @extend_schema(request=None, responses=PaymentSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-payment")
    def confirm_payment(self, request: Request, pk: str) -> Response:
        """Say that the money came."""
        return Response(self.get_serializer(actions.confirm_payment(self.get_object(), by=self.member)).data)
