"""Pages below /f/<firm>/."""

from django.urls import URLPattern, path

from billing.views import endings, money

urlpatterns: list[URLPattern] = [
    path("money/", money.money, name="money"),
    path("money/to-pay/", money.to_pay, name="to-pay"),
    path("money/to-receive/", money.to_receive, name="to-receive"),
    path("money/reports/", money.reports, name="reports"),
    path("money/jobs/<uuid:pk>/", money.job_margin, name="job-margin"),
    path("money/invoices/<uuid:pk>/", money.invoice, name="invoice"),
    path("money/invoices/<uuid:pk>/announce/", money.announce, name="invoice-announce"),
    path("money/invoices/<uuid:pk>/payments/<uuid:payment>/confirm/", money.confirm, name="payment-confirm"),
    path("money/invoices/<uuid:pk>/void/", money.void, name="invoice-void"),
    path(
        "work-orders/<uuid:pk>/submissions/<uuid:submission>/approve/",
        money.approve_work,
        name="work-approve",
    ),
    path("jobs/<uuid:pk>/cancel/", endings.cancel_job, name="job-cancel"),
    path("work-orders/<uuid:pk>/cancel/", endings.cancel, name="work-order-cancel"),
    path("work-orders/<uuid:pk>/remove/", endings.remove, name="work-order-remove"),
    path("work-orders/<uuid:pk>/back-out/", endings.back_out, name="work-order-back-out"),
]
