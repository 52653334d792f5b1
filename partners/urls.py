"""Pages below /f/<firm>/, and those outside any firm."""

from django.urls import URLPattern, path

from partners.views import (
    communities,
    directory,
    doors,
    off_network,
    papers,
    people,
    ratings,
    record,
    saved,
    settings,
    vetting,
)

urlpatterns: list[URLPattern] = [
    path("firms/", directory.firms, name="firms"),
    path("firms/invites/<uuid:pk>/revoke/", directory.revoke_invite, name="firm-invite-revoke"),
    path("firms/off-network/", off_network.add, name="firm-off-network-new"),
    path("firms/<uuid:pk>/", directory.firm, name="firm"),
    path("firms/<uuid:pk>/notes/", directory.note, name="firm-note"),
    path("firms/<uuid:pk>/mark/", directory.mark, name="firm-mark"),
    path("firms/<uuid:pk>/invite/", off_network.ask_to_join, name="firm-ask-to-join"),
    path("firms/<uuid:pk>/papers/", papers.firm_papers, name="firm-papers"),
    path("firms/<uuid:pk>/vetting/", vetting.vetting, name="vetting"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<uuid:pk>/file/", papers.paper_file, name="paper-file"),
    path("papers/<uuid:pk>/withdraw/", papers.withdraw, name="paper-withdraw"),
    path("record/", record.our_record, name="our-record"),
    path("record/rules/", record.rules, name="scoring-rules"),
    path("record/<uuid:pk>/exclude/", record.ask_exclusion, name="ask-exclusion"),
    path("record/<uuid:pk>/reply/", record.reply, name="reply"),
    path("record/ratings/", ratings.index, name="ratings"),
    path("record/ratings/<uuid:pk>/", ratings.rating, name="rating"),
    path("communities/", communities.communities, name="communities"),
    path("communities/<uuid:pk>/leave/", communities.leave, name="community-leave"),
    path("views/keep/", saved.keep, name="view-keep"),
    path("views/forget/", saved.forget, name="view-forget"),
    path("settings/", settings.firm_settings, name="firm-settings"),
    path("settings/profile/", settings.profile, name="profile"),
    path("settings/skills/", settings.skills, name="skills"),
    path("settings/capacity/", settings.capacity, name="capacity"),
    path("settings/capacity/tap/", settings.tap_capacity, name="capacity-tap"),
    path("settings/people/", people.members, name="members"),
    path("settings/people/<uuid:pk>/", people.member, name="member"),
    path("settings/people/<uuid:pk>/remove/", people.remove_member, name="member-remove"),
    path("settings/invitations/<uuid:pk>/withdraw/", people.withdraw_invitation, name="invitation-withdraw"),
    path("settings/keys/", people.api_keys, name="api-keys"),
    path("settings/keys/new/", people.new_api_key, name="api-key-new"),
    path("settings/keys/<uuid:pk>/revoke/", people.revoke_api_key, name="api-key-revoke"),
]

outside: list[URLPattern] = [
    path("", doors.start, name="start"),
    path("you/", doors.my_details, name="my-details"),
    path("communities/<uuid:pk>/", communities.community, name="community"),
    *(
        path(
            f"communities/<uuid:pk>/<uuid:membership>/{name}/",
            communities.step(name),
            name=f"community-{name}",
        )
        for name in communities.SAID
    ),
    path("firm/", doors.found_firm, name="found-firm"),
    path("join/<str:token>/", doors.invitation, name="invitation"),
    path("join/<str:token>/accept/", doors.accept_invitation, name="invitation-accept"),
]
