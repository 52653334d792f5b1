"""Every POST of the API, sent twice under one key: the second changes nothing, and its answer is the first byte for byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone

from billing.models import Invoice
from contracts.models import Agreement
from engagements.models import Engagement, Offer, Visit
from tests.everything import digests, moved, nothing_moves
from tests.guards.doors.addresses import API, Row
from tests.guards.doors.world import World, caller, filled
from tests.test_idempotency import photo

pytestmark = pytest.mark.django_db
POSTS = [row for row in API if "POST" in row.may]
# The world of these tests stands too far on, or not far enough, for these: what is repeated is their refusal.
REFUSED = {
    "api-call-off-acknowledge", "api-agreement-accept-terms", "api-agreement-ask-changes", "api-agreement-decline", "api-agreement-propose",
    "api-agreement-recall", "api-agreement-revise", "api-agreement-sign", "api-agreement-void", "api-engagement-cancel",
    "api-engagement-complete", "api-firm-invite-send", "api-offer-reopen", "api-offer-withdraw-counter",
    "api-invoice-agree-mediator", "api-invoice-name-mediator", "api-payment-deny-payment",
    "api-payment-confirm-payment", "api-visit-check-in", "api-work-order-back-out", "api-work-order-remove", "api-work-order-send-backup",
    "api-work-order-submit", "api-work-order-recorded-answers",
    # It is signed: nobody is named, nothing is approved or commented on any more.
    "api-agreement-name-signatory", "api-agreement-ask-approval", "api-agreement-approve-text", "api-agreement-refuse-text",
    "api-agreement-comments", "api-agreement-release-signatory", "api-agreement-pass-on", "api-agreement-order-signing",
    "api-agreement-resolve-comment", "api-agreement-reopen-comment", "api-agreement-withdraw-dispute", "api-agreement-settle-dispute",
    # Nothing grave was found, the time to declare is over, a release waits already, the check is off.
    "api-agreement-acknowledge", "api-protected-client-declare-prior", "api-protected-client-releases", "api-conflict-check-turn-off",
    # The claim is served and waits for its answer; tests/contracts/test_claims.py walks it to its end.
    "api-claim-evidence", "api-claim-reckon", "api-claim-file", "api-claim-take-back", "api-claim-demand-cure", "api-claim-accept-cure",
    "api-claim-mediate", "api-claim-accept-settlement", "api-claim-refuse-settlement", "api-claim-confirm-outcome", "api-claim-resume",
    "api-claim-close", "api-claim-object-outcome", "api-claim-report-cure", "api-claim-offer-cure", "api-claim-talk", "api-claim-name-mediator",
    "api-claim-state-outcome", "api-claim-note-payment",
    # The report has no answer yet, and its order was handed in.
    "api-approach-report-make-change", "api-approach-report-make-work", "api-approach-report-close",
}  # fmt: skip
SOON = timezone.now().replace(hour=14, minute=0) + timedelta(days=5)
WINDOW = {
    "schedule_kind": "arrival_window",
    "starts": f"{SOON:%Y-%m-%dT%H:%M}",
    "ends": f"{SOON:%Y-%m-%dT18:00}",
}
# What takes the others there: other fields of the body, or another status of the row.
YESTERDAY = f"{timezone.now() - timedelta(days=1):%Y-%m-%d}"
BODIES = {
    "api-offer-counter": WINDOW, "api-offer-revise": WINDOW, "api-work-order-list": WINDOW,
    "api-claim-list": {"breach_on": YESTERDAY, "known_on": YESTERDAY}, "api-claim-suspend": {"reason": "It is before a court."},
    "api-approach-report-decline": {"answer": "They have one."},
}  # fmt: skip
STATUSES = {
    "api-engagement-activate": (Engagement, {"status": "draft"}),
    "api-offer-send": (Offer, {"status": "draft", "counter": None}),
    "api-offer-choose": (Offer, {"status": "willing", "held_until": SOON}),
    "api-invoice-approve": (Invoice, {"status": "submitted"}),
    "api-invoice-redraft": (Invoice, {"status": "void"}),
    "api-invoice-submit": (Invoice, {"status": "draft"}),
    "api-invoice-void": (Invoice, {"status": "submitted"}),
    "api-visit-confirm": (Visit, {"status": "planned", "checked_in_at": None}),
    "api-visit-set-off": (Visit, {"status": "planned", "checked_in_at": None}),
}  # fmt: skip


def test_every_post_of_the_schema_is_sent_here() -> None:
    described = yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text())["paths"]
    some = "00000000-0000-0000-0000-000000000000"
    posts = [path for path, operations in described.items() if "post" in operations]

    found = {resolve(_with_ids(path, some)).url_name for path in posts}

    assert found == {row.name for row in POSTS}


def _with_ids(path: str, some: str) -> str:
    parts = [some if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.name)
def test_a_second_send_changes_nothing(world: World, row: Row) -> None:
    row = _within_reach(world, row)
    before = digests()

    first = _keyed(world, row)
    changed = moved(before) - {"core.idempotencyrecord"}
    with nothing_moves():
        again = _keyed(world, row)

    assert first.status_code < 400 or row.name in REFUSED, (first.status_code, first.content)
    assert bool(changed) == (first.status_code < 400)
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert _of(again) == _of(first)


def _within_reach(world: World, row: Row) -> Row:
    """Bring the row's subject to where the step is open."""
    if row.name in STATUSES:
        kind, columns = STATUSES[row.name]
        kind.objects.filter(pk=world.ids[row.ids["pk"]]).update(**columns)
    if row.name == "api-work-order-recall":
        world.ids["offered"] = Offer.objects.get(pk=world.ids["offer"]).work_order_id
        row = replace(row, ids={"pk": "offered"})
    if row.name == "api-agreement-list":
        known = Agreement.objects.get(pk=world.ids["agreement"]).current_revision.values
        row = replace(row, body=row.body | {"values": _word(known)})
    return replace(row, body={**row.body, **_word(BODIES.get(row.name, {}))})


def _word(value: Any) -> Any:
    """Mark words as meant as they are; see `filled`."""
    if isinstance(value, dict):
        return {name: _word(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_word(inner) for inner in value]
    return f":{value}" if isinstance(value, str) else value


def _keyed(world: World, row: Row) -> Any:
    member = world.side(row.side_of("POST"))["owner"]
    client = caller(member)
    client.credentials(HTTP_PARTNERNET_FIRM=str(member.firm_id), HTTP_IDEMPOTENCY_KEY="once")
    address = reverse(row.name, kwargs=filled(world, row.ids))
    if row.name == "api-work-order-deliverables":
        return client.post(address, {"file": photo("red")}, format="multipart")
    if row.name == "api-agreement-on-paper":
        said = {"other": filled(world, "unasked"), "signed_on": "2006-05-01", "ends_on": f"{SOON:%Y-%m-%d}"}
        paper = said | {"tail_months": 12, "holds_original": True, "file": photo("red")}
        return client.post(address, paper, format="multipart")
    if row.name == "api-claim-evidence":
        paper = {"kind": "email", "source": "Our mailbox", "event_on": YESTERDAY, "file": photo("red")}
        return client.post(address, paper, format="multipart")
    return client.post(address, filled(world, row.body), format="json")


def _of(answer: Any) -> tuple[Any, ...]:
    named = (answer.headers.get(name) for name in ("Content-Type", "Location", "ETag"))
    return answer.status_code, answer.content, *named
