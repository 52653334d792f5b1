from dataclasses import replace
from hashlib import sha256

import pytest

from contracts.chain import GENESIS, Ring, canonical, faults, link


def chain(*texts: str) -> list[Ring]:
    rings: list[Ring] = []
    for sequence, text in enumerate(texts, start=1):
        previous = rings[-1].hash if rings else GENESIS
        rings.append(Ring(sequence, previous, text, link(previous, text)))
    return rings


THREE = chain('{"step":"propose"}', '{"step":"sign"}', '{"step":"countersign"}')


def test_the_hash_is_sha256_of_the_previous_hash_and_the_text():
    assert link(GENESIS, "é") == sha256(b"0" * 64 + "é".encode()).hexdigest()


def test_canonical_json_has_one_spelling():
    assert canonical({"b": "Cafe\u0301", "a": [1, None]}) == '{"a":[1,null],"b":"Café"}'


def test_an_untouched_chain_holds():
    assert faults(THREE) == []
    assert faults([]) == []


@pytest.mark.parametrize(
    ("rings", "places"),
    [
        ([THREE[0], replace(THREE[1], text='{"step":"decline"}'), THREE[2]], [2]),
        ([THREE[0], THREE[2]], [3, 3]),
        ([THREE[1], THREE[2]], [2, 2]),
        ([THREE[1], THREE[0], THREE[2]], [2, 2, 1, 1, 3, 3]),
        ([THREE[0], replace(THREE[1], hash="f" * 64), THREE[2]], [2, 3]),
        ([*THREE, replace(THREE[2], sequence=4)], [4]),
    ],
)
def test_every_tampering_is_found_at_its_place(rings: list[Ring], places: list[int]):
    assert [fault.sequence for fault in faults(rings)] == places


def test_a_rewritten_row_with_its_own_hash_made_right_breaks_the_next_one():
    forged = replace(THREE[1], text="{}", hash=link(THREE[1].previous, "{}"))

    assert [fault.sentence for fault in faults([THREE[0], forged, THREE[2]])] == [
        "Event 3 does not continue the one before it."
    ]
