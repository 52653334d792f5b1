"""What would tell a firm the client before the work is theirs: warned of before an offer leaves, never refused. Pure."""

from collections.abc import Iterable, Mapping

from clients.models import Client
from clients.naming import named_in


def names_the_client(texts: Mapping[str, str], clients: Iterable[Client]) -> list[str]:
    """Write a sentence for each text, by what it is called (title, scope, a file's name), that names one of the clients."""
    known = list(dict.fromkeys(clients))
    return [
        f"The {what} names your client ({name}). They read it before the job is theirs."
        for what, text in texts.items()
        for client in known
        if (name := named_in(text, client))
    ]
