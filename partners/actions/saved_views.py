"""Keep a list with its filters under a name, and give it up."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partners.models import Member, SavedView
from partners.models.saved_views import LISTS

MOST = 20
# Where one was in the list is not part of how one looks at it.
POSITION = ("after", "before")


def cleaned(filters: str) -> str:
    """Return the query of a list's address without the position in it."""
    pairs = parse_qsl(filters.replace("\0", ""))
    return urlencode([(name, value) for name, value in pairs if name not in POSITION])


@transaction.atomic
def keep(page: str, filters: str, *, by: Member, name: str, now: datetime | None = None) -> SavedView:
    """Keep how a person looks at a list. A name that is kept already gets the new filters.

    `filters` is the query of the list's address. Raises Invalid without a name, RuleBroken beyond twenty of one list.
    """
    if page not in LISTS:
        raise Invalid({"page": ["This list cannot be kept."]})
    called = " ".join(name.split())
    if not called:
        raise Invalid({"name": ["Give it a name."]})
    if len(called) > 60:
        raise Invalid({"name": ["At most 60 characters."]})
    chosen = cleaned(filters)
    if len(chosen) > 500:
        raise Invalid({"name": ["These filters are too long to keep."]})

    Member.objects.locked().get(pk=by.pk)
    kept = SavedView.objects.of(by, page)
    if not kept.filter(name=called).exists() and kept.count() >= MOST:
        raise RuleBroken("Twenty views of one list are the most. Give one up first.", code="too_many")
    found = {"filters": chosen, "kept_at": now or clock.now()}
    return SavedView.objects.update_or_create(member=by, page=page, name=called, defaults=found)[0]


@transaction.atomic
def forget(page: str, *, by: Member, name: str) -> None:
    """Give up a view of one's own; one that is not there is given up already."""
    SavedView.objects.of(by, page).filter(name=name.replace("\0", "")).delete()
