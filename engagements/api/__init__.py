"""The REST API of jobs, work orders, visits and offers."""

from engagements.api.access import AccessGrantsViewSet
from engagements.api.call_offs import CallOffsViewSet, TimeEntriesViewSet
from engagements.api.jobs import EngagementsViewSet
from engagements.api.offers import OffersViewSet
from engagements.api.orders import WorkOrdersViewSet
from engagements.api.talk import QuestionsViewSet
from engagements.api.visits import VisitsViewSet

__all__ = [
    "AccessGrantsViewSet",
    "CallOffsViewSet",
    "EngagementsViewSet",
    "OffersViewSet",
    "QuestionsViewSet",
    "TimeEntriesViewSet",
    "VisitsViewSet",
    "WorkOrdersViewSet",
]
