"""Who signs, what is approved, said and disputed, the file and the parties, for programs."""

import hashlib
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from contracts.actions import agreements, approvals, sealing
from contracts.models import Agreement, AgreementComment, AgreementEvent, SignatureDispute
from partnernet.core import clock
from tests.factories.contracts import SIGNED_AT, drafted, proposed, signed
from tests.factories.parties import SignatureDisputeFactory
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
ApiOf = Callable[..., APIClient]
URL = "/api/v1/agreements/"


def test_a_signatory_is_named_and_both_firms_read_it(prime: People, sub: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)

    named = api_of(sub.owner).post(f"{URL}{agreement.pk}/name-signatory/", {"member": str(sub.dispatcher.pk)})
    refused = api_of(sub.owner).post(f"{URL}{agreement.pk}/name-signatory/", {"member": str(prime.owner.pk)})
    read = api_of(prime.owner).get(f"{URL}{agreement.pk}/signatories/")

    assert (named.status_code, named.json()["status"]) == (200, "named")
    assert refused.status_code == 404
    assert [row["name"] for row in read.json()] == [sub.dispatcher.user.called]


def test_a_text_is_asked_for_refused_and_approved(
    prime: People, sub: People, api_of: ApiOf, person_of: ApiOf
):
    agreement = proposed(prime.owner, sub.firm)
    approvals.demand("finance", by=sub.owner, now=SIGNED_AT)
    owner, finance = api_of(sub.owner), person_of(sub.finance)
    seen = {"seen": agreement.content_sha256}

    answers = [
        owner.post(f"{URL}{agreement.pk}/ask-approval/", {**seen, "note": "Twelve?"}),
        finance.post(f"{URL}{agreement.pk}/refuse-text/", {**seen, "reason": "Too long."}),
        finance.post(f"{URL}{agreement.pk}/approve-text/", seen),
    ]

    assert [answer.json()["status"] for answer in answers] == ["asked", "refused", "approved"]
    assert person_of(prime.owner).post(f"{URL}{agreement.pk}/approve-text/", seen).status_code == 409
    address = f"{URL}{agreement.pk}/approvals/"
    assert [row["status"] for row in owner.get(address).json()] == ["approved", "refused"]
    assert api_of(prime.owner).get(address).json() == []


def test_comments_are_written_and_read_by_audience(prime: People, sub: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)
    ours, theirs = api_of(sub.dispatcher), api_of(prime.owner)
    address = f"{URL}{agreement.pk}/comments/"

    shared = ours.post(address, {"text": "Why 15?", "place": "value:net_days"})
    ours.post(address, {"text": "Too long.", "internal": True})

    assert (shared.status_code, shared.json()["heading"]) == (201, "Invoices are paid within")
    assert [row["text"] for row in ours.get(address).json()] == ["Why 15?", "Too long."]
    assert [row["text"] for row in theirs.get(address).json()] == ["Why 15?"]
    assert api_of(sub.viewer).post(address, {"text": "Hm."}).status_code == 403
    assert AgreementComment.objects.count() == 2


def test_a_comment_is_settled_and_opened_again(prime: People, sub: People, stranger: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)
    address = f"{URL}{agreement.pk}/comments/"
    ours, theirs = api_of(sub.dispatcher), api_of(prime.owner)
    shared = ours.post(address, {"text": "Why 15?"}).json()["id"]
    inside = ours.post(address, {"text": "Too long.", "internal": True}).json()["id"]

    settled = theirs.post(f"{address}{shared}/resolve/")
    again = theirs.post(f"{address}{shared}/resolve/")
    opened = ours.post(f"{address}{shared}/reopen/")

    assert [answer.status_code for answer in (settled, again, opened)] == [200, 409, 200]
    assert (settled.json()["resolved_at"] is None, opened.json()["resolved_at"]) == (False, None)
    assert theirs.post(f"{address}{inside}/resolve/").status_code == 404
    assert api_of(stranger.owner).post(f"{address}{shared}/resolve/").status_code == 404
    assert api_of(sub.viewer).post(f"{address}{shared}/resolve/").status_code == 403


def test_who_signs_is_passed_on_released_and_put_in_order(prime: People, sub: People, api_of: ApiOf):
    agreement = drafted(prime.owner, sub.firm)
    address = f"{URL}{agreement.pk}"
    owner, named = api_of(prime.owner), api_of(prime.dispatcher)
    owner.post(f"{address}/name-signatory/", {"member": str(prime.dispatcher.pk)})
    to_owner = {"member": str(prime.owner.pk), "reason": "I am away."}

    refused = api_of(prime.viewer).post(f"{address}/pass-on/", to_owner)
    first = owner.post(f"{address}/order-signing/", {"first": "other"})
    agreements.propose(agreement, by=prime.owner, now=SIGNED_AT)
    passed = named.post(f"{address}/pass-on/", to_owner)
    released = owner.post(f"{address}/release-signatory/")

    assert [answer.status_code for answer in (refused, first, passed, released)] == [403, 200, 200, 200]
    assert (passed.json()["member"], passed.json()["status"]) == (str(prime.owner.pk), "named")
    assert Agreement.objects.get().signs_first == "other"
    assert [row["status"] for row in owner.get(f"{address}/signatories/").json()] == ["passed_on", "released"]


