"""The history of an agreement in sentences. Pure: no queries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.models import AgreementEvent, InHouseEvent

_SAID = {
    "draft": "{who} wrote a draft",
    "propose": "{who} sent it",
    "revise": "{who} put other terms on the table",
    "accept_terms": "{who} accepted the terms",
    "ask_changes": "{who} asked for changes",
    "recall": "{who} recalled its signature",
    "decline": "{who} declined",
    "void": "{who} withdrew it",
    "lapse": "It lapsed: not signed in time",
    "terminate": "{who} gave notice",
    "amend": "An amendment was signed by both: {topic}",
    "state": "{who} stated an agreement on paper",
    "confirm": "{who} confirmed it",
    "object": "{who} said that it is wrong",
    "affirm": "{who} said again that it holds",
    "ask": "{who} asked whether it still holds",
    "withdraw": "{who} withdrew what it had stated",
    "supersede": "A new agreement took its place",
    "acknowledge": "{who} knows of a finding and goes on: {title}",
    "move": "{who} put the newest standard text on the table",
    "readdress": "The other firm joined; it goes on with it",
    "serve_notice": "{client} became a protected client; the notice was served",
    "service": "Day of service at {client}: {on}",
    "read_notice": "{who} opened the notice about {client}",
    "declare_prior": "{who} declared a prior relationship with {client}",
    "release_client": "{who} released {client}",
    "seal": "The PDF was sealed and sent to both firms",
    "insist_client": "{who} disputed the prior relationship with {client}",
    "reserve_positions": "{who} let work for {client} start, with its position reserved",
    "offer_release": "{who} offered to release {client}, fee {fee_percent} %",
    "release_taken": "{who} took {client} over, fee {fee_percent} %",
    "release_refused": "{who} left {client} where it is",
    "name_signatory": "{who} named {name} to sign",
    "release_signatory": "{who}: any owner signs, instead of {before}",
    "pass_on": "{before} passed the signature for {who} on to {name}",
    "signatory_left": "{name} left {firm} before signing",
    "order_signing": "{who}: {first} signs first",
    "comment": "{person} of {who} commented on {about}",
    "resolve_comment": "{person} of {who} settled a comment on {about}",
    "reopen_comment": "{person} of {who} reopened a comment on {about}",
    "comment_in_house": "{person} commented on {about}",
    "resolve_comment_in_house": "{person} settled a comment on {about}",
    "reopen_comment_in_house": "{person} reopened a comment on {about}",
    "dispute_signature": "{who} disputes the signature of {name}",
    "withdraw_dispute": "{who} no longer disputes the signature of {name}",
    "settle_dispute": "{who}: the dispute about the signature of {name} is settled",
    "close_dispute": "The dispute about the signature of {name} is closed with the proposal",
    "party_notice": "{who} gave notice: {what}, from {from}",
    "ask_approval": "{person} asked for your firm's approval of this text",
    "approve_text": "{person} approved this text for your firm",
    "refuse_text": "{person} did not approve this text",
    "release_withdrawn": "{who} took back the offer to release {client}",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline."""

    sentence: str
    reason: str
    occurred_at: datetime
    hash: str


def lines(events: Iterable[AgreementEvent], names: Mapping[UUID, str]) -> Iterator[Line]:
    """Tell each event; `names` are the firms' by their ids."""
    for event in events:
        who = names.get(event.by_firm, "PartnerNet") if event.by_firm else "PartnerNet"
        yield Line(_sentence(event, who), event.reason, event.occurred_at, event.hash)


def with_in_house(shared: Iterable[Line], own: Iterable[InHouseEvent]) -> list[Line]:
    """Put what the firm noted for itself among what both firms hold, the newest first."""
    ours = [
        Line(f"{_sentence(event, '')} (only your firm sees this)", event.reason, event.occurred_at, "")
        for event in own
    ]
    return sorted([*shared, *ours], key=lambda line: line.occurred_at, reverse=True)


def _sentence(event: AgreementEvent | InHouseEvent, who: str) -> str:
    if event.step == "sign":
        force = ": it is in force" if event.to_status == "signed" else ""
        return f"{event.changes['name']}, {event.changes['title']}, signed for {who}{force}"
    said = _SAID.get(event.step, "{who}: " + event.step.replace("_", " "))
    facts = {"client": "a client", "on": "", "fee_percent": "0", "title": "", "topic": "", **event.changes}
    return said.format(**{**facts, "who": who})
