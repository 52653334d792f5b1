"""The REST API of jobs, work orders and offers."""

from engagements.api.jobs import EngagementsViewSet
from engagements.api.offers import OffersViewSet
from engagements.api.orders import WorkOrdersViewSet

__all__ = ["EngagementsViewSet", "OffersViewSet", "WorkOrdersViewSet"]
