"""Three years of work in a dozen statements: jobs, orders in every state, offers, visits, submissions, money, evidence.

Order n of M belongs to firm n mod N and is done, once it is taken, by the firm beside it. The oldest three quarters have
ended; the newest are under way, their dates ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing.models import Invoice, InvoiceEvent, InvoiceLine, Payment, PaymentAllocation
from engagements.models import (
    Assignment,
    CoverageCheck,
    Engagement,
    EngagementEvent,
    EngagementLine,
    Offer,
    OfferEvent,
    OfferRevision,
    Submission,
    Visit,
    WorkOrder,
    WorkOrderEvent,
    WorkOrderLine,
)
from partnernet.scale.rows import KEYS, fill, run
from partners.models import Firm, PaymentExperience, ScoreEvent

FIRMS = """
CREATE TEMP TABLE scale_firm AS
SELECT row_number() OVER (ORDER BY firm.id) - 1 AS f, firm.id, next_order_number, next_engagement_number, next_invoice_number,
    (SELECT m.id FROM partners_member m WHERE m.firm_id = firm.id AND m.role = 'owner') AS owner,
    (SELECT m.user_id FROM partners_member m WHERE m.firm_id = firm.id AND m.role = 'owner') AS owner_user,
    (SELECT array_agg(site.id ORDER BY site.id) FROM clients_site site JOIN clients_client c ON c.id = site.client_id
        WHERE c.firm_id = firm.id) AS sites,
    (SELECT a.id FROM contracts_agreement a WHERE a.status = 'signed' AND firm.id IN (a.proposer_id, a.other_id) LIMIT 1) AS agreement
FROM partners_firm firm WHERE firm.id = ANY (%(firms)s::uuid[])
"""

# The status of order n: the newest quarter is open in every way, one in eight of the older ones was cancelled.
ORDERS = """
CREATE TEMP TABLE scale_order AS
SELECT n, n / %(count)s AS k, prime.id AS prime, partner.id AS partner, third.id AS third, prime.owner AS owner,
    prime.owner_user AS owner_user, partner.owner AS sub_owner, partner.owner_user AS sub_owner_user, prime.agreement,
    prime.sites[1 + (n / %(count)s) %% 10] AS site, prime.next_order_number + n / %(count)s AS number,
    prime.next_engagement_number + n / %(count)s / 20 AS job_number, 5 + n %% 20 AS units, 75 * (5 + n %% 20) AS pay,
    created, pg_temp.key_at(created) AS id, pg_temp.key_at(created) AS line, pg_temp.key_at(created) AS offer,
    pg_temp.key_at(created) AS revision, pg_temp.key_at(created) AS rival, pg_temp.key_at(created) AS rival_revision,
    pg_temp.key_at(created) AS submission, pg_temp.key_at(created) AS invoice, pg_temp.key_at(created) AS payment,
    CASE WHEN recent THEN (ARRAY['draft','offered','offered','assigned','assigned','in_progress','submitted','approved'])[1 + (n / 4) %% 8]
        WHEN (n / 3) %% 8 = 0 THEN 'cancelled' ELSE 'approved' END AS status,
    CASE WHEN recent AND (n / 4) %% 8 < 5
        THEN date_trunc('day', %(now)s::timestamptz) + interval '39 hours' + (n %% 20) * interval '1 day'
        ELSE date_trunc('day', created) + interval '39 hours' END AS starts
FROM (SELECT n, n >= 0.75 * %(orders)s AS recent,
        CASE WHEN n >= 0.75 * %(orders)s
            THEN %(now)s::timestamptz - interval '3 days' - (%(orders)s - n) * interval '17 days' / (0.25 * %(orders)s)
            ELSE %(now)s::timestamptz - interval '20 days' - (0.75 * %(orders)s - n) * interval '1000 days' / (0.75 * %(orders)s)
        END AS created
    FROM generate_series(0, %(orders)s - 1) n) drawn
JOIN scale_firm prime ON prime.f = n %% %(count)s
JOIN scale_firm partner ON partner.f = (n %% %(count)s) # 1
JOIN scale_firm third ON third.f = (n + 2) %% %(count)s
"""

JOBS = """
CREATE TEMP TABLE scale_job AS
SELECT prime, job_number, min(owner_user::text)::uuid AS owner_user, min(created) AS created, pg_temp.key_at(min(created)) AS id,
    bool_and(status IN ('approved', 'cancelled')) AS over
