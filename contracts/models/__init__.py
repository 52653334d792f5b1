"""Templates, agreements with their signatures and events, and what they protect."""

from contracts.models.agreements import Agreement, AgreementEvent, AgreementRevision, Reading, Signature
from contracts.models.approaches import ApproachEvent, ApproachReport
from contracts.models.checks import FindingAcknowledgement, RuleFinding
from contracts.models.claims import Claim, ClaimEvent, ClaimEvidence, FeeSeal
from contracts.models.conflicts import ClientMark, ConflictCheck, ConflictOptIn
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
from contracts.models.templates import (
    AgreementTemplate,
    ClauseVersion,
    TemplateEvent,
    TemplateVersion,
    VariableDefinition,
)

__all__ = [
    "Agreement",
    "AgreementEvent",
    "AgreementRevision",
    "AgreementTemplate",
    "ApproachEvent",
    "ApproachReport",
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
    "PriorRelationship",
    "ProtectedClient",
    "ProtectionFollowing",
    "Reading",
    "RuleFinding",
    "SealCertificate",
    "Sealing",
    "Signature",
    "TemplateEvent",
    "TemplateVersion",
    "TrustedTimestamp",
    "VariableDefinition",
]
