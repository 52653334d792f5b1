"""The digest of each day: every head that moved, once, going on from the day before, and found out when it is changed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from contracts import chain, timestamps
from contracts.actions import agreements, anchoring
from contracts.models import ChainDigest, ChainHead, TrustedTimestamp
from tests.contracts import authority
from tests.contracts.test_verification import past_every_trigger
from tests.factories.contracts import SIGNED_AT, drafted, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY = timedelta(days=1)


def test_a_day_is_digested_once_and_the_next_goes_on_from_it(prime: People, sub: People, stranger: People):
    first, second = signed(prime.owner, sub.owner), drafted(prime.owner, stranger.firm)

    assert [anchoring.digest_heads(now=NOW + DAY) for _ in range(2)] == [1, 0]
    agreements.void(second, by=prime.owner, now=NOW + DAY)
    assert anchoring.digest_heads(now=NOW + 2 * DAY) == 1

    one, two = ChainDigest.objects.order_by("day")
    assert (one.day, one.count, one.previous_sha256) == (date(2007, 2, 1), 2, chain.GENESIS)
    assert (two.day, two.count, two.previous_sha256) == (date(2007, 2, 2), 1, one.sha256)
    assert set(one.heads.values_list("agreement", "sequence")) == {(first.pk, 4), (second.pk, 1)}
    assert two.heads.get().hash == second.events.latest("sequence").hash
    assert anchoring.faults_of_digests() == []


def test_a_quiet_day_has_its_digest_as_well(db):
    assert anchoring.digest_heads(now=NOW) == 1

    assert ChainDigest.objects.get().count == 0


def test_the_text_of_a_digest_can_be_made_by_hand(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    anchoring.digest_heads(now=NOW + DAY)

    head = agreement.events.get().hash
    text = f"2007-02-01\n{agreement.pk} 1 {head}\n"

    assert ChainDigest.objects.get().sha256 == chain.link("0" * 64, text)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE contracts_chainhead SET hash = repeat('0', 64)",
            "The digest of 2007-02-01 was changed after it was written.",
        ),
        ("DELETE FROM contracts_chainhead", "The digest of 2007-02-01 was changed after it was written."),
        (
            "UPDATE contracts_chaindigest SET day = '2007-01-31' WHERE day = '2007-02-01'",
            "The digest of 2007-01-31 was changed after it was written.",
        ),
        (
            "DELETE FROM contracts_chaindigest WHERE day = '2007-02-01'",
            "The digest of 2007-02-02 does not continue the one before it.",
        ),
    ],
)
def test_a_changed_digest_is_found(prime: People, sub: People, capsys, sql: str, sentence: str):
    drafted(prime.owner, sub.firm)
    for days in (1, 2):
        anchoring.digest_heads(now=NOW + days * DAY)
    if "DELETE FROM contracts_chaindigest" in sql:
        past_every_trigger("DELETE FROM contracts_chainhead")

    past_every_trigger(sql)

    with pytest.raises(SystemExit):
        call_command("check_events", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["broken"], told["digests"]) == (0, [sentence])


def test_a_head_that_was_written_anew_stands_in_the_next_digest_and_does_not_stop_it(
    prime: People, sub: People
):
    agreement = drafted(prime.owner, sub.firm)
    anchoring.digest_heads(now=NOW + DAY)
    past_every_trigger("UPDATE contracts_agreementevent SET hash = repeat('a', 64)")

    assert anchoring.digest_heads(now=NOW + 2 * DAY) == 1

    assert list(agreement.digested_heads.order_by("digest__day").values_list("sequence", flat=True)) == [1, 1]


@pytest.mark.parametrize("model", [ChainDigest, ChainHead])
def test_the_database_keeps_digests(prime: People, sub: People, model):
    drafted(prime.owner, sub.firm)
    anchoring.digest_heads(now=NOW + DAY)

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_digests_are_stamped_where_an_authority_is_named(db, settings, monkeypatch):
    anchoring.digest_heads(now=NOW)
    assert anchoring.stamp_due() == 0
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = "https://time.example/", authority.root().decode()
    monkeypatch.setattr(timestamps, "authority", lambda _url: authority.stamper(NOW))

    assert [anchoring.stamp_due() for _ in range(2)] == [1, 0]

    row = TrustedTimestamp.objects.get()
    digest = ChainDigest.objects.get()
    assert (row.digest, row.sha256, row.given_at) == (digest, digest.sha256, NOW)
    stamp = timestamps.read(bytes(row.token), digest.sha256, authorities=[authority.root()])
    assert stamp == timestamps.Stamp(NOW, holds=True)
