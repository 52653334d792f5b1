"""Whatever 16 clients may try at the work of three firms: who asks what, of which row, by the API or by a page."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.db.models import F
from django.test import Client
from django.urls import reverse

from billing.models import Invoice, Payment
from engagements.models import ChangeRequest, EngagementLine, Offer, Submission, Visit, WorkOrder
from partnernet.core import clock
from partners.actions import keys
from partners.models import Member
from partners.models.keys import SCOPES
from tests.factories.partners import People

UNDER_WAY = 8
IDLE = 5.0
"""Seconds after which a client takes a new line: the server hangs up on one that nobody uses for long."""
ROLES = ("owner", *["dispatcher"] * 2, *["owner"] * 5, "finance")
TOKEN = "t" * 32
Row = Mapping[str, Any]
Asked = tuple[str, str, Any]
"""Method, address below the door, body."""


def terms(amount: str = "75.00") -> dict[str, str]:
    """Return terms per unit, due in a month."""
    ends = (clock.now() + timedelta(days=30)).replace(hour=17, minute=0, second=0, microsecond=0, tzinfo=None)
    return {
        "pay_kind": "per_unit", "amount": amount, "schedule_kind": "complete_by", "timezone": "America/New_York",
        "ends": f"{ends:%Y-%m-%dT%H:%M}",
    }  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """One person at a keyboard: a key for the programs, a session for the pages."""

    firm: UUID
    secret: str
    session: str


def seats(people: People) -> dict[str, Seat]:
    """Return the people of a firm by role, each with a key and signed in."""
    found = {}
    for role in sorted(set(ROLES)):
        member: Member = getattr(people, role)
        browser = Client()
        browser.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        _, secret = keys.create("mixed", by=member, scopes=SCOPES)
        found[role] = Seat(people.firm.pk, secret, browser.cookies["sessionid"].value)
    return found


@dataclass
class Seen:
    """The rows as somebody saw them a moment ago; by now they may be otherwise."""

    lines: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    offers: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    submissions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)


def look() -> Seen:
    """Read what is under way, and the last few of what has ended."""
    order = {"prime": F("work_order__prime"), "sub": F("work_order__sub"), "order": F("work_order")}
    running = list(
        WorkOrder.objects.still_open().order_by("pk").values("pk", "status", "prime", "sub", "engagement")
    )
    ended = WorkOrder.objects.exclude(pk__in=[row["pk"] for row in running]).order_by("-pk")
    orders = [*running, *ended.values("pk", "status", "prime", "sub", "engagement")[:3]]
    of_these = {"work_order__in": [row["pk"] for row in orders]}
    newest = ("-pk",)
    return Seen(
        list(EngagementLine.objects.order_by("pk").values("pk", "engagement", firm=F("engagement__firm"))),
        orders,
        list(Offer.objects.filter(**of_these).order_by(*newest).values("pk", "status", "firm", "revision", "counter", **order)[:40]),
        list(Visit.objects.filter(**of_these).order_by(*newest).values("pk", "status", **order)[:20]),
        list(Submission.objects.filter(**of_these).order_by(*newest).values("pk", "status", **order)[:10]),
        list(ChangeRequest.objects.filter(assignment__work_order__in=of_these["work_order__in"]).order_by(*newest).values(
            "pk", "status", order=F("assignment__work_order"), prime=F("assignment__work_order__prime"),
            sub=F("assignment__work_order__sub"))[:10]),
        list(Invoice.objects.order_by(*newest).values("pk", "status", "prime", "sub", line=F("lines"))[:10]),
        list(Payment.objects.order_by(*newest).values("pk", "payer", "payee")[:10]),
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Something to try: `of` names the rows, `side` whose it is, `asks` says what is sent about one of them.

    `when` are the statuses in which it is likely to be taken; it is tried in others too.
    """

    name: str
    of: str
    side: str
    asks: Callable[[Row], Asked]
    when: str = ""
    page: bool = False


def _posts(name: str, of: str, address: str, side: str, when: str = "", **body: Any) -> Step:
    """Post to `/<address>/<id>/<name>/`. A body's value that begins with a colon is a column of the row."""

    def asks(row: Row) -> Asked:
        filled = {key: row[value[1:]] if str(value).startswith(":") else value for key, value in body.items()}
        return "POST", f"/api/v1/{address}/{row['pk']}/{name}/", filled

    return Step(name, of, side, asks, when)


