"""Realistic bulk data for measuring."""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from partnernet.core import clock
from partnernet.core.models import User
from partnernet.scale import people, work
from partners.actions import reckoning


def _even(text: str) -> int:
    number = int(text)
    if number < 4 or number % 2:
        raise ArgumentTypeError("Firms come in pairs: an even number, at least 4.")
    return number


class Command(BaseCommand):
    """`manage.py seed_scale --firms 1000 --work-orders 100000 [--json]`."""

    help = "Add firms in pairs with agreements in force, and three years of their work. For measuring; never on a network in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--firms", type=_even, required=True, help="how many firms, an even number")
        parser.add_argument("--work-orders", type=int, required=True, help="how many work orders")
        parser.add_argument("--json", action="store_true", help="print the counts and seconds as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        took: dict[str, float] = {}
        now = clock.now()
        began = time.perf_counter()

        def lap(name: str) -> None:
            nonlocal began
            took[name] = round(time.perf_counter() - began, 1)
            began = time.perf_counter()

        operator = _operator()
        owners = people.make_firms(options["firms"], operator=operator, now=now)
        firms = [owner.firm for owner in owners]
        people.make_clients(firms)
        lap("firms")
        signed = people.make_agreements(owners, now=now)
        lap("agreements")
        with connection.cursor() as cursor:
            # Statements over a hundred thousand rows may take their time.
            cursor.execute("SET statement_timeout = 0")
        with transaction.atomic():
            made = work.make_work(firms, options["work_orders"], now=now)
        work.refresh_statistics()
        lap("work")
        reckoning.rescore(now=now)
        lap("scores")
        made = {"firms": len(firms), "agreements": signed} | made
        self.stdout.write(
            json.dumps({"made": made, "seconds": took}) if options["json"] else _said(made, took)
        )


def _operator() -> User:
    found, new = User.objects.get_or_create(
        email="operator@scale.example", defaults={"name": "Scale", "is_staff": True}
    )
    if new:
        found.set_unusable_password()
        found.save(update_fields=["password"])
    return found


def _said(made: dict[str, int], took: dict[str, float]) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in made.items())
    seconds = ", ".join(f"{name} {each} s" for name, each in took.items())
    return f"{counts}. {seconds}."
