"""How often a caller may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    # REST framework's views read the settings that name this module.
    from rest_framework.request import Request
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class CallerThrottle(UserRateThrottle):
    """Counts the calls of a user in Redis. While Redis is away nobody is held up: the work goes before the counting."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("calls_not_counted", reason=str(error))
            return True
