"""A confidentiality agreement alone: the same ceremony and life as any other, and never cover for work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts import standard
from contracts.actions import agreements, claims, protection, sealing, templates, verification
from contracts.actions.coverage import judge_now
from contracts.coverage import Need
from contracts.models import Agreement
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import day_in
from tests.factories.amendments import amended, nda
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, proposed, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Api = Callable[..., Client]


def test_both_sign_it_and_it_covers_no_work(prime: People, sub: People):
    agreement = nda(prime.owner, sub.owner)

    assert (agreement.status, agreement.kind, agreement.in_force(SIGNED_AT)) == ("signed", "nda", True)
    verdict = judge_now(Need(prime.firm.pk, sub.firm.pk, SIGNED_AT, SIGNED_AT + DAY), now=SIGNED_AT)
    assert (verdict.status, *verdict.reasons) == (
        "not_covered",
        "The agreement in force does not protect clients.",
    )
    assert verification.faults_of(agreement) == []


def test_it_stands_beside_a_subcontract_agreement_and_ends_neither(prime: People, sub: People):
    agreement, silence = signed(prime.owner, sub.owner), nda(sub.owner, prime.owner, now=SIGNED_AT + DAY)

    now = SIGNED_AT + DAY
    assert {one.pk for one in Agreement.objects.in_force(now)} == {agreement.pk, silence.pk}
    assert judge_now(Need(prime.firm.pk, sub.firm.pk, now, now + DAY), now=now).status == "covered"
    newer = nda(prime.owner, sub.owner, now=now + DAY)
    silence.refresh_from_db()
    assert (silence.ends_at, newer.in_force(now + DAY)) == (now + DAY, True)


def test_one_of_each_kind_is_under_way_at_once(prime: People, sub: People):
    proposed(prime.owner, sub.firm)
    silence = nda(prime.owner, sub.owner, until="proposed")
    assert silence.status == "partially_signed"

    with pytest.raises(RuleBroken, match="under way already"):
        nda(prime.owner, sub.owner, until="proposed")


def test_no_client_is_protected_and_no_claim_made_under_it(prime: People, sub: People):
    agreement, client = nda(prime.owner, sub.owner), ClientFactory(firm=prime.firm)
    served = {"prime_id": prime.firm.pk, "sub_id": sub.firm.pk, "client_id": client.pk}
    assert protection.serve(**served, client_name="X", work_order_id=client.pk, now=SIGNED_AT) is None

    day = day_in(SIGNED_AT, prime.firm.timezone)
    with pytest.raises(Invalid, match="no procedure for claims"):
        claims.draft(
            agreement, claims.Facts("conduct", "They told.", day, day), by=prime.owner, now=SIGNED_AT
        )


def test_it_is_sealed_amended_and_ended_like_any_other(
    prime: People, sub: People, settings: Any, tmp_path: Any
):
    settings.DATA_DIR = tmp_path
    agreement = nda(prime.owner, sub.owner)
    assert sealing.seal_due(now=SIGNED_AT) == 1
    assert bytes(agreement.document.body).startswith(b"%PDF")

    amended(agreement, sub.owner, prime.owner, {"notice_days": 30}, now=SIGNED_AT + DAY)
    agreements.terminate(agreement, by=sub.owner, now=SIGNED_AT + 2 * DAY)

    agreement.refresh_from_db()
    assert agreement.ends_at == SIGNED_AT + 32 * DAY


def test_only_texts_on_offer_are_sent(prime: People, sub: People):
    with pytest.raises(Invalid):
        agreements.draft(sub.firm, by=prime.owner, values={}, key=standard.AMENDMENT, now=SIGNED_AT)


def test_it_is_chosen_on_the_same_pages(prime: People, sub: People, browser_of: Api):
    templates.publish_shipped(now=SIGNED_AT)
    ours = browser_of(prime.owner)
    page = reverse("agreement-propose", args=[prime.firm.pk, sub.firm.pk])
    assert "?text=mutual_nda" in ours.get(page).content.decode()
    assert (
        f"{page}?text=mutual_nda"
        in ours.get(reverse("agreement-new", args=[prime.firm.pk]) + "?text=mutual_nda").content.decode()
    )
    form = ours.get(f"{page}?text=mutual_nda").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}

    made = ours.post(f"{page}?text=mutual_nda", typed)

    draft = Agreement.objects.get(status="draft")
    assert made.url == reverse("agreement", args=[prime.firm.pk, draft.pk])
    read = ours.get(made.url).content.decode()
    assert "Confidentiality agreement with Blue Mesa IT" in read
    assert "What you agree to, in short" in read


def test_the_api_sends_one_too(prime: People, sub: People, api_of: Api):
    nda(prime.owner, sub.owner)
    body = {"other": str(sub.firm.pk), "template": "mutual_nda", "values": {"governing_law": "US-NY"}}

    answer = api_of(prime.owner).post("/api/v1/agreements/", body, format="json")

    assert (answer.status_code, answer.json()["kind"], answer.json()["amends"]) == (201, "nda", None)
    body["template"] = "amendment"
    assert api_of(prime.owner).post("/api/v1/agreements/", body, format="json").status_code == 400


def test_a_stranger_reads_none_of_it(prime: People, sub: People, stranger: People, browser_of: Api):
    agreement = nda(prime.owner, sub.owner)
    page = reverse("agreement", args=[stranger.firm.pk, agreement.pk])
    assert browser_of(stranger.owner).get(page).status_code == 404
