"""Recompute what can be recomputed of an agreement: texts, signatures, and the chain of its events."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts import chain, rendering, terms
from contracts.actions.history import facts
from contracts.chain import Fault, Ring
from contracts.models import Agreement, AgreementEvent
from contracts.models.agreements import Status
from contracts.signatures import fingerprint

_HASHED = (
    "step",
    "side",
    "role",
    "door",
    "by_user_id",
    "by_firm",
    "from_status",
    "to_status",
    "reason",
    "changes",
    "occurred_at",
)


def faults_of(agreement: Agreement) -> list[Fault]:
    """Return everything about an agreement that does not hold, each with its sentence; empty when all does."""
    events = list(agreement.events.order_by("sequence"))
    return [fault for faults in faults_by_layer(agreement, events).values() for fault in faults]


def faults_by_layer(agreement: Agreement, events: list[AgreementEvent]) -> dict[str, list[Fault]]:
    """Return what does not hold of the text, the signatures, the history and the status, given all events in their order."""
    rings = [Ring(event.sequence, event.previous_hash, event.text, event.hash) for event in events]
    return {
        "text": list(_texts(agreement, events)),
        "signatures": list(_signatures(agreement, events)),
        "history": [*chain.faults(rings), *_columns(agreement, events)],
        "status": list(_status(agreement, events)),
    }


def head_of(agreement: Agreement) -> str:
    """Return the hash of the last event."""
    last = agreement.events.order_by("-sequence").first()
    return last.hash if last else chain.GENESIS


def _columns(agreement: Agreement, events: list[AgreementEvent]) -> Iterator[Fault]:
    for event in events:
        values = {name: getattr(event, name) for name in _HASHED}
        if chain.canonical(facts(agreement.pk, event.sequence, values)) != event.text:
            yield Fault(event.sequence, f"Event {event.sequence} no longer says what was hashed.")


def _texts(agreement: Agreement, events: list[AgreementEvent]) -> Iterator[Fault]:
    written = {
        event.changes["revision"]: (event.sequence, event.changes)
        for event in events
        if "revision" in event.changes
    }
    for revision in agreement.revisions.order_by("number"):
        sequence, noted = written.get(str(revision.number), (0, {}))
        if (
            rendering.sha256(revision.text) != revision.content_sha256
            or noted.get("content_sha256") != revision.content_sha256
        ):
            yield Fault(sequence, f"The text of revision {revision.number} is not the text that was hashed.")
        if noted.get("values_sha256") != rendering.sha256(chain.canonical(revision.values)):
            yield Fault(sequence, f"A value of revision {revision.number} was changed.")


def _signatures(agreement: Agreement, events: list[AgreementEvent]) -> Iterator[Fault]:
    """The history names who signed what for which side, so a row that was changed, put in or taken away shows."""
    written = {
        (event.side, str(event.changes.get("content_sha256"))): event.changes
        for event in events
        if event.step == "sign"
    }
    kept = set()
    for signature in agreement.signatures.select_related("revision").order_by("signed_at", "pk"):
        on, mark = (signature.side, signature.content_sha256), fingerprint(signature)
        kept.add(on)
        said = written.get(on)
        if said is None or signature.content_sha256 != signature.revision.content_sha256:
            yield Fault(0, f"The signature of {signature.name} is not on the text that was signed.")
        elif said["name"] != signature.name or said.get("signature_sha256", mark) != mark:
            yield Fault(0, f"The signature of {signature.name} is not the one that the history names.")
    for missing in sorted(written.keys() - kept):
        yield Fault(0, f"The history names a signature of {written[missing]['name']} that is not there.")


def _status(agreement: Agreement, events: list[AgreementEvent]) -> Iterator[Fault]:
    if not events:
        yield Fault(0, "The agreement has no history.")
    elif events[-1].to_status != agreement.status:
        yield Fault(
            events[-1].sequence,
            f"The agreement says {agreement.status}, its history says {events[-1].to_status}.",
        )
    if events and agreement.content_sha256 not in {event.changes.get("content_sha256") for event in events}:
        yield Fault(0, "The current text is not one that the history knows.")
    yield from _terms(agreement, events)


def _terms(agreement: Agreement, events: list[AgreementEvent]) -> Iterator[Fault]:
    """What pages read from the agreement itself must be what its text and its history say."""
    values = agreement.current_revision.values
    said = (agreement.protects_clients, agreement.protects_people, agreement.client_tail_months)
    if said != (
        bool(values.get("client_clause")),
        bool(values.get("personnel_clause")),
        values.get("client_tail_months", 0),
    ):
        yield Fault(0, "The agreement says other terms than its text.")
    if agreement.status != Status.SIGNED or agreement.effective_at is None:
        return
    signed_at = max((event.occurred_at for event in events if event.step == "sign"), default=None)
    after = timedelta(days=int(values.get("starts_after_days", 0)))
    if signed_at is None or agreement.effective_at != signed_at + after:
        yield Fault(0, "It is not in force from its last signature.")
        return
    ends = [event.changes["ends_at"] for event in events if "ends_at" in event.changes]
    if ends:
        holds = agreement.ends_at == datetime.fromisoformat(str(ends[-1]))
    else:
        months = int(values.get("term_months", 0))
        holds = agreement.ends_at == terms.term_end(agreement.effective_at, months)
    if not holds:
        yield Fault(0, "It does not end when its text and its history say.")
    if agreement.amends and values.get("amended_code") != agreement.amends.verify_code:
        yield Fault(0, "It changes another agreement than its text says.")
