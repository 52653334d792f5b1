"""The work: jobs, work orders, offers."""

from engagements.models.engagements import CrewMember, Engagement, EngagementEvent, EngagementLine, UnitReport
from engagements.models.offers import (
    Assignment,
    CoverageCheck,
    MarginApproval,
    Offer,
    OfferEvent,
    OfferRevision,
)
from engagements.models.orders import WorkOrder, WorkOrderEvent, WorkOrderLine

__all__ = [
    "Assignment",
    "CoverageCheck",
    "CrewMember",
    "Engagement",
    "EngagementEvent",
    "EngagementLine",
    "MarginApproval",
    "Offer",
    "OfferEvent",
    "OfferRevision",
    "UnitReport",
    "WorkOrder",
    "WorkOrderEvent",
    "WorkOrderLine",
]
