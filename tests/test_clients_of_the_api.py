"""The main job from outside, against a real server: by a client that is made of docs/openapi.yaml, and by curl as docs/api.md says."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from billing.models import Invoice, Payment
from partnernet.core import clock
from partners.models import Member
from tests import programs
from tests.factories.contracts import signed

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DOCS = settings.BASE_DIR / "docs"
NEW_YORK = "America/New_York"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with programs.web(tmp_path) as port:
        yield f"http://127.0.0.1:{port}"


def sign() -> None:
    """Let the two owners sign, as they do in their browsers: no key can."""
    prime, sub = Member.objects.order_by("joined_at")
    signed(prime, sub, now=clock.now())


def paid_in_full() -> tuple[str, str]:
    return Invoice.objects.get().status, str(Payment.objects.exclude(confirmed_at=None).get().amount)


def test_the_commands_of_the_documentation_do_the_whole_job(server: str, tmp_path: Path) -> None:
    """Run them in their order, in one shell; the agreement is signed after the first block."""
    first, *others = re.findall(
        r"^```sh\n(.*?)^```$", (DOCS / "api.md").read_text(), re.DOTALL | re.MULTILINE
    )
    kept = tmp_path / "kept"

    made = shell(
        f"set -a\n{first}\ndeclare -p API prime_key sub_key SUB > {kept}\ndeclare -f >> {kept}", API=server
    )
    sign()
    done = shell(f". {kept}\n" + "\n".join(others))

    assert made == ["Halcyon"]
    assert done == [
        "active", "450.00", "accepted", "confirmed", "on_my_way", "checked_in", "18", "done", "approved", "approved", "1350.00",
        "paid", "1350.00",
    ]  # fmt: skip
    assert paid_in_full() == ("paid", "1350.00")


def shell(script: str, **known: str) -> list[str]:
    """Run commands as they stand; the first that fails ends it."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=settings.BASE_DIR, text=True, capture_output=True, check=False,
        env=os.environ | programs.environment() | known,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    return done.stdout.split()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the client, and let it be imported as `partnernet_client`."""
    folder = tmp_path_factory.mktemp("generated")
    quick = folder / "config.yaml"
    quick.write_text(yaml.safe_dump({"post_hooks": []}))
    made = subprocess.run(
        [str(programs.BIN / "openapi-python-client"), "generate", "--path", str(DOCS / "openapi.yaml"), "--meta", "none",
         "--config", str(quick), "--output-path", str(folder / "partnernet_client"), "--fail-on-warning"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


def part(path: str) -> Any:
    return importlib.import_module(f"partnernet_client.{path}")


class Caller:
    """One firm's program: calls operations of the generated client by their names, and holds that each was taken."""

    def __init__(self, server: str, key: str) -> None:
        self.client = part("client").AuthenticatedClient(
            base_url=server, token=key, raise_on_unexpected_status=True
        )

    def __call__(self, operation: str, *ids: object, **known: Any) -> Any:
        answer = part(f"api.{operation}").sync_detailed(*ids, client=self.client, **known)
        assert answer.status_code < 300, (operation, answer.status_code, answer.content)
        return answer.parsed

    def take(self, operation: str, *ids: object, body: str, **values: Any) -> Any:
        """Send a body of a generated model."""
        return self(operation, *ids, body=getattr(part("models"), body)(**values))


@pytest.fixture
def firms(server: str, generated: None, capsys: pytest.CaptureFixture[str]) -> tuple[Caller, Caller, str]:
    """Sign two firms up with a key each; return their programs and the sub's id."""

    def sign_up(name: str, postcode: str, address: str) -> dict[str, str]:
        call_command(
            "create_firm", name, "--postcode", postcode, "--owner-email", address, "--api-key", "--json"
        )
        made: dict[str, str] = json.loads(capsys.readouterr().out)
        return made

    prime = sign_up("Halcyon Managed", "11530", "pat@halcyon.example")
    sub = sign_up("Blue Mesa IT", "11801", "lou@bluemesa.example")
    sign()
    return Caller(server, prime["api_key"]), Caller(server, sub["api_key"]), sub["firm"]


def test_a_generated_client_does_the_whole_job(firms: tuple[Caller, Caller, str]) -> None:
    prime, sub, sub_id = firms
    models = part("models")
    due = datetime.combine(date.today() + timedelta(days=10), datetime.min.time().replace(hour=17))  # noqa: DTZ011 - local, as typed

    client = prime.take("clients.clients_create", body="ClientInputRequest", name="Garden City Dental")
    site = prime.take("sites.sites_create", body="NewSiteInputRequest", client=client.id, postcode="11530")
    job = prime.take(
        "engagements.engagements_create", body="EngagementInputRequest", title="Fix", timezone=NEW_YORK
    )
    line = prime.take(
        "engagements.engagements_lines_create", job.id, body="LineInputRequest",
        site=site.id, what="Patch and verify", units=40, estimated_minutes=45, unit_price="100.00",
    )  # fmt: skip
    assert prime("engagements.engagements_activate_create", job.id).status == "active"

    piece = models.PieceInputRequest(line=line.id, units=18)
    (order,) = prime.take(
        "work_orders.work_orders_create", body="WorkOrderInputRequest", engagement=job.id, lines=[piece],
        pay_kind=models.PayKindEnum.PER_UNIT, amount="75.00", schedule_kind=models.ScheduleKindEnum.COMPLETE_BY,
        timezone=NEW_YORK, ends=f"{due:%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    to = [models.RecipientInputRequest(firm=sub_id)]
    (offer,) = prime.take(
        "work_orders.work_orders_offer_create", order.id, body="OfferInputRequest", firms=to
    )

    read = sub("offers.offers_retrieve", offer.id)
    taken = sub.take(
        "offers.offers_accept_create", offer.id, body="AcceptInputRequest", revision=read.revision.id
    )
    assert (taken.status, taken.work_order) == ("accepted", order.id)
    do_the_work(sub, order.id)
    handed_in = sub.take(
        "work_orders.work_orders_submit_create",
        order.id,
        body="SubmitInputRequest",
        client_asked_for_more=False,
    )

    prime.take(
        "work_orders.work_orders_approve_create",
        order.id,
        body="ApproveInputRequest",
        submission=handed_in.id,
    )
    (invoice,) = prime("invoices.invoices_list").results
    prime.take(
        "invoices.invoices_announce_payment_create",
        invoice.id,
        body="PaidInputRequest",
        paid_on=clock.now().date(),
    )
    (payment,) = sub("payments.payments_list").results
    sub("payments.payments_confirm_payment_create", payment.id)

    settled = prime("invoices.invoices_retrieve", invoice.id)
    assert (settled.status, settled.confirmed.amount) == ("paid", "1350.00")
    assert paid_in_full() == ("paid", "1350.00")


def do_the_work(sub: Caller, order: object) -> None:
    (visit,) = sub("visits.visits_list").results
    steps: list[Callable[[], Any]] = [
        lambda: sub("visits.visits_confirm_create", visit.id),
        lambda: sub("visits.visits_set_off_create", visit.id),
        lambda: sub("work_orders.work_orders_acknowledge_briefing_create", order),
        lambda: sub.take("visits.visits_check_in_create", visit.id, body="CheckInInputRequest"),
        lambda: sub.take(
            "work_orders.work_orders_unit_reports_create",
            order,
            body="CountInputRequest",
            units=18,
            minutes=540,
        ),
        lambda: sub("visits.visits_finish_create", visit.id),
    ]
    for step in steps:
        step()
