"""The same key, the same answer: what makes a POST safe to send again.

The record is written in the transaction of the effect, refusals included; an answer of 5xx leaves neither. A second
request with the key while the first runs is told to wait (409); another body under the key is refused (422).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from partnernet.core import locks
from partnernet.core.models import IdempotencyRecord
from partnernet.core.rest import Problem

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=24)


def once(
    request: Request,
    *,
    principal: str,
    act: Callable[[], Response],
    refuse: Callable[[Exception], Response],
) -> Response:
    """Run `act` unless this principal's key has an answer already; `refuse` turns an exception into an answer.

    Call it after the caller has been authorised.
    """
    key = request.headers[HEADER]
    if len(key) > LONGEST:
        raise Problem(400, f"{HEADER} is at most {LONGEST} characters long.", code="malformed")
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        _lock(principal, key)
        known = IdempotencyRecord.objects.filter(principal=principal, key=key).first()
        if known:
            return _again(known, fingerprint)
        answer = _acted(act, refuse)
        body = json.loads(JSONRenderer().render(answer.data)) if answer.data is not None else None
        IdempotencyRecord.objects.create(
            principal=principal, key=key, fingerprint=fingerprint, status=answer.status_code, body=body
        )
    return answer


def _acted(act: Callable[[], Response], refuse: Callable[[Exception], Response]) -> Response:
    """Take the step; what a refused one had written is rolled back, its answer is not."""
    try:
        with transaction.atomic():
            return act()
    except Exception as error:  # noqa: BLE001 - `refuse` raises again whatever is no refusal
        return refuse(error)


def _again(known: IdempotencyRecord, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        raise Problem(422, "This key was used for another request.", code="key_reused")
    refused = known.status >= 400
    answer = Response(known.body, known.status, content_type="application/problem+json" if refused else None)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _fingerprint(request: Request) -> str:
    """Hash method, address and body: form fields, or the bytes of JSON as they came."""
    if isinstance(request.data, QueryDict):
        fields: Any = sorted(
            (name, request.data.getlist(name)) for name in request.data if name not in request.FILES
        )
        files = sorted((name, file.name, file.size) for name, file in request.FILES.items())
        body = json.dumps([fields, files], default=str).encode()
    else:
        body = JSONRenderer().render(request.data)
    return hashlib.sha256(b"\0".join([str(request.method).encode(), request.path.encode(), body])).hexdigest()


def _lock(principal: str, key: str) -> None:
    if not locks.alone(f"{principal}\0{key}"):
        raise Problem(409, "A request with this key is still running.", code="in_flight")


def forget(*, now: datetime) -> int:
    """Delete the answers that nobody may ask for again; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lte=now - KEPT).delete()[0]
