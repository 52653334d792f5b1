"""Whoever changes anything behind the actions' back turns the layer red that it belongs to, with the reason, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from contracts import chain, seals
from contracts.actions import agreements, anchoring, layers, protection, seal_keys
from contracts.actions.history import facts
from contracts.models import Agreement, AgreementEvent, ExecutedDocument
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, drafted, protected, signed
from tests.factories.partners import People
from tests.factories.sealing import sealed

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY = timedelta(days=1)
ALL = ("text", "signatures", "history", "outside", "file", "seal", "whole", "timestamp", "status")


def past_every_trigger(sql: str, *values: object) -> None:
    """Write as somebody does who owns the server: no trigger, no foreign key."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what honest steps still owe is looked at first
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        assert cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")


def checked(agreement: Agreement, upload: bytes | None = None) -> dict[str, layers.Layer]:
    loaded = Agreement.objects.with_parties().with_signed_sides().get(pk=agreement.pk)
    return {layer.key: layer for layer in layers.check(loaded, now=NOW + DAY, upload=upload)}


def red(found: dict[str, layers.Layer]) -> dict[str, tuple[str, ...]]:
    return {key: layer.sentences for key, layer in found.items() if layer.state == layers.BROKEN}


def body() -> bytes:
    return bytes(ExecutedDocument.objects.get().body)


def flipped(file: bytes, place: int) -> bytes:
    return file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]


def test_untouched_everything_holds(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)

    found = checked(agreement)

    assert tuple(found) == ALL
    assert {key for key, layer in found.items() if layer.state == "holds"} == set(ALL) - {"timestamp"}
    assert found["timestamp"].sentences == ("No trusted timestamp.",)
    assert found["status"].sentences == ("In force.",)


ATTACKS: dict[str, tuple[str, dict[str, str]]] = {
    "one character of the text": (
        "UPDATE contracts_agreementrevision SET text = replace(text, '12 months', '13 months')",
        {"text": "The text of revision 1 is not the text that was hashed."},
    ),
    "the text with its fingerprint": (
        "UPDATE contracts_agreementrevision SET text = 'We owe nothing.', content_sha256 = encode(sha256('We owe nothing.'), 'hex')",
        {
            "text": "The text of revision 1 is not the text that was hashed.",
            "signatures": "The signature of Owner of Blue Mesa IT is not on the text that was signed.",
        },
    ),
    "one value": (
        "UPDATE contracts_agreementrevision SET values = jsonb_set(values, '{net_days}', '90')",
        {"text": "A value of revision 1 was changed."},
    ),
    "one event's columns": (
        "UPDATE contracts_agreementevent SET reason = 'They agreed to less.' WHERE sequence = 2",
        {"history": "Event 2 no longer says what was hashed."},
    ),
    "one event's text": (
        "UPDATE contracts_agreementevent SET text = replace(text, 'owner', 'viewer') WHERE sequence = 3",
        {"history": "Event 3 was changed after it was written."},
    ),
    "an event in the middle taken away": (
        "DELETE FROM contracts_agreementevent WHERE sequence = 2",
        {"history": "Event 2 is missing: 3 comes next."},
    ),
    "a signature given another name": (
        "UPDATE contracts_signature SET name = 'Pat Blue' WHERE side = 'other'",
        {"signatures": "The signature of Pat Blue is not the one that the history names."},
    ),
    "where a signature came from": (
        "UPDATE contracts_signature SET user_agent = 'Safari' WHERE side = 'other'",
        {"signatures": "The signature of Owner of Blue Mesa IT is not the one that the history names."},
    ),
    "a signature taken away": (
        "DELETE FROM contracts_signature WHERE side = 'other'",
        {"signatures": "The history names a signature of Owner of Blue Mesa IT that is not there."},
    ),
    "another end": (
        "UPDATE contracts_agreement SET ends_at = ends_at + interval '1 year'",
        {"status": "It does not end when its text and its history say."},
    ),
    "in force sooner": (
        "UPDATE contracts_agreement SET effective_at = effective_at - interval '1 year'",
        {"status": "It is not in force from its last signature."},
    ),
    "a shorter protection": (
        "UPDATE contracts_agreement SET client_tail_months = 1",
        {"status": "The agreement says other terms than its text."},
    ),
    "another status": (
        "UPDATE contracts_agreement SET status = 'declined', effective_at = NULL, ends_at = NULL",
        {"status": "The agreement says declined, its history says signed."},
    ),
    "one byte of the file": (
        "UPDATE contracts_executeddocument SET body = set_byte(body, 5000, get_byte(body, 5000) # 1)",
        {
            "file": "The stored file is not the one that the history names.",
            "seal": "The file was changed after it was sealed.",
        },
    ),
    "bytes behind the seal": (
        "UPDATE contracts_executeddocument SET body = body || 'and more'::bytea",
        {
            "file": "The stored file is not the one that the history names.",
            "whole": "8 bytes were added after the seal.",
        },
    ),
    "the file without its seal": (
        "UPDATE contracts_executeddocument SET body = substring(body FOR rendered_size)",
        {
            "file": "The stored file is not the one that the history names.",
            "seal": "The file carries no seal.",
        },
    ),
    "the file taken away": (
        "DELETE FROM contracts_executeddocument",
        {"file": "The history names a file, and it is gone."},
    ),
    "the record of the file": (
        "UPDATE contracts_executeddocument SET sha256 = repeat('0', 64)",
        {"file": "The record of the stored file is not what the history says of it."},
    ),
    "the head that the file carries": (
        "UPDATE contracts_executeddocument SET chain_head = repeat('0', 64)",
        {"outside": "Line 4 has another fingerprint than in the sealed PDF of 2007-02-01."},
    ),
}


