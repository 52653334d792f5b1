"""What holds at every address of the API, written into its OpenAPI description: refusals, headers, summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema

from partnernet.core.rest import TITLES

# A schema is JSON: dicts, lists and text.
Json = dict[str, Any]

PROBLEM: Json = {
    "type": "object",
    "description": "A refusal, as RFC 9457 says: `detail` is a sentence for people, `code` is stable and for programs.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
            },
        },
        "open_steps": {"type": "array", "items": {"type": "string"}},
        "readings": {"type": "array", "items": {"type": "string", "format": "date-time"}},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
ALWAYS = (400, 401, 403, 406, 429, 500, 503)
WRITES = (404, 409, 413, 415)
WAITS = (409, 429, 503)
EXAMPLE_KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


class Schema(AutoSchema):
    """Describes serializers that leave fields out for some readers: what stands in their `NOT_FOR_ALL` may be missing."""

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Json:
        found: Json = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call] # the package has no types
        left_out = getattr(serializer, "NOT_FOR_ALL", ())
        if left_out and "required" in found:
            found["required"] = [name for name in found["required"] if name not in left_out]
        return found


def conventions(result: Json, generator: Any, request: Any, public: bool) -> Json:  # noqa: FBT001 - drf-spectacular's hook
    """Complete the description; drf-spectacular calls this at the end. Any: its types are its own."""
    result["components"].setdefault("schemas", {})["ProblemDetails"] = PROBLEM
    result["components"]["responses"] = {_name(status): _refusal(status) for status in TITLES}
    for path, method, operation in _operations(result):
        operation["summary"] = _first_sentence(operation["description"])
        operation.setdefault("parameters", []).extend(_headers(path, method, operation))
        if method == "post":
            _unpage(operation)
        _json_where_it_can_be(operation)
        for status in sorted(_refusals(path, method)):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
        if _is_item(path, method, operation):
            operation["responses"]["304"] = {"description": "The caller holds this already."}
    return result


def _operations(result: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _unpage(operation: Json) -> None:
    """A step that makes several rows answers with all of them, whatever the pages of the list."""
    operation["parameters"] = [
        known for known in operation["parameters"] if known["name"] not in {"cursor", "page_size"}
    ]
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            named = content["schema"].get("$ref", "").rpartition("/")[2]
            if named.startswith("Paginated"):
                one = named.removeprefix("Paginated").removesuffix("List")
                content["schema"] = {"type": "array", "items": {"$ref": f"#/components/schemas/{one}"}}


def _json_where_it_can_be(operation: Json) -> None:
    """Describe one way to send a body: clients that are made of this send every way that is described, at once."""
    ways = operation.get("requestBody", {}).get("content", {})
    if "application/json" in ways:
        ways.pop("multipart/form-data", None)


def _first_sentence(text: str) -> str:
    first = " ".join(text.split("\n\n", maxsplit=1)[0].split())
    head, dot, _ = first.partition(". ")
    return head if dot else first.removesuffix(".")


def _refusals(path: str, method: str) -> set[int]:
    found = {*ALWAYS, 404} if method == "get" else {*ALWAYS, *WRITES}
    if method == "post":
        found.add(422)
    if method in {"put", "patch"}:
        found.add(412)
    if method == "get" and path.endswith(("/shortfall/", "/margin/")):
        found.add(409)
    return found


def _name(status: int) -> str:
    return TITLES[status].title().replace(" ", "")


def _refusal(status: int) -> Json:
    shown: Json = {
        "description": TITLES[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    if status in WAITS:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        shown["headers"] = {"Retry-After": seconds}
    return shown


def _headers(path: str, method: str, operation: Json) -> Iterator[Json]:
    yield _header(
        "PartnerNet-Firm", "The firm to act in, for people with a session in several.", format="uuid"
    )
    if method == "post":
        about = "The same key, the same answer, for 24 hours."
        yield _header("Idempotency-Key", about, maxLength=255, minLength=1, example=EXAMPLE_KEY)
    if method in {"put", "patch"}:
        yield _header("If-Match", "The ETag that was read; 412 when it is stale.")
    if _is_item(path, method, operation):
        yield _header("If-None-Match", "The ETag that the caller holds; 304 when it still is the one.")


def _header(name: str, about: str, *, example: str = "", **schema: Any) -> Json:
    found = {"in": "header", "name": name, "description": about, "schema": {"type": "string", **schema}}
    return found | ({"example": example} if example else {})


def _is_item(path: str, method: str, operation: Json) -> bool:
    return method == "get" and path.endswith(("/{id}/", "/me/", "/pdf/")) and "200" in operation["responses"]
