"""Templates, agreements with their signatures and events, and what they protect."""

from contracts.models.affiliates import Affiliation, ListedAffiliate, PartyNotice
from contracts.models.agreements import Agreement, AgreementEvent, AgreementRevision, Reading, Signature
from contracts.models.announcements import Announcement
from contracts.models.approaches import ApproachEvent, ApproachReport
from contracts.models.approvals import ApprovalDemand, InHouseEvent, TextApproval
from contracts.models.checks import FindingAcknowledgement, RuleFinding
from contracts.models.claims import Claim, ClaimEvent, ClaimEvidence, FeeSeal
from contracts.models.comments import AgreementComment
from contracts.models.conflicts import ClientMark, ConflictCheck, ConflictOptIn
from contracts.models.disputes import SignatureDispute
from contracts.models.papers import PaperOriginal
from contracts.models.protection import (
    CoverageOverride,
    PriorRelationship,
    ProtectedClient,
    ProtectionFollowing,
)
from contracts.models.releases import ClientRelease
from contracts.models.sealing import (
    ChainDigest,
    ChainHead,
    ExecutedDocument,
    SealCertificate,
    Sealing,
    TrustedTimestamp,
)
from contracts.models.signatories import Signatory, SigningAuthority
from contracts.models.templates import (
    AgreementTemplate,
    ClauseVersion,
    TemplateEvent,
    TemplateVersion,
    VariableDefinition,
)

__all__ = [
    "Affiliation",
    "Agreement",
    "AgreementComment",
    "AgreementEvent",
    "AgreementRevision",
    "AgreementTemplate",
    "Announcement",
    "ApproachEvent",
    "ApproachReport",
    "ApprovalDemand",
    "ChainDigest",
    "ChainHead",
    "Claim",
    "ClaimEvent",
    "ClaimEvidence",
    "ClauseVersion",
    "ClientMark",
    "ClientRelease",
    "ConflictCheck",
    "ConflictOptIn",
    "CoverageOverride",
    "ExecutedDocument",
    "FeeSeal",
    "FindingAcknowledgement",
    "InHouseEvent",
    "ListedAffiliate",
    "PaperOriginal",
    "PartyNotice",
    "PriorRelationship",
    "ProtectedClient",
    "ProtectionFollowing",
    "Reading",
    "RuleFinding",
    "SealCertificate",
    "Sealing",
    "Signatory",
    "Signature",
    "SignatureDispute",
    "SigningAuthority",
    "TemplateEvent",
    "TemplateVersion",
    "TextApproval",
    "TrustedTimestamp",
    "VariableDefinition",
]
