"""Who plays: a Long Island prime, five firms near by, and the network's operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from allauth.account.models import EmailAddress

from partnernet.core.models import User
from partnernet.story.stage import Stage
from partners.actions import firms, joining, members, profiles
from partners.actions.firms import Particulars
from partners.actions.members import Colleague
from partners.actions.profiles import RateCard
from partners.models import Firm, Invitation, Member, Profile

SKILLS = ("desktop-support", "patching", "windows-server", "networking", "microsoft-365", "firewalls")


@dataclass(slots=True)
class Troupe:
    """One firm with its people, by role; a firm of one has its owner in every role."""

    firm: Firm
    people: dict[str, Member] = field(default_factory=dict)

    def member(self, role: str) -> Member:
        return self.people.get(role) or self.people["owner"]

    @property
    def owner(self) -> Member:
        return self.people["owner"]

    @property
    def dispatcher(self) -> Member:
        return self.member("dispatcher")

    @property
    def finance(self) -> Member:
        return self.member("finance")

    @property
    def technician(self) -> Member:
        return self.member("technician")


@dataclass(frozen=True, slots=True)
class Part:
    """What a firm brings: its particulars, its people (role, name), and its profile."""

    key: str
    domain: str
    particulars: Particulars
    people: tuple[tuple[str, str], ...]
    rate: Decimal
    miles: int = 30
    hours: int = 20
    skills: tuple[str, ...] = SKILLS[:3]


PRIME = Part(
    "halcyon", "halcyon.example",
    Particulars(legal_name="Halcyon Managed Services, Inc.", name="Halcyon Managed", street="212 Old Country Road",
                postcode="11501", phone="+1 516 555 0142", founded=1998, head_count=14),
    (("owner", "Maria Conti"), ("dispatcher", "Ben Okafor"), ("finance", "Ruth Adler"), ("technician", "Ana Ruiz"),
     ("viewer", "Howard Blum")),
    Decimal(110), skills=SKILLS,
)  # fmt: skip
SUBS = (
    Part("bluemesa", "bluemesa.example",
         Particulars(legal_name="Blue Mesa IT, LLC", name="Blue Mesa IT", street="15 Broadway", postcode="11801",
                     phone="+1 516 555 0117", founded=2003, head_count=5),
         (("owner", "Lou Marino"), ("dispatcher", "Dana Cole"), ("technician", "Joe Petrov")), Decimal(85), hours=60),
    Part("soundshore", "soundshore.example",
         Particulars(legal_name="Sound Shore Systems, Inc.", name="Sound Shore Systems", street="40 Main Street",
                     postcode="11743", phone="+1 631 555 0160", founded=2001, head_count=7),
         (("owner", "Grace Liu"), ("technician", "Omar Haddad")), Decimal(90), hours=40),
    Part("gardenstate", "gardenstate.example",
         Particulars(legal_name="Garden State Networks, LLC", name="Garden State Networks", street="9 Midland Avenue",
                     postcode="07652", phone="+1 201 555 0133", founded=1999, head_count=9),
         (("owner", "Sam Patel"), ("technician", "Nick Russo")), Decimal(95), miles=50, hours=30),
    Part("fairfield", "fairfieldtech.example",
         Particulars(legal_name="Fairfield Tech Partners, LLC", name="Fairfield Tech", street="88 Summer Street",
                     postcode="06901", phone="+1 203 555 0188", founded=2004, head_count=4),
         (("owner", "Ellen Brandt"), ("technician", "Chris Wynn")), Decimal(95), miles=45),
    Part("southfork", "southfork.example",
         Particulars(legal_name="South Fork Computing", name="South Fork Computing", entity_kind=Firm.Kind.ONE_PERSON,
                     street="3 Peconic Avenue", postcode="11901", phone="+1 631 555 0171", founded=2006, head_count=1),
         (("owner", "Pete Novak"),), Decimal(75), miles=60),
)  # fmt: skip


def person(name: str, domain: str, *, password: str) -> User:
    """Make an account with a confirmed address. `password` is a hash, made once for everybody."""
    email = f"{name.split(maxsplit=1)[0].lower()}@{domain}"
    user = User.objects.create(email=email, name=name, password=password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def enter(part: Part, stage: Stage, *, day: int, password: str) -> Troupe:
    """Let a firm join on a day, with its people and what it offers."""
    (_, founder), *others = part.people
    joined = stage.at(day, 10)
    owner = joining.found(person(founder, part.domain, password=password), part.particulars, now=joined)
    troupe = Troupe(Firm.objects.get(pk=owner.firm_id), {"owner": owner})
    for role, name in others:
        user = person(name, part.domain, password=password)
        members.invite(Colleague(email=user.email, name=name, role=role), by=owner, now=joined)
        invitation = Invitation.objects.get(firm=troupe.firm, email=user.email)
        troupe.people[role] = members.accept(invitation, user=user, now=stage.at(day, 11))
    profile = Profile.objects.get(firm=troupe.firm)
    profiles.describe(
        profile,
        by=owner,
        changes={
            "about": f"{part.particulars.name} has worked around {troupe.firm.town} since {part.particulars.founded}."
        },
        rates=RateCard(hourly_rate=part.rate, minimum_hours=Decimal(2), trip_charge=Decimal(35)),
        areas=[(part.particulars.postcode, part.miles)],
    )
    profiles.set_skills(profile, by=owner, skills=dict.fromkeys(part.skills, 2))
    profiles.state_capacity(troupe.firm, by=owner, hours={"": part.hours}, now=stage.at(-2, 16))
    return troupe


def operator(password: str) -> User:
    """Make the network's operator, who verifies firms."""
    user = person("Nora Field", "partnernet.example", password=password)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    return user


def vouch(troupe: Troupe, *, by: User, stage: Stage, day: int) -> None:
    firms.verify(troupe.firm, by=by, now=stage.at(day, 15))
