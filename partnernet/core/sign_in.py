"""Others who may say who somebody is: Google and Microsoft, each there only when it is configured. Needs nothing of the settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

GOOGLE = ("google", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "https://accounts.google.com")
MICROSOFT = (
    "microsoft",
    "MICROSOFT_CLIENT_ID",
    "MICROSOFT_CLIENT_SECRET",
    "https://login.microsoftonline.com",
)


def others(secret: Callable[[str], str]) -> tuple[dict[str, Any], list[str]]:
    """Return allauth's providers, and the hosts to which a form may lead. Any: allauth's settings.

    Both use PKCE. Neither replaces our own account: a person connects it while signed in, or signs up with it and proves
    the address by code like everybody.
    """
    providers: dict[str, Any] = {}
    hosts = []
    for name, client_id, client_secret, host in (GOOGLE, MICROSOFT):
        if client := os.environ.get(client_id):
            app: dict[str, Any] = {"client_id": client, "secret": secret(client_secret), "key": ""}
            if name == "microsoft":
                app["settings"] = {"tenant": os.environ.get("MICROSOFT_TENANT", "organizations")}
            providers[name] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
            hosts.append(host)
    return providers, hosts
