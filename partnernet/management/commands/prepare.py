"""Bring the database up to date, quickly when it already is, and load the story into an empty one."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Apply waiting migrations; with --story, load the story when there is no firm yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--story", action="store_true", help="load the story into an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self._say(f"Applying {len(waiting)} migrations")
            call_command("migrate", verbosity=0, interactive=False)

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"    run | {sentence}")
        self.stdout.flush()
