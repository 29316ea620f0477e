"""What is read of one commit: when it was, and what readers are told of it."""

import contextlib
import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Edition
from roadmap.techdocs.git.commits import MAX_NOTE_LENGTH, Commit, note_of, parse_commit
from roadmap.techdocs.git.import_history import Outcome, moment
from tests import make
from tests.cases import each_case

NOW = make.at("2026-06-01")


@each_case(
    ("message", "note"),
    [
        ("Add June", "Add June"),
        ("Add June\n\nBecause it is there.\n\nSigned-off-by: A Person <a@example.com>", "Add June"),
        ("Add June\nand July\n\nMore.", "Add June and July"),
        ("\n\n  Add June \t\n", "Add June"),
        ("Add\x00 Ju\x1bne\u202e", "Add Ju ne"),
        ("", ""),
        ("Add June (#12)", "Add June (#12)"),
        ("Ask a.person@example.com about June", "Ask about June"),
        ("Add June <a.person+x@example.com>", "Add June"),
        ("Write to mailto:team@example.gov.uk, please", "Write to , please"),
        ("Signed-off-by: A Person <a@example.com>", ""),
        ("Co-authored-by: A Person", ""),
        ("Author: A Person", ""),
        ("Merge pull request #12 from a-person/june\n\nAdd June", "Add June"),
        ("Merge pull request #12 from a-person/june\n\nAdd June\nAnd more", "Add June"),
        ("Merge pull request #12 from a-person/june", ""),
        ("Merge pull request #12", ""),
        ("Merge pull request #12 from a-person/june\n\nCo-authored-by: B <b@example.com>", ""),
        ("Merge branch 'june' of github.com:a-person/roadmap into main", ""),
        ("Merge branch 'june' into main", ""),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 499 + "…"),
        ("@home", "@home"),
    ],
)
def test_a_note_is_the_subject_without_people(message, note):
    assert note_of(message) == note


@given(st.text(max_size=2000))
def test_any_message_gives_a_note_that_an_edition_can_keep(message):
    note = note_of(message)
    assert len(note) <= MAX_NOTE_LENGTH
    assert note.isprintable()
    assert note == " ".join(note.split())


emails = st.from_regex(r"[a-zA-Z0-9._%+-]{1,20}@[a-zA-Z0-9-]{1,10}(\.[a-z]{2,5}){1,3}", fullmatch=True)


@given(
    st.text(alphabet=st.characters(codec="ascii"), max_size=50), emails, st.text(" <>()\n,;:\"'", max_size=5), st.text()
)
def test_no_email_address_is_ever_in_it(before, email, between, after):
    note = note_of(f"{before} {between}{email}{between} {after}")
    assert not re.search(r"[\w.%+-]+@[\w-]+\.[a-z]{2}", note)


@given(st.text("ab@.<'- \n", max_size=30).map(lambda text: text * 300))
def test_a_note_takes_no_time_however_odd_the_message(message):
    assert len(note_of(message)) <= MAX_NOTE_LENGTH


def commit_text(committer="A Person <a@example.com> 1610357400 +0000", message=b"Add June\n"):
    head = f"tree {'1' * 40}\nparent {'2' * 40}\nauthor An Author <b@example.com> 1 +0100\ncommitter {committer}\n"
    return head.encode() + b"gpgsig -----BEGIN\n committer x 5 +0000\n -----END\n\n" + message


def test_a_commit_is_read_without_its_people():
    commit = parse_commit("3" * 40, commit_text())
    assert commit == Commit("3" * 40, "1" * 40, 1610357400, "Add June")
    assert "Person" not in repr(commit)
    assert "Author" not in repr(commit)


@pytest.mark.parametrize(
    ("message", "note"),
    [("für\n".encode(), "für"), (b"f\xfcr \x93x\x94\n", "für “x”"), (b"\x81\n", "\N{REPLACEMENT CHARACTER}")],
)
def test_a_message_in_another_encoding_is_read(message, note):
    assert parse_commit("3" * 40, commit_text(message=message)).note == note


@each_case(
    "content",
    [b"", b"tree x\n\n", commit_text("A <a> x +0000"), commit_text("A <a>"), b"\xff" * 100, commit_text()[5:]],
)
def test_what_is_no_commit_is_refused(content):
    with pytest.raises(ValueError, match="no commit"):
        parse_commit("3" * 40, content)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_commit_or_refused(content):
    with contextlib.suppress(ValueError):
        assert parse_commit("3" * 40, content).tree


@given(st.lists(st.one_of(st.integers(0, 2_000_000_000), st.integers(-(2**80), 2**80)), max_size=20))
def test_editions_are_dated_one_after_another_and_never_in_the_future(times):
    now, before = NOW, None
    for seconds in times:
        now += datetime.timedelta(milliseconds=1)
        commit = Commit("3" * 40, "1" * 40, seconds, "")
        at = moment(commit, after=before, now=now)
        assert at <= now
        assert before is None or at > before
        honest = 0 <= seconds <= NOW.timestamp() and (before is None or seconds > before.timestamp())
        if honest:
            assert at.timestamp() == seconds
        outcome = Outcome(commit, 1, 1, Edition(published_at=at))
        assert outcome.is_moved == (at.timestamp() != seconds)
        before = at
