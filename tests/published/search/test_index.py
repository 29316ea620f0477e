"""What is found, and what comes first."""

import pytest

from roadmap.published.search.asked import read_asked
from roadmap.published.search.documents import Document, Found, plain
from roadmap.published.search.index import Index, is_alike, number_of


def found(question: str, *things: "tuple[str, str] | Document") -> list[str]:
    """The titles, the best first; one that is only like what is asked for has a question mark."""
    documents = [
        thing if isinstance(thing, Document) else Document(Found.ITEM, thing[0], (("", thing[1]),), f"VAT-{number}")
        for number, thing in enumerate(things, start=1)
    ]
    places = sorted(Index(documents).find(read_asked(question)))
    return [documents[number_of(place)].title + "?" * is_alike(place) for place in places]


PROFIT = ("Transition profit", "Spread over some years.")
NAMED = ("Averaging", "The field transitionProfit is new.")
LOSS = ("Losses", "A profit after the transition.")


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("profit transition", ["Transition profit", "Averaging", "Losses"]),
        ("TRANSITION", ["Transition profit", "Losses", "Averaging"]),
        ("transitionProfit", ["Transition profit", "Averaging"]),
        ("transitionprofit", ["Averaging"]),
        ('"transition profit"', ["Transition profit", "Averaging"]),
        ("“transition profit”", ["Transition profit", "Averaging"]),
        ('"profit transition"', []),
        ('"after the transition" profit', ["Losses"]),
        ("profits", ["Transition profit", "Averaging", "Losses"]),
        ("profitt", ["Transition profit?", "Averaging?", "Losses?"]),
        ("the", ["Averaging", "Losses"]),  # a small word, by itself
        ("what is the profit in years", ["Transition profit"]),  # small words are not asked for
        ("vat2", ["Averaging"]),
        ("VAT-2", ["Averaging"]),
        ("vat 2", ["Averaging"]),
        ("vat22", []),  # a reference is not forgiven a letter
        ("loss", ["Losses"]),
        ("los", []),  # nor is a short word
        ("profit elephant", []),
        ("!?", []),
    ],
)
def test_what_is_found(question, titles):
    assert sorted(found(question, PROFIT, NAMED, LOSS)) == sorted(titles)


def test_the_best_comes_first():
    things = [
        ("About amounts", "penaltx"),
        ("Penaltx", ""),
        ("About reasons", "Several penalties."),
        ("About interest", "One penalty."),
        ("Penalties for late payment", ""),
        ("The penalty in the new regime", ""),
        ("Penalty", ""),
    ]
    assert found("penalty", *things) == [
        *("Penalty", "The penalty in the new regime", "Penalties for late payment"),
        *("About interest", "About reasons", "Penaltx?", "About amounts?"),
    ]


def test_words_that_stand_together_come_before_those_that_stand_apart():
    assert found("late payment", ("A", "payment that is late"), ("B", "a late payment")) == ["B", "A"]


def test_what_was_withdrawn_comes_after_what_is_there():
    gone = Document(Found.ITEM, "Penalty", (), "VAT-9", is_withdrawn=True)
    assert found("penalty", gone, ("The penalty", "")) == ["The penalty", "Penalty"]


@pytest.mark.parametrize("typed", ["retreive", "retrive", "rretrieve", "retrieva", "etrieve"])
def test_a_letter_missing_too_many_wrong_or_moved_is_forgiven(typed):
    assert found(typed, ("Retrieve liabilities", ""), ("Other", "retrieved")) == ["Retrieve liabilities?", "Other?"]


def test_a_typo_is_forgiven_in_either_spelling_and_any_form():
    assert found("organizaton", ("A", "An organisation."), ("B", "The organisations.")) == ["A?", "B?"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Bold**, _slanted_ and `code_of_it`", "Bold, slanted and code_of_it"),
        ("# Heading\n\n- one\n- two\n1. three", "Heading one two three"),
        ('[the guide](https://example.org/x_y "T") ![a picture](p.png)', "the guide a picture"),
        ("See [this][1].\n\n[1]: https://example.org", "See this."),
        ("Name | For\n--- | ---\nA | B", "Name | For A | B"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b 1 | 2"),
        ("a <b>b</b> <!-- not --> 1 < 2 &amp; 3", "a b 1 < 2 & 3"),
        ("> quoted\n\n```\nx = 1\n```", "quoted x = 1"),
    ],
)
def test_markdown_as_words(markdown, text):
    assert plain(markdown) == text


HOSTILE = ["[", "<", "<a ", "*", "![", "|", "[a](", " |", "`", "\n- ", "<!-- ", "\n|-", "\n[a", "[a][", "_", "\\"]


def test_no_text_takes_long_to_read():
    """Where the time grew with the square of the length, this would take many minutes."""
    for part in HOSTILE:
        assert isinstance(plain(part * (200_000 // len(part))), str)
    assert plain(f"a{' ' * 200_000}b") == "a b"
    assert plain(f"[a](x{' ' * 100_000}b") == "[a](x b"
