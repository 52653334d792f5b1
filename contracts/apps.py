from django.apps import AppConfig

from contracts import rules


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the checker's rules: a fault in one of them keeps the program from starting. Say what is enclosed in which mail."""
        from contracts.actions import sealing  # noqa: PLC0415 - models are there only now
        from partnernet.core import mail  # noqa: PLC0415 - the same

        rules.book()
        mail.enclose(sealing.COPY, sealing.copy_for)
