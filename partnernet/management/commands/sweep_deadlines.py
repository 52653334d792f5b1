"""Run every sweep once: by hand, from a system timer, or where no Beat runs."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.actions import (
    approve_silent_work,
    approve_uncontested,
    confirm_silent_payments,
    remind_talks,
    tell_overdue,
)
from contracts.actions import anchoring, approaches, conflicts, papers, renewals, sealing, signatories
from contracts.actions.checks import check_due
from contracts.actions.claim_sweeps import sweep_claims
from contracts.actions.sweeps import lapse_due, remind_due
from engagements.actions import access, visit_sweeps
from engagements.actions.cover_sweeps import sweep_cover
from engagements.actions.sweeps import sweep_offers
from partnernet.core import clock, idempotency, mail
from partners.actions import documents, ratings, reckoning


def _rescored(*, now: datetime) -> int:
    return int(reckoning.rescore_if_due(now=now) is not None)


# By the names of Beat's schedule. Mail comes last, so that what the others owe leaves as well.
SWEEPS: dict[str, Callable[..., int]] = {
    "sweep-offers": sweep_offers,
    "sweep-cover": sweep_cover,
    "ask-to-confirm": visit_sweeps.ask_to_confirm,
    "tell-missed-starts": visit_sweeps.tell_missed_starts,
    "invite-parts": visit_sweeps.invite_parts,
    "remind-of-access": access.remind,
    "remind-of-approvals": visit_sweeps.remind_of_approvals,
    "approve-silent-work": approve_silent_work,
    "confirm-silent-payments": confirm_silent_payments,
    "tell-overdue": tell_overdue,
    "remind-talks": remind_talks,
    "approve-uncontested": approve_uncontested,
    "lapse-agreements": lapse_due,
    "remind-signers": remind_due,
    "replace-gone-signers": signatories.replace_gone,
    "remind-of-ends": renewals.remind_of_ends,
    "ask-about-papers": papers.ask_due,
    "sweep-claims": sweep_claims,
    "escalate-approaches": approaches.escalate_due,
    "check-agreements": check_due,
    "seal-agreements": sealing.seal_due,
    "digest-histories": anchoring.digest_heads,
    "stamp-what-has-no-time": anchoring.stamp_due,
    "mark-clients": conflicts.remark_all,
    "reveal-ratings": ratings.reveal_due,
    "remind-of-papers": documents.remind,
    "rescore": _rescored,
    "forget-answers": idempotency.forget,
    "pay-what-is-owed": mail.pay_due,
}


class Command(BaseCommand):
    """`manage.py sweep_deadlines [--json]`."""

    help = "Run every sweep once: expire, lapse, remind, approve by silence, send. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what each sweep did as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = {name: sweep(now=clock.now()) for name, sweep in SWEEPS.items()}
        if options["json"]:
            self.stdout.write(json.dumps(done))
        else:
            for name, count in done.items():
                self.stdout.write(f"{count:>6}  {name}")
