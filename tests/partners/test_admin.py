"""The operator's admin acts through actions alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from partners.models import Firm
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    user = make.OperatorFactory(is_superuser=True)
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_a_member_is_not_an_operator(prime: People) -> None:
    browser = Client()
    browser.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.get(reverse("admin:partners_firm_changelist"), follow=True).status_code == 403


@pytest.mark.parametrize("name", ["firm", "member", "scoreexclusion", "scorereply"])
def test_lists_open_and_nothing_is_added(operator: Client, prime: People, name: str) -> None:
    assert operator.get(reverse(f"admin:partners_{name}_changelist")).status_code == 200
    assert operator.get(reverse(f"admin:partners_{name}_add")).status_code == 403


def test_firms_are_verified_and_not_edited(operator: Client) -> None:
    new = make.FirmFactory(verified_at=None, verified_by=None)
    page = reverse("admin:partners_firm_change", args=[new.pk])

    operator.post(page, {"legal_name": "Eve"})
    operator.post(
        reverse("admin:partners_firm_changelist"), {"action": "verify", "_selected_action": [str(new.pk)]}
    )

    verified = Firm.objects.get(pk=new.pk)
    assert (verified.legal_name, verified.verified_at is not None) == (new.legal_name, True)
    assert verified.events.get().step == "verify"


def test_an_exclusion_is_decided_once(operator: Client, sub: People) -> None:
    exclusion = make.ScoreExclusionFactory(event=make.ScoreEventFactory(firm=sub.firm))
    page = reverse("admin:partners_scoreexclusion_change", args=[exclusion.pk])

    operator.post(page, {"granted": "1", "answer": ""})
    exclusion.refresh_from_db()
    assert exclusion.decided_at is None

    operator.post(page, {"granted": "0", "answer": "It was the firm's own doing."})
    operator.post(page, {"granted": "1", "answer": "Or not."})
    exclusion.refresh_from_db()
    assert (exclusion.granted, exclusion.answer) == (False, "It was the firm's own doing.")
