"""Start the servers, then the tour and the table beside each other: one for each core."""

from __future__ import annotations

import os
import subprocess
import sys

from partnernet.embedded.servers import data_folder, leave_when_told, running


def main(wanted: list[str]) -> int:
    """Run both, or the tour of the people named alone; say whether all is well."""
    leave_when_told()
    folder = data_folder() / "look"
    folder.mkdir(parents=True, exist_ok=True)
    parts = [["tests.look.tour", *wanted]] + ([] if wanted else [["tests.look.table"]])
    with running() as urls:
        started = [subprocess.Popen([sys.executable, "-m", *part], env=os.environ | urls) for part in parts]
        try:
            codes = [each.wait() for each in started]
        finally:
            for each in started:
                each.terminate()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
