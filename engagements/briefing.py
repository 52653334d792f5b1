"""The four rules of conduct that a technician accepts before contacts and access open."""

import hashlib
from dataclasses import dataclass

from engagements.models.orders import ASKED_FOR_MORE, DO_NOT_SHARE, INTRODUCE, NOTIFY, WorkOrder


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the question it answers, and the answer."""

    question: str
    answer: str


def rules(order: WorkOrder) -> tuple[Rule, ...]:
    """Return the four rules of an order: its own words, else the standard ones."""
    firm = order.prime.name
    return (
        Rule("How do I introduce myself?", order.brief_introduce or INTRODUCE.format(firm=firm)),
        Rule("What do I keep to myself?", order.brief_do_not_share or DO_NOT_SHARE),
        Rule("When do I call, and whom?", order.brief_notify or NOTIFY.format(firm=firm)),
        Rule(
            "What if the client asks for more?",
            order.brief_asked_for_more or ASKED_FOR_MORE.format(firm=firm),
        ),
    )


def text_hash(order: WorkOrder) -> str:
    """Return the SHA-256 of the rules as read, so that a changed text is acknowledged anew."""
    text = "\n".join(f"{rule.question}\n{rule.answer}" for rule in rules(order))
    return hashlib.sha256(text.encode()).hexdigest()
