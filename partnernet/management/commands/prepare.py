"""Bring the database up to date, quickly when it already is, and load the story into an empty one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contracts.actions import seal_keys
from contracts.actions.templates import publish_shipped
from partnernet.core import clock
from partnernet.story.load import load
from partners.models import Firm


class Command(BaseCommand):
    # Whether the code is sound is asked by `make check`; here every start would wait for it.
    requires_system_checks = ()
    help = "Apply waiting migrations; with --story, load the story when there is no firm yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--story", action="store_true", help="load the story into an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self._say(f"Applying {len(waiting)} migrations")
            call_command("migrate", verbosity=0, interactive=False)
        publish_shipped()
        seal_keys.current(now=clock.now())
        if options["story"] and not Firm.objects.exists():
            self._load_story()

    def _load_story(self) -> None:
        story = load(say=self._say)
        # Kept for the reader of a later start; only this machine's owner may read the file.
        kept = settings.DATA_DIR / "story-password"
        kept.touch(mode=0o600)
        kept.write_text(story.password + "\n")
        self._say("The story is loaded. Sign in as one of:")
        for troupe in (story.prime, *story.subs.values()):
            for role, member in troupe.people.items():
                self._say(f"  {member.user.email:<28} {role:<11} {troupe.firm.name}")
        self._say(f"The password of all of them: {story.password}")

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"    run | {sentence}")
        self.stdout.flush()
