"""Saved views: a list with its filters, under a name of one's own."""

from typing import Self
from urllib.parse import parse_qsl

from django.db import models
from django.db.models import Q

from partnernet.core.models import Entity
from partners.models.members import Member

# The lists that can be kept, by the names of their addresses.
LISTS = ("jobs", "work-orders", "offers", "firms", "clients")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """The vocabulary of saved views."""

    def of(self, member: "Member", page: str) -> Self:
        """Those that a person keeps of one list."""
        return self.filter(member=member, page=page)


class SavedView(Entity):
    """One person's view of a list: the part of its address behind the question mark."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    filters = models.CharField(max_length=500, blank=True)
    kept_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "page", "name"], name="saved_view_name_once_a_list"),
            models.CheckConstraint(condition=Q(page__in=LISTS), name="saved_view_of_a_list_we_have"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.page}?{self.filters}"

    def chosen(self) -> list[tuple[str, str]]:
        """Return what is filtered, as names with values."""
        return parse_qsl(self.filters)
