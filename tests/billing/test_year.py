"""From which sum of a year a 1099-NEC may be due."""

from decimal import Decimal

import pytest

from billing import year


@pytest.mark.parametrize(("of", "sum_"), [(2007, 600), (2025, 600), (2026, 2000), (2027, 2000)])
def test_the_sum_of_a_year(of, sum_):
    assert year.threshold(of) == Decimal(sum_)
