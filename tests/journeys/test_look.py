"""Every main page in both themes: no violation that axe can find, nothing wider than a phone, no complaint of the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from engagements.models import Offer, WorkOrder
from partnernet.story.load import Story, load
from tests.journeys.person import PHONE, Person

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
NARROW = {"width": 360, "height": 740}


def sign_in(person: Person, story: Story, email: str) -> Person:
    person.open("/accounts/login/")
    person.fill("Email", email)
    person.page.locator("input[name=password]").fill(story.password)
    person.press("Sign in")
    return person


def violations(person: Person, path: str) -> list[str]:
    """Return what axe finds on a page in both themes, and whether it is wider than the screen."""
    found = []
    for theme in ("light", "dark"):
        person.page.emulate_media(color_scheme=theme)
        person.open(path)
        results = Axe().run(person.page, options=WCAG)
        found += [
            f"{path} {theme}: {each['id']} {each['nodes'][0]['target']} ({len(each['nodes'])})"
            for each in results.response["violations"]
        ]
    wide = person.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, f"{path} is wider than the screen"] if wide else found


@pytest.mark.journey
def test_the_pages_of_the_prime_and_the_sub_are_open_to_everybody(
    person: Callable[..., Person], site: str
) -> None:
    story = load()
    firm = story.prime.firm.pk
    offered = Offer.objects.filter(firm=story.subs["bluemesa"].firm, status="sent").first()
    orders = WorkOrder.objects.filter(prime=firm)
    assert offered is not None
    found: list[str] = []

    visitor = person(NARROW)
    for path in ("/accounts/login/", "/accounts/signup/", "/nothing-here/"):
        found += violations(visitor, path)
    visitor.errors = [error for error in visitor.errors if "nothing-here" not in error and "404" not in error]

    maria = sign_in(person(NARROW), story, "maria@halcyon.example")
    job = orders.filter(status="submitted").get().engagement_id
    for path in (
        "", "jobs/", f"jobs/{job}/", f"jobs/{job}/place/", "jobs/urgent/", "work-orders/", "offers/", "firms/",
        f"firms/{story.subs['bluemesa'].firm.pk}/", "clients/", "agreements/", "protected-clients/", "money/", "money/to-pay/",
        "money/reports/", "inbox/", "asked-for-more/", "record/", "settings/", "settings/people/", "settings/profile/",
        *(f"work-orders/{order.pk}/" for order in orders.filter(status__in=["submitted", "in_progress", "offered"])[:4]),
    ):  # fmt: skip
        found += violations(maria, f"/f/{firm}/{path}")

    joe = sign_in(person(PHONE), story, "joe@bluemesa.example")
    sub = story.subs["bluemesa"].firm.pk
    visit = orders.get(status="in_progress", engagement=job).visits.get(status="checked_in")
    for path in ("today/", "coming/", "done/", f"visits/{visit.pk}/"):
        found += violations(joe, f"/f/{sub}/{path}")

    lou = sign_in(person(PHONE), story, "lou@bluemesa.example")
    found += violations(lou, f"/f/{sub}/offers/{offered.pk}/")

    assert not found, "\n".join(found)
