from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients.actions import clients as actions
from clients.actions import imports
from clients.actions.clients import ClientFacts, ContactFacts, SiteFacts
from clients.models import Client, ClientImport, Contact, Site
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from tests.factories.clients import ClientFactory, ContactFactory, SiteFactory
from tests.factories.contracts import protected
from tests.factories.partners import People
from tests.queries import asked

pytestmark = pytest.mark.django_db
NOW = datetime(2007, 2, 12, 15, 0, tzinfo=UTC)
HOURS = timedelta(hours=1)
BrowserOf = Callable[..., Browser]
ApiOf = Callable[..., APIClient]
LIST = b"Client,ID,Website,Site,Zip\nGarden City Dental,250,www.gcd.example,Main,11530\nMineola Law,9,,,11501\nGarden City Dental,250,,East,11530\n"


def page(name: str, who: People, *args: object) -> str:
    return reverse(name, args=[who.firm.pk, *args])


def test_a_zip_tells_town_place_and_zone(prime: People):
    client = ClientFactory(firm=prime.firm)

    site = actions.add_site(client, SiteFacts(street="7 Seventh St", postcode="11530"), by=prime.dispatcher)

    assert (site.name, site.town, site.state, site.timezone) == (
        "7 Seventh St",
        "Garden City",
        "NY",
        "America/New_York",
    )
    assert (site.latitude, site.longitude) == (40.7245, -73.6487)
    assert site.address == "7 Seventh St, Garden City NY 11530"


def test_what_is_typed_stands_before_what_the_zip_says(prime: People):
    typed = SiteFacts(
        name="Barn",
        town="Stewart Manor",
        postcode="11530",
        latitude=40.5,
        longitude=-73.5,
        timezone="America/Chicago",
    )

    site = actions.add_site(ClientFactory(firm=prime.firm), typed, by=prime.owner)

    assert (site.town, site.latitude, site.longitude, site.timezone) == (
        "Stewart Manor",
        40.5,
        -73.5,
        "America/Chicago",
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (SiteFacts(postcode="00000"), "timezone"),
        (SiteFacts(country="CA", postcode="M5V 2T6"), "timezone"),
        (SiteFacts(postcode="11530", latitude=40.0), "latitude"),
        (SiteFacts(postcode="11530", timezone="America/Gotham"), "timezone"),
    ],
)
def test_a_place_that_cannot_be_known_gets_a_sentence(prime: People, facts: SiteFacts, field: str):
    client = ClientFactory(firm=prime.firm)

    with pytest.raises(RuleBroken) as refusal:
        actions.add_site(client, facts, by=prime.owner)

    assert list(refusal.value.fields) == [field]
    assert Site.objects.count() == 0


def test_elsewhere_the_zone_is_typed(prime: People):
    site = actions.add_site(
        ClientFactory(firm=prime.firm),
        SiteFacts(town="Toronto", country="CA", timezone="America/Toronto"),
        by=prime.owner,
    )

    assert (site.name, site.timezone, site.address) == ("Toronto", "America/Toronto", "Toronto, CA")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ClientFacts(name="garden city dental"), "name"),
        (ClientFacts(name="Other", external_id="250"), "external_id"),
        (ClientFacts(name="Other", domains=("not a domain",)), "domains"),
        (ClientFacts(name=" "), "name"),
    ],
)
def test_a_client_is_on_the_list_once(prime: People, sub: People, facts: ClientFacts, field: str):
    actions.add_client(ClientFacts(name="Garden City Dental", external_id="250"), by=prime.owner)
    actions.add_client(ClientFacts(name="Garden City Dental", external_id="250"), by=sub.owner)

    with pytest.raises(Invalid) as refusal:
        actions.add_client(facts, by=prime.dispatcher)

    assert list(refusal.value.fields) == [field]
    assert Client.objects.count() == 2


