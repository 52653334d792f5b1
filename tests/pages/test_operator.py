"""The page of the people who run the network."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as sent
from django.test import Client
from django.urls import reverse

from partnernet.core import clock
from partnernet.core.models import Delivery
from partnernet.core.tasks import pay_what_is_owed
from tests.factories import partners as make
from tests.factories.core import DeliveryFactory, NotificationFactory
from tests.factories.partners import People

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def operator() -> Client:
    return signed_in(make.OperatorFactory(is_superuser=True))


def test_an_operator_without_a_firm_starts_there(operator: Client) -> None:
    page = operator.get("/", follow=True)

    assert page.redirect_chain[-1][0] == reverse("operator")
    assert b"None. A mail stands here after 9 tries." in page.content


def test_it_counts_what_waits_and_leads_there(operator: Client) -> None:
    make.FirmFactory(verified_at=None, verified_by=None, name="Unknown Networks")

    page = operator.get(reverse("operator")).content.decode()
    href = reverse("admin:partners_firm_changelist") + "?status__exact=active&amp;verified_at__isempty=1"

    assert f'<strong>1</strong> <a class="btn btn-primary" href="{href}">' in page
    assert b"Unknown Networks" in operator.get(href.replace("&amp;", "&")).content


def test_a_dead_letter_is_sent_again_with_all_its_tries(operator: Client) -> None:
    news = NotificationFactory(
        kind="member_joined", context={"person": "Ana", "role": "Viewer", "firm": "Halcyon"}
    )
    dead = DeliveryFactory(
        notification=news,
        given_up_at=clock.now() - timedelta(hours=1),
        attempts=9,
        last_error="550 no such user",
    )

    assert "550 no such user" in operator.get(reverse("operator")).content.decode()
    operator.post(reverse("delivery-again", args=[dead.pk]))
    pay_what_is_owed()

    assert Delivery.objects.get(pk=dead.pk).sent_at is not None
    assert len(sent.outbox) == 1
    assert "550" not in operator.get(reverse("operator")).content.decode()


def test_what_is_not_dead_is_not_sent_twice(operator: Client) -> None:
    gone = DeliveryFactory(sent_at=clock.now())

    said = operator.post(reverse("delivery-again", args=[gone.pk]), follow=True)

    assert b"no longer on this list" in said.content
    assert sent.outbox == []


def test_members_are_told_whose_page_it_is(prime: People) -> None:
    dead = DeliveryFactory(given_up_at=clock.now())
    browser = signed_in(prime.owner.user)

    for answer in (browser.get(reverse("operator")), browser.post(reverse("delivery-again", args=[dead.pk]))):
        assert answer.status_code == 403
        assert "Only the people who run this network see this page." in answer.content.decode()
    assert Delivery.objects.get(pk=dead.pk).given_up_at is not None
