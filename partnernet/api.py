"""The REST API's router: one line a resource."""

from typing import Any

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from billing.api import BilledEngagementsViewSet, BilledWorkOrdersViewSet, InvoicesViewSet, PaymentsViewSet
from clients.api import ClientsViewSet, SitesViewSet
from contracts.api import AgreementsViewSet
from contracts.api_claims import ClaimsViewSet
from contracts.api_company import AffiliationsViewSet, PartyNoticesViewSet
from contracts.api_conflicts import ConflictChecksViewSet
from contracts.api_events import EventsViewSet
from contracts.api_protection import ProtectedClientsViewSet
from contracts.api_successions import ClientSuccessionsViewSet
from engagements.api import (
    AccessGrantsViewSet,
    CallOffsViewSet,
    OffersViewSet,
    QuestionsViewSet,
    TimeEntriesViewSet,
    VisitsViewSet,
)
from engagements.api.asked_more import ApproachReportsViewSet
from engagements.api.invites import EnclosingInvitesViewSet
from partners.api.communities import CommunitiesViewSet
from partners.api.firms import FirmsViewSet, ScoresViewSet
from partners.api.ratings import RatingsViewSet

router = SimpleRouter()
router.register("firms", FirmsViewSet, "api-firm")
router.register("firm-invites", EnclosingInvitesViewSet, "api-firm-invite")
router.register("communities", CommunitiesViewSet, "api-community")
router.register("scores", ScoresViewSet, "api-score")
router.register("ratings", RatingsViewSet, "api-rating")
router.register("clients", ClientsViewSet, "api-client")
router.register("client-successions", ClientSuccessionsViewSet, "api-client-succession")
router.register("sites", SitesViewSet, "api-site")
router.register("agreements", AgreementsViewSet, "api-agreement")
router.register("affiliates", AffiliationsViewSet, "api-affiliate")
router.register("party-notices", PartyNoticesViewSet, "api-party-notice")
router.register("protected-clients", ProtectedClientsViewSet, "api-protected-client")
router.register("claims", ClaimsViewSet, "api-claim")
router.register("conflict-checks", ConflictChecksViewSet, "api-conflict-check")
router.register("events", EventsViewSet, "api-event")
router.register("engagements", BilledEngagementsViewSet, "api-engagement")
router.register("work-orders", BilledWorkOrdersViewSet, "api-work-order")
router.register("access-grants", AccessGrantsViewSet, "api-access-grant")
router.register("offers", OffersViewSet, "api-offer")
router.register("approach-reports", ApproachReportsViewSet, "api-approach-report")
router.register("questions", QuestionsViewSet, "api-question")
router.register("visits", VisitsViewSet, "api-visit")
router.register("call-offs", CallOffsViewSet, "api-call-off")
router.register("time-entries", TimeEntriesViewSet, "api-time-entry")
router.register("invoices", InvoicesViewSet, "api-invoice")
router.register("payments", PaymentsViewSet, "api-payment")

# What the API can do is no secret; whom it answers is decided at each address.
FOR_EVERYBODY: dict[str, Any] = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(**FOR_EVERYBODY), name="api-schema"),
    path(
        "docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema", **FOR_EVERYBODY), name="api-docs"
    ),
    path("", include(router.urls)),
]
