"""Pages below /f/<firm>/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