@pytest.mark.parametrize("role", ["finance", "technician", "viewer"])
def test_the_list_is_written_by_owners_and_dispatchers(prime: People, role: str):
    client = ClientFactory(firm=prime.firm)
    member = getattr(prime, role)

    for act in (
        lambda: actions.add_client(ClientFacts(name="x"), by=member),
        lambda: actions.change_client(client, ClientFacts(name="x"), by=member),
        lambda: actions.add_site(client, SiteFacts(postcode="11530"), by=member),
        lambda: actions.add_contact(client, ContactFacts(name="x"), by=member),
        lambda: imports.begin(by=member, file_name="x.csv", content=LIST),
    ):
        with pytest.raises(WrongRole):
            act()

    assert (
        Client.objects.count(),
        Site.objects.count(),
        Contact.objects.count(),
        ClientImport.objects.count(),
    ) == (1, 0, 0, 0)


def test_another_firms_client_is_not_there_for_an_action(prime: People, stranger: People):
    client = ClientFactory(firm=prime.firm)

    with pytest.raises(Client.DoesNotExist):
        actions.add_site(client, SiteFacts(postcode="11530"), by=stranger.owner)


def test_the_database_refuses_half_a_place(prime: People):
    with pytest.raises(IntegrityError, match="site_coordinates_whole"), transaction.atomic():
        SiteFactory(latitude=1.0, longitude=None)


def begun(prime: People) -> ClientImport:
    return imports.begin(by=prime.owner, file_name="clients.csv", content=LIST, now=NOW)


def test_a_zip_that_nobody_knows_is_told_before_importing(prime):
    content = (
        b"Name,ZIP,Time zone\nNassau Dental,11530,\nBethpage Bikes,99999,\nKona Surf,99998,Pacific/Honolulu\n"
    )
    batch = imports.begin(by=prime.owner, file_name="clients.csv", content=content, now=NOW)
    imports.remap(batch, {"name": 0, "postcode": 1, "timezone": 2}, by=prime.owner)

    assert [row.sentence for row in imports.preview(batch)] == [
        "New client, with the site 11530.",
        "New client, with the site 99999. We do not know the ZIP 99999: no distance can be told, and its time zone is taken to be yours.",
        "New client, with the site 99998. We do not know the ZIP 99998: no distance can be told.",
    ]


def test_an_import_does_what_the_preview_says_and_can_be_undone(prime: People):
    ClientFactory(firm=prime.firm, name="Mineola Law")
    batch = begun(prime)
    said = [row.result for row in imports.preview(batch)]

    batch = imports.carry_out(batch, by=prime.dispatcher, now=NOW)

    assert said == ["new_client", "new_site", "new_site"]
    assert (batch.clients_added, batch.sites_added) == (1, 3)
    dental = Client.objects.get(name="Garden City Dental")
    assert (dental.external_id, dental.domains) == ("250", ["gcd.example"])
    assert sorted(dental.sites.values_list("name", "timezone")) == [
        ("East", "America/New_York"),
        ("Main", "America/New_York"),
    ]
    with pytest.raises(IllegalStep):
        imports.carry_out(batch, by=prime.owner, now=NOW)
    imports.undo(batch, by=prime.owner, now=NOW + 23 * HOURS)
    assert list(Client.objects.values_list("name", flat=True)) == ["Mineola Law"]
    assert Site.objects.count() == 0
    with pytest.raises(IllegalStep):
        imports.undo(batch, by=prime.owner, now=NOW + 23 * HOURS)


@pytest.mark.parametrize(("offset", "undone"), [(-1, True), (0, False), (1, False)])
def test_an_import_can_be_undone_for_24_hours(prime: People, offset: int, undone: bool):
    batch = imports.carry_out(begun(prime), by=prime.owner, now=NOW)
    at = NOW + 24 * HOURS + timedelta(milliseconds=offset)

    assert imports.undoable(batch, at) is undone
    if not undone:
        with pytest.raises(RuleBroken, match="That time has passed"):
            imports.undo(batch, by=prime.owner, now=at)
        assert Client.objects.count() == 2


