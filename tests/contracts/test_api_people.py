"""Who signs, what is approved, said and disputed, for programs."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from contracts.actions import approvals
from contracts.models import AgreementComment, SignatureDispute
from tests.factories.contracts import SIGNED_AT, proposed, signed
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


def test_a_text_is_asked_for_refused_and_approved(prime: People, sub: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)
    approvals.demand("finance", by=sub.owner, now=SIGNED_AT)
    owner, finance = api_of(sub.owner), api_of(sub.finance)
    seen = {"seen": agreement.content_sha256}

    answers = [
        owner.post(f"{URL}{agreement.pk}/ask-approval/", {**seen, "note": "Twelve?"}),
        finance.post(f"{URL}{agreement.pk}/refuse-text/", {**seen, "reason": "Too long."}),
        finance.post(f"{URL}{agreement.pk}/approve-text/", seen),
    ]

    assert [answer.json()["status"] for answer in answers] == ["asked", "refused", "approved"]
    theirs = api_of(prime.owner).post(f"{URL}{agreement.pk}/approve-text/", seen)
    assert theirs.status_code == 409


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


def test_a_signature_is_disputed_by_its_own_firm(prime: People, sub: People, api_of: ApiOf):
    agreement = signed(prime.owner, sub.owner)

    raised = api_of(sub.owner).post(f"{URL}{agreement.pk}/dispute-signature/", {"reason": "Not me."})

    assert (raised.status_code, raised.json()["status"]) == (200, "open")
    assert SignatureDispute.objects.get().firm == sub.firm
