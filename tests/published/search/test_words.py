"""What counts as the same word."""

import pytest

from roadmap.published.search.words import fold, stem, words_in

SAME = [
    # British and American
    *("organisation organization", "organise organize", "organising organizing", "authorised authorized"),
    *("colour color", "behaviour behavior", "favourite favorite", "licence license", "defence defense"),
    *("centre center", "catalogue catalog", "analyse analyze", "cancelled canceled", "labelled labeled"),
    *("travelling traveling", "enrolment enrollment", "instalment installment", "fulfil fulfill", "enrol enroll"),
    *("judgement judgment", "programme program", "practise practice", "cheque check", "grey gray", "ageing aging"),
    # stems
    *("return returns", "retrieve retrieved", "retrieve retrieving", "penalty penalties", "submission submissions"),
    "organisations organization",
]
OTHERS = [
    *("hour hor", "four for", "your yor", "filed filled", "filing filling", "size sie", "source sorce"),
    *("billing biling", "vat12 vat13", "rates dates", "penalty penal"),
]


@pytest.mark.parametrize("pair", SAME)
def test_two_forms_or_spellings_of_a_word_have_one_stem(pair):
    one, other = pair.split()
    assert stem(one) == stem(other)


@pytest.mark.parametrize("pair", OTHERS)
def test_other_words_have_another(pair):
    one, other = pair.split()
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("transitionProfit", [("transitionprofit", "transition profit")]),
        ("TransitionProfit", [("transitionprofit", "transition profit")]),
        ("transition_profit", [("transitionprofit", "transition profit")]),
        ("self-employment", [("selfemployment", "self employment")]),
        ("VAT-12", [("vat12", "vat 12")]),
        ("vat12", [("vat12", "vat 12")]),
        ("VATReturn", [("vatreturn", "vat return")]),
        ("APIs", [("apis", "apis")]),
        ("the customer's", [("the", "the"), ("customer", "customer")]),
        ("customers’ don't", [("customers", "customers"), ("dont", "don t")]),
        ("1.0 and 10", [("1.0", "1 0"), ("and", "and"), ("10", "10")]),
        ("Café, ŵyn", [("cafe", "cafe"), ("wyn", "wyn")]),
        ("/vat/{vrn}", [("vat", "vat"), ("vrn", "vrn")]),
        ("!!! — …", []),
        ("_", []),
        ("", []),
    ],
)
def test_a_word_is_had_whole_and_by_its_parts(text, words):
    assert [(word.whole, word.sequence) for word in words_in(text) if word.whole] == words


def test_capitals_and_accents_do_not_matter():
    assert fold("ÉCLAIR") == fold("éclair") == "eclair"
    assert fold("Straße") == "strasse"
