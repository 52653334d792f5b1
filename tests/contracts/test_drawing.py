"""A signature drawn by hand: what is taken, what is kept, and where it is shown."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contracts import certificate, drawing
from contracts.actions import sealing, signing
from contracts.actions.verification import faults_of
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement, ExecutedDocument, Signature
from contracts.signatures import fingerprint
from partnernet.core.errors import Invalid
from tests.factories.contracts import SIGNED_AT, proposed, read_by
from tests.factories.partners import People

WAVE = [[[100 + 40 * n, 200 + 90 * (n % 2)] for n in range(9)], [[500, 150], [520, 320]]]
POINT = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(list)
STROKES = st.lists(st.lists(POINT, min_size=8, max_size=40), min_size=1, max_size=12)


@given(STROKES)
def test_what_was_drawn_is_kept_point_by_point(strokes):
    kept = drawing.read(json.dumps(strokes))

    assert json.loads(kept) == strokes
    left, top, width, height = drawing.frame(kept)
    assert all(left < x < left + width and top < y < top + height for stroke in strokes for x, y in stroke)
    assert drawing.read(kept) == kept


@pytest.mark.parametrize("typed", ["", "   ", "[]"])
def test_an_empty_box_is_no_drawing(typed):
    assert drawing.read(typed) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "{", "1", '"M0 0"', "[[]]", "[[[1]]]", "[[[1,2,3]]]", "[[[1.5,2]]]", "[[[true,2]]]", "[[[-1,2]]]", "[[[1001,2]]]", "[[[NaN,2]]]",
        '[[["<script>",2]]]', json.dumps([[[1, 1]] * 4001]), json.dumps([[[1, 1]]] * 101), "[[[1,1],[2,2]]]", "[" * 100_000,
    ],
    ids=lambda typed: typed[:24],
)  # fmt: skip
def test_what_no_pen_has_drawn_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        drawing.read(typed)

    assert list(refused.value.fields) == ["drawing"]


def test_the_picture_holds_nothing_but_numbers():
    assert drawing.svg(drawing.read(json.dumps(WAVE))).count("<") == 3
    assert set(drawing.path(drawing.read(json.dumps(WAVE)))) <= set("ML 0123456789")


@pytest.fixture
def drawn(prime: People, sub: People, db: None) -> Agreement:
    """Signed by the proposer with the keys, by the other with a pen."""
    agreement = proposed(prime.owner, sub.firm)
    signing.consent(agreement, by=sub.owner, version=CONSENT_VERSION, now=SIGNED_AT)
    act = signing.Signing(
        agreement.content_sha256,
        "Lou Marino",
        "Owner",
        authorised=True,
        agreed=True,
        drawing=json.dumps(WAVE),
    )
    return signing.sign(agreement, by=sub.owner, signing=act, now=SIGNED_AT)


def test_a_signature_is_drawn_beside_the_typed_name(drawn: Agreement):
    typed, by_hand = drawn.signatures.order_by("pk")

    assert (typed.method, typed.drawing, typed.drawn_path) == ("typed", "", "")
    assert (by_hand.method, by_hand.name, json.loads(by_hand.drawing)) == ("drawn", "Lou Marino", WAVE)
    assert drawn.status == "signed"
    assert faults_of(drawn) == []


def test_another_drawing_is_another_fingerprint(drawn: Agreement):
    by_hand = drawn.signatures.get(method="drawn")
    before = fingerprint(by_hand)

    by_hand.drawing = by_hand.drawing.replace("100", "101", 1)

    assert fingerprint(by_hand) != before


@pytest.mark.parametrize(("method", "strokes"), [("typed", "[[[1,1]]]"), ("drawn", ""), ("stamped", "")])
def test_the_database_holds_that_drawn_means_a_drawing(drawn: Agreement, method: str, strokes: str):
    row = Signature.objects.filter(pk=drawn.signatures.get(method="typed").pk).values().get()
    row |= {"id": drawn.pk, "side": "other", "method": method, "drawing": strokes}

    with (
        pytest.raises(IntegrityError, match="signature_typed_or_drawn"),
        transaction.atomic(),
    ):
        Signature.objects.create(**row)


def test_the_certificate_and_the_page_show_it(drawn: Agreement, prime: People, browser_of):
    how = certificate.Sealing(SIGNED_AT, "https://partnernet.example/verify/", "f" * 64)

    page = browser_of(prime.owner).get(reverse("agreement", args=[prime.firm.pk, drawn.pk])).content.decode()
    typed, by_hand = certificate.facts(sealing._contents(drawn.pk), how)["certificate"]["signers"]
    sealing.seal_due(now=SIGNED_AT)

    path = drawn.signatures.get(method="drawn").drawn_path
    assert path in page
    assert path in by_hand["drawing"]
    assert dict(by_hand["rows"])["Signature"] == "Drawn by hand, and typed: Lou Marino"
    assert (typed["drawing"], dict(typed["rows"])["Signature"]) == ("", f"Typed: {prime.owner.user.called}")
    assert ExecutedDocument.objects.get(agreement=drawn).sealed_at == SIGNED_AT


def test_a_drawing_alone_is_no_signature(prime: People, sub: People, db: None):
    agreement = proposed(prime.owner, sub.firm)
    act = read_by(agreement, sub.owner)
    nameless = signing.Signing(
        act.content_sha256, " ", "Owner", authorised=True, agreed=True, drawing=json.dumps(WAVE)
    )

    with pytest.raises(Invalid) as refused:
        signing.sign(agreement, by=sub.owner, signing=nameless, now=SIGNED_AT)

    assert list(refused.value.fields) == ["name"]
    assert agreement.signatures.count() == 1
