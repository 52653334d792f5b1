"""P4: the list of work orders, as a page for somebody signed in and through the API."""

from __future__ import annotations

from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.server import Server
from bench.timing import Figure, cpu_of, measure
from partnernet.core import clock
from partnernet.core.ids import new_id
from partners.actions.keys import hashed
from partners.models import ApiKey, Member

RUNS = 300


def floors(server: Server, firm: str) -> tuple[Figure, Figure]:
    spent = partial(cpu_of, server.group)
    table = measure(
        "list: template floor", [partial(server.ask, f"/table/?firm={firm}", {})] * RUNS, cpu=spent
    )
    rows = measure("list: DRF floor", [partial(server.ask, f"/rows/?firm={firm}", {})] * RUNS, cpu=spent)
    return table, rows


def page(server: Server, owner: Member) -> Figure:
    client = Client()
    client.force_login(owner.user)
    path = f"/f/{owner.firm_id}/work-orders/"
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        shown = client.get(path).content.decode()
    if shown.count('data-label="Status"') != 25:
        message = "The page does not show 25 rows."
        raise SystemExit(message)
    headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    asks = [partial(server.ask, path, headers)] * RUNS
    return measure("list: page", asks, cpu=partial(cpu_of, server.group), queries=len(seen))


def api(server: Server, owner: Member) -> Figure:
    headers = key_of(owner)
    asks = [partial(server.ask, "/api/v1/work-orders/", headers)] * RUNS
    made = queries_of("/api/v1/work-orders/", headers)
    return measure("list: API", asks, cpu=partial(cpu_of, server.group), queries=made)


def key_of(owner: Member) -> dict[str, str]:
    """Make an API key that reads; return the header that shows it."""
    secret = f"pnk_{new_id().hex}"
    ApiKey.objects.create(member=owner, name="bench", prefix=secret[:12], key_hash=hashed(secret), scopes=["read"],
                          created_at=clock.now())  # fmt: skip
    return {"Authorization": f"Bearer {secret}"}


def queries_of(path: str, headers: dict[str, str]) -> int:
    """Return how many statements one warm request makes."""
    client = Client(headers={"authorization": headers["Authorization"]})
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    return len(seen)
