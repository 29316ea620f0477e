import datetime
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.content.things import ItemContent
from roadmap.models import Change, Edition, HistoryImport, ImportReport, Page, Revision, Roadmap, Save
from roadmap.publishing import count_pending, publish
from roadmap.publishing.audit_trail import record_save
from roadmap.techdocs import ImportRefused, make_plan
from roadmap.techdocs.git import HistoryRefused, import_history
from roadmap.techdocs.git.import_history import bring_in_history
from tests import make
from tests.admin.imports.uploading import signed_in
from tests.techdocs.example_sources import PAGE, real_source
from tests.techdocs.git import forty_commits
from tests.techdocs.git.repositories import Committed, add, git, repository

pytestmark = pytest.mark.django_db

NOW = make.at("2026-06-01")
INDEX = "source/index.html.md"


def bring_in(place, **options):
    return list(bring_in_history(place, **{"slug": "parcel-tax", "clock": lambda: NOW, **options}))


def page(*sentences, **files):
    """The files of a commit whose page on depots says this."""
    return {INDEX: PAGE.replace("A depot keeps", " ".join([*sentences, "A depot keeps"])), **files}


def told():
    """Number, day in London and note of each edition."""
    return [
        (edition.number, f"{edition.published_at:%Y-%m-%d}", edition.note)
        for edition in Edition.objects.order_by("number")
    ]


def items_as_of(edition):
    """By title, the references of all items that readers had with this edition."""
    revisions = Revision.objects.as_of(edition).filter(noun="item").exclude(content="")
    contents = [revision.as_content() for revision in revisions]
    return {content.title: content.reference for content in contents if isinstance(content, ItemContent)}


@pytest.fixture(scope="module")
def forty_commits_folder(tmp_path_factory):
    return repository(tmp_path_factory.mktemp("forty"), [committed for committed, _ in forty_commits.commits()])


@pytest.fixture(scope="module")
def brought_in(keep, forty_commits_folder):
    return keep(lambda: bring_in(forty_commits_folder))


class TestFortyCommits:
    def test_they_are_forty_editions_dated_and_named_as_committed(self, brought_in):
        outcomes = brought_in()
        assert [outcome.edition.number for outcome in outcomes] == [*range(1, forty_commits.COUNT + 1)]
        days = [datetime.date(2021, 1, 11) + datetime.timedelta(days=number) for number in range(40)]
        assert [day for _, day, _ in told()] == [day.isoformat() for day in days]
        assert {edition.published_at.timetz().replace(tzinfo=None) for edition in Edition.objects.all()} == {
            datetime.time(9, 30)
        }
        assert [note for _, _, note in told()] == [committed.message for committed, _ in forty_commits.commits()]
        assert not any(edition.published_by for edition in Edition.objects.all())
        assert count_pending(Roadmap.objects.get()) == 0

    def test_every_row_keeps_its_reference_all_the_way_through(self, brought_in):
        references = {}
        for (_, titles), edition in zip(forty_commits.commits(), Edition.objects.order_by("number"), strict=True):
            shown = items_as_of(edition)
            assert set(shown) == set(titles.values())
            for name, title in titles.items():
                assert references.setdefault(name, shown[title]) == shown[title], (edition, name)
        assert len(references) == len(set(references.values())) == 10

    def test_their_history_tells_what_was_reworded_moved_deployed_and_deleted(self, brought_in):
        fields = {
            edition.note: {
                (change.revision.title, change.field) for change in Change.objects.filter(revision__edition=edition)
            }
            for edition in Edition.objects.all()
        }
        assert fields["Rename labels"] == {("Create customs labels", "title")}
        assert ("Print a customs label", "release") in fields["Labels come earlier"]
        assert fields["Refunds slip"] == {("Ask for a refund", "milestone.test")}
        assert fields["Refunds are in the sandbox"] == {("Ask for a refund", "milestone.test")}
        assert ("Scan any parcel", "release") in fields["Scan is live"]
        assert fields["We do not do reports"] == {("Download a yearly report", "existence")}
        assert fields["Merge stamps into labels"] == {
            ("Create customs labels and buy stamps", "title"),
            ("Create customs labels and buy stamps", "description"),
            ("Buy digital stamps", "existence"),
        }

    def test_a_date_that_moved_later_needs_no_reason_and_the_next_publisher_is_asked_again(self, brought_in):
        assert not Change.objects.exclude(reason="").exists()
        assert Roadmap.objects.get().asks_reasons

    def test_stopped_anywhere_it_goes_on_where_it_stopped(self, forty_commits_folder):
        folder = forty_commits_folder
        for _ in range(50):
            asked = iter([False] * 7 + [True])
            if not bring_in(folder, should_stop=lambda asked=asked: next(asked)):
                break
        bring_in(folder, slug="at-once")
        stopped, at_once = (
            [
                (edition.number, edition.published_at, edition.note, [*items_as_of(edition)])
                for edition in editions.order_by("number")
            ]
            for editions in (Edition.objects.filter(roadmap_slug=slug) for slug in ("parcel-tax", "at-once"))
        )
        assert len(stopped) == 40
        assert stopped == at_once

    def test_what_is_committed_later_comes_in_later(self, tmp_path):
        first, *rest = [committed for committed, _ in forty_commits.commits()][:4]
        folder = repository(tmp_path, [first])
        bring_in(folder)
        assert bring_in(folder) == []
        add(folder, rest)
        assert [outcome.edition.number for outcome in bring_in(folder)] == [2, 3, 4]
        assert HistoryImport.objects.get().last_commit == git(folder, "rev-parse", "HEAD")


