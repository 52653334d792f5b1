"""Agreements, their rounds and history, and protected clients."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from contracts.actions import agreements, amending, checks, reach, signing, terms_now
from contracts.api_disputes import AgreementDisputes
from contracts.api_papers import OnPaper
from contracts.api_people import AgreementPeople
from contracts.api_sealed import SealedFile
from contracts.evidence import evidence_of
from contracts.models import Agreement
from contracts.serializers import (
    AcknowledgementInput,
    AgreementEventSerializer,
    AgreementReasonInput,
    AgreementRevisionSerializer,
    AgreementSeenInput,
    AgreementSerializer,
    AgreementSigningInput,
    AgreementTermsInput,
    AmendmentInput,
    HeldValueSerializer,
    NewAgreementInput,
    ProtectedClientSerializer,
    RuleFindingSerializer,
)
from partnernet.core import clock
from partnernet.core.rest import Problem
from partners.api.base import FirmViewSet, IsSignedIn
from partners.models import Firm

# What an affiliate reads of an agreement that lists it; steps, history and what is said in either house are the parties'.
READ_BY_AFFILIATES = ("list", "retrieve", "effective_terms")
READERS = ("owner", "dispatcher", "finance", "viewer")
Step = Callable[[Request, str], Response]


class ReadersOnly(FirmViewSet[Any]):
    """Technicians have nothing to do with agreements."""

    scope = "offers"
    open_to = READERS
    writers: tuple[str, ...] = ("owner",)

    def get_serializer_context(self) -> dict[str, Any]:
        # A description of the API is made without a caller.
        firm = self.member.firm_id if hasattr(self, "member") else None
        return {**super().get_serializer_context(), "now": clock.now(), "firm": firm}


class AgreementsViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    AgreementPeople,
    AgreementDisputes,
    OnPaper,
    SealedFile,
    ReadersOnly,
):
    """Agreements of the caller's firm, and, to be read alone, signed ones that list it as an affiliate."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()

    def get_queryset(self) -> QuerySet[Agreement]:
        firm = self.member.firm_id
        through = reach.readable(firm, on=clock.now().date()) if self.action in READ_BY_AFFILIATES else ()
        found = Agreement.objects.visible_to(firm, through=through).with_parties().with_signed_sides()
        wanted = self.request.query_params.get("status", "") if self.action == "list" else ""
        return found.filter(status=wanted) if wanted else found

    @extend_schema(parameters=[OpenApiParameter("status", str, description="Only those in this status.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List agreements."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=NewAgreementInput, responses={201: AgreementSerializer})
    def create(self, request: Request) -> Response:
        """Write a draft on a published text: the subcontract agreement, or confidentiality alone."""
        typed = _read(NewAgreementInput, request)
        other = get_object_or_404(Firm.objects.listed_for(self.member.firm_id), pk=typed["other"])
        made = agreements.draft(
            other,
            by=self.member,
            values=typed["values"],
            other_changes=typed["other_changes"],
            key=typed["template"],
        )
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: str) -> Response:
        """Send a draft, not signed yet."""
        return self._answer(agreements.propose(self.get_object(), by=self.member))

    @extend_schema(request=AgreementTermsInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str) -> Response:
        """Put other terms on the table; values that are not given stay as they are."""
        found, typed = self.get_object(), _read(AgreementTermsInput, request)
        change = amending.with_values(found, typed["values"], typed["other_changes"], typed["comment"])
        return self._answer(agreements.revise(found, change, by=self.member, seen=typed["seen"]))

    @extend_schema(request=AgreementSeenInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="accept-terms", permission_classes=[IsSignedIn])
    def accept_terms(self, request: Request, pk: str) -> Response:
        """Agree to the other side's terms as the signed-in person; a key cannot."""
        found, seen = self.get_object(), _read(AgreementSeenInput, request)["seen"]
        return self._answer(agreements.accept_terms(found, by=self.member, seen=seen))

    @extend_schema(request=AgreementSigningInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsSignedIn])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign as the signed-in person; a key cannot, and the person has proved who they are within five minutes."""
        found, typed = self.get_object(), _read(AgreementSigningInput, request)
        if is_reauthentication_required(request._request, app=""):  # noqa: SLF001 - allauth reads Django's request
            raise Problem(403, "Show once more that it is you, then sign.", code="reauthentication_required")
        signing.consent(found, by=self.member, version=typed.pop("consent_version"))
        signature = signing.Signing(**typed, evidence=evidence_of(request._request))  # noqa: SLF001 - the same
        act = agreements.propose if found.status == "draft" else agreements.sign
        return self._answer(act(found, by=self.member, signing=signature))

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="ask-changes")
    def ask_changes(self, request: Request, pk: str) -> Response:
        """Ask the firm that has signed for other terms."""
        return self._with_reason(agreements.ask_changes, request)

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str) -> Response:
        """Take the caller's signature back."""
        return self._with_reason(agreements.recall, request)

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Say no."""
        return self._with_reason(agreements.decline, request)

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """Take a proposal off the table."""
        return self._with_reason(agreements.void, request)

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def terminate(self, request: Request, pk: str) -> Response:
        """Give notice."""
        return self._with_reason(agreements.terminate, request)

    @extend_schema(responses=RuleFindingSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def findings(self, request: Request, pk: str) -> Response:
        """List what the rules found in the current terms, the gravest first."""
        return Response(RuleFindingSerializer(checks.standing(self.get_object()), many=True).data)

    @extend_schema(request=AcknowledgementInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that the caller's firm knows of grave findings and goes on."""
        found, reasons = self.get_object(), _read(AcknowledgementInput, request)["reasons"]
        return self._answer(checks.acknowledge(found, reasons, by=self.member))

    @extend_schema(request=AmendmentInput, responses={201: AgreementSerializer})
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: str) -> Response:
        """Write the draft of an amendment to a signed agreement; it is then sent and signed as any other."""
        found, typed = self.get_object(), _read(AmendmentInput, request)
        own = {key: typed[key] for key in ("topic", "starts_after_days", "running_work")}
        wish = amending.Wish(typed["values"], typed["other_changes"], own)
        return self._answer(amending.draft(found, wish, by=self.member), status.HTTP_201_CREATED)

    @extend_schema(responses=HeldValueSerializer(many=True))
    @action(detail=True, url_path="effective-terms", pagination_class=None)
    def effective_terms(self, request: Request, pk: str) -> Response:
        """List every value of the cover page as it holds now, with the signed document that it comes from."""
        held = terms_now.held_at(terms_now.worded(self.get_object()), clock.now())
        return Response(HeldValueSerializer(held, many=True).data)

    @extend_schema(responses=AgreementRevisionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def revisions(self, request: Request, pk: str) -> Response:
        """List the rounds of terms, each with its exact text."""
        return Response(
            AgreementRevisionSerializer(self.get_object().revisions.order_by("number"), many=True).data
        )

    @extend_schema(responses=AgreementEventSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Return the whole chain, to be recomputed by whoever wants to."""
        return Response(
            AgreementEventSerializer(self.get_object().events.order_by("sequence"), many=True).data
        )

    @extend_schema(responses=ProtectedClientSerializer(many=True))
    @action(detail=True, url_path="protected-clients", pagination_class=None)
    def protected_clients(self, request: Request, pk: str) -> Response:
        """List the clients protected under this agreement."""
        rows = (
            self.get_object().protected_clients.select_related("prime", "sub").order_by("notified_at", "pk")
        )
        return Response(ProtectedClientSerializer(rows, many=True).data)

    def _with_reason(self, take: Callable[..., Agreement], request: Request) -> Response:
        return self._answer(
            take(self.get_object(), by=self.member, reason=_read(AgreementReasonInput, request)["reason"])
        )

    def _answer(self, changed: Agreement, code: int = status.HTTP_200_OK) -> Response:
        fresh = Agreement.objects.with_parties().with_signed_sides().get(pk=changed.pk)
        return Response(self.get_serializer(fresh).data, status=code)


def _read(reader: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    typed = reader(data=request.data)
    typed.is_valid(raise_exception=True)
    return dict(typed.validated_data)
