"""Which APIs may be one under two names."""

import pytest

from roadmap.models import Api
from roadmap.working_copies.same_apis import alike

SAME = (
    ("Business Details API", "Business Details (MTD) API"),
    ("VAT (MTD) API", "VAT API"),
    ("Self Assessment Accounts", "Self-assessment accounts"),
    ("Busines Details API", "Business Details API"),
)
OTHER = (
    ("Individual Losses API", "Individual Income API"),
    ("Returns 2 API", "Returns 3 API"),
    ("VAT API", "PAYE API"),
    ("API", "MTD"),
    ("!!!", "???"),
)


def pairs(*apis):
    return [(pair.first.name, pair.second.name, pair.reason) for pair in alike(apis)]


@pytest.mark.parametrize("names", SAME)
def test_names_that_may_be_one_are_proposed(names):
    ((*found, reason),) = pairs(*(Api(pk=number, name=name) for number, name in enumerate(names)))
    assert sorted(found) == sorted(names)
    assert reason


@pytest.mark.parametrize("names", OTHER)
def test_others_are_not(names):
    assert pairs(*(Api(pk=number, name=name) for number, name in enumerate(names))) == []


def test_so_are_two_with_one_documentation():
    one, other = (
        Api(pk=1, name="Losses", url="https://example.org/a/"),
        Api(pk=2, name="Gains", url="http://example.org/A"),
    )
    assert pairs(one, other) == [("Gains", "Losses", "They have the same documentation")]
    assert pairs(Api(pk=1, name="Losses"), Api(pk=2, name="Gains")) == []
