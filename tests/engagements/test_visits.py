"""Going there: who may do what when, and what of it becomes evidence."""

from __future__ import annotations

import io
from base64 import b64encode
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from PIL import Image

from contracts.models import ApproachReport
from engagements.actions import access, answers, holding, onsite, preparing, submissions, visits
from engagements.actions.preparing import ToTick
from engagements.models import Deliverable, Submission, UnitReport, Visit, WorkOrder
from engagements.workflow import VISIT, WORK_ORDER
from partnernet.core import uploads
from partnernet.core.actors import CLOCK
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import ScoreEvent
from tests.engagements.conftest import MONDAY

pytestmark = pytest.mark.django_db

THURSDAY_9 = MONDAY + timedelta(days=2, hours=23)  # 8 March 2007, 09:00 in New York


def png(size: tuple[int, int] = (40, 20)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def taken(offer, sub) -> WorkOrder:
    """The order, taken by the sub, whose technician goes."""
    return answers.accept(
        offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY
    )


@pytest.fixture
def visit(taken) -> Visit:
    return taken.visits.get()


@pytest.fixture
def running(taken, visit, sub) -> WorkOrder:
    """The technician is on site, on time."""
    visits.acknowledge_briefing(taken, by=sub.technician, now=THURSDAY_9)
    visits.check_in(visit, by=sub.technician, now=THURSDAY_9 + timedelta(minutes=5))
    taken.refresh_from_db()
    return taken


@pytest.fixture
def done(running, sub) -> WorkOrder:
    """All 18 computers are counted and the technician has left after nine hours."""
    onsite.count_units(
        running, by=sub.technician, units=18, minutes=18 * 30, now=THURSDAY_9 + timedelta(hours=8)
    )
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + timedelta(hours=9, minutes=5))
    return running


@pytest.fixture
def handed_in(done, sub) -> Submission:
    return submissions.submit(
        done, by=sub.technician, client_asked_for_more=False, now=THURSDAY_9 + timedelta(hours=10)
    )


def test_acceptance_plans_the_first_visit(visit, sub):
    assert (visit.number, visit.status, visit.technician) == (1, "planned", sub.technician)


def test_check_in_waits_for_the_four_rules(visit, sub, taken):
    with pytest.raises(RuleBroken, match="Read the four rules first"):
        visits.check_in(visit, by=sub.technician, now=THURSDAY_9)

    visit.refresh_from_db()
    taken.refresh_from_db()
    assert (visit.status, taken.status) == ("planned", "assigned")


def test_check_in_starts_the_order_and_keeps_punctuality(running, prime):
    evidence = ScoreEvent.objects.get(kind="on_time_start")

    assert running.status == "in_progress"
    assert (evidence.value, evidence.counterparty) == (1, prime.firm)


@pytest.mark.parametrize(("minutes", "value"), [(135, 1), (136, 0)])
def test_late_begins_fifteen_minutes_after_the_window(taken, visit, sub, minutes, value):
    visits.acknowledge_briefing(taken, by=sub.technician, now=THURSDAY_9)

    visits.check_in(visit, by=sub.technician, now=THURSDAY_9 + timedelta(minutes=minutes))

    assert ScoreEvent.objects.get(kind="on_time_start").value == value


def test_half_an_hour_early_asks_first(taken, visit, sub):
    visits.acknowledge_briefing(taken, by=sub.technician, now=MONDAY)

    with pytest.raises(RuleBroken, match="more than 30 minutes early"):
        visits.check_in(visit, by=sub.technician, now=THURSDAY_9 - timedelta(minutes=31))

    visits.check_in(visit, by=sub.technician, now=THURSDAY_9 - timedelta(minutes=30))


