"""Recompute what can be recomputed of an agreement: texts, signatures, and the chain of its events."""

from collections.abc import Iterator

from contracts import chain, rendering
from contracts.actions.history import facts
from contracts.chain import Fault, Ring
from contracts.models import Agreement, AgreementEvent

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
    rings = [Ring(event.sequence, event.previous_hash, event.text, event.hash) for event in events]
    return [
        *chain.faults(rings),
        *_columns(agreement, events),
        *_texts(agreement, events),
        *_status(agreement, events),
    ]


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
    signed = {(event.side, event.changes.get("content_sha256")) for event in events if event.step == "sign"}
    for signature in agreement.signatures.select_related("revision").order_by("signed_at", "pk"):
        if (
            signature.side,
            signature.content_sha256,
        ) not in signed or signature.content_sha256 != signature.revision.content_sha256:
            yield Fault(0, f"The signature of {signature.name} is not on the text that was signed.")


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
