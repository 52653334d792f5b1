"""Pages below /f/<firm>/."""

from django.urls import path

from contracts.views import (
    agreements,
    amending,
    checks,
    claims,
    conflicts,
    exceptions,
    moving,
    protection,
    sealed,
    signing,
    successions,
)

urlpatterns = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", agreements.choose_firm, name="agreement-new"),
    path("agreements/new/<uuid:other>/", agreements.propose, name="agreement-propose"),
    path("agreements/without/<uuid:other>/", exceptions.exceptions, name="coverage-exceptions"),
    path("agreements/<uuid:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<uuid:pk>/text/", agreements.text, name="agreement-text"),
    path("agreements/<uuid:pk>/findings/", checks.findings, name="agreement-findings"),
    path("agreements/<uuid:pk>/pdf/", sealed.sealed_pdf, name="agreement-pdf"),
    path("agreements/<uuid:pk>/newest-text/", moving.move, name="agreement-move"),
    path("agreements/<uuid:pk>/amend/", amending.amend, name="agreement-amend"),
    path("agreements/<uuid:pk>/revise/", agreements.revise, name="agreement-revise"),
    path("agreements/<uuid:pk>/accept-terms/", agreements.accept_terms, name="agreement-accept-terms"),
    path("agreements/<uuid:pk>/propose/", agreements.send_unsigned, name="agreement-send"),
    path("agreements/<uuid:pk>/viewed/", signing.viewed, name="agreement-viewed"),
    path("agreements/<uuid:pk>/consent/", signing.consent, name="agreement-consent"),
    path("agreements/<uuid:pk>/sign/", signing.sign, name="agreement-sign"),
    path("agreements/<uuid:pk>/ask-changes/", agreements.ask_changes, name="agreement-ask-changes"),
    path("agreements/<uuid:pk>/recall/", agreements.recall, name="agreement-recall"),
    path("agreements/<uuid:pk>/decline/", agreements.decline, name="agreement-decline"),
    path("agreements/<uuid:pk>/void/", agreements.void, name="agreement-void"),
    path("agreements/<uuid:pk>/terminate/", agreements.terminate, name="agreement-terminate"),
    path("protected-clients/", protection.protected_clients, name="protected-clients"),
    path("protected-clients/<uuid:pk>/", protection.protected_client, name="protected-client"),
    path("protected-clients/<uuid:pk>/release/", protection.release, name="protected-client-release"),
    path("protected-clients/<uuid:pk>/insist/", protection.insist, name="protected-client-insist"),
    path("protected-clients/<uuid:pk>/read/", protection.read_notice, name="protected-client-read"),
    path("protected-clients/<uuid:pk>/paper/", protection.declaration_file, name="protected-client-paper"),
    path("protected-clients/<uuid:pk>/reserve/", protection.reserve, name="protected-client-reserve"),
    path("protected-clients/<uuid:pk>/let-go/", protection.let_go, name="protected-client-let-go"),
    *(
        path(
            f"protected-clients/<uuid:pk>/releases/<uuid:release>/{answered}/",
            protection.answer_release,
            {"answered": answered},
            name=f"release-{answered}",
        )
        for answered in ("take", "refuse", "withdraw")
    ),
    path("claims/", claims.claims, name="claims"),
    path("claims/<uuid:pk>/", claims.claim, name="claim"),
    path("claims/<uuid:pk>/change/", claims.change_claim, name="claim-change"),
    path("claims/<uuid:pk>/reckon/", claims.reckon, name="claim-reckon"),
    path("claims/<uuid:pk>/read/", claims.read_claim, name="claim-read"),
    path("claims/<uuid:pk>/papers/", claims.add_evidence, name="claim-paper-add"),
    path("claims/<uuid:pk>/papers/<uuid:paper>/", claims.evidence_file, name="claim-paper"),
    *(
        path(f"claims/<uuid:pk>/{slug}/", view, name=f"claim-{slug}")
        for slug, view in ((name.replace("_", "-"), view) for name, view in claims.STEPS.items())
    ),
    path("protected-clients/<uuid:pk>/claim/", claims.claim_about_client, name="claim-about-client"),
    path("agreements/<uuid:pk>/claim/", claims.claim_under_agreement, name="claim-under-agreement"),
    path("settings/conflict-check/", conflicts.conflict_check, name="conflict-check"),
    path("settings/conflict-check/on/", conflicts.switch, {"turned": "on"}, name="conflict-check-on"),
    path("settings/conflict-check/off/", conflicts.switch, {"turned": "off"}, name="conflict-check-off"),
    path("clients/<uuid:pk>/became/", successions.became, name="client-became"),
    path("client-successions/<uuid:pk>/undo/", successions.undo, name="client-succession-undo"),
]
