"""Lists as files: the rows of the page, with its filters, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from billing import actions
from billing.models import Invoice
from partnernet.core import sheets
from tests.billing.conftest import invoice  # noqa: F401 - the fixture
from tests.engagements.conftest import job, line, now, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import done, handed_in, running, taken, visit  # noqa: F401 - fixtures
from tests.factories.clients import ClientFactory

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.example\")",
    " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "＝1+1", "＋1", "－1", "＠SUM(1)", "-2+3+cmd|' /C calc'!D2", "|calc", "%0A=1",
    "\0=1", "\v=1", "\f+1", "=IMPORTXML(\"http://evil.example\",\"//a\")", "@\u200b",
]  # fmt: skip


def read(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_like_a_formula(text):
    ((written,),) = (csv.reader(io.StringIO("".join(sheets.lines(["x"], [[text]]))[4:], newline="")),)

    assert written[0].startswith("'")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-5.00"), "-5.00"), (-3, "-3"), (None, ""), (True, "yes"), ("Garden City", "Garden City"),
        ("a=b", "a=b"), ("x\0y", "xy"), ('a "b", c', 'a "b", c'),
    ],
)  # fmt: skip
def test_what_is_harmless_stands_as_it_is(value, written):
    assert sheets.cell(value) == written


def signed_in(member) -> Browser:
    client = Browser()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db
def test_the_file_has_what_the_page_shows_with_its_filter(invoice, prime, sub):  # noqa: F811
    page = reverse("export-to-pay", args=[prime.firm.pk])
    browser = signed_in(prime.finance)

    shown = browser.get(page)
    rows = read(b"".join(shown.streaming_content))

    assert shown["Content-Type"] == "text/csv; charset=utf-8"
    assert shown["Content-Disposition"].startswith('attachment; filename="to-pay-')
    assert rows[1][:4] == ["INV-0001", sub.firm.name, prime.firm.name, invoice.work_order.reference]
    assert rows[1][9:] == ["1350.00", "0.00", "0.00", "1350.00", "0.00", "USD"]
    assert len(read(b"".join(browser.get(page, {"status": "paid"}).streaming_content))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", FORMULAS)
def test_a_client_called_like_a_formula_is_no_formula(prime, text):
    if not text.replace("\0", "").strip():
        pytest.skip("Nothing is left of it.")
    ClientFactory(firm=prime.firm, name=text.replace("\0", ""))

    shown = signed_in(prime.owner).get(reverse("export-clients", args=[prime.firm.pk]))

    assert all(
        not cell or cell[0] not in "=+-@\t\r"
        for row in read(b"".join(shown.streaming_content))
        for cell in row
    )


@pytest.mark.django_db
def test_a_search_is_a_filter_of_the_file(prime):
    ClientFactory(firm=prime.firm, name="Garden City Dental")
    ClientFactory(firm=prime.firm, name="Massapequa Vet")

    page = reverse("export-clients", args=[prime.firm.pk])
    shown = signed_in(prime.owner).get(page, {"q": "Massapequa"})

    assert [row[0] for row in read(b"".join(shown.streaming_content))[1:]] == ["Massapequa Vet"]


@pytest.mark.django_db
def test_every_list_is_a_file(invoice, prime, sub):  # noqa: F811
    payment = actions.announce_payment(invoice, by=prime.owner, paid=_paid(), now=None)
    actions.confirm_payment(payment, by=sub.owner)
    names = (
        "offers",
        "work-orders",
        "to-pay",
        "to-receive",
        "payments",
        "margin",
        "year",
        "clients",
        "firms",
    )
    some = {"work-orders": 1, "payments": 1, "margin": 1, "year": 1, "clients": 1}

    for name in names:
        shown = signed_in(prime.owner).get(reverse(f"export-{name}", args=[prime.firm.pk]), {"year": "2007"})
        rows = read(b"".join(shown.streaming_content))
        assert len({len(row) for row in rows}) == 1, name
        assert len(rows) - 1 >= some.get(name, 0), name


def _paid():
    from datetime import date  # noqa: PLC0415 - only here

    from billing.actions.payments import Paid  # noqa: PLC0415 - only here

    return Paid(on=date(2007, 3, 9))


@pytest.mark.django_db
def test_papers_say_what_is_on_record_and_read_no_markup(invoice, prime, sub):  # noqa: F811
    invoice.lines.update(what='#panic("x") *bold* @ref $ \\ [')
    note = actions.credit(
        invoice, by=sub.owner, amounts={invoice.lines.get().pk: Decimal(150)}, reason='#read("/etc/passwd")'
    )
    browser = signed_in(prime.viewer)

    for address in (
        reverse("invoice-pdf", args=[prime.firm.pk, invoice.pk]),
        reverse("credit-note-pdf", args=[prime.firm.pk, note.pk]),
        reverse("month-pdf", args=[prime.firm.pk, 2007, 3]),
    ):
        first, second = browser.get(address), browser.get(address)
        assert first["Content-Type"] == "application/pdf"
        assert first.content.startswith(b"%PDF-1.7")
        assert first.content == second.content


@pytest.mark.django_db
def test_a_month_that_is_none_is_not_there(prime):
    assert signed_in(prime.owner).get(reverse("month-pdf", args=[prime.firm.pk, 2007, 13])).status_code == 404


@pytest.mark.django_db
def test_the_year_says_who_reaches_the_sum(invoice, prime, sub):  # noqa: F811
    actions.confirm_payment(actions.announce_payment(invoice, by=prime.owner, paid=_paid()), by=sub.owner)

    shown = signed_in(prime.owner).get(reverse("reports", args=[prime.firm.pk]), {"year": "2007"})

    assert "Paid to firms in 2007" in shown.content.decode()
    assert "Look at their W-9" in shown.content.decode()  # 1,350 of 600 USD
    assert Invoice.objects.get().status == "paid"
