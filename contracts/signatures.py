"""The fingerprint of a signature with everything that is kept about it. Pure: no queries."""

from datetime import UTC, datetime

from contracts import chain, rendering
from contracts.models import Signature

FACTS = (
    "side", "user_id", "firm_id", "firm_name", "name", "title", "email", "method", "authority", "consent_version", "authentication",
    "ip", "user_agent", "content_sha256", "invited_at", "first_viewed_at", "consented_at", "signed_at",
)  # fmt: skip


def fingerprint(signature: Signature) -> str:
    """Return the SHA-256 of a signature as it was read from the database; the history keeps it with the signing."""
    facts = {name: _plain(getattr(signature, name)) for name in FACTS}
    if signature.drawing:
        facts["drawing"] = signature.drawing
    return rendering.sha256(chain.canonical(facts))


def _plain(value: object) -> chain.Json:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [dict(each) for each in value]
    return None if value is None else str(value)
