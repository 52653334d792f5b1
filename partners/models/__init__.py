from partners.models.communities import (
    Community,
    CommunityMembership,
    CommunityQuerySet,
    MembershipQuerySet,
)
from partners.models.documents import Document, DocumentQuerySet, PaperRequest, PaperRequestQuerySet
from partners.models.firms import Firm, FirmEvent, FirmQuerySet
from partners.models.invites import FirmInvite, FirmInviteQuerySet, Invitation, InvitationQuerySet
from partners.models.keys import ApiKey, ApiKeyQuerySet
from partners.models.members import Member, MemberQuerySet
from partners.models.partnerships import Partnership, PartnershipQuerySet
from partners.models.profiles import Capacity, Certification, Profile, ProfileSkill, ServiceArea, Skill
from partners.models.ratings import Rating, RatingQuerySet, RatingRound, RatingRoundQuerySet
from partners.models.saved_views import SavedView, SavedViewQuerySet
from partners.models.scores import (
    FirmScore,
    PaymentExperience,
    PaymentExperienceQuerySet,
    ScoreEvent,
    ScoreEventQuerySet,
    ScoreExclusion,
    ScoreReply,
    ScoreSnapshot,
)
from partners.models.vetting import VettingAnswer, VettingAnswerQuerySet

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "Capacity",
    "Certification",
    "Community",
    "CommunityMembership",
    "CommunityQuerySet",
    "Document",
    "DocumentQuerySet",
    "Firm",
    "FirmEvent",
    "FirmInvite",
    "FirmInviteQuerySet",
    "FirmQuerySet",
    "FirmScore",
    "Invitation",
    "InvitationQuerySet",
    "Member",
    "MemberQuerySet",
    "MembershipQuerySet",
    "PaperRequest",
    "PaperRequestQuerySet",
    "Partnership",
    "PartnershipQuerySet",
    "PaymentExperience",
    "PaymentExperienceQuerySet",
    "Profile",
    "ProfileSkill",
    "Rating",
    "RatingQuerySet",
    "RatingRound",
    "RatingRoundQuerySet",
    "SavedView",
    "SavedViewQuerySet",
    "ScoreEvent",
    "ScoreEventQuerySet",
    "ScoreExclusion",
    "ScoreReply",
    "ScoreSnapshot",
    "ServiceArea",
    "Skill",
    "VettingAnswer",
    "VettingAnswerQuerySet",
]
