from hypothesis import given
from hypothesis import strategies as st

from roadmap.admin.editing.text_diff import MAX_WORDS, Comparing, Run, side_by_side, text_of
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun

words = st.text(st.sampled_from("ab \n\t.é😀\x00-"), max_size=60)
text = st.lists(st.sampled_from(["one", "two", "three four", "", "é😀", "five, six"]), max_size=12).map("\n".join)


def sides(compared):
    """Each text as its rows give it, and the words marked in each."""
    rows = [*compared.first, *compared.rest]
    left = "".join(row.same or "".join(run.text for run in row.left) for row in rows)
    right = "".join(row.same or "".join(run.text for run in row.right) for row in rows)
    marked = [[run.text for row in rows for run in side(row) if run.is_marked] for side in (_left, _right)]
    return left, right, *marked


def _left(row):
    return row.left


def _right(row):
    return row.right


@given(text, text)
def test_the_rows_are_the_texts(before, after):
    left, right, gone, come = sides(Comparing().compare(before, after))
    assert (left, right) == (before, after)
    assert bool(gone or come) == (before != after)


def test_words_are_marked_and_not_lines_and_never_parts_of_words():
    compared = Comparing().compare("It is live in June 2026.\n", "It is live in July 2026.\n")
    assert sides(compared)[2:] == (["June"], ["July"])
    assert sides(Comparing().compare("unseen", "unsound"))[2:] == (["unseen"], ["unsound"])


def test_line_breaks_of_a_browser_are_no_difference():
    assert [row.same for row in Comparing().compare("a\r\nb", "a\nb").first] == ["a\nb"]


def test_long_stretches_that_stay_are_folded_and_so_is_the_end_of_a_long_text():
    before = "".join(f"Line {number}\n" for number in range(40))
    after = before.replace("Line 20\n", "Line twenty\n").replace("Line 5\n", "Line five\n") + "x\n" * 20
    compared = Comparing().compare(before, after)
    shown = [(row.same_lines, row.is_folded) for row in compared.first]
    assert shown[:4] == [(5, True), (0, False), (14, True), (0, False)]
    assert compared.rest
    assert sides(compared)[:2] == (before, after)


def test_where_the_budget_is_spent_whole_lines_are_marked():
    comparing = Comparing(budget=300)
    _, _, gone, come = sides(comparing.compare("a b c d e f g h", "b c d e f g h i"))
    assert (gone, come) == (
        [
            "a ",
        ],
        [" i"],
    )
    _, _, gone, come = sides(comparing.compare("a b c d e f g h", "b c d e f g h i"))
    assert (gone, come) == (["a b c d e f g h"], ["b c d e f g h i"])


def test_two_long_lines_do_not_take_long():
    """Word by word, these would take minutes."""
    before, after = "one two " * 25_000 + "one", "three four " * 18_000 + "three"
    _, _, gone, come = sides(Comparing().compare(before, after))
    assert (gone, come) == ([before], [after])


def test_two_texts_of_many_empty_lines_do_not_take_long():
    before, after = "\n" * 100_000 + "one", "two\n" + "\n" * 100_000
    compared = Comparing().compare(before, after)
    assert sides(compared)[:2] == (before, after)
    assert len(compared.first + compared.rest) < 10


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


@given(words, words)
def test_the_runs_are_the_texts(before, after):
    left, right = side_by_side(before, after)
    assert "".join(run.text for run in left) == before
    assert "".join(run.text for run in right) == after
    kept = ["".join(run.text for run in side if not run.is_marked) for side in (left, right)]
    assert kept[0] == kept[1]


@given(words)
def test_equal_texts_have_no_marks(same):
    assert not any(run.is_marked for side in side_by_side(same, same) for run in side)


def test_the_parts_of_a_value_are_said_in_words_and_names_as_they_are():
    def said(field, value, noun=Noun.ROADMAP):
        return text_of(FieldChange(noun, field, None, value), value).splitlines()

    labels = {"test": "QA", "controlled_go_live": "Beta", "live": "Production"}
    assert said("environment_labels", labels) == ["Sandbox: QA", "Controlled go-live: Beta", "Live: Production"]
    assert said("api_addresses", {"VAT (MTD)": "https://a.gov.uk"}, Noun.ITEM) == ["VAT (MTD): https://a.gov.uk"]
    nested = {"columns": ({"key": "tax-years", "name": "Tax years"},)}
    assert said("anything", nested) == ["Columns: Name: Tax years"]
