"""Zip files: an honest one is read as the folder that it holds, any other is refused before anything is unpacked."""

import io
import stat
import struct
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs import ImportRefused, parse, read
from roadmap.techdocs.sources import MAX_ZIP_SIZE, read_upload
from roadmap.techdocs.sources.archive import MAX_ENTRIES, ArchiveFiles
from tests.cases import each_case
from tests.techdocs.git.trees import doubts_of, from_memory, refusal, zipped
from tests.techdocs.sources.checkouts import PLAIN

FILES = {"index.md": "# Parcels\n\n" + "A box. " * 50, "b/c.md": "# Boxes"}


def upload(content: bytes):
    return read_upload(content, name="parcels.zip")


def refused(content: bytes) -> str:
    message = refusal(lambda: upload(content))
    assert message.startswith(("parcels.zip", "The zip file parcels.zip"))
    return message


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.create_system = 3
    return made


def renamed(old: str, new: str) -> bytes:
    """A zip file with a name that no packer writes, of the same length as the one it takes the place of."""
    assert len(old) == len(new)
    return zipped({**FILES, old: "# X"}).replace(old.encode(), new.encode())


def directory_changed(content: bytes, offset: int, value: bytes) -> bytes:
    """The first entry of the directory with other bytes at an offset in it."""
    start = content.index(b"PK\x01\x02") + offset
    return content[:start] + value + content[start + len(value) :]


# Read


