"""An agreement, or a file that claims to be one, checked layer by layer; each says for itself whether it holds, and why not."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts import seals, timestamps
from contracts.actions import seal_keys
from contracts.actions.verification import faults_by_layer
from contracts.models import Agreement, AgreementEvent, ExecutedDocument, TrustedTimestamp
from contracts.models.agreements import Status
from contracts.seals import Seal
from contracts.standing import standing
from contracts.verify_codes import tidy

HOLDS, BROKEN, ABSENT = "holds", "broken", "absent"
_CODE = re.compile(rb"PN(?:-[0-9A-Z]{4}){4}")
_STILL = "The PDF is being made; the agreement does not wait for it."
_UNSIGNED = "There is no PDF before both firms have signed."


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing that was checked: `state` is holds, broken or absent, and the sentences say of what or why."""

    key: str
    name: str
    state: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What all layers look at; `body` is the file in question, from whoever handed it in or from our own store."""

    agreement: Agreement
    events: list[AgreementEvent]
    document: ExecutedDocument | None
    body: bytes | None
    handed_in: bool
    seal: Seal

    @property
    def named(self) -> dict[str, str]:
        """What the history says of the file."""
        return next((event.changes for event in reversed(self.events) if event.step == "seal"), {})


def check(agreement: Agreement, *, now: datetime, upload: bytes | None = None) -> tuple[Layer, ...]:
    """Check an agreement with its stored file, or with one that was handed in.

    Load the agreement `with_parties()` and `with_signed_sides()`.
    """
    events = list(agreement.events.order_by("sequence"))
    document = (
        ExecutedDocument.objects.filter(agreement=agreement)
        .select_related("certificate", "timestamp")
        .first()
    )
    body = upload if upload is not None else bytes(document.body) if document else None
    known = {"certificates": seal_keys.certificates(), "authorities": seal_keys.authorities()}
    seal = seals.examined(body, **known) if body is not None else seals.NO_SEAL
    looked = _Looked(agreement, events, document, body, upload is not None, seal)
    faults = {
        key: [fault.sentence for fault in found] for key, found in faults_by_layer(agreement, events).items()
    }
    at = standing(agreement, now)
    return (
        _layer("text", "Text and values", faults["text"], "Text and values are those that were hashed."),
        _layer("signatures", "Signatures", faults["signatures"], *_signed(agreement)),
        _layer("history", "Event chain", faults["history"], f"All {len(events)} lines continue one another."),
        _outside(looked),
        _file(looked),
        _seal(looked),
        _whole(looked),
        _timestamp(looked),
        _layer("status", "Status", faults["status"], f"{at.label}."),
    )


def holds(layers: tuple[Layer, ...]) -> bool:
    return all(layer.state != BROKEN for layer in layers)


def find(upload: bytes, *, typed: str = "") -> Agreement | None:
    """Return the agreement that a file is of: by its bytes, by the code that was typed with it, or by the code that stands in it."""
    shown = Agreement.objects.exclude(status=Status.DRAFT).with_parties().with_signed_sides()
    exact = shown.filter(document__sha256=hashlib.sha256(upload).hexdigest()).first()
    if exact or typed:
        return exact or shown.filter(verify_code=tidy(typed)).first()
    codes = {code.decode() for code in _CODE.findall(upload)}
    return shown.filter(verify_code__in=codes).first() if len(codes) == 1 else None


def _layer(key: str, name: str, faults: list[str], *fine: str) -> Layer:
    return Layer(key, name, BROKEN if faults else HOLDS, tuple(faults) or fine)


def _signed(agreement: Agreement) -> Iterator[str]:
    current = agreement.signatures.filter(revision=agreement.current_revision_id).order_by("signed_at", "pk")
    for signature in current:
        yield f"{signature.name} signed for {signature.firm_name}, {_utc(signature.signed_at)}."
    if agreement.status != Status.SIGNED:
        yield "Both firms have not signed the present text."


def _outside(looked: _Looked) -> Layer:
    """Compare the history with what was written down of it elsewhere: in the sealed file, and in each day's digest."""
    name, written = "History as it was written down elsewhere", {}
    if looked.document:
        written[f"the sealed PDF of {looked.document.sealed_at:%Y-%m-%d}"] = (
            looked.document.chain_sequence,
            looked.document.chain_head,
        )
    for head in looked.agreement.digested_heads.select_related("digest").order_by("sequence", "pk"):
        written[f"the digest of {head.digest.day}"] = (head.sequence, head.hash)
    if not written:
        return Layer("outside", name, ABSENT, ("It stands in no sealed PDF and no daily digest yet.",))
    lines = {event.sequence: event.hash for event in looked.events}
    faults = [
        f"Line {sequence} is gone: it stands in {where}."
        if sequence not in lines
        else f"Line {sequence} has another fingerprint than in {where}."
        for where, (sequence, mark) in written.items()
        if lines.get(sequence) != mark
    ]
    return _layer("outside", name, faults, f"It agrees with {', '.join(written)}.")


