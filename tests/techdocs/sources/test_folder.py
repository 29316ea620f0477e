"""Folders with sub-folders, and the checkouts of tech-docs repositories: from disk, from a zip file and from memory."""

import pytest

from roadmap.techdocs import parse, read
from roadmap.techdocs.sources import read_upload, walk
from roadmap.techdocs.sources.source import MAX_PATH_LENGTH
from tests.techdocs.example_sources import real_source
from tests.techdocs.git.trees import doubts_of, from_disk, from_memory, refusal, write_all, zipped

SETTINGS = """\
# The parcels' site
host: parcels.example.gov.uk
service_name: Parcels   Developer Hub
service_link: /
header_links:
  Roadmap: /
  Sign in: https://parcels.example.gov.uk/sign-in
"""
CHECKOUT = {
    "README.md": "# How to build this",
    "Gemfile": "gem 'parcels'",
    "lib/tasks.rb": "exit",
    "config/tech-docs.yml": SETTINGS,
    "config/other.yml": "a: 1",
    "source/index.html.md.erb": "# Parcels\n\n<%= partial 'documentation/terms' %>\n",
    "source/images/depot.png": b"\x89PNG",
    "source/documentation/_terms.md": "A **parcel** is a box.\n",
    "source/documentation/released/2023.html.md": "# Released in 2023\n",
}


def paths(source) -> list[str]:
    return [document.path for document in source.documents]


def test_sub_folders_are_read_and_their_paths_kept(tmp_path):
    files = {"index.md": "# A", "released/2023.html.md": "# B", "released/old/2019.markdown": "# C"}
    assert paths(from_disk(files, tmp_path)) == ["index.md", "released/2023.html.md", "released/old/2019.markdown"]


def test_of_a_checkout_the_markdown_in_source_is_read_and_what_the_site_is_called(tmp_path):
    source = from_disk(CHECKOUT, tmp_path)
    assert paths(source) == ["source/documentation/released/2023.html.md", "source/index.html.md.erb"]
    assert source.site_title == "Parcels Developer Hub"
    assert source.header_links == (("Roadmap", "/"), ("Sign in", "https://parcels.example.gov.uk/sign-in"))
    assert "A **parcel** is a box." in source.documents[1].text
    assert doubts_of(source) == []


def test_what_a_checkout_has_besides_is_named_folders_once(tmp_path):
    assert from_disk(CHECKOUT, tmp_path).unread == (
        "Gemfile",
        "README.md",
        "config/other.yml",
        "lib/",
        "source/images/",
    )


@pytest.mark.parametrize("wrapper", ["", "parcels-main/"])
def test_a_checkout_is_the_same_from_disk_from_a_zip_file_and_from_memory(tmp_path, wrapper):
    on_disk = from_disk(CHECKOUT, tmp_path)
    assert from_memory(CHECKOUT) == on_disk
    packed = {f"{wrapper}{path}": content for path, content in CHECKOUT.items()}
    assert read_upload(zipped(packed), name="parcels.zip") == on_disk


def test_the_outermost_index_is_the_home_page(tmp_path):
    files = {"a/index.md": "# Of a folder", "index.html.md.erb": "# Parcels", "b.md": "# Boxes"}
    assert parse(from_disk(files, tmp_path)).title == "Parcels"


def test_of_a_checkout_without_a_page_in_source_itself_the_documentation_is_read(tmp_path):
    files = {"config/tech-docs.yml": SETTINGS, "source/documentation/index.html.md": "# Parcels", "docs/a.md": "# A"}
    source = from_disk(files, tmp_path)
    assert paths(source) == ["source/documentation/index.html.md"]
    assert parse(source).title == "Parcels"


def test_the_folder_of_the_documents_can_be_told(tmp_path):
    source = from_memory(CHECKOUT, within="source/documentation/")
    assert paths(source) == ["source/documentation/released/2023.html.md"]
    assert source.site_title == "Parcels Developer Hub"
    assert "no file in its folder docs/ has" in refusal(lambda: from_memory(CHECKOUT, within="docs"))


def test_settings_beside_the_markdown_count_too(tmp_path):
    source = from_disk({"index.md": "# A", "tech-docs.yml": SETTINGS}, tmp_path)
    assert source.site_title == "Parcels Developer Hub"
    assert source.unread == ()


