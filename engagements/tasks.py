"""The clock of engagements."""

from typing import Any

from celery import shared_task

from engagements.actions import access, cover_sweeps, sweeps, visit_sweeps
from partnernet.core import clock


@shared_task
def sweep_offers(**_: Any) -> None:
    sweeps.sweep_offers()


@shared_task
def sweep_cover(**_: Any) -> None:
    cover_sweeps.sweep_cover()


@shared_task
def ask_to_confirm(**_: Any) -> None:
    visit_sweeps.ask_to_confirm(now=clock.now())


@shared_task
def tell_missed_starts(**_: Any) -> None:
    visit_sweeps.tell_missed_starts(now=clock.now())


@shared_task
def invite_parts(**_: Any) -> None:
    visit_sweeps.invite_parts(now=clock.now())


@shared_task
def remind_of_approvals(**_: Any) -> None:
    visit_sweeps.remind_of_approvals(now=clock.now())


@shared_task
def remind_of_access(**_: Any) -> None:
    access.remind(now=clock.now())
