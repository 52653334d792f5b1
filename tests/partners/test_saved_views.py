"""Kept views: a list as one filters it, for oneself alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from partnernet.core.errors import Invalid, RuleBroken
from partners.actions import saved_views
from partners.models import SavedView

pytestmark = pytest.mark.django_db


def browser_of(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_filtered_list_is_kept_found_again_and_given_up(prime):
    client, lists = browser_of(prime.owner), reverse("work-orders", args=[prime.firm.pk])
    filters = "side=given&status=assigned&sort=soonest"
    assert "Keep this view" in client.get(f"{lists}?{filters}").content.decode()

    sent = {"page": "work-orders", "filters": f"{filters}&after=%5B%22x%22%5D", "name": "  What  comes next "}
    kept = client.post(reverse("view-keep", args=[prime.firm.pk]), sent)

    assert kept["Location"] == f"{lists}?{filters}"
    page = client.get(f"{lists}?{filters}").content.decode()
    assert "What comes next" in page
    assert "Keep this view" not in page
    assert f'href="{lists}?{filters.replace("&", "&amp;")}"' in client.get(lists).content.decode()

    client.post(
        reverse("view-forget", args=[prime.firm.pk]), {"page": "work-orders", "name": "What comes next"}
    )
    assert 'aria-label="Kept views"' not in client.get(lists).content.decode()


def test_nobody_sees_the_views_of_somebody_else(prime):
    saved_views.keep("jobs", "status=active", by=prime.owner, name="Running")

    page = browser_of(prime.dispatcher).get(reverse("jobs", args=[prime.firm.pk])).content.decode()
    browser_of(prime.dispatcher).post(
        reverse("view-forget", args=[prime.firm.pk]), {"page": "jobs", "name": "Running"}
    )

    assert 'aria-label="Kept views"' not in page
    assert SavedView.objects.of(prime.owner, "jobs").get().name == "Running"


def test_the_same_name_gets_the_new_filters(prime):
    saved_views.keep("jobs", "status=active", by=prime.owner, name="Mine")
    saved_views.keep("jobs", "status=draft", by=prime.owner, name="Mine")

    assert SavedView.objects.get().filters == "status=draft"


@pytest.mark.parametrize(
    ("page", "filters", "name", "said"),
    [
        ("money", "a=b", "Mine", "This list cannot be kept."),
        ("jobs", "a=b", " ", "Give it a name."),
        ("jobs", "a=b", "n" * 61, "At most 60 characters."),
        ("jobs", "a=" + "b" * 600, "Mine", "These filters are too long to keep."),
    ],
)
def test_what_cannot_be_kept_is_said(prime, page, filters, name, said):
    with pytest.raises(Invalid, match=said):
        saved_views.keep(page, filters, by=prime.owner, name=name)

    assert not SavedView.objects.exists()


def test_twenty_of_one_list_are_the_most(prime):
    for number in range(20):
        saved_views.keep("jobs", "status=active", by=prime.owner, name=f"View {number}")

    with pytest.raises(RuleBroken, match="Twenty views of one list are the most"):
        saved_views.keep("jobs", "status=active", by=prime.owner, name="One more")
    saved_views.keep("jobs", "status=draft", by=prime.owner, name="View 3")

    assert SavedView.objects.count() == 20


def test_a_line_break_in_the_filters_goes_no_further(prime):
    sent = {"page": "jobs", "filters": "status=a\r\nSet-Cookie: x=y", "name": "Mine"}

    answer = browser_of(prime.owner).post(reverse("view-keep", args=[prime.firm.pk]), sent)

    assert answer["Location"] == reverse("jobs", args=[prime.firm.pk]) + "?status=a%0D%0ASet-Cookie%3A+x%3Dy"
