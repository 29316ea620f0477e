"""Checkouts of tech-docs repositories, each of another shape: read as they are, from a folder, a zip file, a commit."""

import pytest

from roadmap.models import Roadmap
from roadmap.techdocs import apply, make_plan, parse
from roadmap.techdocs.git import CommitFiles, open_repository
from roadmap.techdocs.sources import Source, read_files, read_upload
from tests.techdocs.git.repositories import Committed, repository
from tests.techdocs.git.trees import doubts_of, from_disk, from_memory, refusal, zipped
from tests.techdocs.sources import checkouts

INDEX = "source/index.html.md.erb"


def pages(source: Source) -> dict[str, str]:
    return {page.title: page.body for page in parse(source).pages}


@pytest.mark.parametrize("name", checkouts.ALL)
def test_every_shape_is_read_the_same_from_a_folder_a_zip_file_and_a_commit(name, tmp_path):
    files = checkouts.ALL[name]
    source = from_memory(files)
    assert from_disk(files, tmp_path / "folder") == source
    assert read_upload(zipped({f"w/{path}": text for path, text in files.items()}), name="w.zip") == source
    with open_repository(repository(tmp_path / "repository", [Committed(files)])) as opened:
        found = CommitFiles(opened, opened.commit(opened.head))
        assert read_files(found, place="it", beside=found.beside) == source


@pytest.mark.django_db
@pytest.mark.parametrize("name", checkouts.ALL)
def test_every_shape_can_be_imported(name):
    parsed = parse(from_memory(checkouts.ALL[name]))
    roadmap = apply(plan=make_plan(parsed, slug="parcels", contact="parcels@example.gov.uk"))
    assert (roadmap.title, Roadmap.objects.count()) == ("Parcel Tax roadmap", 1)
    assert not make_plan(parsed, slug="parcels", contact="parcels@example.gov.uk").changes_something


def test_what_the_template_has_on_a_page_costs_only_itself():
    source = from_memory(checkouts.PLAIN)
    parsed = parse(source)
    assert (parsed.title, parsed.description) == (
        "Parcel Tax roadmap",
        "What parcel software can do at https://parcels.example.gov.uk. It goes on here.",
    )
    assert pages(source) == {
        "Introduction": "**Warning:** Dates may change.",
        "What “depot” means": "See [the terms](/terms) and [the team](mailto:parcels@example.gov.uk).\n\n"
        "![A depot](images/depot.png)",
    }
    assert [doubt.line for doubt in source.documents[0].doubts] == [9, 10, 13, 20, 21, 22, 26, 37]


def test_a_page_of_partials_is_one_document_and_what_it_includes_is_none():
    source = from_memory(checkouts.PARTIALS)
    assert [document.path for document in source.documents] == [INDEX]
    text = [line for line in source.documents[0].text.split("\n") if line.strip()]
    assert text[3:] == [
        "# Parcel Tax roadmap",
        "What parcel software can do.",
        "## Terms",
        "Parcels lie in a depot, of <%= size %>.",
        "## Planned",
        "Change | Detail",
        "---|---",
        "Weigh | The weight of a parcel",
    ]
    assert [item.title for item in parse(source).items] == ["Weigh"]


def test_pages_come_in_the_order_of_their_weights():
    parsed = parse(from_memory(checkouts.PAGES))
    assert [page.title for page in parsed.pages] == ["What “depot” means", "Backlog", "Later", "Released"]


def test_what_is_computed_is_kept_as_text_where_it_stood():
    source = from_memory(checkouts.COMPUTED)
    body = pages(source)["Depots"]
    assert "```\n<% data.depots.each do |depot| %>\n### <%= depot.name %>\n" in body
    assert "This is a draft.\nThis is not a draft." in body
    assert "Wide words." in body
    assert parse(source).items == ()
    assert [doubt.line for doubt in source.documents[0].doubts] == [3, 5, 11, 22, 28, 30, 36]


