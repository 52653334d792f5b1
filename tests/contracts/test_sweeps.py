import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from contracts import tasks
from contracts.actions import agreements, sweeps, templates
from contracts.actions.verification import faults_of, head_of
from contracts.models import Agreement, AgreementEvent, TemplateVersion
from contracts.workflow import AGREEMENT
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Notification
from tests.factories.contracts import SIGNED_AT, proposed, published, signed
from tests.factories.partners import FirmFactory, People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY, MS = timedelta(days=1), timedelta(milliseconds=1)


def reminders() -> list[str]:
    return list(
        Notification.objects.filter(kind="agreement_reminder")
        .order_by("created_at")
        .values_list("user__email", flat=True)
    )


def test_who_has_not_signed_is_reminded_on_day_3_7_and_14(prime: People, sub: People):
    proposed(prime.owner, sub.firm)

    counts = [
        sweeps.remind_due(now=NOW + days)
        for days in (3 * DAY - MS, 3 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 20 * DAY)
    ]

    assert counts == [0, 1, 0, 1, 1, 0]
    assert reminders() == ["owner@bluemesa.example"] * 3


def test_a_sweep_that_comes_late_says_it_once(prime: People, sub: People):
    proposed(prime.owner, sub.firm)

    assert [sweeps.remind_due(now=NOW + 8 * DAY) for _ in range(2)] == [1, 0]
    assert Agreement.objects.get().remind_at == NOW + 14 * DAY


@pytest.mark.parametrize(("offset", "lapsed"), [(-MS, 0), (timedelta(0), 1), (MS, 1)])
def test_what_nobody_signs_lapses_after_30_days(prime: People, sub: People, offset: timedelta, lapsed: int):
    agreement = proposed(prime.owner, sub.firm)

    assert sweeps.lapse_due(now=NOW + 30 * DAY + offset) == lapsed
    assert sweeps.lapse_due(now=NOW + 30 * DAY + offset) == 0

    agreement.refresh_from_db()
    assert agreement.status == ("lapsed" if lapsed else "partially_signed")
    assert Notification.objects.filter(kind="agreement_lapsed").count() == 2 * lapsed
    assert faults_of(agreement) == []


def test_what_is_signed_or_talked_about_does_not_lapse(prime: People, sub: People, stranger: People):
    signed(prime.owner, sub.owner)
    agreements.recall(proposed(prime.owner, stranger.firm), by=prime.owner, now=NOW)

    assert (sweeps.lapse_due(now=NOW + 400 * DAY), sweeps.remind_due(now=NOW + 400 * DAY)) == (0, 0)


def test_the_tasks_run_twice_without_harm(prime: People, sub: People):
    proposed(prime.owner, sub.firm)

    for _ in range(2):
        tasks.remind_signers(anything="ignored")
        tasks.lapse_agreements()

    assert Agreement.objects.get().status == "lapsed"
    assert AgreementEvent.objects.filter(step="lapse").count() == 1


def test_publishing_twice_changes_nothing(capsys: pytest.CaptureFixture[str]):
    call_command("publish_template", "--json")
    first = json.loads(capsys.readouterr().out)
    call_command("publish_template", "--json")

    assert json.loads(capsys.readouterr().out) == first
    assert [(row["key"], row["label"]) for row in first] == [
        ("amendment", "1.0"),
        ("mutual_nda", "1.0"),
        ("mutual_subcontract_agreement", "1.1"),
        ("paper_agreement", "1.0"),
    ]
    assert {version.review for version in TemplateVersion.objects.all()} == {"Reviewed by no lawyer yet"}


def test_a_published_label_never_stands_for_another_text():
    version = published()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE contracts_templateversion SET text_sha256 = repeat('0', 64)")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(RuleBroken, match="Give the changed text a new label"):
        templates.publish()
    assert TemplateVersion.objects.get() == version


TAMPERINGS = {
    "text": ("contracts_agreementrevision", "UPDATE contracts_agreementrevision SET text = replace(text, '12 months', '1 month')", "is not the text that was hashed"),
    "value": ("contracts_agreementrevision", """UPDATE contracts_agreementrevision SET "values" = jsonb_set("values", '{net_days}', '60')""", "A value of revision 1 was changed"),
    "event text": ("contracts_agreementevent", "UPDATE contracts_agreementevent SET text = replace(text, 'sign', 'sigh') WHERE sequence = 3", "Event 3 was changed after it was written"),
    "event column": ("contracts_agreementevent", "UPDATE contracts_agreementevent SET reason = 'x' WHERE sequence = 2", "Event 2 no longer says what was hashed"),
    "deleted": ("contracts_agreementevent", "DELETE FROM contracts_agreementevent WHERE sequence = 2", "Event 2 is missing"),
    "cut tail": ("contracts_agreementevent", "DELETE FROM contracts_agreementevent WHERE sequence = 4", "its history says partially_signed"),
    "signature": ("contracts_signature", "UPDATE contracts_signature SET content_sha256 = repeat('a', 64) WHERE side = 'other'", "is not on the text that was signed"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_check_events_finds_every_tampering_by_a_superuser(
    prime: People, sub: People, capsys: pytest.CaptureFixture[str], what: str
):
    agreement = signed(prime.owner, sub.owner)
    call_command("check_events", "--json")
    assert json.loads(capsys.readouterr().out)["agreements"][0]["head"] == head_of(agreement)
    table, sql, sentence = TAMPERINGS[what]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(SystemExit) as end:
        call_command("check_events", "--json")

    found = json.loads(capsys.readouterr().out)
    assert (end.value.code, found["checked"], found["broken"]) == (1, 1, 1)
    assert any(sentence in fault["sentence"] for fault in found["agreements"][0]["faults"])
    assert table


STATUSES = (
    "draft",
    "proposed",
    "negotiating",
    "agreed",
    "partially_signed",
    "signed",
    "declined",
    "voided",
    "lapsed",
)


def test_every_status_is_reached_and_the_end_has_no_way_out():
    reached = {"draft", "partially_signed", "signed"} | {step.target for step in AGREEMENT if step.target}
    left = {source for step in AGREEMENT for source in step.sources}

    assert reached == set(STATUSES)
    assert set(STATUSES) - left == {"declined", "voided", "lapsed"}


def test_fifty_agreements_lapse_in_one_sweep(prime: People):
    for _ in range(5):
        proposed(prime.owner, FirmFactory())

    assert sweeps.lapse_due(now=NOW + 30 * DAY) == 5