def test_a_position_is_kept_as_a_distance(taken, visit, sub):
    site = visit.site
    site.latitude, site.longitude = 40.7684, -73.5251
    site.save(update_fields=["latitude", "longitude"])
    visits.acknowledge_briefing(taken, by=sub.technician, now=THURSDAY_9)

    visits.check_in(visit, by=sub.technician, position=visits.Position(40.7694, -73.5251), now=THURSDAY_9)

    visit.refresh_from_db()
    assert visit.metres_away == 111


def test_the_prime_does_not_check_in(visit, prime, taken):
    with pytest.raises(WrongSide):
        visits.check_in(visit, by=prime.owner, now=THURSDAY_9)


def test_another_technician_does_not_check_in(taken, visit, sub):
    other = sub.viewer

    with pytest.raises(WrongRole):
        visits.check_in(visit, by=other, now=THURSDAY_9)


def test_the_same_text_is_acknowledged_once(taken, sub):
    first = visits.acknowledge_briefing(taken, by=sub.technician, now=MONDAY)
    again = visits.acknowledge_briefing(taken, by=sub.technician, now=MONDAY)

    assert first == again
    assert taken.events.filter(step="briefing_acknowledged").count() == 1


def test_more_than_the_order_has_is_not_counted(running, sub):
    with pytest.raises(RuleBroken, match="Only 18 are left on this order"):
        onsite.count_units(running, by=sub.technician, units=19, now=THURSDAY_9)

    assert not UnitReport.objects.exists()
    assert not running.events.filter(step="units_reported").exists()


def test_units_are_counted_once_in_the_order_and_its_line(done, line):
    assert done.lines.get().done == 18
    assert UnitReport.objects.get().minutes == 540
    line.refresh_from_db()
    assert (line.committed, line.own_done) == (18, 0)


def test_work_left_means_another_visit(running, sub):
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))

    second = visits.plan_another(running, by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))

    assert (second.number, second.technician) == (2, sub.technician)
    with pytest.raises(RuleBroken, match="planned already"):
        visits.plan_another(running, by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))


def test_a_tick_twice_is_one_tick(running, prime, sub):
    task = preparing.add_task(running, ToTick("Check the calendar"), by=prime.dispatcher, now=THURSDAY_9)

    onsite.tick(task, by=sub.technician, done=True, now=THURSDAY_9)
    onsite.tick(task, by=sub.technician, done=True, now=THURSDAY_9)

    assert running.events.filter(step="task_done").count() == 1


def test_a_line_that_takes_a_photo_is_ticked_by_one(running, prime, sub):
    """A tap is no proof; a photo of something else is none either; another order's line is not found."""
    task = preparing.add_task(running, ToTick("The rack", proof="photo"), by=prime.dispatcher, now=THURSDAY_9)
    photo = uploads.picture(png(), "rack.png")
    onsite.add_photo(running, by=sub.technician, photo=photo, now=THURSDAY_9)
    with pytest.raises(RuleBroken, match="takes a photo"):
        onsite.tick(task, by=sub.technician, done=True, now=THURSDAY_9)
    assert "Not ticked yet: The rack." in submissions.missing(running, now=THURSDAY_9)
    with pytest.raises(Invalid):
        onsite.add_photo(running, by=sub.technician, photo=photo, task=running.pk, now=THURSDAY_9)

    kept = onsite.add_photo(running, by=sub.technician, photo=photo, task=task.pk, now=THURSDAY_9)

    task.refresh_from_db()
    assert (kept.task, task.done_by) == (task, sub.technician)
    onsite.tick(task, by=sub.technician, done=False, now=THURSDAY_9)
    assert onsite.tick(task, by=sub.technician, done=True, now=THURSDAY_9).done_at == THURSDAY_9


def test_the_sign_off_ticks_what_asks_for_it(running, prime, sub):
    task = preparing.add_task(running, ToTick("Sign-off", proof="signature"), by=prime.owner, now=THURSDAY_9)
    with pytest.raises(RuleBroken, match="client signs"):
        onsite.tick(task, by=sub.technician, done=True, now=THURSDAY_9)

    drawn = "data:image/png;base64," + b64encode(png()).decode()
    onsite.sign_off(running, by=sub.technician, drawn=drawn, signer="Mrs. Hart", now=THURSDAY_9)

    task.refresh_from_db()
    assert task.done_at == THURSDAY_9


