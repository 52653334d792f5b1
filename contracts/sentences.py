"""The history of an agreement in sentences. Pure: no queries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.models import AgreementEvent

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


def _sentence(event: AgreementEvent, who: str) -> str:
    if event.step == "sign":
        force = ": it is in force" if event.to_status == "signed" else ""
        return f"{event.changes['name']}, {event.changes['title']}, signed for {who}{force}"
    said = _SAID.get(event.step, "{who}: " + event.step.replace("_", " "))
    facts = {"client": "a client", "on": "", "fee_percent": "0", "title": "", "topic": "", **event.changes}
    return said.format(**{**facts, "who": who})
