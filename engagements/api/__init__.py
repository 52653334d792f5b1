"""The REST API of jobs, work orders, visits and offers."""

from engagements.api.jobs import EngagementsViewSet
from engagements.api.offers import OffersViewSet
from engagements.api.orders import WorkOrdersViewSet
from engagements.api.visits import VisitsViewSet

__all__ = ["EngagementsViewSet", "OffersViewSet", "VisitsViewSet", "WorkOrdersViewSet"]
