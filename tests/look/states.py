"""What the world of the guards lacks for a picture: pages that open only in one state, and people with a second step."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from billing.models import Invoice
from clients.actions import imports
from contracts.actions import agreements, coverage, signing
from contracts.actions.revisions import Terms
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement
from engagements.actions import offers
from engagements.models import WorkOrder
from engagements.values import Recipient
from partnernet.core import clock
from partners.actions import off_network
from partners.actions.off_network import Known
from partners.models import Member
from tests.factories import contracts as make_contracts
from tests.factories import partners as make
from tests.guards.doors.world import World

LEGACY = "Name,ZIP,Computers\nNassau Dental,11530,12\nBethpage Bikes,99999,\n"


def add(world: World) -> None:
    """Add the ids, and for every page that wants another state than the world's, who opens it and where."""
    prime = world.prime["owner"]
    _people(world)
    waiting = Agreement.objects.get(proposer=prime.firm, status="partially_signed")
    talked = _in_talks(world)
    signer = Member.objects.get(firm=waiting.other, role="owner")
    signing.consent(waiting, by=signer, version=CONSENT_VERSION)
    revised = Invoice.objects.get(prime=prime.firm, status="revise")
    world.ids |= {
        "revised": revised.pk,
        "biller": Member.objects.filter(firm=revised.sub_id, role="owner").earliest("pk"),
        "unsigned": waiting.pk,
        "signer": signer,
        "talked": talked.pk,
        "maria": prime,
        "older": _on_older_text(world).pk,
        "one_person": _with_one_person(world).pk,
        "phoned": _on_the_phone(world).pk,
        "read": _import(world),
    }
    theirs = {"pk": "unsigned", "as": "signer"}
    world.ids["states"] = {
        "agreement-sign": theirs,
        "agreement-decline": theirs,
        "agreement-ask-changes": theirs,
        "agreement-recall": {"pk": "unsigned"},
        "agreement-void": {"pk": "unsigned"},
        "agreement-revise": {"pk": "talked"},
        "agreement-move": {"pk": "older"},
        "agreement-findings": {"pk": "one_person"},
        "work-order-resume": {"pk": "held"},
        "work-order-record": {"pk": "phoned"},
        "invoice-revise": {"pk": "revised", "as": "biller"},
        "client-import-preview": {"pk": "read"},
        "firms-compare": {"query": f"?firm={world.ids['firm']}&firm={waiting.other_id}"},
    }


def _on_older_text(world: World) -> Agreement:
    other = make.people_of("Ronkonkoma Racks", "ronkonkoma.example")
    agreement = make_contracts.drafted(world.prime["owner"], other.owner.firm, now=clock.now())
    return make_contracts.on_older_text(agreement)


def _with_one_person(world: World) -> Agreement:
    """Something grave was found, which nobody has acknowledged."""
    other = make.people_of("Patchogue Pete", "patchogue.example")
    other.firm.entity_kind = other.firm.Kind.ONE_PERSON
    other.firm.state = "TX"
    other.firm.save(update_fields=["entity_kind", "state"])
    values = {"client_tail_months": 20}
    return make_contracts.drafted(world.prime["owner"], other.firm, now=clock.now(), values=values)


def _people(world: World) -> None:
    """Somebody with every second step, somebody without a firm, somebody who signs in by code alone."""
    careful = make.MemberFactory(firm=world.prime["owner"].firm, role="viewer")
    TOTP.activate(careful.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(careful.user)
    by_code = make.UserFactory(name="Cody Code")
    by_code.set_unusable_password()
    by_code.save()
    world.ids |= {
        "careful": careful,
        "newcomer": make.UserFactory(name="Nell New"),
        "by_code": by_code,
    }


def _in_talks(world: World) -> Agreement:
    """An agreement that both sides still change."""
    other = make.people_of("Bayville IT", "bayville.example")
    agreement = make_contracts.drafted(world.prime["owner"], other.owner.firm, now=clock.now())
    agreement = agreements.propose(agreement, by=world.prime["owner"])
    values = agreement.current_revision.values | {"client_tail_months": 6}
    change = Terms(values, comment="Twelve months is long for one visit.")
    return agreements.revise(agreement, change, by=other.owner, seen=agreement.content_sha256)


def _on_the_phone(world: World) -> WorkOrder:
    """Work offered to a colleague who never signed up: the answers are written down."""
    prime = world.prime["owner"]
    known = Known("Lou's IT", "Lou", "lou@lous.example", phone="+1 516 555 0142", postcode="11801")
    lous = off_network.add(known, by=prime)
    until = clock.now() + timedelta(days=30)
    coverage.override(lous, by=prime, reason="We know each other since 2001.", until=until)
    order = WorkOrder.objects.get(pk=world.ids["order"])
    offers.offer_work(order, [Recipient(lous.pk)], by=prime)
    return order


def _import(world: World) -> UUID:
    return imports.begin(by=world.prime["owner"], file_name="clients.csv", content=LEGACY.encode()).pk
