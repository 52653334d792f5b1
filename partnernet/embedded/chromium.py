"""Unpacks the headless Chromium that the npm package @sparticuz/chromium carries, for browser tests."""

from __future__ import annotations

import io
import tarfile

import brotli

from partnernet.embedded.servers import ROOT

SOURCE = ROOT / "node_modules" / "@sparticuz" / "chromium" / "bin"
TARGET = ROOT / "build" / "chromium"
# Without a configuration Chromium stops on a machine that has no fonts of its own.
FONTS = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{TARGET / "fonts"}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{TARGET / "font-cache"}</cachedir>
</fontconfig>
"""


def unpack() -> None:
    """Write the browser, its libraries and its fonts into build/chromium."""
    TARGET.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a browser that runs cannot be written over.
    fresh = TARGET / "chromium.new"
    fresh.write_bytes(brotli.decompress((SOURCE / "chromium.br").read_bytes()))
    fresh.chmod(0o755)
    fresh.rename(TARGET / "chromium")
    for part in ("al2023", "fonts", "swiftshader"):
        packed = brotli.decompress((SOURCE / f"{part}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(TARGET, filter="data")
    (TARGET / "fonts.conf").write_text(FONTS)


if __name__ == "__main__":
    unpack()
