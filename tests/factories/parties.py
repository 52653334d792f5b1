"""Who signs, what is said, and whom an agreement reaches."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from contracts import models, rendering
from contracts.actions import approvals, signatories
from contracts.models import Agreement
from partners.models import Member
from tests.factories.contracts import SIGNED_AT, _Acted, drafted, signed
from tests.factories.partners import FirmFactory, MemberFactory, UserFactory


class SigningAuthorityFactory(DjangoModelFactory[models.SigningAuthority]):
    class Meta:
        model = models.SigningAuthority

    firm = factory.SubFactory(FirmFactory)
    member = factory.LazyAttribute(lambda made: MemberFactory(firm=made.firm, role="dispatcher"))
    granted_by = factory.SubFactory(UserFactory)
    granted_at = SIGNED_AT


class SignatoryFactory(_Acted):
    """A dispatcher who is named to sign a draft."""

    class Meta:
        model = models.Signatory

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Signatory:
        named = more.get("member") or MemberFactory(firm=by.firm, role="dispatcher")
        draft = drafted(by, other.firm)
        signatories.name(draft, named, by=by, now=SIGNED_AT)
        return draft.signatories.get()


class ApprovalDemandFactory(DjangoModelFactory[models.ApprovalDemand]):
    class Meta:
        model = models.ApprovalDemand

    firm = factory.SubFactory(FirmFactory)
    approver = "owner"
    turned_on_by = factory.SubFactory(UserFactory)
    turned_on_at = SIGNED_AT


class TextApprovalFactory(_Acted):
    """Asked, not answered yet."""

    class Meta:
        model = models.TextApproval

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.TextApproval:
        ApprovalDemandFactory(firm=by.firm)
        draft = drafted(by, other.firm)
        return approvals.ask(draft, by=by, seen=draft.content_sha256, now=SIGNED_AT)


class InHouseEventFactory(_Acted):
    class Meta:
        model = models.InHouseEvent

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.InHouseEvent:
        return TextApprovalFactory(by=by, other=other).agreement.in_house_events.get()


class AgreementCommentFactory(_Acted):
    """A row, also under an agreement that is signed already."""

    class Meta:
        model = models.AgreementComment

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.AgreementComment:
        author = more.pop("author", by)
        agreement = more.pop("agreement", None) or drafted(by, other.firm)
        assert isinstance(author, Member)
        assert isinstance(agreement, Agreement)
        return models.AgreementComment.objects.create(
            agreement=agreement,
            revision=agreement.current_revision,
            firm=author.firm,
            author=author,
            **{"audience": "shared", "heading": "The whole text", "text": "Why twelve months?", **more},
            written_at=SIGNED_AT,
        )


class SignatureDisputeFactory(_Acted):
    """Raised by hand, so that the agreement itself is as it was."""

    class Meta:
        model = models.SignatureDispute

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.SignatureDispute:
        signature = more.pop("signature", None) or signed(by, other).signatures.get(side="proposer")
        assert isinstance(signature, models.Signature)
        raised_by = more.pop("raised_by", by.user)
        closed = (
            {"closed_by": raised_by, "closed_at": SIGNED_AT} if more.get("status", "open") != "open" else {}
        )
        return models.SignatureDispute.objects.create(
            agreement=signature.agreement,
            signature=signature,
            firm=signature.firm,
            raised_by=raised_by,
            raised_at=SIGNED_AT,
            reason="That was not me.",
            evidence='{"does_not_hold":[]}',
            evidence_sha256=rendering.sha256('{"does_not_hold":[]}'),
            **closed,
            **more,
        )


class AffiliationFactory(DjangoModelFactory[models.Affiliation]):
    """Stated, not confirmed yet."""

    class Meta:
        model = models.Affiliation

    firm = factory.SubFactory(FirmFactory)
    affiliate = factory.SubFactory(FirmFactory)
    since = date(2006, 5, 1)
    stated_by = factory.SubFactory(UserFactory)
    stated_at = SIGNED_AT


class ListedAffiliateFactory(_Acted):
    """An affiliate that has confirmed it, on the cover page of a draft."""

    class Meta:
        model = models.ListedAffiliate

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.ListedAffiliate:
        AffiliationFactory(firm=by.firm, confirmed_by=by.user, confirmed_at=SIGNED_AT)
        return drafted(
            by, other.firm, values={"affiliates_included": True}
        ).current_revision.listed_affiliates.get()


class PartyNoticeFactory(DjangoModelFactory[models.PartyNotice]):
    class Meta:
        model = models.PartyNotice

    firm = factory.SubFactory(FirmFactory)
    kind = "control"
    what = "Sold to Long Island Holdings."
    effective_on = date(2007, 3, 1)
    given_by = factory.SubFactory(UserFactory)
    given_at = SIGNED_AT


class AnnouncementFactory(_Acted):
    """What the proposer's programs learn of a draft."""

    class Meta:
        model = models.Announcement

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Announcement:
        return models.Announcement.objects.get(agreement=drafted(by, other.firm))
