"""What the sealed PDF of an agreement says, gathered from rows in hand. Pure: no queries.

Everything that people wrote is data. The text is cut from the stored text itself; nothing that was signed is rendered again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts import chain, consent, drawing, rendering, sentences
from contracts.models import Agreement, AgreementEvent, FindingAcknowledgement, ProtectedClient, Signature
from contracts.workflow import OTHER, PROPOSER
from partnernet.core import localtime

Rows = list[list[str]]
WAYS = {
    "password": "password",
    "mfa": "second factor",
    "code": "code sent by mail",
    "webauthn": "passkey",
    "socialaccount": "another service's sign-in",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows that one PDF is made of; `events` up to the head that is printed."""

    agreement: Agreement
    signatures: Sequence[Signature]
    void: Sequence[Signature]
    clients: Sequence[ProtectedClient]
    events: Sequence[AgreementEvent]
    acknowledged: Sequence[FindingAcknowledgement] = ()


@dataclass(frozen=True, slots=True)
class Sealing:
    """How the PDF is about to be sealed; `stamped_at` is when an authority saw the head of the history."""

    at: datetime
    address: str
    certificate: str
    stamped_at: datetime | None = None
    expects_stamps: bool = False


def facts(contents: Contents, sealing: Sealing) -> dict[str, Any]:
    """Return what `templates/pdf/agreement.typ` takes. Any: JSON."""
    agreement = contents.agreement
    version, values = agreement.template_version, agreement.current_revision.values
    return {
        "title": f"{version.template.title} {version.label}",
        "name": version.template.title,
        "version": f"Version {version.label}",
        "review": version.review,
        "code": agreement.verify_code,
        "address": sealing.address,
        "parties": [
            {
                "side": said,
                "name": values[side]["legal_name"],
                "lines": [line for line in (values[side]["kind"], values[side]["address"]) if line],
            }
            for side, said in ((PROPOSER, "Proposed by"), (OTHER, "Accepted by"))
        ],
        "force": _force(agreement),
        "sections": [
            {
                "level": section.level,
                "heading": section.heading,
                "blocks": [{"kind": block.kind, "lines": list(block.lines)} for block in section.blocks],
            }
            for section in rendering.sections(agreement.current_revision.text)[1:]
        ],
        "fingerprint": agreement.content_sha256,
        "clients": schedule(contents.clients),
        "schedule_hash": schedule_hash(contents.clients),
        "certificate": _certificate(contents, sealing),
    }


def schedule(clients: Iterable[ProtectedClient]) -> Rows:
    """Return the protected clients as rows: client, whose, told to whom and when, until."""
    return [
        [row.client_name, row.prime.name, row.sub.name, moment(row.notified_at), row.protected_until.isoformat()]
        for row in clients
    ]  # fmt: skip


def schedule_hash(clients: Iterable[ProtectedClient]) -> str:
    """Return the SHA-256 of the schedule, also of an empty one."""
    rows: list[chain.Json] = [list(row) for row in schedule(clients)]
    return rendering.sha256(chain.canonical({"protected_clients": rows}))


def moment(instant: datetime, zone: str = "") -> str:
    """Write an instant in UTC to the second, and in a firm's own time."""
    said = f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if not zone:
        return said
    return f"{said} ({localtime.to_local(instant, zone):%Y-%m-%d %H:%M:%S} in {zone.rpartition('/')[2].replace('_', ' ')})"


def _force(agreement: Agreement) -> Rows:
    assert agreement.effective_at is not None  # noqa: S101 - kept by constraint for what is signed
    assert agreement.ends_at is not None  # noqa: S101 - the same
    return [
        ["In force from", moment(agreement.effective_at, agreement.proposer.timezone)],
        ["Until", moment(agreement.ends_at, agreement.proposer.timezone)],
    ]