def test_the_client_signs_with_a_name(running, sub):
    drawn = "data:image/png;base64," + b64encode(png()).decode()

    kept = onsite.sign_off(running, by=sub.technician, drawn=drawn, signer="Mrs. Hart", now=THURSDAY_9)

    assert (kept.kind, kept.signer_name, kept.content_type) == ("signature", "Mrs. Hart", "image/png")


@pytest.mark.parametrize(
    "drawn", ["", "data:text/html;base64,PGI+", "data:image/png;base64,@@@", "data:image/png;base64,PGI+"]
)
def test_what_is_no_drawing_is_refused(running, sub, drawn):
    with pytest.raises(RuleBroken):
        onsite.sign_off(running, by=sub.technician, drawn=drawn, signer="Mrs. Hart", now=THURSDAY_9)

    assert not Deliverable.objects.exists()


def test_a_page_named_jpg_is_no_photo():
    with pytest.raises(RuleBroken, match="not a photo we can read"):
        uploads.picture(b"<html><script>alert(1)</script></html>", "holiday.jpg")


def test_a_photo_is_drawn_anew_without_what_it_said_of_places():
    written = io.BytesIO()
    picture = Image.new("RGB", (3000, 1000), "white")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    picture.save(written, "JPEG", exif=exif)

    kept = uploads.picture(written.getvalue(), "../../etc/rack.php.jpg")

    assert b"secret place" not in kept.body
    assert kept.name == "rackphp.jpg"
    assert Image.open(io.BytesIO(kept.body)).size == (2400, 800)


def test_a_problem_is_told_to_the_other_firm_and_resolved_once(running, prime, sub):
    problem = onsite.report_problem(running, by=sub.technician, kind="access", text="No key.", now=THURSDAY_9)

    told = Notification.objects.filter(kind="problem_opened")
    assert {news.firm for news in told} == {prime.firm.pk}
    onsite.resolve_problem(problem, by=prime.dispatcher, resolution="The janitor comes.", now=THURSDAY_9)
    with pytest.raises(RuleBroken, match="resolved already"):
        onsite.resolve_problem(problem, by=prime.dispatcher, resolution="Again.", now=THURSDAY_9)


def test_what_the_client_asked_for_is_kept_told_and_counted_once(running, prime, sub):
    for what in ("A price for phones.", "And a printer."):
        submissions.client_asked(
            running, by=sub.technician, asked=submissions.ClientAsked(what), now=THURSDAY_9
        )

    assert ApproachReport.objects.filter(prime=prime.firm, sub=sub.firm).count() == 2
    assert ScoreEvent.objects.filter(kind="approach_reported").count() == 1
    assert Notification.objects.filter(kind="client_asked_for_more", firm=prime.firm.pk).exists()


@pytest.mark.parametrize("missing", ["task", "units", "visit", "access", "answer"])
def test_nothing_is_handed_in_with_something_missing(running, prime, sub, missing):
    if missing == "task":
        preparing.add_task(running, ToTick("Check the calendar"), by=prime.dispatcher, now=THURSDAY_9)
    if missing == "access":
        access.hand_over(running, access.Access("Server room key"), by=prime.dispatcher, now=THURSDAY_9)
    if missing != "units":
        onsite.count_units(running, by=sub.technician, units=18, now=THURSDAY_9)
    if missing != "visit":
        visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + timedelta(hours=1))
    answer = None if missing == "answer" else False

    with pytest.raises(RuleBroken):
        submissions.submit(running, by=sub.technician, client_asked_for_more=answer, now=THURSDAY_9)

    running.refresh_from_db()
    assert running.status == "in_progress"
    assert not Submission.objects.exists()


