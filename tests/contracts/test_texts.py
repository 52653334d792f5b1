"""Texts: written by operators, looked at, published for good, let run out, withdrawn; and agreements that move on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracts import comparison, rendering, standard
from contracts.actions import agreements, authoring, checks, coverage, moving, templates
from contracts.coverage import Need
from contracts.models import Agreement, AgreementTemplate, ClauseVersion, TemplateEvent, TemplateVersion
from contracts.rendering import Clause
from contracts.values import Variable
from contracts.workflow import OPERATOR, STAFF, TEMPLATE
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale
from partnernet.core.models import Notification, User
from tests.contracts.known_contracts import SAYS, WORDING
from tests.factories.contracts import SIGNED_AT, drafted, on_older_text, proposed, published, read_by, signed
from tests.factories.partners import OperatorFactory, People, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def operator() -> User:
    return OperatorFactory(is_superuser=True)


@pytest.fixture
def draft(operator: User) -> TemplateVersion:
    """The next version of the subcontract agreement, begun."""
    return authoring.next_version(published(), by=operator, now=NOW)


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def clause_of(version: TemplateVersion, key: str) -> Clause:
    return ClauseVersion.objects.get(version=version, key=key).pure()


def ready(draft: TemplateVersion, operator: User) -> TemplateVersion:
    return authoring.step(draft, "review", by=operator, now=NOW)


def test_the_next_version_begins_as_a_copy(draft: TemplateVersion, operator: User):
    copied = TemplateVersion.objects.with_wording().get(pk=draft.pk)

    assert (copied.label, copied.status, copied.says) == ("1.2", "draft", SAYS)
    assert replace(copied.wording(), label="1.1") == published_wording()
    with pytest.raises(RuleBroken, match=r"Version 1\.2 is being written already"):
        authoring.next_version(published(), by=operator, now=NOW)


def published_wording() -> rendering.Wording:
    return TemplateVersion.objects.with_wording().get(label="1.1").wording()


def test_what_is_stored_is_what_is_shipped():
    published()

    assert rendering.wording_sha256(published_wording()) == rendering.wording_sha256(WORDING)


def test_a_text_of_its_own_begins_as_a_copy(operator: User):
    new = authoring.NewText("Referral agreement", "master_subcontract", published())

    made = authoring.begin(new, by=operator, now=NOW)

    assert (made.template.key, made.template.title, made.label) == (
        "referral_agreement",
        "Referral agreement",
        "1.0",
    )
    assert made.clauses.count() == 31
    with pytest.raises(Invalid, match="There is a text of this title"):
        authoring.begin(new, by=operator, now=NOW)


def test_only_operators_write_texts(draft: TemplateVersion):
    nobody = UserFactory()

    for attempt in (
        lambda: authoring.next_version(draft, by=nobody),
        lambda: authoring.put_clause(draft, clause_of(draft, "payment"), by=nobody),
        lambda: authoring.step(draft, "review", by=nobody),
        lambda: authoring.publish(draft, by=nobody),
        lambda: authoring.withdraw(published(), by=nobody, reason="Because."),
    ):
        with pytest.raises(RuleBroken, match="Only the network's operator"):
            attempt()

    assert set(TemplateEvent.objects.values_list("step", flat=True)) <= {"begin", "publish"}


def test_a_draft_is_changed_clause_by_clause_and_line_by_line(draft: TemplateVersion, operator: User):
    payment = replace(
        clause_of(draft, "payment"), text="Approved work is paid within {{net_days}}, {{grace}} of grace."
    )
    authoring.put_clause(draft, payment, by=operator, now=NOW)
    authoring.put_variable(
        draft, Variable("grace", "Days of grace", "days", default=3, group="Payment"), by=operator, now=NOW
    )
    authoring.put_clause(
        draft,
        Clause("feedback", 99, "Feedback", "Both say how it went.", "free", "It helps."),
        by=operator,
        now=NOW,
    )
    authoring.shift(draft, "clause:feedback", to="up", by=operator, now=NOW)
    authoring.shift(draft, "clause:worker_notice", to="out", by=operator, now=NOW)

    wording = TemplateVersion.objects.with_wording().get(pk=draft.pk).wording()
    assert [(one.number, one.key) for one in wording.clauses][-2:] == [(30, "general"), (31, "feedback")]
    assert wording.variables[-1].key == "grace"
    assert clause_of(draft, "payment").text == payment.text
    with pytest.raises(RuleBroken, match="nothing of that name"):
        authoring.shift(draft, "clause:worker_notice", to="up", by=operator, now=NOW)
    with pytest.raises(Invalid, match="The most is 60"):
        authoring.put_variable(
            draft, replace(published_variable("net_days"), default=61), by=operator, now=NOW
        )


def published_variable(key: str) -> Variable:
    return next(one for one in published_wording().variables if one.key == key)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Paid within {{nett_days}}.", "names the variable “nett_days”"),
        ("A penalty is due after {{net_days}}.", "a word that we never use"),
    ],
)
def test_a_text_with_a_fault_is_not_even_sent_to_review(
    draft: TemplateVersion, operator: User, text: str, fault: str
):
    authoring.put_clause(draft, replace(clause_of(draft, "payment"), text=text), by=operator, now=NOW)

    with pytest.raises(RuleBroken, match=fault):
        ready(draft, operator)

    draft.refresh_from_db()
    assert draft.status == "draft"


def test_an_unanswered_question_keeps_a_text_from_review(draft: TemplateVersion, operator: User):
    authoring.answer(
        draft, {key: said for key, said in SAYS.items() if key != "survival"}, by=operator, now=NOW
    )

    with pytest.raises(RuleBroken, match="Does it say what lasts after the end"):
        ready(draft, operator)


def test_a_rule_that_blocks_keeps_a_text_from_being_published(draft: TemplateVersion, operator: User):
    on = replace(published_variable("personnel_clause"), default=True)
    authoring.put_variable(draft, on, by=operator, now=NOW)
    authoring.answer(draft, {**SAYS, "personnel_tied": False}, by=operator, now=NOW)
    reviewed = ready(draft, operator)

    with pytest.raises(RuleBroken, match="naked no-poach"):
        authoring.publish(reviewed, by=operator, now=NOW)

    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.text_sha256) == ("in_review", None, "")
    assert TemplateVersion.objects.published().get(template=draft.template_id).label == "1.1"


def test_a_grave_finding_takes_a_reason(draft: TemplateVersion, operator: User):
    authoring.answer(draft, {**SAYS, "clients_named": False}, by=operator, now=NOW)
    reviewed = ready(draft, operator)

    with pytest.raises(RuleBroken, match="Say why you publish it"):
        authoring.publish(reviewed, by=operator, now=NOW)
    out = authoring.publish(reviewed, by=operator, reason="A lawyer asked for it.", now=NOW)

    assert out.status == "published"
    assert [(one.rule, one.severity) for one in out.findings.standing()] == [("CL-01", "high")]
    assert out.events.get(step="publish").reason == "A lawyer asked for it."


def test_publishing_lets_the_older_one_step_back_and_drafts_on_it_can_be_finished(
    prime: People, sub: People, draft: TemplateVersion, operator: User
):
    agreement = drafted(prime.owner, sub.firm, now=NOW)

    out = authoring.publish(ready(draft, operator), by=operator, now=NOW)

    assert TemplateVersion.objects.get(label="1.1").status == "deprecated"
    assert out.text_sha256 == rendering.wording_sha256(out.wording())
    agreement = agreements.propose(
        agreement, by=prime.owner, signing=read_by(agreement, prime.owner, now=NOW), now=NOW
    )
    assert agreement.status == "partially_signed"
    assert [(one.rule, one.severity) for one in checks.standing(agreement)] == [("GN-05", "info")]
    agreements.void(agreement, by=prime.owner, now=NOW)
    assert drafted(prime.owner, sub.firm, now=NOW).template_version_id == out.pk


def test_an_older_version_is_not_published_after_a_newer_one():
    published()

    with pytest.raises(RuleBroken, match=r"Version 1\.1 is published, so version 1\.0 cannot follow"):
        templates.publish(label="1.0")


def test_a_published_text_changes_neither_by_actions_nor_in_the_database(operator: User):
    version = published()
    with pytest.raises(IllegalStep):
        authoring.put_clause(version, replace(clause_of(version, "payment"), text="Never."), by=operator)
    with pytest.raises(IllegalStep):
        authoring.answer(version, {}, by=operator)

    for attempt in (
        "UPDATE contracts_clauseversion SET text = 'Never.' WHERE key = 'payment'",
        "DELETE FROM contracts_clauseversion WHERE key = 'payment'",
        "UPDATE contracts_variabledefinition SET \"default\" = '60' WHERE key = 'net_days'",
        "UPDATE contracts_templateversion SET label = '1.9'",
        "UPDATE contracts_templateversion SET says = '{}'",
        "UPDATE contracts_templateversion SET status = 'draft', published_at = NULL",
        "UPDATE contracts_agreementtemplate SET title = 'Another'",
        "UPDATE contracts_agreementtemplate SET kind = 'nda'",
        "DELETE FROM contracts_templateevent WHERE FALSE; UPDATE contracts_templateevent SET step = 'x'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)
    clause = ClauseVersion.objects.get(version=version, key="payment")
    clause.text = "Never."
    with pytest.raises(IntegrityError), transaction.atomic():
        clause.save()

    assert rendering.wording_sha256(published_wording()) == version.text_sha256


def test_what_is_withdrawn_or_has_stepped_back_never_comes_back(operator: User, draft: TemplateVersion):
    authoring.publish(ready(draft, operator), by=operator, now=NOW)
    authoring.withdraw(
        TemplateVersion.objects.get(label="1.2"), by=operator, reason="A court said so.", now=NOW
    )

    for attempt in (
        "UPDATE contracts_templateversion SET status = 'published' WHERE label = '1.1'",
        "UPDATE contracts_templateversion SET status = 'published', withdrawn_at = NULL, withdrawn_reason = '' WHERE label = '1.2'",
        "UPDATE contracts_templateversion SET withdrawn_reason = 'Nothing' WHERE label = '1.2'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)


def test_a_lawyer_is_noted_and_the_text_says_so(operator: User):
    version = published()

    with pytest.raises(Invalid, match="not come yet"):
        authoring.note_review(
            version, by=operator, reviewed_by="A. Law", reviewed_on=date(2026, 12, 2), now=NOW
        )
    noted = authoring.note_review(
        version, by=operator, reviewed_by="A. Law, Mineola", reviewed_on=date(2026, 11, 30), now=NOW
    )

    assert noted.review == "Reviewed by A. Law, Mineola, November 2026"


def test_withdrawing_reaches_drafts_proposals_and_what_is_in_force(
    prime: People, sub: People, operator: User
):
    in_force = signed(prime.owner, sub.owner, now=NOW)
    version = in_force.template_version
    begun = drafted(sub.owner, prime.firm, now=NOW)
    assert authoring.concerned(version, now=NOW) == {"drafts": 1, "under_way": 0, "in_force": 1}

    with pytest.raises(RuleBroken, match="Say why"):
        authoring.withdraw(version, by=operator, reason=" ", now=NOW)
    with pytest.raises(Invalid, match="At most 90 days"):
        authoring.withdraw(version, by=operator, reason="Void.", days=91, now=NOW)
    authoring.withdraw(version, by=operator, reason="A court found clause 10 void.", days=30, now=NOW)

    in_force.refresh_from_db()
    assert in_force.in_force(NOW)
    told = Notification.objects.filter(kind="text_withdrawn_in_force")
    assert set(told.values_list("firm", flat=True)) == {prime.firm.pk, sub.firm.pk}
    assert Notification.objects.get(kind="text_withdrawn_unsigned").firm == sub.firm.pk
    with pytest.raises(RuleBroken, match="newer text"):
        agreements.propose(begun, by=sub.owner, signing=read_by(begun, sub.owner, now=NOW), now=NOW)
    begun.refresh_from_db()
    assert begun.status == "draft"
    with pytest.raises(RuleBroken, match="has not published an agreement yet"):
        agreements.draft(sub.firm, by=prime.owner, values={"governing_law": "US-NY"}, now=NOW)


@pytest.mark.parametrize(
    ("days", "after", "status"), [(0, 0, "blocked"), (30, 29, "covered"), (30, 30, "blocked")]
)
def test_new_work_stops_when_a_withdrawn_text_has_run_out(
    prime: People, sub: People, operator: User, days: int, after: int, status: str
):
    version = signed(prime.owner, sub.owner, now=NOW).template_version
    authoring.withdraw(version, by=operator, reason="Void.", days=days, now=NOW)
    at = NOW + timedelta(days=after)

    verdict = coverage.judge_now(Need(prime.firm.pk, sub.firm.pk, at, at + timedelta(days=1)), now=at)

    assert verdict.status == status


def test_an_unsigned_agreement_moves_to_the_newest_text_with_its_values(prime: People, sub: People):
    agreement = on_older_text(drafted(prime.owner, sub.firm, values={"client_tail_months": 9}, now=SIGNED_AT))

    with pytest.raises(Stale):
        moving.move(agreement, by=prime.owner, seen="0" * 64, now=NOW)
    moved = moving.move(agreement, by=prime.owner, seen=agreement.content_sha256, now=NOW)

    assert (moved.template_version.label, moved.status) == ("1.1", "draft")
    assert moved.current_revision.values["client_tail_months"] == 9
    assert moved.current_revision.text.startswith("# Mutual Subcontract Agreement, version 1.1")
    assert moved.events.get(step="move").changes["from"] == "1.0"
    with pytest.raises(RuleBroken, match="newest text already"):
        moving.move(moved, by=prime.owner, seen=moved.content_sha256, now=NOW)


def test_moving_what_was_sent_goes_back_to_talks_and_is_told(prime: People, sub: People):
    agreement = on_older_text(drafted(prime.owner, sub.firm, now=NOW))
    agreement = agreements.propose(agreement, by=prime.owner, now=NOW)

    moved = moving.move(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    assert (moved.status, moved.lapses_at) == ("negotiating", None)
    assert Notification.objects.get(kind="agreement_revised").firm == prime.firm.pk


def test_one_that_a_firm_has_signed_is_recalled_before_it_moves(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm, now=NOW)

    with pytest.raises(IllegalStep):
        moving.move(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)


def test_versions_are_compared_by_the_keys_of_their_clauses():
    _, older = standard.load(standard.MUTUAL_SUBCONTRACT, "1.0")

    compared = comparison.compare(
        older, WORDING, said=standard.says(standard.MUTUAL_SUBCONTRACT, "1.0"), says=SAYS
    )

    changed = {one.key: one for one in compared.clauses}
    assert "payment" in changed
    assert "roles" not in changed
    assert "It was locked, and is a choice of values." in changed["carve_outs"].notes
    assert any(piece.kind == "put" and "talk_days" in piece.text for piece in changed["claims"].pieces)
    assert (
        "Label: was “A claim is filed within, counted from knowing of it,”, is “Once a breach is known, a claim is filed within”."
        in (note for line in compared.lines for note in line.notes)
    )
    assert [line.label for line in compared.answers] == [
        "Is the clause on people limited to a place or area?"
    ]


def test_a_moved_clause_is_no_new_one():
    first, second, *rest = WORDING.clauses
    swapped = replace(WORDING, clauses=(replace(second, number=1), replace(first, number=2), *rest))

    compared = comparison.compare(WORDING, swapped, said=SAYS, says=SAYS)

    assert [(one.key, one.how) for one in compared.clauses] == [("roles", "moved"), ("parties", "moved")]
    assert comparison.compare(WORDING, WORDING, said=SAYS, says=SAYS).same


def test_every_cell_of_the_steps_of_a_text():
    open_in = {
        "edit": {"draft"}, "review": {"draft"}, "reopen": {"in_review"}, "publish": {"in_review"}, "deprecate": {"published"},
        "note_review": {"in_review", "published", "deprecated"}, "withdraw": {"published", "deprecated"},
    }  # fmt: skip

    assert {step.name for step in TEMPLATE} == set(open_in)
    for status in TemplateVersion.Status.values:
        steps = TEMPLATE.open_steps(status, side=OPERATOR, role=next(iter(STAFF)))
        assert {step.name for step in steps} == {name for name, where in open_in.items() if status in where}
        assert TEMPLATE.open_steps(status, side=OPERATOR, role="owner") == ()


def test_an_operator_writes_publishes_and_withdraws_in_the_browser(operator: User):
    browser = browser_of(operator)
    version = published()

    begun = browser.post(reverse("operator-text-next", args=[version.pk]), {"size": "major"}).url
    draft = TemplateVersion.objects.get(label="2.0")
    assert begun == reverse("operator-text", args=[draft.pk])
    clause = reverse("operator-text-clause", args=[draft.pk, "records"])
    typed = browser.get(clause).context["form"].initial | {
        "text": "Records are handed in within {{records_days}}.",
        "switch": "",
    }
    assert browser.post(clause, typed).url == begun
    line = reverse("operator-text-line", args=[draft.pk, "net_days"])
    typed = {
        key: value for key, value in browser.get(line).context["form"].initial.items() if value is not None
    }
    assert browser.post(line, typed | {"default": "12", "required": "on"}).url == begun
    answers = reverse("operator-text-answers", args=[draft.pk])
    shown = browser.get(answers).context["form"]
    assert browser.post(answers, {name: shown[name].value() for name in shown.fields}).url == begun
    assert (
        b"Records are handed in within 1 business day."
        in browser.get(reverse("operator-text-preview", args=[draft.pk])).content
    )
    difference = browser.get(reverse("operator-text-difference", args=[draft.pk])).content.decode()
    assert "The standard value was 15 days, and is 12 days." in difference
    browser.post(reverse("operator-text-review", args=[draft.pk]))
    browser.post(reverse("operator-text-publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.status, draft.says) == ("published", SAYS)
    assert browser.post(clause, typed).status_code == 200
    browser.post(reverse("operator-text-withdraw", args=[draft.pk]), {"reason": "A mistake.", "days": "0"})
    draft.refresh_from_db()
    assert (draft.status, draft.withdrawn_reason) == ("withdrawn", "A mistake.")
    assert b"A mistake." in browser.get(begun).content


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"kind": "months", "default": "soon"}, "This is no value of this kind."),
        ({"kind": "choice", "default": ""}, "A choice needs something to choose from."),
        ({"kind": "choice", "choices": "courts"}, "Write each choice as its name, a colon, and its words."),
        ({"key": "net_days"}, "There is one of this name already."),
        ({"key": "Net days"}, "Small letters, digits and underscores, beginning with a letter."),
    ],
)
def test_a_line_of_the_cover_page_that_cannot_be_is_refused(
    operator: User, draft: TemplateVersion, typed: dict[str, str], fault: str
):
    whole = {"key": "grace", "label": "Grace", "kind": "days", "default": "3", "group": "Payment", **typed}

    answer = browser_of(operator).post(reverse("operator-text-line-add", args=[draft.pk]), whole)

    assert fault in answer.content.decode()


def test_a_limit_stands_in_its_box_as_people_write_it(operator: User, draft: TemplateVersion):
    page = reverse("operator-text-line", args=[draft.pk, "net_days"])

    shown = browser_of(operator).get(page).content.decode()

    assert 'name="maximum" value="60"' in shown
    assert "6E+1" not in shown


def test_the_pages_of_texts_are_for_operators_alone(prime: People, draft: TemplateVersion):
    browser = browser_of(prime.owner.user)

    for name, args in (
        ("operator-texts", []),
        ("operator-rules", []),
        ("operator-text", [draft.pk]),
        ("operator-text-publish", [draft.pk]),
    ):
        assert browser.get(reverse(name, args=args)).status_code == 403
    assert browser.post(reverse("operator-text-review", args=[draft.pk])).status_code == 403
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_owner_sees_what_differs_and_moves(prime: People, sub: People):
    agreement = on_older_text(drafted(prime.owner, sub.firm))
    browser = browser_of(prime.owner.user)
    page = reverse("agreement-move", args=[prime.firm.pk, agreement.pk])

    assert page in browser.get(reverse("agreement", args=[prime.firm.pk, agreement.pk])).content.decode()
    shown = browser.get(page).content.decode()
    assert "Version 1.1 in place of 1.0" in shown
    assert "{{" not in shown
    browser.post(page, {"seen": agreement.content_sha256})

    assert Agreement.objects.get(pk=agreement.pk).template_version.label == "1.1"
    assert AgreementTemplate.objects.count() == 1
