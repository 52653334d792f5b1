"""Bodies of the main job, as the API's description shows them: a job is entered, shared, done, approved and paid."""

from __future__ import annotations

from typing import Any

SOME_ID = "0198d9c2-7b0e-7e3a-9f0a-3c1f5b8e2d47"
WINDOW = {
    "schedule_kind": "arrival_window",
    "timezone": "America/New_York",
    "starts": "2007-03-05T09:00",
    "ends": "2007-03-05T11:00",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "clients_create": {"name": "Garden City Dental", "domains": ["gcdental.com"], "external_id": "PSA-812"},
    "sites_create": {"client": SOME_ID, "name": "Main office", "postcode": "11530"},
    "engagements_create": {
        "title": "Daylight saving time fix", "timezone": "America/New_York", "deadline": "2007-03-09T17:00",
        "unit_noun": "computer", "external_id": "PSA-4711",
    },
    "engagements_lines_create": {
        "site": SOME_ID, "what": "Patch and verify", "units": 240, "estimated_minutes": 45, "unit_price": "100.00",
    },
    "engagements_crew_create": {"name": "Ann", "timezone": "America/New_York", "hours": [[0, 540, 1020], [1, 540, 1020]]},
    "work_orders_create": {
        "engagement": SOME_ID, "lines": [{"line": SOME_ID, "units": 18}], "pay_kind": "per_unit", "amount": "75.00", **WINDOW,
    },
    "work_orders_offer_create": {"firms": [{"firm": SOME_ID}]},
    "offers_accept_create": {"revision": SOME_ID},
    "visits_check_in_create": {"latitude": 40.7268, "longitude": -73.6343},
    "work_orders_unit_reports_create": {"units": 18, "minutes": 540},
    "work_orders_submit_create": {"client_asked_for_more": False},
    "work_orders_approve_create": {"submission": SOME_ID},
    "invoices_announce_payment_create": {"paid_on": "2007-03-20", "reference": "Wire 4711"},
    "payments_create": {"invoices": [{"invoice": SOME_ID, "amount": "1350.00"}], "paid_on": "2007-03-20", "reference": "Wire 4711"},
    "invoices_dispute_create": {"lines": [{"line": SOME_ID, "amount": "150.00", "reason": "Two of them were not done."}]},
    "invoices_credit_create": {"lines": [{"line": SOME_ID, "amount": "150.00"}], "reason": "Two of them were not done."},
}  # fmt: skip


def show(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001 - drf-spectacular's hook
    """Put each example beside its body. Any: drf-spectacular calls this with types of its own."""
    for operations in result["paths"].values():
        for operation in operations.values():
            if operation["operationId"] in EXAMPLES:
                shown = {"MainJob": {"value": EXAMPLES[operation["operationId"]]}}
                operation["requestBody"]["content"]["application/json"]["examples"] = shown
    return result
