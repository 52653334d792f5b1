"""Files that pretend: every one is refused, or what is kept of it is drawn by us, named by us and runs nowhere."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from engagements.models import Deliverable
from partnernet.core import uploads
from partnernet.core.errors import RuleBroken
from tests.engagements.conftest import job, line, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import running, taken, visit  # noqa: F401 - fixtures
from tests.everything import nothing_moves
from tests.guards.test_bad_files import door, nothing_stored_before, stored  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
SCRIPT = b"<script>alert(7)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"><script>alert(7)</script></svg>'
HOSTILE = (b"<script", b"<svg", b"<?php", b"onload=", b"alert(7)", b"PK\x03\x04", b"MZ\x90")


def drawn(kind: str, **more: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(written, kind, **more)
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large, and holds a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def with_text(png: bytes) -> bytes:
    """Hide a script in a PNG's own place for text."""
    data = b"Comment\0" + SCRIPT
    part = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    return png[:33] + part + png[33:]


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    exif[0x8825] = {1: "N", 2: (40.0, 43.0, 36.0)}
    return drawn("JPEG", exif=exif, comment=SCRIPT)


JPEG, PNG, WEBP = drawn("JPEG"), drawn("PNG"), drawn("WEBP")
# Pictures that carry more than a picture: what is kept must not.
CARRIERS = [
    ("jpeg-then-page.jpg", JPEG + SCRIPT), ("jpeg-then-zip.jpg", JPEG + b"PK\x03\x04" + b"\0" * 64), ("jpeg-then-php.php", JPEG + b"<?php 1; ?>"),
    ("png-then-page.png", PNG + SCRIPT), ("png-with-text.png", with_text(PNG)), ("png-then-svg.svg", PNG + SVG),
    ("webp-then-page.webp", WEBP + SCRIPT), ("webp-then-exe.exe", WEBP + b"MZ\x90"), ("exif.jpg", with_exif()),
    ("../../etc/cron.d/root.jpg", JPEG), ("..\\..\\windows\\win.ini.jpg", JPEG), ("/etc/passwd", JPEG),
    ("a%0d%0aContent-Type: text/html.jpg", JPEG), ("a\0.html.jpg", JPEG), ("photo.html", JPEG), ("photo.jpg.svg", PNG),
    ("\u202egpj.exe", JPEG), ("<script>alert(7)</script>.jpg", JPEG), ("a" * 300 + ".jpg", JPEG), (".htaccess", PNG), ("con.jpg", JPEG),
    ("=HYPERLINK(1).jpg", JPEG), ("png-named.jpg", PNG),
]  # fmt: skip
# No pictures, whatever they are called.
REFUSED = [
    ("page.jpg", SCRIPT), ("page.html", b"<!doctype html>" + SCRIPT), ("drawing.svg", SVG), ("drawing.png", SVG), ("drawing.svgz", zlib.compress(SVG)),
    ("gif.gif", drawn("GIF")), ("gif-page.gif", b"GIF89a/*" + SCRIPT + b"*/=1;"), ("bmp.bmp", drawn("BMP")), ("tiff.tiff", drawn("TIFF")),
    ("icon.ico", drawn("ICO")), ("eps.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(id) system\n"), ("pdf.jpg", b"%PDF-1.7\n%%EOF"),
    ("bomb.png", png_of(60_000, 60_000)), ("wide.png", png_of(2_000_000_000, 1)), ("cut.png", PNG[:40]), ("cut.jpg", JPEG[: len(JPEG) // 2]),
    ("empty.jpg", b""), ("zeros.jpg", b"\0" * 4096), ("zip.jpg", b"PK\x03\x04" + b"\0" * 100), ("exe.jpg", b"MZ\x90\0" + b"\0" * 100),
    ("xml.jpg", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("mvg.jpg", b"push graphic-context\nfill 'url(https://evil.example/\"|id\")'\npop graphic-context"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw"), CARRIERS, ids=[ascii(name)[:40] for name, _ in CARRIERS])
def test_a_picture_keeps_nothing_but_its_pixels(client, door, name: str, raw: bytes) -> None:  # noqa: F811
    answer = client.post(door, {"file": SimpleUploadedFile(name, raw, "text/html")})

    assert answer.status_code == 201, answer.content
    kept = Deliverable.objects.get()
    with kept.file.open() as opened:
        body = opened.read()
    assert [mark for mark in HOSTILE if mark in body] == []
    with Image.open(io.BytesIO(body)) as image:
        assert (image.getexif(), "comment" in image.info) == ({}, False)
    assert kept.content_type in {"image/jpeg", "image/png", "image/webp"}
    assert kept.name == uploads.safe_name(kept.name.rsplit(".", 1)[0], "." + kept.name.rsplit(".", 1)[1])
    assert not set(kept.name) & set("/\\\r\n\0<>=\u202e\"'")
    assert kept.name.endswith((".jpg", ".png", ".webp"))
    assert not kept.name.startswith(".")


@pytest.mark.parametrize(("name", "raw"), REFUSED, ids=[name for name, _ in REFUSED])
def test_what_is_no_picture_is_refused(client, door, name: str, raw: bytes) -> None:  # noqa: F811
    with nothing_moves():
        answer = client.post(door, {"file": SimpleUploadedFile(name, raw, "image/jpeg")})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"
    assert stored() == []


@pytest.mark.parametrize(("name", "raw"), REFUSED, ids=[name for name, _ in REFUSED])
def test_nor_is_it_a_paper_unless_it_is_a_pdf(name: str, raw: bytes) -> None:
    if raw.startswith(b"%PDF-"):
        assert uploads.paper(raw, name).content_type == "application/pdf"
        return
    with pytest.raises(RuleBroken):
        uploads.paper(raw, name)


@pytest.mark.parametrize(
    "name", ["a\r\nContent-Type: text/html\r\n\r\n.jpg", "a\nb.jpg", "\u2028.jpg", "..", "", "/"]
)
def test_a_name_is_one_line_of_plain_letters(name: str) -> None:
    assert uploads.picture(JPEG, name).name.isprintable()
    assert not set(uploads.picture(JPEG, name).name) & set("/:\r\n\u2028")


def test_at_least_thirty_files(capsys) -> None:
    with capsys.disabled():
        print(
            f"\nfiles: {len(CARRIERS) + len(REFUSED)} in the corpus: {len(REFUSED)} refused, {len(CARRIERS)} drawn anew without what they carried"
        )
    assert len(CARRIERS) + len(REFUSED) >= 30
    assert default_storage.listdir("") == ([], [])
