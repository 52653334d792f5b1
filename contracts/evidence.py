"""How a signer came: what a request tells of it."""

from datetime import UTC, datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from contracts.actions.signing import Evidence


def evidence_of(request: HttpRequest) -> Evidence:
    """Return address, browser, and how the person proved who they are in this session."""
    records = get_authentication_records(request, request.user)
    return Evidence(
        ip=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
        authentication=tuple({"method": str(one["method"]), "at": _moment(one["at"])} for one in records),
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
