"""A line of a job changed in its row, and on a page of its own where no script runs."""

import pytest
from django.urls import reverse

from engagements.actions import lines
from engagements.models import EngagementLine
from engagements.values import LineFacts
from partnernet.core.errors import Stale
from tests.engagements.test_pages import get, job, line  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
TYPED = {"units": "200", "estimated_minutes": "50", "unit_price": "90"}
HTMX = {"HX-Request": "true"}


def plain(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def row(client, prime, line):  # noqa: F811
    client.force_login(prime.dispatcher.user)
    return reverse("job-line", args=[prime.firm.pk, line.pk])


@pytest.fixture
def by_ana(prime, line):  # noqa: F811
    """Ana, the owner, makes it 230 computers."""
    prime.owner.user.name = "Ana"
    prime.owner.user.save()
    facts = LineFacts(line.site_id, line.what, 230, line.estimated_minutes, line.unit_price)
    return lambda: lines.change(line, facts, by=prime.owner)


def test_the_row_opens_for_typing_and_closes_unchanged(client, row, line):  # noqa: F811
    opened = plain(client.get(row, headers=HTMX))
    assert 'name="units"' in opened
    assert 'name="version" value="1"' in opened
    assert "<html" not in opened

    closed = plain(client.get(row, {"show": ""}, headers=HTMX))
    assert 'name="units"' not in closed
    assert line.site.client.name in closed


def test_saving_in_the_row_reckons_the_page_anew(client, row, line):  # noqa: F811
    answer = client.post(row, TYPED | {"version": "1"}, headers=HTMX)

    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    line.refresh_from_db()
    assert (line.units, line.estimated_minutes, line.unit_price, line.version) == (200, 50, 90, 2)


@pytest.mark.parametrize("told", [{"version": "1"}, {}])
def test_a_change_in_between_redraws_the_row(client, row, line, by_ana, told):  # noqa: F811
    by_ana()

    match = {} if told else {"If-Match": '"1"'}
    answer = client.post(row, TYPED | told, headers=HTMX | match)

    assert answer.status_code == 412
    assert "Ana changed this." in plain(answer)
    assert ">230</td>" in plain(answer)
    assert EngagementLine.objects.get().units == 230


def test_what_cannot_be_stays_in_the_row_beside_its_field(client, row, line):  # noqa: F811
    answer = client.post(row, TYPED | {"units": "0", "version": "1"}, headers=HTMX)

    assert (answer.status_code, "<html" in plain(answer)) == (200, False)
    assert 'id="units-' in plain(answer)
    assert "is-invalid" in plain(answer)
    assert EngagementLine.objects.get().units == 240


def test_without_a_script_the_page_does_the_same(client, prime, row, line, by_ana):  # noqa: F811
    assert 'name="version" value="1"' in plain(client.get(row))
    by_ana()

    refused = client.post(row, TYPED | {"version": "1"})
    assert "Ana changed this. Nothing of yours was saved. Now it is 230, 45 minutes and $100 each." in plain(
        refused
    )
    assert 'name="version" value="2"' in plain(refused)
    assert EngagementLine.objects.get().units == 230

    saved = client.post(row, TYPED | {"version": "2"})
    assert saved.url == reverse("job", args=[prime.firm.pk, line.engagement_id])
    assert EngagementLine.objects.get().units == 200


def test_the_rule_stands_in_the_action(prime, line, by_ana):  # noqa: F811
    by_ana()
    facts = LineFacts(line.site_id, line.what, 100, 45, line.unit_price)

    with pytest.raises(Stale, match="Ana changed this"):
        lines.change(line, facts, by=prime.dispatcher, version=1)

    assert EngagementLine.objects.get().units == 230


def test_the_page_of_the_job_offers_it(client, prime, row, job, line):  # noqa: F811
    assert f'hx-get="{row}"' in plain(get(client, prime.dispatcher, "job", job.pk))
    assert f'hx-get="{row}"' not in plain(get(client, prime.viewer, "job", job.pk))
