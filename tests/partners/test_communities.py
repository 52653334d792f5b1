"""Communities: put on the list, asked for, confirmed by who looks after them, shown, searched by, and counted for trust."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.actions import communities, reckoning
from partners.actions.communities import Known
from partners.directory import Search, firms_for
from partners.models import Community, CommunityMembership, FirmEvent
from partners.workflow import BELONGING, HOLDER, KEEPER
from tests.everything import nothing_moves
from tests.factories.communities import CommunityFactory, CommunityMembershipFactory
from tests.factories.partners import OperatorFactory, People, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2007, 2, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def keeper():
    return UserFactory(email="kate@limsp.example", name="Kate Keeper")


@pytest.fixture
def table(keeper) -> Community:
    return CommunityFactory(name="Long Island MSP Round Table", slug="limsp", admin=keeper)


@pytest.fixture
def asked(table, sub: People) -> CommunityMembership:
    return communities.ask(table, by=sub.owner, proof="Member  since 2003", now=MONDAY)


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def trust_of(sub: People, on: date) -> list[str]:
    return [line.kind for line in reckoning.explain(sub.firm, on=on)["trust"].lines]


def test_the_operator_keeps_the_list(keeper):
    operator = OperatorFactory()

    made = communities.add(
        Known(" IAMCP  New York ", "https://www.IAMCP.example/", keeper.email), by=operator
    )

    assert (made.name, made.slug, made.website, made.admin) == (
        "IAMCP New York", "iamcp-new-york", "iamcp.example", keeper,
    )  # fmt: skip
    with nothing_moves():
        with pytest.raises(Invalid, match="on the list already"):
            communities.add(Known("iamcp new york"), by=operator)
        with pytest.raises(Invalid, match="make an account first"):
            communities.add(Known("ASCII", admin="nobody@example.com"), by=operator)
        with pytest.raises(Invalid, match="name"):
            communities.add(Known(" - "), by=operator)
        with pytest.raises(RuleBroken, match="operator"):
            communities.add(Known("ASCII"), by=keeper)


def test_what_is_asked_is_seen_by_who_confirms_and_by_nobody_else(asked, sub, prime):
    assert (asked.status, asked.proof) == ("asked", "Member since 2003")
    assert told("community_asked") == ["kate@limsp.example"]
    found = firms_for(prime.owner, Search()).get(pk=sub.firm.pk)
    assert found.belongs_to() == []
    assert "community_confirmed" not in trust_of(sub, MONDAY.date())
    with nothing_moves(), pytest.raises(RuleBroken, match="already"):
        communities.ask(asked.community, by=sub.dispatcher, now=MONDAY)


def test_confirmed_it_is_shown_searched_by_and_counted_from_that_day_on(asked, sub, prime, keeper):
    communities.confirm(asked, by=keeper, now=MONDAY + DAY)

    found = firms_for(prime.owner, Search(community="limsp")).get()
    assert (found.pk, [each.community.name for each in found.belongs_to()]) == (
        sub.firm.pk,
        [asked.community.name],
    )
    assert not firms_for(prime.owner, Search(community="iamcp")).exists()
    assert "community_confirmed" not in trust_of(sub, MONDAY.date())
    lines = reckoning.explain(sub.firm, on=date(2007, 2, 13))["trust"].lines
    (line,) = [each for each in lines if each.kind == "community_confirmed"]
    assert (line.weight, line.value, line.counterparty) == (0.5, 1.0, None)
    assert told("community_decided") == ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
    assert FirmEvent.objects.filter(firm=sub.firm, step="confirm_community", role=KEEPER).count() == 1


def test_two_communities_count_as_one(sub, keeper, asked):
    communities.confirm(asked, by=keeper, now=MONDAY)
    CommunityMembershipFactory(firm=sub.firm)

    assert trust_of(sub, MONDAY.date()).count("community_confirmed") == 1
    gathered = reckoning.gather(on=MONDAY.date())[sub.firm.pk]
    assert [each.kind for each in gathered.happenings].count("community_confirmed") == 1


def test_a_refusal_says_why_and_can_be_asked_again(asked, sub, keeper):
    with nothing_moves(), pytest.raises(RuleBroken, match="Say why"):
        communities.refuse(asked, by=keeper, reason=" ", now=MONDAY)

    communities.refuse(asked, by=keeper, reason="We do not know you.", now=MONDAY)

    asked.refresh_from_db()
    assert (asked.status, asked.reason, asked.decided_by) == ("refused", "We do not know you.", keeper)
    assert (
        Notification.objects.filter(kind="community_decided").first().context["reason"]
        == "We do not know you."
    )
    again = communities.ask(asked.community, by=sub.dispatcher, now=MONDAY + DAY)
    assert again.status == "asked"


def test_what_has_ended_counts_until_that_day(asked, sub, keeper):
    communities.confirm(asked, by=keeper, now=MONDAY)

    communities.end(asked, by=keeper, reason="The dues were not paid.", now=MONDAY + 10 * DAY)

    assert "community_confirmed" in trust_of(sub, date(2007, 2, 21))
    assert "community_confirmed" not in trust_of(sub, date(2007, 2, 22))
    assert told("community_decided").count("owner@bluemesa.example") == 2
    with pytest.raises(IllegalStep):
        communities.end(asked, by=keeper, reason="Again.", now=MONDAY + 11 * DAY)


def test_a_firm_takes_its_own_back(asked, sub, prime, keeper):
    communities.confirm(asked, by=keeper, now=MONDAY)
    with nothing_moves():
        with pytest.raises(WrongSide):
            communities.leave(asked, by=prime.owner, now=MONDAY)
        with pytest.raises(WrongRole):
            communities.leave(asked, by=sub.finance, now=MONDAY)

    left = communities.leave(asked, by=sub.owner, now=MONDAY + DAY)

    assert (left.status, left.ended_by, left.reason) == ("ended", sub.owner.user, "")


def test_nobody_confirms_what_somebody_else_looks_after(asked, sub):
    for other in (sub.owner.user, OperatorFactory()):
        with nothing_moves(), pytest.raises(WrongSide):
            communities.confirm(asked, by=other, now=MONDAY)

    operator = OperatorFactory()
    communities.change_admin(asked.community, "", by=operator)
    assert communities.confirm(asked, by=operator, now=MONDAY).status == "confirmed"


@pytest.mark.parametrize("status", ["", *CommunityMembership.Status.values])
def test_every_cell_of_the_table(status):
    open_to = {
        "": {("ask", HOLDER)}, "asked": {("confirm", KEEPER), ("refuse", KEEPER), ("leave", HOLDER)},
        "confirmed": {("end", KEEPER), ("leave", HOLDER)},
    }  # fmt: skip
    roles = ("owner", "dispatcher", "finance", "technician", "viewer", KEEPER)
    found = {
        (step.name, side, role)
        for side in (HOLDER, KEEPER)
        for role in roles
        for step in BELONGING.open_steps(status, side=side, role=role)
    }

    who = {HOLDER: ("owner", "dispatcher"), KEEPER: (KEEPER,)}
    assert found == {(name, side, role) for name, side in open_to.get(status, set()) for role in who[side]}


def test_the_pages_from_the_list_to_the_card(table, sub, prime, keeper, browser_of, client):
    operator = OperatorFactory()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(reverse("operator-communities"), {"name": "ASCII", "website": "", "admin": ""})
    ascii_group = Community.objects.get(name="ASCII")
    ours, page = browser_of(sub.dispatcher), reverse("communities", args=[sub.firm.pk])

    assert ours.post(page, {"community": ascii_group.pk, "proof": "4711"}).status_code == 302
    assert "to confirm" in client.get(reverse("operator")).content.decode()
    asked = CommunityMembership.objects.get(firm=sub.firm)
    shown = client.get(reverse("community", args=[ascii_group.pk])).content.decode()
    assert "4711" in shown
    assert client.get(reverse("community", args=[table.pk])).status_code == 404
    done = client.post(reverse("community-confirm", args=[ascii_group.pk, asked.pk]))

    assert done["Location"] == reverse("community", args=[ascii_group.pk])
    theirs = browser_of(prime.owner)
    card = theirs.get(reverse("firm", args=[prime.firm.pk, sub.firm.pk])).content.decode()
    assert "ASCII" in card
    listed = theirs.get(reverse("firms", args=[prime.firm.pk]), {"community": "ascii"}).content.decode()
    assert "Blue Mesa IT" in listed
    assert "ASCII" in ours.get(page).content.decode()


def test_who_looks_after_one_finds_it_under_their_name(asked, keeper, client):
    client.force_login(keeper, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "1 to confirm" in client.get(reverse("my-details")).content.decode()
    page = reverse("community", args=[asked.community_id])
    refused = client.post(
        reverse("community-refuse", args=[asked.community_id, asked.pk]), {"reason": "Who are you?"}
    )
    assert refused["Location"] == page
    asked.refresh_from_db()
    assert asked.status == "refused"


def test_a_program_reads_and_searches_by_them(asked, sub, prime, keeper, api_of):
    communities.confirm(asked, by=keeper, now=MONDAY)
    program = api_of(prime.owner)

    listed = program.get("/api/v1/communities/").json()
    found = program.get("/api/v1/firms/", {"community": "limsp"}).json()["results"]

    assert [(each["slug"], each["ours"]) for each in listed["results"]] == [("limsp", None)]
    assert [(each["id"], each["communities"]) for each in found] == [(str(sub.firm.pk), ["limsp"])]


def test_a_program_names_one_and_takes_it_back(table, sub, api_of):
    program = api_of(sub.dispatcher)

    which = {"community": str(table.pk)}

    named = program.post("/api/v1/communities/ask/", {**which, "proof": "4711"}, format="json")
    twice = program.post("/api/v1/communities/ask/", which, format="json")
    left = program.post("/api/v1/communities/leave/", which, format="json")

    assert (named.status_code, named.json()["ours"]) == (200, "asked")
    assert twice.status_code == 400
    assert (left.status_code, left.json()["ours"]) == (200, None)
    assert program.post("/api/v1/communities/leave/", which, format="json").status_code == 409
    assert (
        program.post("/api/v1/communities/ask/", {"community": str(sub.firm.pk)}, format="json").status_code
        == 400
    )