def test_the_real_october_page_and_november_folder_are_one_roadmap_whose_history_shows_what_moved(tmp_path):
    october = {INDEX: (real_source("vat-2018-10") / "index.md").read_bytes()}
    november = {
        f"source/{path.name}" if path.suffix == ".md" else "config/tech-docs.yml": path.read_bytes()
        for path in real_source("vat-2018-11").iterdir()
    }
    bring_in(
        repository(
            tmp_path,
            [
                Committed({"source/index.html.md": october[INDEX]}, "October", make.at("2018-10-18")),
                Committed(
                    {name.replace("index.md", "index.html.md"): text for name, text in november.items()},
                    "November",
                    make.at("2018-11-20"),
                ),
            ],
        ),
        slug="vat-mtd",
    )
    assert told() == [(1, "2018-10-18", "October"), (2, "2018-11-20", "November")]
    assert Roadmap.objects.get().title == "VAT (MTD) Roadmap"
    changes = Change.objects.filter(revision__edition__number=2).select_related("revision")
    found = {(change.revision.noun, change.revision.title, change.field) for change in changes}
    assert ("page", "Who we are", "body") in found
    assert ("page", "What is “controlled go live”?", "existence") in found
    assert ("release", "Near term", "existence") in found
    assert ("item", "Amend Direct Debit instructions", "existence") in found
    assert len(items_as_of(Edition.objects.get(number=1))) == 0
    assert len(items_as_of(Edition.objects.get(number=2))) == 18


def test_queries_are_not_kept_from_commit_to_commit(tmp_path, settings):
    settings.DEBUG = True
    folder = repository(tmp_path, [Committed(page(str(number))) for number in range(4)])
    for outcome in bring_in_history(folder, slug="parcel-tax", clock=lambda: NOW):
        assert outcome.edition
        assert len(connection.queries_log) == 0


def test_a_commit_is_planned_once_and_asks_no_more_of_the_database_for_more_rows(tmp_path, monkeypatch):
    plans = []

    def counted(*args, **options):
        plans.append(make_plan(*args, **options))
        return plans[-1]

    for place in (import_history, sys.modules["roadmap.techdocs.apply"]):
        monkeypatch.setattr(place, "make_plan", counted)
    monkeypatch.setattr(import_history, "reset_queries", lambda: None)

    def queries(count):
        rows = [f"Weigh parcel {number} | The weight of parcel {number} | June 2021" for number in range(count)]
        text = "\n".join([PAGE, "", "## Planned", "", "Name | Detail | Live", "---|---|---", *rows])
        changed = text.replace("The weight of parcel 3 ", "The size of parcel 3 ")
        folder = repository(tmp_path / str(count), [Committed({INDEX: text}), Committed({INDEX: changed})])
        running = bring_in_history(folder, slug=f"parcels-{count}", clock=lambda: NOW)
        assert next(running).edition
        plans.clear()
        with CaptureQueriesContext(connection) as asked:
            assert next(running).edition
        assert len(plans) == 1
        return len(asked)

    assert queries(60) == queries(6) <= 66


