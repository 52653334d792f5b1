"""What a firm reads of an agreement that lists it as an affiliate: what it works under. It takes no step there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from contracts import rendering, summary
from contracts.actions import reach
from contracts.models import Agreement, ListedAffiliate, Signature, TemplateVersion
from contracts.models.agreements import AgreementQuerySet
from contracts.standing import standing
from contracts.views import amending
from partnernet.core.pages import SIZE
from partners.http import MemberRequest


def rows(firm: UUID, *, now: datetime) -> list[dict[str, Any]]:
    """Return the agreements that a firm works under as an affiliate, the newest first. Any: for a template."""
    keys = reach.readable(firm, on=now.date())
    if not keys:
        return []
    found = _through(firm, keys).standing_alone().exclude(proposer=firm).exclude(other=firm)
    listed = {row.agreement_id: row for row in ListedAffiliate.objects.current().filter(firm=firm)}
    return [
        {
            "agreement": one,
            "standing": standing(one, now),
            "since": listed[one.pk].since,
            **_parties(one, listed[one.pk].side),
        }
        for one in found.newest_first()[:SIZE]
    ]


def page(request: MemberRequest, firm: UUID, pk: UUID, *, now: datetime) -> HttpResponse:
    """Show the text and what holds of it; not the talks before it, nor what is said in either house."""
    keys = reach.readable(firm, on=now.date())
    worded = Prefetch("template_version", TemplateVersion.objects.with_wording())
    found = get_object_or_404(_through(firm, keys).prefetch_related(worded), pk=pk)
    whole = found.amends or found
    mine = ListedAffiliate.objects.current().filter(agreement=whole, firm=firm).order_by("pk").first()
    amended = amending.shown(found, firm, now=now, through=keys)
    version, revision = found.template_version, found.current_revision
    context = {
        **amended,
        **_parties(whole, mine.side if mine else ""),
        "agreement": found,
        "since": mine and mine.since,
        "standing": standing(found, now),
        "version": version,
        "lines": summary.eight_lines(version.wording(), amending.values_now(amended, found)),
        "sections": rendering.sections(revision.text),
        "signatures": Signature.objects.filter(revision=revision).as_shown(),
    }
    return render(request, "contracts/agreement_affiliate.html", context)


def _through(firm: UUID, keys: list[UUID]) -> AgreementQuerySet:
    found = Agreement.objects.visible_to(firm, through=keys).with_parties().with_signed_sides()
    return found.select_related(
        "amends__current_revision", "amends__proposer", "amends__template_version__template"
    )


def _parties(agreement: Agreement, side: str) -> dict[str, object]:
    """Return the firm that signed for the affiliate, and the one across."""
    across = agreement.other if side == "proposer" else agreement.proposer
    return {"party": agreement.firm_on(side), "across": across}
