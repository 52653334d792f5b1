"""The story, played on by four people to the last payment: owner and dispatcher of the prime, owner and technician of the sub."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image

from billing.models import Invoice
from contracts.models import ApproachReport, ProtectedClient
from engagements.models import Engagement, Offer, WorkOrder
from engagements.outlook import look_ahead
from partnernet.core import clock, localtime
from partnernet.story.load import Story, load
from partnernet.story.stage import ZONE
from partners.actions.reckoning import rescore
from partners.models import FirmScore
from tests.journeys.person import PHONE, Person

CLIENT, UNITS = "Commack Home Care", 30


@pytest.fixture
def story(site: str) -> Story:
    return load()


def sign_in(person: Person, story: Story, email: str) -> Person:
    person.open("/accounts/login/")
    person.fill("Email", email)
    person.page.locator("input[name=password]").fill(story.password)
    person.press("Sign in")
    return person


def _photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "#3b6ea5").save(written, "JPEG")
    return written.getvalue()


@pytest.mark.journey
def test_february_is_played_to_the_last_payment(  # noqa: PLR0915 - one story, told from its first step to its last
    person: Callable[..., Person], story: Story, pay_mail: Callable[[], None]
) -> None:
    job = Engagement.objects.select_related("firm").get(title="Daylight saving time fix")
    before = look_ahead(job, now=clock.now())
    assert before is not None
    scores = {score.dimension: score.events for score in FirmScore.objects.filter(firm__name="Blue Mesa IT")}

    ben = sign_in(person(), story, "ben@halcyon.example")
    order = place_the_rest_at_commack(ben, job, sentence=before.sentence, pay_mail=pay_mail)

    lou = sign_in(person(), story, "lou@bluemesa.example")
    take_the_job(lou, order)
    order.refresh_from_db()
    assert (order.status, order.client_price, order.added_revenue) == (
        "assigned",
        Decimal(3000),
        Decimal(3000),
    )

    after = look_ahead(job, now=clock.now())
    assert after is not None
    assert before.forecast.at_risk - after.forecast.at_risk == UNITS
    ben.open(f"/f/{job.firm_id}/jobs/{job.pk}/")
    ben.sees(after.sentence)
    protected = ProtectedClient.objects.get(client__name=CLIENT)
    assert protected.sub.name == "Blue Mesa IT"

    joe = sign_in(person(PHONE), story, "joe@bluemesa.example")
    do_the_visit(joe, order)
    assert ApproachReport.objects.filter(work_order_id=order.pk).count() == 1

    maria = sign_in(person(), story, "maria@halcyon.example")
    approve(maria, order)
    invoice = Invoice.objects.get(work_order=order)
    assert (invoice.amount, invoice.status) == (Decimal(2250), "approved")

    pay(maria, invoice)
    confirm(lou, invoice)
    invoice.refresh_from_db()
    assert invoice.status == "paid"

    rescore(now=clock.now())
    moved = {score.dimension: score.events for score in FirmScore.objects.filter(firm__name="Blue Mesa IT")}
    assert moved["as_sub"] - scores["as_sub"] == 2
    assert moved["trust"] - scores["trust"] == 1
    for one in (ben, lou, joe, maria):
        print(one.path, one.all)


def place_the_rest_at_commack(
    ben: Person, job: Engagement, *, sentence: str, pay_mail: Callable[[], None]
) -> WorkOrder:
    """The dispatcher reads the shortfall, splits 30 computers off and offers them with the margin on the screen."""
    ben.open(f"/f/{job.firm_id}/jobs/{job.pk}/")
    ben.sees(sentence)
    ben.press(re.compile("^Place"))
    ben.fill(CLIENT, str(UNITS))
    ben.page.get_by_role("checkbox", name="Blue Mesa IT").check()
    ben.page.locator("select[name=pay_kind]").select_option("per_unit")
    ben.page.locator("input[name=amount]").fill("75")
    ben.page.locator("select[name=schedule_kind]").select_option("complete_by")
    due = localtime.to_local(clock.now() + timedelta(days=3), ZONE).replace(hour=17, minute=0)
    ben.page.locator("input[name=ends]").fill(due.strftime("%Y-%m-%dT%H:%M"))
    ben.page.get_by_text("$750 (25 %)").wait_for()
    ben.press("Send to the firms chosen")
    ben.page.wait_for_url("**/work-orders/*/")
    order = WorkOrder.objects.get(client__name=CLIENT)
    assert order.status == "offered"
    Offer.objects.get(work_order=order, firm__name="Blue Mesa IT", status="sent")
    pay_mail()
    return order


def take_the_job(lou: Person, order: WorkOrder) -> None:
    """The sub's owner finds the offer on the home page, judges it and names who goes. The client is not named yet."""
    lou.sees("Answer")
    offer = Offer.objects.get(work_order=order, firm__name="Blue Mesa IT")
    lou.open(f"/f/{offer.firm_id}/offers/{offer.pk}/")
    lou.sees("$2,250")
    lou.sees("Commack")
    assert not lou.reads(CLIENT)
    assert not lou.reads("$3,000")
    lou.press("Take this job")
    lou.choose("Who goes?", "Joe Petrov")
    lou.press("Take this job", within=lou.page.locator("dialog[open]"))
    lou.sees("The job is yours.")


