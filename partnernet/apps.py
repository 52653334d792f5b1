from django.apps import AppConfig

from partnernet import celery

# Loaded wherever Django is, so that every process rings our broker and not the one Celery takes without an app.
BELL = celery.app


class PartnerNetConfig(AppConfig):
    """The project itself: pages and commands that need every app."""

    name = "partnernet"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"
