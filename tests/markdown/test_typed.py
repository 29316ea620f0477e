import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from roadmap.markdown import said, settled
from tests.cases import each_case

TEXTS = st.text(alphabet="ab1é\u0301|-*#>`[]() \t\r\n", max_size=60)


@each_case(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("cafe\u0301", "café"),
        ("one \ntwo\t\nthree", "one\ntwo\nthree"),
        ("one  \ntwo", "one  \ntwo"),  # a hard break
        ("one      \r\ntwo", "one  \ntwo"),
        ("one \t\ntwo", "one\ntwo"),  # none, in Markdown
        ("one   \n\ntwo  ", "one\n\ntwo"),  # nothing to break before
        ("one   \n   \ntwo", "one\n\ntwo"),
        ("   \none", "one"),
        ("    code\n", "    code"),
        ("one\n\n \n\t\n", "one"),
        (" \r\n ", ""),
        ("", ""),
    ],
)
def test_a_text_is_settled(typed, kept):
    assert settled(typed) == kept


@given(TEXTS)
def test_what_is_settled_stays_as_it_is(text):
    assert settled(settled(text)) == settled(text)


@given(TEXTS)
def test_readers_get_the_same(text):
    assert said(settled(text)) == said(unicodedata.normalize("NFC", text))
