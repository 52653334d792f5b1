"""What would tell a firm the client before the work is theirs: warned of before an offer leaves, never refused. Pure."""

from collections.abc import Iterable, Mapping

from clients.models import Client
from clients.naming import first_named, named_in
from partners.models import Firm


def names_the_client(texts: Mapping[str, str], clients: Iterable[Client]) -> list[str]:
    """Write a sentence for each text, by what it is called (title, scope, a file's name), that names one of the clients."""
    known = list(dict.fromkeys(clients))
    return [
        f"The {what} names your client ({name}). They read it before the job is theirs."
        for what, text in texts.items()
        for client in known
        if (name := named_in(text, client))
    ]


def names_a_firm(texts: Mapping[str, str], firms: Iterable[Firm]) -> list[str]:
    """Write a sentence for each text that names one of the firms that were asked: nobody learns whom else we ask."""
    known = list(dict.fromkeys(firms))
    return [
        f"The {what} names {name}. Every firm that you asked reads it."
        for what, text in texts.items()
        for firm in known
        if (name := firm_in(text, firm))
    ]


def firm_in(text: str, firm: Firm) -> str:
    """Return the name or web domain of the firm that stands in a text, else an empty word."""
    return first_named(text, (firm.name, firm.legal_name), [firm.web_domain] if firm.web_domain else [])
