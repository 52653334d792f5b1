"""Where the firms belong: one community that the operator confirms, one that a member looks after."""

from __future__ import annotations

from partnernet.core.models import User
from partnernet.story.cast import Troupe
from partnernet.story.stage import Stage
from partners.actions import communities
from partners.actions.communities import Known


def join(prime: Troupe, subs: dict[str, Troupe], operator: User, *, stage: Stage) -> None:
    """Halcyon and Blue Mesa are confirmed by both, Sound Shore by its own round table; Garden State waits for an answer."""
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    partners = communities.add(
        Known("IAMCP Long Island", "iamcp.example"), by=operator, now=stage.at(-300, 9)
    )
    table = communities.add(
        Known("Long Island MSP Round Table", "limsp.example", shore.owner.user.email),
        by=operator,
        now=stage.at(-300, 10),
    )
    for community, keeper, members in (
        (partners, operator, (prime, mesa)),
        (table, shore.owner.user, (prime, mesa, shore)),
    ):
        for troupe in members:
            asked = communities.ask(
                community, by=troupe.owner, proof=f"Member since {troupe.firm.founded}", now=stage.at(-120, 9)
            )
            communities.confirm(asked, by=keeper, now=stage.at(-118, 14))
    communities.ask(table, by=state.owner, proof="At the table since November", now=stage.at(-2, 17))
