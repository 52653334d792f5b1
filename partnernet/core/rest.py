"""Conventions of the REST API: problems, pages, money and local times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from partnernet.core import localtime
from partnernet.core.errors import RuleBroken
from partnernet.core.pages import first_of_each

TITLES = {
    400: "Malformed", 401: "Not signed in", 403: "Not yours to do", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 409: "Not possible now", 412: "Changed meanwhile", 413: "Too large",
    415: "Unsupported media type", 422: "Key reused", 429: "Too many requests", 500: "Failed", 503: "Busy",
}  # fmt: skip
CODES = {
    400: "malformed",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}


class Problem(exceptions.APIException):
    """An answer of our own choosing, as RFC 9457 problem details. `wait` becomes Retry-After, in seconds."""

    def __init__(self, status: int, detail: str, *, code: str, wait: int | None = None) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.wait = wait


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn every refusal into application/problem+json (RFC 9457)."""
    if isinstance(error, RuleBroken):
        return _answer(error.status, str(error), code=error.code, extra=_extra(error))
    error = _as_api_exception(error)
    answer = exception_handler(error, dict(context))
    if answer is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        return _refused_fields(error)
    assert isinstance(error, exceptions.APIException)  # noqa: S101 - DRF answers nothing else
    own = str(error.get_codes())
    code = own if isinstance(error, Problem) else CODES.get(answer.status_code, own)
    shaped = _answer(answer.status_code, str(error.detail), code=code)
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if answer.has_header(name):
            shaped[name] = answer[name]
    return shaped


def _as_api_exception(error: Exception) -> Exception:
    if isinstance(error, Http404):
        return exceptions.NotFound("There is nothing here, or it is not yours.")
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or "Your role does not include this.")
    if isinstance(error, exceptions.MethodNotAllowed):
        error.detail = exceptions.ErrorDetail(
            "This address does not take this method. What is kept here changes by its steps, each a POST.",
            error.default_code,
        )
    return error


def _answer(status: int, detail: str, *, code: str, extra: Mapping[str, Any] | None = None) -> Response:
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(body | dict(extra or {}), status=status, content_type="application/problem+json")


def _extra(error: RuleBroken) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if error.fields:
        extra["errors"] = [
            {"field": name, "detail": text} for name, texts in error.fields.items() for text in texts
        ]
    if hasattr(error, "open_steps"):
        extra["open_steps"] = error.open_steps
    if hasattr(error, "readings"):
        extra["readings"] = [instant.isoformat().replace("+00:00", "Z") for instant in error.readings]
    return extra


def _refused_fields(error: exceptions.ValidationError) -> Response:
    errors = list(_flatten(error.detail, ""))
    detail = errors[0]["detail"] if errors else "The request could not be read."
    return _answer(400, detail, code="invalid", extra={"errors": errors})


def _flatten(detail: Any, path: str) -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            row for name, inner in detail.items() for row in _flatten(inner, f"{path}.{name}".lstrip("."))
        ]
    if isinstance(detail, list):
        rows: list[dict[str, str]] = []
        for index, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list))
            rows += _flatten(inner, f"{path}[{index}]" if nested else path)
        return rows
    return [{"field": path.removesuffix(".non_field_errors") or "", "detail": str(detail)}]


class Input(serializers.Serializer[Any]):
    """What may be typed, and nothing else: a field that is unknown or not the caller's to write is refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields, or name those that nobody can write."""
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            sentence = "This cannot be written: it is unknown here, or changes only by a step."
            raise serializers.ValidationError({str(name)[:100]: [sentence] for name in unknown})
        return super().to_internal_value(data)

    @classmethod
    def read(cls, data: Any, **options: Any) -> dict[str, Any]:
        """Return the values of a request's body; raises ValidationError with a sentence for each field."""
        typed = cls(data=data, **options)
        typed.is_valid(raise_exception=True)
        return dict(typed.validated_data)


class CursorPages(CursorPagination):
    """Pages by position, newest first: they never count the table and never skip rows.

    A view that lists what a firm stands on either side of names these in `sides()`, as `pages.page_of` takes them.
    """

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering: tuple[str, ...] = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Look at no more rows of each side than the page can show. Any: views of all models page so."""
        sides: Sequence[Q] = view.sides() if hasattr(view, "sides") else ()
        if sides:
            back, position = self._asked(request)
            if position:
                queryset = queryset.filter(**{"id__gt" if back else "id__lt": position})
            count = (self.get_page_size(request) or self.page_size) + 1
            queryset = first_of_each(queryset, sides, ["id" if back else "-id"], count)
        return super().paginate_queryset(queryset, request, view)

    def _asked(self, request: Request) -> tuple[bool, UUID | None]:
        """Return which way to go from which row; what cannot be read is refused by what comes after."""
        cursor = self.decode_cursor(request)
        try:
            return (cursor.reverse, UUID(str(cursor.position))) if cursor else (False, None)
        except ValueError:
            return False, None


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "amount": {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
            "currency": {"type": "string"},
        },
        "required": ["amount", "currency"],
        "example": {"amount": "1200.00", "currency": "USD"},
    }
)
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """`{"amount": "1200.00", "currency": "USD"}` from an amount and its row's `currency`. Read-only."""

    def __init__(self, *, amount: str, currency: str = "currency", **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)
        self.amount, self.currency = amount, currency

    def to_representation(self, value: Any) -> dict[str, str] | None:
        amount = _follow(value, self.amount)
        if amount is None:
            return None
        return {"amount": f"{Decimal(amount):.2f}", "currency": str(_follow(value, self.currency))}


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "local": {"type": "string", "example": "2007-03-09T17:00"},
            "timezone": {"type": "string", "example": "America/New_York"},
            "at": {"type": "string", "format": "date-time"},
        },
        "required": ["local", "timezone", "at"],
    }
)
class LocalTimeField(serializers.Field[Any, Any, Any, Any]):
    """`{"local", "timezone", "at"}` from `<name>_local`, the row's `timezone` and `<name>_at`. Read-only."""

    def __init__(self, *, name: str, zone: str = "timezone", **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)
        self.name, self.zone = name, zone

    def to_representation(self, value: Any) -> dict[str, str] | None:
        local: datetime | None = _follow(value, f"{self.name}_local")
        if local is None:
            return None
        instant: datetime = _follow(value, f"{self.name}_at")
        return {
            "local": local.isoformat(timespec="minutes"),
            "timezone": str(_follow(value, self.zone)),
            "at": instant.isoformat().replace("+00:00", "Z"),
        }


def read_local(local: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return a typed local time and its instant, or refuse with both readings."""
    return local, localtime.resolve(local, zone)


def _follow(value: Any, path: str) -> Any:
    for name in path.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value