def test_access_given_back_lets_the_work_be_handed_in(done, prime, sub):
    grant = access.hand_over(done, access.Access("Key"), by=prime.dispatcher, now=THURSDAY_9)
    access.hand_back(grant, by=sub.technician, now=THURSDAY_9)

    assert submissions.missing(done, now=THURSDAY_9) == []


def test_pay_is_reckoned_when_the_work_is_handed_in(handed_in, done):
    done.refresh_from_db()

    assert done.status == "submitted"
    assert (handed_in.units, handed_in.hours, handed_in.amount) == (18, Decimal("9.00"), Decimal("1350.00"))


def test_the_silence_term_is_seven_business_days_of_the_prime(handed_in):
    # Handed in on Thursday 8 March; the seventh business day after it, Monday 19 March, ends at midnight in New York.
    assert handed_in.silence_at.isoformat() == "2007-03-20T04:00:00+00:00"


def test_sent_back_with_a_reason_it_runs_again(handed_in, done, prime):
    with pytest.raises(RuleBroken, match="Say why"):
        submissions.send_back(handed_in, by=prime.dispatcher, reason=" ", now=THURSDAY_9)

    submissions.send_back(handed_in, by=prime.dispatcher, reason="Two are missing.", now=THURSDAY_9)

    done.refresh_from_db()
    assert (done.status, done.submitted_at) == ("in_progress", None)
    assert Notification.objects.filter(kind="work_sent_back").exists()


def test_approving_leaves_evidence_about_both_firms(handed_in, prime, sub):
    submissions.approve(handed_in, by=prime.owner, now=THURSDAY_9 + timedelta(days=1))

    found = {
        (event.firm_id, event.kind): event.value for event in ScoreEvent.objects.exclude(kind="on_time_start")
    }
    assert found == {
        (sub.firm.pk, "deadline_met"): 1,
        (sub.firm.pk, "approved_first_time"): 1,
        (prime.firm.pk, "approved_promptly"): 1,
    }


def test_over_the_approval_limit_takes_an_owner(handed_in, prime, done):
    prime.dispatcher.approval_limit = Decimal(1349)

    with pytest.raises(WrongRole, match="over your approval limit"):
        submissions.approve(handed_in, by=prime.dispatcher, now=THURSDAY_9)

    done.refresh_from_db()
    assert done.status == "submitted"


def test_the_sub_does_not_approve_its_own_work(handed_in, sub):
    with pytest.raises(WrongSide):
        submissions.approve(handed_in, by=sub.owner, now=THURSDAY_9)


@pytest.mark.parametrize(("before", "approved"), [(1, False), (0, True), (-1, True)])
def test_silence_approves_at_its_instant_and_not_before(handed_in, before, approved):
    moment = handed_in.silence_at - timedelta(milliseconds=before)

    if approved:
        submissions.approve(handed_in, by=CLOCK, now=moment)
    else:
        with pytest.raises(RuleBroken, match="not run out"):
            submissions.approve(handed_in, by=CLOCK, now=moment)

    handed_in.refresh_from_db()
    assert handed_in.by_silence is approved


def test_a_decision_is_made_once(handed_in, prime):
    submissions.approve(handed_in, by=prime.owner, now=THURSDAY_9)

    with pytest.raises(IllegalStep):
        submissions.send_back(handed_in, by=prime.owner, reason="Too late.", now=THURSDAY_9)


def test_no_answer_to_the_question_names_its_field(done, sub):
    with pytest.raises(Invalid) as refused:
        submissions.submit(done, by=sub.technician, client_asked_for_more=None, now=THURSDAY_9)

    assert refused.value.fields == {
        "client_asked_for_more": ["Did the client ask for anything else? Yes or no."]
    }


