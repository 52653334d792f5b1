"""Show the key that seals agreements, make it at set-up, or replace it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.actions import seal_keys
from partnernet.core import clock
from partnernet.core.errors import RuleBroken


class Command(BaseCommand):
    help = "Show the certificate that seals agreements, and make its key where there is none. --replace makes a new one from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replace", action="store_true", help="seal with a new key from now on")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            kept = seal_keys.replace(now=now) if options["replace"] else seal_keys.current(now=now)[1]
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        told = {
            "fingerprint": kept.fingerprint,
            "valid_until": kept.valid_until.isoformat(),
            "first_used_at": kept.first_used_at.isoformat(),
            "certificates": len(seal_keys.certificates()),
        }
        self.stdout.write(
            json.dumps(told)
            if options["json"]
            else f"{kept.fingerprint}, until {kept.valid_until:%Y-%m-%d}. Certificates kept: {told['certificates']}."
        )
