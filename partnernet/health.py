"""What a load balancer and an operator ask: whether we live and are ready."""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from contracts.models import Sealing
from engagements.models import Offer, Submission
from partnernet.core import clock
from partnernet.core.models import Delivery

STUCK = timedelta(minutes=3)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database, the broker, the migrations, the mail and what the clock does are as they should be."""
    found = checks()
    # A lost broker slows mail down and loses nothing, and agreements hold without their PDF, so this process may still serve.
    ready = all(state == "ok" for name, state in found.items() if name not in {"broker", "seals"})
    return JsonResponse(
        {"status": "ok" if ready else "not ready", "checks": found}, status=200 if ready else 503
    )


def checks() -> dict[str, str]:
    """Return each part with `ok` or what is wrong with it."""
    found = {"database": _database()}
    if found["database"] == "ok":
        found |= {"migrations": _migrations(), "deliveries": _deliveries(), "deadlines": _deadlines()}
        found["seals"] = _seals()
    return found | {"broker": _broker()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} to apply" if waiting else "ok"


def _deliveries() -> str:
    now = clock.now()
    oldest = (
        Delivery.objects.due(now)
        .order_by("next_attempt_at")
        .values_list("next_attempt_at", flat=True)
        .first()
    )
    if oldest is None or now - oldest <= STUCK:
        return "ok"
    return f"oldest unpaid since {oldest:%Y-%m-%dT%H:%M:%SZ}"


def _seals() -> str:
    """Look for sealed PDFs that were tried more than once and are still owed; the row says why."""
    failing = Sealing.objects.owed().filter(attempts__gt=1).order_by("owed_at", "pk").first()
    return (
        f"oldest fails since {failing.owed_at:%Y-%m-%dT%H:%M:%SZ}: {failing.last_error}" if failing else "ok"
    )


def _deadlines() -> str:
    """Look for what a sweep should have done long ago: without Beat, or without a worker, nobody else would notice."""
    now = clock.now()
    offers = Offer.objects.filter(status=Offer.Status.SENT, respond_by__lte=now - STUCK)
    silent = Submission.objects.silent(now - STUCK)
    oldest = [
        offers.order_by("respond_by").values_list("respond_by", flat=True).first(),
        silent.order_by("silence_at").values_list("silence_at", flat=True).first(),
    ]
    waiting = [moment for moment in oldest if moment]
    return f"oldest waits since {min(waiting):%Y-%m-%dT%H:%M:%SZ}" if waiting else "ok"
