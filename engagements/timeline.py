"""History as sentences, and whose turn it is. Pure: rows that were loaded go in, words come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engagements.models import WorkOrder
from partnernet.core.models import EventBase

WORDS = {
    "create": "wrote it down",
    "change": "changed the job",
    "add_line": "added a line",
    "change_line": "changed a line",
    "put_crew": "entered crew hours",
    "remove_crew": "took somebody off the crew",
    "activate": "started the job",
    "complete": "marked it as completed",
    "cancel": "cancelled it",
    "change_terms": "set the terms",
    "send_offers": "offered the work",
    "ask_owner": "asked an owner to send it below the floor",
    "ask": "asked a question",
    "answer_question": "answered a question to all who were asked",
    "undo": "took the offer back within seconds",
    "recall": "took the offers back",
    "assign": "closed the deal",
    "reresolve": "moved the instant: the rules of the zone have changed",
    "pass_over": "passed over a firm that could not be asked",
    "send": "sent the offer",
    "revise": "changed the terms",
    "accept": "took the job, or said that they would",
    "choose": "chose among the firms that would do it",
    "counter": "asked for other terms",
    "accept_counter": "agreed to the other terms",
    "refuse_counter": "kept the terms",
    "withdraw_counter": "took the other terms back",
    "lapse_counter": "let the other terms lapse: nobody answered in time",
    "decline": "said no",
    "reopen": "opened the offer again",
    "withdraw": "withdrew the offer",
    "expire": "ended the offer: nobody answered in time",
    "fill": "closed the offer: another firm has the job",
    "hold": "put the work on hold",
    "resume": "let the work go on",
    "back_out": "gave the work back",
    "remove": "took the work back",
    "start": "began the work",
    "begin_cover": "let the cover begin",
    "call_off": "called work off",
    "call_off_acknowledged": "answered a call-off",
    "call_off_cap_raised": "allowed more hours for a call-off",
    "call_off_done": "finished a call-off",
    "call_off_cancelled": "called a call-off back",
    "time_logged": "logged time",
    "time_struck": "struck out time",
    "visit_planned": "planned another visit",
    "visit_confirm": "confirmed the visit",
    "visit_set_off": "set off",
    "visit_check_in": "checked in",
    "visit_finish": "left the site",
    "visit_miss": "wrote down that nobody came",
    "technician_named": "said who goes",
    "backup_named": "named a backup",
    "backup_sent": "sent the backup: nobody had come",
    "briefing_acknowledged": "accepted the four rules",
    "units_reported": "counted work that is done",
    "task_added": "added a line to tick",
    "task_done": "ticked a line",
    "task_reopened": "took a tick back",
    "photo_added": "added a photo",
    "signature_added": "had the client sign",
    "access_handed_over": "handed over access",
    "access_returned": "handed access back",
    "access_received": "has access back",
    "access_denied": "does not have access back",
    "access_revoked": "made access useless",
    "problem_opened": "reported a problem",
    "problem_resolved": "resolved a problem",
    "change_asked": "asked for a change",
    "change_agreed": "agreed to a change",
    "change_refused": "kept what was agreed",
    "change_withdrawn": "took a request back",
    "change_lapsed": "left a request open, so what was agreed stands",
    "client_asked_for_more": "passed on that the client asked for more",
    "submit_part": "handed in a part",
    "send_back_part": "sent a part back",
    "approve_part": "approved a part",
    "approve_part_by_silence": "approved a part: nobody answered in time",
    "submit": "handed the work in",
    "send_back": "sent it back",
    "approve": "approved the work",
    "approve_by_silence": "approved the work: nobody answered in time",
}

BEFORE_THE_DEAL = (
    "create",
    "change_terms",
    "ask_owner",
    "send_offers",
    "answer_question",
    "undo",
    "recall",
    "pass_over",
)
"""Steps on an order that only the firm that gives the work reads."""


@dataclass(frozen=True)
class Said:
    """One line of history for one reader."""

    sentence: str
    occurred_at: datetime
    reason: str


@dataclass(frozen=True)
class Written:
    """What another wrote down for a firm until it joined, and how such a line names it; without a moment, all of it."""

    firm: UUID
    name: str
    until: datetime | None


def told(
    events: Iterable[EventBase], *, firms: dict[UUID, str], written: Written | None = None
) -> list[Said]:
    """Write events as sentences, newest first as they come; `firms` gives the names of the two sides."""
    return [Said(_sentence(event, firms, written), event.occurred_at, event.reason) for event in events]


def _sentence(event: EventBase, firms: dict[UUID, str], written: Written | None) -> str:
    what = WORDS.get(event.step, event.step.replace("_", " "))
    if event.by_firm is None:
        return f"The clock {what}"
    person = event.by_user.called if event.by_user else ""
    firm = firms.get(event.by_firm, "")
    if (
        written
        and event.by_firm == written.firm
        and (written.until is None or event.occurred_at < written.until)
    ):
        firm = written.name
    return f"{', '.join(part for part in (person, firm) if part)} {what}"


@dataclass(frozen=True)
class Turn:
    """Who has to do something next, as a sentence."""

    sentence: str
    ours: bool


def _standing_by(order: WorkOrder, *, ours: bool) -> Turn:
    firm = order.sub.name if order.sub else ""
    return Turn(f"{firm} stands by. You call work off." if ours else "You stand by.", ours=False)


def whose_turn(
    order: WorkOrder, *, firm_id: UUID, asking: Sequence[str] = (), willing: Sequence[str] = ()
) -> Turn:
    """Say who has to do what next with an order, for a reader of this firm.

    `asking` are firms that want other terms, `willing` those that would do it as offered.
    """
    if order.status == WorkOrder.Status.OFFERED and willing:
        return Turn(f"{' and '.join(willing)} would do it. You choose.", ours=True)
    if order.status == WorkOrder.Status.OFFERED and asking:
        return Turn(f"{' and '.join(asking)} asked for other terms. You answer.", ours=True)
    ours = firm_id == order.prime_id
    if order.is_cover and order.status in (WorkOrder.Status.ASSIGNED, WorkOrder.Status.IN_PROGRESS):
        return _standing_by(order, ours=ours)
    sub = order.sub.name if order.sub else ""
    prime = order.prime.name
    status = WorkOrder.Status
    turns = {
        status.DRAFT: ("Not offered yet.", True),
        status.OFFERED: ("Waiting for an answer from the firms you asked.", False),
        status.ASSIGNED: (f"{sub} goes next." if ours else "You go next.", not ours),
        status.IN_PROGRESS: (f"{sub} is at work." if ours else "You are at work.", not ours),
        status.ON_HOLD: ("On hold. You resume it." if ours else f"On hold. {prime} resumes it.", ours),
        status.SUBMITTED: (
            "Handed in. You approve it or send it back." if ours else f"Waiting for {prime} to approve.",
            ours,
        ),
        status.APPROVED: ("Approved.", False),
        status.CANCELLED: ("Cancelled.", False),
    }
    return Turn(*turns[status(order.status)])
