"""Forgets who a firm is, at its own request, when nothing runs any more."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partnernet.leaving import forget_firm
from partners.models import Firm


class Command(BaseCommand):
    """`manage.py forget_firm ID [--json]`."""

    help = "Pseudonymise a firm that leaves. Signed contracts and invoices keep what they were made with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the firm's id, and the form of the answer."""
        parser.add_argument("firm", type=UUID, help="The firm's id, as in its addresses: /f/<id>/.")
        parser.add_argument("--json", action="store_true", help="Answer in JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget, and name the people who are in no other firm: they ask for themselves."""
        firm = Firm.objects.filter(pk=options["firm"]).first()
        if firm is None:
            raise CommandError("No firm has this id.")
        try:
            firm = forget_firm(firm)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        elsewhere = User.objects.filter(memberships__is_active=True)
        left = User.objects.filter(memberships__firm=firm, is_active=True).exclude(pk__in=elsewhere)
        people = list(left.order_by("email").values_list("email", flat=True).distinct())
        if options["json"]:
            self.stdout.write(
                json.dumps({"firm": str(firm.pk), "name": firm.name, "people_in_no_firm": people})
            )
            return
        self.stdout.write(f"Forgotten. Now {firm.name}.")
        if people:
            self.stdout.write(f"In no firm any more; forget_person forgets them too: {', '.join(people)}.")
