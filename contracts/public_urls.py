"""Pages below /verify/, for anybody who holds a code or a file."""

from django.urls import path

from contracts.views import public

urlpatterns = [
    path("", public.verify, name="verify"),
    path("file/", public.verify_file, name="verify-file"),
    path("certificates/", public.certificates, name="seal-certificates"),
    path("<str:code>/", public.verified, name="verified"),
]