def test_an_order_on_hold_lets_nobody_in_and_goes_on_from_where_it_was(taken, visit, prime, sub):
    holding.hold(taken, by=prime.dispatcher, reason="Water in the cellar.", now=MONDAY)
    visits.acknowledge_briefing(taken, by=sub.technician, now=THURSDAY_9)
    with pytest.raises(IllegalStep):
        visits.check_in(visit, by=sub.technician, now=THURSDAY_9)
    assert Notification.objects.filter(kind="work_on_hold", firm=sub.firm.pk).exists()

    holding.resume(taken, by=prime.dispatcher, now=MONDAY)

    taken.refresh_from_db()
    assert (taken.status, taken.held_from) == ("assigned", "")
    visits.check_in(visit, by=sub.technician, now=THURSDAY_9)


def test_nothing_is_held_while_somebody_is_on_site(running, prime):
    with pytest.raises(RuleBroken, match="Somebody is on site"):
        holding.hold(running, by=prime.dispatcher, reason="Stop.", now=THURSDAY_9)

    running.refresh_from_db()
    assert running.status == "in_progress"


@pytest.mark.parametrize("status", Visit.Status.values)
@pytest.mark.parametrize("side", ["prime", "sub", "system", ""])
@pytest.mark.parametrize("role", ["owner", "dispatcher", "finance", "technician", "viewer", "system"])
def test_every_cell_of_the_visit_table(status, side, role):
    crew, leads = {"owner", "dispatcher", "technician"}, {"owner", "dispatcher"}
    expected = {
        "confirm": side == "sub" and role in crew and status == "planned",
        "set_off": side == "sub" and role in crew and status in {"planned", "confirmed"},
        "check_in": side == "sub" and role in crew and status in {"planned", "confirmed", "on_my_way"},
        "finish": side == "sub" and role in crew and status == "checked_in",
        "miss": side == "prime" and role in leads and status in {"planned", "confirmed", "on_my_way"},
        "call_off": side == "system" and status in {"planned", "confirmed", "on_my_way"},
        "replan": side == "system" and status in {"confirmed", "on_my_way"},
    }

    opened = {step.name for step in VISIT.open_steps(status, side=side, role=role)}

    assert opened == {name for name, allowed in expected.items() if allowed}


@pytest.mark.parametrize("status", WorkOrder.Status.values)
@pytest.mark.parametrize("side", ["prime", "sub", "system", ""])
@pytest.mark.parametrize("role", ["owner", "dispatcher", "finance", "technician", "viewer", "system"])
def test_every_cell_of_doing_and_approving(status, side, role):
    crew, leads = {"owner", "dispatcher", "technician"}, {"owner", "dispatcher"}
    expected = {
        "start": side == "sub" and role in crew and status == "assigned",
        "submit": side == "sub" and role in crew and status == "in_progress",
        "send_back": side == "prime" and role in leads and status == "submitted",
        "approve": side == "prime" and role in leads and status == "submitted",
        "approve_by_silence": side == "system" and status == "submitted",
        "hold": side == "prime" and role in leads and status in {"assigned", "in_progress"},
        "resume": side == "prime" and role in leads and status == "on_hold",
    }

    opened = {step.name for step in WORK_ORDER.open_steps(status, side=side, role=role)} & set(expected)

    assert opened == {name for name, allowed in expected.items() if allowed}


def test_a_visit_that_ended_leads_to_the_one_that_is_open(running, sub, client):
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + timedelta(hours=2))
    later = visits.plan_another(running, by=sub.technician, now=THURSDAY_9 + timedelta(hours=2))
    client.force_login(sub.technician.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    ended = running.visits.order_by("number").first()

    shown = client.get(reverse("visit", args=[sub.firm.pk, ended.pk])).content.decode()

    assert reverse("visit", args=[sub.firm.pk, later.pk]) in shown
    assert reverse("visit-come-back", args=[sub.firm.pk, ended.pk]) not in shown
