"""Publish the agreements that are shipped."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts import standard
from contracts.actions import templates
from partnernet.core.errors import RuleBroken


class Command(BaseCommand):
    help = "Publish the shipped agreement texts. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", help="a template's key; without it, all that are shipped")
        parser.add_argument("--label", help="one version of it, like 1.0; without it, the newest")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [
            (key, label)
            for key, label in standard.shipped()
            if options["key"] in (None, key) and label == (options["label"] or standard.newest(key))
        ]
        if not chosen:
            raise CommandError("Nothing of that name is shipped.")
        try:
            versions = [templates.publish(key, label) for key, label in chosen]
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = [
            {
                "key": key,
                "label": label,
                "sha256": version.text_sha256,
                "published_at": version.published_at.isoformat(),
            }
            for (key, label), version in zip(chosen, versions, strict=True)
            if version.published_at
        ]
        lines = [f"{row['key']} {row['label']} is published: {row['sha256']}" for row in rows]
        self.stdout.write(json.dumps(rows) if options["json"] else "\n".join(lines))
