from django.apps import AppConfig


class PartnerNetConfig(AppConfig):
    """The project itself: pages and commands that need every app."""

    name = "partnernet"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"
