"""What stands beside the subcontract agreement: confidentiality alone, amendments, and agreements on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from contracts import models, standard
from contracts.actions import agreements, amending, checks, papers, templates
from contracts.models import Agreement
from contracts.values import Value
from partnernet.core.localtime import day_in
from partnernet.core.uploads import Upload
from partners.models import Firm, Member
from tests.factories.contracts import SIGNED_AT, _Acted, known_of, read_by


def nda(by: Member, other: Member, *, now: datetime = SIGNED_AT, until: str = "signed") -> Agreement:
    """A confidentiality agreement, as far as it is wanted: drafted, proposed or signed."""
    templates.publish(standard.MUTUAL_NDA, now=SIGNED_AT - timedelta(days=30))
    law: dict[str, Value] = {"governing_law": "US-NY"}
    made = agreements.draft(other.firm, by=by, values=law, key=standard.MUTUAL_NDA, now=now)
    if until != "drafted":
        made = agreements.propose(made, by=by, signing=read_by(made, by, now=now), now=now)
    if until == "signed":
        made = agreements.sign(made, by=other, signing=read_by(made, other, now=now), now=now)
    return Agreement.objects.with_parties().get(pk=made.pk)


def on_paper(
    by: Member, other: Firm, *, now: datetime = SIGNED_AT, tail_months: int = 12, body: bytes = b""
) -> Agreement:
    """An agreement on paper, as the firm of `by` states it."""
    templates.publish(standard.PAPER, now=SIGNED_AT - timedelta(days=30))
    scan = Upload("signed.pdf", "application/pdf", body or b"%PDF-1.4\n%%EOF")
    today = day_in(now, by.firm.timezone)
    ends_on = today.replace(year=today.year + 3, day=1)
    stated = papers.Stated(
        "Subcontract agreement", today.replace(year=today.year - 2, day=1), ends_on, tail_months, True, scan
    )
    return papers.state(other, stated, by=by, now=now)


def amendment_drafted(
    parent: Agreement,
    by: Member,
    changed: Mapping[str, Value],
    *,
    now: datetime,
    words: str = "",
    own: Mapping[str, Value] | None = None,
) -> Agreement:
    """The draft of an amendment to a signed agreement."""
    templates.publish(standard.AMENDMENT, now=SIGNED_AT - timedelta(days=30))
    wish = amending.Wish(changed, words, {"topic": "other days", **(own or {})})
    return amending.draft(parent, wish, by=by, now=now)


def amended(
    parent: Agreement,
    by: Member,
    other: Member,
    changed: Mapping[str, Value],
    *,
    now: datetime,
    own: Mapping[str, Value] | None = None,
) -> Agreement:
    """An amendment that both have signed, knowing what the check found."""
    draft = amendment_drafted(parent, by, changed, now=now, own=own)
    for who in (by, other):
        if checks.unacknowledged(draft, draft.side_of(who.firm_id)):
            known_of(draft, who, now=now)
        act = agreements.propose if who == by else agreements.sign
        act(draft, by=who, signing=read_by(draft, who, now=now), now=now)
    return Agreement.objects.with_parties().get(pk=draft.pk)


class PaperOriginalFactory(_Acted):
    class Meta:
        model = models.PaperOriginal

    @classmethod
    def _create(cls, model_class: object, by: Member, other: Member, **more: object) -> models.PaperOriginal:
        return on_paper(by, other.firm).paper
