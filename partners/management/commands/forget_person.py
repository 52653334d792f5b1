"""Forgets who a person is, at their own request."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partners.actions import people


class Command(BaseCommand):
    """`manage.py forget_person EMAIL [--json]`."""

    help = "Pseudonymise a person who asks for it. Signed contracts keep what they were signed with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, and the form of the answer."""
        parser.add_argument("email", help="The address that the person signs in with.")
        parser.add_argument("--json", action="store_true", help="Answer in JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget, and say under which name the person stands now."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("Nobody signs in with this address.")
        try:
            user = people.forget(user)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        told = {"user": str(user.pk), "name": user.name, "email": user.email}
        self.stdout.write(
            json.dumps(told) if options["json"] else f"Forgotten. Now {user.name}, {user.email}."
        )
