"""YAML of strangers: front matter and settings. Plain values come out, and nothing is made, repeated or run."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs import ImportRefused, parse
from roadmap.techdocs.sources.plain_yaml import load_plain
from tests.cases import each_case
from tests.techdocs.git.trees import from_memory, refusal

LAUGHS = 'a: &a ["lol"]\n' + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: lol}\n" + "".join(
    f"{name}: &{name}\n  <<: [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def load(text: str):
    return load_plain(text, path="a.yml", line=1, what="this file", max_length=10_000)


def test_plain_values_come_out():
    assert load("title: A\nlist:\n- 1\n- true\n") == {"title": "A", "list": [1, True]}
    assert load("") is None
    assert load("a: &named 1") == {"a": 1}


@pytest.mark.parametrize("bomb", [LAUGHS, MERGES, "a: &a [*a]"])
def test_values_that_repeat_others_are_refused_at_once_at_their_line(bomb):
    message = refusal(lambda: load(bomb))
    line = next(number for number, text in enumerate(bomb.split("\n"), start=1) if "*a" in text)
    assert message == (
        f"a.yml:{line}: this file repeats an earlier value with “*a”, which is not followed here. Write plain values."
    )


@each_case(
    "tag",
    [
        "!!python/object/apply:os.system [exit]",
        "!!python/name:os.system",
        "!ruby/object:Gem {}",
        "!mine x",
        "!!bool maybe",
        "!!int ''",
        "!!timestamp soon",
        "!!binary '%'",
    ],
)
def test_what_asks_for_an_object_is_refused_at_its_line(tag):
    message = refusal(lambda: load(f"a: 1\n\nb: {tag}\n"))
    assert message.startswith("a.yml:3: this file asks for an object of the type “")


def test_lists_without_end_are_refused_at_once():
    assert "more than 20 deep" in refusal(lambda: load("a: " + "[" * 9000))
    assert "more than 20 deep" in refusal(lambda: load("".join(f"{' ' * depth}a:\n" for depth in range(100))))
    assert load("a: " + "[" * 19 + "]" * 19)
    assert len(load("- [a]\n" * 30)) == 30


def test_a_text_that_is_too_long_is_refused():
    assert "longer than 10,000 characters" in refusal(lambda: load("a" * 10_001))


@pytest.mark.parametrize(("text", "line"), [("a: [b", 1), ("a: 1\nb: 2: 3", 2), ("a: 1\n--- \nb", 2)])
def test_what_is_no_yaml_is_refused_at_its_line(text, line):
    assert refusal(lambda: load(text)).startswith(f"a.yml:{line}: this file is not YAML that is accepted here")


def test_dates_stay_the_text_that_they_are_and_tabs_are_blanks():
    assert load("a: 2023-02-31\nb:\t2023-01-01 \t\nc: 2023-01-01 25:00:00\n") == {
        "a": "2023-02-31",
        "b": "2023-01-01",
        "c": "2023-01-01 25:00:00",
    }


def test_front_matter_and_settings_are_both_held_to_it():
    page = f"---\n{LAUGHS}---\n# A"
    assert refusal(lambda: parse(from_memory({"index.md": page}))).startswith("index.md:3: the front matter repeats")
    files = {"index.md": "# A", "tech-docs.yml": MERGES}
    assert refusal(lambda: from_memory(files)).startswith("tech-docs.yml:3: this file repeats")


WORDS = [
    "a",
    "1",
    "-",
    ":",
    ": ",
    "\n",
    "  ",
    "&a",
    "*a",
    "<<",
    "!!int",
    "!",
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "'",
    "|",
    "=",
]
WORDS += [
    "0b",
    "0x",
    "1:60",
    "2023-01-01",
    "2023-02-31 25:00:00",
    ".inf",
    "~",
    "#",
    "%",
    "---",
    "...",
    "\\x",
    "?",
    "\t",
    "é",
]


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=15).map("".join))
def test_any_text_gives_what_safe_yaml_gives_but_for_dates_or_is_refused(text):
    with suppress(ImportRefused):
        found = load(text)
        with suppress(yaml.YAMLError, ValueError):
            expected = yaml.safe_load(text.expandtabs(1))
            assert repr(found) == repr(expected) or "datetime.date" in repr(expected)
