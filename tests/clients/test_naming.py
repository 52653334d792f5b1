"""Whether a text gives a client away."""

import pytest

from clients.models import Client
from clients.naming import named_in

CLIENT = Client(
    name="Garden City Dental, Inc.", aliases=["GCD", "O'Neill & Sons"], domains=["gardencitydental.com"]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Install the fix at Garden City Dental", "Garden City Dental, Inc."),
        ("GARDEN CITY  DENTAL inc: 18 computers", "Garden City Dental, Inc."),
        ("garden_city-dental.floorplan.pdf", "Garden City Dental, Inc."),
        ("Ask for gcd at the desk", "GCD"),
        ("oneill and sons, or ONEILL & SONS", "O'Neill & Sons"),
        ("mail helen@gardencitydental.com", "gardencitydental.com"),
        ("https://www.GardenCityDental.com/map", "gardencitydental.com"),
        ("Garden City: a dental practice", ""),
        ("GCDX-12", ""),
        ("notgardencitydental.com", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_word_by_word(text, found):
    assert named_in(text, CLIENT) == found


def test_a_client_named_by_a_legal_form_alone_is_still_a_name():
    assert named_in("For Company.", Client(name="Company")) == "Company"
    assert named_in("Hartford", Client(name="Ford")) == ""
