"""The seal alone: what it takes, and every way in which a file can be another."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from functools import cache

import pytest
from asn1crypto import keys, pem
from hypothesis import given
from hypothesis import settings as drawing
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts import seals, timestamps
from partnernet.core import pdf
from tests.contracts import authority

NOW = datetime(2007, 2, 1, 15, tzinfo=UTC)


@cache
def bare() -> bytes:
    """A PDF of ours that nobody sealed."""
    firm = {"name": "Halcyon", "lines": []}
    facts = {
        "title": "Paper",
        "subtitle": "",
        "sub": firm,
        "prime": firm,
        "lines": [],
        "sums": [],
        "note": "",
    }
    return pdf.made("credit_note", facts, on=NOW.date())


@cache
def key(name: str = "PartnerNet") -> seals.Key:
    return seals.new_key(name, now=NOW)


@cache
def sealed() -> bytes:
    return seals.sealed(bare(), key(), reason="Agreement PN-AAAA-BBBB-CCCC-DDDD")


def looked(body: bytes, *trusted: seals.Key) -> seals.Seal:
    return seals.examined(body, certificates=[each.certificate for each in trusted or (key(),)])


def by_pyhanko(body: bytes) -> tuple[bool, SignatureCoverageLevel]:
    """The judgement of pyHanko's own reader of PDF, of files that it can read."""
    seal = PdfFileReader(io.BytesIO(body)).embedded_signatures[0]
    trusted = ValidationContext(trust_roots=[seals._asn1(key().certificate)], moment=NOW)
    # A journey in a browser before this one leaves a loop running in the process of the tests.
    status = seals.aside(lambda: validate_pdf_signature(seal, trusted))
    return status.intact and status.valid and status.trusted, status.coverage


def test_a_seal_covers_every_byte_and_changes_none_before_it():
    assert sealed().startswith(bare())
    assert looked(sealed()) == seals.Seal(
        found=True, intact=True, fingerprint=key().fingerprint, covered=len(sealed())
    )
    assert by_pyhanko(sealed()) == (True, SignatureCoverageLevel.ENTIRE_FILE)


def test_one_byte_anywhere_breaks_it():
    places = {0, 9, len(bare()) // 2, len(bare()) + 40, len(sealed()) - 2}
    for place in places:
        changed = bytearray(sealed())
        changed[place] ^= 1
        assert not looked(bytes(changed)).intact, place


def test_bytes_put_behind_leave_it_intact_and_uncovered():
    longer = sealed() + b"\n% and 500 more"

    assert looked(longer).intact
    assert len(longer) - looked(longer).covered == 15


def test_a_change_written_after_the_seal_as_readers_of_pdf_do_is_uncovered():
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed()))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)

    seal = looked(out.getvalue())

    assert (seal.intact, seal.covered) == (True, len(sealed()))
    assert by_pyhanko(out.getvalue())[1] != SignatureCoverageLevel.ENTIRE_FILE


def test_the_seal_of_somebody_else_is_found_and_never_ours():
    theirs = seals.sealed(bare(), key("Cold Harbor"), reason="x")

    assert looked(theirs) == seals.Seal(
        found=True, fingerprint=key("Cold Harbor").fingerprint, covered=len(theirs)
    )
    assert looked(theirs, key(), key("Cold Harbor")).intact


def signed_again(body: bytes, by: seals.Key) -> bytes:
    """Sign a file once more, as any program can."""
    secret = keys.PrivateKeyInfo.load(pem.unarmor(by.private)[2])
    signer = signers.SimpleSigner(seals._asn1(by.certificate), secret, SimpleCertificateStore())
    about = signers.PdfSignatureMetadata(field_name="Other")
    writer = IncrementalPdfFileWriter(io.BytesIO(body))
    return seals.aside(lambda: signers.sign_pdf(writer, about, signer)).getvalue()


def test_a_second_seal_by_somebody_else_leaves_ours_uncovered(monkeypatch):
    monkeypatch.setattr(signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None)
    other = signed_again(sealed(), key("Cold Harbor"))

    seal = looked(other)

    assert (seal.intact, seal.fingerprint, seal.covered) == (True, key().fingerprint, len(sealed()))
    assert len(other) > seal.covered


def test_a_file_without_a_seal_has_none():
    assert looked(bare()) == seals.NO_SEAL
    assert looked(b"") == seals.NO_SEAL


