"""Secrets of mailed links: nothing is stored but their hash, and a resent mail carries the same one."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from django.conf import settings

from partnernet.core.models import Delivery


def token(delivery_id: UUID) -> str:
    """Return the secret of a delivery's link: HMAC-SHA-256 of its key, 256 bits."""
    digest = hmac.new(settings.LINK_KEY.encode(), delivery_id.bytes, hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def opened_by(secret: str) -> Delivery | None:
    """Return the delivery whose link carries this token, if there is one."""
    return Delivery.objects.select_related("notification__user").filter(token_hash=hashed(secret)).first()