def _certificate(contents: Contents, sealing: Sealing) -> dict[str, Any]:
    """Any: JSON."""
    agreement, zones = contents.agreement, _zones(contents.agreement)
    names = {agreement.proposer_id: agreement.proposer.name, agreement.other_id: agreement.other.name}
    lines = list(sentences.lines(contents.events, names))
    return {
        "about": _about(contents, sealing),
        "signers": [
            {
                "name": one.name,
                "rows": signer(one, zones[one.side]),
                "drawing": drawing.svg(one.drawing) if one.drawing else "",
            }
            for one in contents.signatures
        ],
        "void": [
            f"{one.name} for {one.firm_name}, {moment(one.signed_at)}, on the text {one.content_sha256[:16]}…: void, the terms changed"
            " afterwards."
            for one in contents.void
        ],
        "acknowledged": [
            f"{one.finding.rule} in version {one.finding.rule_version}, {one.finding.title}: {one.firm_name},"
            f" {moment(one.acknowledged_at)}: “{one.reason}”"
            for one in contents.acknowledged
        ],
        "events": [
            [str(event.sequence), moment(event.occurred_at).removesuffix(" UTC"), line.sentence, event.hash]
            for event, line in zip(contents.events, lines, strict=True)
        ],
        "head": contents.events[-1].hash,
        "process": consent.PROCESS,
        "consents": [
            f"Consent {version}: “{consent.CONSENT[version]}”"
            for version in sorted({one.consent_version for one in contents.signatures})
        ],
        "timestamp": _timestamp(sealing),
    }


def _about(contents: Contents, sealing: Sealing) -> Rows:
    agreement, revision = contents.agreement, contents.agreement.current_revision
    version, values = agreement.template_version, revision.values
    return [
        ["Agreement", str(agreement.pk)],
        ["Code to check it", agreement.verify_code],
        ["Between", f"{values[PROPOSER]['legal_name']} and {values[OTHER]['legal_name']}"],
        ["Template", f"{version.template.title}, version {version.label}"],
        ["Fingerprint of the template", version.text_sha256],
        ["Round of terms", f"{revision.number}, written {moment(revision.created_at)}"],
        ["Fingerprint of the text that both signed", revision.content_sha256],
        ["Fingerprint of the cover page's values", revision.values_sha256],
        ["Protected clients when signed", str(len(contents.clients))],
        ["Fingerprint of their schedule", schedule_hash(contents.clients)],
        ["Sealed", moment(sealing.at)],
        ["Fingerprint of the seal's certificate", sealing.certificate],
    ]


def signer(one: Signature, zone: str) -> Rows:
    """Return everything that was recorded of a signature, as rows of a label and what it says."""
    ways = [_way(record) for record in one.authentication]
    return [
        ["For", one.firm_name],
        ["Title", one.title],
        ["Email", one.email],
        ["Authority", f"“{one.authority}”"],
        ["Signature", f"Drawn by hand, and typed: {one.name}" if one.drawing else f"Typed: {one.name}"],
        ["Proved who they are by", ", ".join(way for way in ways if way) or "not recorded"],
        ["Invited", moment(one.invited_at, zone)],
        ["First saw the text", moment(one.first_viewed_at, zone)],
        ["Consented", f"{moment(one.consented_at, zone)}, to version {one.consent_version}"],
        ["Signed", moment(one.signed_at, zone)],
        ["Address", one.ip or "not recorded"],
        ["Browser", one.user_agent or "not recorded"],
        ["On the text with fingerprint", one.content_sha256],
    ]


def _way(record: dict[str, str]) -> str:
    way, at = WAYS.get(record.get("method", ""), record.get("method", "")), record.get("at", "")
    try:
        return f"{way}, {moment(datetime.fromisoformat(at))}" if at else way
    except ValueError:
        return way


def _timestamp(sealing: Sealing) -> str:
    if sealing.stamped_at:
        return (
            f"A timestamp authority saw the last line of the history, {moment(sealing.stamped_at)}. Another timestamp of its is part of"
            " the seal."
        )
    if sealing.expects_stamps:
        return "No trusted timestamp: the authority did not answer when this was sealed. The page of verification shows one given later."
    return "No trusted timestamp. The times are those of PartnerNet's own clock."


def _zones(agreement: Agreement) -> dict[str, str]:
    return {PROPOSER: agreement.proposer.timezone, OTHER: agreement.other.timezone}
