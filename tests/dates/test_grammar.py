"""Dates of every form that the grammar has, and of none: what is made of them holds for all."""

import datetime
import re
from datetime import date

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from roadmap.dates import UnclearDate, meant, parse
from tests.dates.notation import understood
from tests.dates.test_dates import flags, unhurried

MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]

years = st.integers(2000, 2098)
days = st.dates(date(2000, 1, 7), date(2098, 12, 31))  # a week that ends on it is of those years too
months = st.sampled_from(MONTHS + [name[:3] for name in MONTHS] + ["Sept", "Sept.", "AUG", "march"])
spaces = st.sampled_from([" ", "  ", "\N{NO-BREAK SPACE}", "\t", "\N{NARROW NO-BREAK SPACE}"])


def written_day(day: date, form: int) -> str:
    name, suffix = MONTHS[day.month - 1], {1: "st", 2: "nd", 3: "rd"}.get(day.day, "th")
    return [
        f"{day.day} {name} {day.year}",
        f"{day.day}{suffix} {name[:3]} {day.year}",
        f"{name} {day.day}, {day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
        f"{day.day}-{name[:3]}-{day.year}",
        f"{day:%A} {day.day} {name} {day.year}",
        day.isoformat(),
    ][form]


whole_months = st.builds("{} {}".format, months, years)
seasons = st.builds("{} {}".format, st.sampled_from(["Spring", "summer", "AUTUMN", "winter"]), years)
quarters = st.builds("{} {}".format, st.sampled_from(["Q1", "q2", "Q 3", "Q4", "H1", "second half of"]), years)
tax_years = st.one_of(
    st.builds(lambda year: f"tax year {year} to {year + 1}", years),
    st.builds(lambda year: f"{year}/{(year + 1) % 100:02} tax year", years),
)
portions = st.builds(
    "{} {}".format,
    st.sampled_from(["early", "mid", "late", "start of", "beginning of the", "end of"]),
    st.one_of(whole_months, seasons, quarters, tax_years, years.map(str)),
)
periods = st.one_of(
    years.map(str),
    whole_months,
    seasons,
    quarters,
    tax_years,
    portions,
    st.builds(written_day, days, st.integers(0, 6)),
)
separators = st.sampled_from([" to ", " - ", "–", " — ", "/", " / ", " until "])
labels = st.builds(
    lambda year, separator: f"{year}{separator}",
    years,
    st.sampled_from([" to {}", "-{}", "/{}", "–{}"]),
).map(lambda text: text.format((int(text[:4]) + 1) if " to " in text else f"{(int(text[:4]) + 1) % 100:02}"))
financial = st.builds(
    "{} {}".format, st.sampled_from(["Q1", "Q 4", "second quarter of", "H1", "second half of"]), labels
)
financial_years = st.builds("{} {}".format, st.sampled_from(["FY", "financial year", "fiscal year"]), labels)
weeks = st.builds(
    "{} {}".format,
    st.sampled_from(["w/c", "week commencing", "week ending", "W/E"]),
    st.builds(written_day, days, st.just(0)),
)
joined = st.builds(
    "{}{}{}".format,
    st.one_of(months, st.sampled_from(["Q1", "q4", "H2", "summer", "Winter", "14 April", "3 Sept"])),
    st.sampled_from(["-", "–", "/", " - ", " / ", " — "]),
    years,
)


@st.composite
def ranges(draw) -> str:
    first, last = sorted([draw(periods), draw(periods)], key=lambda text: parse(text).sort_key)
    # A range has no end inside another.
    assume(parse(first).start < parse(last).start and parse(first).end < parse(last).end)
    # That one is a two-year label, or a part of a financial year, or a winter.
    assume(not (last.isdigit() and int(last) == parse(first).start.year + 1))
    # And these are one date with a dash in it.
    assume(not first.isdigit())
    return f"{first}{draw(separators)}{last}"


DEADLINES = ["by", "no later than", "on or before", "until", "up to"]
OPENINGS = ["from", "no earlier than", "not before", "on or after", "effective from", "since", "as of", "starting from"]


@st.composite
def grammar_texts(draw) -> str:
    said = st.one_of(
        periods,
        ranges(),
        financial,
        financial_years,
        weeks,
        joined,
        st.builds("{} {}".format, st.sampled_from(DEADLINES), st.one_of(periods, ranges())),
        st.builds("{} {}".format, st.sampled_from(OPENINGS), st.one_of(periods, financial)),
        st.builds(
            "{}{}".format, periods, st.sampled_from(["+", " onwards", " or later", " and beyond", " at the earliest"])
        ),
        st.builds("{} {}".format, st.sampled_from(["expected", "planned for", "due in", "during", "around"]), periods),
    )
    ending = st.sampled_from(["", " (TBC)", " tbc", " (deployed)", ", to be confirmed", " (provisional)"])
    text = draw(st.one_of(said, st.builds("{}{}".format, said, ending), st.builds("{} to TBC".format, periods)))
    return text.replace(" ", draw(spaces))


