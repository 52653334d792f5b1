"""Pages below /f/<firm>/."""

from django.urls import URLPattern, path

from engagements.views import floor, jobs, lines, offers, orders, placing, running, visits

VISITS: list[URLPattern] = [
    path("today/", visits.today, name="today"),
    path("coming/", visits.coming, name="coming"),
    path("done/", visits.done, name="done"),
    path("visits/<uuid:pk>/", visits.detail, name="visit"),
    path("visits/<uuid:pk>/acknowledge/", visits.acknowledge, name="visit-acknowledge"),
    path("visits/<uuid:pk>/confirm/", visits.confirm, name="visit-confirm"),
    path("visits/<uuid:pk>/set-off/", visits.set_off, name="visit-set-off"),
    path("visits/<uuid:pk>/check-in/", visits.check_in, name="visit-check-in"),
    path("visits/<uuid:pk>/count/", visits.count, name="visit-count"),
    path("visits/<uuid:pk>/tasks/<uuid:task>/", visits.tick, name="visit-task"),
    path("visits/<uuid:pk>/photo/", visits.photo, name="visit-photo"),
    path("visits/<uuid:pk>/sign/", visits.sign, name="visit-sign"),
    path("visits/<uuid:pk>/finish/", visits.finish, name="visit-finish"),
    path("visits/<uuid:pk>/come-back/", visits.come_back, name="visit-come-back"),
    path("visits/<uuid:pk>/asked/", visits.asked, name="visit-asked"),
    path("visits/<uuid:pk>/problem/", visits.problem, name="visit-problem"),
    path("visits/<uuid:pk>/access/<uuid:grant>/", visits.return_access, name="visit-return-access"),
    path("visits/<uuid:pk>/submit/", visits.submit, name="visit-submit"),
    path("deliverables/<uuid:pk>/", visits.deliverable, name="deliverable"),
]

WORK: list[URLPattern] = [
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/new/", jobs.new, name="job-new"),
    path("jobs/urgent/", placing.job_urgent, name="job-urgent"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/edit/", jobs.edit, name="job-edit"),
    path("jobs/<uuid:pk>/step/<slug:name>/", jobs.step, name="job-step"),
    path("jobs/<uuid:pk>/lines/", jobs.add_line, name="job-line-add"),
    path("jobs/<uuid:pk>/crew/", jobs.crew_of, name="job-crew"),
    path("jobs/<uuid:pk>/place/", placing.job_place, name="job-place"),
    path("jobs/<uuid:pk>/place/margin/", placing.job_place_margin, name="job-place-margin"),
    path("job-lines/<uuid:pk>/", lines.change_line, name="job-line"),
    path("job-lines/<uuid:pk>/report/", jobs.report, name="job-line-report"),
    path("job-crew/<uuid:pk>/remove/", jobs.remove_crew, name="job-crew-remove"),
    path("work-orders/", orders.work_orders, name="work-orders"),
    path("work-orders/<uuid:pk>/", orders.work_order, name="work-order"),
    path("work-orders/<uuid:pk>/offer/", orders.work_order_offer, name="work-order-offer"),
    path("work-orders/<uuid:pk>/send-below-floor/", floor.approve, name="work-order-send-below-floor"),
    path("work-orders/<uuid:pk>/recall/", orders.work_order_recall, name="work-order-recall"),
    path("work-orders/<uuid:pk>/hold/", running.hold, name="work-order-hold"),
    path("work-orders/<uuid:pk>/resume/", running.resume, name="work-order-resume"),
    path("work-orders/<uuid:pk>/technician/", running.name_technician, name="work-order-technician"),
    path("work-orders/<uuid:pk>/tasks/", running.add_task, name="work-order-task"),
    path("work-orders/<uuid:pk>/access/", running.hand_over_access, name="work-order-access"),
    path(
        "work-orders/<uuid:pk>/submissions/<uuid:submission>/send-back/",
        running.send_back,
        name="work-send-back",
    ),
    path("work-orders/<uuid:pk>/problems/<uuid:problem>/", running.resolve_problem, name="problem-resolve"),
    path("offers/", offers.offers, name="offers"),
    path("offers/<uuid:pk>/", offers.offer, name="offer"),
    path("offers/<uuid:pk>/accept/", offers.accept, name="offer-accept"),
    path("offers/<uuid:pk>/decline/", offers.decline, name="offer-decline"),
    path("offers/<uuid:pk>/counter/", offers.counter, name="offer-counter"),
    path("offers/<uuid:pk>/revise/", offers.revise, name="offer-revise"),
    path("offers/<uuid:pk>/accept-counter/", offers.accept_counter, name="offer-accept-counter"),
    path("offers/<uuid:pk>/reopen/", offers.step, {"name": "reopen"}, name="offer-reopen"),
    path("offers/<uuid:pk>/withdraw/", offers.step, {"name": "withdraw"}, name="offer-withdraw"),
    path("offers/<uuid:pk>/undo/", offers.step, {"name": "undo"}, name="offer-undo"),
    path("offers/<uuid:pk>/send/", offers.step, {"name": "send"}, name="offer-send"),
    path(
        "offers/<uuid:pk>/refuse-counter/",
        offers.step,
        {"name": "refuse_counter"},
        name="offer-refuse-counter",
    ),
    path(
        "offers/<uuid:pk>/withdraw-counter/",
        offers.step,
        {"name": "withdraw_counter"},
        name="offer-withdraw-counter",
    ),
]

urlpatterns: list[URLPattern] = [*WORK, *VISITS]
