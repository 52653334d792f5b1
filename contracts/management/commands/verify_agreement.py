"""Check one agreement, or one file, layer by layer."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.actions import layers
from contracts.models import Agreement
from contracts.verify_codes import tidy
from partnernet.core import clock

MARKS = {layers.HOLDS: "ok", layers.BROKEN: "BROKEN", layers.ABSENT: "-"}


class Command(BaseCommand):
    help = (
        "Check an agreement by its code, or a sealed PDF, layer by layer: text, signatures, event chain, what was written down of it"
        " elsewhere, file, seal, timestamp, status. Exits with 1 when something does not hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="the agreement's code, like PN-7K3M-…")
        parser.add_argument("--file", type=Path, help="a PDF to check instead of the one that is kept")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        upload = path.read_bytes() if path else None
        if upload is not None:
            found = layers.find(upload, typed=options["code"])
        else:
            shown = Agreement.objects.with_parties().with_signed_sides()
            found = shown.filter(verify_code=tidy(options["code"])).first()
        if found is None:
            raise CommandError("No such agreement is known. Give its code, or --file, or both.")
        checked = layers.check(found, now=clock.now(), upload=upload)
        if options["json"]:
            told = {"agreement": str(found.pk), "code": found.verify_code, "holds": layers.holds(checked)}
            self.stdout.write(json.dumps({**told, "layers": [asdict(layer) for layer in checked]}))
        else:
            for layer in checked:
                self.stdout.write(f"{MARKS[layer.state]:>6}  {layer.name}: {' '.join(layer.sentences)}")
        if not layers.holds(checked):
            sys.exit(1)
