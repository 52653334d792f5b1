"""Does a text give a client away? Read before work is offered: who does it learns the client's name only when it is theirs. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from clients.models import Client, ClientSuccession

WORDS = re.compile(r"[^\W_]+")
LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "llc", "llp", "lp", "pllc", "pc", "corp", "corporation", "co", "company", "ltd", "limited", "plc", "gmbh", "ag", "pty"}
)  # fmt: skip


def named_in(text: str, client: Client) -> str:
    """Return the name, alias or web domain of the client that stands in a text or file name, else an empty word.

    Names are compared word by word without regard to case, punctuation or a legal form at their end: "Garden City Dental, Inc."
    is found in garden_city_dental.pdf, and "Ford" not in Hartford. A domain is found in an address or a mail address.
    """
    return first_named(text, (client.name, *client.aliases), client.domains)


def first_named(text: str, names: Iterable[str], domains: Iterable[str]) -> str:
    """Return the first of these names or web domains that stands in a text, else an empty word."""
    words = tuple(_words(text))
    for name in names:
        sought = _without_legal_form(tuple(_words(name)))
        if sought and _holds(words, sought):
            return name
    for domain in domains:
        whole = re.escape(domain.casefold().removeprefix("www."))
        if whole and re.search(rf"(?<![\w-]){whole}(?![\w-])", text.casefold()):
            return domain
    return ""


def other_name(client: Client, known: Iterable[ClientSuccession], *, at: datetime) -> str:
    """Say what a client was called at a moment in the past, or as which it goes on, in words to stand behind its name.

    `known` is what stands of its successions, the newest first.
    """
    rows = list(known)
    for row in rows:
        if row.before_id == client.pk and row.kind in ClientSuccession.ENDING:
            return f"now {row.name_after}"
    then = [row for row in rows if row.kind == ClientSuccession.Kind.RENAMED and row.recorded_at > at]
    return f"then {then[-1].name_before}" if then else ""


def _words(text: str) -> Iterator[str]:
    return (found.group() for found in WORDS.finditer(text.casefold().replace("'", "").replace("’", "")))


def _without_legal_form(words: tuple[str, ...]) -> tuple[str, ...]:
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words = words[:-1]
    return words


def _holds(words: tuple[str, ...], sought: tuple[str, ...]) -> bool:
    length = len(sought)
    return any(words[at : at + length] == sought for at in range(len(words) - length + 1))
