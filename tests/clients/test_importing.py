import pytest

from clients.importing import Existing, Sheet, domain_of, outcomes, read, suggest
from partnernet.core.errors import RuleBroken

CONNECTWISE = (
    "Company RecID,Company Name,Site Name,Address Line 1,Address Line 2,City,State,Zip,Country,Web Site,Market,Phone Number\r\n"
    '250,"Garden City Dental, P.C.",Main,7 Seventh St,Suite 2,Garden City,NY,11530,United States,www.gcd.example,Dental,516-555-0100\r\n'
)
HALO = "Client ID;Client Name;Site Name;Address Line 1;Address Line 3;Address Line 4;Postcode;Website\n12;Mineola Law;Head office;1 Old Rd;Mineola;NY;11501;\n"
PLAIN = "name\ttown\tzip\nHicksville Foods\tHicksville\t11801\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            CONNECTWISE,
            {
                "name": "Garden City Dental, P.C.",
                "external_id": "250",
                "site": "Main",
                "postcode": "11530",
                "industry": "Dental",
            },
        ),
        (
            HALO,
            {
                "name": "Mineola Law",
                "external_id": "12",
                "site": "Head office",
                "town": "Mineola",
                "state": "NY",
                "postcode": "11501",
            },
        ),
        (PLAIN, {"name": "Hicksville Foods", "town": "Hicksville", "postcode": "11801"}),
    ],
)
def test_the_usual_headings_are_understood(content: str, expected: dict[str, str]):
    sheet = read(content.encode("utf-8-sig"))
    cells = {field: sheet.rows[0][column] for field, column in suggest(sheet.headings).items()}

    assert expected.items() <= cells.items()


def test_a_column_serves_one_field_only():
    assert suggest(["Client", "Client ID", "ID"]) == {"name": 0, "external_id": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_common_encoding_is_read(encoding: str):
    assert read("name\nCafé Ünal\n".encode(encoding)).rows == (("Café Ünal",),)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file has no rows below its headings."),
        (b"name\n\n,\n", "The file has no rows below its headings."),
        (b"PK\x03\x04xlsx", "This is not a CSV file. Save the sheet as CSV and try again."),
        (b"name\n\x00\x01\x02", "We can not read the letters of this file. Save it as CSV in UTF-8."),
        (b'name\n"open', "The file is not well formed: a quotation mark is open somewhere."),
        (b"name\n" + b"x" * 2_000_000, "The file is larger than 2 MB. Split it."),
        (b"name\n" + b"x\n" * 5_001, "The file has more than 5,000 rows. Split it."),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, sentence: str):
    with pytest.raises(RuleBroken, match=sentence.replace(".", r"\.")):
        read(content)


def test_every_row_says_what_it_would_do():
    sheet = Sheet(
        ("Client", "ID", "Website", "Site"),
        (
            ("Garden City Dental", "", "", ""),
            ("GCD", "250", "", "East"),
            ("Dental Group", "", "https://www.gcd.example/about", "Main"),
            ("Mineola Law", "9", "", "Main"),
            ("mineola law", "", "", "Annex"),
            ("Mineola Law", "9", "", "MAIN"),
            ("", "7", "", "Main"),
        ),
    )
    existing = [Existing("Garden City Dental", external_id="250", domains=("gcd.example",), sites=("main",))]

    said = [
        (row.number, row.result, row.sentence) for row in outcomes(sheet, suggest(sheet.headings), existing)
    ]

    assert said == [
        (2, "known", "Nothing to do: Garden City Dental is on your list already (same name)."),
        (3, "new_site", "Adds the site East to Garden City Dental (same id)."),
        (4, "known", "Nothing to do: Garden City Dental is on your list already (same web domain)."),
        (5, "new_client", "New client, with the site Main."),
        (6, "new_site", "Adds the site Annex to Mineola Law (same name)."),
        (7, "known", "Nothing to do: Mineola Law is on your list already (same id)."),
        (8, "refused", "Left out: the client's name is empty."),
    ]


def test_a_list_without_names_asks_for_the_column():
    with pytest.raises(RuleBroken, match="Say which column holds the client's name"):
        outcomes(read(b"a,b\n1,2\n"), {}, [])


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("https://www.Gcd.example/x?y", "gcd.example"),
        ("lou@mail.gcd.example", "mail.gcd.example"),
        ("gcd.example:8080", "gcd.example"),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_a_domain_is_cut_out_of_what_was_typed(typed: str, domain: str):
    assert domain_of(typed) == domain
