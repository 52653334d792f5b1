"""A technician in a cellar: the network is cut, the phone goes on, and everything arrives once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from contracts.models import ApproachReport
from engagements.models import Deliverable, Problem, Task, UnitReport, Visit, WorkOrder
from partnernet.core.models import IdempotencyRecord
from partnernet.story.load import Story, load
from tests.journeys.person import PHONE, Person
from tests.journeys.test_look import sign_in
from tests.programs import eventually

DEAD, ASKED = "The switch in the cellar is dead.", "A price for a new switch."
LABEL = "Label each computer"


@pytest.fixture
def story(site: str) -> Story:
    return load()


@pytest.fixture
def order(story: Story) -> WorkOrder:
    found = WorkOrder.objects.get(prime=story.prime.firm, number=1010)
    Task.objects.create(work_order=found, position=9, text=LABEL, phase=Task.Phase.ON_SITE)
    return found


@pytest.fixture
def joe(person: Callable[..., Person], story: Story, order: WorkOrder) -> Person:
    joe = sign_in(person(PHONE), story, "joe@bluemesa.example")
    visit = Visit.objects.get(work_order=order, status="checked_in")
    joe.open(f"/f/{order.sub_id}/visits/{visit.pk}/")
    return joe


def without_network_errors(joe: Person) -> None:
    """A request that finds no network is what is tested here; the browser says so each time."""
    joe.errors = [error for error in joe.errors if "ERR_INTERNET_DISCONNECTED" not in error]


def arrived(order: WorkOrder) -> dict[str, int]:
    """Count what the server has of an order."""
    return {
        "reports": UnitReport.objects.filter(work_order=order).count(),
        "ticked": Task.objects.filter(work_order=order, text=LABEL, done_at__isnull=False).count(),
        "problems": Problem.objects.filter(work_order=order, text=DEAD).count(),
        "passed on": ApproachReport.objects.filter(work_order_id=order.pk, what=ASKED).count(),
        "photos": Deliverable.objects.filter(work_order=order, kind="photo", name="rack.png").count(),
    }


@pytest.mark.journey
def test_nothing_is_lost_without_a_network(joe: Person, order: WorkOrder, tmp_path: Path) -> None:
    counted, before = joe.page.locator("#counted"), arrived(order)["reports"]
    done = int(counted.inner_text())
    photo = tmp_path / "rack.png"
    photo.write_bytes(_png())

    joe.context.set_offline(True)
    for _ in range(3):
        joe.press("One more computer done")
    joe.press("Label each computer")
    joe.page.locator("#photo").set_input_files(photo)
    joe.press("Something is wrong")
    joe.page.get_by_label("What happened?").fill(DEAD)
    joe.press("Tell Halcyon Managed")
    joe.press("Client asked for more")
    joe.page.get_by_label("What did they ask for?").fill(ASKED)
    joe.press("Pass it on")

    expect(counted).to_have_text(str(done + 3))
    expect(joe.page.get_by_role("button", name="Label each computer")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(joe.page.locator("#queue summary")).to_have_text("On this phone: 7 waiting to send")
    joe.press("Finish")
    expect(joe.page.locator("#queue")).to_contain_text("First send what waits on this phone.")
    assert arrived(order)["reports"] == before

    # The phone is put away; much later the page is opened again, with a network.
    address = joe.page.url
    joe.page.close()
    joe.context.set_offline(False)
    joe.page = joe.context.new_page()
    joe.page.goto(address)

    everything = {"reports": before + 3, "ticked": 1, "problems": 1, "passed on": 1, "photos": 1}
    assert eventually(lambda: arrived(order) == everything, within=20), arrived(order)
    expect(joe.page.locator("#queue summary")).to_have_count(0)
    expect(joe.page.locator("#counted")).to_have_text(str(done + 3))
    without_network_errors(joe)


@pytest.mark.journey
def test_an_answer_that_is_lost_counts_nothing_twice(joe: Person, order: WorkOrder) -> None:
    reports = UnitReport.objects.filter(work_order=order)
    before, lost = reports.count(), []

    def lose(route: Route) -> None:
        """Let the request through and throw its answer away, once."""
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    joe.page.route("**/unit-reports/", lose)
    joe.press("One more computer done")
    expect(joe.page.locator("#queue summary")).to_have_text("On this phone: 1 waiting to send")
    joe.page.reload()
    expect(joe.page.locator("#queue")).to_be_empty(timeout=15_000)

    assert lost == [201]
    assert reports.count() == before + 1
    assert IdempotencyRecord.objects.count() == 1
    joe.errors = [error for error in joe.errors if "ERR_FAILED" not in error]


@pytest.mark.journey
def test_what_is_refused_is_said_and_kept_until_it_is_read(joe: Person, order: WorkOrder) -> None:
    joe.context.set_offline(True)
    joe.unfold("Several at once")
    joe.page.get_by_label("How many").fill("5")
    joe.press("Count")
    WorkOrder.objects.filter(pk=order.pk).update(status="on_hold", held_from="in_progress")
    joe.context.set_offline(False)

    said = joe.page.locator("#queue [role=alert]")
    expect(said).to_contain_text("Not taken: 5 done.", timeout=20_000)
    joe.page.reload()
    expect(said).to_contain_text("Not taken: 5 done.")
    said.get_by_role("button", name="All right").click()
    expect(joe.page.locator("#queue summary")).to_have_count(0)
    joe.errors = [error for error in joe.errors if "409" not in error]
    without_network_errors(joe)


def _png() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(kept, "PNG")
    return kept.getvalue()
