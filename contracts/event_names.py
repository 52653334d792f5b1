"""The names by which programs know what happened. A name never changes and never means something else; new ones may come. Pure.

The first part of a name says what the event is about: an agreement, a client that it protects, a claim, or a report of what a client asked for.
"""

AGREEMENT: dict[str, str] = {
    "draft": "agreement.drafted",
    "propose": "agreement.proposed",
    "sign": "agreement.signed",
    "revise": "agreement.revised",
    "move": "agreement.moved_to_newer_text",
    "accept_terms": "agreement.terms_accepted",
    "ask_changes": "agreement.changes_asked",
    "recall": "agreement.signature_recalled",
    "decline": "agreement.declined",
    "void": "agreement.voided",
    "lapse": "agreement.lapsed",
    "terminate": "agreement.notice_given",
    "supersede": "agreement.superseded",
    "amend": "agreement.amended",
    "acknowledge": "agreement.finding_acknowledged",
    "readdress": "agreement.readdressed",
    "seal": "agreement.sealed",
    "name_signatory": "agreement.signatory_named",
    "release_signatory": "agreement.signatory_released",
    "pass_on": "agreement.signature_passed_on",
    "signatory_left": "agreement.signatory_left",
    "order_signing": "agreement.signing_ordered",
    "comment": "agreement.commented",
    "resolve_comment": "agreement.comment_resolved",
    "reopen_comment": "agreement.comment_reopened",
    "comment_in_house": "agreement.commented_in_house",
    "resolve_comment_in_house": "agreement.comment_in_house_resolved",
    "reopen_comment_in_house": "agreement.comment_in_house_reopened",
    "dispute_signature": "agreement.signature_disputed",
    "withdraw_dispute": "agreement.signature_dispute_withdrawn",
    "settle_dispute": "agreement.signature_dispute_settled",
    "close_dispute": "agreement.signature_dispute_closed",
    "party_notice": "agreement.party_notice_given",
    "ask_approval": "agreement.approval_asked",
    "approve_text": "agreement.text_approved",
    "refuse_text": "agreement.text_refused",
    # On paper.
    "state": "agreement.paper_stated",
    "confirm": "agreement.paper_confirmed",
    "object": "agreement.paper_disputed",
    "affirm": "agreement.paper_affirmed",
    "ask": "agreement.paper_asked_about",
    "withdraw": "agreement.paper_withdrawn",
}
SIGNED_BY_ONE = "agreement.signed_by_one"

PROTECTED_CLIENT: dict[str, str] = {
    "serve_notice": "protected_client.notice_served",
    "read_notice": "protected_client.notice_read",
    "service": "protected_client.served",
    "declare_prior": "protected_client.prior_declared",
    "release_client": "protected_client.prior_accepted",
    "insist_client": "protected_client.prior_disputed",
    "reserve_positions": "protected_client.positions_reserved",
    "offer_release": "protected_client.release_offered",
    "release_taken": "protected_client.released",
    "release_refused": "protected_client.release_refused",
    "release_withdrawn": "protected_client.release_withdrawn",
    "follow_client": "protected_client.followed",
    "unfollow_client": "protected_client.following_undone",
    "rename_client": "protected_client.renamed",
}

CLAIM: dict[str, str] = {
    "draft": "claim.drafted",
    "change": "claim.changed",
    "add_evidence": "claim.evidence_added",
    "reckon": "claim.damages_reckoned",
    "file": "claim.filed",
    "take_back": "claim.taken_back",
    "serve": "claim.notice_served",
    "read": "claim.notice_read",
    "bar": "claim.time_barred",
    "respond": "claim.answered",
    "miss": "claim.not_answered",
    "demand_cure": "claim.cure_demanded",
    "offer_cure": "claim.cure_offered",
    "report_cure": "claim.cure_reported",
    "accept_cure": "claim.cure_accepted",
    "end_cure": "claim.cure_ended",
    "talk": "claim.talk_began",
    "end_talk": "claim.talk_ended",
    "mediate": "claim.mediation_began",
    "end_mediation": "claim.mediation_ended",
    "name_mediator": "claim.mediator_named",
    "offer_settlement": "claim.settlement_offered",
    "accept_settlement": "claim.settled",
    "refuse_settlement": "claim.settlement_refused",
    "admit": "claim.admitted",
    "state_outcome": "claim.outcome_stated",
    "confirm_outcome": "claim.outcome_confirmed",
    "object_outcome": "claim.outcome_disputed",
    "let_outcome_stand": "claim.outcome_stands",
    "suspend": "claim.suspended",
    "resume": "claim.resumed",
    "withdraw": "claim.withdrawn",
    "note_payment": "claim.payment_noted",
    "close": "claim.closed",
}

APPROACH_REPORT: dict[str, str] = {
    "report": "approach_report.made",
    "acknowledge": "approach_report.acknowledged",
    "refer_back": "approach_report.referred_back",
    "make_change": "approach_report.became_change",
    "make_work": "approach_report.became_work",
    "release": "approach_report.release_offered",
    "take_release": "approach_report.release_taken",
    "refuse_release": "approach_report.release_refused",
    "decline": "approach_report.declined",
    "close": "approach_report.closed",
    "escalate": "approach_report.escalated",
}
RELEASED = "approach_report.released"

ALL = frozenset(
    {
        *AGREEMENT.values(),
        SIGNED_BY_ONE,
        *PROTECTED_CLIENT.values(),
        *CLAIM.values(),
        *APPROACH_REPORT.values(),
        RELEASED,
    }
)


def of_agreement(step: str, status: str) -> str:
    """Return the name of a step; the first signature of two has one of its own."""
    return SIGNED_BY_ONE if step == "sign" and status != "signed" else AGREEMENT[step]


def of_protected(step: str, status: str) -> str:
    """Return the name of a step; a client let go without a fee is released at once."""
    at_once = step == "offer_release" and status == "released"
    return PROTECTED_CLIENT["release_taken" if at_once else step]


def of_report(step: str, status: str) -> str:
    """Return the name of a step; a release without a fee is one at once."""
    return RELEASED if step == "release" and status == "released" else APPROACH_REPORT[step]