def do_the_visit(joe: Person, order: WorkOrder) -> None:
    """The technician does the whole visit on a phone and never sees a price."""
    visit = order.visits.get()
    joe.open(f"/f/{visit.work_order.sub_id}/today/")
    joe.page.get_by_text(CLIENT).or_(joe.page.get_by_text(order.title)).first.click()
    joe.page.wait_for_url(f"**/visits/{visit.pk}/")
    # Joe accepted the four rules of this job at Garden City; the same text is not asked twice.
    joe.sees("The four rules")
    joe.sees("6080 Jericho Turnpike")
    assert "$" not in joe.text
    joe.press("On my way")
    joe.press("Check in")
    joe.page.get_by_text("Checked in without location. That is fine.").wait_for()
    joe.press("One more computer done")
    joe.unfold("Several at once")
    joe.fill("Minutes together", str(29 * 58))
    joe.press("Count")
    joe.sees("30 of 30 computers done")
    joe.page.locator("input[type=file]").set_input_files(
        {"name": "rack.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    joe.page.get_by_text("Photo kept.").wait_for()
    joe.press("Client asked for more")
    joe.fill("What did they ask for?", "A price for new phones.")
    joe.press("Pass it on")
    joe.page.get_by_text("You are on record as having done so.").wait_for()
    joe.press("Finish")
    joe.fill("Who signs", "Mrs. Delgado")
    joe.draw()
    joe.press("Client signs")
    joe.tick("Yes")
    joe.press("Hand it in")
    joe.sees("Handed in.")


def approve(maria: Person, order: WorkOrder) -> None:
    """The owner sees that work waits, and approves what was shown."""
    maria.open(f"/f/{order.prime_id}/work-orders/{order.pk}/")
    maria.sees("A price for new phones.")
    maria.sees("Signed by Mrs. Delgado")
    maria.sees("Joe Petrov, Blue Mesa IT checked in")
    maria.press("Approve $2,250")
    maria.sees("Approved.")


def pay(maria: Person, invoice: Invoice) -> None:
    maria.open(f"/f/{invoice.prime_id}/money/invoices/{invoice.pk}/")
    maria.fill("Reference", "Wire 4711")
    maria.press("Say that we paid")
    maria.sees("Announced.")


def confirm(lou: Person, invoice: Invoice) -> None:
    lou.open(f"/f/{invoice.sub_id}/money/invoices/{invoice.pk}/")
    lou.press("The money came")
    lou.sees("Confirmed.")
