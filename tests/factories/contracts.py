"""Agreements, made the way people make them: by the actions, so that every chain and signature is real.

The model factories below them are for rows that nothing else leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from clients.actions.successions import Became
from contracts import models, rendering, standard
from contracts.actions import (
    agreements,
    checks,
    claim_sweeps,
    claims,
    protection,
    releases,
    signing,
    successions,
    templates,
)
from contracts.consent import CONSENT_VERSION
from contracts.damages import Worth
from contracts.models import Agreement, ProtectedClient, TemplateVersion
from contracts.values import Value
from partnernet.core.localtime import day_in
from partnernet.core.uploads import Upload
from partners.models import Firm, Member
from tests.factories.clients import ClientFactory
from tests.factories.partners import FirmFactory, MemberFactory, UserFactory

SIGNED_AT = datetime(2007, 2, 1, 15, 0, tzinfo=UTC)


def published() -> TemplateVersion:
    """The shipped subcontract agreement, published; once is enough for a test."""
    return templates.publish(now=SIGNED_AT - timedelta(days=30))


def drafted(
    by: Member, other: Firm, *, now: datetime = SIGNED_AT, values: Mapping[str, Value] | None = None
) -> Agreement:
    published()
    return agreements.draft(other, by=by, values={"governing_law": "US-NY", **(values or {})}, now=now)


def on_older_text(agreement: Agreement) -> Agreement:
    """Let an unsigned agreement stand on version 1.0, which stepped back when the newest was published."""
    key = standard.MUTUAL_SUBCONTRACT
    template = models.AgreementTemplate.objects.get(key=key)
    version = TemplateVersion.objects.filter(template=template, label="1.0").first()
    if version is None:
        _, wording = standard.load(key, "1.0")
        version = TemplateVersion.objects.create(
            template=template, label="1.0", says=standard.says(key, "1.0")
        )
        templates.store(version, wording)
        version.text_sha256, version.published_at = (
            rendering.wording_sha256(wording),
            SIGNED_AT - timedelta(days=60),
        )
        version.status = TemplateVersion.Status.DEPRECATED
        version.save()
    agreement.template_version = version
    agreement.save(update_fields=["template_version"])
    return Agreement.objects.get(pk=agreement.pk)


def known_of(agreement: Agreement, by: Member, *, now: datetime = SIGNED_AT) -> None:
    """Say for a firm that it knows of everything grave that the check found."""
    waiting = checks.unacknowledged(agreement, agreement.side_of(by.firm_id))
    checks.acknowledge(agreement, {str(one.pk): "We know them well." for one in waiting}, by=by, now=now)


def read_by(agreement: Agreement, by: Member, *, now: datetime = SIGNED_AT) -> signing.Signing:
    """Open the text, consent, and fill in what a signature takes."""
    signing.consent(agreement, by=by, version=CONSENT_VERSION, now=now)
    agreement = Agreement.objects.get(pk=agreement.pk)
    return signing.Signing(agreement.content_sha256, by.user.called, "Owner", authorised=True, agreed=True)


def proposed(
    by: Member, other: Firm, *, now: datetime = SIGNED_AT, values: Mapping[str, Value] | None = None
) -> Agreement:
    """Sent and signed by its proposer, as in the usual way."""
    agreement = drafted(by, other, now=now, values=values)
    return agreements.propose(agreement, by=by, signing=read_by(agreement, by, now=now), now=now)


def signed(
    by: Member, other: Member, *, now: datetime = SIGNED_AT, values: Mapping[str, Value] | None = None
) -> Agreement:
    """In force from `now`: the owner of one firm proposed it, the owner of the other signed it."""
    agreement = proposed(by, other.firm, now=now, values=values)
    return agreements.sign(agreement, by=other, signing=read_by(agreement, other, now=now), now=now)


def protected(
    by: Member, other: Member, *, now: datetime = SIGNED_AT, client: object | None = None
) -> ProtectedClient:
    """A client of `by`'s firm that `other`'s firm was told about under an agreement in force."""
    if not Agreement.objects.between(by.firm_id, other.firm_id).in_force(now).exists():
        signed(by, other, now=now)
    client = client or ClientFactory(firm=by.firm)
    row = protection.serve(
        prime_id=by.firm_id,
        sub_id=other.firm_id,
        client_id=client.pk,
        client_name=client.name,
        work_order_id=uuid4(),
        now=now,
    )
    assert row is not None
    return row


class AgreementTemplateFactory(DjangoModelFactory[models.AgreementTemplate]):
    class Meta:
        model = models.AgreementTemplate
        django_get_or_create = ("key",)

    key = standard.MUTUAL_SUBCONTRACT
    title = "Mutual Subcontract Agreement"
    kind = "master_subcontract"


class TemplateVersionFactory(DjangoModelFactory[models.TemplateVersion]):
    """A draft that nobody has published."""

    class Meta:
        model = models.TemplateVersion

    template = factory.SubFactory(AgreementTemplateFactory)
    label = factory.Sequence(lambda n: f"9.{n}")


class ClauseVersionFactory(DjangoModelFactory[models.ClauseVersion]):
    class Meta:
        model = models.ClauseVersion

    version = factory.SubFactory(TemplateVersionFactory)
    number = 1
    key = "payment"
    title = "Payment"
    text = "Due in {{net_days}}."
    lock = "locked"
    rationale = "A clock for both."


class VariableDefinitionFactory(DjangoModelFactory[models.VariableDefinition]):
    class Meta:
        model = models.VariableDefinition

    version = factory.SubFactory(TemplateVersionFactory)
    position = 1
    key = "net_days"
    label = "Invoices are paid within"
    kind = "days"
    default = 15


class TemplateEventFactory(DjangoModelFactory[models.TemplateEvent]):
    class Meta:
        model = models.TemplateEvent

    version = factory.SubFactory(TemplateVersionFactory)
    step, side, role, door = "review", "operator", "operator", "web"
    occurred_at = SIGNED_AT


class RuleFindingFactory(DjangoModelFactory[models.RuleFinding]):
    """What a rule found in a draft of a text."""

    class Meta:
        model = models.RuleFinding

    template_version = factory.SubFactory(TemplateVersionFactory)
    rule, rule_version, stage, severity = "CL-02", 1, "template", "warn"
    title, message, source = "Clients are protected for long", "Twelve months are usual.", "Custom"
    found_at = SIGNED_AT


class CoverageOverrideFactory(DjangoModelFactory[models.CoverageOverride]):
    class Meta:
        model = models.CoverageOverride

    prime = factory.SubFactory(FirmFactory)
    sub = factory.SubFactory(FirmFactory)
    reason = "Storm damage; the paper is on its way."
    created_by = factory.SubFactory(UserFactory)
    created_at = SIGNED_AT
    expires_at = SIGNED_AT + timedelta(days=7)


class _Acted(factory.Factory):
    """A factory whose rows only the actions can make."""

    class Meta:
        abstract = True

    by = factory.SubFactory(MemberFactory)
    other = factory.SubFactory(MemberFactory)


class AgreementFactory(_Acted):
    class Meta:
        model = Agreement

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> Agreement:
        return signed(by, other)


class AgreementRevisionFactory(_Acted):
    class Meta:
        model = models.AgreementRevision

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.AgreementRevision:
        return drafted(by, other.firm).current_revision


class AgreementEventFactory(_Acted):
    class Meta:
        model = models.AgreementEvent

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.AgreementEvent:
        return drafted(by, other.firm).events.get()


class SignatureFactory(_Acted):
    class Meta:
        model = models.Signature

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Signature:
        return proposed(by, other.firm).signatures.get()


class ReadingFactory(_Acted):
    class Meta:
        model = models.Reading

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Reading:
        return signing.open_text(drafted(by, other.firm), by=by, now=SIGNED_AT)


class FindingAcknowledgementFactory(_Acted):
    """A firm hires one that is a single person, and says why."""

    class Meta:
        model = models.FindingAcknowledgement

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.FindingAcknowledgement:
        other.firm.entity_kind = Firm.Kind.ONE_PERSON
        other.firm.save(update_fields=["entity_kind"])
        draft = drafted(by, other.firm)
        known_of(draft, by)
        return models.FindingAcknowledgement.objects.get(finding__agreement=draft)


class ProtectedClientFactory(_Acted):
    class Meta:
        model = ProtectedClient

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> ProtectedClient:
        return protected(by, other)


class ProtectionFollowingFactory(_Acted):
    class Meta:
        model = models.ProtectionFollowing

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.ProtectionFollowing:
        row = protected(by, other)
        became = Became("sold", date(2007, 2, 1), name="Nassau Dental")
        successions.record(row.client, became, by=by, now=SIGNED_AT)
        return models.ProtectionFollowing.objects.get(before=row)


class ClientReleaseFactory(_Acted):
    """Offered for a fee, not answered yet."""

    class Meta:
        model = models.ClientRelease

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.ClientRelease:
        row = more.get("protected_client") or protected(by, other)
        return releases.offer(row, by=by, fee_percent=Decimal(15), now=row.notified_at)


class PriorRelationshipFactory(_Acted):
    class Meta:
        model = models.PriorRelationship

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.PriorRelationship:
        row = protected(by, other)
        paper = protection.Paper("Contract 4711", date(2006, 5, 1))
        return protection.declare_prior(row, paper, by=other, now=SIGNED_AT)


class ApproachReportFactory(DjangoModelFactory[models.ApproachReport]):
    """The client asked the sub's technician for more."""

    class Meta:
        model = models.ApproachReport

    prime = factory.SubFactory(FirmFactory)
    sub = factory.SubFactory(FirmFactory)
    client = factory.LazyAttribute(lambda report: ClientFactory(firm=report.prime))
    work_order_id = factory.LazyFunction(uuid4)
    what = "They asked whether we would look after their server."
    reported_by = factory.LazyAttribute(lambda report: MemberFactory(firm=report.sub, role="technician"))
    reported_at = SIGNED_AT
    asked_on = SIGNED_AT.date()
    in_time = True
    answer_by = SIGNED_AT + timedelta(days=2)


