from django.apps import AppConfig

from contracts import rules


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the checker's rules: a fault in one of them keeps the program from starting."""
        rules.book()
