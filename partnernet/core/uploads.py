"""Files that people hand in: counted while they arrive, and pictures drawn anew so that nothing hostile is kept."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from PIL import Image, ImageOps, UnidentifiedImageError

from partnernet.core.errors import RuleBroken

MEGAPIXELS = 60
LONGEST_EDGE = 2400
PICTURES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as we keep it: bytes of ours, a safe name, the hash of what is kept."""

    name: str
    content_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


class LimitUploads(FileUploadHandler):
    """Drop what grows over the limit while it arrives, and remember that it did."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - so named by Django
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self.left = settings.UPLOAD_LIMIT

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.left -= len(raw_data)
        if self.left < 0:
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined] # read by `sent`
            raise SkipFile  # StopUpload would read the rest by lines, and a line may have no end
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def was_stopped(request: HttpRequest) -> bool:
    """Say whether `LimitUploads` gave up on this request's files; ask after they were read."""
    return getattr(request, "upload_too_large", False)


def sent(
    request: HttpRequest, files: MultiValueDict[str, UploadedFile[Any]], *, what: str = "photo"
) -> UploadedFile[Any]:
    """Return the file that was sent as `file`; raises RuleBroken when there is none or it was too large."""
    if was_stopped(request):
        raise too_large()
    found = files.get("file")
    if found is None:
        raise RuleBroken(f"Choose a {what} first.", field="file")
    return found


def too_large() -> RuleBroken:
    megabytes = settings.UPLOAD_LIMIT // (1024 * 1024)
    refusal = RuleBroken(f"This file is too large. At most {megabytes} MB.", code="too_large", field="file")
    refusal.status = 413
    return refusal


def picture(raw: bytes, name: str) -> Upload:
    """Return a photo drawn anew: upright, at most 2,400 px, without metadata such as places.

    Raises RuleBroken for anything that is not a JPEG, PNG or WebP picture, whatever its name says.
    """
    if len(raw) > settings.UPLOAD_LIMIT:
        raise too_large()
    try:
        with Image.open(io.BytesIO(raw), formats=list(PICTURES)) as image:
            if image.width * image.height > MEGAPIXELS * 1_000_000:
                raise RuleBroken(f"This picture has more than {MEGAPIXELS} megapixels.", field="file")
            kind = image.format or "JPEG"
            drawn = ImageOps.exif_transpose(image)
            drawn.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            body = _draw(drawn, kind)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise RuleBroken(
            "This is not a photo we can read. Send a JPEG, PNG or WebP picture.", field="file"
        ) from error
    content_type, suffix = PICTURES[kind]
    return Upload(safe_name(name, suffix), content_type, body)


def _draw(image: Image.Image, kind: str) -> bytes:
    """Write the pixels and nothing else."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    if kind == "JPEG" and bare.mode not in {"RGB", "L"}:
        bare = bare.convert("RGB")
    written = io.BytesIO()
    bare.save(written, format=kind, quality=85)
    return written.getvalue()


PDF = "application/pdf"


def paper(raw: bytes, name: str) -> Upload:
    """Return a paper as it was sent when it is a PDF, or drawn anew when it is a photo of one.

    A PDF is evidence, so no byte of it is changed; it is only ever served as a download, which no browser runs.
    """
    if len(raw) > settings.UPLOAD_LIMIT:
        raise too_large()
    if raw.startswith(b"%PDF-") and b"%%EOF" in raw[-1024:]:
        return Upload(safe_name(name, ".pdf"), PDF, raw)
    try:
        return picture(raw, name)
    except RuleBroken as refusal:
        if refusal.__cause__ is None:  # a picture, and too large a one
            raise
        raise RuleBroken(
            "Send the paper as a PDF, or as a photo (JPEG, PNG or WebP).", field="file"
        ) from refusal


def safe_name(name: str, suffix: str) -> str:
    """Return a file name without folders, control characters or a misleading ending."""
    stem = PurePath(name.replace("\\", "/")).stem
    kept = "".join(c for c in unicodedata.normalize("NFC", stem) if c.isalnum() or c in " -_()")
    return f"{kept.strip()[:80] or 'photo'}{suffix}"