def _of_order(name: str, of: str, side: str, when: str = "", *, path: str = "", **body: Any) -> Step:
    """Post to an address of the order that a row is of."""

    def asks(row: Row) -> Asked:
        filled = {key: row[value[1:]] if str(value).startswith(":") else value for key, value in body.items()}
        return "POST", f"/api/v1/work-orders/{row['order']}/{path.format(row['pk']) or name}/", filled

    return Step(name, of, side, asks, when)


def _page(name: str, of: str, side: str, when: str = "", *, args: str = "pk", **body: Any) -> Step:
    """Send a form of a page about a row."""

    def asks(row: Row) -> Asked:
        filled = {key: row[value[1:]] if str(value).startswith(":") else value for key, value in body.items()}
        return "POST", reverse(name, args=[row["firm"], *(row[each] for each in args.split())]), filled

    return Step(name, of, side, asks, when, page=True)


def _reads(name: str, of: str, side: str, *, pk: str = "pk") -> Step:
    def asks(row: Row) -> Asked:
        return "GET", reverse(name, args=[row["firm"], *([row[pk]] if pk else [])]), None

    return Step(name, of, side, asks, page=True)


def _splits() -> Step:
    """Take a few units off a line; what they pay is said once, for a client has no database of its own."""
    pays = {"routing": "first_accept", **terms()}

    def asks(row: Row) -> Asked:
        lines = [{"line": row["pk"], "units": random.randint(2, 5)}]
        return "POST", "/api/v1/work-orders/", {"engagement": row["engagement"], "lines": lines, **pays}

    return Step("split", "lines", "firm", asks)


def _wrong(name: str) -> Step:
    def asks(row: Row) -> Asked:
        lines = [{"line": row["line"], "amount": "1.00", "reason": "Two were not done."}]
        return "POST", f"/api/v1/invoices/{row['pk']}/{name}/", {"lines": lines}

    return Step(name, "invoices", "prime", asks, "approved submitted")


def _offers(firms: Iterable[UUID]) -> Step:
    """Offer an order to the two other firms."""
    known = sorted(firms)

    def asks(row: Row) -> Asked:
        to = [{"firm": firm} for firm in known if firm != row["prime"]]
        return "POST", f"/api/v1/work-orders/{row['pk']}/offer/", {"firms": random.sample(to, len(to))}

    return Step("offer", "orders", "prime", asks, "draft")


def steps(firms: Iterable[UUID]) -> list[Step]:
    """Return all that is tried; what moves work on stands more than once."""
    today = f"{clock.now():%Y-%m-%d}"
    new, bonus = terms("80.00"), {"kind": "bonus", "text": "Parking", "amount": "5.00"}
    on_site = [
        _posts("acknowledge-briefing", "orders", "work-orders", "sub", "assigned"),
        _posts("check-in", "visits", "visits", "sub", "planned confirmed on_my_way"),
        _posts("unit-reports", "orders", "work-orders", "sub", "in_progress", units=2, minutes=60),
        _posts("finish", "visits", "visits", "sub", "checked_in"),
        _posts("submit", "orders", "work-orders", "sub", "in_progress", client_asked_for_more=False),
        _of_order("approve", "submissions", "prime", "submitted", submission=":pk"),
    ]
    return [
        _splits(), _splits(), _offers(firms), _offers(firms),
        *[_posts("accept", "offers", "offers", "firm", "sent", revision=":revision")] * 3, *on_site * 3,
        _page("offer-accept", "offers", "firm", "sent", revision=":revision"),
        _posts("decline", "offers", "offers", "firm", "sent"), _posts("reopen", "offers", "offers", "firm", "declined"),
        _posts("counter", "offers", "offers", "firm", "sent", **new, units=2),
        _posts("withdraw-counter", "offers", "offers", "firm", "countered"),
        _posts("accept-counter", "offers", "offers", "prime", "countered", revision=":counter"),
        _posts("refuse-counter", "offers", "offers", "prime", "countered"),
        _posts("withdraw", "offers", "offers", "prime", "sent"), _posts("revise", "offers", "offers", "prime", "sent", **new),
        _posts("recall", "orders", "work-orders", "prime", "offered"),
        _posts("hold", "orders", "work-orders", "prime", "assigned in_progress", reason="They move."),
        *[_posts("resume", "orders", "work-orders", "prime", "on_hold")] * 2,
        _posts("cancel", "orders", "work-orders", "prime", "assigned offered", cause="otherwise"),
        _posts("remove", "orders", "work-orders", "prime", "assigned in_progress", cause="otherwise"),
        _posts("back-out", "orders", "work-orders", "sub", "assigned in_progress", cause="overbooked", client_asked_for_more=False),
        _posts("submit", "orders", "work-orders", "sub", "in_progress", client_asked_for_more=False, part=True),
        _of_order("send-back", "submissions", "prime", "submitted", submission=":pk", reason="Again."),
        _posts("messages", "orders", "work-orders", "prime", "assigned in_progress", text="Behind the house", audience="shared"),
        _posts("messages", "orders", "work-orders", "sub", "assigned in_progress", text="On the way", audience="shared"),
        _posts("problems", "orders", "work-orders", "sub", "in_progress", kind="late", text="Traffic"),
        _posts("change-requests", "orders", "work-orders", "sub", "assigned in_progress", **bonus),
        _posts("change-requests", "orders", "work-orders", "prime", "assigned in_progress", **bonus),
        _of_order("agree", "changes", "prime", "asked", path="change-requests/{}/agree"),
        _of_order("refuse", "changes", "prime", "asked", path="change-requests/{}/refuse"),
        _of_order("withdraw-change", "changes", "sub", "asked", path="change-requests/{}/withdraw"),
        _page("change-agree", "changes", "prime", "asked", args="order pk"),
        _page("visit-check-in", "visits", "sub", "planned confirmed"), _page("visit-count", "visits", "sub", "checked_in", units=1),
        _page("work-order-message", "orders", "prime", "assigned in_progress", text="Ring twice", audience="shared"),
        _page("work-approve", "submissions", "prime", "submitted", args="order pk"),
        *[_posts("announce-payment", "invoices", "invoices", "prime", "approved", paid_on=today)] * 2,
        _page("invoice-announce", "invoices", "prime", "approved", paid_on=today, amount="10.00"),
        *[_posts("confirm-payment", "payments", "payments", "payee")] * 2, _posts("deny-payment", "payments", "payments", "payee"),
        _wrong("dispute"), _wrong("ask-revision"), _posts("approve", "invoices", "invoices", "prime", "disputed"),
        _posts("submit", "invoices", "invoices", "sub", "revise"), _posts("void", "invoices", "invoices", "sub", reason="Twice."),
        _reads("work-order", "orders", "prime"), _reads("work-order", "orders", "sub"), _reads("job", "orders", "prime", pk="engagement"),
        _reads("home", "orders", "prime", pk=""), _reads("offers", "offers", "firm", pk=""), _reads("to-pay", "orders", "prime", pk=""),
    ]  # fmt: skip


