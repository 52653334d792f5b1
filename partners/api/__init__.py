"""The REST API of firms, and the base that every other app's viewsets stand on."""

from partners.api.base import FIRM_HEADER, FirmViewSet, HasScope, IsSignedIn, member_of

__all__ = ["FIRM_HEADER", "FirmViewSet", "HasScope", "IsSignedIn", "member_of"]
