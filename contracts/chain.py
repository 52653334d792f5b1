"""The chain of events of one agreement: each row is hashed together with the one before.

Pure: no database. `hash = SHA-256(previous hash ‖ text)`, both as UTF-8; the text is the event's canonical JSON, stored as the very text
that was hashed. A changed, removed, inserted or reordered row breaks the chain at its place. A cut tail cannot be seen from inside:
compare the last hash with one that was printed or mailed earlier.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

GENESIS = "0" * 64

Json = None | bool | int | str | list["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class Ring:
    """One stored event, as far as the chain is concerned."""

    sequence: int
    previous: str
    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken, and how."""

    sequence: int
    sentence: str


def canonical(facts: Mapping[str, Json]) -> str:
    """Return `facts` as the one JSON text that stands for them: sorted keys, no blanks, NFC."""
    return unicodedata.normalize(
        "NFC", json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    )


def link(previous: str, text: str) -> str:
    """Return the hash of `text` as the event after the one whose hash is `previous`."""
    return sha256((previous + text).encode()).hexdigest()


def faults(rings: Iterable[Ring]) -> list[Fault]:
    """Recompute a chain, given in the order of its sequence numbers, and say where it does not hold."""
    found = []
    expected, previous = 1, GENESIS
    for ring in rings:
        if ring.sequence != expected:
            found.append(Fault(ring.sequence, f"Event {expected} is missing: {ring.sequence} comes next."))
        if ring.previous != previous:
            found.append(Fault(ring.sequence, f"Event {ring.sequence} does not continue the one before it."))
        if ring.hash != link(ring.previous, ring.text):
            found.append(Fault(ring.sequence, f"Event {ring.sequence} was changed after it was written."))
        expected, previous = ring.sequence + 1, ring.hash
    return found
