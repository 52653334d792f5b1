"""The sealed PDF: owed with the last signature, made by a sweep until it is there, once, with a copy for both."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts import certificate, seals, timestamps
from contracts.actions import agreements, anchoring, layers, seal_keys, sealing
from contracts.models import (
    Agreement,
    AgreementEvent,
    ExecutedDocument,
    SealCertificate,
    Sealing,
    TrustedTimestamp,
)
from partnernet import health
from partnernet.core import mail
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Delivery, Notification
from tests.contracts import authority
from tests.contracts.test_signing import told
from tests.factories.contracts import SIGNED_AT, proposed, read_by, signed
from tests.factories.partners import People
from tests.factories.sealing import sealed

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
MINUTE = timedelta(minutes=1)


def document() -> ExecutedDocument:
    return ExecutedDocument.objects.select_related("agreement", "certificate").get()


def said(body: bytes) -> str:
    """What the streams of a PDF hold, as far as they are readable: the metadata above all."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL)
    return "\n".join(_open(stream).decode("latin-1") for stream in streams)


def _open(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_it_is_owed_with_the_last_signature_and_in_force_does_not_wait(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    assert not Sealing.objects.exists()

    agreement = agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)

    assert Sealing.objects.get().agreement_id == agreement.pk
    assert agreement.in_force(NOW)
    assert not ExecutedDocument.objects.exists()


def test_a_signature_that_is_rolled_back_owes_nothing(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    form = read_by(agreement, sub.owner)

    with transaction.atomic():
        agreements.sign(agreement, by=sub.owner, signing=form, now=NOW)
        transaction.set_rollback(True)

    assert not Sealing.objects.exists()


def test_the_sweep_makes_it_once(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)
    head = agreement.events.latest("sequence")

    assert [sealing.seal_due(now=NOW) for _ in range(2)] == [1, 0]

    kept = document()
    seal = seals.examined(bytes(kept.body), certificates=seal_keys.certificates())
    assert (seal.intact, seal.covered) == (True, kept.size)
    assert seal.fingerprint == kept.certificate.fingerprint
    assert (kept.chain_sequence, kept.chain_head) == (head.sequence, head.hash)
    assert (kept.sealed_at, kept.timestamped_at) == (NOW, None)
    event = agreement.events.latest("sequence")
    assert (event.step, event.from_status, event.to_status) == ("seal", "signed", "signed")
    assert event.changes == {
        "sha256": kept.sha256,
        "rendered_sha256": kept.rendered_sha256,
        "certificate": kept.certificate.fingerprint,
        "timestamp": "no trusted timestamp",
    }


def test_the_file_is_an_archive_that_can_be_read_aloud(prime: People, sub: People):
    sealed(prime.owner, sub.owner)

    told_of = said(bytes(document().body))

    assert "<pdfaid:part>2</pdfaid:part>" in told_of
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told_of
    assert "<pdfuaid:part>1</pdfuaid:part>" in told_of


def test_both_firms_get_a_copy_by_mail(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    assert told("agreement_sealed") == ["owner@bluemesa.example", "owner@halcyon.example"]
    kept, head = document(), agreement.events.latest("sequence").hash

    for delivery in Delivery.objects.filter(notification__kind="agreement_sealed"):
        mail.pay(delivery.pk, now=NOW)

    assert len(outbox.outbox) == 2
    for copy in outbox.outbox:
        ((name, body, kind),) = copy.attachments
        assert (name, kind) == (f"agreement-{agreement.verify_code}.pdf", "application/pdf")
        assert body == bytes(kept.body)
        assert kept.sha256 in copy.body
        assert head in copy.body


def test_other_mail_has_nothing_enclosed(prime: People, sub: People):
    signed(prime.owner, sub.owner)

    mail.pay(Delivery.objects.filter(notification__kind="agreement_signed").earliest("id").pk, now=NOW)

    assert outbox.outbox[0].attachments == []


FIELDS = (
    "Agreement", "Code to check it", "Between", "Template", "Fingerprint of the template", "Round of terms",
    "Fingerprint of the text that both signed", "Fingerprint of the cover page's values", "Protected clients when signed",
    "Fingerprint of their schedule", "Sealed", "Fingerprint of the seal's certificate",
)  # fmt: skip
OF_A_SIGNER = (
    "For", "Title", "Email", "Authority", "Signature", "Proved who they are by", "Invited", "First saw the text", "Consented", "Signed",
    "Address", "Browser", "On the text with fingerprint",
)  # fmt: skip


def test_the_certificate_says_all_that_it_must(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)
    how = certificate.Sealing(NOW, "https://partnernet.example/verify/", "f" * 64)

    made = certificate.facts(sealing._contents(agreement.pk), how)

    told_of = made["certificate"]
    about = dict(told_of["about"])
    assert tuple(about) == FIELDS
    assert about["Code to check it"] == agreement.verify_code
    assert about["Fingerprint of the text that both signed"] == agreement.content_sha256
    assert [signer["name"] for signer in told_of["signers"]] == [
        "Owner of Halcyon Managed",
        "Owner of Blue Mesa IT",
    ]
    for signer in told_of["signers"]:
        assert tuple(dict(signer["rows"])) == OF_A_SIGNER
    signed_at = dict(told_of["signers"][0]["rows"])["Signed"]
    assert signed_at == "2007-02-01 15:00:00 UTC (2007-02-01 10:00:00 in New York)"
    assert told_of["head"] == agreement.events.latest("sequence").hash
    assert [row[2] for row in told_of["events"]][-1].endswith("it is in force")
    assert told_of["timestamp"].startswith("No trusted timestamp.")
    assert told_of["process"]
    assert told_of["consents"][0].startswith("Consent 1.0: “I agree to read")
    assert [party["name"] for party in made["parties"]] == ["Halcyon Managed LLC", "Blue Mesa IT LLC"]
    assert made["sections"][0]["heading"] == "Cover page"


def test_signatures_on_earlier_terms_are_listed_as_void(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    agreement = agreements.recall(agreement, by=prime.owner, now=NOW)
    agreement = agreements.accept_terms(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)
    for each in (prime.owner, sub.owner):
        agreement = agreements.sign(agreement, by=each, signing=read_by(agreement, each), now=NOW)

    made = certificate.facts(sealing._contents(agreement.pk), certificate.Sealing(NOW, "x", "f" * 64))

    assert len(made["certificate"]["signers"]) == 2
    assert ["void, the terms changed afterwards" in line for line in made["certificate"]["void"]] == [True]


@pytest.fixture
def time_authority(settings, monkeypatch):
    """Name an authority that answers, ten seconds after NOW."""
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = (
        "https://time.example/",
        authority.root().decode(),
    )

    def named(url: str):
        return authority.stamper(NOW + timedelta(seconds=10)) if url else None

    monkeypatch.setattr(timestamps, "authority", named)


def layer(agreement: Agreement, key: str) -> layers.Layer:
    loaded = Agreement.objects.with_parties().with_signed_sides().get(pk=agreement.pk)
    return {each.key: each for each in layers.check(loaded, now=NOW)}[key]


def test_with_an_authority_the_seal_and_the_head_carry_its_time(prime: People, sub: People, time_authority):
    agreement = sealed(prime.owner, sub.owner)

    kept = document()
    assert kept.timestamped_at == NOW + timedelta(seconds=10)
    assert layer(agreement, "timestamp") == layers.Layer(
        "timestamp", "Trusted timestamp", "holds", ("In the seal: 2007-02-01 15:00:10 UTC.",)
    )
    assert agreement.events.latest("sequence").changes["timestamp"] == "2007-02-01T15:00:10+00:00"


def test_an_authority_that_is_away_holds_nothing_up(prime: People, sub: People, time_authority, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(timestamps, "authority", lambda _url: authority.Away())
        agreement = sealed(prime.owner, sub.owner)
        assert anchoring.stamp_due() == 0
    assert layer(agreement, "timestamp").state == "absent"
    body = bytes(document().body)

    # It answers again: the same file gets its time beside it.
    assert [anchoring.stamp_due() for _ in range(2)] == [1, 0]

    assert bytes(document().body) == body
    assert TrustedTimestamp.objects.get().given_at == NOW + timedelta(seconds=10)
    assert layer(agreement, "timestamp") == layers.Layer(
        "timestamp", "Trusted timestamp", "holds", ("Given to the sealed file: 2007-02-01 15:00:10 UTC.",)
    )


def test_a_token_of_somebody_unknown_is_none(prime: People, sub: People, time_authority, settings):
    settings.TIMESTAMP_ROOTS = authority.root("Anybody").decode()

    agreement = sealed(prime.owner, sub.owner)

    assert document().timestamped_at is None
    assert anchoring.stamp_due() == 0
    assert layer(agreement, "timestamp").state == "absent"


def test_what_fails_is_tried_until_it_is_done(prime: People, sub: People, monkeypatch):
    signed(prime.owner, sub.owner)
    tries: list[datetime] = []

    def broken(*_: object, **__: object) -> bytes:
        raise OSError("No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(seals, "sealed", broken)
        for _ in range(9):
            owed = Sealing.objects.get()
            tries.append(owed.next_attempt_at)
            assert sealing.seal_due(now=owed.next_attempt_at - timedelta(milliseconds=1)) == 0
            assert sealing.seal_due(now=owed.next_attempt_at) == 0

    owed = Sealing.objects.get()
    waits = [(later - sooner) / MINUTE for sooner, later in pairwise(tries)]
    assert (owed.attempts, owed.last_error) == (9, "OSError: No space left on device")
    assert waits == [1, 2, 5, 15, 60, 180, 720, 720]
    assert (
        health.checks()["seals"]
        == "oldest fails since 2007-02-01T15:00:00Z: OSError: No space left on device"
    )
    assert not AgreementEvent.objects.filter(step="seal").exists()
    assert not Notification.objects.filter(kind="agreement_sealed").exists()
    assert sealing.seal_due(now=owed.next_attempt_at) == 1
    assert Sealing.objects.get().last_error == ""
    assert health.checks()["seals"] == "ok"


def test_a_failure_does_not_hold_up_the_others(prime: People, sub: People, stranger: People, monkeypatch):
    bad, good = signed(prime.owner, sub.owner), signed(prime.owner, stranger.owner)
    usual = sealing._contents

    def picky(key: object) -> certificate.Contents:
        return usual(key) if key != bad.pk else 1 / 0

    monkeypatch.setattr(sealing, "_contents", picky)

    assert sealing.seal_due(now=NOW) == 1

    assert document().agreement == good


def test_a_death_in_the_middle_leaves_it_to_the_next(prime: People, sub: People, monkeypatch):
    signed(prime.owner, sub.owner)

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> bytes:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(seals, "sealed", killed)
        with pytest.raises(Killed):
            sealing.seal_due(now=NOW)

    assert sealing.seal_due(now=NOW) == 0
    assert sealing.seal_due(now=NOW + MINUTE) == 1


def test_two_sweepers_keep_one_file(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)
    assert sealing._claimed(Sealing.objects.get().pk, NOW)
    made = [sealing.make(agreement.pk, now=NOW) for _ in range(2)]

    assert [sealing._keep(agreement.pk, each, NOW) for each in made] == [True, False]

    assert bytes(document().body) == made[0].body
    assert AgreementEvent.objects.filter(step="seal").count() == 1
    assert Notification.objects.filter(kind="agreement_sealed").count() == 2


def test_a_new_key_seals_from_now_on_and_the_old_certificate_stays(
    prime: People, sub: People, stranger: People, settings, tmp_path
):
    settings.SEAL_KEPT_AT = tmp_path / "keys" / "seal.pem"
    first = sealed(prime.owner, sub.owner)
    secret = settings.SEAL_KEPT_AT.read_bytes()

    seal_keys.replace(now=NOW + MINUTE)
    second = sealed(prime.owner, stranger.owner)

    assert settings.SEAL_KEPT_AT.read_bytes() != secret
    assert settings.SEAL_KEPT_AT.stat().st_mode & 0o777 == 0o600
    assert SealCertificate.objects.filter(documents__isnull=False).count() == 2
    for each in (first, second):
        assert layer(each, "seal").state == "holds"


def test_a_key_that_is_given_is_used_and_not_replaced(settings, tmp_path):
    given = seals.new_key("Halcyon Seals", now=NOW)
    settings.SEAL_KEY = seals.written(given).decode()
    settings.SEAL_KEPT_AT = tmp_path / "seal.pem"

    key, kept = seal_keys.current(now=NOW)

    assert key == given
    assert kept.fingerprint == given.fingerprint
    assert not settings.SEAL_KEPT_AT.exists()
    with pytest.raises(RuleBroken, match="given by the environment"):
        seal_keys.replace(now=NOW)


def test_the_agreement_page_offers_it_to_both_and_to_nobody_else(
    prime: People, sub: People, stranger: People, browser_of
):
    agreement = signed(prime.owner, sub.owner)
    page = reverse("agreement", args=[prime.firm.pk, agreement.pk])
    assert "being made and comes by mail" in browser_of(prime.owner).get(page).content.decode()
    file = {
        each: reverse("agreement-pdf", args=[each.firm.pk, agreement.pk]) for each in (prime, sub, stranger)
    }
    assert browser_of(prime.owner).get(file[prime]).status_code == 404
    sealing.seal_due(now=NOW)

    shown = browser_of(prime.owner).get(page).content.decode()
    answers = {each: browser_of(each.owner).get(file[each]) for each in file}

    assert file[prime] in shown
    assert document().sha256 in shown
    assert [answers[each].status_code for each in (prime, sub, stranger)] == [200, 200, 404]
    assert answers[sub].content == bytes(document().body)
    assert (
        answers[sub]["Content-Disposition"] == f'attachment; filename="agreement-{agreement.verify_code}.pdf"'
    )


@pytest.mark.parametrize(
    "change",
    [{"body": b"another"}, {"sha256": "0" * 64}, {"timestamped_at": NOW}, {"chain_head": "0" * 64}],
)
def test_the_database_keeps_the_file(prime: People, sub: People, change: dict[str, object]):
    sealed(prime.owner, sub.owner)

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        ExecutedDocument.objects.update(**change)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        ExecutedDocument.objects.get().delete()
