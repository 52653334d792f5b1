"""Pages of the project: below /f/<firm>/, and the doors of invited firms."""

from django.urls import URLPattern, path

from contracts.views.disputes import operator_disputes
from partnernet.pages import (
    approaches,
    compare,
    doors,
    evidence,
    exports,
    exposure,
    find,
    home,
    inbox,
    invites,
    operator,
    signed,
)
from partners.views import communities

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("find/", find.find, name="find"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<uuid:pk>/read/", inbox.read, name="inbox-read"),
    path("firms/compare/", compare.compare, name="firms-compare"),
    path("firms/invite/", invites.invite_firm, name="firm-invite-new"),
    path("agreements/<uuid:pk>/signed/", signed.signed, name="agreement-signed"),
    *(
        path(f"export/{name}.csv", exports.export, {"name": name}, name=f"export-{name}")
        for name in exports.SHEETS
    ),
    path("claims/<uuid:pk>/pack.pdf", evidence.claim_pack, name="claim-pack"),
    path("claims/<uuid:pk>/pack.zip", evidence.claim_papers, name="claim-pack-papers"),
    path("protected-clients/<uuid:pk>/pack.pdf", evidence.protected_pack, name="protected-client-pack"),
    path("exposure/", exposure.exposure, name="exposure"),
    path("clients/<uuid:pk>/left/", exposure.left, name="client-left"),
    path("asked-for-more/", approaches.index, name="approaches"),
    path("asked-for-more/<uuid:pk>/", approaches.approach, name="approach"),
    path("asked-for-more/<uuid:pk>/release/", approaches.release, name="approach-release"),
    path("asked-for-more/<uuid:pk>/make-change/", approaches.make_change, name="approach-change"),
    path("asked-for-more/<uuid:pk>/make-work/", approaches.make_work, name="approach-work"),
    *(
        path(f"asked-for-more/<uuid:pk>/{step}/", view, name=f"approach-{step}")
        for step, view in approaches.STEPS.items()
    ),
]

operators: list[URLPattern] = [
    path("", operator.operator, name="operator"),
    path("disputes/", operator_disputes, name="operator-disputes"),
    path("communities/", communities.operator_communities, name="operator-communities"),
    path("communities/<uuid:pk>/admin/", communities.change_admin, name="operator-community-admin"),
    path("mail/<uuid:pk>/again/", operator.send_again, name="delivery-again"),
]

outside: list[URLPattern] = [
    path("<str:token>/", doors.firm_invite, name="firm-invite"),
    path("<str:token>/join/", doors.join_by_invite, name="firm-invite-join"),
]
