"""Claims: for owners alone, and for their keys."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import claim_answers as answers
from contracts.actions import claims as actions
from contracts.models import Agreement, Claim, ProtectedClient
from contracts.serializers_claims import (
    ClaimEventSerializer,
    ClaimEvidenceSerializer,
    ClaimInput,
    ClaimMediatorInput,
    ClaimPaymentInput,
    ClaimReasonInput,
    ClaimSerializer,
    CuredInput,
    OutcomeInput,
    PaperUpload,
    ReckonInput,
    ResponseInput,
    SettlementInput,
)
from partnernet.core import uploads
from partnernet.core.rest import Input
from partners.api.base import FirmViewSet


class ClaimsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Any]):
    """Claims that the caller's firm made, and those that it was served with. Owners only."""

    scope = "offers"
    open_to = ("owner",)
    writers = ("owner",)
    serializer_class = ClaimSerializer
    queryset = Claim.objects.none()

    def sides(self) -> list[Q]:
        return [Q(claimant=self.member.firm_id), Q(respondent=self.member.firm_id)]

    def get_queryset(self) -> QuerySet[Claim]:
        return Claim.objects.visible_to(self.member.firm_id).with_parties()

    @extend_schema(request=ClaimInput, responses={201: ClaimSerializer})
    def create(self, request: Request) -> Response:
        """Write a draft; nobody but the caller's owners sees it."""
        typed = ClaimInput.read(request.data)
        protected, agreement = typed.pop("protected_client"), typed.pop("agreement")
        firm = self.member.firm_id
        if protected:
            own = ProtectedClient.objects.visible_to(firm).with_parties()
            client = get_object_or_404(own, pk=protected)
            under = client.agreement
        else:
            client, under = None, get_object_or_404(Agreement.objects.visible_to(firm).signed(), pk=agreement)
        made = actions.draft(under, actions.Facts(**typed), by=self.member, protected=client)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReckonInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def reckon(self, request: Request, pk: str) -> Response:
        """Work the damages out by the formula that both firms signed."""
        return self._taken(actions.reckon, ReckonInput)

    @extend_schema(methods=["get"], responses=ClaimEvidenceSerializer(many=True))
    @extend_schema(
        methods=["post"],
        request={"multipart/form-data": PaperUpload},
        responses={201: ClaimEvidenceSerializer},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None, parser_classes=[MultiPartParser])
    def evidence(self, request: Request, pk: str) -> Response:
        """List the papers of a claim, or add one."""
        found = self.get_object()
        if request.method == "GET":
            rows = found.evidence.order_by("uploaded_at", "pk")
            return Response(ClaimEvidenceSerializer(rows, many=True).data)
        typed = PaperUpload.read(request.data)
        sent = uploads.sent(request._request, request.FILES, what="file")  # noqa: SLF001 - the upload handlers mark Django's request
        upload = uploads.paper(sent.read(), sent.name or "paper")
        paper = actions.Paper(typed["kind"], typed["source"], typed["event_on"], upload, typed["redacted"])
        kept = actions.add_evidence(found, paper, by=self.member)
        return Response(ClaimEvidenceSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ClaimEventSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Return the whole history of a claim."""
        rows = self.get_object().events.order_by("occurred_at", "pk")
        return Response(ClaimEventSerializer(rows, many=True).data)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def file(self, request: Request, pk: str) -> Response:
        """File it: the other firm is served within the hour."""
        return self._taken(actions.file)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Take it back before it is served."""
        return self._taken(actions.take_back)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="demand-cure")
    def demand_cure(self, request: Request, pk: str) -> Response:
        """Ask that it be put right."""
        return self._taken(answers.demand_cure)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="offer-cure")
    def offer_cure(self, request: Request, pk: str) -> Response:
        """Say that it will be put right."""
        return self._taken(answers.offer_cure)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="accept-cure")
    def accept_cure(self, request: Request, pk: str) -> Response:
        """Say that it is put right: settled."""
        return self._taken(answers.accept_cure)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def talk(self, request: Request, pk: str) -> Response:
        """Go straight to the talk of the owners."""
        return self._taken(answers.talk)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def mediate(self, request: Request, pk: str) -> Response:
        """Go to mediation."""
        return self._taken(answers.mediate)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="accept-settlement")
    def accept_settlement(self, request: Request, pk: str) -> Response:
        """Accept the settlement that the other firm offered."""
        return self._taken(answers.accept_settlement)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="refuse-settlement")
    def refuse_settlement(self, request: Request, pk: str) -> Response:
        """Not on these terms; or take one's own offer back."""
        return self._taken(answers.refuse_settlement)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def admit(self, request: Request, pk: str) -> Response:
        """Admit it."""
        return self._taken(answers.admit)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-outcome")
    def confirm_outcome(self, request: Request, pk: str) -> Response:
        """Confirm the decision that the other firm wrote down."""
        return self._taken(answers.confirm_outcome)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on here after a court or an arbitrator."""
        return self._taken(answers.resume)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Put it away."""
        return self._taken(answers.close)

    @extend_schema(request=ResponseInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def respond(self, request: Request, pk: str) -> Response:
        """Answer a claim."""
        return self._taken(answers.respond, ResponseInput)

    @extend_schema(request=CuredInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="report-cure")
    def report_cure(self, request: Request, pk: str) -> Response:
        """Say what was stopped, handed back or disclosed."""
        return self._taken(answers.report_cure, CuredInput)

    @extend_schema(request=ClaimMediatorInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="name-mediator")
    def name_mediator(self, request: Request, pk: str) -> Response:
        """Write down who mediates."""
        return self._taken(answers.name_mediator, ClaimMediatorInput)

    @extend_schema(request=SettlementInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="offer-settlement")
    def offer_settlement(self, request: Request, pk: str) -> Response:
        """Offer terms on which it ends."""
        return self._taken(answers.offer_settlement, SettlementInput)

    @extend_schema(request=OutcomeInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="state-outcome")
    def state_outcome(self, request: Request, pk: str) -> Response:
        """Write down a decision that was handed in as evidence."""
        return self._taken(answers.state_outcome, OutcomeInput)

    @extend_schema(request=ClaimReasonInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="object-outcome")
    def object_outcome(self, request: Request, pk: str) -> Response:
        """Say that this is not the decision."""
        return self._taken(answers.object_outcome, ClaimReasonInput)

    @extend_schema(request=ClaimReasonInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: str) -> Response:
        """Say that it is before a court or an arbitrator."""
        return self._taken(answers.suspend, ClaimReasonInput)

    @extend_schema(request=ClaimReasonInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Give a claim up."""
        return self._taken(answers.withdraw, ClaimReasonInput)

    @extend_schema(request=ClaimPaymentInput, responses=ClaimSerializer)
    @action(detail=True, methods=["post"], url_path="note-payment")
    def note_payment(self, request: Request, pk: str) -> Response:
        """Write down a payment that came."""
        return self._taken(answers.note_payment, ClaimPaymentInput)

    def _taken(self, act: Callable[..., Claim], typed: type[Input] | None = None) -> Response:
        """Take a step: whose claim it is comes before what was typed."""
        found = self.get_object()
        act(found, by=self.member, **(typed.read(self.request.data) if typed else {}))
        return Response(self.get_serializer(self.get_object()).data)