def test_partials_are_no_documents_and_one_that_no_page_includes_is_doubted(tmp_path):
    source = from_disk({"index.md": "# A", "_old.md": b"\xff"}, tmp_path)
    assert paths(source) == ["index.md"]
    assert doubts_of(source) == ["_old.md: No page includes this partial, so it was not read."]
    assert source.unread == ()


def test_a_file_given_by_itself_is_a_document_whatever_its_name(tmp_path):
    write_all(tmp_path, {"_terms.md": "# Terms"})
    assert paths(read(tmp_path / "_terms.md")) == ["_terms.md"]


def test_an_empty_file_in_a_folder_is_doubted_and_a_folder_of_them_refused(tmp_path):
    source = from_disk({"index.md": "# A", "b.md": " \n"}, tmp_path)
    assert paths(source) == ["index.md"]
    assert doubts_of(source) == ["b.md: This file is empty."]
    assert "only empty files" in refusal(lambda: from_memory({"b.md": "", "_c.md": "# C"}))


def test_doubts_of_reading_are_in_what_is_parsed():
    parsed = parse(from_memory({"index.md": "# A\n\nText <%= one %>", "b.md": ""}))
    assert [str(doubt) for doubt in parsed.doubts] == [
        "b.md: This file is empty.",
        "index.md:3: This ERB was kept as text, for the name of the file does not end in .erb.",
    ]


def test_hidden_files_and_folders_are_never_looked_at():
    files = {"index.md": "# A", ".github/a.md": b"\xff", "b/.c.md": b"\xff", "__MACOSX/d.md": b"\xff"}
    source = from_memory(files)
    assert (paths(source), source.unread) == (["index.md"], ())


# Settings


@pytest.mark.parametrize(
    ("settings", "title", "links", "doubts"),
    [
        ("", "", (), []),
        ("host: a\n", "", (), []),
        ("service_name:\nheader_links:\n", "", (), []),
        ("- a\n", "", (), ["tech-docs.yml:1: These are not settings, lines of “name: value”, so they were not used."]),
        ("a: 1\nservice_name: [1]\n", "", (), ["tech-docs.yml:2: This name is not text, so it was not used."]),
        (
            "header_links: [a]\n",
            "",
            (),
            ["tech-docs.yml:1: These links are not lines of “name: address”, so they were not used."],
        ),
        (
            "service_name: P\nheader_links:\n  A: /\n  B: {}\n  7: /\n",
            "P",
            (("A", "/"),),
            ["tech-docs.yml:2: Some of these links are not a name and an address, so they were not used."],
        ),
    ],
)
def test_settings_that_say_little_or_something_else_are_doubted(settings, title, links, doubts):
    source = from_memory({"index.md": "# A", "tech-docs.yml": settings})
    assert (source.site_title, source.header_links, doubts_of(source)) == (title, links, doubts)


