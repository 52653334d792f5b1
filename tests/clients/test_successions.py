"""A client is sold, renamed, merged or split: its history and its protection follow, and a mistake is taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from clients.actions.successions import Became
from clients.models import Client, ClientSuccession
from clients.naming import named_in, other_name
from contracts.actions import protection, successions
from contracts.actions.verification import faults_of
from contracts.models import AgreementEvent, ProtectedClient
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.models import Notification
from tests.factories.clients import ClientFactory, ClientSuccessionFactory, ContactFactory, SiteFactory
from tests.factories.contracts import SIGNED_AT, protected
from tests.factories.engagements import WorkOrderFactory

pytestmark = pytest.mark.django_db
NOW, DAY = SIGNED_AT, timedelta(days=1)
LATER = NOW + 30 * DAY
TODAY = date(2007, 3, 3)


@pytest.fixture
def dental(prime):
    client = ClientFactory(
        firm=prime.firm,
        name="Garden City Dental",
        aliases=["GCD"],
        domains=["gcdental.com"],
        price_basis="absorbed",
    )
    SiteFactory(client=client, name="Main office")
    SiteFactory(client=client, name="Annex")
    ContactFactory(client=client)
    return client


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def names_found(prime, text):
    return [each.name for each in Client.objects.visible_to(prime.firm).named_like(text).in_order()]


def test_a_sold_client_goes_on_as_a_new_one(prime, dental):
    made = successions.record(
        dental, Became("sold", TODAY, name="Smile  Group"), by=prime.dispatcher, now=LATER
    )

    after = made.after
    assert (made.name_before, made.name_after, after.price_basis) == (
        "Garden City Dental",
        "Smile Group",
        "absorbed",
    )
    assert (after.aliases, after.domains) == (["GCD", "Garden City Dental"], ["gcdental.com"])
    assert sorted(after.sites.values_list("name", flat=True)) == ["Annex", "Main office"]
    assert (after.contacts.count(), dental.sites.count(), dental.contacts.count()) == (1, 0, 0)
    assert names_found(prime, "garden city") == ["Garden City Dental", "Smile Group"]
    assert named_in("Reception of Garden City Dental", after) == "Garden City Dental"
    assert made.sentence == "Garden City Dental was sold and goes on as Smile Group"


def test_a_renamed_client_stays_the_same_and_is_found_by_both_names(prime, dental):
    made = successions.record(
        dental, Became("renamed", TODAY, name="Nassau Dental"), by=prime.owner, now=LATER
    )

    dental.refresh_from_db()
    assert (made.before, made.after, dental.name) == (dental, dental, "Nassau Dental")
    assert names_found(prime, "garden city") == names_found(prime, "nassau") == ["Nassau Dental"]
    assert other_name(dental, [made], at=NOW) == "then Garden City Dental"
    assert other_name(dental, [made], at=LATER + DAY) == ""


def test_merging_keeps_both_sites_of_one_name(prime, dental):
    group = ClientFactory(firm=prime.firm, name="Smile Group")
    SiteFactory(client=group, name="main office")

    successions.record(dental, Became("merged", TODAY, successor=group.pk), by=prime.owner, now=LATER)

    found = sorted(group.sites.values_list("name", flat=True))
    assert found == ["Annex", "Main office (Garden City Dental)", "main office"]


def test_of_a_split_only_the_chosen_sites_go(prime, dental):
    annex = dental.sites.get(name="Annex")

    made = successions.record(
        dental, Became("split", TODAY, name="Annex Ortho", sites=(annex.pk,)), by=prime.owner, now=LATER
    )

    assert [site.name for site in made.after.sites.all()] == ["Annex"]
    assert (made.after.aliases, dental.contacts.count(), dental.sites.get().name) == ([], 1, "Main office")
    again = Became("split", TODAY, name="Hygiene", sites=(dental.sites.get().pk,))
    successions.record(dental, again, by=prime.owner, now=LATER)


def test_protection_follows_and_the_other_firm_is_told(prime, sub, dental):
    row = protected(prime.owner, sub.owner, client=dental)
    protection.serviced(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=dental.pk, on=date(2007, 2, 20), now=NOW
    )

    made = successions.record(dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER)

    after = ProtectedClient.objects.get(client=made.after)
    assert (after.sub, after.agreement, after.client_name, after.formerly) == (
        sub.firm, row.agreement, "Smile Group", "Garden City Dental",
    )  # fmt: skip
    assert (after.protected_until, after.tail_months) == (date(2008, 2, 20), 12)
    assert after.may_declare(LATER)
    assert told("client_follows") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    assert AgreementEvent.objects.filter(step="follow_client").count() == 1
    assert faults_of(row.agreement) == []


def test_a_visit_on_an_old_order_lengthens_what_followed(prime, sub, dental):
    protected(prime.owner, sub.owner, client=dental)
    first = successions.record(
        dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER
    ).after
    last = successions.record(
        first, Became("merged", TODAY, name="Big Smile"), by=prime.owner, now=LATER
    ).after

    protection.serviced(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=dental.pk, on=date(2007, 3, 9), now=LATER
    )

    until = dict(ProtectedClient.objects.values_list("client_id", "protected_until"))
    assert until == {key: date(2008, 3, 9) for key in (dental.pk, first.pk, last.pk)}
    assert ProtectedClient.objects.get(client=last).last_service_on is None


def test_an_order_accepted_later_for_the_old_client_protects_the_new_one_too(prime, sub, dental):
    other = protected(prime.owner, sub.owner)
    made = successions.record(dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER)
    assert ProtectedClient.objects.get() == other

    protected(prime.owner, sub.owner, client=dental, now=LATER)

    assert ProtectedClient.objects.filter(client__in=[dental, made.after]).count() == 2


def test_a_release_stands(prime, sub, dental):
    group = ClientFactory(firm=prime.firm, name="Smile Group")
    protected(prime.owner, sub.owner, client=dental)
    theirs = protected(prime.owner, sub.owner, client=group)
    paper = protection.Paper("Contract 12", date(2006, 1, 1))
    protection.declare_prior(theirs, paper, by=sub.owner, now=NOW)
    protection.release(theirs, by=prime.owner, now=NOW)

    successions.record(dental, Became("merged", TODAY, successor=group.pk), by=prime.owner, now=LATER)

    assert ProtectedClient.objects.get(client=group).status == "released"
    assert told("client_follows") == []


def test_a_rename_renames_what_is_protected(prime, sub, dental):
    row = protected(prime.owner, sub.owner, client=dental)

    made = successions.record(
        dental, Became("renamed", TODAY, name="Nassau Dental"), by=prime.owner, now=LATER
    )

    row.refresh_from_db()
    assert (row.client_name, row.formerly) == ("Nassau Dental", "Garden City Dental")
    assert told("client_renamed") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    successions.undo(made, by=prime.owner, now=LATER + DAY)
    row.refresh_from_db()
    dental.refresh_from_db()
    assert (row.client_name, row.formerly) == ("Garden City Dental", "")
    assert (dental.name, dental.aliases) == ("Garden City Dental", ["GCD"])


def test_a_mistake_is_taken_back_whole(prime, sub, dental):
    protected(prime.owner, sub.owner, client=dental)
    group = ClientFactory(firm=prime.firm, name="Smile Group", aliases=["SG"])
    SiteFactory(client=group, name="Main office")
    made = successions.record(dental, Became("merged", TODAY, successor=group.pk), by=prime.owner, now=LATER)

    successions.undo(made, by=prime.dispatcher, now=LATER + DAY)

    group.refresh_from_db()
    made.refresh_from_db()
    assert sorted(dental.sites.values_list("name", flat=True)) == ["Annex", "Main office"]
    assert (dental.contacts.count(), group.aliases, group.domains) == (1, ["SG"], [])
    assert (made.undone_by, made.undone_at) == (prime.dispatcher.user, LATER + DAY)
    assert ProtectedClient.objects.get(client=group).status == "released"
    assert ProtectedClient.objects.get(client=dental).status == "protected"
    assert told("client_follow_undone") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    with pytest.raises(IllegalStep, match="taken back already"):
        successions.undo(made, by=prime.owner, now=LATER + DAY)


def test_taking_back_leaves_a_protection_that_stands_by_itself(prime, sub, dental):
    protected(prime.owner, sub.owner, client=dental)
    protection.serviced(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=dental.pk, on=date(2007, 2, 20), now=NOW
    )
    made = successions.record(dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER)
    protected(prime.owner, sub.owner, client=made.after, now=LATER)

    successions.undo(made, by=prime.owner, now=LATER + DAY)

    after = ProtectedClient.objects.get(client=made.after)
    # Its own notice of 3 March 2007 and twelve months.
    assert (after.status, after.protected_until) == ("protected", date(2008, 3, 3))


def test_what_was_built_on_it_is_taken_back_first(prime, dental):
    first = successions.record(dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER)
    second = successions.record(
        first.after, Became("renamed", TODAY, name="Big Smile"), by=prime.owner, now=LATER + DAY
    )

    with pytest.raises(RuleBroken, match="First take back"):
        successions.undo(first, by=prime.owner, now=LATER + 2 * DAY)

    assert not ClientSuccession.objects.exclude(undone_at=None).exists()
    successions.undo(second, by=prime.owner, now=LATER + 2 * DAY)
    successions.undo(first, by=prime.owner, now=LATER + 2 * DAY)


REFUSED = [
    (Became("bought", TODAY, name="X"), Invalid),
    (Became("sold", date(2099, 1, 1), name="X"), Invalid),
    (Became("sold", TODAY), Invalid),
    (Became("renamed", TODAY), Invalid),
    (Became("renamed", TODAY, name="Garden City Dental"), Invalid),
    (Became("split", TODAY, name="X"), Invalid),
    (Became("sold", TODAY, name="Taken Already"), Invalid),
    (Became("renamed", TODAY, name="Taken Already"), Invalid),
]


@pytest.mark.parametrize(("became", "error"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_moves(became, error, prime, dental):
    ClientFactory(firm=prime.firm, name="taken already")

    with pytest.raises(error):
        successions.record(dental, became, by=prime.owner, now=LATER)

    dental.refresh_from_db()
    assert (dental.name, dental.sites.count(), Client.objects.count()) == ("Garden City Dental", 2, 2)
    assert not ClientSuccession.objects.exists()


def test_another_firms_client_is_no_successor(prime, sub, dental):
    theirs = ClientFactory(firm=sub.firm)

    with pytest.raises(Invalid, match="one of your clients"):
        successions.record(dental, Became("sold", TODAY, successor=theirs.pk), by=prime.owner, now=LATER)


def test_a_client_goes_on_once_and_never_in_a_circle(prime, dental):
    group = successions.record(
        dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER
    ).after

    with pytest.raises(IllegalStep):
        successions.record(dental, Became("merged", TODAY, name="Y"), by=prime.owner, now=LATER)
    with pytest.raises(Invalid, match="went on as the other"):
        successions.record(group, Became("merged", TODAY, successor=dental.pk), by=prime.owner, now=LATER)


@pytest.mark.parametrize("role", ["finance", "technician", "viewer"])
def test_who_may(role, prime, dental):
    with pytest.raises(WrongRole):
        successions.record(dental, Became("sold", TODAY, name="X"), by=getattr(prime, role), now=LATER)


def test_the_page_the_old_order_and_the_list(prime, sub, dental, browser_of):
    protected(prime.owner, sub.owner, client=dental, now=NOW)
    order = WorkOrderFactory(engagement__firm=prime.firm, client=dental, site=dental.sites.first())
    browser, firm = browser_of(prime.owner), prime.firm.pk

    sent = browser.post(
        reverse("client-became", args=[firm, dental.pk]),
        {"kind": "sold", "happened_on": "2007-03-03", "name": "Smile Group"},
    )

    made = ClientSuccession.objects.get()
    assert sent["Location"] == reverse("client", args=[firm, made.after_id])
    page = browser.get(sent["Location"]).content.decode()
    assert "Garden City Dental was sold and goes on as Smile Group" in page
    assert "now Smile Group" in browser.get(reverse("clients", args=[firm])).content.decode()
    assert "(now Smile Group)" in browser.get(reverse("work-order", args=[firm, order.pk])).content.decode()
    assert "now Smile Group" in browser.get(reverse("find", args=[firm]), {"q": "garden"}).content.decode()
    browser.post(reverse("client-succession-undo", args=[firm, made.pk]))
    made.refresh_from_db()
    assert made.undone_at is not None


def test_a_long_story_asks_no_more(prime, dental, browser_of):
    browser, address = browser_of(prime.owner), reverse("client", args=[prime.firm.pk, dental.pk])
    counted = []
    for rows in (1, 49):
        for _ in range(rows):
            ClientSuccessionFactory(before=dental, recorded_by=prime.owner.user)
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(address).status_code == 200
        counted.append(len(sent))

    assert counted[0] == counted[1]


def test_by_api(prime, dental, api_of):
    api = api_of(prime.owner, "read", "engagements")
    body = {"client": str(dental.pk), "kind": "sold", "happened_on": "2007-03-03", "name": "Smile Group"}

    made = api.post("/api/v1/client-successions/", body, format="json")

    assert (made.status_code, made.json()["name_after"]) == (201, "Smile Group")
    listed = api.get("/api/v1/client-successions/", {"client": str(dental.pk)}).json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    undone = api.post(f"/api/v1/client-successions/{made.json()['id']}/undo/")
    assert (undone.status_code, undone.json()["undone_at"] is None) == (200, False)


def given_out(prime, client, browser_of):
    """Return what the page of a client says about the work for it, as words."""
    page = browser_of(prime.viewer).get(reverse("client", args=[prime.firm.pk, client.pk])).content.decode()
    return " ".join(strip_tags(page.partition("Work you gave out")[2].partition("</table>")[0]).split())


def test_the_page_shows_the_work_under_an_earlier_name(prime, dental, browser_of):
    WorkOrderFactory(engagement__firm=prime.firm, client=dental, title="Clock fix", created_at=NOW)
    successions.record(dental, Became("renamed", TODAY, name="Nassau Dental"), by=prime.owner, now=LATER)
    WorkOrderFactory(engagement__firm=prime.firm, client=dental, title="New printer", created_at=LATER + DAY)

    shown = given_out(prime, dental, browser_of)

    assert "Clock fix then Garden City Dental" in shown
    assert "New printer nobody yet" in shown


def test_the_page_shows_the_work_for_those_who_went_on_as_it(prime, stranger, dental, browser_of):
    WorkOrderFactory(engagement__firm=prime.firm, client=dental, title="Clock fix", created_at=NOW)
    group = successions.record(
        dental, Became("sold", TODAY, name="Smile Group"), by=prime.owner, now=LATER
    ).after
    last = successions.record(
        group, Became("merged", TODAY, name="Tooth Fairy"), by=prime.owner, now=LATER + DAY
    ).after
    WorkOrderFactory(engagement__firm=stranger.firm, title="Somebody else's")

    assert "Clock fix then Garden City Dental" in given_out(prime, last, browser_of)
    assert "Clock fix then Garden City Dental" in given_out(prime, group, browser_of)
    own = given_out(prime, dental, browser_of)
    assert "Clock fix" in own
    assert "then" not in own
    assert "else's" not in given_out(prime, last, browser_of)


def test_of_a_client_that_was_split_off_it_shows_the_work_at_its_places(prime, dental, browser_of):
    annex, main = dental.sites.get(name="Annex"), dental.sites.get(name="Main office")
    for site, title in ((annex, "Annex wiring"), (main, "Main wiring")):
        WorkOrderFactory(engagement__firm=prime.firm, client=dental, site=site, title=title, created_at=NOW)

    made = Became("split", TODAY, name="Annex Ortho", sites=(annex.pk,))
    ortho = successions.record(dental, made, by=prime.owner, now=LATER).after

    assert "Annex wiring then Garden City Dental" in given_out(prime, ortho, browser_of)
    assert "Main wiring" not in given_out(prime, ortho, browser_of)
