"""ETag, If-Match and If-None-Match: nobody writes over what somebody else wrote, nobody loads twice what stayed the same.

A tag is strong. It stands for what one viewer was shown and for the row's version, so two viewers never share one.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.serializer_helpers import ReturnDict

from partnernet.core.rest import Problem

# Who may write to a row but is shown little of it still learns that the rest of it changed.
VERSIONS = ("version", "changed_at")


def tag_of(shown: ReturnDict[str, Any], *, viewer: UUID) -> str:
    """Return the ETag of a resource as a serializer shows it to a member."""
    row = shown.serializer.instance
    versions = [str(getattr(row, name, "")) for name in VERSIONS]
    parts = [str(viewer), *versions, JSONRenderer().render(shown).decode()]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def is_known(request: Request, answer: HttpResponse) -> bool:
    """Say whether the caller holds this answer already, by `If-None-Match`, which compares weakly."""
    if "If-None-Match" not in request.headers or not answer.has_header("ETag"):
        return False
    named = parse_etags(request.headers["If-None-Match"])
    return "*" in named or answer["ETag"] in {each.removeprefix("W/") for each in named}


def refuse_stale(request: Request, tag: str) -> None:
    """Raise a Problem of 412 when `If-Match` names other versions only; it compares strongly. Call it under the row's lock."""
    named = request.headers.get("If-Match")
    if named is None or named.strip() == "*" or tag in parse_etags(named):
        return
    raise Problem(412, "Somebody changed this in the meantime. Read it again.", code="stale")
