"""`make look` has a picture of every page of the table: each opens where it is to be taken, or is walked to."""

from __future__ import annotations

import pytest

from tests.guards.doors.world import World, browser
from tests.look import plan, states
from tests.look.between import WALKED
from tests.proven import prove

pytestmark = pytest.mark.django_db


def test_every_page_of_the_table_opens_for_its_picture(world: World) -> None:
    states.add(world)
    wrong = {}
    for shot in plan.shots(world):
        client = browser(shot.member)
        if shot.member is not None:
            prove(client, getattr(shot.member, "user", shot.member).pk)
        answer = client.get(shot.path)
        if answer.status_code != shot.status:
            wrong[shot.name] = (answer.status_code, answer.headers.get("Location"))

    assert wrong == {}
    assert {shot.name for shot in plan.shots(world)} | WALKED == plan.pages()
