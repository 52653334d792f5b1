"""Who goes when the technician cannot: a named backup, and another technician by the prime's leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from engagements.actions import answers, backups, changes, visits
from engagements.actions.changes import Wanted
from engagements.models import Assignment, ChangeRequest, Visit, WorkOrder
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY

pytestmark = pytest.mark.django_db

THURSDAY_9 = MONDAY + timedelta(days=2, hours=23)
MISSED = THURSDAY_9 + timedelta(hours=2, minutes=16)
ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")


@pytest.fixture
def taken(offer, sub) -> WorkOrder:
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.get(pk=offer.work_order_id)


@pytest.fixture
def backed(taken, sub) -> WorkOrder:
    backups.name_backup(taken, by=sub.dispatcher, technician=sub.owner.pk, now=MONDAY)
    return taken


@pytest.fixture
def begun(taken, sub) -> WorkOrder:
    visits.acknowledge_briefing(taken, by=sub.technician, now=THURSDAY_9)
    visits.check_in(taken.visits.get(), by=sub.technician, now=THURSDAY_9)
    return WorkOrder.objects.get(pk=taken.pk)


def who_goes(order) -> tuple:
    assignment = Assignment.objects.get(work_order=order)
    return assignment.technician, assignment.backup


def swap(order, person, *, by) -> ChangeRequest:
    wanted = Wanted("swap", "He is ill", technician=person.pk)
    return changes.ask(order, wanted, by=by, now=THURSDAY_9)


def test_only_the_leads_of_the_sub_name_a_backup(taken, prime, sub, stranger):
    for people in (prime, sub, stranger):
        for role in ROLES:
            if people is sub and role in {"owner", "dispatcher"}:
                continue
            with pytest.raises((WrongSide, WrongRole)):
                backups.name_backup(taken, by=getattr(people, role), technician=sub.owner.pk, now=MONDAY)

    assert who_goes(taken) == (sub.technician, None)
    backups.name_backup(taken, by=sub.dispatcher, technician=sub.owner.pk, now=MONDAY)
    assert who_goes(taken) == (sub.technician, sub.owner)
    backups.name_backup(taken, by=sub.dispatcher, technician=None, now=MONDAY)
    assert who_goes(taken) == (sub.technician, None)


@pytest.mark.parametrize("who", ["technician of theirs", "who goes already"])
def test_a_backup_is_somebody_else_of_ones_own_firm(who, taken, prime, sub):
    person = prime.technician if who == "technician of theirs" else sub.technician

    with pytest.raises(Invalid):
        backups.name_backup(taken, by=sub.owner, technician=person.pk, now=MONDAY)

    assert who_goes(taken) == (sub.technician, None)


def test_a_backup_who_becomes_the_technician_is_none_any_more(backed, sub):
    visits.name_technician(backed, by=sub.owner, technician=sub.owner.pk, now=MONDAY)

    assert who_goes(backed) == (sub.owner, None)


@pytest.mark.parametrize("status", ["planned", "confirmed", "on_my_way"])
def test_after_a_missed_start_the_prime_sends_the_backup_on_the_same_terms(status, backed, prime, sub):
    if status == "confirmed":
        visits.confirm(backed.visits.get(), by=sub.technician, now=MONDAY)
    if status == "on_my_way":
        visits.set_off(backed.visits.get(), by=sub.technician, now=THURSDAY_9)

    backups.send_backup(backed, by=prime.dispatcher, now=MISSED)

    visit = Visit.objects.get(work_order=backed)
    assert who_goes(backed) == (sub.owner, None)
    assert (visit.status, visit.technician, visit.set_off_at) == ("planned", sub.owner, None)
    backed.refresh_from_db()
    assert (backed.status, backed.not_to_exceed) == ("assigned", 1350)
    told = Notification.objects.filter(kind="backup_sent")
    assert {(news.user, news.urgent) for news in told} == {
        (sub.owner.user, True),
        (sub.dispatcher.user, True),
    }


def test_no_backup_is_sent_before_the_start_is_missed(backed, prime, sub):
    with pytest.raises(RuleBroken, match="once the start is missed"):
        backups.send_backup(backed, by=prime.owner, now=MISSED - timedelta(minutes=1))

    assert who_goes(backed) == (sub.technician, sub.owner)


def test_nobody_is_sent_where_nobody_is_named(taken, prime):
    with pytest.raises(RuleBroken, match="if one is named"):
        backups.send_backup(taken, by=prime.owner, now=MISSED)

    assert not Notification.objects.filter(kind="backup_sent").exists()


def test_only_the_leads_of_the_prime_send_it(backed, prime, sub, stranger):
    for people in (prime, sub, stranger):
        for role in ROLES:
            if people is prime and role in {"owner", "dispatcher"}:
                continue
            with pytest.raises((WrongSide, WrongRole)):
                backups.send_backup(backed, by=getattr(people, role), now=MISSED)

    assert who_goes(backed) == (sub.technician, sub.owner)


def test_the_button_stands_on_the_page_of_the_prime_alone(client, backed, prime, sub):
    said = "Send the backup, same terms"  # the order is of 2007, so its start is long missed

    for people, shown in ((prime, True), (sub, False)):
        client.force_login(people.dispatcher.user)
        page = client.get(reverse("work-order", args=[people.firm.pk, backed.pk])).content.decode()
        assert (said in page) is shown

    client.force_login(prime.dispatcher.user)
    client.post(reverse("work-order-send-backup", args=[prime.firm.pk, backed.pk]))
    assert who_goes(backed) == (sub.owner, None)


def test_the_form_shows_who_is_named(client, backed, sub):
    client.force_login(sub.dispatcher.user)

    page = client.get(reverse("work-order", args=[sub.firm.pk, backed.pk])).content.decode()

    assert f'<option value="{sub.owner.pk}" selected>' in page


def test_before_the_work_begins_a_swap_needs_no_leave(taken, sub):
    with pytest.raises(IllegalStep, match="just say who goes"):
        swap(taken, sub.owner, by=sub.owner)

    assert not ChangeRequest.objects.exists()


def test_an_agreed_swap_hands_on_what_nobody_has_begun(begun, prime, sub):
    first = begun.visits.get()
    visits.finish(first, by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))
    second = visits.plan_another(begun, by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))
    asked = swap(begun, sub.owner, by=sub.dispatcher)
    assert who_goes(begun)[0] == sub.technician

    changes.agree(asked, by=prime.dispatcher, now=THURSDAY_9)

    first.refresh_from_db()
    second.refresh_from_db()
    assert who_goes(begun)[0] == sub.owner
    assert (first.technician, second.technician) == (sub.technician, sub.owner)
    assert Notification.objects.filter(kind="technician_named", user=sub.owner.user).exists()


def test_a_refused_swap_changes_nobody(begun, prime, sub):
    changes.refuse(swap(begun, sub.owner, by=sub.owner), by=prime.owner, now=THURSDAY_9)

    assert who_goes(begun)[0] == sub.technician


def test_the_prime_does_not_choose_the_technician(begun, prime, sub):
    with pytest.raises(WrongSide):
        swap(begun, sub.owner, by=prime.owner)

    assert not ChangeRequest.objects.exists()


def test_a_swap_is_asked_for_on_a_page(client, begun, prime, sub):
    client.force_login(sub.dispatcher.user)
    address = reverse("change-ask", args=[sub.firm.pk, begun.pk, "swap"])
    assert "Who goes instead" in client.get(address).content.decode()

    client.post(address, {"technician": str(sub.owner.pk), "text": "He is ill"})

    assert ChangeRequest.objects.get().technician == sub.owner
    client.force_login(prime.dispatcher.user)
    page = client.get(reverse("work-order", args=[prime.firm.pk, begun.pk])).content.decode()
    assert f"Another technician: {sub.owner.user.called}" in page