def test_what_is_in_use_or_changed_is_not_undone(prime: People, sub: People):
    batch = imports.carry_out(begun(prime), by=prime.owner, now=NOW)
    dental = Client.objects.get(name="Garden City Dental")
    protected(prime.owner, sub.owner, client=dental)
    with pytest.raises(RuleBroken, match="in use already"):
        imports.undo(batch, by=prime.owner, now=NOW)
    actions.change_client(dental, ClientFacts(name="GCD"), by=prime.owner, now=NOW)

    with pytest.raises(RuleBroken, match="GCD was changed since"):
        imports.undo(batch, by=prime.owner, now=NOW)

    assert (Client.objects.count(), Site.objects.count()) == (2, 3)


@pytest.mark.parametrize(
    "mapping", [{"site": 0}, {"name": 9}, {"name": 0, "site": 0}, {"name": 0, "loyalty": 1}]
)
def test_columns_are_mapped_once_each(prime: People, mapping: dict[str, int]):
    batch = begun(prime)

    with pytest.raises(Invalid):
        imports.remap(batch, mapping, by=prime.owner)

    batch.refresh_from_db()
    assert batch.mapping == {"name": 0, "external_id": 1, "domain": 2, "site": 3, "postcode": 4}


def test_the_whole_import_in_the_browser(prime: People, browser_of: BrowserOf):
    browser = browser_of(prime.owner)
    sent = browser.post(page("client-import", prime), {"file": SimpleUploadedFile("psa.csv", LIST)})
    batch = ClientImport.objects.get()
    shown = browser.get(sent.url).content
    assert b"New client, with the site Main." in shown
    assert b"Import 3 rows" in shown

    assert (
        b"The list is imported."
        in browser.post(page("client-import-run", prime, batch.pk), follow=True).content
    )
    assert b"Undone" in browser.post(page("client-import-undo", prime, batch.pk), follow=True).content

    assert Client.objects.count() == 0


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"name", b"\x00\x01"])
def test_a_file_that_is_no_list_gets_a_sentence(prime: People, browser_of: BrowserOf, content: bytes):
    answer = browser_of(prime.owner).post(
        page("client-import", prime), {"file": SimpleUploadedFile("x.csv", content)}
    )

    assert answer.status_code == 200
    assert b"invalid-feedback" in answer.content
    assert ClientImport.objects.count() == 0


def test_a_client_is_entered_and_changed_in_the_browser(prime: People, browser_of: BrowserOf):
    browser = browser_of(prime.dispatcher)

    made = browser.post(
        page("client-add", prime),
        {
            "name": "Garden City Dental",
            "price_basis": "priced",
            "aliases": "GCD\nGC Dental",
            "domains": "www.gcd.example",
        },
    )
    client = Client.objects.get()
    browser.post(made.url, {"postcode": "11530", "country": "us"})
    browser.post(page("contact-add", prime, client.pk), {"name": "Dr. Bloom"})
    twice = browser.post(page("client-add", prime), {"name": "GARDEN CITY DENTAL", "price_basis": "priced"})

    assert (client.aliases, client.domains) == (["GCD", "GC Dental"], ["gcd.example"])
    assert b"You have a client of this name already." in twice.content
    shown = browser.get(page("client", prime, client.pk)).content
    assert b"Dr. Bloom" in shown
    assert b"America/New_York" in shown
    browser.post(page("contact-remove", prime, Contact.objects.get().pk))
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("sought", ["dental", "gcd", "hicksville", "DENTAL hicks", "psa-1"])
def test_the_search_finds_by_name_alias_domain_town_and_id(prime: People, browser_of: BrowserOf, sought: str):
    dental = ClientFactory(
        firm=prime.firm,
        name="Garden City Dental",
        aliases=["GCD"],
        domains=["gcd.example"],
        external_id="PSA-1",
    )
    SiteFactory(client=dental)
    ClientFactory(firm=prime.firm, name="Mineola Law")

    found = browser_of(prime.viewer).get(page("clients", prime), {"q": sought}).context["page"]

    assert [client.name for client in found.rows] == ["Garden City Dental"]


PAGES = ["client", "client-edit", "site-add", "contact-add"]


