"""Which commits of a repository give an edition, and which only change what the next one tells."""

import pytest

from roadmap.models import HistoryImport, Roadmap
from roadmap.techdocs.git import HistoryRefused
from tests.techdocs.example_sources import PAGE
from tests.techdocs.git.repositories import Committed, add, git, repository
from tests.techdocs.git.test_import_history import INDEX, bring_in, page, told

pytestmark = pytest.mark.django_db


class TestWhatGivesAnEdition:
    def test_a_commit_that_changes_nothing_for_readers_gives_none(self, tmp_path):
        folder = repository(
            tmp_path,
            [
                Committed(page()),
                Committed(page(**{"source/stylesheets/a.css": "x"})),
                Committed({"lib/tool.rb": "system 'x'"}, keeps=True),
                Committed({INDEX: PAGE.replace("---\n\n#", "---\n\n\n#")}, "White space"),
                Committed(page("New.")),
            ],
        )
        outcomes = bring_in(folder)
        assert [outcome.edition and outcome.edition.number for outcome in outcomes] == [1, None, None, 2]
        assert len(outcomes) == 4  # what lies outside source/ is not looked at

    def test_a_commit_that_cannot_be_read_is_skipped_and_its_content_comes_with_the_next(self, tmp_path):
        bad = {INDEX: "---\na: [\n---\n\n# Parcels", "source/who.html.md": "# Who else\n\nThe depot team."}
        folder = repository(
            tmp_path,
            [
                Committed({INDEX: b"\x89PNG\0"}, "Binary"),
                Committed(page(), "Good"),
                Committed(bad, "Bad front matter"),
                Committed({INDEX: PAGE, "source/a.html.md.erb": "<%= partial '../b' %>\n<%= partial 'a' %>"}, "Itself"),
                Committed({}, "Nothing left"),
                Committed({**bad, **page()}, "Good again"),
            ],
        )
        outcomes = bring_in(folder)
        assert [note for _, _, note in told()] == ["Good", "Good again"]
        refused = {outcome.commit.note: outcome.refused for outcome in outcomes if outcome.refused}
        assert [*refused] == ["Binary", "Bad front matter", "Itself", "Nothing left"]
        assert "binary" in refused["Binary"]
        assert refused["Bad front matter"].startswith(f"{INDEX}:")
        assert refused["Itself"].startswith("source/a.html.md.erb:2:")
        assert refused["Nothing left"].startswith("it holds no Markdown")
        assert "Who else" in {page.title for page in Roadmap.objects.get().pages.all()}

    def test_text_that_is_too_long_for_its_place_skips_only_that_commit(self, tmp_path):
        long = {INDEX: PAGE.replace("Parcel Tax Roadmap", "long " * 50)}
        outcomes = bring_in(repository(tmp_path, [Committed(page()), Committed(long), Committed(page("After."))]))
        assert [bool(outcome.edition) for outcome in outcomes] == [True, False, True]
        assert "title:" in outcomes[1].refused
        assert HistoryImport.objects.get().edition_count == 2

    def test_the_same_files_again_after_a_commit_that_was_skipped_are_tried_again(self, tmp_path):
        without = {INDEX: "# Parcels\n\nText."}
        folder = repository(tmp_path, [Committed(without), Committed({**without, "source/.hidden": "x"})])
        assert ["--contact EMAIL" in outcome.refused for outcome in bring_in(folder)] == [True, True]
        assert not Roadmap.objects.exists()
        bring_in(folder, contact="parcels@example.gov.uk")
        assert [number for number, _, _ in told()] == [1]

    def test_only_the_main_line_counts_and_a_merge_is_one_edition(self, tmp_path):
        folder = repository(tmp_path, [Committed(page(), "First")])
        git(folder, "branch", "side")
        add(folder, [Committed(page("One."), "On the side"), Committed(page("One.", "Two."), "More")], branch="side")
        add(folder, [Committed(page("One.", "Two."), "Merge branch 'side'", merges="refs/heads/side")])
        bring_in(folder)
        assert [note for _, _, note in told()] == ["First", ""]

    def test_partials_and_settings_outside_the_folder_count(self, tmp_path):
        index = PAGE + '\n\n<%= partial "shared/more" %>\n'
        files = {"source/documentation/index.html.md.erb": index, "source/shared/_more.md": "More.\n"}
        folder = repository(
            tmp_path, [Committed(files), Committed({**files, "source/shared/_more.md": "Even more.\n"})]
        )
        bring_in(folder, folder="source/documentation")
        assert len(told()) == 2

    def test_only_the_folder_that_was_asked_for_is_read(self, tmp_path):
        files = {"pages/index.md": PAGE, "README.md": "# Readme", "other/a.md": "# Other"}
        folder = repository(tmp_path, [Committed(files), Committed({**files, "other/a.md": "# Another"})])
        assert len(bring_in(folder, folder="/pages/")) == 1
        titles = {page.title for page in Roadmap.objects.get().pages.all()}
        assert titles == {"What ‘depot’ means", "Who we are"}

    def test_a_link_to_a_file_of_the_commit_is_read_as_a_checkout_has_it_and_no_other_is(self, tmp_path):
        links = {
            "source/who.html.md": "../other/who.md",
            "source/twice.html.md": "./who.html.md",
            "source/out.html.md": "../../secret.md",
            "source/etc.html.md": "/etc/passwd",
            "source/folder": "../other",
            "source/nothing.html.md": "nowhere.md",
            "source/itself.html.md": "itself.html.md",
        }
        (tmp_path / "secret.md").write_text("# Secret\n\nCanary.")
        files = {INDEX: PAGE, "other/who.md": "# Who else\n\nThe depot team."}
        commit = Committed(files, links=links, submodules=["source/module"])
        [outcome] = bring_in(repository(tmp_path / "parcels", [commit]))
        pages = Roadmap.objects.get().pages.all()
        assert [page.body for page in pages if page.title == "Who else"] == ["The depot team."] * 2
        assert "Canary" not in " ".join(page.body for page in pages)
        unread = ("out.html.md", "etc.html.md", "folder", "nothing.html.md", "itself.html.md", "module")
        for name in unread:
            assert any(doubt.startswith(f"source/{name}: ") for doubt in outcome.doubts), name

    def test_each_commit_is_read_as_a_checkout_of_it_wherever_its_site_stood_then(self, tmp_path):
        settings = "config/tech-docs.yml"
        folder = repository(
            tmp_path,
            [
                Committed({"index.md": PAGE, "guide.md": "# Guide\n\nOne."}, "At the top"),
                Committed({"index.md": PAGE, "guide.md": "# Guide\n\nTwo."}, "Only there"),
                Committed({INDEX: PAGE, "source/guide.html.md": "# Guide\n\nThree.", settings: ""}, "In a site"),
                Committed({f"docs/{INDEX}": PAGE, f"docs/{settings}": "", "README.md": "# Readme"}, "In a folder"),
                Committed({f"docs/{INDEX}": page("New.")[INDEX], f"docs/{settings}": ""}, "Edited there"),
                Committed({"app.rb": "exit"}, "Beside it", keeps=True),
            ],
        )
        outcomes = bring_in(folder)
        assert [outcome.commit.note for outcome in outcomes if outcome.refused] == []
        notes = ["At the top", "Only there", "In a site", "In a folder", "Edited there"]
        assert [outcome.commit.note for outcome in outcomes] == notes
        assert [note for _, _, note in told()] == notes
        assert HistoryImport.objects.get().folder == "docs/source"
        add(folder, [Committed({f"docs/{INDEX}": page("More.")[INDEX], f"docs/{settings}": ""}, "Later")])
        assert [outcome.commit.note for outcome in bring_in(folder)] == ["Later"]

    def test_a_repository_of_two_sites_is_refused_with_the_way_out(self, tmp_path):
        files = {f"{folder}/{path}": PAGE for folder in ("docs", "guide") for path in (INDEX, "config.rb")}
        folder = repository(tmp_path, [Committed(files)])
        with pytest.raises(
            HistoryRefused, match=r"2 sites: docs/, guide/\. Give the folder of one of them with --path"
        ):
            bring_in(folder)
        bring_in(folder, folder="guide")
        assert HistoryImport.objects.get().folder == "guide"
