"""From an empty network: two strangers, from sign-up to a paid urgent job, counted in presses and minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from billing.models import Invoice
from contracts.models import Agreement
from contracts.models.protection import ProtectedClient
from engagements.models import WorkOrder
from partners.models import Firm, FirmInvite, PaymentExperience, ScoreEvent
from tests.journeys.conftest import code_in, last_mail, link_in
from tests.journeys.person import PHONE, Count, Person

pytestmark = pytest.mark.journey

PASSWORD = "correct horse battery"
MARIA, LOU = "maria@halcyon.example", "lou@bluemesa.example"
NEW_YORK = ZoneInfo("America/New_York")
MOST_CLICKS_TO_AN_AGREEMENT = 12
MOST_STEPS_TO_AN_URGENT_OFFER = 10
Pay = Callable[[], None]


def test_two_strangers_from_sign_up_to_a_paid_urgent_job(
    person: Callable[..., Person], pay_mail: Pay
) -> None:
    maria = person()
    founds_her_firm(maria)

    ours = names_a_firm_and_signs(maria, pay_mail)
    urgent = sends_an_urgent_job(maria, pay_mail)
    letter = last_mail(LOU)
    assert letter.subject.startswith("$380: 1 job, Hicksville")
    lou = person(PHONE)
    theirs = joins_and_signs(lou, link_in(letter))
    takes_the_job(lou)
    visit = does_the_job(lou)
    approves_and_pays(maria, pay_mail)
    confirms_the_payment(lou, pay_mail)

    assert WorkOrder.objects.get().status == "approved"
    assert ProtectedClient.objects.get().client.name == "Garden City Dental"
    assert Invoice.objects.get().status == "paid"
    assert PaymentExperience.objects.get().paid_on is not None
    assert {event.firm.name for event in ScoreEvent.objects.select_related("firm")} == {
        "Blue Mesa IT", "Halcyon Managed LLC",
    }  # fmt: skip
    for name, count in (("Maria, agreement", ours), ("Lou, account and agreement", theirs),
                        ("Maria, urgent job", urgent), ("Lou, visit", visit), ("Maria, in all", maria.all),
                        ("Lou, in all", lou.all)):  # fmt: skip
        print(f"{name}: {count}")
    both = ours.clicks + theirs.clicks
    print(
        f"\nclicks: {both} for both firms from the invitation to the agreement in force, an account made on the way:"
        f" {ours.clicks} and {theirs.clicks}, in {ours.seconds + theirs.seconds:.0f} s of a script"
    )
    assert both <= MOST_CLICKS_TO_AN_AGREEMENT
    assert urgent.clicks + urgent.fields <= MOST_STEPS_TO_AN_URGENT_OFFER
    assert urgent.seconds < 120
    nothing_of_the_client_went_out_before_the_deal()


def founds_her_firm(maria: Person) -> None:
    maria.open("/")
    maria.press("sign up")
    maria.fill("Your name", "Maria Ross")
    maria.fill("Email", MARIA)
    maria.fill("Password", PASSWORD)
    maria.press("Sign Up")
    maria.fill("Code", code_in(last_mail(MARIA)))
    maria.press("Confirm")
    maria.fill("Your firm's legal name", "Halcyon Managed LLC")
    maria.fill("ZIP code", "11530")
    maria.press("Begin")
    maria.sees("Your first ten minutes")


def signs(one: Person, name: str) -> None:
    """Read, consent, and sign."""
    one.press("I agree to this. Continue to sign")
    one.fill("Type your full name", name)
    one.fill("Your title", "Owner")
    one.tick("I am authorised")
    one.press("I sign and agree to be bound")


def names_a_firm_and_signs(maria: Person, pay_mail: Pay) -> Count:
    """From the checklist to a signed agreement in the other owner's mailbox."""
    taken = maria.begin()
    maria.press(re.compile("Name two firms"))
    maria.fill("Firm", "Blue Mesa IT")
    maria.fill("Owner's name", "Lou Marino")
    maria.fill("Its owner's email", LOU)
    maria.press("Go on")
    assert FirmInvite.objects.get().status == "draft"
    signs(maria, "Maria Ross")
    taken.stop()

    maria.sees("Its invitation carries this agreement")
    pay_mail()
    assert last_mail(LOU).subject == "Halcyon Managed LLC sends Blue Mesa IT a subcontract agreement"
    return taken