def test_a_signature_is_disputed_withdrawn_and_settled_by_its_own_firm(
    prime: People, sub: People, api_of: ApiOf, person_of: ApiOf
):
    agreement = signed(prime.owner, sub.owner)
    address, ours = f"{URL}{agreement.pk}", person_of(sub.owner)

    raised = ours.post(f"{address}/dispute-signature/", {"reason": "Not me."})
    withdraw = f"{address}/disputes/{raised.json()['id']}/withdraw/"
    theirs = person_of(prime.owner).post(withdraw)
    withdrawn = ours.post(withdraw)
    again = ours.post(f"{address}/dispute-signature/", {"reason": "Not me after all."}).json()["id"]
    silent = ours.post(f"{address}/disputes/{again}/settle/")
    settled = ours.post(f"{address}/disputes/{again}/settle/", {"reason": "It was my partner."})

    assert [answer.status_code for answer in (raised, theirs, withdrawn, silent, settled)] == [
        200,
        403,
        200,
        400,
        200,
    ]
    listed = api_of(prime.owner).get(f"{address}/disputes/").json()
    assert [row["status"] for row in listed] == ["settled", "withdrawn"]
    assert SignatureDispute.objects.filter(firm=sub.firm).count() == 2


@pytest.mark.parametrize(
    "step",
    [
        "accept-terms",
        "approve-text",
        "refuse-text",
        "dispute-signature",
        "disputes/{}/settle",
        "disputes/{}/withdraw",
    ],
)
def test_what_binds_a_firm_takes_a_person(prime: People, sub: People, api_of: ApiOf, step: str):
    raised = SignatureDisputeFactory(by=prime.owner, other=sub.owner)
    before = AgreementEvent.objects.count()

    key = api_of(prime.owner, "read", "offers", "engagements", "billing")
    answer = key.post(
        f"{URL}{raised.agreement_id}/{step.format(raised.pk)}/", {"reason": "Not me.", "seen": "0"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "signed-in person" in answer.json()["detail"]
    assert AgreementEvent.objects.count() == before
    assert SignatureDispute.objects.get().status == "open"


def test_firms_that_belong_together_say_so_both(prime: People, sub: People, stranger: People, api_of: ApiOf):
    body = {"affiliate": str(sub.firm.pk), "since": "2006-05-01"}

    made = api_of(prime.owner).post("/api/v1/affiliates/", body)
    address = made["Location"]
    answers = [
        api_of(prime.owner).post("/api/v1/affiliates/", body),
        api_of(prime.dispatcher).post("/api/v1/affiliates/", body),
        api_of(prime.owner).post(f"{address}confirm/"),
        api_of(stranger.owner).post(f"{address}confirm/"),
        api_of(sub.owner).post(f"{address}confirm/"),
        api_of(sub.owner).post(f"{address}end/"),
    ]

    assert (made.status_code, made.json()["confirmed_at"]) == (201, None)
    assert [answer.status_code for answer in answers] == [400, 403, 403, 404, 200, 200]
    listed = api_of(sub.owner).get("/api/v1/affiliates/").json()["results"]
    assert [(row["firm"], row["ended_at"] is None) for row in listed] == [(str(prime.firm.pk), False)]


def test_a_change_of_control_is_told_once_and_kept(prime: People, sub: People, api_of: ApiOf):
    agreement = signed(prime.owner, sub.owner, now=clock.now())
    body = {"kind": "control", "what": "Sold to Long Island Holdings.", "effective_on": "2026-12-01"}
    owner = api_of(prime.owner)

    made = owner.post("/api/v1/party-notices/", body, headers={"Idempotency-Key": "sold"})
    again = owner.post("/api/v1/party-notices/", body, headers={"Idempotency-Key": "sold"})

    assert (made.status_code, again.content) == (201, made.content)
    assert agreement.events.filter(step="party_notice").count() == 1
    assert len(owner.get("/api/v1/party-notices/").json()["results"]) == 1
    assert api_of(sub.owner).get("/api/v1/party-notices/").json()["results"] == []


def test_the_sealed_file_comes_as_it_is_kept(prime: People, sub: People, stranger: People, api_of: ApiOf):
    unsealed = signed(prime.owner, sub.owner)
    address, reader = f"{URL}{unsealed.pk}/pdf/", api_of(sub.viewer)

    before = reader.get(address)
    sealing.seal_due(now=SIGNED_AT)
    given = reader.get(address, headers={"Accept": "application/pdf"})
    known = reader.get(address, headers={"If-None-Match": given["ETag"]})

    assert (before.status_code, before["Content-Type"]) == (404, "application/problem+json")
    assert before.json()["code"] == "not_sealed"
    body = given.content
    assert body.startswith(b"%PDF")
    assert given["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'
    assert unsealed.verify_code in given["Content-Disposition"]
    assert (known.status_code, known.content) == (304, b"")
    assert api_of(stranger.owner).get(address).json()["code"] == "not_found"
