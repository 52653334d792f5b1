"""The clock of engagements."""

from typing import Any

from celery import shared_task

from engagements.actions import sweeps


@shared_task
def sweep_offers(**_: Any) -> None:
    sweeps.sweep_offers()
