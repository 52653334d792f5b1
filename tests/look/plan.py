"""Which pages there are, and who opens each of them where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.guards.doors.addresses import PAGES, Row
from tests.guards.doors.outside import OUTSIDE, TOKENS
from tests.guards.doors.world import World, filled
from tests.look.between import WALKED
from tests.look.camera import NOT_PAGES

# No pages: pieces of pages, files, and addresses that only lead on.
NO_PAGE = {
    "healthz", "readyz", "speculation-rules", "start", "bell", "job-place-margin", "agreement-signed", "api-schema", "api-docs",
    "mfa_download_recovery_codes", "mfa_login_webauthn", "invoice-pdf", "credit-note-pdf", "month-pdf", "claim-pack", "claim-pack-papers", "protected-client-pack",
    *NOT_PAGES,
}  # fmt: skip

STATUS = {"socialaccount_login_error": 401}


@dataclass(frozen=True)
class Shot:
    """One page: its name, its address, whoever opens it (nobody for None), and the status it answers."""

    name: str
    path: str
    member: Any = None
    status: int = 200


def pages() -> set[str]:
    """Return the name of every page of the table."""
    inside = {row.name for row in PAGES if "GET" in row.may}
    outside = {name for name, known in OUTSIDE.items() if known.get("GET", 405) != 405}
    return {name for name in inside | outside if name not in NO_PAGE and not name.startswith("export-")}


def shots(world: World) -> Iterator[Shot]:
    """Yield whatever one address opens; the rest is walked to."""
    for row in PAGES:
        if row.name in pages():
            yield _inside(world, row)
    for name in sorted(pages() & set(OUTSIDE)):
        if name not in WALKED:
            signed_in = OUTSIDE[name]["GET"] == "sign in" or name == "account_logout"
            yield Shot(
                name, _path(world, name), _visitor(world, name) if signed_in else None, STATUS.get(name, 200)
            )
    yield Shot("account_set_password", reverse("account_set_password"), world.ids["by_code"])
    yield Shot("mfa_activate_totp", reverse("mfa_activate_totp"), world.prime["owner"])


def _path(world: World, name: str) -> str:
    return reverse(name, kwargs=filled(world, TOKENS.get(name, {})))


def _visitor(world: World, name: str) -> Any:
    if name.startswith("operator") or name == "community":
        return world.operator
    return world.ids["newcomer" if name in {"found-firm", "firm-invite-join"} else "careful"]


def _inside(world: World, row: Row) -> Shot:
    """Open a page of a firm as its owner, or as the technician where theirs is the phone."""
    ids = row.ids | world.ids["states"].get(row.name, {})
    who = ids.pop("as", None)
    roles = row.may["GET"]
    members = world.side(row.side)
    member = members["technician" if row.side == "sub" and "technician" in roles else roles[0]]
    member = world.ids[who] if who else member
    query = ids.pop("query", "")
    path = reverse(row.name, kwargs=filled(world, ids) | {"firm": member.firm_id}) + query
    return Shot(row.name, path, member)
