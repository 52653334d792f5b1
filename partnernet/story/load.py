"""Loads the whole story into an empty database, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from contracts.actions import agreements, checks, sealing, signing, templates
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement
from partnernet.core import clock
from partnernet.core.models import Delivery, Notification
from partnernet.story import cast, clients, communities, february, papers, past, standby, talk
from partnernet.story.cast import Troupe
from partnernet.story.stage import Stage
from partners.actions import partnerships
from partners.actions.reckoning import rescore

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Story:
    """What was loaded: the firms, and the one password of all its people."""

    password: str
    prime: Troupe
    subs: dict[str, Troupe]


@transaction.atomic
def load(*, stage: Stage | None = None, say: Say = lambda _: None) -> Story:
    """Play the story up to the moment it stands at."""
    stage = stage or Stage.today(clock.now())
    password = secrets.token_urlsafe(9)
    hashed = make_password(password)
    operator = cast.operator(hashed)
    templates.publish_shipped(now=stage.at(-400))
    say("The firms join")
    prime = cast.enter(cast.PRIME, stage, day=-380, password=hashed)
    subs = {
        part.key: cast.enter(part, stage, day=-360 + 20 * n, password=hashed)
        for n, part in enumerate(cast.SUBS)
    }
    for troupe in (prime, *list(subs.values())[:4]):
        cast.vouch(troupe, by=operator, stage=stage, day=-200)
    sites = clients.enter(prime.dispatcher, now=stage.at(-150))
    _bench(prime, subs, stage=stage)
    papers.show(prime, subs, operator, stage=stage)
    communities.join(prime, subs, operator, stage=stage)
    say("They sign agreements")
    _agreements(prime, subs, stage=stage)
    say("They work together")
    past.play(prime, subs, sites, stage=stage)
    made = february.open_job(prime, sites, stage=stage)
    february.place_work(prime, subs, made, stage=stage)
    talk.play(prime, subs, made, stage=stage)
    talk.argue(prime, subs, sites, stage=stage)
    standby.play(prime, subs, sites, stage=stage)
    _let_the_past_be_past(stage.now)
    rescore(now=stage.now)
    return Story(password, prime, subs)


def _bench(prime: Troupe, subs: dict[str, Troupe], *, stage: Stage) -> None:
    for key, since in (
        ("bluemesa", stage.first_day.year - 4),
        ("soundshore", stage.first_day.year - 3),
        ("gardenstate", stage.first_day.year - 2),
    ):
        changes = {"bench": True, "known_since": since}
        partnerships.note(subs[key].firm, by=prime.owner, changes=changes, now=stage.at(-140))


def _agreements(prime: Troupe, subs: dict[str, Troupe], *, stage: Stage) -> None:
    """In force with three; one waits for the other side, one was declined; two subs have one with each other."""
    mesa, shore, state = subs["bluemesa"], subs["soundshore"], subs["gardenstate"]
    for one, two in (
        (prime, mesa),
        (prime, shore),
        (prime, state),
        (shore, mesa),
        (state, mesa),
        (state, shore),
    ):
        sign_both(one, two, at=stage.at(-130, 10))
    sealing.seal_due(now=stage.at(-130, 16))
    propose(prime, subs["fairfield"], at=stage.at(-3, 10))
    declined = propose(prime, subs["southfork"], at=stage.at(-20, 10))
    agreements.decline(
        declined, by=subs["southfork"].owner, reason="I want to talk first. Call me.", now=stage.at(-18, 9)
    )


def propose(one: Troupe, two: Troupe, *, at: datetime) -> Agreement:
    """Propose the standard text, signed in the same act."""
    drafted = agreements.draft(two.firm, by=one.owner, values={"governing_law": "US-NY"}, now=at)
    return agreements.propose(drafted, by=one.owner, signing=_hand(drafted, one, at), now=at)


def sign_both(one: Troupe, two: Troupe, *, at: datetime) -> Agreement:
    proposed = propose(one, two, at=at)
    later = at + timedelta(hours=5)
    return signing.sign(proposed, by=two.owner, signing=_hand(proposed, two, later), now=later)


def _hand(agreement: Agreement, troupe: Troupe, at: datetime) -> signing.Signing:
    """Read, say that one knows what the check found, consent, and write one's name."""
    waiting = checks.unacknowledged(agreement, agreement.side_of(troupe.firm.pk))
    if waiting:
        why = "He works for several firms, on hours and with tools of his own."
        checks.acknowledge(agreement, {str(one.pk): why for one in waiting}, by=troupe.owner, now=at)
    signing.consent(agreement, by=troupe.owner, version=CONSENT_VERSION, now=at)
    return signing.Signing(
        content_sha256=agreement.content_sha256,
        name=troupe.owner.user.name,
        title="Owner",
        authorised=True,
        agreed=True,
    )


def _let_the_past_be_past(now: datetime) -> None:
    """What was owed before today has been sent and read; only the last day's news is fresh."""
    Delivery.objects.filter(sent_at=None).update(sent_at=F("next_attempt_at"))
    Notification.objects.filter(created_at__lt=now - timedelta(days=1)).update(read_at=F("created_at"))