def _file(looked: _Looked) -> Layer:
    name, document, named = "File", looked.document, looked.named
    if looked.body is None or document is None:
        if looked.handed_in:
            return Layer(
                "file", name, BROKEN, (f"This is not a file that PartnerNet sealed. {_missing(looked)}",)
            )
        if named:
            return Layer("file", name, BROKEN, ("The history names a file, and it is gone.",))
        return Layer("file", name, ABSENT, (_missing(looked),))
    mark = hashlib.sha256(looked.body).hexdigest()
    faults = []
    if mark != named.get("sha256"):
        faults.append(
            "This file is not byte for byte the one that was sealed."
            if looked.handed_in
            else "The stored file is not the one that the history names."
        )
    if document.sha256 != named.get("sha256"):
        faults.append("The record of the stored file is not what the history says of it.")
    if not looked.handed_in and mark != document.sha256:
        faults.append("The bytes of the stored file were changed.")
    before = hashlib.sha256(looked.body[: document.rendered_size]).hexdigest()
    return _layer(
        "file", name, faults, f"Byte for byte the one that was sealed: {mark}.", f"Before its seal: {before}."
    )


def _missing(looked: _Looked) -> str:
    return _STILL if looked.agreement.status == Status.SIGNED else _UNSIGNED


def _seal(looked: _Looked) -> Layer:
    name, seal = "Seal", looked.seal
    if looked.body is None:
        return Layer("seal", name, ABSENT, (_missing(looked),))
    faults = []
    if not seal.found:
        faults.append("The file carries no seal.")
    elif not seal.intact:
        ours = seal.fingerprint in {seals.fingerprint(one) for one in seal_keys.certificates()}
        faults.append(
            "The file was changed after it was sealed." if ours else "The seal is not one of PartnerNet's."
        )
    elif seal.fingerprint != looked.named.get("certificate"):
        faults.append("The seal was made with another certificate than the history names.")
    return _layer("seal", name, faults, f"Made by PartnerNet with the certificate {seal.fingerprint}.")


def _whole(looked: _Looked) -> Layer:
    name, seal = "Whole file under the seal", looked.seal
    if looked.body is None or not seal.found:
        return Layer(
            "whole", name, ABSENT, (_missing(looked) if looked.body is None else "There is no seal.",)
        )
    added = len(looked.body) - seal.covered
    faults = []
    if not seal.covered:
        faults.append("The seal does not say what it covers.")
    elif added > 0:
        faults.append(f"{added:,} {'byte was' if added == 1 else 'bytes were'} added after the seal.")
    return _layer("whole", name, faults, f"The seal covers all {len(looked.body):,} bytes.")


def _timestamp(looked: _Looked) -> Layer:
    name, document = "Trusted timestamp", looked.document
    if document is None:
        return Layer("timestamp", name, ABSENT, (_missing(looked),))
    roots = seal_keys.authorities()
    later: TrustedTimestamp | None = getattr(document, "timestamp", None)
    if not document.timestamped_at and later is None:
        return Layer("timestamp", name, ABSENT, ("No trusted timestamp.",))
    if not roots:
        return Layer("timestamp", name, ABSENT, ("There is one, of an authority that is not known here.",))
    if document.timestamped_at:
        return _stamped_in_seal(looked, document, roots)
    stamp = timestamps.read(bytes(later.token), document.sha256, authorities=roots) if later else None
    faults = (
        []
        if stamp and stamp.holds
        else ["The timestamp is not over this file, or of no authority that we know."]
    )
    return _layer("timestamp", name, faults, f"Given to the sealed file: {_utc(stamp.at) if stamp else ''}.")


def _stamped_in_seal(looked: _Looked, document: ExecutedDocument, roots: tuple[bytes, ...]) -> Layer:
    head = timestamps.read(bytes(document.head_token), document.chain_head, authorities=roots)
    faults = []
    if head is None or not head.holds:
        faults.append("The timestamp of the history printed in the file does not hold.")
    if not looked.seal.timestamp_holds:
        faults.append("The timestamp in the seal does not hold.")
    said = _utc(looked.seal.timestamped_at) if looked.seal.timestamped_at else ""
    return _layer("timestamp", "Trusted timestamp", faults, f"In the seal: {said}.")


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
