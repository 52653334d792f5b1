"""Firms in pairs: verified, with an owner and a dispatcher each, and an agreement in force within every pair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clients.models import Client, Site
from contracts.actions import agreements, signing, templates
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement, TemplateVersion
from partnernet.core.models import Delivery, User
from partners.models import Firm, Member, Profile, ProfileSkill, Skill

ZONE = "America/New_York"
CLIENTS = 10
BATCH = 1000
TOWNS = (
    ("Hicksville", "11801", 40.76, -73.52),
    ("Garden City", "11530", 40.72, -73.65),
    ("Huntington", "11743", 40.87, -73.43),
)


def make_firms(count: int, *, operator: User, now: datetime) -> list[Member]:
    """Store firms, profiles and people; return the owners, firm by firm."""
    joined = now - timedelta(days=4 * 365)
    first = Firm.objects.filter(name__startswith="Scale ").count()
    firms = Firm.objects.bulk_create(
        [_firm(first + n, operator, joined) for n in range(count)], batch_size=BATCH
    )
    profiles = [Profile(firm=firm, hourly_rate=90) for firm in firms]
    Profile.objects.bulk_create(profiles, batch_size=BATCH)
    _make_skills(profiles)
    owners = _members(firms, "owner", joined)
    _members(firms, "dispatcher", joined)
    return owners


def _firm(number: int, operator: User, joined: datetime) -> Firm:
    town, postcode, latitude, longitude = TOWNS[number % len(TOWNS)]
    return Firm(
        name=f"Scale {number:06d} IT", legal_name=f"Scale {number:06d} IT LLC", status=Firm.Status.ACTIVE, state="NY",
        town=town, postcode=postcode, latitude=latitude + (number % 97) / 500, longitude=longitude - (number % 89) / 500,
        timezone=ZONE, web_domain=f"scale{number:06d}.example", created_at=joined, joined_at=joined, verified_at=joined,
        verified_by=operator,
    )  # fmt: skip


def _make_skills(profiles: Sequence[Profile]) -> None:
    """Give each firm three skills of those that are shipped, one after another."""
    skills = list(Skill.objects.order_by("slug"))
    ProfileSkill.objects.bulk_create(
        [
            ProfileSkill(profile=profile, skill=skills[(number + step) % len(skills)])
            for number, profile in enumerate(profiles)
            for step in range(min(3, len(skills)))
        ],
        batch_size=BATCH,
    )


def _members(firms: Sequence[Firm], role: str, joined: datetime) -> list[Member]:
    nobody_signs_in = make_password(None)
    users = User.objects.bulk_create(
        [
            User(
                email=f"{role}@{firm.web_domain}",
                name=f"{role.title()} of {firm.name}",
                password=nobody_signs_in,
            )
            for firm in firms
        ],
        batch_size=BATCH,
    )
    members = [
        Member(user=user, firm=firm, role=role, joined_at=joined)
        for user, firm in zip(users, firms, strict=True)
    ]
    return Member.objects.bulk_create(members, batch_size=BATCH)


def make_clients(firms: Sequence[Firm]) -> None:
    """Store ten clients with one site each, firm by firm."""
    clients = Client.objects.bulk_create(
        [Client(firm=firm, name=f"Client {n}", industry="Dentist") for firm in firms for n in range(CLIENTS)],
        batch_size=BATCH,
    )
    sites = [
        Site(client=client, name="Office", street="1 Broadway", town="Hicksville", state="NY", postcode="11801",
             timezone=ZONE, latitude=40.7623, longitude=-73.5231)
        for client in clients
    ]  # fmt: skip
    Site.objects.bulk_create(sites, batch_size=BATCH)


def make_agreements(owners: Sequence[Member], *, now: datetime) -> int:
    """Let the owners of each pair sign the published agreement, by the actions; nobody is mailed about it."""
    if not TemplateVersion.objects.published().exists():
        templates.publish(now=now - timedelta(days=60))
    pairs = list(zip(owners[::2], owners[1::2], strict=True))
    for one, two in pairs:
        with transaction.atomic():
            _sign(one, two, now=now - timedelta(days=30))
    Delivery.objects.filter(notification__user__in=[owner.user_id for owner in owners], sent_at=None).update(
        sent_at=now
    )
    return len(pairs)


def _sign(one: Member, two: Member, *, now: datetime) -> None:
    agreement = agreements.draft(two.firm, by=one, values={"governing_law": "US-NY"}, now=now)
    agreement = agreements.propose(agreement, by=one, signing=_read(agreement, one, now), now=now)
    agreements.sign(agreement, by=two, signing=_read(agreement, two, now), now=now)


def _read(agreement: Agreement, by: Member, now: datetime) -> signing.Signing:
    signing.consent(agreement, by=by, version=CONSENT_VERSION, now=now)
    return signing.Signing(agreement.content_sha256, by.user.called, "Owner", authorised=True, agreed=True)
