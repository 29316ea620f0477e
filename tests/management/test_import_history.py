import io
import json
import signal

import pytest
from django.core.management import CommandError, call_command

from roadmap.models import Edition, Roadmap
from tests import make
from tests.management.run import refusal, run
from tests.techdocs.example_sources import PAGE
from tests.techdocs.git.repositories import Committed, add, repository
from tests.transfer.another import forget_everything

pytestmark = pytest.mark.django_db

INDEX = "source/index.html.md"


def commits(count, first=0):
    texts = [PAGE.replace("A depot", f"Depot {number}") for number in range(first, first + count)]
    return [Committed({INDEX: text}, f"Change {number}") for number, text in enumerate(texts, start=first)]


@pytest.fixture
def folder(tmp_path):
    return repository(tmp_path / "parcels", commits(3))


def test_it_brings_the_history_in_and_says_what_it_made(folder):
    ended = run("import_history", folder, "--roadmap", "parcel-tax")
    assert (ended.code, ended.err) == (0, [])
    assert ended.out == [
        "Brought in 3 editions of “Parcel Tax Roadmap” at /parcel-tax/, from 3 commits, "
        "dated 11 January 2021 to 13 January 2021.",
    ]


def test_readers_see_the_history_and_each_day_as_it_was(folder, client):
    run("import_history", folder, "--roadmap", "parcel-tax")
    assert "Depot 2 keeps" in client.get("/parcel-tax/").content.decode()
    assert "Depot 1 keeps" in client.get("/parcel-tax/at/2021-01-12/").content.decode()
    editions = client.get("/parcel-tax/editions/").content.decode()
    for text in ("12 January 2021", "Change 1"):
        assert text in editions
    assert "Author" not in editions


def test_no_person_of_the_repository_is_anywhere_in_the_database(tmp_path):
    message = "Change by the team\n\nCo-authored-by: Alex Author <alex.author@example.com>"
    folder = repository(tmp_path, [Committed({INDEX: PAGE}, message)])
    run("import_history", folder, "--roadmap", "parcel-tax")
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    assert "Parcel Tax" in dump.getvalue()
    for word in ("alex", "author@"):
        assert word not in json.dumps(json.loads(dump.getvalue())).lower()


def test_again_there_is_nothing_to_bring_in_and_later_only_what_is_new(folder):
    run("import_history", folder, "--roadmap", "parcel-tax")
    ended = run("import_history", folder, "--roadmap", "parcel-tax")
    assert (ended.code, ended.out) == (
        0,
        ["Nothing to bring in: the roadmap at /parcel-tax/ has all of this history already."],
    )
    add(folder, commits(1, first=3))
    [line] = run("import_history", folder, "--roadmap", "parcel-tax").out
    assert line.startswith("Brought in 1 edition of “Parcel Tax Roadmap” at /parcel-tax/, from 1 commit, ")
    assert line.endswith("dated 14 January 2021.")


def test_what_was_skipped_or_dated_otherwise_is_said_line_by_line(tmp_path):
    first, second = commits(2)
    folder = repository(
        tmp_path,
        [
            Committed(first.files, "First", make.at("2021-06-01", "09:30")),
            Committed({INDEX: b"# \xff"}, "Broken", make.at("2021-06-02")),
            Committed(second.files, "Backwards", make.at("2021-05-31")),
            Committed({**second.files, "source/a.css": "x"}, "Style", make.at("2021-06-03")),
        ],
    )
    out = run("import_history", folder, "--roadmap", "parcel-tax").out
    assert [line[:8] for line in out[:2]] == ["Skipped ", "Edition "]
    assert f"of 2 June 2021: {INDEX}:1: this is not UTF-8." in out[0]
    assert out[1].startswith("Edition 2, of commit ")
    assert "of 31 May 2021, is dated 1 June 2021 at 09:30:01" in out[1]  # as clocks in London had it
    assert out[2:6] == [
        "Brought in 2 editions of “Parcel Tax Roadmap” at /parcel-tax/, from 4 commits, dated 1 June 2021.",
        "Commits that changed nothing for readers: 1.",
        "Commits skipped, whose changes came with the next: 1.",
        "Editions dated otherwise than their commits: 1.",
    ]


def test_it_says_so_where_the_newest_commit_was_skipped(folder):
    add(folder, [Committed({INDEX: b"\0"})])
    out = run("import_history", folder, "--roadmap", "parcel-tax").out
    assert out[-1] == "The newest commit is one of them: the roadmap is as the commit before it has it."


def test_doubts_of_the_newest_edition_are_told_at_their_lines(folder):
    add(folder, [Committed({INDEX: PAGE + "\n## More\n\n[a](b.html)\n"})])
    out = run("import_history", folder, "--roadmap", "parcel-tax").out
    assert out[-2] == "To check in the newest edition (1):"
    assert out[-1].startswith(f"  {INDEX}:35: This link leads to a file beside the source")


