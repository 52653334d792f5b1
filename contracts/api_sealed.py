"""The sealed PDF of an agreement, byte for byte as it is kept."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from contracts.actions import sealing
from contracts.models import ExecutedDocument
from partnernet.core import conditional
from partnernet.core.rest import Problem
from partners.api.base import FirmViewSet


class AsBytes(BaseRenderer):
    """Lets a caller ask for a file, which no renderer touches."""

    media_type = "application/octet-stream"
    format = "bytes"
    charset = None

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        """Write a refusal, which is JSON whatever was asked for. Any: the base class's own types."""
        return bytes(JSONRenderer().render(data))


class AsPdf(AsBytes):
    """The same for whoever asks for a PDF."""

    media_type = "application/pdf"
    format = "pdf"


class SealedFile(FirmViewSet[Any]):
    """The part of an agreement that is its file."""

    @extend_schema(
        parameters=[OpenApiParameter("format", exclude=True)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, renderer_classes=[JSONRenderer, AsBytes, AsPdf])
    def pdf(self, request: Request, pk: str) -> HttpResponseBase:
        """Return the sealed PDF; 404 with the code `not_sealed` while there is none."""
        kept = ExecutedDocument.objects.of(self.get_object()).select_related("agreement").first()
        if kept is None:
            raise Problem(
                404,
                "There is no sealed PDF. It is made within minutes of the second signature; of a paper, ask for the paper.",
                code="not_sealed",
            )
        answer = HttpResponse(bytes(kept.body), content_type="application/octet-stream")
        answer["Content-Disposition"] = f'attachment; filename="{sealing.name_of(kept)}"'
        answer["ETag"] = f'"{kept.sha256}"'
        if conditional.is_known(request, answer):
            return HttpResponse(status=304, headers={"ETag": answer["ETag"]})
        return answer
