"""Bodies of requests, bounded. Apart from `rest.py`, because REST framework's own views need it while that is loading."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    status_code = 413
    default_detail = "This body is too large. At most 1 MB of JSON."
    default_code = "too_large"


class BoundedJSON(JSONParser):
    """JSON of a size that can be held in memory; anything larger is refused before it is read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Refuse with 413, or parse."""
        length = parser_context["request"].META.get("CONTENT_LENGTH") if parser_context else 0
        if int(length or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)
