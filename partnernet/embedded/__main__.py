"""`python -m partnernet.embedded -- COMMAND …` runs a command beside throwaway servers for tests."""

from __future__ import annotations

import os
import subprocess
import sys

from partnernet.embedded.servers import data_folder, leave_when_told, running


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("Say which command: python -m partnernet.embedded -- pytest")
        return 2
    leave_when_told()
    with running(data_folder() / "test", durable=False) as urls:
        # Whatever runs beside throwaway servers is a test, unless somebody says otherwise.
        child = subprocess.Popen(command, env={"PARTNERNET_ENV": "test"} | os.environ | urls)
        try:
            return child.wait()
        except SystemExit:
            child.terminate()
            child.wait()
            raise
        except KeyboardInterrupt:
            # The terminal has sent Ctrl-C to the child as well.
            return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
