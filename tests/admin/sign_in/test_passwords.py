"""Which passwords may be chosen: none that is short, common, or made of what is known of its owner and the site."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.cases import each_case

KIM = User(username="kim.lee@example.gov.uk", email="kim.lee@example.gov.uk", first_name="Kim", last_name="Leeson")

REFUSED = [
    # Short
    *("Summer2026", "x9Kq2mVb8Lp", "12345"),
    # A word and a year
    *(
        "Summer2026!!",
        "Autumn2026!!",
        "September2026",
        "January2026!",
        "London2026!!!",
        "Welcome2026!!",
        "Liverpool2026",
    ),
    # Common, or along the keyboard
    *("password1234", "P@ssw0rd2026!", "iloveyou2026!", "letmein123456", "qwertyuiop12", "1q2w3e4r5t6y"),
    *("abcdefghijkl", "111111111111", "hunter2hunter2", "ThisIsMyPassword1", "Winter-Winter1"),
    # The site's and their own
    *("Roadmap2026!!", "HMRCdevelopers1", "MakingTaxDigital1", "vat-roadmap-2026", "developerhub2026"),
    *("kim.lee2026!!", "KimLeeson2026!", "leesonleeson1", "kim.lee@example.gov.uk", "Kim-Kim-Kim-1!"),
]
TAKEN = [
    *("correct horse battery", "tidal-copper-lantern", "x9Kq2mVb8LpT", "rabbit teapot Friday", "ølfabrik træsko måne"),
    *("a" * 40 + "tidal copper lantern", "Kim likes purple walruses"),
]


def faults(password):
    try:
        validate_password(password, KIM)
    except ValidationError as error:
        return error.messages
    return []


@each_case("password", REFUSED)
def test_what_somebody_else_would_try_is_refused_in_words(password):
    assert faults(password)


@each_case("password", TAKEN)
def test_three_words_are_taken(password):
    assert faults(password) == []


def test_it_is_said_what_to_do_instead():
    assert any("Three words that have nothing to do with each other" in fault for fault in faults("Summer2026!!"))


@pytest.mark.parametrize("password", ["x" * 4000, "\x00" * 20, "é" * 4000])
def test_a_password_of_any_length_is_answered(password):
    assert faults(password)
