"""Queries that select the same are one."""

from roadmap.published.filters import MAX_QUERY_LENGTH
from roadmap.web.page_store.keys import canonical, is_canonical

# Groups: all of one are one.
SAME = [
    ["", "utm_source=x", "nocache=2&_=5", "&&", "stage=", "q=+", "stage=&kind=&q="],
    ["stage=test&api=b&api=a", "api=a&api=b&stage=test", "api=b&utm=1&stage=test&api=a", "api=a&q=&stage=test&api=b"],
    ["q=direct+debit", "q=direct+debit&fbclid=x"],
    [
        "from=May+2026&to=2027&overdue=yes",
        "overdue=yes&to=2027&from=May+2026&from=",
        "to=2027&overdue=yes&from=May+2026",
    ],
    ["moved=later&changed_since=last+month", "changed_since=last+month&utm_id=1&moved=later&moved="],
    ["view=timeline&lanes=api&roadmap=a", "roadmap=a&lanes=api&_=1&view=timeline"],
    ["q=a+b", "q=a%20b", "%71=%61%20%62", "q=a+b&q=a%20b"],
    ["q=caf%C3%A9", "q=caf%c3%a9", "q=c%61f%C3%A9", "utm=%c3&q=caf%C3%a9"],
    ["q=a:b,c/d%3F", "q=a%3Ab%2cc%2Fd?"],
    ["changed_since", "changed_since=", ""],
    ["page=2&page=3", "page=3&page=2&page=3"],  # the last is the one that is read
]
# None of these is any other.
APART = [
    *("stage=test", "stage=live", "page=2&page=3", "page=3&page=2"),
    *("from=2026", "to=2026", "moved=later", "overdue=yes", "changed_since=last+month", "since=last+month"),
    *("view=timeline", "view=timeline&lanes=api", "view=timeline&lanes=item"),
    *("q=a%2Bb", "q=a+b", "q=a%26b", "q=a%3Db", "q=a%25b", "q=a%2520b", "q=%FF", "q=%EF%BF%BD"),
    *("q=a&q=b", "q=b&q=a", "stag=test", "since=2026-01-01"),
]


def test_queries_that_select_the_same_are_one():
    assert [len({canonical(query.encode()) for query in group}) for group in SAME] == [1] * len(SAME)


def test_queries_that_select_something_else_are_apart():
    assert len({canonical(query.encode()) for query in APART}) == len(APART)


def test_a_name_that_resembles_ours_stays_to_be_answered():
    assert canonical(b"stgae=test&utm_medium=mail") == "stgae=test"


def test_values_stay_what_they_were():
    assert canonical(b"q=caf%C3%A9+%26+%FF") == "q=caf%C3%A9+%26+%FF"


def test_what_is_not_too_long_as_it_was_sent_does_not_become_so():
    query = b"q=" + b"<" * (MAX_QUERY_LENGTH - 2)
    assert is_canonical(query)
    assert canonical(query) == query.decode()


def test_what_is_refused_has_no_canonical_form():
    assert not is_canonical(b"q=%00")
    assert not is_canonical(b"q=" + b"a" * 3000)
    assert is_canonical(b"q=a")