def test_a_zip_file_is_read_as_its_folder(tmp_path):
    path = tmp_path / "Parcels.ZIP"
    path.write_bytes(zipped({**FILES, "image.png": b"\x89PNG", "b/.hidden.md": "", "__MACOSX/._index.md": b"\0"}))
    source = read(path)
    assert [(one.path, one.text) for one in source.documents] == sorted((name, text) for name, text in FILES.items())
    assert source.unread == ("image.png",)
    assert parse(source).title == "Parcels"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_packed_either_way_are_read(method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    assert [one.text for one in upload(packed.getvalue()).documents] == [FILES["b/c.md"], FILES["index.md"]]


def test_a_folder_that_holds_all_is_taken_off_and_one_beside_others_is_not():
    wrapped = {"parcels-1.0/": "", "parcels-1.0/index.md": "# A", "parcels-1.0/b/c.md": "# C", ".DS_Store": b"\0"}
    assert [one.path for one in upload(zipped(wrapped)).documents] == ["b/c.md", "index.md"]
    beside = {"a/index.md": "# A", "b/c.md": "# C"}
    assert [one.path for one in upload(zipped(beside)).documents] == ["a/index.md", "b/c.md"]


def test_a_zip_file_from_windows_is_read_as_the_folder_that_it_holds():
    files = {"parcels\\": "", "parcels\\index.html.md.erb": "# A\n<%= partial 'b/c' %>", "parcels\\b\\_c.md": "C"}
    [document] = upload(zipped(files)).documents
    assert (document.path, document.partials) == ("index.html.md.erb", ("b/_c.md",))
    checkout = {f"w\\{path}".replace("/", "\\"): text for path, text in PLAIN.items()}
    assert upload(zipped(checkout)) == from_memory(PLAIN)


def test_partials_are_followed_within_a_zip_file():
    source = upload(zipped({"w/index.html.md.erb": "# A\n<%= partial 'b' %>", "w/_b.md": "Box <%"}))
    assert "Box" in source.documents[0].text
    assert doubts_of(source)[0].startswith("_b.md:1:")


def test_files_that_are_not_markdown_are_never_unpacked():
    packed = zipped({**FILES, "a.png": b"\0" * 5_000_000})
    tracemalloc.start()
    try:
        assert upload(packed).unread == ("a.png",)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


# Names and kinds


@each_case(
    ("name", "said"),
    [
        ("../b.md", "leads outside"),
        ("a/../../b.md", "leads outside"),
        ("a/..", "leads outside"),
        ("/etc/b.md", "a place outside"),
        ("//host/b.md", "a place outside"),
        ("C:b.md", "a place outside"),
        ("c:/b.md", "a place outside"),
        ("..\\b.md", "leads outside"),
        ("a\\..\\..\\b.md", "leads outside"),
        ("\\\\host\\b.md", "a place outside"),
        ("C:\\b.md", "a place outside"),
        ("b\\c.md", "two files called “b/c.md”"),
        ("a//b.md", "no path"),
        ("./b.md", "no path"),
        ("../pictures/b.png", "leads outside"),
        ("../", "leads outside"),
    ],
)
def test_names_outside_the_zip_file_are_refused(name, said):
    message = refused(zipped({**FILES, name: "# X"}))
    assert said in message
    assert name[:5].replace("\\", "/") in message


def test_a_name_with_a_null_byte_is_refused():
    assert "no path" in refused(renamed("b.md_x.png", "b.md\0x.png"))


def test_two_files_of_one_name_are_refused():
    assert "two files called “b.md”" in refused(
        zipped({"index.md": "# A", "a.md": "", "b.md": ""}).replace(b"a.md", b"b.md")
    )
    assert "two files called" in refused(zipped({"caf\u00e9.md": "# A", "cafe\u0301.md": "# B"}))
    assert "two files called" in refused(zipped({"a": "# A", "a/": ""}))


@each_case(
    ("mode", "said"),
    [(stat.S_IFLNK | 0o777, "holds a link"), (stat.S_IFIFO, "not a file"), (stat.S_IFCHR, "not a file")],
)
@each_case("name", ["b.md", "b.png"])
def test_links_and_devices_are_refused(mode, said, name):
    content = zipped({entry("index.md", stat.S_IFREG | 0o644): "# A", entry(name, mode): "/etc/passwd"})
    assert said in refused(content)


def test_another_zip_file_inside_is_refused():
    assert "another zip file, “b/More.ZIP”" in refused(zipped({**FILES, "b/More.ZIP": zipped(FILES)}))
    assert "binary" in refusal(lambda: upload(zipped({"index.md": zipped(FILES)})))


def test_an_encrypted_file_is_refused():
    assert "encrypted at “index.md”" in refused(directory_changed(zipped(FILES), 8, b"\x01"))


def test_a_file_packed_in_another_way_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("index.md", "# A")
    assert "in a way that is not read here" in refused(packed.getvalue())


# How much


def test_a_zip_file_of_a_thousand_files_is_refused_and_one_at_the_cap_is_read():
    files = {"index.md": "# A"} | {f"{number}.png": b"" for number in range(999)}
    assert "holds more than 500 files" in refused(zipped(files))
    assert len(upload(zipped(dict(list(files.items())[:MAX_ENTRIES]))).unread) == MAX_ENTRIES - 1


def test_two_hundred_and_one_markdown_files_are_refused():
    assert "201 Markdown files" in refused(zipped({f"{number}.md": "# A" for number in range(201)}))


def test_a_zip_file_over_the_cap_is_refused():
    assert "longer than 20,000,000 bytes" in refused(b"PK\x03\x04".ljust(MAX_ZIP_SIZE + 1, b"\0"))


def test_a_gigabyte_inside_is_refused_without_unpacking_it():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("index.md", "# A")
        with archive.open("b.md", "w") as written:
            for _ in range(110):
                written.write(b" " * 1_000_000)
    content = packed.getvalue()
    tracemalloc.start()
    try:
        assert "unpacks to more than 100,000,000 bytes" in refused(content)
        # A directory that hides it: the size of b.md there and in its own header.
        assert "does not hold what it says of b.md" in refused(_with_size(content, 110_000_000, 400_000))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def _with_size(content: bytes, old: int, new: int) -> bytes:
    return content.replace(struct.pack("<L", old), struct.pack("<L", new))


def test_a_file_over_the_cap_is_refused_by_its_name():
    content = zipped({**FILES, "b.md": "x" * 50_000_000})
    tracemalloc.start()
    try:
        assert refusal(lambda: upload(content)).startswith("b.md is longer than 500,000 bytes")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert "longer than" in refusal(lambda: upload(zipped({"b.md": "x" * 500_001})))
    assert len(upload(zipped({"b.md": "x" * 500_000})).documents[0].text) == 500_000


def test_a_file_that_is_shorter_or_other_than_it_says_is_refused():
    content = zipped({"index.md": "# A" * 1000})
    assert "does not hold what it says" in refused(_with_size(content, 3000, 2999))
    assert "does not hold what it says" in refused(_with_size(content, 3000, 3001))
    assert "does not hold what it says" in refused(directory_changed(content, 16, b"\0\0\0\0"))


def test_files_that_share_their_bytes_are_refused():
    """As a bomb of overlapping files does: many entries, one place."""
    content = zipped({"a.md": "# A" * 100, "b.md": "# A" * 100})
    second = content.rindex(b"PK\x01\x02")
    assert "two files in one place" in refused(content[: second + 42] + struct.pack("<L", 0) + content[second + 46 :])


# Damage


@each_case("content", [b"", b"# Title", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, zipped(FILES)[:-30]])
def test_what_is_no_zip_file_is_refused(content):
    assert "is not a zip file that can be read" in refused(content)


def test_a_zip_file_of_nothing_is_refused():
    assert "holds no Markdown" in refused(zipped({}))
    assert "holds no Markdown" in refused(zipped({"a.png": b"", "b/": ""}))


def test_damaged_contents_are_refused():
    content = zipped(FILES)
    start = content.index(b"index.md") + len("index.md")
    assert "is damaged" in refused(content[:start] + b"\xff\xff\xff" + content[start + 3 :])
    assert "is damaged" in refused(b"XX" + content[2:])


PACKED = zipped({**FILES, "config/tech-docs.yml": "service_name: P", "image.png": b"\x89PNG" * 50})


@given(
    st.lists(st.tuples(st.integers(0, len(PACKED) - 1), st.integers(0, 255)), max_size=4), st.integers(0, len(PACKED))
)
def test_whatever_befalls_a_zip_file_it_is_read_or_refused_and_never_misread(changes, length):
    changed = bytearray(PACKED)
    for place, value in changes:
        changed[place] = value
    for content in (bytes(changed), PACKED[:length], bytes(changed) + PACKED[:length]):
        with suppress(ImportRefused):
            for document in upload(content).documents:
                assert document.text in FILES.values()


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content):
    with suppress(ImportRefused):
        upload(content)
    with suppress(ImportRefused):
        ArchiveFiles(b"PK\x03\x04" + content + PACKED[-22:], "a.zip")
