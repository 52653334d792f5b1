"""A file that is no photo, or far too large, is refused beside its field and nothing of it stays."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.engagements.conftest import job, line, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import running, taken, visit  # noqa: F401 - fixtures
from tests.everything import nothing_moves

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024
BOUNDARY = "----a-boundary"
NO_PHOTO = "This is not a photo we can read. Send a JPEG, PNG or WebP picture."
TOO_LARGE = "This file is too large. At most 15 MB."


class Flood(io.RawIOBase):
    """A request's body with one file of so many megabytes, made while it is read."""

    def __init__(self, megabytes: int, name: str) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        self.head = (head + "Content-Type: image/jpeg\r\n\r\n").encode()
        self.tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + megabytes * MEGABYTE + len(self.tail)
        self.at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:
        piece = self._from(self.at, min(self.length - self.at, len(room)))
        self.at += len(piece)
        room[: len(piece)] = piece
        return len(piece)

    def _from(self, start: int, wanted: int) -> bytes:
        if start < len(self.head):
            return self.head[start : start + wanted]
        body_end = self.length - len(self.tail)
        if start < body_end:
            return b"x" * min(wanted, body_end - start)
        return self.tail[start - body_end : start - body_end + wanted]


@pytest.fixture(autouse=True)
def nothing_stored_before(settings, tmp_path_factory):
    """An empty folder of this test's own, so that what is stored can be counted."""
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("stored")


@pytest.fixture
def kept_apart(settings, tmp_path):
    """A folder of this test's own for what is written while a file arrives."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def flood(client, path: str, name: str):
    """Send 100 MB and return the answer and the most memory that took, in bytes."""
    body = Flood(100, name)
    tracemalloc.start()
    try:
        with nothing_moves():
            tracemalloc.reset_peak()
            answer = client.request(
                REQUEST_METHOD="POST", PATH_INFO=path, CONTENT_LENGTH=str(body.length),
                CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}", **{"wsgi.input": body},
            )  # fmt: skip
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return answer, peak


@pytest.fixture
def page(client, sub, running, visit):  # noqa: F811
    """The address where the technician on site sends a photo."""
    client.force_login(sub.technician.user)
    return reverse("visit-photo", args=[sub.firm.pk, visit.pk])


@pytest.fixture
def door(client, sub, running):  # noqa: F811
    client.force_login(sub.technician.user)
    return f"/api/v1/work-orders/{running.pk}/deliverables/"


def stored() -> list[str]:
    return default_storage.listdir("")[0] + default_storage.listdir("")[1]


def html() -> SimpleUploadedFile:
    return SimpleUploadedFile("holiday.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg")


def test_a_page_named_jpg_on_the_page(client, page):
    with nothing_moves():
        answer = client.post(page, {"file": html()})

    assert answer.context["photo_form"].errors == {"file": [NO_PHOTO]}
    assert f'id="photo_error">{NO_PHOTO}' in answer.content.decode()
    assert stored() == []


def test_a_page_named_jpg_by_the_api(client, door):
    with nothing_moves():
        answer = client.post(door, {"file": html()})

    assert (answer.status_code, answer.data["errors"]) == (400, [{"field": "file", "detail": NO_PHOTO}])
    assert stored() == []


def test_no_file_is_asked_for(client, page):
    with nothing_moves():
        answer = client.post(page)

    assert answer.context["photo_form"].errors == {"file": ["Choose a photo first."]}


def test_a_hundred_megabytes_on_the_page(client, page, kept_apart):
    answer, peak = flood(client, page, "holiday.jpg")

    assert answer.context["photo_form"].errors == {"file": [TOO_LARGE]}
    assert f'id="photo_error">{TOO_LARGE}' in answer.content.decode()
    assert peak < 20 * MEGABYTE
    assert (stored(), list(kept_apart.iterdir())) == ([], [])


def test_a_hundred_megabytes_by_the_api(client, door, kept_apart):
    answer, peak = flood(client, door, "holiday.jpg")

    assert (answer.status_code, answer.data["code"]) == (413, "too_large")
    assert answer.data["errors"] == [{"field": "file", "detail": TOO_LARGE}]
    assert peak < 20 * MEGABYTE
    assert (stored(), list(kept_apart.iterdir())) == ([], [])


def test_a_hundred_megabytes_as_a_list_of_clients(client, prime, kept_apart):
    client.force_login(prime.dispatcher.user)

    answer, peak = flood(client, reverse("client-import", args=[prime.firm.pk]), "clients.csv")

    assert answer.context["form"].errors == {"file": ["The file is larger than 2 MB. Split it."]}
    assert peak < 20 * MEGABYTE
    assert (stored(), list(kept_apart.iterdir())) == ([], [])