class Hand:
    """One of the clients: a connection of its own, and chance."""

    def __init__(self, port: int, people: Mapping[UUID, Mapping[str, Seat]], number: int) -> None:
        self.port, self.people, self.chance = port, people, random.Random(number)
        self.line, self.answered = http.client.HTTPConnection("127.0.0.1", port, timeout=60), time.monotonic()

    def choose(self, every: list[Step], seen: Seen) -> tuple[Step, Row] | None:
        """Choose a step and a row; mostly one that is likely to be taken, by the firm whose step it is."""
        step = self.chance.choice(every)
        rows = getattr(seen, step.of)
        if (
            step.name == "split"
            and sum(row["status"] not in ("approved", "cancelled") for row in seen.orders) >= UNDER_WAY
        ):
            return None
        if step.when and self.chance.random() < 0.8:
            rows = [row for row in rows if row["status"] in step.when.split()]
        return (step, self.chance.choice(rows)) if rows else None

    def take(self, step: Step, row: Row) -> int:
        """Ask, and return the status of the answer."""
        firm = row[step.side]
        if firm is None or self.chance.random() < 0.05:
            firm = self.chance.choice(sorted(self.people))
        seat = self.people[firm][self.chance.choice(ROLES)]
        method, address, body = step.asks({**row, "firm": firm} if step.page else row)
        return self._send(method, address, body, seat, page=step.page)

    def _send(self, method: str, address: str, body: Any, seat: Seat, *, page: bool) -> int:
        if page:
            sent = urlencode({**(body or {}), "csrfmiddlewaretoken": TOKEN})
            headers = {
                "Cookie": f"sessionid={seat.session}; csrftoken={TOKEN}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
        else:
            sent = json.dumps(body or {}, default=str)
            headers = {"Authorization": f"Bearer {seat.secret}", "Content-Type": "application/json"}
            if self.chance.random() < 0.3:
                headers["Idempotency-Key"] = str(uuid4())
        if time.monotonic() - self.answered > IDLE:
            self.line.close()  # the next request opens another
        try:
            self.line.request(method, address, sent if method == "POST" else None, headers)
            answer = self.line.getresponse()
            answer.read()
            self.answered = time.monotonic()
        except (http.client.HTTPException, OSError):
            self.line.close()
            raise
        return answer.status
