"""What a journey needs: a real browser, people in it, the mails they get, and a database as a fresh one has it."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as sent
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db.models import Max
from playwright.sync_api import Browser

from contracts.actions.templates import publish
from partnernet.core import clock
from partnernet.core.models import Delivery
from partnernet.core.tasks import pay_what_is_owed
from partnernet.embedded.browser import chromium
from partners import migrations
from partners.models import Skill
from tests.journeys.person import DESKTOP, Person

CODE = re.compile(r"^[A-Z0-9]{3,}(-[A-Z0-9]+)*$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def furnished(transactional_db: None) -> None:
    """Restore what migrations and `prepare` put into a database: a transactional test empties it."""
    cache.clear()
    publish()
    for module in pkgutil.iter_modules(migrations.__path__):
        skills = getattr(importlib.import_module(f"partners.migrations.{module.name}"), "SKILLS", {})
        for slug, name in skills.items():
            Skill.objects.get_or_create(slug=slug, defaults={"name": name})


@pytest.fixture
def site(furnished: None, live_server: Any, settings: Any) -> str:
    """Return the address of a running PartnerNet, which its mails name too."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def person(browser: Browser, site: str) -> Iterator[Callable[..., Person]]:
    """Return a maker of people; at the end their browsers must have had nothing to complain about."""
    people: list[Person] = []

    def made(viewport: dict[str, int] = DESKTOP, **context: Any) -> Person:
        people.append(Person(browser, site, viewport, **context))
        return people[-1]

    yield made
    errors = [error for one in people for error in one.errors]
    for one in people:
        one.close()
    assert errors == []


@pytest.fixture
def pay_mail() -> Callable[[], None]:
    """Return what the clock does: send what is owed, after the seconds in which an offer can be taken back."""

    def pay() -> None:
        held_back = Delivery.objects.filter(sent_at=None, given_up_at=None).aggregate(
            last=Max("next_attempt_at")
        )
        left = held_back["last"] - clock.now() if held_back["last"] else timedelta()
        if timedelta() < left < timedelta(seconds=15):
            time.sleep(left.total_seconds())
        pay_what_is_owed()

    return pay


def last_mail(to: str, about: str = "") -> EmailMessage:
    """Return the newest mail to an address, whose subject has these words."""
    found = [m for m in sent.outbox if about in m.subject and any(to in whom for whom in m.to)]
    assert found, f"No mail to {to} about “{about}”: {[(m.to, m.subject) for m in sent.outbox]}"
    return found[-1]


def link_in(letter: EmailMessage) -> str:
    """Return the address behind the button of a mail."""
    return LINK.findall(str(letter.body))[-1]


def code_in(letter: EmailMessage) -> str:
    """Return the code that a mail carries."""
    found = CODE.search(str(letter.body))
    assert found, letter.body
    return found[0]