@unhurried
@given(grammar_texts())
def test_every_text_of_the_grammar_is_understood_kept_and_shown_as_it_is_meant(text):
    when = parse(text)

    assert when.text == text
    assert when.start is not None
    assert when.end is None or when.start <= when.end
    again = parse(when.display)
    assert (again.start, again.end, again.display) == (when.start, when.end, when.display)
    assert flags(again) == flags(when) - {"says_deployed"}
    assert parse(when.in_sentence).display == when.display


@unhurried
@given(grammar_texts())
def test_what_a_reader_sees_has_no_codes_or_dates_in_digits(text):
    display = parse(text).display

    assert not re.search(r"[0-9]\s*[-/.–]|\b[QqHh][0-9]|TBC|N/A", display)
    assert all(re.fullmatch(r"[0-9]{1,2}|[0-9]{4},?|\(?[A-Za-z]+\)?,?", word) for word in display.split())
    assert set(re.findall(r"(?<!^)\b[A-Z]\w*", display)) <= set(MONTHS)


@unhurried
@given(ranges())
def test_a_range_runs_from_the_start_of_its_first_to_the_end_of_its_last(text):
    when = parse(text)
    ends = [
        (parse(text[: cut.start()]), parse(text[cut.end() :]))
        for cut in re.finditer(" to | until | - |–| — | / |/", text)
        if understood(text[: cut.start()]) and understood(text[cut.end() :])
    ]

    assert (when.start, when.end) in [(first.start, last.end) for first, last in ends]


@unhurried
@given(days, st.integers(0, 6))
def test_a_day_is_that_day_however_it_is_written(day, form):
    when = parse(written_day(day, form))

    assert (when.start, when.end) == (day, day)
    assert when.display == f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@unhurried
@given(days, st.integers(0, 400))
def test_two_days_share_what_they_can_and_still_mean_the_same(first, length):
    last = first + datetime.timedelta(days=length)
    when = parse(f"{first} to {last}")

    assert (when.start, when.end) == (first, last)
    assert (parse(when.display).start, parse(when.display).end) == (first, last)


# fmt: off
WORDS = ["to", "by", "from", "and", "/", "-", "–", "(", ")", "TBC", "N/A", "deployed", "onwards", "early", "mid",
         "late", "end", "start", "of", "tax", "year", "quarter", "half", "first", "Q3", "H2", "winter", "summer", "Oct",
         "May", "Monday", "5", "14", "14th", "31", "27", "00", "2026", "2027", "1999", "'26", "2026-04",
         ",", ".", "be", "confirmed"]
# fmt: on
words = st.one_of(st.sampled_from(WORDS), st.text(max_size=3))


@settings(unhurried, max_examples=250)
@given(st.one_of(st.text(), st.text(alphabet=st.characters()), st.lists(words, max_size=9).map(" ".join)))
@example("\ud800")
@example("\x00")
@example("²")
@example("İ" * 100)
@example("quarter 9 2026")
def test_any_text_is_either_understood_or_refused_with_a_message_that_can_be_sent(text):
    try:
        when = parse(text)
    except UnclearDate as refusal:
        message = str(refusal)
        assert len(message) < 500
        message.encode()
    else:
        assert when.text in text
        assert when.display
        assert when.display[0] == when.display[0].upper()
        assert when.end is None or (when.start is not None and when.start <= when.end)
        assert parse(when.display).sort_key == when.sort_key


whens = st.one_of(grammar_texts(), st.sampled_from(["TBC", "N/A", "to be confirmed"])).map(parse)


@unhurried
@given(st.lists(whens, max_size=6))
def test_sorting_puts_to_be_confirmed_after_every_date(some):
    in_order = sorted(some, key=lambda when: when.sort_key)

    assert [when.is_to_be_confirmed for when in in_order] == sorted(when.is_to_be_confirmed for when in some)
    assert [when.start is None for when in in_order] == sorted(when.start is None for when in some)


@unhurried
@given(whens, whens)
def test_the_order_is_total(first, second):
    one, two = first.sort_key, second.sort_key

    assert (one < two) + (one == two) + (one > two) == 1


@unhurried
@given(whens)
def test_what_is_kept_of_a_date_gives_it_again(when):
    assert meant(when.text, when.meaning) == when