@pytest.mark.parametrize(("sql", "reasons"), ATTACKS.values(), ids=ATTACKS)
def test_each_change_is_red_for_its_own_reason(prime: People, sub: People, sql: str, reasons: dict[str, str]):
    agreement = sealed(prime.owner, sub.owner)

    past_every_trigger(sql)

    found = red(checked(agreement))
    assert set(found) == set(reasons)
    for key, reason in reasons.items():
        assert reason in found[key]


def test_a_history_cut_short_is_seen_in_what_was_written_down_elsewhere(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    client = protected(prime.owner, sub.owner).client
    protection.serviced(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=client.pk, on=NOW.date(), now=NOW
    )
    anchoring.digest_heads(now=NOW + DAY)
    assert checked(agreement)["outside"].sentences == (
        "It agrees with the sealed PDF of 2007-02-01, the digest of 2007-02-01.",
    )

    past_every_trigger("DELETE FROM contracts_agreementevent WHERE sequence = 7")

    assert red(checked(agreement)) == {"outside": ("Line 7 is gone: it stands in the digest of 2007-02-01.",)}


def test_a_history_written_anew_is_seen_in_the_sealed_file(prime: People, sub: People):
    """Every line, hash and link is made to fit again, as only somebody with the whole database can."""
    agreement = sealed(prime.owner, sub.owner)
    previous = chain.GENESIS
    for event in agreement.events.order_by("sequence"):
        reason = "They agreed to less." if event.sequence == 2 else event.reason
        values = {name: getattr(event, name) for name in COLUMNS} | {"reason": reason}
        text = chain.canonical(facts(agreement.pk, event.sequence, values))
        mark = chain.link(previous, text)
        past_every_trigger(
            "UPDATE contracts_agreementevent SET reason = %s, text = %s, previous_hash = %s, hash = %s WHERE id = %s",
            reason,
            text,
            previous,
            mark,
            event.pk,
        )
        previous = mark

    assert red(checked(agreement)) == {
        "outside": ("Line 4 has another fingerprint than in the sealed PDF of 2007-02-01.",)
    }


COLUMNS = (
    "step",
    "side",
    "role",
    "door",
    "by_user_id",
    "by_firm",
    "from_status",
    "to_status",
    "reason",
    "changes",
    "occurred_at",
)


def test_a_file_sealed_by_somebody_else_is_red_even_with_a_fitting_record(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    document = ExecutedDocument.objects.get()
    theirs = seals.sealed(body()[: document.rendered_size], seals.new_key("PartnerNet", now=NOW), reason="x")

    past_every_trigger(
        "UPDATE contracts_executeddocument SET body = %s, sha256 = encode(sha256(%s), 'hex')", theirs, theirs
    )

    found = red(checked(agreement))
    assert found["seal"] == ("The seal is not one of PartnerNet's.",)
    assert "The stored file is not the one that the history names." in found["file"]
    assert set(found) == {"file", "seal"}


def test_another_agreement_in_its_place_is_red(prime: People, sub: People, stranger: People):
    ours, theirs = sealed(prime.owner, sub.owner), sealed(prime.owner, stranger.owner)
    other = bytes(ExecutedDocument.objects.get(agreement=theirs).body)

    past_every_trigger(
        "UPDATE contracts_executeddocument SET body = %s WHERE agreement_id = %s", other, ours.pk
    )

    assert set(red(checked(ours))) == {"file"}
    assert red(checked(theirs)) == {}


def test_notice_and_new_lines_break_nothing(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    protected(prime.owner, sub.owner, client=ClientFactory(firm=prime.firm))

    agreements.terminate(agreement, by=sub.owner, now=NOW + DAY)

    found = checked(agreement)
    assert red(found) == {}
    assert found["status"].sentences == ("In force, notice given.",)


def test_without_a_file_the_layers_of_the_file_are_not_there(prime: People, sub: People, stranger: People):
    waiting, draft = signed(prime.owner, sub.owner), drafted(prime.owner, stranger.firm)

    for agreement, why in ((waiting, "is being made"), (draft, "before both firms have signed")):
        found = checked(agreement)
        assert red(found) == {}
        assert {key for key, layer in found.items() if layer.state == "absent"} == {
            "outside", "file", "seal", "whole", "timestamp",
        }  # fmt: skip
        assert why in found["file"].sentences[0]


# Files that somebody hands in.


def handed_in(file: bytes, code: str = "") -> tuple[int, str]:
    sent = {"file": SimpleUploadedFile("agreement.pdf", file), "code": code}
    answer = Client().post(reverse("verify-file"), sent)
    return answer.status_code, answer.content.decode()


CHANGES: dict[str, tuple[Callable[[bytes], bytes], dict[str, str]]] = {
    "one byte": (
        lambda file: flipped(file, 5000),
        {"file": "not byte for byte", "seal": "changed after it was sealed"},
    ),
    "bytes behind": (
        lambda file: file + b"and more",
        {"file": "not byte for byte", "whole": "8 bytes were added after the seal."},
    ),
    "cut short": (
        lambda file: file[:-100],
        {"file": "not byte for byte", "seal": "", "whole": "does not say what it covers"},
    ),
    "the seal cut off": (
        lambda file: file[: ExecutedDocument.objects.get().rendered_size],
        {"file": "not byte for byte", "seal": "carries no seal"},
    ),
}


@pytest.mark.parametrize(("change", "reasons"), CHANGES.values(), ids=CHANGES)
def test_a_changed_copy_is_red_and_says_why(
    prime: People, sub: People, change: Callable[[bytes], bytes], reasons: dict[str, str]
):
    agreement = sealed(prime.owner, sub.owner)
    copy = change(body())

    found = red(checked(agreement, upload=copy))

    assert set(found) == set(reasons)
    for key, reason in reasons.items():
        assert reason in found[key][0]
    status, page = handed_in(copy, agreement.verify_code)
    assert status == 200
    assert "Something does not hold" in page
    assert red(checked(agreement)) == {}


def test_the_true_copy_holds_and_nothing_of_it_is_kept(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    before = ExecutedDocument.objects.count(), AgreementEvent.objects.count()

    status, page = handed_in(body())

    assert status == 200
    assert "Everything holds" in page
    assert agreement.verify_code in page
    assert (ExecutedDocument.objects.count(), AgreementEvent.objects.count()) == before


def test_a_true_copy_shows_that_the_stored_one_was_changed(prime: People, sub: People):
    agreement = sealed(prime.owner, sub.owner)
    copy = body()
    past_every_trigger("UPDATE contracts_executeddocument SET body = body || 'x'::bytea")

    assert red(checked(agreement, upload=copy)) == {}
    assert set(red(checked(agreement))) == {"file", "whole"}


@pytest.mark.parametrize(
    "file",
    [b"%PDF-1.7 nothing", bytes(9000), b"/ByteRange [0 1 2 3]", b"PN-" * 99],
    ids=["bare", "zeros", "range", "codes"],
)
def test_a_file_that_is_none_of_ours_is_said_to_be_unknown(prime: People, sub: People, file: bytes):
    sealed(prime.owner, sub.owner)

    status, page = handed_in(file)

    assert status == 404
    assert "no agreement of PartnerNet" in page


def test_a_copy_is_found_by_the_code_that_it_carries(prime: People, sub: People):
    sealed(prime.owner, sub.owner)

    status, page = handed_in(body() + b"x")

    assert (status, "Something does not hold" in page) == (200, True)


def test_no_file_is_asked_for(db):
    answer = Client().post(reverse("verify-file"), {"code": "PN-1"})

    assert answer.status_code == 400
    assert "Choose a file first." in answer.content.decode()


def test_one_address_hands_in_thirty_files_a_minute(db, monkeypatch):
    monkeypatch.setattr("contracts.views.public.MOST_FILES", {"verify_file": "2/m/ip"})

    answers = [Client(REMOTE_ADDR="203.0.113.77").post(reverse("verify-file")).status_code for _ in range(3)]

    assert answers == [400, 400, 429]


def test_the_certificates_are_for_everybody(prime: People, sub: People):
    sealed(prime.owner, sub.owner)

    answer = Client().get(reverse("seal-certificates"))

    assert answer.content == b"".join(seal_keys.certificates())
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in answer.content


def test_the_command_names_every_layer(prime: People, sub: People, capsys, tmp_path):
    agreement = sealed(prime.owner, sub.owner)
    call_command("verify_agreement", agreement.verify_code, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["holds"] is True
    assert tuple(layer["key"] for layer in told["layers"]) == ALL
    file = tmp_path / "copy.pdf"
    file.write_bytes(body() + b"x")

    with pytest.raises(SystemExit) as ended:
        call_command("verify_agreement", "--file", str(file))

    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "BROKEN  Whole file under the seal: 1 byte was added after the seal." in out
    assert "    ok  Event chain" in out
    with pytest.raises(CommandError, match="No such agreement"):
        call_command("verify_agreement", "PN-NONE")
