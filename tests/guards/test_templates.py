"""The guard against undefined variables bites, and only where it should."""

from __future__ import annotations

import pytest
from django.template import engines
from django.template.loader import render_to_string

from tests.undefined import UndefinedVariable


def test_a_template_of_ours_names_nothing_that_it_was_not_given() -> None:
    with pytest.raises(UndefinedVariable, match=r"names prime, which nobody gave it"):
        render_to_string("emails/order_cancelled/body.txt", {})


@pytest.mark.parametrize("written", ["{{ gone }}", "{% if gone %}1{% endif %}", "{{ gone|default:'' }}"])
def test_templates_of_others_stay_as_they_are(written: str) -> None:
    assert engines["django"].from_string(written).render({}) == ""
