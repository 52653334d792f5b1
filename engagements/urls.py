"""Pages below /f/<firm>/."""

from django.urls import URLPattern, path

from engagements.views import visits

VISITS: list[URLPattern] = [
    path("today/", visits.today, name="today"),
    path("coming/", visits.coming, name="coming"),
    path("done/", visits.done, name="done"),
    path("visits/<uuid:pk>/", visits.detail, name="visit"),
    path("visits/<uuid:pk>/acknowledge/", visits.acknowledge, name="visit-acknowledge"),
    path("visits/<uuid:pk>/confirm/", visits.confirm, name="visit-confirm"),
    path("visits/<uuid:pk>/set-off/", visits.set_off, name="visit-set-off"),
    path("visits/<uuid:pk>/check-in/", visits.check_in, name="visit-check-in"),
    path("visits/<uuid:pk>/count/", visits.count, name="visit-count"),
    path("visits/<uuid:pk>/tasks/<uuid:task>/", visits.tick, name="visit-task"),
    path("visits/<uuid:pk>/photo/", visits.photo, name="visit-photo"),
    path("visits/<uuid:pk>/sign/", visits.sign, name="visit-sign"),
    path("visits/<uuid:pk>/finish/", visits.finish, name="visit-finish"),
    path("visits/<uuid:pk>/come-back/", visits.come_back, name="visit-come-back"),
    path("visits/<uuid:pk>/asked/", visits.asked, name="visit-asked"),
    path("visits/<uuid:pk>/problem/", visits.problem, name="visit-problem"),
    path("visits/<uuid:pk>/access/<uuid:grant>/", visits.return_access, name="visit-return-access"),
    path("visits/<uuid:pk>/submit/", visits.submit, name="visit-submit"),
    path("deliverables/<uuid:pk>/", visits.deliverable, name="deliverable"),
]

urlpatterns: list[URLPattern] = [*VISITS]
