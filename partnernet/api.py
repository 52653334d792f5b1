"""The REST API's router: one line a resource."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from partners.api.firms import FirmInvitesViewSet, FirmsViewSet, ScoresViewSet

router = SimpleRouter()
router.register("firms", FirmsViewSet, "api-firm")
router.register("firm-invites", FirmInvitesViewSet, "api-firm-invite")
router.register("scores", ScoresViewSet, "api-score")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include(router.urls)),
]