class TestDates:
    def test_equal_or_backward_times_come_a_second_after_the_edition_before(self, tmp_path):
        noon = make.at("2021-01-11", "12:00")
        moments = [noon, noon, make.at("2020-01-01"), noon + datetime.timedelta(seconds=1), make.at("2021-02-01")]
        folder = repository(tmp_path, [Committed(page(str(n)), at=at) for n, at in enumerate(moments)])
        outcomes = bring_in(folder)
        seconds = [(outcome.edition.published_at - noon).total_seconds() for outcome in outcomes[:4]]
        assert seconds == [0, 1, 2, 3]
        assert outcomes[4].edition.published_at == moments[4]
        assert [outcome.is_moved for outcome in outcomes] == [False, True, True, True, False]

    def test_a_commit_dated_ahead_is_dated_now_and_never_scheduled(self, tmp_path):
        moments = [make.at("2031-01-01"), 2**61, make.at("2020-01-01")]
        folder = repository(tmp_path, [Committed(page(str(n)), at=at) for n, at in enumerate(moments)])
        clock = iter([NOW + datetime.timedelta(milliseconds=n) for n in range(100)])
        outcomes = bring_in(folder, clock=lambda: next(clock))
        dates = [outcome.edition.published_at for outcome in outcomes]
        assert dates == sorted(set(dates))
        assert all(NOW <= date < NOW + datetime.timedelta(seconds=1) for date in dates)
        assert all(outcome.is_moved for outcome in outcomes)

    def test_where_there_is_no_time_left_it_ends_and_can_go_on(self, tmp_path):
        folder = repository(tmp_path, [Committed(page(str(n)), at=NOW) for n in range(2)])
        with pytest.raises(HistoryRefused, match="too new"):
            bring_in(folder)
        assert len(bring_in(folder, clock=lambda: NOW + datetime.timedelta(seconds=5))) == 1
        assert Edition.objects.count() == 2


