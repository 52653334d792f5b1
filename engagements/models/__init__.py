"""The work: jobs, work orders, offers, visits and what is handed in."""

from engagements.models.access import AccessGrant
from engagements.models.call_offs import CallOff, TimeEntry
from engagements.models.changes import ChangeRequest
from engagements.models.engagements import CrewMember, Engagement, EngagementEvent, EngagementLine, UnitReport
from engagements.models.offers import (
    Assignment,
    CoverageCheck,
    FloorRequest,
    MarginApproval,
    Offer,
    OfferEvent,
    OfferRevision,
)
from engagements.models.orders import WorkOrder, WorkOrderEvent, WorkOrderLine
from engagements.models.recorded import RecordedAnswer
from engagements.models.submissions import Submission
from engagements.models.talk import Message, Question, ThreadMark
from engagements.models.visits import BriefingRead, Deliverable, Problem, Task, Visit

__all__ = [
    "AccessGrant",
    "Assignment",
    "BriefingRead",
    "CallOff",
    "ChangeRequest",
    "CoverageCheck",
    "CrewMember",
    "Deliverable",
    "Engagement",
    "EngagementEvent",
    "EngagementLine",
    "FloorRequest",
    "MarginApproval",
    "Message",
    "Offer",
    "OfferEvent",
    "OfferRevision",
    "Problem",
    "Question",
    "RecordedAnswer",
    "Submission",
    "Task",
    "ThreadMark",
    "TimeEntry",
    "UnitReport",
    "Visit",
    "WorkOrder",
    "WorkOrderEvent",
    "WorkOrderLine",
]
