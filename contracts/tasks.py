"""What the clock does to agreements."""

from typing import Any

from celery import shared_task

from contracts.actions import (
    anchoring,
    approaches,
    checks,
    claim_sweeps,
    conflicts,
    papers,
    renewals,
    sealing,
    signatories,
    sweeps,
)


@shared_task
def lapse_agreements(**_: Any) -> None:
    sweeps.lapse_due()


@shared_task
def remind_signers(**_: Any) -> None:
    sweeps.remind_due()


@shared_task
def remind_of_ends(**_: Any) -> None:
    renewals.remind_of_ends()


@shared_task
def ask_about_papers(**_: Any) -> None:
    papers.ask_due()


@shared_task
def escalate_approaches(**_: Any) -> None:
    approaches.escalate_due()


@shared_task
def check_agreements(**_: Any) -> None:
    checks.check_due()


@shared_task
def seal_agreements(**_: Any) -> None:
    sealing.seal_due()


@shared_task
def digest_histories(**_: Any) -> None:
    anchoring.digest_heads()


@shared_task
def stamp_what_has_no_time(**_: Any) -> None:
    anchoring.stamp_due()


@shared_task
def sweep_claims(**_: Any) -> None:
    claim_sweeps.sweep_claims()


@shared_task
def mark_clients(**_: Any) -> None:
    conflicts.remark_all()


@shared_task
def replace_gone_signers(**_: Any) -> None:
    signatories.replace_gone()
