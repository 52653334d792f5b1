"""What only the records know of an agreement, for the checker: where the firms are and work, who signed, whom else they bind."""

from datetime import datetime

from django.db.models import F, Q

from clients.models import Site
from contracts import terms
from contracts.conditions import Known
from contracts.models import Agreement, PriorRelationship, ProtectedClient, Signature, TemplateVersion
from contracts.models.agreements import Status
from contracts.places import place_code
from partners.models import Firm


def records_of(agreement: Agreement, *, now: datetime, on_people: bool) -> dict[str, Known]:
    """Return the facts of both firms, and of an agreement in force those of what happened under it.

    `on_people` says that a clause on people is part of what is judged. Load the agreement `with_parties()`.
    """
    firms = (agreement.proposer, agreement.other)
    parties = frozenset(code_of(firm) for firm in firms)
    version = agreement.template_version
    kinds = {firm.entity_kind for firm in firms}
    found: dict[str, Known] = {
        "kind": version.template.kind,
        "version_status": version.status,
        "newer_version": version.status == TemplateVersion.Status.DEPRECATED,
        "party_places": parties,
        "places": parties,
        "individual_party": Firm.Kind.INDIVIDUAL in kinds,
        "one_person_party": bool(kinds & {Firm.Kind.INDIVIDUAL, Firm.Kind.ONE_PERSON}),
        "notice_addresses": all(_has_address(agreement, side) for side in ("proposer", "other")),
        "ends_on": _ends_on(agreement, now),
    }
    if on_people:
        found["people_clauses_in_region"] = _people_clauses(agreement, now)
    if agreement.status == Status.SIGNED:
        found |= _of_signed(agreement, parties)
    return found


def code_of(firm: Firm) -> str:
    """Return the code of the place whose law a firm lives under; its country's where we know no more."""
    return place_code(firm.country, firm.state) or firm.country.strip().upper()


def _has_address(agreement: Agreement, side: str) -> bool:
    party = agreement.current_revision.values.get(side, {})
    return bool(str(party.get("email", "")).strip() or str(party.get("address", "")).strip())


def _ends_on(agreement: Agreement, now: datetime) -> str:
    if agreement.ends_at:
        return agreement.ends_at.date().isoformat()
    months = int(agreement.current_revision.values.get("term_months", 0))
    return terms.add_months(now.date(), months).isoformat()


def _of_signed(agreement: Agreement, parties: frozenset[str]) -> dict[str, Known]:
    protected = ProtectedClient.objects.filter(agreement=agreement)
    sites = (
        Site.objects.filter(client__in=protected.values("client")).values_list("country", "state").distinct()
    )
    work = {place_code(country, state) or country.upper() for country, state in sites}
    prior = PriorRelationship.objects.filter(protected_client__agreement=agreement)
    unnamed = Q(title="") | Q(authority="")
    return {
        "places": parties | frozenset(work),
        "protected_clients": protected.count(),
        "late_notices": protected.filter(first_service_on__lt=F("notified_at__date")).count(),
        "clients_of_both": prior.filter(status=PriorRelationship.Status.DECLARED).count(),
        "signers_authorised": not Signature.objects.filter(
            unnamed, revision=agreement.current_revision_id
        ).exists(),
    }


def _people_clauses(agreement: Agreement, now: datetime) -> int:
    """Return with how many other firms of the same region either firm has a clause on people in force."""
    most = 0
    for firm in (agreement.proposer, agreement.other):
        others = (
            Agreement.objects.visible_to(firm)
            .in_force(now)
            .filter(protects_people=True)
            .exclude(pk=agreement.pk)
        )
        here = Q(
            proposer__country=firm.country,
            proposer__state=firm.state,
            other__country=firm.country,
            other__state=firm.state,
        )
        most = max(most, others.filter(here).count())
    return most + 1
