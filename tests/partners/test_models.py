"""What the database promises about firms."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from partners.models import Firm, Member, Partnership, ScoreEvent
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in dir(make)
        if n.endswith("Factory") and n not in ("DjangoModelFactory", "EmailAddressFactory")
    ],
)
def test_every_factory_makes_a_row_that_has_a_name(name: str) -> None:
    assert str(getattr(make, name)())


@pytest.mark.parametrize("made", [make.ScoreEventFactory, make.FirmEventFactory])
def test_history_refuses_change(made: type[make.ScoreEventFactory]) -> None:
    row = made()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(row).objects.update(id=row.id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.delete()


def test_one_card_per_web_domain() -> None:
    make.CardFactory(web_domain="bluemesa.example")
    make.CardFactory(web_domain="")
    make.CardFactory(web_domain="")

    with pytest.raises(IntegrityError, match="firm_one_card_per_web_domain"), transaction.atomic():
        make.CardFactory(web_domain="bluemesa.example")


def test_a_firm_lists_active_firms_and_its_own_cards(prime: People, sub: People, stranger: People) -> None:
    ours, theirs = make.CardFactory(), make.CardFactory()
    make.PartnershipFactory(owner=prime.firm, other=ours)
    make.PartnershipFactory(owner=stranger.firm, other=theirs)
    make.FirmFactory(status="suspended")

    listed = set(Firm.objects.listed_for(prime.firm.pk))

    assert listed == {sub.firm, stranger.firm, ours}


def test_distance_is_measured_like_on_paper(prime: People, sub: People) -> None:
    near = Firm.objects.within(10, latitude=40.7245, longitude=-73.6487)

    assert near.get(pk=sub.firm.pk).miles == pytest.approx(7.1, abs=0.1)
    assert not Firm.objects.within(7, latitude=40.7245, longitude=-73.6487).filter(pk=sub.firm.pk).exists()


def test_a_firm_without_a_place_is_no_number_of_miles_away(prime: People) -> None:
    nowhere = make.FirmFactory(latitude=None, longitude=None)

    assert Firm.objects.with_distance(40.7245, -73.6487).get(pk=nowhere.pk).miles is None


def test_notes_are_seen_by_their_firm_alone(prime: People, sub: People, stranger: People) -> None:
    make.PartnershipFactory(owner=prime.firm, other=sub.firm, bench=True, known_since=2001)
    make.PartnershipFactory(owner=sub.firm, other=prime.firm, blocked=True)

    seen = Firm.objects.with_partnership_of(prime.firm.pk).get(pk=sub.firm.pk)
    by_others = Firm.objects.with_partnership_of(stranger.firm.pk).get(pk=sub.firm.pk)

    assert (seen.on_bench, seen.is_blocked, seen.known_since, seen.not_taking_offers) == (
        True,
        False,
        2001,
        True,
    )
    assert (by_others.on_bench, by_others.known_since, by_others.not_taking_offers) == (False, None, False)
    assert list(Partnership.objects.visible_to(stranger.firm.pk)) == []


def test_skilled_in_means_all_of_them(sub: People) -> None:
    patching = make.ProfileSkillFactory(profile=sub.firm.profile)

    assert sub.firm in Firm.objects.skilled_in(patching.skill.slug)
    assert sub.firm not in Firm.objects.skilled_in(patching.skill.slug, "cabling")


def test_addressees_are_the_active_people_in_those_roles(prime: People) -> None:
    prime.dispatcher.is_active, prime.dispatcher.removed_at = False, make.LONG_AGO
    prime.dispatcher.removed_by = prime.owner.user
    prime.dispatcher.save()

    reached = Member.objects.active().addressees(prime.firm.pk, "owner", "dispatcher")

    assert [(a.email, a.name, a.firm_id) for a in reached] == [
        ("owner@halcyon.example", "Owner of Halcyon Managed", prime.firm.pk)
    ]


def test_evidence_is_kept_once_per_subject(sub: People) -> None:
    event = make.ScoreEventFactory(firm=sub.firm, subject_id=sub.firm.pk)

    with pytest.raises(IntegrityError, match="score_event_once_per_subject"), transaction.atomic():
        make.ScoreEventFactory(firm=sub.firm, subject_id=sub.firm.pk)
    make.ScoreEventFactory(firm=sub.firm, subject_id=sub.firm.pk, supersedes=event)
    assert ScoreEvent.objects.about(sub.firm.pk).count() == 2
