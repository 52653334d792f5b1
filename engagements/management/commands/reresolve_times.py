"""Move instants after an update of the time zone tables."""

import dataclasses
import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from engagements.actions import zones


class Command(BaseCommand):
    """`manage.py reresolve_times [--json]`: run it after every update of tzdata."""

    help = "Derive the future instants of kept local times anew, after a zone's rules have changed. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print every move as JSON")
        parser.add_argument(
            "--now",
            type=datetime.fromisoformat,
            help="what counts as the present, with its offset; default: now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = zones.reresolve_times(now=options["now"])
        unknown = sorted(outcome.unknown_zones)
        if options["json"]:
            moves = [dataclasses.asdict(move) for move in outcome.moves]
            told = {"moved": len(moves), "moves": moves, "unknown_zones": unknown}
            self.stdout.write(json.dumps(told, cls=DjangoJSONEncoder))
            return
        for move in outcome.moves:
            self.stdout.write(
                f"{move.reference} {move.time}: {move.local:%Y-%m-%d %H:%M} {move.zone},"
                f" {move.before:%H:%M} UTC becomes {move.after:%H:%M} UTC"
            )
        if unknown:
            self.stderr.write(f"Not in this machine's tables: {', '.join(unknown)}")
        self.stdout.write(f"{len(outcome.moves)} instants moved.")
