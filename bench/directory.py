"""P1: the directory searched by a program: words, a skill, a place and a radius, 25 firms."""

from __future__ import annotations

import json
from functools import partial

from django.db.models import Count

from bench.lists import key_of, queries_of
from bench.server import Server
from bench.timing import Figure, cpu_of, measure
from partners.models import Member, ProfileSkill

RUNS = 300
# A word that a hundredth or more of all firms have, a skill of every eighth or so, every place within 50 miles.
PATH = "/api/v1/firms/?q=scale+000&skill={skill}&near=11801&miles=50"


def common_skill() -> str:
    """Return the slug of the skill that most firms claim."""
    found = (
        ProfileSkill.objects.values("skill__slug")
        .annotate(firms=Count("pk"))
        .order_by("-firms", "skill__slug")
    )
    return str(found[0]["skill__slug"])


def search(server: Server, owner: Member, skill: str) -> Figure:
    headers, path = key_of(owner), PATH.format(skill=skill)
    found = len(json.loads(server.ask(path, headers))["results"])
    if found != 25:
        message = f"The search finds {found} firms on its first page, not 25."
        raise SystemExit(message)
    asks = [partial(server.ask, path, headers)] * RUNS
    made = queries_of(path, headers)
    return measure("directory: API", asks, cpu=partial(cpu_of, server.group), queries=made)