def test_what_was_sealed_before_the_certificate_ended_holds_after():
    old = seals.new_key("PartnerNet", now=datetime(1990, 1, 1, tzinfo=UTC))

    assert looked(seals.sealed(bare(), old, reason="x"), old).intact


def test_a_text_that_looks_like_a_seal_does_not_hide_ours():
    decoy = b"%PDF-1.7\n% /ByteRange [0 5 9 1]\n"
    assert looked(decoy + sealed()).intact is False
    writer = IncrementalPdfFileWriter(io.BytesIO(bare()))
    writer.root["/Decoy"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    with_text = out.getvalue() + b"% /ByteRange [0 5 9 1]\n"

    assert looked(seals.sealed(with_text, key(), reason="x")).intact


@pytest.mark.parametrize(
    "hole",
    [b"", b"<>", b"<zz>", b"<00>", b"<" + b"30" * 99 + b">", b"<3080" + b"00" * 50 + b">", b"(3082)"],
)
def test_bytes_that_are_no_signature_are_none_of_ours(hole: bytes):
    head = b"%PDF-1.7 "
    tail = b" /ByteRange [0 %d %d 60]" % (len(head), len(head) + len(hole))

    seal = looked(head + hole + tail.ljust(60))

    assert (seal.found, seal.intact) == (True, False)


@given(st.binary(max_size=300), st.tuples(*[st.integers(0, 400)] * 4))
@drawing(max_examples=200)
def test_no_file_makes_it_fail(noise: bytes, numbers: tuple[int, ...]):
    body = noise + b"/ByteRange [%d %d %d %d]" % numbers + noise

    assert looked(body).intact is False


def test_a_key_is_read_as_it_was_written():
    again = seals.read_key(seals.written(key()))

    assert again == key()
    assert "BEGIN PRIVATE KEY" in seals.written(key()).decode()


def test_a_key_with_the_certificate_of_another_is_refused():
    with pytest.raises(ValueError, match="not that of the private key"):
        seals.read_key(key().private + key("Cold Harbor").certificate)


def test_the_seal_carries_the_time_of_an_authority():
    later = datetime(2007, 2, 1, 15, 4, tzinfo=UTC)
    stamped = seals.sealed(bare(), key(), reason="x", stamper=authority.stamper(later))

    known = seals.examined(stamped, certificates=[key().certificate], authorities=[authority.root()])
    unknown = seals.examined(
        stamped, certificates=[key().certificate], authorities=[authority.root("Anybody")]
    )

    assert (known.intact, known.timestamped_at, known.timestamp_holds) == (True, later, True)
    assert (unknown.intact, unknown.timestamp_holds) == (True, False)


def test_a_token_is_over_one_fingerprint_and_of_one_authority():
    fingerprint, later = os.urandom(32).hex(), datetime(2007, 2, 2, tzinfo=UTC)
    roots = [authority.root()]

    token, at = timestamps.trusted(fingerprint, of=authority.stamper(later), authorities=roots)

    assert at == later
    assert timestamps.read(token, fingerprint, authorities=roots) == timestamps.Stamp(later, holds=True)
    assert timestamps.read(token, "0" * 64, authorities=roots) == timestamps.Stamp(later, holds=False)
    assert timestamps.read(token[:-9], fingerprint, authorities=roots) is None
    assert not timestamps.read(token, fingerprint, authorities=[authority.root("Anybody")]).holds
    with pytest.raises(timestamps.TimestampMissingError):
        timestamps.trusted(fingerprint, of=authority.stamper(later), authorities=[authority.root("Anybody")])
    with pytest.raises(timestamps.TimestampMissingError, match="communication"):
        timestamps.trusted(fingerprint, of=authority.Away(), authorities=roots)


def test_characters_of_no_font_are_written_as_their_numbers():
    firm = {"name": "中文 \N{GRINNING FACE} Łódź", "lines": ["a\x07b\x00c\\u0007"]}
    facts = {
        "title": "Paper",
        "subtitle": "",
        "sub": firm,
        "prime": firm,
        "lines": [],
        "sums": [],
        "note": "",
    }

    made = pdf.made("credit_note", facts, on=NOW.date(), standards=("a-2a", "ua-1"))

    assert made.startswith(b"%PDF-1.7")
    assert made != pdf.made("credit_note", {**facts, "sub": {"name": "", "lines": []}}, on=NOW.date())