class ApproachEventFactory(DjangoModelFactory[models.ApproachEvent]):
    class Meta:
        model = models.ApproachEvent

    report = factory.SubFactory(ApproachReportFactory)
    step = "report"
    side = "sub"
    role = "technician"
    door = "web"
    occurred_at = SIGNED_AT


class ClaimFactory(_Acted):
    """Served and not answered yet, about a protected client; `draft=True` stops before it is filed."""

    class Meta:
        model = models.Claim

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Claim:
        row = more.get("protected_client") or protected(by, other)
        now = row.notified_at + timedelta(days=1)
        day = day_in(now, by.firm.timezone)
        facts = claims.Facts("client", "They wrote to our client.", day, day)
        made = claims.draft(row.agreement, facts, by=by, protected=row, now=now)
        if more.get("draft"):
            return made
        claims.reckon(made, by=by, billed=[Decimal(2400)] * 4, now=now)
        claims.file(made, by=by, now=now)
        claim_sweeps.sweep_claims(now=now + claims.UNSEEN)
        return models.Claim.objects.with_parties().get(pk=made.pk)


class ClaimEvidenceFactory(_Acted):
    class Meta:
        model = models.ClaimEvidence

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.ClaimEvidence:
        claim = more.get("claim") or ClaimFactory(by=by, other=other)
        pdf = Upload("mail.pdf", "application/pdf", b"%PDF-1.4\n%%EOF")
        paper = claims.Paper("email", "Email of the office manager", claim.breach_on, pdf)
        return claims.add_evidence(claim, paper, by=by, now=claim.served_at)


