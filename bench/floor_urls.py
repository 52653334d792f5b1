"""Floors for pages and lists: 25 rows of seven cells through a bare template, and through the barest DRF list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from rest_framework import generics, permissions, serializers

from engagements.models import WorkOrder
from partnernet.core.rest import CursorPages

TABLE = Engine().from_string("""<!DOCTYPE html><title>Floor</title><table>{% for row in rows %}<tr>
<td>{{ row.number }}</td><td>{{ row.title }}</td><td>{{ row.status }}</td><td>{{ row.starts_at|date:"j F H:i" }}</td>
<td>{{ row.ends_at|date:"j F H:i" }}</td><td>{{ row.not_to_exceed|floatformat:2 }}</td><td>{{ row.currency }}</td>
</tr>{% endfor %}</table>""")


@login_not_required
def table(request: HttpRequest) -> HttpResponse:
    rows = WorkOrder.objects.filter(prime=request.GET["firm"]).order_by("-pk")[:25]
    return HttpResponse(TABLE.render(Context({"rows": rows})))


class Row(serializers.ModelSerializer[WorkOrder]):
    class Meta:
        model = WorkOrder
        fields = [
            "id",
            "number",
            "title",
            "status",
            "starts_at",
            "ends_at",
            "not_to_exceed",
            "currency",
            "created_at",
        ]


class Rows(generics.ListAPIView[WorkOrder]):
    serializer_class = Row
    pagination_class = CursorPages
    permission_classes = [permissions.AllowAny]
    authentication_classes = []
    throttle_classes = []

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return WorkOrder.objects.filter(prime=self.request.query_params["firm"])


urlpatterns = [path("table/", table), path("rows/", login_not_required(Rows.as_view()))]