FROM scale_order GROUP BY prime, job_number
"""

TERMS = {
    "pay_kind": "'per_unit'", "amount": "75", "not_to_exceed": "pay", "schedule_kind": "'arrival_window'",
    "timezone": "'America/New_York'", "starts_at": "starts", "ends_at": "starts + interval '2 hours'",
    "starts_local": "starts AT TIME ZONE 'America/New_York'",
    "ends_local": "(starts + interval '2 hours') AT TIME ZONE 'America/New_York'",
}  # fmt: skip
TAKEN = "scale_order WHERE status IN ('assigned', 'in_progress', 'submitted', 'approved')"
LEFT = "scale_order WHERE status <> 'draft'"
HANDED_IN = "scale_order WHERE status IN ('submitted', 'approved')"
APPROVED = "scale_order WHERE status = 'approved'"
TO_RIVAL = f"{LEFT} AND n %% 2 = 0"
DONE = "starts + interval '8 hours'"
DECIDED = "least(starts + interval '3 days', now() - interval '1 hour')"
BILLED = """(
    SELECT o.*, f.next_invoice_number + row_number() OVER (PARTITION BY partner ORDER BY n) - 1 AS invoice_number,
        starts + interval '18 days' < now() - interval '5 days' AS paid, (starts + interval '1 day')::date AS issued,
        (starts + interval '16 days')::date AS due, (starts + (13 + n %% 6) * interval '1 day')::date AS paid_on
    FROM scale_order o JOIN scale_firm f ON f.id = partner WHERE status = 'approved') billed"""


def make_work(firms: Sequence[Firm], orders: int, *, now: datetime) -> dict[str, int]:
    """Store the work of these firms; return how many rows of each kind."""
    run(KEYS)
    run(FIRMS, firms=[str(firm.pk) for firm in firms])
    run(ORDERS, count=len(firms), orders=orders, now=now)
    run("ALTER TABLE scale_order ADD PRIMARY KEY (id)")
    run(JOBS)
    run("ANALYZE scale_order, scale_job")
    made = {"orders": _orders()} | _offers() | _doing() | _money()
    _counters()
    for table in ("scale_order", "scale_job", "scale_firm"):
        run(f"DROP TABLE {table}")
    return made


def _orders() -> int:
    fill(
        Engagement, "scale_job", id="id", firm_id="prime", number="job_number", title="'Computers of our clients'",
        timezone="'America/New_York'", created_at="created", status="CASE WHEN over THEN 'completed' ELSE 'active' END",
    )  # fmt: skip
    fill(
        EngagementEvent, "scale_job", engagement_id="id", **_by("owner_user", "prime", "activate", "created")
    )
    with_job = "scale_order JOIN scale_job job USING (prime, job_number)"
    fill(
        EngagementLine, with_job, id="line", engagement_id="job.id", site_id="site", what="'Install the fix'", units="units",
        unit_price="100", estimated_minutes="45", position="k + 1",
    )  # fmt: skip
    taken = "status IN ('assigned', 'in_progress', 'submitted', 'approved')"
    made = fill(
        WorkOrder, f"{with_job} JOIN clients_site s ON s.id = site", id="scale_order.id", engagement_id="job.id",
        prime_id="prime", sub_id=f"CASE WHEN {taken} THEN partner END", client_id="s.client_id", site_id="site",
        number="number", title="units || ' computers: install the fix'", routing="'first_accept'", status="status",
        accepted_revision_id=f"CASE WHEN {taken} THEN revision END", client_price=f"CASE WHEN {taken} THEN 100 * units END",
        added_revenue=f"CASE WHEN {taken} THEN 0 END", created_at="scale_order.created", version="4",
        assigned_at=f"CASE WHEN {taken} THEN scale_order.created + interval '3 hours' END",
        submitted_at=f"CASE WHEN status IN ('submitted', 'approved') THEN {DONE} END",
        approved_at=f"CASE WHEN status = 'approved' THEN {DECIDED} END", last_event_at="scale_order.created",
        **(TERMS | {"timezone": "'America/New_York'"}),
    )  # fmt: skip
    fill(
        WorkOrderLine, "scale_order", work_order_id="id", line_id="line", units="units",
        done="CASE WHEN status IN ('submitted', 'approved') THEN units ELSE 0 END",
    )  # fmt: skip
    return made


def _by(  # noqa: PLR0913 - who, for whom, what, when, from which side, to which status
    user: str, firm: str, step: str, at: str, *, side: str = "prime", to: str = ""
) -> dict[str, str]:
    """Return the columns of an event: who took which step when."""
    return {
        "by_user_id": user, "by_firm": firm, "step": f"'{step}'", "side": f"'{side}'", "role": "'owner'", "door": "'web'",
        "occurred_at": at, "recorded_at": at, "to_status": f"'{to}'", "id": f"pg_temp.key_at({at})",
    }  # fmt: skip


def _offers() -> dict[str, int]:
    answered = "CASE status WHEN 'offered' THEN 'sent' WHEN 'cancelled' THEN 'withdrawn' ELSE '{}' END"
    respond_by = (
        "CASE WHEN status = 'offered' THEN now() + interval '20 hours' ELSE created + interval '1 day' END"
    )
    ended = "CASE WHEN status <> 'offered' THEN created + interval '3 hours' END"
    sent = {"round": "1", "sent_by_id": "owner", "sent_at": "created", "respond_by": respond_by, "ended_at": ended,
            "created_at": "created", "miles": "8"}  # fmt: skip
    put = TERMS | {
        "number": "1",
        "side": "'prime'",
        "units": "units",
        "created_at": "created",
        "author_id": "owner",
    }
    made = fill(Offer, LEFT, id="offer", work_order_id="id", firm_id="partner", revision_id="revision",
                status=answered.format("accepted"), **sent)  # fmt: skip
    fill(OfferRevision, LEFT, id="revision", offer_id="offer", **put)
    made += fill(Offer, TO_RIVAL, id="rival", work_order_id="id", firm_id="third", revision_id="rival_revision",
                 status=answered.format("filled"), **(sent | {"position": "2"}))  # fmt: skip
    fill(OfferRevision, TO_RIVAL, id="rival_revision", offer_id="rival", **put)
    fill(OfferEvent, LEFT, offer_id="offer", **_by("owner_user", "prime", "send", "created", to="sent"))
    fill(OfferEvent, TO_RIVAL, offer_id="rival", **_by("owner_user", "prime", "send", "created", to="sent"))
    bound = "created + interval '3 hours'"
    fill(
        OfferEvent,
        TAKEN,
        offer_id="offer",
        **_by("sub_owner_user", "partner", "accept", bound, side="sub", to="accepted"),
    )
    fill(
        Assignment,
        TAKEN,
        work_order_id="id",
        offer_id="offer",
        firm_id="partner",
        technician_id="sub_owner",
        assigned_at=bound,
    )
    fill(CoverageCheck, TAKEN, work_order_id="id", offer_id="offer", sub_id="partner", occasion="'accept'",
         status="'covered'", agreement_id="agreement", checked_at=bound)  # fmt: skip
    return {"offers": made}


def _doing() -> dict[str, int]:
    """Store visits, what was handed in, and the history of every order."""
    there = "status IN ('in_progress', 'submitted', 'approved')"
    gone = "status IN ('submitted', 'approved')"
    visits = fill(
        Visit, TAKEN, work_order_id="id", site_id="site", technician_id="sub_owner", number="1",
        status=f"CASE WHEN {gone} THEN 'done' WHEN {there} THEN 'checked_in' ELSE 'planned' END",
        checked_in_at=f"CASE WHEN {there} THEN starts END", checked_out_at=f"CASE WHEN {gone} THEN {DONE} END",
    )  # fmt: skip
    decided = "status = 'approved'"
    handed_in = fill(
        Submission, HANDED_IN, id="submission", work_order_id="id", number="1", units="units", hours="units * 0.75",
        base="pay", amount="pay", client_asked_for_more="false", submitted_by_id="sub_owner", submitted_at=DONE,
        silence_at="greatest(starts + interval '10 days', now() + interval '5 days')",
        status=f"CASE WHEN {decided} THEN 'approved' ELSE 'submitted' END",
        decided_by_id=f"CASE WHEN {decided} THEN owner END", decided_at=f"CASE WHEN {decided} THEN {DECIDED} END",
    )  # fmt: skip
    events = 0
    for source, side, at, step, to in (
        ("scale_order WHERE true", "prime", "created", "create", "draft"),
        (LEFT, "prime", "created", "send_offers", "offered"),
        (TAKEN, "sub", "created + interval '3 hours'", "assign", "assigned"),
        (f"{TAKEN} AND {there}", "sub", "starts", "start", "in_progress"),
        (HANDED_IN, "sub", DONE, "submit", "submitted"),
        (APPROVED, "prime", DECIDED, "approve", "approved"),
        (
            "scale_order WHERE status = 'cancelled'",
            "prime",
            "created + interval '3 hours'",
            "cancel",
            "cancelled",
        ),
    ):
        who = ("owner_user", "prime") if side == "prime" else ("sub_owner_user", "partner")
        events += fill(WorkOrderEvent, source, work_order_id="id", **_by(*who, step, at, side=side, to=to))
    return {"visits": visits, "submissions": handed_in, "events": events}


def _money() -> dict[str, int]:
    """Store an invoice for each approved order, most of them paid, and the evidence that follows."""
    made = fill(
        Invoice, BILLED, id="invoice", sub_id="partner", prime_id="prime", work_order_id="id", submission_id="submission",
        number="invoice_number", amount="pay", status="CASE WHEN paid THEN 'paid' ELSE 'approved' END", issued_on="issued",
        due_on="due", paid_on="CASE WHEN paid THEN paid_on END", created_at="starts + interval '1 day'",
    )  # fmt: skip
    fill(InvoiceLine, BILLED, invoice_id="invoice", position="1", what="'Approved work'", amount="pay", approved="pay",
         submitted_on="issued", contest_by="issued + 10", due_on="due")  # fmt: skip
    fill(InvoiceEvent, BILLED, invoice_id="invoice",
         **_by("owner_user", "prime", "drafted", "starts + interval '1 day'", to="approved"))  # fmt: skip
    paid = f"{BILLED} WHERE paid"
    payments = fill(
        Payment, paid, id="payment", payer_id="prime", payee_id="partner", amount="pay", paid_on="paid_on",
        announced_by_id="owner", announced_at="paid_on", silence_at="paid_on + interval '7 days'", confirmed_by_id="sub_owner",
        confirmed_at="paid_on + interval '1 day'",
    )  # fmt: skip
    fill(PaymentAllocation, paid, payment_id="payment", invoice_id="invoice", amount="pay")
    fill(PaymentExperience, BILLED, payer_id="prime", payee_id="partner", invoice_id="invoice", amount="pay", currency="'USD'",
         issued_on="issued", due_on="due", paid_on="CASE WHEN paid THEN paid_on END")  # fmt: skip
    evidence = 0
    for kind, dimension, firm, other in (
        ("deadline_met", "as_sub", "partner", "prime"),
        ("approved_promptly", "as_prime", "prime", "partner"),
    ):
        evidence += fill(ScoreEvent, APPROVED, firm_id=firm, counterparty_id=other, dimension=f"'{dimension}'", kind=f"'{kind}'",
                         value="CASE WHEN n %% 9 = 0 THEN 0 ELSE 1 END", occurred_on="starts::date", subject_id="id")  # fmt: skip
    return {"invoices": made, "payments": payments, "evidence": evidence}


def _counters() -> None:
    """Let the firms' next numbers begin after ours."""
    run("""
        UPDATE partners_firm firm SET next_order_number = given.orders, next_engagement_number = given.jobs
        FROM (SELECT prime, max(number) + 1 AS orders, max(job_number) + 1 AS jobs FROM scale_order GROUP BY prime) given
        WHERE firm.id = given.prime
    """)
    run("""
        UPDATE partners_firm firm SET next_invoice_number = firm.next_invoice_number + done.invoices
        FROM (SELECT partner, count(*) AS invoices FROM scale_order WHERE status = 'approved' GROUP BY partner) done
        WHERE firm.id = done.partner
    """)


def refresh_statistics() -> None:
    """Tell the planner what it has to deal with now."""
    run("ANALYZE")
