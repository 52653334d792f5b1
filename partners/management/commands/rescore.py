"""Publishes the snapshot and scores of a day."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from partners.actions import reckoning
from partners.models import FirmScore


class Command(BaseCommand):
    """`manage.py rescore [--on YYYY-MM-DD] [--json]`."""

    help = "Publish the score snapshot of a day (default: today, UTC) and every firm's scores under it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day and the form of the answer."""
        parser.add_argument("--on", type=date.fromisoformat, help="The day, as YYYY-MM-DD.")
        parser.add_argument("--json", action="store_true", help="Answer in JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rescore, and say what was published."""
        snapshot = reckoning.rescore(on=options["on"])
        scores = FirmScore.objects.filter(snapshot=snapshot).count()
        if options["json"]:
            told = {
                "snapshot": str(snapshot.pk),
                "on": str(snapshot.on),
                "scores": scores,
                **snapshot.figures,
            }
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(f"Published the snapshot of {snapshot.on} with {scores} scores.")
