"""Places an agreement can name: ISO 3166-2 codes of states and provinces, ISO 3166-1 codes of countries."""

_US = (
    "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;DC District of Columbia;"
    "FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;KY Kentucky;LA Louisiana;ME Maine;"
    "MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;MO Missouri;MT Montana;NE Nebraska;NV Nevada;"
    "NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;"
    "PA Pennsylvania;RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;"
    "WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming;PR Puerto Rico"
)
_CA = (
    "AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;NS Nova Scotia;ON Ontario;"
    "PE Prince Edward Island;QC Quebec;SK Saskatchewan"
)
_COUNTRIES = (
    "AU Australia;AT Austria;BE Belgium;DK Denmark;FI Finland;FR France;DE Germany;IE Ireland;IT Italy;LU Luxembourg;"
    "NL Netherlands;NZ New Zealand;NO Norway;PT Portugal;SG Singapore;ES Spain;SE Sweden;CH Switzerland;GB England and Wales"
)


def _named(rows: str, prefix: str = "") -> dict[str, str]:
    return {prefix + code: name for code, name in (row.split(" ", 1) for row in rows.split(";"))}


PLACES: dict[str, str] = _named(_US, "US-") | _named(_CA, "CA-") | _named(_COUNTRIES)


def place_code(country: str, state: str) -> str:
    """Return the code of the place whose law a firm lives under, or "" when we have no name for it."""
    country, state = country.strip().upper(), state.strip().upper()
    code = f"{country}-{state}" if country in ("US", "CA") else country
    return code if code in PLACES else ""
