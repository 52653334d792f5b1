"""API keys at the door of the REST API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from partnernet.core import clock
from partnernet.core.models import User
from partners.actions.keys import hashed
from partners.models import ApiKey

USE_NOTED_EVERY: Final = timedelta(minutes=5)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer pnk_…`: looked up by its hash on every request, so that revoking works at once."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the member's user and the key; None when the header is for somebody else."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = ApiKey.objects.usable().select_related("member__user", "member__firm")
        key = found.annotate(asked_at=clock.NOW).filter(key_hash=hashed(secret.strip())).first()
        if key is None:
            raise AuthenticationFailed("This key is unknown or revoked.")
        now: datetime = key.asked_at  # type: ignore[attr-defined] # annotated above
        if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return key.member.user, key

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, which makes refusals 401."""
        return 'Bearer realm="PartnerNet"'


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package has no types
    """Says in the OpenAPI schema how a key is sent."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Describe the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pnk_…"}
