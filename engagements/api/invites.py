"""Invitations of firms, sent with what is enclosed: invitations themselves know neither agreements nor offers."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Agreement
from engagements.models import Offer
from partnernet.core.errors import Invalid
from partnernet.core.rest import Input
from partners.actions import invites
from partners.api.firms import FirmInvitesViewSet
from partners.models import FirmInvite
from partners.serializers import FirmInviteSerializer


class EnclosureSerializer(Input):
    """What goes along: an agreement that was proposed to the invited firm, an open offer to it."""

    agreement = serializers.UUIDField(required=False, allow_null=True, default=None)
    offer = serializers.UUIDField(required=False, allow_null=True, default=None)


class EnclosingInvitesViewSet(FirmInvitesViewSet):
    """Invitations of other firms that the caller's firm makes."""

    @extend_schema(request=EnclosureSerializer, responses=FirmInviteSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:  # type: ignore[override] # an action's type names its class
        """Mail the invitation with what is enclosed. A signed-in owner who proposes the agreement sends it by that act."""
        invite: FirmInvite = self.get_object()
        typed = EnclosureSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        agreement = _proposed(invite, typed.validated_data["agreement"] or invite.agreement_id)
        offer = _offered(invite, typed.validated_data["offer"])
        sent = invites.send(invite, by=self.member, agreement_id=agreement, offer_id=offer)
        return Response(self.get_serializer(sent).data)


def _proposed(invite: FirmInvite, key: UUID | None) -> UUID | None:
    found = Agreement.objects.between(invite.firm_id, invite.card_id).under_way()
    if key and not found.filter(pk=key).exists():
        raise Invalid(
            {"agreement": ["Propose the agreement to this firm first; an owner signs it on its page."]}
        )
    return key


def _offered(invite: FirmInvite, key: UUID | None) -> UUID | None:
    found = Offer.objects.filter(work_order__prime=invite.firm_id, firm=invite.card_id).still_open()
    if key and not found.filter(pk=key).exists():
        raise Invalid({"offer": ["This is no open offer to the invited firm."]})
    return key
