"""Every address of PartnerNet."""

from django.contrib import admin
from django.urls import include, path

from partnernet import health
from partnernet.pages import prefetch
from partnernet.pages.urls import operators
from partnernet.pages.urls import outside as invited
from partners.urls import outside

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("speculation-rules.json", prefetch.rules, name="speculation-rules"),
    path("", include(outside)),
    path("invited/", include(invited)),
    path("operator/texts/", include("contracts.operator_urls")),
    path("operator/", include(operators)),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("verify/", include("contracts.public_urls")),
    path("f/<uuid:firm>/", include("partnernet.pages.urls")),
    path("f/<uuid:firm>/", include("partners.urls")),
    path("f/<uuid:firm>/", include("clients.urls")),
    path("f/<uuid:firm>/", include("contracts.urls")),
    path("f/<uuid:firm>/", include("engagements.urls")),
    path("f/<uuid:firm>/", include("billing.urls")),
    path("o/", include("engagements.door_urls")),
    path("api/v1/", include("partnernet.api")),
]
