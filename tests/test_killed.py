"""`kill -9` of the worker in the middle of a mail and of the web process between commit and bell; Redis killed and emptied.

Everything is real: granian, Celery's worker and Beat, PostgreSQL, Valkey and a mail server that counts. 20 kills in every run;
`KILLS=100 JOBS=1000` (`make figures`) are more, with more mail that waits meanwhile. `PENDING=1000 AWAY=300` lets more wait
when the broker is killed, and keeps it away for so many seconds; `MAILS=500 RESUMES=20` kills the worker so often on its way.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.urls import reverse

from engagements.models import Offer
from partnernet.core import clock
from partnernet.core.models import Delivery
from partnernet.core.notify import Addressee, owe
from partnernet.embedded import valkey
from tests import programs
from tests.factories.contracts import CoverageOverrideFactory
from tests.factories.partners import FirmFactory
from tests.mail_sink import AFTER, BEFORE, Sink
from tests.offer_sets import Contender, contenders, offer_sets

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("KILLS", "20")) // 2
JOBS = int(os.environ.get("JOBS", "0"))
PENDING, AWAY = int(os.environ.get("PENDING", "0")), float(os.environ.get("AWAY", "0"))
MAILS, RESUMES = int(os.environ.get("MAILS", "200")), int(os.environ.get("RESUMES", "1"))
TO_RESUME = 60
SWEEP = settings.CELERY_BEAT_SCHEDULE["pay-what-is-owed"]["schedule"]
# A tick, and what starting a batch of mails takes on a machine that others use as well.
WITHIN = SWEEP + 10
CELERY = [str(programs.BIN / "celery"), "--app", "partnernet", "--quiet"]
# One sender in the worker, so that at most one mail is in flight when it is killed.
WORKER = [
    *CELERY,
    "worker",
    "--concurrency",
    "1",
    "--loglevel",
    "WARNING",
    "--without-mingle",
    "--without-gossip",
]
BEAT = [*CELERY, "beat", "--loglevel", "WARNING"]


class NotFollowed(urllib.request.HTTPRedirectHandler):
    """Leave a redirect as the answer."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class House:
    """PartnerNet's processes in a folder of their own, on a broker of their own."""

    folder: Path
    sockets: Path
    sink: Sink
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = 0

    def environment(self) -> dict[str, str]:
        return {
            "PARTNERNET_DATA": str(self.folder), "REDIS_URL": valkey.url(self.sockets), "SECRET_KEY": settings.SECRET_KEY,
            "LINK_KEY": settings.LINK_KEY, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.sink.port),
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        }  # fmt: skip

    def start(self, name: str, command: list[str]) -> None:
        log = self.folder / f"{name}.log"
        self.running[name] = programs.start(command, log=log, **self.environment())

    def start_web(self) -> None:
        self.port = programs.free_port()
        self.start("web", programs.granian(self.port, workers=1))

    def web_is_ready(self) -> None:
        assert programs.eventually(lambda: programs.takes_connections(self.port), within=60)

    def kill(self, name: str) -> None:
        programs.kill(self.running[name])

    def start_broker(self) -> None:
        valkey.start(self.folder, self.sockets, durable=False)

    def signal_broker(self, number: signal.Signals) -> None:
        os.kill(self.broker_pid, number)

    def find_broker(self) -> redis.Redis:
        broker = redis.Redis.from_url(valkey.url(self.sockets))
        self.broker_pid = int(broker.info("server")["process_id"])
        return broker

    def accept(self, person: Contender, offer: Offer) -> int:
        """Press "Take this job" with a real session; return the status of the answer."""
        client = Client()
        client.force_login(person.owner.user)
        address = reverse("offer-accept", args=[person.firm.pk, offer.pk])
        token = "t" * 32
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{address}",
            urllib.parse.urlencode(
                {"revision": str(offer.revision_id), "csrfmiddlewaretoken": token}
            ).encode(),
            {"Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"},
        )
        try:
            return int(urllib.request.build_opener(NotFollowed).open(request, timeout=30).status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            # The server was killed before it answered.
            return 0


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    # A socket's path is at most 108 bytes long, which pytest's folders may exceed.
    sockets = Path(tempfile.mkdtemp(prefix="pn-"))
    sink = Sink()
    made = House(tmp_path, sockets, sink)
    made.start_broker()
    made.find_broker()
    try:
        yield made
    finally:
        sink.disarm()
        for process in made.running.values():
            programs.kill(process)
        valkey.stop(sockets)
        sink.shutdown()
        sink.server_close()
        shutil.rmtree(sockets)


@pytest.fixture
def people() -> list[Contender]:
    return contenders(3)


def sets_of(people: list[Contender], count: int) -> list[list[Offer]]:
    """So many orders, offered to all; an owner allowed the work without an agreement."""
    prime, now = FirmFactory(name="Halcyon Managed"), clock.now()
    for person in people:
        CoverageOverrideFactory(
            prime=prime, sub=person.firm, created_at=now, expires_at=now + timedelta(days=29)
        )
    return offer_sets(prime, [len(people)] * count, [person.firm for person in people], now=now)


def unpaid() -> int:
    return Delivery.objects.filter(sent_at=None).count()


def accepted(offer: Offer) -> bool:
    return Offer.objects.filter(pk=offer.pk, status="accepted").exists()


def kill_worker_in_the_middle_of_a_mail(house: House, offer: Offer, person: Contender, moment: str) -> None:
    house.sink.arm(moment)
    assert house.accept(person, offer) == 302
    assert house.sink.waiting.wait(60), (house.folder / "worker.log").read_text()[-3000:]
    house.kill("worker")
    house.sink.disarm()
    house.start("worker", WORKER)


def kill_web_between_commit_and_bell(house: House, offer: Offer, person: Contender) -> None:
    """Freeze the broker, so that the process stands in its bell when the step is committed; then kill it."""
    house.web_is_ready()
    house.signal_broker(signal.SIGSTOP)
    try:
        pressed = threading.Thread(target=house.accept, args=(person, offer))
        pressed.start()
        assert programs.eventually(lambda: accepted(offer), within=30), (
            house.folder / "web.log"
        ).read_text()[-3000:]
        house.kill("web")
    finally:
        house.signal_broker(signal.SIGCONT)
    pressed.join()
    house.start_web()


FACTS = {
    "order": "WO-1", "title": "18 computers", "town": "Hicksville", "client": "Garden City Dental", "schedule": "Monday, 9 am", "sub": "Blue Mesa IT",
}  # fmt: skip


def owe_more(count: int) -> int:
    """Promise so many more mails; return how many."""
    for number in range(count):
        owe("start_missed", to=[Addressee(f"person{number}@halcyon.example")], now=clock.now(), context=FACTS)
    return max(count, 0)


def test_twenty_kills_lose_no_mail_and_repeat_at_most_one_each(house, people, capsys):
    sets = sets_of(people, 2 * ROUNDS)
    more = owe_more(JOBS - 2 * ROUNDS * len(people))
    began = time.perf_counter()
    house.start_web()
    house.start("worker", WORKER)
    house.start("beat", BEAT)

    for number in range(ROUNDS):
        house.web_is_ready()
        moment = AFTER if number % 2 == 0 else BEFORE
        kill_worker_in_the_middle_of_a_mail(house, sets[2 * number][0], people[0], moment)
        kill_web_between_commit_and_bell(house, sets[2 * number + 1][0], people[0])

    ended = time.perf_counter()
    assert programs.eventually(lambda: unpaid() == 0, within=2 * WITHIN + more), f"{unpaid()} mails not sent"
    paid = time.perf_counter()
    report(
        house,
        capsys,
        f"{2 * ROUNDS} kills in {ended - began:.0f} s, all sent {paid - ended:.1f} s after the last",
    )
    every_mail_arrived(house, repeated_at_most=2 * ROUNDS)
    assert Delivery.objects.count() == 2 * ROUNDS * len(people) + more
    assert more or paid - ended <= WITHIN


def test_a_broker_killed_and_emptied_loses_no_mail_and_stops_no_step(house, people, capsys):
    steps_away = 5 + round(AWAY / 10)
    sets = sets_of(people, 20 + steps_away)
    more = owe_more(PENDING - 20 * len(people))
    house.start_web()
    house.start("beat", BEAT)
    house.web_is_ready()
    for offers in sets[:20]:
        assert house.accept(people[0], offers[0]) == 302
    broker = house.find_broker()
    pending, queued = unpaid(), int(broker.llen("celery"))

    house.signal_broker(signal.SIGKILL)
    assert programs.eventually(lambda: not valkey.answers(house.sockets), within=10)
    gone = time.perf_counter()
    while_away = []
    for offers in sets[20:]:
        while_away.append(house.accept(people[0], offers[0]))
        time.sleep(AWAY / steps_away)
    away = time.perf_counter() - gone
    house.start_broker()
    began = time.perf_counter()
    empty = house.find_broker().dbsize()
    house.start("worker", WORKER)

    assert programs.eventually(lambda: unpaid() == 0, within=2 * WITHIN + more), f"{unpaid()} mails not sent"
    took = time.perf_counter() - began
    report(
        house,
        capsys,
        f"broker emptied with {pending} owed and {queued} bells, away for {away:.0f} s in which "
        f"{while_away.count(302)} of {steps_away} steps were taken; all sent {took:.1f} s later",
    )
    assert (pending, queued >= 20, empty) == (20 * len(people) + more, True, 0)
    assert while_away == [302] * steps_away
    every_mail_arrived(house, repeated_at_most=0)
    assert more or took <= WITHIN


def test_a_worker_killed_amid_many_mails_goes_on_within_a_minute(house, capsys):
    owe_more(MAILS)
    house.start("worker", WORKER)
    house.start("beat", BEAT)
    resumed = []
    for number in range(1, RESUMES + 1):
        part = number * MAILS // (RESUMES + 1)
        assert programs.eventually(lambda part=part: len(house.sink.got) >= part, within=TO_RESUME)
        resumed.append(killed_and_going_on(house, AFTER if number % 2 else BEFORE))
    assert programs.eventually(lambda: unpaid() == 0, within=2 * WITHIN + MAILS), f"{unpaid()} mails not sent"

    late = sorted(resumed)[round(0.95 * (RESUMES - 1))]
    counts = house.sink.counts
    with capsys.disabled():
        print(f"\nresumed: {MAILS} mails, worker killed {RESUMES} times on the way: {MAILS - len(counts)} lost, "
              f"{counts.total() - len(counts)} came twice; the next mail came after {statistics.median(resumed):.1f} s, "
              f"p95 {late:.1f} s")  # fmt: skip
    every_mail_arrived(house, repeated_at_most=RESUMES)
    assert late <= TO_RESUME


def killed_and_going_on(house: House, moment: str) -> float:
    """Kill the worker in the middle of a mail, start it anew as its supervisor would; return the seconds until the next mail."""
    house.sink.arm(moment)
    assert house.sink.waiting.wait(TO_RESUME), (house.folder / "worker.log").read_text()[-3000:]
    house.kill("worker")
    house.sink.disarm()
    came, killed = len(house.sink.got), time.perf_counter()
    house.start("worker", WORKER)
    assert programs.eventually(lambda: len(house.sink.got) > came, within=2 * TO_RESUME, every=0.02)
    return time.perf_counter() - killed


def every_mail_arrived(house: House, *, repeated_at_most: int) -> None:
    """Check that the mail server has every Message-ID that we owe, no other, and hardly any twice."""
    owed = set(Delivery.objects.values_list("message_id", flat=True))
    assert set(house.sink.counts) == owed
    assert len(house.sink.got) - len(owed) <= repeated_at_most


def report(house: House, capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    counts = house.sink.counts
    twice = sum(counts.values()) - len(counts)
    with capsys.disabled():
        print(f"\nkilled: {sentence}; {len(counts)} mails, {twice} came twice with the same Message-ID")
