"""Two people at once, on two connections, behind one barrier."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from contracts.actions import agreements, sweeps
from contracts.actions.verification import faults_of
from contracts.models import Agreement, AgreementEvent, ProtectedClient, Signature
from partnernet.core.errors import RuleBroken
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, drafted, proposed, protected, read_by, signed
from tests.factories.partners import MemberFactory, People

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = SIGNED_AT


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all acts on connections of their own, released together; return what each returned or was refused with."""
    barrier = Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            answers[place] = act()
        except Exception as error:  # noqa: BLE001 - the assertions below say which are allowed
            answers[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def refusals(answers: list[object]) -> list[str]:
    return [str(answer) for answer in answers if isinstance(answer, Exception)]


def test_two_owners_of_one_firm_sign_at_once_and_one_signature_counts(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    people = [sub.owner, *(MemberFactory(firm=sub.firm, role="owner") for _ in range(4))]
    forms = [read_by(agreement, person) for person in people]

    answers = at_once(
        *(
            lambda p=p, f=f: agreements.sign(agreement, by=p, signing=f, now=NOW)
            for p, f in zip(people, forms, strict=True)
        )
    )

    assert Signature.objects.filter(side="other").count() == 1
    assert len(refusals(answers)) == 4
    assert all(isinstance(answer, Agreement | RuleBroken) for answer in answers)
    agreement.refresh_from_db()
    assert agreement.status == "signed"
    assert faults_of(agreement) == []


def test_both_firms_sign_at_once_and_it_is_in_force_once(prime: People, sub: People):
    agreement = agreements.propose(drafted(prime.owner, sub.firm), by=prime.owner, now=NOW)
    ours, theirs = read_by(agreement, prime.owner), read_by(agreement, sub.owner)

    answers = at_once(
        lambda: agreements.sign(agreement, by=prime.owner, signing=ours, now=NOW),
        lambda: agreements.sign(agreement, by=sub.owner, signing=theirs, now=NOW),
    )

    assert refusals(answers) == []
    agreement.refresh_from_db()
    assert (agreement.status, Signature.objects.count()) == ("signed", 2)
    assert list(AgreementEvent.objects.order_by("sequence").values_list("to_status", flat=True)) == [
        "draft",
        "proposed",
        "partially_signed",
        "signed",
    ]
    assert faults_of(agreement) == []


def test_a_signature_and_a_recall_meet_and_one_of_them_wins(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    form = read_by(agreement, sub.owner)

    answers = at_once(
        lambda: agreements.sign(agreement, by=sub.owner, signing=form, now=NOW),
        lambda: agreements.recall(agreement, by=prime.owner, now=NOW),
    )

    agreement.refresh_from_db()
    assert agreement.status in ("signed", "negotiating")
    assert len(refusals(answers)) == 1
    assert faults_of(agreement) == []


def test_two_proposals_at_once_leave_one_under_way(prime: People, sub: People):
    ours, theirs = drafted(prime.owner, sub.firm), drafted(sub.owner, prime.firm)

    answers = at_once(
        lambda: agreements.propose(ours, by=prime.owner, now=NOW),
        lambda: agreements.propose(theirs, by=sub.owner, now=NOW),
    )

    assert sorted(Agreement.objects.values_list("status", flat=True)) == ["draft", "proposed"]
    assert len(refusals(answers)) == 1
    assert "under way already" in refusals(answers)[0]


def test_two_sweeps_at_once_lapse_each_once(prime: People, sub: People, stranger: People):
    for firm in (sub.firm, stranger.firm):
        proposed(prime.owner, firm)
    later = NOW.replace(year=2008)

    answers = at_once(*(lambda: sweeps.lapse_due(now=later) for _ in range(4)))

    assert refusals(answers) == []
    assert AgreementEvent.objects.filter(step="lapse").count() == 2
    assert set(Agreement.objects.values_list("status", flat=True)) == {"lapsed"}


def test_one_client_is_protected_once_however_many_orders_are_accepted(prime: People, sub: People):
    signed(prime.owner, sub.owner)
    client = ClientFactory(firm=prime.firm)

    answers = at_once(*(lambda: protected(prime.owner, sub.owner, client=client) for _ in range(6)))

    assert refusals(answers) == []
    assert ProtectedClient.objects.count() == 1
    assert AgreementEvent.objects.filter(step="serve_notice").count() == 1
