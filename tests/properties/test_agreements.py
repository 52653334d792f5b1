"""Random legal and illegal steps by both sides of agreements: never in force without two valid signatures on one text.

A few short runs in `make test`; `PROPERTY_RUNS=500 PROPERTY_STEPS=50` takes as many as docs/figures.md reports.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from contracts import coverage, rendering, standard
from contracts.actions import (
    agreements,
    amending,
    approvals,
    checks,
    comments,
    disputes,
    papers,
    renewals,
    signatories,
    signing,
    sweeps,
    templates,
    terms_now,
    verification,
)
from contracts.actions.coverage import judge_now
from contracts.consent import CONSENT_VERSION
from contracts.coverage import Need
from contracts.models import (
    Agreement,
    ApprovalDemand,
    Reading,
    Signatory,
    Signature,
    SignatureDispute,
    TextApproval,
)
from contracts.models.agreements import PAPER
from contracts.signatures import fingerprint
from partnernet.core.errors import RuleBroken
from partnernet.core.localtime import day_in
from partnernet.core.models import Notification
from partnernet.core.uploads import Upload
from partners.actions import members
from partners.models import Member
from tests.factories.contracts import SIGNED_AT
from tests.factories.partners import MemberFactory, People, people_of

RUNS, STEPS = int(os.environ.get("PROPERTY_RUNS", "4")), int(os.environ.get("PROPERTY_STEPS", "40"))
MOST = 6  # agreements in one run: every one of them is verified after every step
HOUR = timedelta(hours=1)
# Mostly somebody who may, so that runs get somewhere; else anybody. `double` is an owner here and of the other firm.
ROLES = st.sampled_from(
    (*["owner"] * 7, *["second"] * 3, "dispatcher", "dispatcher", "finance", "technician", "viewer", "double")
)
SIDES = st.sampled_from(("proposer", "other"))
WHO = st.sampled_from((*["its own"] * 9, "the other", "a stranger"))
SMALL = st.integers(min_value=0, max_value=7)
TERMS = st.sampled_from(
    ({}, {}, {"net_days": 20}, {"client_tail_months": 18}, {"client_tail_months": 60}, {"net_days": -1})
)
CHANGES = st.sampled_from(
    ({"net_days": 20}, {"client_tail_months": 18}, {"client_clause": False}, {"client_clause": True}, {"term_months": 3}, {})
)  # fmt: skip
LAW = {"governing_law": "US-NY"}
Signed = dict[str, UUID]


class World(RuleBasedStateMachine):
    """Two firms and a stranger. Each run stands in a transaction that is undone."""

    taken: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    in_force = 0

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.now = SIGNED_AT
        self.firms: tuple[People, People] = (
            people_of("Halcyon Managed", "halcyon.example"),
            people_of("Blue Mesa IT", "bluemesa.example"),
        )
        self.shore = people_of("Sound Shore", "soundshore.example")
        self.more = {
            people.firm.pk: {"second": MemberFactory(firm=people.firm, role="owner")} for people in self.firms
        }
        ours, theirs = self.firms
        self.more[theirs.firm.pk]["double"] = MemberFactory(
            firm=theirs.firm, role="owner", user=self.more[ours.firm.pk]["second"].user
        )
        # What was signed, as this test saw it: by revision, side and person. And how each looked when it came into force.
        self.signed: dict[UUID, Signed] = {}
        self.stood: dict[UUID, tuple[Any, ...]] = {}
        self.ends: dict[UUID, datetime] = {}
        self.chains: dict[UUID, list[str]] = {}
        self.amended: dict[UUID, list[tuple[datetime, dict[str, Any]]]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    # How a step is taken.

    def step(self, name: str, act: Callable[[], Any]) -> bool:
        """Take a step, and let every promise of the database be asked. A refusal says why, and leaves nothing."""
        before, refusal = self._kept(), ""
        try:
            act()
        except (RuleBroken, ObjectDoesNotExist) as error:
            refusal = str(error) or "?"
        if refusal:
            assert refusal.strip("? ")
            assert self._kept() == before, name
            type(self).refused[name] += 1
            return False
        connection.check_constraints()
        type(self).taken[name] += 1
        return True

    def _kept(self) -> list[int]:
        tables = (
            "contracts_agreementevent", "contracts_inhouseevent", "contracts_signature", "contracts_agreementrevision",
            "contracts_textapproval", "contracts_signatory", "contracts_agreementcomment", "core_notification",
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in tables)}")  # noqa: S608 - names of tables
            return list(cursor.fetchone() or ())

    def pick(self, which: int, **wanted: Any) -> Agreement | None:
        found = list(Agreement.objects.with_parties().filter(**wanted).order_by("pk"))
        return found[which % len(found)] if found else None

    def on(self, agreement: Agreement, side: str) -> People:
        firm = agreement.proposer_id if side == "proposer" else agreement.other_id
        return next(people for people in self.firms if people.firm.pk == firm)

    def person(self, people: People, role: str) -> Member:
        known = self.more.get(people.firm.pk, {})
        return known.get(role) or getattr(people, role, people.owner)

    def actor(self, agreement: Agreement, side: str, who: str, role: str) -> Member:
        """Return somebody of the side that a step is for, of the other one, or of a firm that it is nothing to."""
        across = "other" if side == "proposer" else "proposer"
        people = {"its own": self.on(agreement, side), "the other": self.on(agreement, across)}
        return self.person(people.get(who, self.shore), role)

    # What people and the clock do.

    @initialize(begins=st.sampled_from(("proposed", "half signed", "signed", "signed")))
    def one_is_there_already(self, begins: str) -> None:
        ours, theirs = self.firms
        made = agreements.draft(theirs.firm, by=ours.owner, values=LAW, now=self.now)
        made = agreements.propose(made, by=ours.owner, now=self.now)
        if begins != "proposed":
            self.signs(made, ours.owner)
        if begins == "signed":
            self.signs(made, theirs.owner)

    @rule(hours=st.sampled_from((1, 5, 24, 24 * 8, 24 * 31)))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR
        sweeps.lapse_due(now=self.now)
        sweeps.remind_due(now=self.now)
        signatories.replace_gone(now=self.now)
        papers.ask_due(now=self.now)
        checks.check_due(now=self.now)
        renewals.remind_of_ends(now=self.now)
        connection.check_constraints()

    @rule(first=st.sampled_from((0, 1)), role=ROLES, terms=TERMS, nda=st.booleans())
    def draft(self, first: int, role: str, terms: dict[str, Any], nda: bool) -> None:
        if Agreement.objects.count() >= MOST:
            return
        by, other = self.person(self.firms[first], role), self.firms[1 - first].firm
        key = standard.MUTUAL_NDA if nda else standard.MUTUAL_SUBCONTRACT
        values = LAW if nda else {**LAW, **terms}
        self.step("draft", lambda: agreements.draft(other, by=by, values=values, key=key, now=self.now))

    @rule(which=SMALL, side=SIDES, role=ROLES, changed=CHANGES, after=st.sampled_from((0, 0, 3)))
    def amend(self, which: int, side: str, role: str, changed: dict[str, Any], after: int) -> None:
        parent = self.pick(which, status="signed")
        if parent is None or Agreement.objects.count() >= MOST:
            return
        wish = amending.Wish(changed, "", {"topic": "days", "starts_after_days": after})
        by = self.actor(parent, side, "its own", role)
        self.step("amend", lambda: amending.draft(parent, wish, by=by, now=self.now))

    @rule(which=SMALL, side=SIDES, who=WHO, role=ROLES, stale=st.sampled_from((False, False, False, True)),
          reads=st.sampled_from((True, True, True, False)), sends=st.booleans())  # fmt: skip
    def sign(self, which: int, side: str, who: str, role: str, stale: bool, reads: bool, sends: bool) -> None:
        """Sign, or send what one has signed; now and then without reading, or a text that is not on the table."""
        agreement = self.pick(which)
        if agreement is None:
            return
        self.signs(agreement, self.actor(agreement, side, who, role), stale=stale, reads=reads, sends=sends)

    def signs(
        self,
        agreement: Agreement,
        by: Member,
        *,
        stale: bool = False,
        reads: bool = True,
        sends: bool = False,
    ) -> None:
        if reads:
            self.step(
                "consent",
                lambda: signing.consent(agreement, by=by, version=CONSENT_VERSION, now=self.now),
            )
        text = "0" * 64 if stale else agreement.content_sha256
        filled = signing.Signing(text, by.user.called, "Owner", authorised=True, agreed=True)
        valid = self.may_sign(agreement, by, text)
        if sends:
            act = lambda: agreements.propose(agreement, by=by, signing=filled, now=self.now)  # noqa: E731 - one of two
        else:
            act = lambda: agreements.sign(agreement, by=by, signing=filled, now=self.now)  # noqa: E731 - the other
        if not self.step("propose and sign" if sends else "sign", act):
            return
        assert valid
        fresh = Agreement.objects.with_parties().get(pk=agreement.pk)
        self.signed.setdefault(fresh.current_revision_id, {})[fresh.side_of(by.firm_id)] = by.user_id
        if fresh.status == "signed" and fresh.amends_id and fresh.effective_at:
            changed = fresh.current_revision.values["amended"]
            self.amended.setdefault(fresh.amends_id, []).append((fresh.effective_at, changed))

    def may_sign(self, agreement: Agreement, by: Member, text: str) -> bool:
        """Say, from the bare rows, whether this would be a valid signature: asked before the act, without its code."""
        row, member = Agreement.objects.get(pk=agreement.pk), Member.objects.get(pk=by.pk)
        side = {row.proposer_id: "proposer", row.other_id: "other"}.get(member.firm_id, "")
        named = Signatory.objects.filter(agreement=row, side=side, status="named").first()
        there = Signature.objects.filter(revision=row.current_revision_id)
        demanded = ApprovalDemand.objects.filter(firm=member.firm_id).exists()
        approved = TextApproval.objects.filter(
            revision=row.current_revision_id, firm=member.firm_id, status="approved"
        ).exclude(decided_by=member)
        read = Reading.objects.filter(revision=row.current_revision_id, user=member.user_id)
        return (
            side != ""
            and member.is_active
            and (named.member_id == member.pk if named else member.role == "owner")
            and text == row.content_sha256
            and not there.filter(Q(side=side) | Q(user=member.user_id)).exists()
            and (row.signs_first in ("", side) or there.exists())
            and not SignatureDispute.objects.filter(
                status="open", signature__revision=row.current_revision_id
            ).exists()
            and read.exclude(consented_at=None).exists()
            and (not demanded or approved.exists())
        )

    @rule(which=SMALL)
    def both_do_what_it_takes(self, which: int) -> None:
        """Let both firms come to an end as they should: chance alone seldom gets so far."""
        agreement = self.pick(
            which, status__in=["draft", "proposed", "negotiating", "agreed", "partially_signed"]
        )
        if agreement is None:
            return
        if agreement.status == "draft":
            owner = self.on(agreement, "proposer").owner
            self.known(agreement, owner)
            self.step("propose", lambda: agreements.propose(agreement, by=owner, now=self.now))
        order = ("other", "proposer") if agreement.signs_first == "other" else ("proposer", "other")
        for side in order:
            fresh = Agreement.objects.with_parties().get(pk=agreement.pk)
            signer = self.ready(fresh, side)
            if fresh.status == "negotiating" and fresh.current_revision.author_side != side:
                seen = fresh.content_sha256
                self.step(
                    "accept_terms",
                    lambda signer=signer, fresh=fresh, seen=seen: agreements.accept_terms(
                        fresh, by=signer, seen=seen, now=self.now
                    ),
                )
        for side in order:
            fresh = Agreement.objects.with_parties().get(pk=agreement.pk)
            self.signs(fresh, self.ready(fresh, side))

    def ready(self, agreement: Agreement, side: str) -> Member:
        """Do what a firm does before it signs; return who signs for it."""
        people = self.on(agreement, side)
        named = Signatory.objects.filter(agreement=agreement, side=side, status="named").first()
        signer = named.member if named else people.owner
        self.known(agreement, people.owner)
        if demand := ApprovalDemand.objects.filter(firm=people.firm.pk).first():
            others = (people.finance, people.owner, self.more[people.firm.pk]["second"])
            approver = next(one for one in others if one.role in demand.roles and one.pk != signer.pk)
            seen = agreement.content_sha256
            self.step("approve", lambda: approvals.approve(agreement, by=approver, seen=seen, now=self.now))
        return signer

    def known(self, agreement: Agreement, owner: Member) -> None:
        waiting = checks.unacknowledged(agreement, agreement.side_of(owner.firm_id))
        if waiting:
            said = {str(one.pk): "We know them well." for one in waiting}
            self.step("acknowledge", lambda: checks.acknowledge(agreement, said, by=owner, now=self.now))

    @rule(
        which=SMALL,
        side=SIDES,
        who=WHO,
        role=ROLES,
        terms=TERMS,
        stale=st.sampled_from((False, False, False, True)),
    )
    def revise(self, which: int, side: str, who: str, role: str, terms: dict[str, Any], stale: bool) -> None:
        agreement = self.pick(which)
        if agreement is None or agreement.kind == "paper":
            return
        seen = "0" * 64 if stale else agreement.content_sha256
        by = self.actor(agreement, side, who, role)
        values = {} if agreement.kind == "nda" else terms
        self.step(
            "revise",
            lambda: agreements.revise(
                agreement,
                amending.with_values(agreement, values, "", "Like this?"),
                by=by,
                seen=seen,
                now=self.now,
            ),
        )

    @rule(
        which=SMALL, side=SIDES, who=WHO, role=ROLES,
        name=st.sampled_from(
            ("propose", "accept_terms", "accept_terms", "ask_changes", "recall", "recall", "decline", "void", "terminate",
             "acknowledge", "comment")
        ),
    )  # fmt: skip
    def talk(self, which: int, side: str, who: str, role: str, name: str) -> None:
        agreement = self.pick(which)
        if agreement is None:
            return
        by, now, seen = self.actor(agreement, side, who, role), self.now, agreement.content_sha256
        waiting = checks.unacknowledged(agreement, agreement.side_of(by.firm_id))
        said = {str(one.pk): "We know." for one in waiting} or {"none": "We know."}
        act: dict[str, Callable[[], Any]] = {
            "propose": lambda: agreements.propose(agreement, by=by, now=now),
            "accept_terms": lambda: agreements.accept_terms(agreement, by=by, seen=seen, now=now),
            "ask_changes": lambda: agreements.ask_changes(agreement, by=by, reason="Shorter.", now=now),
            "recall": lambda: agreements.recall(agreement, by=by, now=now),
            "decline": lambda: agreements.decline(agreement, by=by, now=now),
            "void": lambda: agreements.void(agreement, by=by, now=now),
            "terminate": lambda: agreements.terminate(agreement, by=by, now=now),
            "acknowledge": lambda: checks.acknowledge(agreement, said, by=by, now=now),
            "comment": lambda: comments.write(agreement, comments.Remark("Why?"), by=by, now=now),
        }
        self.step(name, act[name])

    @rule(
        which=SMALL, side=SIDES, who=WHO, role=ROLES, whom=ROLES,
        name=st.sampled_from(("name_signatory", "name_signatory", "release_signatory", "pass_on", "order_signing")),
    )  # fmt: skip
    def arrange(self, which: int, side: str, who: str, role: str, whom: str, name: str) -> None:
        agreement = self.pick(which)
        if agreement is None:
            return
        by = self.actor(agreement, side, who, role)
        member = self.actor(agreement, side, "its own", whom)
        first = ("", "proposer", "other")[which % 3]
        act: dict[str, Callable[[], Any]] = {
            "name_signatory": lambda: signatories.name(agreement, member, by=by, now=self.now),
            "release_signatory": lambda: signatories.release(agreement, by=by, now=self.now),
            "pass_on": lambda: signatories.pass_on(agreement, member, by=by, now=self.now),
            "order_signing": lambda: signatories.order(agreement, first, by=by, now=self.now),
        }
        self.step(name, act[name])

    @rule(
        which=SMALL, side=SIDES, role=ROLES,
        name=st.sampled_from(("demand", "stop", "ask", "approve", "refuse")),
    )  # fmt: skip
    def approve_in_house(self, which: int, side: str, role: str, name: str) -> None:
        agreement = self.pick(which)
        if agreement is None:
            return
        by, seen = self.actor(agreement, side, "its own", role), agreement.content_sha256
        act: dict[str, Callable[[], Any]] = {
            "demand": lambda: approvals.demand("finance" if which % 2 else "owner", by=by, now=self.now),
            "stop": lambda: approvals.stop_demanding(by=by, now=self.now),
            "ask": lambda: approvals.ask(agreement, by=by, seen=seen, now=self.now),
            "approve": lambda: approvals.approve(agreement, by=by, seen=seen, now=self.now),
            "refuse": lambda: approvals.refuse(agreement, by=by, seen=seen, reason="No.", now=self.now),
        }
        self.step(f"{name} approval", act[name])

    @rule(
        which=SMALL, side=SIDES, who=WHO, role=ROLES, name=st.sampled_from(("dispute", "withdraw", "settle"))
    )
    def repudiate(self, which: int, side: str, who: str, role: str, name: str) -> None:
        rows = list(Signature.objects.filter(side=side).select_related("agreement").order_by("pk"))
        raised = list(SignatureDispute.objects.select_related("agreement", "firm").order_by("pk"))
        if not (raised if name != "dispute" else rows):
            return
        if name == "dispute":
            row = rows[which % len(rows)]
            by = self.actor(row.agreement, side, who, role)
            self.step(name, lambda: disputes.dispute(row, by=by, reason="Not me.", now=self.now))
            return
        one = raised[which % len(raised)]
        by = self.actor(one.agreement, side, who, role)
        end = disputes.withdraw if name == "withdraw" else disputes.settle
        self.step(f"{name} dispute", lambda: end(one, by=by, reason="We talked.", now=self.now))

    @rule(
        which=SMALL, side=SIDES, who=WHO, role=ROLES,
        name=st.sampled_from(("state", "confirm", "object", "affirm", "withdraw")),
    )  # fmt: skip
    def on_paper(self, which: int, side: str, who: str, role: str, name: str) -> None:
        agreement = self.pick(which, kind="paper")
        if agreement is None or name == "state":
            self.states(self.person(self.firms[which % 2], role), self.firms[1 - which % 2])
            return
        by = self.actor(agreement, side, who, role)
        act: dict[str, Callable[[], Any]] = {
            "confirm": lambda: papers.confirm(agreement, by=by, now=self.now),
            "object": lambda: papers.object_to(agreement, by=by, reason="A draft.", now=self.now),
            "affirm": lambda: papers.affirm(agreement, by=by, now=self.now),
            "withdraw": lambda: papers.withdraw(agreement, by=by, reason="Ended.", now=self.now),
        }
        self.step(f"{name} paper", act[name])

    def states(self, by: Member, other: People) -> None:
        if Agreement.objects.filter(kind="paper").count() > 1:
            return
        today = day_in(self.now, by.firm.timezone)
        scan = Upload("signed.pdf", "application/pdf", b"%PDF-1.4\n%%EOF")
        ends_on = today.replace(year=today.year + 1, day=1)
        stated = papers.Stated("Subcontract agreement", today, ends_on, 12, True, scan)
        self.step("state paper", lambda: papers.state(other.firm, stated, by=by, now=self.now))

    @rule(first=st.sampled_from((0, 1)), role=st.sampled_from(("viewer", "dispatcher", "owner", "gone")))
    def people_change(self, first: int, role: str) -> None:
        """The dispatcher, who may be named to sign, gets another role or leaves."""
        people = self.firms[first]
        member = Member.objects.get(pk=people.dispatcher.pk)
        if role == "gone":
            self.step("leave", lambda: members.remove(member, by=people.owner, now=self.now))
        else:
            self.step("role", lambda: members.change(member, by=people.owner, role=role, now=self.now))

    # What holds after every step.

    @invariant()
    def in_force_takes_two_valid_signatures_of_two_people_of_the_two_firms_on_one_text(self) -> None:
        for row in Agreement.objects.select_related("current_revision"):
            begun = row.effective_at is not None
            assert begun == (row.status in ("signed", *PAPER))
            if row.status != "signed":
                assert not Agreement.objects.in_force(self.now).filter(pk=row.pk).exists()
                continue
            type(self).in_force += 1
            revision = row.current_revision
            kept = list(revision.signatures.order_by("side"))
            assert [one.side for one in kept] == ["other", "proposer"]
            assert [one.firm_id for one in kept] == [row.other_id, row.proposer_id]
            assert kept[0].user_id != kept[1].user_id
            hashes = {one.content_sha256 for one in kept} | {row.content_sha256, revision.content_sha256}
            assert hashes == {rendering.sha256(revision.text)}
            assert self.signed[revision.pk] == {one.side: one.user_id for one in kept}
            assert row.effective_at is not None
            assert max(one.signed_at for one in kept) <= row.effective_at

    @invariant()
    def everything_verifies(self) -> None:
        for row in Agreement.objects.with_parties():
            assert [fault.sentence for fault in verification.faults_of(row)] == []

    @invariant()
    def history_only_grows_and_has_no_gap(self) -> None:
        for row in Agreement.objects.all():
            events = list(row.events.order_by("sequence").values_list("hash", "from_status", "to_status"))
            before = self.chains.get(row.pk, [])
            self.chains[row.pk] = [one[0] for one in events]
            assert self.chains[row.pk][: len(before)] == before
            for (_, _, to), (_, back, _) in pairwise(events):
                assert to == back
            assert events[-1][2] == row.status

    @invariant()
    def what_is_signed_stands(self) -> None:
        for row in Agreement.objects.with_parties().filter(status="signed"):
            revision = row.current_revision
            looks = (
                row.kind, row.proposer_id, row.other_id, row.amends_id, row.effective_at, revision.pk, revision.text, revision.values,
                revision.other_changes, sorted(map(fingerprint, revision.signatures.all())),
                sorted(revision.listed_affiliates.values_list("firm", flat=True)),
            )  # fmt: skip
            assert self.stood.setdefault(row.pk, looks) == looks
            assert row.ends_at is not None
            assert row.ends_at <= self.ends.get(row.pk, row.ends_at)
            self.ends[row.pk] = row.ends_at
        assert set(self.stood) <= set(Agreement.objects.signed().values_list("pk", flat=True))

    @invariant()
    def what_holds_is_what_was_signed_last(self) -> None:
        for row in Agreement.objects.with_parties().filter(pk__in=self.amended):
            expected = dict(row.current_revision.values)
            for effective_at, changed in self.amended[row.pk]:
                if effective_at <= self.now:
                    expected |= changed
            assert terms_now.values_at(row, self.now) == expected

    @invariant()
    def one_is_under_way(self) -> None:
        under_way = Agreement.objects.under_way().standing_alone().values_list("kind", flat=True)
        assert len(under_way) == len(set(under_way))
        one_signature = Signature.objects.filter(agreement__status="partially_signed")
        for row in Agreement.objects.filter(status="partially_signed"):
            assert one_signature.filter(revision=row.current_revision_id).count() == 1

    @invariant()
    def no_work_begins_without_an_agreement(self) -> None:
        ours, theirs = self.firms
        verdict = judge_now(Need(ours.firm.pk, theirs.firm.pk, self.now, self.now), now=self.now)
        running = Agreement.objects.filter(effective_at__lte=self.now, ends_at__gt=self.now)
        disputed = SignatureDispute.objects.filter(status="open").values("agreement")
        if verdict.status in (coverage.COVERED, coverage.COVERED_EXPIRING):
            assert (
                running.filter(status="signed", kind="master_subcontract").exclude(pk__in=disputed).exists()
            )
        elif verdict.status == coverage.COVERED_ON_PAPER:
            assert running.filter(status__in=["on_paper", "paper_confirmed"]).exists()
        else:
            assert not verdict.opens_offers

    @invariant()
    def a_dispute_ends_with_what_it_is_about(self) -> None:
        standing = SignatureDispute.objects.standing().filter(
            agreement__status__in=["declined", "voided", "lapsed"]
        )
        assert not standing.exists()

    @invariant()
    def nobody_is_told_what_is_not_his(self) -> None:
        ours = {people.firm.pk for people in self.firms}
        assert not Notification.objects.exclude(Q(firm__in=ours) | Q(firm=None)).exists()


@pytest.mark.django_db
def test_random_steps_never_put_in_force_what_two_did_not_sign() -> None:
    for key in (standard.MUTUAL_SUBCONTRACT, standard.MUTUAL_NDA, standard.AMENDMENT, standard.PAPER):
        templates.publish(key, now=SIGNED_AT - timedelta(days=30))
    World.taken, World.refused, World.in_force = Counter(), Counter(), 0
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    taken, refused = World.taken.total(), World.refused.total()
    print(
        f"\nproperties: agreements, {RUNS} runs of {STEPS} random steps: {taken} taken, {refused} refused,"
        f" an agreement in force looked at {World.in_force} times, 0 invariants broken"
    )
    assert min(taken, refused, World.in_force) > RUNS