class TestWhoseHistory:
    @pytest.fixture
    def folder(self, tmp_path):
        return repository(tmp_path / "first", [Committed(page(str(number))) for number in range(3)])

    def refusal(self, place, **options):
        before = (told(), [*Roadmap.objects.values()], [*HistoryImport.objects.values()])
        with pytest.raises(HistoryRefused) as caught:
            bring_in(place, **options)
        assert (told(), [*Roadmap.objects.values()], [*HistoryImport.objects.values()]) == before
        return str(caught.value)

    def test_a_roadmap_with_editions_of_its_own_is_refused(self, folder):
        roadmap = make.roadmap(slug="parcel-tax")
        make.edition(roadmap)
        assert "has editions of its own" in self.refusal(folder)

    @pytest.mark.parametrize("kind", [make.page, make.release, make.item, make.changelog_entry, make.field])
    def test_a_roadmap_with_drafts_is_refused_for_they_would_be_published_in_the_past(self, folder, kind):
        kind(make.roadmap(slug="parcel-tax"))
        assert "published with dates in the past" in self.refusal(folder)

    def test_an_empty_roadmap_that_somebody_made_is_taken_with_its_prefix_and_history(self, folder):
        roadmap = make.roadmap(slug="parcel-tax", reference_prefix="PT", title="Ours")
        record_save(roadmap, by=make.user(), at=make.at("2026-01-01"))
        bring_in(folder)
        roadmap.refresh_from_db()
        assert (roadmap.reference_prefix, roadmap.title) == ("PT", "Parcel Tax Roadmap")
        assert Edition.objects.count() == 3
        actions = [save.action for save in Save.objects.of_thing(roadmap.uid)]
        assert actions == [f"Brought in with commit {git(folder, 'rev-parse', 'HEAD~2')[:7]}", "Saved"]

    def test_the_history_of_another_repository_is_refused(self, folder, tmp_path):
        bring_in(folder)
        other = repository(tmp_path / "other", [Committed(page("Elsewhere"))])
        assert "another repository" in self.refusal(other)

    def test_a_clone_goes_on_as_the_repository_does(self, folder, tmp_path):
        bring_in(folder)
        git(tmp_path, "clone", "--quiet", "--no-checkout", str(folder), "clone")
        assert bring_in(tmp_path / "clone") == []

    def test_a_rewritten_history_is_refused(self, folder):
        bring_in(folder)
        git(folder, "update-ref", "refs/heads/main", git(folder, "rev-parse", "HEAD~1"))
        add(folder, [Committed(page("Rewritten"))])
        assert "not in the history of what is checked out" in self.refusal(folder)

    def test_a_history_that_staff_have_gone_on_from_has_ended(self, folder):
        bring_in(folder)
        roadmap = Roadmap.objects.get()
        make.page(roadmap)
        add(folder, [Committed(page("Next"))])
        assert "has unpublished edits" in self.refusal(folder)
        publish(roadmap=roadmap, by=None, now=NOW)
        assert "has editions since its history was brought in" in self.refusal(folder)

    def test_an_edit_by_staff_between_two_commits_stops_it_before_the_next(self, folder):
        running = bring_in_history(folder, slug="parcel-tax", clock=lambda: NOW)
        next(running)
        make.page(Roadmap.objects.get(), title="Ours")
        with pytest.raises(HistoryRefused, match="unpublished edits"):
            next(running)
        assert Edition.objects.count() == 1

    def test_two_at_once_do_not_mix(self, folder):
        first, second = (bring_in_history(folder, slug="parcel-tax", clock=lambda: NOW) for _ in range(2))
        assert [next(first).edition.number, next(second).edition.number] == [1, 2]
        with pytest.raises(HistoryRefused, match="by somebody else"):
            next(first)
        assert [outcome.edition.number for outcome in second] == [3]

    def test_another_folder_than_before_is_refused(self, folder):
        bring_in(folder)
        add(folder, [Committed({**page(), "pages/index.md": PAGE})])
        assert "from the folder source" in self.refusal(folder, folder="pages")
        assert len(bring_in(folder)) == 1

    @pytest.mark.parametrize(
        "asked", ["nowhere", "..", "../x", "a/../../b", "source/index.html.md", "x" * 5000, "a\0b"]
    )
    def test_a_folder_without_markdown_or_outside_is_refused(self, folder, asked):
        assert "--path" in self.refusal(folder, folder=asked)

    @pytest.mark.parametrize("slug", ["admin", "a/b", "", "x" * 200])
    def test_an_address_that_no_roadmap_may_have_is_refused(self, folder, slug):
        with pytest.raises(ImportRefused, match="cannot be a roadmap's address"):
            bring_in(folder, slug=slug)


def test_what_contradicts_the_calendar_is_told_of_the_newest_edition_on_the_day_it_is_brought_in(tmp_path):
    text = PAGE + "\n## Near term\n\nName | Live\n---|---\nWeigh | June 2020\n"
    [outcome] = bring_in_history(repository(tmp_path, [Committed({INDEX: text})]), slug="parcel-tax", clock=lambda: NOW)
    assert any("“Weigh”: Live was expected June 2020: this date has passed." in doubt for doubt in outcome.doubts)
    assert outcome.matches == ()


def test_what_each_commit_gave_to_check_stays_once(tmp_path):
    staff = signed_in(username="pat")
    more = "\n## More\n\n[a](b.html)\n"
    folder = repository(
        tmp_path,
        [
            Committed({INDEX: PAGE}),
            Committed({INDEX: PAGE + more}),
            Committed({INDEX: b"\0"}),
            Committed({INDEX: PAGE.replace("A depot keeps", "Every depot keeps") + more}),
        ],
    )
    bring_in(folder)
    skipped, doubtful = ImportReport.objects.order_by("-pk")
    assert skipped.summary.startswith("Skipped: ")
    assert (doubtful.edition.number, doubtful.notes.get().title) == (2, "More")
    assert doubtful.name.startswith("commit ")
    page = staff.get(reverse("admin:roadmap_page_history", args=[Page.objects.get(title="More").pk]))
    assert [row.report for row in page.context["rows"]] == [doubtful]
    assert [note.text for note in page.context["doubts"]] == [
        "This link leads to a file beside the source, b.html: change it."
    ]
    listed = staff.get(reverse("admin:roadmap_roadmap_imports", args=[Roadmap.objects.get().pk])).content.decode()
    assert "On the command line, edition 2. 1 to check." in listed
