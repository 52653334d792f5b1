"""The same key, the same answer: what makes a POST safe to send again.

The record is written in the transaction of the effect, refusals included; an answer that says “try again” (5xx, 429)
leaves neither. A second request with the key while the first runs is told to wait (409); another body under the key is
refused (422). What is kept is the answer byte for byte, and of the request only a hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from partnernet.core import locks
from partnernet.core.models import IdempotencyRecord
from partnernet.core.rest import Problem

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=24)
WAIT_SECONDS = 1
# What an answer says beside its body; other headers belong to the moment.
KEPT_HEADERS = ("Location", "ETag")
TOO_MANY = 429


def once(
    request: Request,
    *,
    principal: str,
    act: Callable[[], Response],
    refuse: Callable[[Exception], Response],
) -> Response | HttpResponse:
    """Run `act` unless this principal's key has an answer already; `refuse` turns an exception into an answer.

    Call it after the caller has been authorised.
    """
    key = _key(request)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        _lock(principal, key)
        known = IdempotencyRecord.objects.filter(principal=principal, key=key).first()
        if known:
            return _again(known, fingerprint)
        answer = _acted(act, refuse)
        if answer.status_code >= 500 or answer.status_code == TOO_MANY:
            transaction.set_rollback(True)
            return answer
        return _answer(
            IdempotencyRecord.objects.create(
                principal=principal, key=key, fingerprint=fingerprint, **_written(answer)
            )
        )


def _key(request: Request) -> str:
    key = request.headers[HEADER]
    if not (key.isascii() and key.isprintable() and 0 < len(key.strip()) <= len(key) <= LONGEST):
        raise Problem(400, f"{HEADER} is 1 to {LONGEST} printable ASCII characters.", code="malformed")
    return key


def _acted(act: Callable[[], Response], refuse: Callable[[Exception], Response]) -> Response:
    """Take the step; what a refused one had written is rolled back, its answer is not."""
    try:
        with transaction.atomic():
            return act()
    except Exception as error:  # noqa: BLE001 - `refuse` raises again whatever is no refusal
        return refuse(error)


def _written(answer: Response) -> dict[str, Any]:
    """Return the columns that hold an answer."""
    body = "" if answer.data is None else JSONRenderer().render(answer.data).decode()
    headers = {name: answer[name] for name in KEPT_HEADERS if answer.has_header(name)}
    return {"status": answer.status_code, "body": body, "headers": headers}


def _again(known: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        raise Problem(422, "This key was used for another request.", code="key_reused")
    answer = _answer(known)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _answer(kept: IdempotencyRecord) -> HttpResponse:
    """Return what is kept: the first answer is made of it as well, so that every other is the same."""
    kind = "application/problem+json" if kept.status >= 400 else "application/json"
    answer = HttpResponse(kept.body, status=kept.status, content_type=kind)
    if not kept.body:
        del answer["Content-Type"]
    for name, value in kept.headers.items():
        answer[name] = value
    return answer


def _fingerprint(request: Request) -> str:
    """Hash method, address and body: values of JSON in any order, form fields, and what files hold."""
    body: Any = request.data
    if isinstance(body, QueryDict):
        fields = {name: body.getlist(name) for name in body if name not in request.FILES}
        body = {"fields": fields, "files": _files(request.FILES)}
    parts = [str(request.method), request.get_full_path(), json.dumps(body, sort_keys=True, default=str)]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def _files(sent: Mapping[str, UploadedFile[Any]]) -> dict[str, list[str | None]]:
    """Hash each file, and put it back to its beginning for whoever reads it next."""
    found = {}
    for name, file in sent.items():
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
        found[name] = [file.name, digest.hexdigest()]
    return found


def _lock(principal: str, key: str) -> None:
    if not locks.alone(f"{principal}\0{key}"):
        raise Problem(409, "A request with this key is still running.", code="in_flight", wait=WAIT_SECONDS)


def forget(*, now: datetime) -> int:
    """Delete the answers that nobody may ask for again; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lte=now - KEPT).delete()[0]
