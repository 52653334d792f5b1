"""The REST API's router: one line a resource."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from clients.api import ClientsViewSet, SitesViewSet
from contracts.api import AgreementsViewSet, ProtectedClientsViewSet
from engagements.api import EngagementsViewSet, OffersViewSet, WorkOrdersViewSet
from partners.api.firms import FirmInvitesViewSet, FirmsViewSet, ScoresViewSet

router = SimpleRouter()
router.register("firms", FirmsViewSet, "api-firm")
router.register("firm-invites", FirmInvitesViewSet, "api-firm-invite")
router.register("scores", ScoresViewSet, "api-score")
router.register("clients", ClientsViewSet, "api-client")
router.register("sites", SitesViewSet, "api-site")
router.register("agreements", AgreementsViewSet, "api-agreement")
router.register("protected-clients", ProtectedClientsViewSet, "api-protected-client")
router.register("engagements", EngagementsViewSet, "api-engagement")
router.register("work-orders", WorkOrdersViewSet, "api-work-order")
router.register("offers", OffersViewSet, "api-offer")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include(router.urls)),
]
