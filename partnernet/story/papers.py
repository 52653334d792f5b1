"""The papers the firms have shown: insured for long, insured until soon, and one that is being checked."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

from PIL import Image, ImageDraw

from partnernet.core import uploads
from partnernet.core.models import User
from partnernet.story.cast import Troupe
from partnernet.story.stage import Stage
from partners.actions import documents
from partners.actions.documents import PaperFacts
from partners.models import Document
from partners.papers import Slot

MILLION = Decimal(1_000_000)


def show(prime: Troupe, subs: dict[str, Troupe], operator: User, *, stage: Stage) -> None:
    """Blue Mesa is insured through the job, Sound Shore until its eighth day; Garden State's paper is being checked."""
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    for troupe, begun, days in ((mesa, -100, 365), (shore, -357, 365), (prime, -200, 365)):
        paper = _policy(troupe, "general_liability", begun=begun, days=days, stage=stage)
        documents.accept(paper, by=operator, now=stage.at(-90, 15))
    for troupe in (mesa, shore):
        form = documents.hand_in(
            PaperFacts("w9"),
            _scan(f"W-9 of {troupe.firm.legal_name}"),
            by=troupe.owner,
            now=stage.at(-95, 10),
        )
        documents.accept(form, by=operator, now=stage.at(-90, 15))
    _policy(mesa, "cyber_liability", begun=-100, days=365, stage=stage)
    documents.ask(
        state.firm,
        Slot("insurance", "general_liability"),
        by=prime.dispatcher,
        limit=MILLION,
        now=stage.at(-2, 11),
    )


def _policy(troupe: Troupe, policy: str, *, begun: int, days: int, stage: Stage) -> Document:
    first = stage.first_day + timedelta(days=begun)
    facts = PaperFacts(
        kind="insurance", policy=policy, carrier="Nassau Mutual", number=f"{policy[:2].upper()}-{first:%y%m}-4471",
        limit_each=MILLION, limit_total=2 * MILLION, effective_on=first, expires_on=first + timedelta(days=days),
    )  # fmt: skip
    scan = _scan(f"Certificate of {policy.replace('_', ' ')} insurance, {troupe.firm.legal_name}")
    return documents.hand_in(facts, scan, by=troupe.owner, now=stage.at(max(begun, -96), 10))


def _scan(words: str) -> uploads.Upload:
    """Draw a sheet with one line on it."""
    sheet = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(sheet).text((20, 20), words, fill=0)
    drawn = io.BytesIO()
    sheet.save(drawn, "PNG")
    return uploads.paper(drawn.getvalue(), "paper.png")
