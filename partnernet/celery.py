"""Celery: the bell that wakes workers, and Beat's plain intervals.

UTC and intervals only: Celery's crontab loses an hour in a zone whose clocks go back (celery#10107). Every sweep
may run twice, so two Beats do no harm.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings

app = Celery("partnernet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as the settings made it."""
    import logging.config  # noqa: PLC0415 - only the worker needs it

    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name)


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()
