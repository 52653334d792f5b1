"""Sealed agreements, and what keeps their histories honest, made by the actions like the agreements themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from contracts import models
from contracts.actions import anchoring, seal_keys, sealing
from contracts.models import Agreement
from partners.models import Member
from tests.factories.contracts import SIGNED_AT, _Acted, drafted, signed


def sealed(by: Member, other: Member, *, now: datetime = SIGNED_AT) -> Agreement:
    """In force, and its PDF made."""
    agreement = signed(by, other, now=now)
    assert sealing.seal_due(now=now) == 1
    return agreement


class SealingFactory(_Acted):
    class Meta:
        model = models.Sealing

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.Sealing:
        return models.Sealing.objects.get(agreement=signed(by, other))


class ExecutedDocumentFactory(_Acted):
    class Meta:
        model = models.ExecutedDocument

    @classmethod
    def _create(
        cls, model_class: object, by: Member, other: Member, **more: object
    ) -> models.ExecutedDocument:
        return models.ExecutedDocument.objects.get(agreement=sealed(by, other))


class SealCertificateFactory(factory.Factory):
    class Meta:
        model = models.SealCertificate

    @classmethod
    def _create(cls, model_class: object, **more: object) -> models.SealCertificate:
        return seal_keys.current(now=SIGNED_AT)[1]


class ChainDigestFactory(_Acted):
    class Meta:
        model = models.ChainDigest

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.ChainDigest:
        drafted(by, other.firm)
        anchoring.digest_heads(now=SIGNED_AT + timedelta(days=1))
        return models.ChainDigest.objects.get()


class ChainHeadFactory(_Acted):
    class Meta:
        model = models.ChainHead

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.ChainHead:
        return ChainDigestFactory(by=by, other=other).heads.get()


class TrustedTimestampFactory(DjangoModelFactory[models.TrustedTimestamp]):
    """Bytes that no authority gave."""

    class Meta:
        model = models.TrustedTimestamp

    digest = factory.SubFactory(ChainDigestFactory)
    sha256 = factory.LazyAttribute(lambda row: row.digest.sha256)
    token = b"token"
    given_at = SIGNED_AT
