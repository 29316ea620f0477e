"""Approximate dates: what an editor may type, what it means, and what a reader then sees."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from roadmap.dates import EXAMPLES, UnclearDate, When, meant, parse, parse_first_grammar
from tests.cases import each_case
from tests.dates.notation import in_notation, understood

# No deadline: how long a test takes on a busy machine says nothing about the code.
unhurried = settings(deadline=None)

DATES = [
    # text, first day, last day, what a reader sees
    ("Oct 2018", "2018-10-01", "2018-10-31", "October 2018"),
    ("October 2018", "2018-10-01", "2018-10-31", "October 2018"),
    ("OCTOBER 2018", "2018-10-01", "2018-10-31", "October 2018"),
    ("Dec '22", "2022-12-01", "2022-12-31", "December 2022"),
    ("Sept. 2026", "2026-09-01", "2026-09-30", "September 2026"),
    ("Oct\N{NO-BREAK SPACE} 2018", "2018-10-01", "2018-10-31", "October 2018"),
    ("February 2028", "2028-02-01", "2028-02-29", "February 2028"),
    ("2026-04", "2026-04-01", "2026-04-30", "April 2026"),
    ("2018", "2018-01-01", "2018-12-31", "2018"),
    ("14 April 2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("14th April 2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("1st of April, 2026", "2026-04-01", "2026-04-01", "1 April 2026"),
    ("Tuesday 14 April 2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("Tues, 14 Apr 26", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("April 14, 2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("14-Apr-2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("2026-04-14", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("14/04/2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("14 April 2026.", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("3/4/26", "2026-04-03", "2026-04-03", "3 April 2026"),
    ("14.04.2026", "2026-04-14", "2026-04-14", "14 April 2026"),
    ("Q3 2026", "2026-07-01", "2026-09-30", "July to September 2026"),
    ("q 1 2026", "2026-01-01", "2026-03-31", "January to March 2026"),
    ("second quarter of 2026", "2026-04-01", "2026-06-30", "April to June 2026"),
    ("Q3/Q4 2026", "2026-07-01", "2026-12-31", "July to December 2026"),
    ("Q3 to Q4 2026", "2026-07-01", "2026-12-31", "July to December 2026"),
    ("Q4 2026 to Q1 2027", "2026-10-01", "2027-03-31", "October 2026 to March 2027"),
    ("H1 2026", "2026-01-01", "2026-06-30", "January to June 2026"),
    ("first half of 2026", "2026-01-01", "2026-06-30", "January to June 2026"),
    ("the second half of 2026", "2026-07-01", "2026-12-31", "July to December 2026"),
    ("Spring 2026", "2026-03-01", "2026-05-31", "Spring 2026"),
    ("summer 2026", "2026-06-01", "2026-08-31", "Summer 2026"),
    ("Autumn 2026", "2026-09-01", "2026-11-30", "Autumn 2026"),
    ("Winter 2026", "2026-12-01", "2027-02-28", "Winter 2026 to 2027"),
    ("Winter 2026 to 2027", "2026-12-01", "2027-02-28", "Winter 2026 to 2027"),
    ("winter 2027/28", "2027-12-01", "2028-02-29", "Winter 2027 to 2028"),
    ("Spring/Summer 2026", "2026-03-01", "2026-08-31", "Spring to summer 2026"),
    ("Winter 2026 to Spring 2027", "2026-12-01", "2027-05-31", "Winter 2026 to spring 2027"),
    ("early 2027", "2027-01-01", "2027-04-30", "Early 2027"),
    ("mid 2027", "2027-05-01", "2027-08-31", "Mid 2027"),
    ("mid-2027", "2027-05-01", "2027-08-31", "Mid 2027"),
    ("late 2027", "2027-09-01", "2027-12-31", "Late 2027"),
    ("start of 2027", "2027-01-01", "2027-03-31", "Start of 2027"),
    ("beginning of 2027", "2027-01-01", "2027-03-31", "Start of 2027"),
    ("the end of 2027", "2027-10-01", "2027-12-31", "End of 2027"),
    ("early April 2026", "2026-04-01", "2026-04-10", "Early April 2026"),
    ("mid-April 2026", "2026-04-11", "2026-04-20", "Mid April 2026"),
    ("late February 2028", "2028-02-21", "2028-02-29", "Late February 2028"),
    ("start of March 2026", "2026-03-01", "2026-03-07", "Start of March 2026"),
    ("end of March 2026", "2026-03-25", "2026-03-31", "End of March 2026"),
    ("late summer 2026", "2026-08-01", "2026-08-31", "Late summer 2026"),
    ("mid Q3 2026", "2026-08-01", "2026-08-31", "August 2026"),
    ("mid to late 2027", "2027-05-01", "2027-12-31", "Mid to late 2027"),
    ("early/mid April 2026", "2026-04-01", "2026-04-20", "Early to mid April 2026"),
    ("early 2026 to mid May 2026", "2026-01-01", "2026-05-20", "Early 2026 to mid May 2026"),
    ("early to mid summer 2026", "2026-06-01", "2026-07-31", "Early to mid summer 2026"),
    ("early–mid 2027", "2027-01-01", "2027-08-31", "Early to mid 2027"),
    ("mid–2027", "2027-05-01", "2027-08-31", "Mid 2027"),
    ("early April 2026 to 14 April 2026", "2026-04-01", "2026-04-14", "Early April to 14 April 2026"),
    ("start of 2026 to mid 2026", "2026-01-01", "2026-08-31", "Start of 2026 to mid 2026"),
    ("tax year 2026 to 2027", "2026-04-06", "2027-04-05", "Tax year 2026 to 2027"),
    ("tax year 2026-27", "2026-04-06", "2027-04-05", "Tax year 2026 to 2027"),
    ("2026/27 tax year", "2026-04-06", "2027-04-05", "Tax year 2026 to 2027"),
    ("2009-10 tax year", "2009-04-06", "2010-04-05", "Tax year 2009 to 2010"),
    ("end of the 2025-26 tax year", "2026-01-06", "2026-04-05", "End of tax year 2025 to 2026"),
    ("tax year 2026-27 to tax year 2027-28", "2026-04-06", "2028-04-05", "6 April 2026 to 5 April 2028"),
    ("March to April 2019", "2019-03-01", "2019-04-30", "March to April 2019"),
    ("Mar–Apr 2019", "2019-03-01", "2019-04-30", "March to April 2019"),
    ("from March to April 2019", "2019-03-01", "2019-04-30", "March to April 2019"),
    ("March and April 2019", "2019-03-01", "2019-04-30", "March to April 2019"),
    ("April 2019 to April 2019", "2019-04-01", "2019-04-30", "April 2019"),
    ("October 2018 to December", "2018-10-01", "2018-12-31", "October to December 2018"),
    ("Nov 2022/Jan 2023", "2022-11-01", "2023-01-31", "November 2022 to January 2023"),
    ("18 October 2018 to February 2019", "2018-10-18", "2019-02-28", "18 October 2018 to February 2019"),
    ("1 to 14 April 2026", "2026-04-01", "2026-04-14", "1 to 14 April 2026"),
    ("1-14 April 26", "2026-04-01", "2026-04-14", "1 to 14 April 2026"),
    ("14 April to 3 May 2026", "2026-04-14", "2026-05-03", "14 April to 3 May 2026"),
    ("14 April to May 2026", "2026-04-14", "2026-05-31", "14 April to May 2026"),
    ("Tue 14 to Fri 17 April 2026", "2026-04-14", "2026-04-17", "14 to 17 April 2026"),
    ("5 April 2026 - 4 June 2026", "2026-04-05", "2026-06-04", "5 April to 4 June 2026"),
    ("01/04/2026-30/06/2026", "2026-04-01", "2026-06-30", "1 April to 30 June 2026"),
    ("2026-04-14/2026-05-01", "2026-04-14", "2026-05-01", "14 April to 1 May 2026"),
    ("2026 — 2028", "2026-01-01", "2028-12-31", "2026 to 2028"),
    ("2026 and 2027", "2026-01-01", "2027-12-31", "January 2026 to December 2027"),
    ("October 2026 to 2027", "2026-10-01", "2027-12-31", "October 2026 to 2027"),
    # Beside a day, two digits are a day where they can be.
    ("August 21 to 3 September 2021", "2021-08-21", "2021-09-03", "21 August to 3 September 2021"),
    ("14 April 2026 to May 27", "2026-04-14", "2026-05-27", "14 April to 27 May 2026"),
]


@each_case(("text", "start", "end", "display"), DATES, ids=[row[0] for row in DATES])
def test_a_date_as_typed_means_its_range_and_is_shown_in_words(text, start, end, display):
    when = parse(text)

    assert (when.start, when.end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert when.display == str(when) == display
    assert when.text == text
    assert flags(when) == set()


FLAGGED = [
    # text, first day, last day, what a reader sees, what is true of it
    ("by April 2027", "2027-04-01", "2027-04-30", "By April 2027", {"is_deadline"}),
    ("by the end of March 2027", "2027-03-25", "2027-03-31", "By end of March 2027", {"is_deadline"}),
    ("by Q3 2026", "2026-07-01", "2026-09-30", "By July to September 2026", {"is_deadline"}),
    ("April 2027 (TBC)", "2027-04-01", "2027-04-30", "April 2027 (to be confirmed)", {"is_provisional"}),
    ("April 2027 TBC", "2027-04-01", "2027-04-30", "April 2027 (to be confirmed)", {"is_provisional"}),
    (
        "December 2023 (to be confirmed)",
        "2023-12-01",
        "2023-12-31",
        "December 2023 (to be confirmed)",
        {"is_provisional"},
    ),
    (
        "by April 2027 (TBC)",
        "2027-04-01",
        "2027-04-30",
        "By April 2027 (to be confirmed)",
        {"is_deadline", "is_provisional"},
    ),
    ("June 2020 to TBC", "2020-06-01", None, "June 2020, end to be confirmed", {"is_provisional"}),
    ("from June 2020 to TBC", "2020-06-01", None, "June 2020, end to be confirmed", {"is_provisional"}),
    ("from April 2027", "2027-04-01", None, "From April 2027", set()),
    ("April 2027 onwards", "2027-04-01", None, "From April 2027", set()),
    ("from Q3 2026", "2026-07-01", None, "From July 2026", set()),
    ("March 2026 (deployed)", "2026-03-01", "2026-03-31", "March 2026", {"says_deployed"}),
    ("March 2026 - deployed", "2026-03-01", "2026-03-31", "March 2026", {"says_deployed"}),
    ("deployed April 2023", "2023-04-01", "2023-04-30", "April 2023", {"says_deployed"}),
    ("Deployed on 14 April 2026", "2026-04-14", "2026-04-14", "14 April 2026", {"says_deployed"}),
    ("TBC", None, None, "To be confirmed", {"is_to_be_confirmed"}),
    ("t.b.c.", None, None, "To be confirmed", {"is_to_be_confirmed"}),
    ("tba", None, None, "To be confirmed", {"is_to_be_confirmed"}),
    ("TBD", None, None, "To be confirmed", {"is_to_be_confirmed"}),
    ("To be confirmed", None, None, "To be confirmed", {"is_to_be_confirmed"}),
    ("N/A", None, None, "Not applicable", {"is_not_applicable"}),
    ("n / a", None, None, "Not applicable", {"is_not_applicable"}),
    ("NA", None, None, "Not applicable", {"is_not_applicable"}),
    ("not applicable", None, None, "Not applicable", {"is_not_applicable"}),
]


@each_case(("text", "start", "end", "display", "true"), FLAGGED, ids=[row[0] for row in FLAGGED])
def test_what_is_said_about_a_date_is_kept_beside_it(text, start, end, display, true):
    when = parse(text)

    assert (when.start, when.end) == (start and date.fromisoformat(start), end and date.fromisoformat(end))
    assert when.display == display
    assert flags(when) == true


@each_case(
    ("text", "in_sentence"),
    [
        ("By April 2027", "by April 2027"),
        ("TBC", "to be confirmed"),
        ("N/A", "not applicable"),
        ("Autumn 2026", "autumn 2026"),
        ("EARLY 2027", "early 2027"),
        ("Tax year 2026 to 2027", "tax year 2026 to 2027"),
        ("From Spring 2026", "from spring 2026"),
        ("october 2018", "October 2018"),
    ],
)
def test_within_a_sentence_only_names_keep_their_capital(text, in_sentence):
    assert parse(text).in_sentence == in_sentence


REFUSED = [
    # text, what the message says
    ("", "Enter a date"),
    (" \N{NO-BREAK SPACE}\n", "Enter a date"),
    ("soon", "“soon” is not a date"),
    ("next year", "“next” is not a date by itself"),
    ("Febuary 2026", "if it means “February”"),
    ("Q5 2026", "because of “Q5”"),
    ("April 2026 (not deployed)", "because of “not”"),
    ("2026-04-14T09:30", "because of “T”"),
    ("31 April 2026", "There is no 31 April 2026: the month has 30 days"),
    ("29 February 2026", "There is no 29 February 2026"),
    ("0 April 2026", "There is no 0 April 2026"),
    ("30 to 31 April 2026", "There is no 31 April 2026"),
    ("04/14/2026", "Put the day first"),
    ("Monday 14 April 2026", "14 April 2026 is a Tuesday, not a Monday"),
    ("Monday April 2026", "is not a date"),
    ("1999", "The year 1999 is not between 2000 and 2099"),
    ("April 2100", "The year 2100 is not between 2000 and 2099"),
    ("winter 2099", "The year 2100 is not between 2000 and 2099"),
    ("tax year 2099 to 2100", "The year 2100 is not between 2000 and 2099"),
    ("April 5", "Add the year"),
    ("August 21", "21 August of some year, or August 2021"),
    ("Oct-18", "18 October of some year, or October 2018"),
    ("August 20 to September 21", "20 August of some year"),
    ("14 April to May 27", "27 May of some year"),
    ("14 April", "Add the year"),
    ("14 April to 3 May", "Add the year"),
    ("April", "Add the year"),
    ("autumn", "Add the year"),
    ("March 2026 to April 2025", "ends before it starts: from March 2026 to April 2025"),
    ("20 to 14 April 2026", "ends before it starts"),
    ("April and June 2026", "April 2026 and June 2026 do not follow one another"),
    ("2026-27", "“tax year 2026 to 2027”, “financial year 2026 to 2027” or “January 2026 to December 2027”"),
    ("2026/27", "“financial year 2026 to 2027”"),
    ("2009-10", "“tax year 2009 to 2010”"),
    ("2026-01-01 - 2026", "lie within each other"),
    ("June 2027 to early 2027", "ends before it starts"),
    ("June 2027 to 2027", "within each other"),
    ("October 18 to 14 February 2019", "ends before it starts"),
    ("2026-13", "more than one way"),
    ("2026–28", "more than one way"),
    ("tax year 2026", "A tax year runs from one year into the next"),
    ("tax year 2026 to 2028", "A tax year runs from one year into the next"),
    ("TBC (deployed)", "two things that cannot both be so"),
    ("April 2027 (TBC) (deployed)", "two things that cannot both be so"),
    ("N/A, April 2027", "two things that cannot both be so"),
    ("deployed", "has no date in it"),
    ("by", "has no date in it"),
    ("April 2027 by", "is not a date"),
    ("by April 2027 to TBC", "is not a date"),
    ("from March to April 2019 onwards", "is not a date"),
    ("TBC to April 2027", "is not a date"),
    ("early early 2027", "is not a date"),
    ("early 14 April 2026", "One day has no start or end"),
    ("third half of 2026", "is not a date"),
    ("14 to April 2026", "is not a date"),
    ("1 2 3 4 2026", "is not a date"),
    ("٢٠٢٦", "is not a date"),
    ("April ٢٠٢٦", "is not clear because of"),
    ("April\x002026", "is not clear because of"),
    ("April \ud800 2026", "is not clear because of"),
    ("46174", "“46174” may be 1 June 2026, as a spreadsheet counts days. Write the date in words"),
    (" 46174.5 ", "may be 1 June 2026"),
    ("99999", "not a date"),
    ("a" * 101, "longer than 100 characters"),
]


@each_case(("text", "fragment"), REFUSED, ids=[ascii(row[0]) for row in REFUSED])
def test_a_text_that_is_unclear_is_refused_with_what_is_wrong_and_what_to_write(text, fragment):
    with pytest.raises(UnclearDate) as caught:
        parse(text)

    message = str(caught.value)
    assert fragment in message
    # Something in quotation marks in the message is understood, so there is always a way on.
    assert any(understood(quoted) for quoted in re.findall("“([^”]*)”", message))
    assert message.endswith(".")
    message.encode()


def test_every_example_that_a_form_shows_is_understood():
    assert all(understood(example) for example in EXAMPLES)


def test_a_text_of_one_hundred_characters_is_read_and_white_space_around_it_does_not_count():
    text = "October" + " " * 89 + "2018"

    assert parse(f"\N{ZERO WIDTH SPACE}  {text}{' ' * 1000}").text == text
    assert len(text) == 100


@each_case("text", ["(" * 1_000_000, " " * 1_000_000 + "x", "1-" * 50, "to " * 33, "n/" * 50, "early-" * 16])
def test_hostile_texts_are_refused(text):
    with pytest.raises(UnclearDate):
        parse(text)


def test_dates_sort_by_start_then_end_with_to_be_confirmed_last():
    in_order = [
        "14 April 2026",
        "April 2027",
        "Q2 2027",
        "from April 2027",
        "May 2027 (TBC)",
        "N/A",
        "TBC",
    ]

    assert [when.text for when in sorted(map(parse, reversed(in_order)), key=lambda when: when.sort_key)] == in_order


def test_dates_typed_differently_are_not_equal_but_are_shown_alike():
    assert parse("Oct 2018") != parse("October 2018")
    assert parse("Oct 2018") == parse("Oct 2018")
    assert parse("Oct 2018").display == parse("October 2018").display


WRONG_MEANINGS = [
    "",
    "2026-04-01/2026-04-30 | April 2026",
    "May 2026 = 2026-05-01/2026-05-31 | May 2026",
    "April 2026 = 2026-04-01/2026-04-31 | April 2026",
    "April 2026 = 2026-04-01 | April 2026",
    "April 2026 = soon | soon",
    "April 2026 = tbc",
]


@each_case("meaning", WRONG_MEANINGS)
def test_what_is_no_meaning_of_a_text_is_refused(meaning):
    with pytest.raises(ValueError, match=r"meaning|isoformat|day"):
        meant("April 2026", meaning)


OF_THE_FIRST_GRAMMAR = [
    # text, as it was published, as it is read now
    ("2026 to 2027", "2026 to 2027", None),
    ("early 2026 to 2027", "Early 2026 to 2027", None),
    ("Q4 2026 to 2027", "October 2026 to 2027", "January to March 2027"),
    ("second half of 2026 to 2027", "July 2026 to 2027", "October 2026 to March 2027"),
    ("June–2027", "June 2027 to 2027", "June 2027"),
    ("Q3/2026", "July 2026 to 2026", "July to September 2026"),
    ("14 April-2027", "14 April 2027 to 2027", "14 April 2027"),
    ("August 21", "August 2021", None),
    ("Oct-18", "October 2018", None),
    ("Mar–Apr 19", "March to April 2019", None),
    ("April 2027 - TBC", "April 2027, end to be confirmed", None),
    ("2026-01-01 - 2026", "1 January 2026 to 2026", None),
    ("beginning in April 2027", "Start of April 2027", "From April 2027"),
    ("Start date: April 2027", "Start of April 2027", None),
    ("April 2027 on", "April 2027", "From April 2027"),
    ("TBC by April 2027", "By April 2027 (to be confirmed)", None),
    ("Jan 27 to Mar 2027", "January to March 2027", None),
]


@each_case(("text", "published", "read"), OF_THE_FIRST_GRAMMAR, ids=[row[0] for row in OF_THE_FIRST_GRAMMAR])
def test_what_was_published_before_dates_kept_their_meaning_still_means_the_same(text, published, read):
    assert parse_first_grammar(text).display == published
    assert (parse(text).display if understood(text) else None) == read


BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
CASES = Path(os.environ.get("ROADMAP_REAL_DATA", BESIDE)).parent / "cases"


def shared_cases() -> list[list[str]]:
    file = CASES / "dates.tsv"
    if not file.exists():
        pytest.skip(f"the agreed cases are not at {CASES}: set ROADMAP_REAL_DATA to the folder beside them")
    lines = [line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return [[*line.split("\t"), ""][:3] for line in lines]


def test_every_agreed_case_means_what_was_agreed():
    found = [(typed, in_notation(typed)) for typed, _, _ in shared_cases()]

    assert found == [(typed, meaning) for typed, meaning, _ in shared_cases()]


def flags(when: When) -> set[str]:
    names = ["is_to_be_confirmed", "is_provisional", "is_not_applicable", "says_deployed", "is_deadline"]
    return {name for name in names if getattr(when, name)}
