"""Pages below /verify/, for anybody who holds a code."""

from django.urls import path

from contracts.views import public

urlpatterns = [
    path("", public.verify, name="verify"),
    path("<str:code>/", public.verified, name="verified"),
]
