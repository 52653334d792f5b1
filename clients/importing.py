"""Read a list of clients from a file: which column is what, what each row would do, and why.

Pure: no database. It understands exports of ConnectWise and HaloPSA and plain headings; anything else is mapped by hand.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from partnernet.core.errors import RuleBroken

MAX_BYTES = 2_000_000
TOO_LARGE = f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it."
MAX_ROWS = 5_000
MAX_CELL = 200

FIELDS: dict[str, str] = {
    "name": "Client's name",
    "external_id": "Id in your PSA",
    "domain": "Web domain",
    "industry": "Kind of business",
    "site": "Site",
    "street": "Street",
    "town": "Town",
    "state": "State",
    "postcode": "ZIP or postcode",
    "country": "Country",
    "timezone": "Time zone",
    "contact": "Contact",
    "email": "Contact's email",
    "phone": "Contact's phone",
}

# Headings as the exports spell them, lower case, letters and digits only. First match wins, in this order.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": (
        "companyname",
        "clientname",
        "customername",
        "client",
        "customer",
        "company",
        "organisation",
        "organization",
        "name",
    ),
    "external_id": ("companyrecid", "companyid", "clientid", "customerid", "externalid", "haloid", "id"),
    "domain": ("website", "web", "webdomain", "domain", "emaildomain", "url"),
    "industry": ("market", "industry", "vertical", "kindofbusiness", "businesstype"),
    "site": ("sitename", "mainsitename", "locationname", "site", "location", "branch"),
    "street": ("addressline1", "address1", "streetaddress", "street", "siteaddress", "address"),
    "town": ("city", "town", "addressline3", "towncity", "cityname"),
    "state": ("state", "stateprovince", "stateid", "province", "region", "county", "addressline4"),
    "postcode": ("zip", "zipcode", "postcode", "postalcode", "zippostalcode"),
    "country": ("country", "countryname", "countrycode"),
    "timezone": ("timezone", "zone"),
    "contact": ("primarycontact", "maincontact", "contactname", "defaultcontact", "contact", "username"),
    "email": ("contactemail", "emailaddress", "email", "defaultemail", "mail"),
    "phone": ("contactphone", "phonenumber", "phone", "telephone", "mainphone", "tel"),
}

NEW_CLIENT, NEW_SITE, KNOWN, REFUSED = "new_client", "new_site", "known", "refused"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: headings and rows of trimmed cells, all rows as long as the headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Existing:
    """A client that the firm already has, with the names of its sites in lower case."""

    name: str
    external_id: str = ""
    domains: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one row would do; `match` is the name of the client it belongs to, when that client exists or came earlier in the file."""

    number: int
    cells: Mapping[str, str]
    result: str
    sentence: str
    match: str = ""

    @property
    def adds(self) -> bool:
        return self.result in (NEW_CLIENT, NEW_SITE)


def read(content: bytes) -> Sheet:
    """Read a CSV file of any common separator and encoding.

    Raises RuleBroken for what is no such file, is empty, or is too large.
    """
    if len(content) > MAX_BYTES:
        raise RuleBroken(TOO_LARGE, field="file")
    lines = [row for row in _rows(_decoded(content)) if any(cell.strip() for cell in row)]
    if len(lines) < 2:
        raise RuleBroken("The file has no rows below its headings.", field="file")
    if len(lines) > MAX_ROWS + 1:
        raise RuleBroken(f"The file has more than {MAX_ROWS:,} rows. Split it.", field="file")
    headings = tuple(cell.strip() for cell in lines[0])
    return Sheet(headings, tuple(_fitted(row, len(headings)) for row in lines[1:]))


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise RuleBroken("This is not a CSV file. Save the sheet as CSV and try again.", field="file")
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken("We can not read the letters of this file. Save it as CSV in UTF-8.", field="file")


def _rows(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise RuleBroken(
            "The file is not well formed: a quotation mark is open somewhere.", field="file"
        ) from None


def _fitted(row: Sequence[str], length: int) -> tuple[str, ...]:
    cells = [" ".join(cell.split())[:MAX_CELL] for cell in row[:length]]
    return tuple(cells + [""] * (length - len(cells)))


def suggest(headings: Sequence[str]) -> dict[str, int]:
    """Guess which column holds which field; a column is used once."""
    plain = [re.sub(r"[^a-z0-9]", "", heading.lower()) for heading in headings]
    mapping: dict[str, int] = {}
    for field, spellings in _HEADINGS.items():
        free = [
            spelling
            for spelling in spellings
            if spelling in plain and plain.index(spelling) not in mapping.values()
        ]
        if free:
            mapping[field] = plain.index(free[0])
    return mapping


def outcomes(sheet: Sheet, mapping: Mapping[str, int], existing: Iterable[Existing]) -> list[Outcome]:
    """Say row by row what an import would do, as if done in this order.

    Raises RuleBroken when no column holds the name.
    """
    if "name" not in mapping:
        raise RuleBroken("Say which column holds the client's name.", field="name")
    book = _Book(existing)
    rows = ({field: row[column] for field, column in mapping.items()} for row in sheet.rows)
    return [book.take(number, cells) for number, cells in enumerate(rows, start=2)]


class _Book:
    """The clients known so far while a file is read: those of the firm, then those of earlier rows."""

    def __init__(self, existing: Iterable[Existing]) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._domains: dict[str, str] = {}
        self._sites: dict[str, set[str]] = {}
        for client in existing:
            self._enter(client.name, client.external_id, client.domains, client.sites)

    def _enter(self, name: str, external_id: str, domains: Iterable[str], sites: Iterable[str]) -> None:
        self._names.setdefault(name.casefold(), name)
        if external_id:
            self._ids.setdefault(external_id, name)
        for domain in domains:
            self._domains.setdefault(domain, name)
        self._sites.setdefault(name, set()).update(sites)

    def take(self, number: int, cells: Mapping[str, str]) -> Outcome:
        name, domain = cells.get("name", ""), domain_of(cells.get("domain", ""))
        if not name:
            return Outcome(number, cells, REFUSED, "Left out: the client's name is empty.")
        match, why = self._match(name, cells.get("external_id", ""), domain)
        site = site_name(cells)
        if not match:
            self._enter(
                name,
                cells.get("external_id", ""),
                [domain] if domain else [],
                [site.casefold()] if site else [],
            )
            return Outcome(
                number, cells, NEW_CLIENT, f"New client{f', with the site {site}' if site else ''}."
            )
        if not site or site.casefold() in self._sites[match]:
            return Outcome(
                number, cells, KNOWN, f"Nothing to do: {match} is on your list already ({why}).", match
            )
        self._sites[match].add(site.casefold())
        return Outcome(number, cells, NEW_SITE, f"Adds the site {site} to {match} ({why}).", match)

    def _match(self, name: str, external_id: str, domain: str) -> tuple[str, str]:
        if external_id and external_id in self._ids:
            return self._ids[external_id], "same id"
        if name.casefold() in self._names:
            return self._names[name.casefold()], "same name"
        if domain and domain in self._domains:
            return self._domains[domain], "same web domain"
        return "", ""


def site_name(cells: Mapping[str, str]) -> str:
    """Return what the site of a row is called: its name, else its street, else its town; "" when the row has no site."""
    return next((cells[field] for field in ("site", "street", "town", "postcode") if cells.get(field)), "")


def domain_of(text: str) -> str:
    """Return the bare domain of an address or email, lower case: “https://www.Gcd.example/x” is “gcd.example”."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/")[0].split("@")[-1].split(":")[0]
    host = host.removeprefix("www.").strip(".")
    return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) else ""