def sends_an_urgent_job(maria: Person, pay_mail: Pay) -> Count:
    """One form, for a firm that is not here yet."""
    maria.press("Home")
    maria.press("Urgent job")
    soon = datetime.now(NEW_YORK) + timedelta(minutes=25)
    taken = maria.begin()
    maria.fill(re.compile("^Client"), "Garden City Dental")
    maria.fill("ZIP of the place", "11801")
    maria.fill("What is to be done", "Replace a broken switch")
    maria.choose("When", "Arrive between")
    maria.fill("From", soon.strftime("%Y-%m-%dT%H:%M"))
    maria.fill("What the client pays you", "600")
    maria.choose("Paid", "Fixed price")
    maria.fill(re.compile(r"^\s*Pay\b"), "380")
    maria.tick(re.compile("Blue Mesa IT"))
    maria.press("Send the offer")
    taken.stop()

    maria.sees("$220 (37 %) you keep")
    pay_mail()
    return taken


def joins_and_signs(lou: Person, link: str) -> Count:
    """From the mailed offer to an agreement in force, an account made on the way."""
    taken = lou.begin()
    lou.open(link)
    lou.sees("Halcyon Managed LLC has work for Blue Mesa IT")
    lou.sees("Replace a broken switch")
    lou.sees("$380 at most (fixed price), paid by")
    lou.sees("What you agree to, in eight lines")
    assert not lou.reads("Garden City Dental")
    assert "600" not in lou.page.content()
    lou.fill("Choose a password", PASSWORD)
    lou.press("Create your account")
    lou.fill("Code", code_in(last_mail(LOU, "code")))
    lou.press("Confirm")
    lou.fill("ZIP code", "11801")
    lou.press("Begin")
    lou.sees("Agreement with Halcyon Managed LLC")
    signs(lou, "Lou Marino")
    taken.stop()

    lou.sees("The agreement is in force.")
    assert Agreement.objects.get().status == "signed"
    assert Firm.objects.get(name="Blue Mesa IT").status == "active"
    return taken


def takes_the_job(lou: Person) -> None:
    lou.press("Take this job")
    lou.press("Take this job", within=lou.page.locator("dialog[open]"))
    lou.sees("The job is yours. Both firms are bound.")
    lou.press("Open the job")
    lou.sees("Garden City Dental")


def does_the_job(lou: Person) -> Count:
    """On the phone: the four rules, the way, the work, the client's signature."""
    taken = lou.begin()
    lou.press("Open the visit")
    lou.press("I keep to these")
    lou.press("On my way")
    lou.press("Check in")
    lou.press(re.compile("One more job done"))
    lou.press("Finish")
    lou.draw()
    lou.fill("Who signs", "Dr. Iris Chen")
    lou.press("Client signs")
    lou.tick("No")
    lou.press("Hand it in")
    taken.stop()
    lou.sees("Handed in. Halcyon Managed LLC is looking at it.")
    return taken


def approves_and_pays(maria: Person, pay_mail: Pay) -> None:
    pay_mail()
    maria.open(link_in(last_mail(MARIA, "is done")))
    maria.press(re.compile("^Approve"))
    maria.sees("The invoice is drafted and both firms have been told.")
    pay_mail()
    maria.open(link_in(last_mail(MARIA, "INV-0001")))
    maria.press("Say that we paid")
    maria.sees("$380 sent on")


def confirms_the_payment(lou: Person, pay_mail: Pay) -> None:
    pay_mail()
    lou.open(link_in(last_mail(LOU)))
    lou.press("The money came")
    lou.sees("Confirmed")


def nothing_of_the_client_went_out_before_the_deal() -> None:
    """No mail to the sub names the client before it took the job, and none ever names the client's price."""
    told = [str(m.body) + m.subject for m in mail.outbox if LOU in "".join(m.to)]
    deal = next(place for place, text in enumerate(told) if "protected client" in text)
    assert not any("Garden City Dental" in text for text in told[:deal])
    assert not any("$600" in text or "$220" in text for text in told)
