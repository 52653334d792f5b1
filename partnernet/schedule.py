"""When the clock looks: every sweep of the product, with the seconds between two looks.

Every sweep may run twice and beside itself; `manage.py sweep_deadlines` runs each once.
"""

from __future__ import annotations

from typing import TypedDict

SWEEPS = (
    ("pay-what-is-owed", "partnernet.core.tasks.pay_what_is_owed", 15),
    ("sweep-offers", "engagements.tasks.sweep_offers", 30),
    ("sweep-cover", "engagements.tasks.sweep_cover", 30),
    ("ask-to-confirm", "engagements.tasks.ask_to_confirm", 60),
    ("tell-missed-starts", "engagements.tasks.tell_missed_starts", 60),
    ("approve-silent-work", "billing.tasks.approve_silent_work", 60),
    ("confirm-silent-payments", "billing.tasks.confirm_silent_payments", 60),
    ("lapse-agreements", "contracts.tasks.lapse_agreements", 60),
    ("escalate-approaches", "contracts.tasks.escalate_approaches", 300),
    ("seal-agreements", "contracts.tasks.seal_agreements", 15),
    ("digest-histories", "contracts.tasks.digest_histories", 900),
    ("stamp-what-has-no-time", "contracts.tasks.stamp_what_has_no_time", 900),
    ("sweep-claims", "contracts.tasks.sweep_claims", 60),
    ("remind-signers", "contracts.tasks.remind_signers", 300),
    ("replace-gone-signers", "contracts.tasks.replace_gone_signers", 60),
    ("remind-of-ends", "contracts.tasks.remind_of_ends", 3600),
    ("ask-about-papers", "contracts.tasks.ask_about_papers", 3600),
    ("check-agreements", "contracts.tasks.check_agreements", 3600),
    ("remind-of-approvals", "engagements.tasks.remind_of_approvals", 900),
    ("remind-of-access", "engagements.tasks.remind_of_access", 900),
    ("invite-parts", "engagements.tasks.invite_parts", 900),
    ("tell-overdue", "billing.tasks.tell_overdue", 900),
    ("remind-talks", "billing.tasks.remind_talks", 900),
    ("approve-uncontested", "billing.tasks.approve_uncontested", 900),
    ("reveal-ratings", "partners.tasks.reveal_ratings", 300),
    ("mark-clients", "contracts.tasks.mark_clients", 3600),
    ("remind-of-papers", "partners.tasks.remind_of_papers", 3600),
    ("rescore", "partners.tasks.rescore", 3600),
    ("forget-answers", "partnernet.core.tasks.forget_answers", 3600),
)


class Entry(TypedDict):
    task: str
    schedule: float


def beat_schedule() -> dict[str, Entry]:
    """Return the table as Celery Beat takes it."""
    return {name: {"task": task, "schedule": float(seconds)} for name, task, seconds in SWEEPS}