class ClaimEventFactory(_Acted):
    class Meta:
        model = models.ClaimEvent

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.ClaimEvent:
        return ClaimFactory(by=by, other=other, draft=True).events.get()


class FeeSealFactory(_Acted):
    class Meta:
        model = models.FeeSeal

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.FeeSeal:
        row = protected(by, other)
        claims.seal_fees(row, Worth("USD", Decimal(2400)))
        return models.FeeSeal.objects.get(protected_client=row)


class ConflictOptInFactory(DjangoModelFactory[models.ConflictOptIn]):
    class Meta:
        model = models.ConflictOptIn

    firm = factory.SubFactory(FirmFactory)
    turned_on_by = factory.SubFactory(UserFactory)
    turned_on_at = SIGNED_AT


class ClientMarkFactory(DjangoModelFactory[models.ClientMark]):
    class Meta:
        model = models.ClientMark

    firm = factory.SubFactory(FirmFactory)
    mark = factory.Sequence(lambda n: f"{n:064x}")


class ConflictCheckFactory(DjangoModelFactory[models.ConflictCheck]):
    class Meta:
        model = models.ConflictCheck

    prime = factory.SubFactory(FirmFactory)
    sub = factory.SubFactory(FirmFactory)
    client = factory.LazyAttribute(lambda check: ClientFactory(firm=check.prime))
    result = "nothing_known"
    checked_at = SIGNED_AT
