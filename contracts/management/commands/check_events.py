"""Recompute the chain of every agreement."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from contracts.actions.anchoring import faults_of_digests
from contracts.actions.verification import faults_of, head_of
from contracts.models import Agreement


class Command(BaseCommand):
    help = "Recompute texts, signatures and the chain of events of every agreement, and every daily digest. Exits with 1 when something does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", help="only the agreement with this verify code")
        parser.add_argument(
            "--json", action="store_true", help="print the result as JSON, with the head of every chain"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = Agreement.objects.order_by("created_at", "pk")
        if options["code"]:
            found = found.filter(verify_code=options["code"])
        rows = [_report(agreement) for agreement in found.iterator(chunk_size=200)]
        broken = [row for row in rows if row["faults"]]
        digests = [] if options["code"] else [fault.sentence for fault in faults_of_digests()]
        if options["json"]:
            told = {"checked": len(rows), "broken": len(broken), "digests": digests, "agreements": rows}
            self.stdout.write(json.dumps(told))
        else:
            for row in broken:
                self.stdout.write(f"{row['code']}: {' '.join(fault['sentence'] for fault in row['faults'])}")
            for sentence in digests:
                self.stdout.write(sentence)
            self.stdout.write(f"{len(rows)} agreements checked, {len(broken)} do not hold.")
        if broken or digests:
            sys.exit(1)


def _report(agreement: Agreement) -> dict[str, Any]:
    faults = [{"event": fault.sequence, "sentence": fault.sentence} for fault in faults_of(agreement)]
    return {
        "agreement": str(agreement.pk),
        "code": agreement.verify_code,
        "head": head_of(agreement),
        "faults": faults,
    }
