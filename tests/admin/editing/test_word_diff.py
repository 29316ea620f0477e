from hypothesis import given
from hypothesis import strategies as st

from roadmap.admin.editing.wording import MAX_WORDS, Run, side_by_side

text = st.text(st.sampled_from("ab \n\t.é😀\x00-"), max_size=60)


def test_words_are_marked_and_not_letters():
    left, right = side_by_side("Live in June 2026.", "Live in July 2026.")
    assert left == [Run("Live in ", False), Run("June", True), Run(" 2026.", False)]
    assert right == [Run("Live in ", False), Run("July", True), Run(" 2026.", False)]


def test_what_is_only_on_one_side_is_marked_there():
    left, right = side_by_side("One two", "One two three")
    assert left == [Run("One two", False)]
    assert right == [Run("One two", False), Run(" three", True)]


def test_long_texts_are_compared_line_by_line():
    lines = [f"line {n} of many\n" for n in range(MAX_WORDS)]
    left, right = side_by_side("".join(lines), "".join([*lines[:-1], "line other of many\n"]))
    assert [run for run in left if run.is_marked] == [Run(lines[-1], True)]
    assert [run for run in right if run.is_marked] == [Run("line other of many\n", True)]


@given(text, text)
def test_the_runs_are_the_texts(before, after):
    left, right = side_by_side(before, after)
    assert "".join(run.text for run in left) == before
    assert "".join(run.text for run in right) == after
    kept = ["".join(run.text for run in side if not run.is_marked) for side in (left, right)]
    assert kept[0] == kept[1]


@given(text)
def test_equal_texts_have_no_marks(same):
    assert not any(run.is_marked for side in side_by_side(same, same) for run in side)