def test_without_a_terminal_it_says_a_line_each_25(tmp_path):
    folder = repository(tmp_path, commits(60))
    out = run("import_history", folder, "--roadmap", "parcel-tax").out
    assert out[:-1] == [
        "25 of 60 commits: 25 editions, 4 February 2021",
        "50 of 60 commits: 50 editions, 1 March 2021",
    ]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_bar_is_written_over_and_gone_in_the_end(folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    out, err = Terminal(), Terminal()
    call_command("import_history", str(folder), "--roadmap", "parcel-tax", stdout=out, stderr=err, no_color=True)
    bars = [bar for bar in err.getvalue().split("\r\x1b[K") if bar]
    assert bars == [
        "[##########                    ] 1 of 3 commits: 1 edition, 11 January 2021",
        "[####################          ] 2 of 3 commits: 2 editions, 12 January 2021",
        "[##############################] 3 of 3 commits: 3 editions, 13 January 2021",
    ]
    assert err.getvalue().endswith("\r\x1b[K")
    assert "\x1b" not in out.getvalue()
    assert "\n" not in err.getvalue()


class PressesCtrlC(Terminal):
    """A terminal at which somebody presses Ctrl-C as soon as it shows this."""

    def __init__(self, text, times=1):
        super().__init__()
        self.text, self.times = text, times

    def write(self, text):
        if self.text in text:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
        return super().write(text)


def test_ctrl_c_stops_it_between_two_commits_and_it_goes_on_there(folder):
    handler_before = signal.getsignal(signal.SIGINT)  # a shell that starts this in the background has it ignored
    with pytest.raises(CommandError) as caught:
        call_command(
            "import_history",
            str(folder),
            "--roadmap",
            "parcel-tax",
            stdout=Terminal(),
            stderr=PressesCtrlC("2 of 3"),
        )
    assert caught.value.returncode == 130
    assert str(caught.value) == (
        "2 of 3 commits are in, with 2 editions. Stopped. Run the same command again to go on from there."
    )
    assert [edition.note for edition in Edition.objects.order_by("number")] == ["Change 0", "Change 1"]
    assert signal.getsignal(signal.SIGINT) is handler_before
    run("import_history", folder, "--roadmap", "parcel-tax")
    assert [edition.note for edition in Edition.objects.order_by("number")] == ["Change 0", "Change 1", "Change 2"]


def test_ctrl_c_twice_stops_it_at_once(folder):
    with pytest.raises(KeyboardInterrupt):
        call_command(
            "import_history",
            str(folder),
            "--roadmap",
            "parcel-tax",
            stdout=Terminal(),
            stderr=PressesCtrlC("1 of 3", times=2),
        )
    assert Edition.objects.count() == 1


def test_what_came_in_before_a_refusal_stays_and_is_counted(folder):
    run("import_history", folder, "--roadmap", "parcel-tax")
    make.page(Roadmap.objects.get())
    add(folder, commits(1, first=3))
    assert "unpublished edits" in refusal("import_history", folder, "--roadmap", "parcel-tax")
    assert Edition.objects.count() == 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--roadmap", "admin"], "cannot be a roadmap's address"),
        (["--roadmap", "parcel-tax", "--contact", "nobody"], "not an email address"),
        (["--roadmap", "parcel-tax", "--path", "nowhere"], "no Markdown in a folder nowhere/"),
    ],
)
def test_bad_input_is_refused_in_one_line(folder, options, reason):
    assert reason in refusal("import_history", folder, *options)
    assert not Roadmap.objects.exists()


def test_a_history_in_which_nothing_can_be_read_makes_nothing(tmp_path):
    folder = repository(tmp_path, [Committed({INDEX: "# Parcels\n\nNo contact."})])
    ended = run("import_history", folder, "--roadmap", "parcel-tax")
    assert ended.code == 1
    assert "--contact EMAIL" in ended.out[0]
    assert ended.err == ["CommandError: None of the commits gives a roadmap: nothing was brought in."]
    assert not Roadmap.objects.exists()
    run("import_history", folder, "--roadmap", "parcel-tax", "--contact", "team@example.gov.uk")
    assert Roadmap.objects.get().contact_email == "team@example.gov.uk"


def test_what_is_no_repository_is_refused(tmp_path):
    assert "is not a git repository" in refusal("import_history", tmp_path, "--roadmap", "parcel-tax")


def test_a_roadmap_that_was_moved_goes_on_with_its_history(folder, tmp_path):
    run("import_history", folder, "--roadmap", "parcel-tax")
    run("export_json", "parcel-tax", tmp_path / "parcels.jsonl")
    forget_everything()
    run("import_json", tmp_path / "parcels.jsonl")
    add(folder, commits(1, first=3))
    ended = run("import_history", folder, "--roadmap", "parcel-tax")
    assert (ended.code, ended.err) == (0, [])
    assert ended.out[-1].endswith("from 1 commit, dated 14 January 2021.")
    assert [edition.number for edition in Edition.objects.order_by("number")] == [1, 2, 3, 4]
    assert "Depot 3 keeps" in Roadmap.objects.get().pages.first().body


def test_what_is_so_of_one_commit_after_another_is_said_once(tmp_path):
    without = PAGE[: PAGE.index("## Changelog")] + PAGE[PAGE.index("## Footer") :]
    later = [Committed({INDEX: without.replace("A depot", f"Depot {number}")}) for number in range(3)]
    folder = repository(tmp_path, [Committed({INDEX: PAGE}), *later])
    out = run("import_history", folder, "--roadmap", "parcel-tax").out
    [line] = [line for line in out if line.startswith("To check in commit")]
    assert "of 12 January 2021: " in line
    assert line.endswith("so 2 changelog entries were kept. Delete what should go.")
