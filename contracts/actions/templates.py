"""Publish what is shipped."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from contracts import standard
from contracts.models import AgreementTemplate, ClauseVersion, TemplateVersion, VariableDefinition
from contracts.rendering import Wording, check_wording, wording_sha256
from partnernet.core import clock
from partnernet.core.errors import RuleBroken


@transaction.atomic
def publish(
    key: str = standard.MUTUAL_SUBCONTRACT, label: str = "1.0", *, now: datetime | None = None
) -> TemplateVersion:
    """Publish a shipped text; a second time does nothing.

    Raises RuleBroken when the text has a fault, or differs from what was published under this label.
    """
    kind, wording = standard.load(key, label)
    check_wording(wording)
    template, _ = AgreementTemplate.objects.get_or_create(
        key=key, defaults={"title": wording.title, "kind": kind}
    )
    AgreementTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=template.pk)
    now = now or clock.now()
    published = TemplateVersion.objects.filter(template=template, label=label).first()
    if published:
        if published.text_sha256 != wording_sha256(wording):
            raise RuleBroken(
                f"Version {label} is published with another text. Give the changed text a new label."
            )
        return published

    version = TemplateVersion.objects.create(template=template, label=label)
    _store(version, wording)
    version.status, version.published_at = TemplateVersion.Status.PUBLISHED, now
    version.text_sha256 = wording_sha256(wording)
    version.save(update_fields=["status", "published_at", "text_sha256"])
    return version


def _store(version: TemplateVersion, wording: Wording) -> None:
    ClauseVersion.objects.bulk_create(
        ClauseVersion(version=version, **asdict(clause)) for clause in wording.clauses
    )
    VariableDefinition.objects.bulk_create(
        VariableDefinition(
            version=version, position=position, **asdict(variable) | {"choices": list(variable.choices)}
        )
        for position, variable in enumerate(wording.variables, start=1)
    )
