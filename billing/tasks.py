"""Billing's clock."""

from typing import Any

from celery import shared_task

from billing import actions
from partnernet.core import clock


@shared_task
def approve_silent_work(**_: Any) -> None:
    actions.approve_silent_work(now=clock.now())


@shared_task
def confirm_silent_payments(**_: Any) -> None:
    actions.confirm_silent_payments(now=clock.now())


@shared_task
def tell_overdue(**_: Any) -> None:
    actions.tell_overdue(now=clock.now())


@shared_task
def remind_talks(**_: Any) -> None:
    actions.remind_talks(now=clock.now())


@shared_task
def approve_uncontested(**_: Any) -> None:
    actions.approve_uncontested(now=clock.now())