@pytest.mark.parametrize("name", [*PAGES, "site-edit", "contact-edit", "client-import-preview"])
def test_a_stranger_gets_404_and_a_technician_403(
    prime: People, stranger: People, browser_of: BrowserOf, name: str
):
    client = ClientFactory(firm=prime.firm)
    key = {"site-edit": SiteFactory(client=client), "contact-edit": ContactFactory(client=client)}.get(
        name, client
    ).pk
    if name == "client-import-preview":
        key = begun(prime).pk

    assert browser_of(prime.owner).get(page(name, prime, key)).status_code == 200
    assert browser_of(stranger.owner).get(page(name, stranger, key)).status_code == 404
    assert browser_of(stranger.owner).get(page(name, stranger, uuid4())).status_code == 404
    assert browser_of(prime.technician).get(page(name, prime, key)).status_code == 403


def test_an_empty_list_says_that_it_is_private(prime: People, browser_of: BrowserOf):
    shown = browser_of(prime.owner).get(page("clients", prime)).content

    assert b"Only your firm sees this list. Nobody can search it." in shown
    assert b"No client yet" in shown


def test_pages_ask_the_same_number_of_questions_at_1_and_50(prime: People, browser_of: BrowserOf):
    browser = browser_of(prime.owner)
    first = SiteFactory(client__firm=prime.firm).client
    addresses = [page("clients", prime), page("client", prime, first.pk)]
    before = [asked(lambda a=address: browser.get(a), "clients") for address in addresses]
    for _ in range(49):
        SiteFactory(client=first)
        ContactFactory(client=first)
        SiteFactory(client__firm=prime.firm)

    assert before == [1, 7]
    assert [asked(lambda a=address: browser.get(a), "clients") for address in addresses] == before


def test_the_api_keeps_external_ids_unique_per_firm(prime: People, sub: People, api_of: ApiOf):
    ours = api_of(prime.dispatcher, "read", "engagements")
    body = {"name": "Garden City Dental", "external_id": "250", "domains": ["gcd.example"]}

    made = ours.post("/api/v1/clients/", body)
    again = ours.post("/api/v1/clients/", {**body, "name": "Other"})
    theirs = api_of(sub.owner, "read", "engagements").post("/api/v1/clients/", body)
    site = ours.post("/api/v1/sites/", {"client": made.json()["id"], "postcode": "11530"})
    changed = ours.patch(f"/api/v1/clients/{made.json()['id']}/", {"industry": "Dental practice"})

    assert (
        made.status_code,
        again.status_code,
        theirs.status_code,
        site.status_code,
        changed.status_code,
    ) == (201, 400, 201, 201, 200)
    assert again.json()["errors"] == [
        {"field": "external_id", "detail": "Another of your clients has this id."}
    ]
    assert site.json()["timezone"] == "America/New_York"
    assert (changed.json()["industry"], changed.json()["external_id"], changed.json()["domains"]) == (
        "Dental practice",
        "250",
        ["gcd.example"],
    )
    assert [row["id"] for row in ours.get("/api/v1/clients/", {"external_id": "250"}).json()["results"]] == [
        made.json()["id"]
    ]
    assert len(ours.get("/api/v1/sites/", {"client": made.json()["id"]}).json()["results"]) == 1


def test_the_api_shows_nobody_elses_clients(prime: People, stranger: People, api_of: ApiOf):
    site = SiteFactory(client__firm=prime.firm)
    api = api_of(stranger.owner, "read", "engagements")

    for address, key in (("/api/v1/clients/", site.client_id), ("/api/v1/sites/", site.pk)):
        assert api.get(address).json()["results"] == []
        assert api.get(f"{address}{key}/").status_code == 404
        assert api.patch(f"{address}{key}/", {"name": "x"}).status_code == 404
    assert api.post("/api/v1/sites/", {"client": str(site.client_id), "postcode": "11530"}).status_code == 404
    assert api.get("/api/v1/sites/", {"client": "nonsense"}).status_code == 404
    assert api_of(prime.technician, "read").get("/api/v1/clients/").status_code == 403
