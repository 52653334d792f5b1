"""The American rules of daylight saving as they stood until 2006 and as they stand since 2007, compiled by zic.

Where a machine has no zic (Debian keeps it in libc-bin, others in a package of its own), the same rules are written by hand as the
footer of a TZif file, which RFC 9636 section 3.3 has readers obey for every year after the last transition listed.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

NEW_YORK = "America/New_York"


@dataclass(frozen=True)
class Rules:
    """What zic is given, and what it would write of it in the footer."""

    source: str
    footer: bytes


OLD = Rules(
    """\
Rule US 1987 max - Apr Sun>=1 2:00 1:00 D
Rule US 1967 max - Oct lastSun 2:00 0 S
Zone America/New_York -5:00 US E%sT
""",
    b"\nEST5EDT,M4.1.0,M10.5.0\n",
)
NEW = Rules(
    """\
Rule US 1987 2006 - Apr Sun>=1 2:00 1:00 D
Rule US 1967 2006 - Oct lastSun 2:00 0 S
Rule US 2007 max - Mar Sun>=8 2:00 1:00 D
Rule US 2007 max - Nov Sun>=1 2:00 0 S
Zone America/New_York -5:00 US E%sT
""",
    b"\nEST5EDT,M3.2.0,M11.1.0\n",
)


def compiled(rules: Rules, folder: Path) -> Path:
    """Return a folder of tables with New York alone, made by zic or by hand."""
    if zic := shutil.which("zic", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        source = folder / "rules"
        source.write_text(rules.source)
        subprocess.run([zic, "-d", str(folder / "zi"), str(source)], check=True)
    else:
        file = folder / "zi" / NEW_YORK
        file.parent.mkdir(parents=True)
        file.write_bytes(by_hand(rules))
    return folder / "zi"


def by_hand(rules: Rules) -> bytes:
    """Return a TZif file (version 2) with one type, no transition, and the rules in its footer."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = b"TZif2" + bytes(15) + counts + struct.pack(">lbB", -5 * 3600, 0, 0) + b"EST\0"
    return block + block + rules.footer
