"""What programs learn of agreements, protected clients, claims and reports: names that last, in order, to each firm its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from contracts import event_names, sentences
from contracts.actions import agreements, approaches, claim_news, comments, releases
from contracts.actions.comments import Remark
from contracts.models import Agreement, Announcement
from contracts.workflow import AGREEMENT, APPROACH, APPROVAL, CLAIM, COMMENT, PAPER
from tests.factories.contracts import (
    SIGNED_AT,
    ApproachReportFactory,
    ClaimFactory,
    drafted,
    protected,
    read_by,
)
from tests.factories.partners import People
from tests.queries import asked

ApiOf = Callable[..., APIClient]
URL = "/api/v1/events/"
NOW = SIGNED_AT


def read(client: APIClient, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, params)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def test_every_step_has_a_name_of_its_own_kind():
    steps = {step.name for flow in (AGREEMENT, PAPER, APPROVAL, COMMENT) for step in flow} | set(
        sentences._SAID
    )

    assert steps <= {*event_names.AGREEMENT, *event_names.PROTECTED_CLIENT}
    assert {step.name for step in CLAIM} | set(claim_news.SAID) == set(event_names.CLAIM)
    assert {step.name for step in APPROACH} | {"report"} == set(event_names.APPROACH_REPORT)


def test_every_name_is_documented_and_no_other():
    listed = re.findall(
        r"^\| `([a-z_.]+)` \|", (settings.BASE_DIR / "docs" / "events.md").read_text(), re.MULTILINE
    )

    assert sorted(listed) == sorted(event_names.ALL)


@pytest.mark.django_db
def test_an_agreement_is_told_in_order_to_each_firm_its_own(
    prime: People, sub: People, stranger: People, api_of: ApiOf
):
    agreement = drafted(prime.owner, sub.firm)
    comments.write(agreement, Remark("Shall we?"), by=prime.owner, now=NOW)
    agreements.propose(agreement, by=prime.owner, signing=read_by(agreement, prime.owner), now=NOW)
    comments.write(agreement, Remark("Too long.", internal=True), by=sub.owner, now=NOW)
    agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)

    ours, theirs = read(api_of(prime.viewer)), read(api_of(sub.viewer))

    both = ["agreement.proposed", "agreement.signed_by_one"]
    assert names(ours) == ["agreement.drafted", "agreement.commented", *both, "agreement.signed"]
    assert names(theirs) == [*both, "agreement.commented_in_house", "agreement.signed"]
    last = theirs[-1]
    assert last == {
        "id": last["id"], "name": "agreement.signed", "subject": "agreement", "subject_id": str(agreement.pk),
        "agreement": str(agreement.pk), "status": "signed", "by": str(sub.firm.pk), "at": "2007-02-01T15:00:00Z",
    }  # fmt: skip
    assert names(read(api_of(sub.viewer), after=theirs[1]["id"])) == names(theirs)[2:]
    assert read(api_of(sub.viewer), after=last["id"]) == []
    assert read(api_of(stranger.owner)) == []


@pytest.mark.django_db
def test_a_draft_that_is_withdrawn_was_never_seen(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)

    agreements.void(agreement, by=prime.owner, now=NOW)

    assert not Announcement.objects.visible_to(sub.firm).exists()
    assert not Agreement.objects.visible_to(sub.firm).exists()
    assert Announcement.objects.visible_to(prime.firm).filter(name="agreement.voided").exists()


@pytest.mark.django_db
def test_a_client_let_go_for_nothing_is_released_at_once(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)

    releases.offer(row, by=prime.owner, now=NOW)

    for firm in (prime.firm, sub.firm):
        told = Announcement.objects.visible_to(firm).filter(subject_id=row.pk).in_order()
        assert [(each.name, each.status) for each in told] == [
            ("protected_client.notice_served", "protected"),
            ("protected_client.released", "released"),
        ]


@pytest.mark.django_db
def test_claims_are_for_owners_and_from_their_service_on(prime: People, sub: People, api_of: ApiOf):
    claim = ClaimFactory(by=prime.owner, other=sub.owner)

    def told(client: APIClient) -> list[str]:
        return [row["name"] for row in read(client) if row["subject_id"] == str(claim.pk)]

    assert told(api_of(prime.owner)) == [
        "claim.drafted", "claim.damages_reckoned", "claim.filed", "claim.notice_served"
    ]  # fmt: skip
    assert told(api_of(sub.owner)) == ["claim.notice_served"]
    assert told(api_of(prime.dispatcher)) == told(api_of(sub.finance)) == []


@pytest.mark.django_db
def test_a_report_is_told_to_both_firms(prime: People, sub: People):
    report = ApproachReportFactory(prime=prime.firm, sub=sub.firm, reported_by=sub.technician)

    approaches.release(report, by=prime.owner, now=NOW)

    for firm in (prime.firm, sub.firm):
        told = Announcement.objects.visible_to(firm).get()
        assert (told.name, told.status, told.agreement) == ("approach_report.released", "released", None)


@pytest.mark.django_db
def test_a_technician_and_a_foreign_place_are_refused(
    prime: People, sub: People, stranger: People, api_of: ApiOf
):
    drafted(prime.owner, sub.firm)
    foreign = Announcement.objects.get().pk

    answers = [api_of(stranger.owner).get(URL, {"after": each}) for each in (foreign, "yesterday")]

    assert api_of(prime.technician).get(URL).status_code == 403
    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [
        (400, "after")
    ] * 2


@pytest.mark.django_db
def test_what_was_told_is_never_changed_or_deleted(prime: People, sub: People):
    drafted(prime.owner, sub.firm)

    for act in (lambda rows: rows.update(status="signed"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            act(Announcement.objects.all())


@pytest.mark.django_db
def test_fifty_events_take_as_many_queries_as_one(prime: People, sub: People, api_of: ApiOf):
    client = api_of(prime.owner)
    agreement = drafted(prime.owner, sub.firm)
    read(client)  # the first use of a key is noted
    one = asked(lambda: read(client, page_size=100), "contracts", "partners")

    for _ in range(25):
        comments.write(agreement, Remark("Again?"), by=prime.owner, now=NOW)

    assert asked(lambda: read(client, page_size=100), "contracts", "partners") == one
    assert len(read(client, page_size=100)) == 26


@pytest.mark.django_db(transaction=True)
def test_nothing_comes_before_what_was_shown(prime: People, sub: People, stranger: People, api_of: ApiOf):
    """Somebody's transaction takes long; what others wrote meanwhile waits for it, so that it is not missed."""
    first, second = drafted(prime.owner, sub.firm), drafted(prime.owner, stranger.firm)
    client = api_of(prime.owner)
    last = read(client)[-1]["id"]
    written, ended = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            comments.write(first, Remark("Wait."), by=prime.owner, now=NOW)
            written.set()
            ended.wait(20)
        connection.close()

    slowly = Thread(target=slow)
    slowly.start()
    assert written.wait(20)
    comments.write(second, Remark("Quick."), by=prime.owner, now=NOW)

    meanwhile = read(client, after=last)
    ended.set()
    slowly.join(20)
    afterwards = read(client, after=last)

    assert meanwhile == []
    assert [row["subject_id"] for row in afterwards] == [str(first.pk), str(second.pk)]
