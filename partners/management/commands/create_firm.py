"""Makes a firm with its owner, as the operator."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partners.actions import joining, keys
from partners.actions.firms import Particulars
from partners.models import Member
from partners.models.keys import SCOPES


class Command(BaseCommand):
    """`manage.py create_firm "Halcyon Managed LLC" --owner-email pat@halcyon.example …`."""

    help = "Make a firm and its first owner. An account that exists is taken; a new one signs in by a mailed code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what a firm cannot be without."""
        parser.add_argument("legal_name", help="The firm's legal name.")
        parser.add_argument("--name", default="", help="What people call it; default: the legal name.")
        parser.add_argument("--country", default="US", help="Two letters; default: US.")
        parser.add_argument("--state", default="", help="State or region.")
        parser.add_argument(
            "--postcode", default="", help="In the US a ZIP code: it brings state, town and zone."
        )
        parser.add_argument("--zone", default="", help="Time zone, for example America/New_York.")
        parser.add_argument("--owner-email", required=True, help="The owner's address.")
        parser.add_argument("--owner-name", default="", help="The owner's name.")
        parser.add_argument(
            "--api-key", action="store_true", help="Make an API key with all scopes and print it."
        )
        parser.add_argument("--json", action="store_true", help="Answer in JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it all or nothing, and print the ids."""
        try:
            told = _made(options)
        except RuleBroken as refusal:
            reasons = [f"{name}: {' '.join(texts)}" for name, texts in refusal.fields.items() if name]
            raise CommandError("; ".join(reasons) or str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in told.items()))


@transaction.atomic
def _made(options: dict[str, Any]) -> dict[str, str]:
    particulars = Particulars(
        legal_name=options["legal_name"],
        name=options["name"],
        country=options["country"],
        state=options["state"],
        postcode=options["postcode"],
        timezone=options["zone"],
    )
    member = joining.found(_owner(options["owner_email"], options["owner_name"]), particulars)
    told = {
        "firm": str(member.firm_id),
        "member": str(member.pk),
        "user": str(member.user_id),
        "email": member.user.email,
    }
    if options["api_key"]:
        told["api_key"] = keys.create("create_firm", by=member, scopes=SCOPES)[1]
    return told


def _owner(email: str, name: str) -> User:
    """Find the account of an address, or make one that signs in by a mailed code until it has a password."""
    known = User.objects.filter(email=email.strip().lower()).first()
    if known is None:
        return User.objects.create_user(email, None, name=name)
    if Member.objects.active().filter(user=known).exists():
        raise RuleBroken(f"{known.email} is in a firm already.")
    return known
