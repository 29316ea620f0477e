"""The many ways in which a British editor writes a date, and what each one means; and those that say too little."""

import re
from pathlib import Path

import pytest

from roadmap.dates import AmbiguousDate, UnclearDate, parse
from tests.cases import each_case
from tests.dates.notation import in_notation, understood

FORMS = Path(__file__).with_name("forms.tsv")


def test_each_way_to_write_a_date_means_what_a_british_reader_would_say_and_so_does_what_is_shown():
    rows = [line.split("\t") for line in FORMS.read_text().splitlines() if not line.startswith("#")]

    assert len(rows) > 400
    for text, meaning, display in rows:
        assert (text, in_notation(text)) == (text, meaning)
        assert (text, parse(text).display, in_notation(display)) == (text, display, meaning.removesuffix(" deployed"))


# What its refusal names, that a reader would understand; then the texts.
REFUSED = {
    "“27 April 2028” or “April 2027”": ["Apr/27", "End Apr 27", "by Apr 27", "April 27 (TBC)"],
    "“27 January 2028” or “January 2027”": ["Jan 27 to Mar 2027", "Jan 27 - Mar 27", "January 27 to March 2027"],
    "“26 April 2028” or “April 2026”": ["April 26 to June 2026", "Apr 26 - June 2027"],
    "“29 February 2028” or “February 2029”": ["Feb 29", "29 Feb to Feb 29"],
    "write “February 2030”; if a day, for example “29 February 2028”": ["Feb 30", "by February 30"],
    "write “June 2031”; if a day, for example “30 June 2028”": ["Jun 31"],
    "write “September 2031”": ["Sept 31"],
    "“tax year 2026 to 2027”, “financial year 2026 to 2027” or": ["26/27", "26-27", "from 26/27", "26 to 27 (TBC)"],
    "Write “05/04/2027 (TBC)” or “05/04/2027 to TBC”": ["TBC - 05/04/2027", "05/04/2027 / TBC"],
    "Write “2027-04-05 (TBC)” or “2027-04-05 to TBC”": ["2027-04-05 - TBC", "to be confirmed – 2027-04-05"],
    "Write “w/c 5 April 2027 (TBC)” or “w/c 5 April 2027 to TBC”": ["w/c 5 April 2027 - TBC"],
    "Write “Q1/Q2 2027 (TBC)”.": ["Q1/Q2 2027 - TBC"],
    "Write “by April 2027 (TBC)”.": ["TBC – by April 2027", "by April 2027 - T.B.C."],
    "Write “tax year 2026-27 (TBC)”": ["tbc - tax year 2026-27"],
    "Write “TBC” or “in April 2027 (TBC)”": ["to be confirmed in April 2027", "Date to be announced in April 2027"],
    "Write “TBC” or “by April 2027 (TBC)”": ["TBC by April 2027", "To be agreed by April 2027"],
    "Write “TBC” or “after April 2027 (TBC)”": ["to be confirmed after April 2027"],
    "Write “by April 2027” or “by April 2027 (deployed)”": ["Deployed by April 2027"],
    "Write the date alone": ["Start: April 2027", "Start date: April 2027", "End date April 2027", "end: 2027"],
    "Write “6 April 2027”, “from 6 April 2027” or “by 6 April 2027”": ["beginning 6 April 2027", "end of 6 April 2027"],
    "A financial year runs from one year into the next": ["FY26/28", "FY 2026 to 2028"],
    "“Delayed” is no date. Write only the date": ["Delayed until April 2027", "Delayed"],
    "“postponed” is no date. Write only the date": ["postponed to 2027"],
    "“March 2026 (deployed)”. Where it is not": [
        "Live April 2026",
        "released on 6 April 2026",
        "Go-live April 2027",
        "Done",
    ],
    "“TBC” where there is none yet, or “N/A”": ["None", "no date", "nil", "never", "ASAP", "next spring", "unknown"],
    "“from April 2027”, “October 2018”": ["from TBC after", "onwards", "not available from April 2027"],
    "“w/c 8 June 2026”": ["week 23 2027", "week of April 2027", "fifth week of April 2027"],
    "“tax year 2026 to 2027”": ["Q2 of tax year 2026-27", "tax year starting 6 April 2027"],
    "“March 2026 (deployed)”": ["Deployed", "to be deployed April 2027", "partially deployed April 2026"],
    "“April 2027 (TBC)”": ["April 2027?", "TBC*", "maybe April 2027", "April 2027*"],
    "“14 April 2026”": ["1-2/2027", "3-4/27", "2027-04/06", "10/11-2027", "30/06", "6th April", "20207"],
    "do not follow one another": ["April or June 2027", "spring or autumn 2027", "Q1 or Q3 2027", "1 & 15 June 2027"],
    "if it means “February”": ["Feburary 2027", "Febuary"],
    "if it means “June”": ["Juen 2027", "Jnue 2027"],
    "if it means “July”": ["Jluy 2027"],
    "if it means “early”": ["ealry 2027"],
    "if it means “beginning”": ["begining of April 2027"],
    "if it means “quarter”": ["quater 1 2027"],
    "if it means “financial”": ["finacial year 2026/27"],
    "if it means “until”": ["untill April 2027"],
    "if it means “Tuesday”": ["Teusday 6 April 2027"],
    "if it means “spring”": ["Srping 2027"],
}


@each_case(("named", "texts"), REFUSED.items())
def test_what_says_too_little_is_refused_with_the_form_that_is_meant(named, texts):
    for text in texts:
        assert named in refusal(text), text
        assert any(understood(quoted) for quoted in re.findall("“([^”]*)”", refusal(text))), text


WORDS_OF_THEIR_OWN = [
    *("Sprint 3 2027", "Summary 2027", "Marches 2027", "Mondays", "quarterly", "springs 2027", "Delayed", "or later"),
    *("decommissioned", "afternoon", "Octopus 2027", "started", "mandatory", "latest", "beforehand"),
]


@each_case("text", WORDS_OF_THEIR_OWN)
def test_a_word_of_its_own_is_never_taken_for_a_misspelling(text):
    assert "if it means" not in refusal(text)


@each_case(
    ("text", "settled"),
    [
        ("August 21", "August 2021"),
        ("Oct-18", "October 2018"),
        ("by Oct. 27", "by October 2027"),
        ("Oct 26 to Feb 2027", "October 2026 to Feb 2027"),
        ("end of Aug 21 (TBC)", "end of August 2021 (TBC)"),
    ],
)
def test_who_knows_the_dates_around_it_settles_a_year_and_keeps_all_else_that_is_said(text, settled):
    with pytest.raises(AmbiguousDate) as ambiguous:
        parse(text)

    assert ambiguous.value.settled(text) == settled
    assert understood(settled)


def refusal(text: str) -> str:
    try:
        return f"read as {parse(text).display}"
    except UnclearDate as error:
        return str(error)
