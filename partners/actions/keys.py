"""API keys: made, shown once, taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from partners.actions.roles import history
from partners.models import ApiKey, Member
from partners.models.keys import SCOPES

MARK = "pnk_"
KEYS_PER_MEMBER = 20


@transaction.atomic
def create(
    name: str, *, by: Member, scopes: Collection[str] = ("read",), now: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key for this member and return it with its secret, which is not kept and never shown again."""
    scopes = sorted(set(scopes), key=SCOPES.index) if set(scopes) <= set(SCOPES) else []
    if not name.strip():
        raise Invalid({"name": ["Say what the key is for."]})
    if not scopes:
        raise Invalid({"scopes": [f"Choose at least one of: {', '.join(SCOPES)}."]})
    Member.objects.locked().active().get(pk=by.pk)
    if ApiKey.objects.filter(member=by, revoked_at=None).count() >= KEYS_PER_MEMBER:
        raise RuleBroken(f"You have {KEYS_PER_MEMBER} keys. Revoke one first.")
    now = now or clock.now()

    secret = MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        member=by,
        name=name.strip()[:100],
        prefix=secret[:12],
        key_hash=hashed(secret),
        scopes=scopes,
        created_at=now,
    )
    history(by.firm_id, "create_key", by=by, now=now, changes={"key": key.prefix, "scopes": scopes})
    return key, secret


@transaction.atomic
def revoke(key: ApiKey, *, by: Member, now: datetime | None = None) -> ApiKey:
    """End a key: one's own, or as an owner anybody's in the firm."""
    key = ApiKey.objects.locked().visible_to(by.firm_id).get(pk=key.pk)
    if key.member_id != by.pk and by.role != Member.Role.OWNER:
        raise WrongRole("This key is a colleague's. An owner can revoke it.")
    if key.revoked_at:
        raise RuleBroken("This key is already revoked.")
    now = now or clock.now()

    key.revoked_at, key.revoked_by_id = now, by.user_id
    key.save(update_fields=["revoked_at", "revoked_by"])
    history(by.firm_id, "revoke_key", by=by, now=now, changes={"key": key.prefix})
    return key


def hashed(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
