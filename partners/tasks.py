"""Background work of firms."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from partners.actions import documents, ratings, reckoning


@shared_task
def rescore(**_: Any) -> None:
    """Publish today's snapshot and scores, once a day; asked every hour, so that a missed night is made up for."""
    reckoning.rescore_if_due()


@shared_task
def reveal_ratings(**_: Any) -> None:
    """Show what was said in rating rounds whose seven days are over."""
    ratings.reveal_due()


@shared_task
def remind_of_papers(**_: Any) -> None:
    """Tell owners what runs out in 90, 60, 30 and 7 days."""
    documents.remind()
