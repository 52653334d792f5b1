"""`make run`: everything on one screen — servers, migrations, the story, web, worker and beat."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from partnernet.embedded import prepared
from partnernet.embedded.postgres import ServerDidNotStart
from partnernet.embedded.servers import ROOT, data_folder, running

BIN = Path(sys.executable).parent
STARTS_AT_MOST = 5
# Celery warns root because of pickled messages; ours are JSON.
QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}


def say(sentence: str, *, source: str = "run") -> None:
    print(f"{source:>7} | {sentence}", flush=True)


@dataclass
class Program:
    """One long-running process whose lines are shown with its name before them."""

    name: str
    command: list[str]
    starts: int = 0
    process: subprocess.Popen[str] | None = None
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start the process and follow its lines."""
        self.starts += 1
        # A group of its own: Ctrl-C reaches us alone, and we stop the children in order.
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            start_new_session=True,
            env=os.environ | QUIET,
        )
        thread = threading.Thread(target=self._follow, args=(self.process,), daemon=True)
        thread.start()
        self.threads.append(thread)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None or self.ended():
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    def _follow(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            say(line.rstrip(), source=self.name)


def programs(port: str) -> list[Program]:
    """Return the three processes that make up PartnerNet."""
    web = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", port]
    web += [
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--no-ws",
        "--log-level",
        "warning",
        "partnernet.wsgi:application",
    ]
    celery = [str(BIN / "celery"), "--app", "partnernet", "--quiet"]
    return [
        Program("web", web),
        Program(
            "worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-mingle"]
        ),
        Program("beat", [*celery, "beat", "--loglevel", "WARNING"]),
    ]


def port_is_free(port: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            return False
    return True


def wait_for(port: str, web: Program) -> bool:
    """Wait until the web process takes connections; False when it ended instead."""
    for _ in range(300):
        if web.ended():
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return True
        time.sleep(0.1)
    return False


def watch(crew: list[Program], stopping: threading.Event) -> int:
    """Start again whatever ends by itself, up to a limit; return the exit code."""
    while not stopping.wait(0.5):
        for program in crew:
            if not program.ended():
                continue
            code = program.process.returncode if program.process else 0
            if program.starts >= STARTS_AT_MOST:
                say(
                    f"{program.name} ended {program.starts} times (last with {code}). Its lines above say why. Stopping."
                )
                return 1
            say(f"{program.name} ended with {code}; starting it again.")
            program.start()
    return 0


def prepare(own_database: bool) -> int:  # noqa: FBT001 - one call, right below
    """Migrate and load the story when the database is ours and empty; nothing when this was done and holds."""
    url = os.environ["DATABASE_URL"] if own_database else ""
    if url and prepared.holds(url):
        return 0
    command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
    if own_database or os.environ.get("DEMO") == "1":
        command.append("--story")
    code = subprocess.run(command, check=False, cwd=ROOT).returncode
    if url and not code:
        prepared.remember(url)
    return code


def main() -> int:
    port = os.environ.get("PORT", "8000")
    if not port_is_free(port):
        say(f"Port {port} is taken. Choose another: make run PORT=8001")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnernet.settings")
    own_database = "DATABASE_URL" not in os.environ
    say(f"Starting PostgreSQL and Valkey in {data_folder()}" if own_database else "Using your DATABASE_URL")
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with running() as urls:
        os.environ.update(urls)
        if code := prepare(own_database):
            return code
        return serve(port, stopping)


def serve(port: str, stopping: threading.Event) -> int:
    """Run web, worker and beat until somebody says stop."""
    crew = programs(port)
    web, *others = crew
    web.start()
    try:
        # The page comes first: three starts at once on two cores would delay each other.
        if wait_for(port, web):
            say(f"PartnerNet is at http://localhost:{port}  (Ctrl-C stops it)")
        for program in others:
            program.start()
        return watch(crew, stopping)
    finally:
        say("Stopping")
        for program in reversed(crew):
            program.stop()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ServerDidNotStart as error:
        say(str(error))
        sys.exit(1)