def test_a_specification_is_kept_as_text_and_doubted():
    assert [doubt for doubt in doubts_of(from_memory(checkouts.SPECIFICATION)) if "api" in doubt] == [
        "source/reference/index.html.md.erb:7: The template shows an API here, “api> "
        "https://parcels.example.gov.uk/openapi.yml”: kept as text. Put a link there.",
        "source/reference/index.html.md.erb:9: The template shows an API here, “api_schema> Parcel”: "
        "kept as text. Put a link there.",
    ]


def test_a_site_in_a_folder_of_a_product_is_read_as_that_folder():
    found, alone = from_memory(checkouts.PRODUCT), from_memory(checkouts.PARTIALS)
    assert found.documents == alone.documents
    assert (found.site_title, found.unread) == (alone.site_title, alone.unread)
    assert str(found.doubts[0]) == "docs/: Of the repository, the site in this folder was read and nothing else."


def test_of_two_sites_the_outer_is_read_and_of_two_alike_the_message_names_both():
    inner = {f"docs/old/{path}": text for path, text in checkouts.PAGES.items()}
    assert from_memory(checkouts.PRODUCT | inner).documents == from_memory(checkouts.PRODUCT).documents
    other = {f"guide/{path}": text for path, text in checkouts.PAGES.items()}
    both = checkouts.PRODUCT | other
    assert refusal(lambda: from_memory(both)) == (
        "The commit holds 2 sites: docs/, guide/. Give the folder of one of them."
    )
    for within in ("docs", "docs/source"):
        assert from_memory(both, within=within).documents == from_memory(checkouts.PARTIALS).documents


def test_a_partial_of_a_page_in_a_site_in_a_folder_is_found_from_its_own_source(tmp_path):
    page = "# A\n\n<%= partial 'documentation/terms' %>\n"
    files = {f"docs/{path}": text for path, text in checkouts.PARTIALS.items()} | {"docs/source/a/b.html.md.erb": page}
    source = from_memory(files, within="docs/source/a")
    assert source.documents[0].partials == ("source/documentation/terms.md.erb",)


def test_a_product_of_many_files_is_read_where_its_site_stands_and_refused_where_it_has_none(tmp_path):
    many = {f"app/{folder}/{number}.rb": "" for folder in range(6) for number in range(1000)}
    assert from_disk(checkouts.PRODUCT | many, tmp_path / "a").documents == from_memory(checkouts.PARTIALS).documents
    message = refusal(lambda: from_disk(checkouts.MARKDOWN | many, tmp_path / "b"))
    assert "has more than 5,000 files. Give the folder of the site" in message


def test_what_only_looks_like_a_site_hides_no_markdown(tmp_path):
    trial = {"spec/config.rb": "", "spec/source/index.md": "# A trial"}
    styles = {"config.rb": "", "source/screen.scss": "", "source/deep/er/index.rb": "", "docs/source/a.rb": ""}
    for name, beside in (("trial", trial), ("styles", styles)):
        files = {"README.md": "# Parcels", "guide/a/b/c/d.md": "# Deep", **beside}
        source = from_disk(files, tmp_path / name)
        assert {"README.md", "guide/a/b/c/d.md"} <= {document.path for document in source.documents}
        assert source == from_memory(files)


def test_links_beside_a_site_do_not_matter(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "linked").symlink_to(tmp_path / "outside")
    assert from_disk(checkouts.PRODUCT, tmp_path / "folder").documents
    (tmp_path / "folder" / "docs" / "source" / "linked").symlink_to(tmp_path / "outside")
    assert "leads outside" in refusal(lambda: from_disk(checkouts.PRODUCT, tmp_path / "folder"))


def test_too_many_files_are_refused_with_the_folders_that_are_not():
    files = {f"{folder}/{number}.md": "# A" for folder, count in (("a", 150), ("b", 90)) for number in range(count)}
    assert refusal(lambda: from_memory(files)) == (
        "The commit holds 240 Markdown files: at most 200 are read at once. Give one of its folders, such as a, b."
    )
