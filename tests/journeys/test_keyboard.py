"""Somebody who lives in it all day, without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from engagements.models import WorkOrder
from partnernet.story.load import load
from tests.journeys.person import PHONE, Person
from tests.journeys.test_look import sign_in


@pytest.mark.journey
def test_ctrl_k_jumps_and_j_k_walk(person: Callable[..., Person], site: str) -> None:
    story = load()
    order = WorkOrder.objects.get(prime=story.prime.firm, number=1010)
    ben = sign_in(person(), story, "ben@halcyon.example")
    keys = ben.page.keyboard

    keys.press("Control+k")
    keys.type("1010")
    expect(ben.page.locator("#found a.hit")).to_have_count(1)
    keys.press("Enter")
    ben.page.wait_for_url(f"**/work-orders/{order.pk}/")

    ben.open(f"/f/{story.prime.firm.pk}/clients/")
    keys.press("j")
    keys.press("j")
    keys.press("k")
    expect(ben.page.locator("main tbody tr").first.locator("a").first).to_be_focused()
    keys.press("/")
    keys.type("garden")
    keys.press("Enter")
    expect(ben.page.locator("main tbody tr")).to_have_count(1)
    ben.page.locator("h1").click()
    keys.press("j")
    keys.press("Enter")
    expect(ben.page.locator("h1")).to_have_text("Garden City Dental")


@pytest.mark.journey
def test_a_thumb_finds_as_well(person: Callable[..., Person], site: str) -> None:
    story = load()
    lou = sign_in(person(PHONE), story, "lou@bluemesa.example")

    lou.press("Find")
    lou.page.get_by_role("searchbox", name="Find").fill("wo-1010")
    lou.page.locator("#found a.hit").click()
    expect(lou.page.locator("h1")).to_contain_text("WO-1010")


@pytest.mark.journey
def test_a_page_is_fetched_while_the_button_goes_down(person: Callable[..., Person], site: str) -> None:
    story = load()
    maria = sign_in(person(), story, "maria@halcyon.example")
    page = maria.page
    link = page.get_by_role("link", name="Firms", exact=True)

    box = link.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.wait_for_timeout(1500)
    page.mouse.up()
    page.wait_for_url("**/firms/")

    how = page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType")
    assert how == "navigational-prefetch"