def test_settings_with_too_many_links_keep_the_first():
    settings = "header_links:\n" + "".join(f"  L{number}: /\n" for number in range(60))
    source = from_memory({"index.md": "# A", "tech-docs.yml": settings})
    assert len(source.header_links) == 50
    assert doubts_of(source) == ["tech-docs.yml:1: There are more than 50 links: the others were not used."]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (b"\xff\xfe", "UTF-16"),
        (b"\x89PNG", "binary"),
        (b"a: \xff", "config/tech-docs.yml:1: this is not UTF-8"),
        (b"x" * 600_000, "longer than 500,000 bytes"),
        (b"a: " + b"x" * 60_000, "config/tech-docs.yml:1: this file is longer than 50,000 characters"),
        (b"a: 1\nb: [", "config/tech-docs.yml:2: this file is not YAML"),
        (b"a: 1\nb: !!python/object/apply:os.system [exit]", "config/tech-docs.yml:2: this file asks for an object"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(settings, said):
    files = {"config/tech-docs.yml": settings, "source/index.md": "# A"}
    assert said in refusal(lambda: from_memory(files))


# Links, and folders without end


def test_a_folder_that_is_a_link_outside_is_refused(tmp_path):
    write_all(tmp_path, {"secret/a.md": "# Secret", "given/index.md": "# A"})
    (tmp_path / "given" / "more").symlink_to(tmp_path / "secret")
    assert refusal(lambda: read(tmp_path / "given")).startswith("more is a link that leads outside the folder")


def test_a_file_in_a_sub_folder_that_is_a_link_outside_is_refused(tmp_path):
    write_all(tmp_path, {"secret.md": "# Secret", "given/index.md": "# A", "given/more/b.txt": ""})
    (tmp_path / "given" / "more" / "c.md").symlink_to(tmp_path / "secret.md")
    assert refusal(lambda: read(tmp_path / "given")).startswith("more/c.md is a link that leads outside")


def test_a_partial_or_settings_that_are_links_outside_are_refused(tmp_path):
    write_all(tmp_path, {"secret.md": "# Secret", "given/index.md.erb": "<%= partial 'a' %>"})
    (tmp_path / "given" / "_a.md").symlink_to(tmp_path / "secret.md")
    assert refusal(lambda: read(tmp_path / "given")).startswith("_a.md is a link that leads outside")
    write_all(tmp_path, {"other/index.md": "# A"})
    (tmp_path / "other" / "tech-docs.yml").symlink_to(tmp_path / "secret.md")
    assert refusal(lambda: read(tmp_path / "other")).startswith("tech-docs.yml is a link that leads outside")


def test_links_within_the_folder_are_followed_to_files_and_never_to_folders(tmp_path):
    write_all(tmp_path, {"index.md": "# A", "sub/b.md": "# B"})
    (tmp_path / "c.md").symlink_to("sub/b.md")
    (tmp_path / "sub" / "round").symlink_to(tmp_path)
    source = read(tmp_path)
    assert [(one.path, one.text) for one in source.documents] == [
        ("c.md", "# B"),
        ("index.md", "# A"),
        ("sub/b.md", "# B"),
    ]
    assert source.unread == ("sub/round/",)


def test_links_to_nowhere_and_to_themselves_are_refused_if_they_are_markdown(tmp_path):
    write_all(tmp_path, {"index.md": "# A"})
    (tmp_path / "b.txt").symlink_to("nowhere")
    assert read(tmp_path).unread == ("b.txt",)
    (tmp_path / "b.md").symlink_to("nowhere")
    assert refusal(lambda: read(tmp_path)) == "b.md is a link that leads nowhere. Put the file itself there."
    (tmp_path / "b.md").unlink()
    (tmp_path / "b.md").symlink_to("b.md")
    assert "links" in refusal(lambda: read(tmp_path))


def test_links_beside_the_content_of_a_checkout_do_not_matter(tmp_path):
    write_all(tmp_path, {f"given/{path}": content for path, content in CHECKOUT.items()})
    (tmp_path / "given" / "node_modules").symlink_to(tmp_path)
    assert "node_modules/" in read(tmp_path / "given").unread


def test_a_folder_of_too_many_names_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(walk, "MAX_NAMES", 5)
    hidden = {f".git/{number}": "" for number in range(9)}
    write_all(tmp_path, {"index.md": "# A", "sub/b.md": "# B", "sub/c.txt": "", **hidden})
    assert len(read(tmp_path).documents) == 2
    write_all(tmp_path, {"sub/.e": ""})
    assert "has more than 5 files. Give the folder" in refusal(lambda: read(tmp_path))


def test_folders_that_go_too_deep_and_paths_that_are_too_long_are_refused(tmp_path):
    write_all(tmp_path, {"a/" * 31 + "b.md": "# B"})
    assert "more than 30 deep" in refusal(lambda: read(tmp_path))
    long = "a/" * (MAX_PATH_LENGTH // 2 - 2) + "b.md"
    assert len(from_memory({long: "# A"}).documents) == 1
    assert "more than 400 characters" in refusal(lambda: from_memory({f"c{long}": "# A"}))


@pytest.mark.parametrize("name", ["vat-2018-10", "vat-2018-11", "itsa-2023-06"])
def test_real_folders_are_read_whole(name):
    folder = real_source(name)
    source = read(folder)
    assert paths(source) == sorted(path.name for path in folder.glob("*.md"))
    assert source.unread == ()
    if (folder / "tech-docs.yml").exists():
        assert source.site_title
        assert len(source.header_links) == 4
