"""A signed agreement is changed by an amendment: what holds is read from both, each value with its source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts import standard
from contracts.actions import (
    agreements,
    amending,
    checks,
    claims,
    protection,
    sealing,
    templates,
    terms_now,
    verification,
)
from contracts.actions.coverage import judge_now
from contracts.coverage import Need
from contracts.models import Agreement, RuleFinding
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.localtime import day_in
from tests.contracts.test_verification import past_every_trigger
from tests.factories.amendments import amended, amendment_drafted
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, known_of, protected, read_by, signed
from tests.factories.partners import People
from tests.queries import asked

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = SIGNED_AT + 10 * DAY


def need(prime: People, sub: People, at: Any) -> Need:
    return Need(prime.firm.pk, sub.firm.pk, at, at + DAY)


def test_both_sign_and_what_holds_names_its_source(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    before = (parent.content_sha256, parent.client_tail_months)

    amendment = amended(parent, sub.owner, prime.owner, {"client_tail_months": 18, "net_days": 30}, now=LATER)

    held = {one.variable.key: one for one in terms_now.held_at(terms_now.worded(parent), LATER)}
    assert (held["client_tail_months"].reads, held["client_tail_months"].before) == ("18 months", "12 months")
    assert (held["client_tail_months"].source, held["client_tail_months"].signed_at) == (amendment, LATER)
    assert (held["notice_days"].source, held["notice_days"].signed_at) == (parent, SIGNED_AT)
    parent.refresh_from_db()
    assert (parent.content_sha256, parent.client_tail_months) == before
    assert "“" in amendment.current_revision.text
    assert "becomes: 18 months." in amendment.current_revision.text
    assert [parent.events.last().step, amendment.events.last().step] == ["amend", "sign"]
    for one in (parent, amendment):
        assert verification.faults_of(one) == []


def test_nothing_changes_before_its_day(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    amended(parent, prime.owner, sub.owner, {"client_clause": False}, now=LATER, own={"starts_after_days": 5})

    at = LATER + 5 * DAY
    assert judge_now(need(prime, sub, at), now=at - timedelta(microseconds=1)).status == "covered"
    verdict = judge_now(need(prime, sub, at), now=at)
    assert (verdict.status, *verdict.reasons) == (
        "not_covered",
        "The agreement in force does not protect clients.",
    )


def test_of_two_the_later_one_prevails_for_what_it_names(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    amended(parent, prime.owner, sub.owner, {"client_tail_months": 18, "net_days": 20}, now=LATER)
    amended(parent, prime.owner, sub.owner, {"client_tail_months": 15}, now=LATER + DAY)

    values = terms_now.values_at(parent, LATER + DAY)

    assert (values["client_tail_months"], values["net_days"]) == (15, 20)
    assert terms_now.values_at(parent, LATER)["client_tail_months"] == 18
    assert terms_now.values_at(parent, SIGNED_AT)["client_tail_months"] == 12


def test_a_client_protected_already_keeps_its_time_and_new_work_takes_the_new_one(prime: People, sub: People):
    old = protected(prime.owner, sub.owner)
    amended(old.agreement, prime.owner, sub.owner, {"client_tail_months": 6}, now=LATER)
    new = protected(prime.owner, sub.owner, now=LATER, client=ClientFactory(firm=prime.firm))
    old.refresh_from_db()
    assert (old.tail_months, new.tail_months) == (12, 6)

    amended(old.agreement, prime.owner, sub.owner, {"client_tail_months": 18}, now=LATER + DAY)
    day = day_in(LATER + 2 * DAY, sub.firm.timezone)
    served = {"prime_id": prime.firm.pk, "sub_id": sub.firm.pk, "client_id": old.client_id}
    protection.serviced(**served, on=day, now=LATER + 2 * DAY)
    old.refresh_from_db()
    assert old.tail_months == 12  # work under way is finished under the terms as they were

    protected(prime.owner, sub.owner, now=LATER + 2 * DAY, client=old.client)
    old.refresh_from_db()
    assert old.tail_months == 18


def test_work_under_way_can_go_on_under_the_new_terms(prime: People, sub: People):
    row = protected(prime.owner, sub.owner)
    new = {"running_work": "new"}
    amended(row.agreement, prime.owner, sub.owner, {"client_tail_months": 18}, now=LATER, own=new)
    served = {"prime_id": prime.firm.pk, "sub_id": sub.firm.pk, "client_id": row.client_id}

    protection.serviced(**served, on=day_in(LATER - DAY, sub.firm.timezone), now=LATER + DAY)
    row.refresh_from_db()
    assert row.tail_months == 12  # the service was before

    protection.serviced(**served, on=day_in(LATER + DAY, sub.firm.timezone), now=LATER + DAY)
    row.refresh_from_db()
    assert row.tail_months == 18


@pytest.mark.parametrize(("breach", "amount"), [(-1, "14400.00"), (1, "7200.00")])
def test_damages_follow_the_formula_in_force_at_the_breach(
    prime: People, sub: People, breach: int, amount: str
):
    row = protected(prime.owner, sub.owner)
    amended(row.agreement, prime.owner, sub.owner, {"client_damages_months": 3}, now=LATER)
    now = LATER + 3 * DAY
    on = day_in(LATER + breach * DAY, prime.firm.timezone)
    facts = claims.Facts("client", "They wrote to our client.", on, on)
    claim = claims.draft(row.agreement, facts, by=prime.owner, protected=row, now=now)

    reckoned = claims.reckon(claim, by=prime.owner, billed=[Decimal(2400)] * 3, now=now)

    assert reckoned.computed == Decimal(amount)


def test_the_rules_are_asked_of_what_would_hold_and_what_was_said_is_carried_over(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    words = "Neither firm approaches clients of the other for 36 months."
    draft = amendment_drafted(parent, prime.owner, {}, words=words, now=LATER)
    assert ("CL-02", "high") in {(one.rule, one.severity) for one in checks.standing(draft)}
    assert ("CL-02", "high") not in {(one.rule, one.severity) for one in checks.standing(parent)}

    known_of(draft, prime.owner, now=LATER)
    agreements.propose(draft, by=prime.owner, signing=read_by(draft, prime.owner, now=LATER), now=LATER)
    known_of(draft, sub.owner, now=LATER)
    agreements.sign(draft, by=sub.owner, signing=read_by(draft, sub.owner, now=LATER), now=LATER)

    assert ("CL-02", "high") in {(one.rule, one.severity) for one in checks.standing(parent)}
    assert not RuleFinding.objects.standing().filter(agreement=parent).not_acknowledged_by_both().exists()
    assert judge_now(need(prime, sub, LATER), now=LATER).status == "covered"


def test_the_nightly_look_comes_when_an_amendment_begins(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    amended(
        parent, prime.owner, sub.owner, {"client_tail_months": 18}, now=LATER, own={"starts_after_days": 1}
    )
    checks.check_due(now=LATER)
    assert checks.check_due(now=LATER + timedelta(hours=1)) == 0

    assert checks.check_due(now=LATER + 19 * timedelta(hours=1)) == 0
    parent.refresh_from_db()
    Agreement.objects.filter(pk=parent.pk).update(checked_at=LATER + timedelta(hours=23))
    assert checks.check_due(now=LATER + DAY) == 1


@pytest.mark.parametrize(
    ("changed", "words", "field"),
    [
        ({}, "", "other_changes"),
        ({"client_tail_months": 12}, " ", "other_changes"),
        ({"client_tail_months": 999}, "", "client_tail_months"),
        ({"term_months": 36}, "", "term_months"),
        ({"governing_law": "US-CA"}, "", "governing_law"),
        ({"nonsense": 1}, "", "nonsense"),
    ],
)
def test_what_cannot_be_changed_is_said_beside_it(
    prime: People, sub: People, changed: dict[str, Any], words: str, field: str
):
    parent = signed(prime.owner, sub.owner)

    with pytest.raises(Invalid) as refusal:
        amendment_drafted(parent, prime.owner, changed, words=words, now=LATER)

    assert set(refusal.value.fields) == {field}
    assert not Agreement.objects.filter(amends=parent).exists()


def test_only_owners_amend_and_never_an_amendment(prime: People, sub: People, stranger: People):
    parent = signed(prime.owner, sub.owner)
    with pytest.raises(WrongRole):
        amendment_drafted(parent, prime.dispatcher, {"net_days": 30}, now=LATER)
    with pytest.raises(Agreement.DoesNotExist):
        amendment_drafted(parent, stranger.owner, {"net_days": 30}, now=LATER)
    amendment = amended(parent, prime.owner, sub.owner, {"net_days": 30}, now=LATER)

    with pytest.raises(RuleBroken, match="Only an agreement that was signed here"):
        amendment_drafted(amendment, prime.owner, {"net_days": 20}, now=LATER)
    with pytest.raises(RuleBroken, match="ends with the agreement"):
        agreements.terminate(amendment, by=prime.owner, now=LATER)


def test_an_amendment_is_talked_about_like_any_text(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    draft = amendment_drafted(parent, prime.owner, {"net_days": 30}, now=LATER)
    agreements.propose(draft, by=prime.owner, signing=read_by(draft, prime.owner, now=LATER), now=LATER)
    agreements.recall(draft, by=prime.owner, now=LATER)
    draft = Agreement.objects.with_parties().get(pk=draft.pk)
    assert draft.current_revision.values["amended"] == {"net_days": 30}

    terms = amending.with_values(draft, {"net_days": 20}, "", "Twenty would do.")
    draft = agreements.revise(draft, terms, by=sub.owner, seen=draft.content_sha256, now=LATER)

    assert draft.current_revision.values["amended"] == {"net_days": 20}
    assert draft.current_revision.values["topic"] == "other days"
    assert verification.faults_of(draft) == []


def test_the_amendment_has_its_own_sealed_file(prime: People, sub: People, settings: Any, tmp_path: Any):
    settings.DATA_DIR = tmp_path
    parent = signed(prime.owner, sub.owner)
    sealing.seal_due(now=SIGNED_AT)
    amendment = amended(parent, prime.owner, sub.owner, {"net_days": 30}, now=LATER)

    assert sealing.seal_due(now=LATER) == 1
    assert bytes(amendment.document.body).startswith(b"%PDF")


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_no_amendment_reach_another_pair(prime: People, sub: People, stranger: People):
    parent = signed(prime.owner, sub.owner)
    draft = amendment_drafted(parent, prime.owner, {"net_days": 30}, now=LATER)

    with pytest.raises(DatabaseError, match="same two firms"), transaction.atomic():
        Agreement.objects.filter(pk=draft.pk).update(other=stranger.firm)
    with pytest.raises(DatabaseError, match="keeps its terms"), transaction.atomic():
        Agreement.objects.filter(pk=parent.pk).update(kind="nda")


def test_a_value_changed_in_the_database_shows(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    amendment = amended(parent, prime.owner, sub.owner, {"net_days": 30}, now=LATER)

    past_every_trigger(
        "UPDATE contracts_agreementrevision SET values = jsonb_set(values, '{amended,net_days}', '60') WHERE id = %s",
        amendment.current_revision_id,
    )

    fresh = Agreement.objects.with_parties().get(pk=amendment.pk)
    assert [fault.sentence for fault in verification.faults_of(fresh)] == [
        "A value of revision 1 was changed."
    ]


def test_an_amendment_hung_on_another_agreement_shows(prime: People, sub: People):
    first = signed(prime.owner, sub.owner)
    second = signed(prime.owner, sub.owner, now=LATER)
    amendment = amended(second, prime.owner, sub.owner, {"net_days": 30}, now=LATER + DAY)

    past_every_trigger("UPDATE contracts_agreement SET amends_id = %s WHERE id = %s", first.pk, amendment.pk)

    fresh = Agreement.objects.with_parties().get(pk=amendment.pk)
    assert [fault.sentence for fault in verification.faults_of(fresh)] == [
        "It changes another agreement than its text says."
    ]


def test_how_many_amendments_there_are_costs_no_query(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    amended(parent, prime.owner, sub.owner, {"net_days": 20}, now=LATER)
    at = need(prime, sub, LATER)
    one = asked(lambda: judge_now(at, now=LATER), "contracts")
    for day in range(1, 4):
        amended(parent, prime.owner, sub.owner, {"net_days": 20 + day}, now=LATER + day * DAY)

    assert asked(lambda: judge_now(at, now=LATER), "contracts") == one


def test_a_refused_amendment_leaves_nothing(prime: People, sub: People):
    draft = amendment_drafted(signed(prime.owner, sub.owner), prime.owner, {"net_days": 30}, now=LATER)
    with pytest.raises(IllegalStep):
        agreements.sign(draft, by=prime.owner, signing=read_by(draft, prime.owner, now=LATER), now=LATER)
    assert Agreement.objects.get(pk=draft.pk).status == "draft"


def test_it_is_written_changed_and_shown_in_the_browser(
    prime: People, sub: People, browser_of: Callable[..., Client]
):
    parent = signed(prime.owner, sub.owner, now=timezone.now() - DAY)
    templates.publish(standard.AMENDMENT, now=SIGNED_AT)
    ours = browser_of(sub.owner)
    page = reverse("agreement-amend", args=[sub.firm.pk, parent.pk])
    assert page in ours.get(reverse("agreement", args=[sub.firm.pk, parent.pk])).content.decode()

    made = ours.post(page, _typed(ours.get(page)) | {"topic": "slower payment", "net_days": "45"})

    draft = Agreement.objects.get(amends=parent)
    assert (made.url, draft.current_revision.values["amended"]) == (_page(sub, draft), {"net_days": 45})
    change = reverse("agreement-revise", args=[sub.firm.pk, draft.pk])
    again = ours.post(change, _typed(ours.get(change)) | {"net_days": "40"})
    draft = Agreement.objects.with_parties().get(pk=draft.pk)
    assert (again.url, draft.current_revision.values["amended"]) == (_page(sub, draft), {"net_days": 40})
    shown = ours.get(_page(sub, draft)).content.decode()
    assert "What it changes" in shown
    assert "40 days" in shown
    assert browser_of(prime.owner).get(_page(prime, draft)).status_code == 404


def test_the_page_of_the_agreement_shows_what_holds(
    prime: People, sub: People, browser_of: Callable[..., Client]
):
    parent = signed(prime.owner, sub.owner, now=timezone.now() - DAY)
    amended(
        parent, prime.owner, sub.owner, {"client_tail_months": 18}, now=timezone.now() - timedelta(hours=1)
    )

    shown = browser_of(sub.owner).get(_page(sub, parent)).content.decode()

    assert "What holds now, in eight lines" in shown
    assert "Changed since it was signed" in shown
    assert "until 18 months after your last day" in shown
    assert "Every value that holds now, with its source" in shown
    assert f'{_page(sub, Agreement.objects.get(amends=parent))}">Amendment</a>, signed' in shown
    assert (
        "18 months" in browser_of(sub.owner).get(reverse("agreements", args=[sub.firm.pk])).content.decode()
    )


def test_the_api_amends_and_tells_what_holds(prime: People, sub: People, api_of: Callable[..., Client]):
    parent = signed(prime.owner, sub.owner, now=timezone.now() - DAY)
    templates.publish(standard.AMENDMENT, now=SIGNED_AT)
    ours, path = api_of(prime.owner), f"/api/v1/agreements/{parent.pk}/"
    body = {"topic": "payment", "values": {"net_days": 30}}

    made = ours.post(f"{path}amend/", body, format="json")

    assert (made.status_code, made.json()["kind"], made.json()["amends"]) == (
        201,
        "amendment",
        str(parent.pk),
    )
    amended(parent, sub.owner, prime.owner, {"net_days": 25}, now=timezone.now())
    held = {one["key"]: one for one in ours.get(f"{path}effective-terms/").json()}
    assert (held["net_days"]["value"], held["net_days"]["amended"]) == (25, True)
    assert (held["notice_days"]["document"], held["notice_days"]["amended"]) == (str(parent.pk), False)
    seen = {"seen": made.json()["content_sha256"], "values": {"net_days": 20}}
    changed = ours.post(f"/api/v1/agreements/{made.json()['id']}/revise/", seen, format="json").json()
    assert changed["values"]["amended"] == {"net_days": 20}


def _typed(page: Any) -> dict[str, Any]:
    """Return a form as the browser would send it back untouched."""
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def _page(who: People, agreement: Agreement) -> str:
    return reverse("agreement", args=[who.firm.pk, agreement.pk])
