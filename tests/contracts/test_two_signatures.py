"""In force takes two signatures of two people on one text, whoever writes: every way round it in plain SQL is refused.

The writer here may use every statement on every row; only triggers and constraints stand in the way.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from contracts.actions import agreements
from contracts.models import Agreement, Signature
from partnernet.core.ids import new_id
from tests.factories.contracts import SIGNED_AT, drafted, proposed, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
IN_FORCE = (
    "UPDATE contracts_agreement SET status = 'signed', effective_at = now(), ends_at = now() + interval '1 year', lapses_at = NULL,"
    " remind_at = NULL WHERE id = %(agreement)s"
)
TWO = "a signed agreement has two signatures of two people on its text"


def run(*statements: str, **values: object) -> None:
    """Write in one transaction, and let it come to its end."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def copied(**changed: object) -> tuple[str, dict[str, object]]:
    """The statement that copies the one signature there is, with some columns changed, and its values."""
    columns = [field.column for field in Signature._meta.concrete_fields]
    taken = {"id": new_id(), **changed}
    chosen = ", ".join(f"%({name})s" if name in taken else f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO contracts_signature ({names}) SELECT {chosen} FROM contracts_signature LIMIT 1",  # noqa: S608 - names of columns
        taken,
    )


def nothing_is_in_force() -> bool:
    return not Agreement.objects.filter(status="signed").exists()


def test_nobody_signed(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)

    with pytest.raises(IntegrityError, match=TWO):
        run(IN_FORCE, agreement=agreement.pk)

    assert nothing_is_in_force()


def test_one_signed(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(IntegrityError, match=TWO):
        run(IN_FORCE, agreement=agreement.pk)

    assert nothing_is_in_force()


def test_a_row_that_is_born_signed(prime: People, sub: People, stranger: People):
    """A copy of a signed agreement, under another key, brings no signatures with it."""
    signed(prime.owner, sub.owner)
    columns = [field.column for field in Agreement._meta.concrete_fields]
    chosen = ", ".join(
        {"id": "gen_random_uuid()", "verify_code": "'PN-FORGED'"}.get(name, f'"{name}"') for name in columns
    )
    names = ", ".join(f'"{name}"' for name in columns)

    with pytest.raises(IntegrityError, match=f"{TWO}|agreement_on_a_text_of_its_own"):
        run(f"INSERT INTO contracts_agreement ({names}) SELECT {chosen} FROM contracts_agreement")  # noqa: S608 - names of columns

    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("second", "promise"),
    [
        ("the same person for the other side", "signature_of_one_person_once"),
        ("the same side by another person", "signature_of_one_side_once"),
        ("the other side by somebody for a firm that is no party", TWO),
        ("the other side, on behalf of the first firm", TWO),
        ("the other side, on another hash", "signature_on_a_text_of_its_agreement"),
        ("a third side", "signature_side_known"),
        ("the other side, before it was read", "signature_after_reading_and_consent"),
        ("the other side, without a word of authority", "signature_says_who_and_by_what_right"),
    ],
)
def test_a_second_signature_that_is_none(
    prime: People, sub: People, stranger: People, second: str, promise: str
):
    agreement = proposed(prime.owner, sub.firm)
    honest = {"side": "other", "user_id": sub.owner.user_id, "firm_id": sub.firm.pk}
    lies: dict[str, dict[str, object]] = {
        "the same person for the other side": {"user_id": prime.owner.user_id},
        "the same side by another person": {"side": "proposer"},
        "the other side by somebody for a firm that is no party": {"firm_id": stranger.firm.pk},
        "the other side, on behalf of the first firm": {"firm_id": prime.firm.pk},
        "the other side, on another hash": {"content_sha256": "f" * 64},
        "a third side": {"side": "both"},
        "the other side, before it was read": {"first_viewed_at": "2099-01-01T00:00:00Z"},
        "the other side, without a word of authority": {"authority": ""},
    }
    statement, values = copied(**honest | lies[second])

    with pytest.raises(IntegrityError, match=promise):
        run(statement, IN_FORCE, agreement=agreement.pk, **values)

    assert nothing_is_in_force()
    assert Signature.objects.count() == 1


def test_two_signatures_on_two_texts(prime: People, sub: People):
    """One signed the first round, the other the second: each on a true text of this agreement, and never on the same one."""
    agreement = agreements.recall(proposed(prime.owner, sub.firm), by=prime.owner, now=SIGNED_AT)
    statement, values = copied(
        side="other",
        user_id=sub.owner.user_id,
        firm_id=sub.firm.pk,
        revision_id=agreement.current_revision_id,
    )

    with pytest.raises(IntegrityError, match=TWO):
        run(statement, IN_FORCE, agreement=agreement.pk, **values)

    assert nothing_is_in_force()


def test_signatures_that_are_moved_to_another_text(prime: People, sub: People):
    agreement = agreements.recall(proposed(prime.owner, sub.firm), by=prime.owner, now=SIGNED_AT)

    with pytest.raises(IntegrityError, match="never changed or deleted"):
        run(
            "UPDATE contracts_signature SET revision_id = %(revision)s",
            IN_FORCE,
            agreement=agreement.pk,
            revision=agreement.current_revision_id,
        )

    assert nothing_is_in_force()


def test_signatures_of_another_agreement(prime: People, sub: People, stranger: People):
    full, bare = signed(prime.owner, sub.owner), drafted(prime.owner, stranger.firm)

    with pytest.raises(IntegrityError, match="agreement_on_a_text_of_its_own"):
        run(
            "UPDATE contracts_agreement SET current_revision_id = %(revision)s, content_sha256 = %(hash)s WHERE id = %(agreement)s",
            IN_FORCE,
            agreement=bare.pk,
            revision=full.current_revision_id,
            hash=full.content_sha256,
        )

    assert Agreement.objects.get(status="signed") == full


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM contracts_signature WHERE side = 'other'",
        "UPDATE contracts_signature SET side = 'proposer'",
        "UPDATE contracts_signature SET user_id = (SELECT user_id FROM contracts_signature WHERE side = 'proposer')",
        "UPDATE contracts_agreement SET content_sha256 = repeat('0', 64)",
        "UPDATE contracts_agreement SET current_revision_id = gen_random_uuid()",
        "UPDATE contracts_agreement SET other_id = proposer_id",
        "UPDATE contracts_agreementrevision SET content_sha256 = repeat('0', 64)",
        "INSERT INTO contracts_signature SELECT * FROM contracts_signature ON CONFLICT (id) DO UPDATE SET name = 'Nobody'",
        "MERGE INTO contracts_signature s USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM contracts_signature RETURNING id) SELECT count(*) FROM gone",
    ],
)
def test_what_is_in_force_keeps_both_signatures(prime: People, sub: People, statement: str):
    agreement = signed(prime.owner, sub.owner)

    with pytest.raises(IntegrityError):
        run(statement)

    assert Agreement.objects.get().in_force(SIGNED_AT)
    rows = agreement.signatures.filter(revision=agreement.current_revision_id)
    assert set(rows.values_list("side", "content_sha256")) == {
        ("proposer", agreement.content_sha256),
        ("other", agreement.content_sha256),
    }


def test_it_can_be_signed_honestly_by_hand_too(prime: People, sub: People):
    """The database asks for two signatures, not for our program."""
    agreement = proposed(prime.owner, sub.firm)
    statement, values = copied(side="other", user_id=sub.owner.user_id, firm_id=sub.firm.pk)

    run(statement, IN_FORCE, agreement=agreement.pk, **values)

    assert Agreement.objects.get().status == "signed"
