"""Pages below /f/<firm>/."""

from django.urls import URLPattern, path

from billing.views import endings, invoices, money

urlpatterns: list[URLPattern] = [
    path("money/", money.money, name="money"),
    path("money/to-pay/", money.to_pay, name="to-pay"),
    path("money/to-receive/", money.to_receive, name="to-receive"),
    path("money/reports/", money.reports, name="reports"),
    path("money/reports/<int:of>-<int:number>.pdf", money.month, name="month-pdf"),
    path("money/invoices/<uuid:pk>.pdf", invoices.invoice_pdf, name="invoice-pdf"),
    path("money/credit-notes/<uuid:pk>.pdf", invoices.credit_note_pdf, name="credit-note-pdf"),
    path("money/jobs/<uuid:pk>/", money.job_margin, name="job-margin"),
    path("money/to-pay/<uuid:sub>/", money.pay_together, name="pay-together"),
    path("money/invoices/<uuid:pk>/", invoices.invoice, name="invoice"),
    path("money/invoices/<uuid:pk>/announce/", invoices.announce, name="invoice-announce"),
    path(
        "money/invoices/<uuid:pk>/payments/<uuid:payment>/confirm/", invoices.confirm, name="payment-confirm"
    ),
    path("money/invoices/<uuid:pk>/payments/<uuid:payment>/deny/", invoices.deny, name="payment-deny"),
    path("money/invoices/<uuid:pk>/void/", invoices.void, name="invoice-void"),
    path("money/invoices/<uuid:pk>/redraft/", invoices.redraft, name="invoice-redraft"),
    path("money/invoices/<uuid:pk>/approve/", invoices.approve, name="invoice-approve"),
    path("money/invoices/<uuid:pk>/mediator/", invoices.name_mediator, name="invoice-mediator"),
    path("money/invoices/<uuid:pk>/mediator/agree/", invoices.agree_mediator, name="invoice-mediator-agree"),
    *(
        path(f"money/invoices/<uuid:pk>/{kind}/", invoices.sheet, {"kind": kind}, name=f"invoice-{kind}")
        for kind in invoices.SHEETS
    ),
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
