"""A process that ends between the commit and the bell.

`EXITS=1000` (`make figures`) ends more of them.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

import pytest
from django.core import mail as outbox
from django.db import connections

from partnernet.core import clock, mail, notify
from partnernet.core.models import Delivery
from partners.actions import members
from partners.actions.members import Colleague
from partners.models import Invitation

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EXITS = int(os.environ.get("EXITS", "40"))


def in_a_process_that_ends(act: Callable[[], object]) -> int:
    """Do something in a process of its own, with a connection of its own; return the signal or code that it ended with."""
    connections.close_all()
    if (child := os.fork()) == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001 - whatever it was, this process must not go on as a second pytest
            traceback.print_exc()
        finally:
            # Reached only when nothing ended the process before.
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_process_that_ends_before_the_bell_owes_its_mail_all_the_same(prime, monkeypatch, capsys):
    monkeypatch.setattr(notify, "ring", lambda _: os.kill(os.getpid(), signal.SIGKILL))

    ended = {
        in_a_process_that_ends(
            lambda n=number: members.invite(
                Colleague(email=f"new{n}@halcyon.example", name="Nell", role="viewer"), by=prime.owner
            )
        )
        for number in range(EXITS)
    }
    owed = Delivery.objects.filter(sent_at=None).count()
    while mail.pay_due(now=clock.now()):
        pass

    arrived = [message.extra_headers["Message-ID"] for message in outbox.outbox]
    with capsys.disabled():
        print(f"\nexits: {EXITS} processes ended between commit and bell; {EXITS - owed} mails lost, "
              f"{len(arrived) - len(set(arrived))} came twice")  # fmt: skip
    assert ended == {-signal.SIGKILL}
    assert Invitation.objects.count() == owed == len(arrived) == len(set(arrived)) == EXITS
