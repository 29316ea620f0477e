import hashlib
import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from roadmap.techdocs import ImportRefused, read
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, MAX_FILES


@pytest.fixture
def write(tmp_path):
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


def refusal(path: Path) -> str:
    with pytest.raises(ImportRefused) as caught:
        read(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_is_one_document_with_its_name_and_digest(write):
    content = "# Parcels\n\nA depot – there.\n"
    [document] = read(write("parcels.md", content)).documents
    assert (document.path, document.text) == ("parcels.md", content)
    assert document.sha256 == hashlib.sha256(content.encode()).hexdigest()


def test_line_ends_and_byte_order_mark_are_those_of_plain_text(write):
    [document] = read(write("a.md", b"\xef\xbb\xbf# One\r\ntwo\rthree\n")).documents
    assert document.text == "# One\ntwo\nthree\n"


def test_a_folder_is_its_markdown_files_by_name_and_the_rest_is_named(write, tmp_path):
    for name in ("index.md", "b.html.md", "a.markdown", "notes.txt", ".hidden.md", "NOTES.MD"):
        write(name, "# Title")
    for name in ("images/large/one.png", "images/two.png", "drafts.md/three.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(name, b"\x89PNG")
    found = read(tmp_path)
    assert [document.path for document in found.documents] == ["NOTES.MD", "a.markdown", "b.html.md", "index.md"]
    assert found.unread == ("drafts.md/", "images/", "notes.txt")


def test_what_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refusal(tmp_path / "nowhere.md")


@pytest.mark.parametrize("path", ["\0.md", "x" * 5000 + ".md"])
def test_what_can_be_no_path_is_refused(path):
    refusal(Path(path))


@pytest.mark.parametrize("content", [b"", b"\n \t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(write, content):
    assert refusal(write("a.md", content)) == "a.md is empty."


def test_text_in_another_encoding_is_refused_at_its_line(write):
    message = refusal(write("a.md", "# Caf\n\ncaf\xe9".encode("latin-1")))
    assert message.startswith("a.md:3:")
    assert "UTF-8" in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_text_of_two_or_four_bytes_a_letter_is_refused(write, encoding):
    with_mark = encoding in ("utf-16", "utf-32")
    message = refusal(write("a.md", "# Caf".encode(encoding)))
    assert (encoding.upper() in message and "UTF-8" in message) if with_mark else "binary" in message


@pytest.mark.parametrize("content", [b"# A\n\0", b"%PDF-1.7\n1 0 obj", b"PK\x03\x04word/document.xml"])
def test_a_binary_file_is_refused(write, content):
    assert "binary" in refusal(write("a.md", content))


def test_a_control_character_is_refused_at_its_line(write):
    message = refusal(write("a.md", "# A\n\n\x1b[31mred"))
    assert message.startswith("a.md:3:")
    assert "U+001B" in message


@pytest.mark.parametrize("name", ["page.html", "page.docx", "page.erb", "page"])
def test_a_file_that_is_not_called_markdown_is_refused(write, name):
    assert "is not Markdown" in refusal(write(name, "# Title"))


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>",
        "\n<html lang='en'>",
        "<?xml version='1.0'?>",
        "<!-- Saved -->\n<!-- twice -->\n<HTML>",
        "---\ntitle: A\n---\n<body class='page'>",
    ],
)
def test_a_whole_html_page_is_refused(write, start):
    assert "HTML" in refusal(write("a.md", f"{start}\n<h1>Title</h1>"))


def test_a_file_over_the_cap_is_refused_and_one_at_it_is_read(write):
    assert "longer than 500,000 bytes" in refusal(write("a.md", b"x" * (MAX_FILE_SIZE + 1)))
    assert len(read(write("b.md", b"x" * MAX_FILE_SIZE)).documents[0].text) == MAX_FILE_SIZE


@pytest.mark.parametrize("start", ["<!-- never closed", "<header>Us</header>", "---\n<html> is a word here"])
def test_html_within_markdown_is_read(write, start):
    assert read(write("a.md", f"{start}\n\n# Title")).documents[0].text.startswith(start)


def test_a_file_of_fifty_megabytes_is_refused_without_being_read_whole(tmp_path):
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    try:
        assert "longer than 500,000 bytes" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_folder_without_markdown_is_refused(write, tmp_path):
    write("notes.txt", "Notes")
    assert "holds no Markdown" in refusal(tmp_path)


def test_a_folder_of_too_many_files_is_refused(write, tmp_path):
    for number in range(MAX_FILES + 1):
        write(f"{number}.md", "# Title")
    assert "201 Markdown files: at most 200" in refusal(tmp_path)


def test_a_folder_of_too_many_bytes_is_refused(write, tmp_path):
    for number in range(5):
        write(f"{number}.md", b"x" * MAX_FILE_SIZE)
    assert "more than 2,000,000 bytes of Markdown" in refusal(tmp_path)


def test_one_bad_file_refuses_the_folder(write, tmp_path):
    write("index.md", "# Title")
    write("other.md", b"\xff")
    assert refusal(tmp_path).startswith("other.md:1:")


def test_a_link_out_of_the_folder_is_refused(write, tmp_path):
    secret = write("secret.md", "# Secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "index.md").symlink_to(secret)
    assert "leads outside the folder" in refusal(folder)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    assert refusal(tmp_path / "pipe.md") == "pipe.md is not a file."
    assert refusal(tmp_path) == "pipe.md is not a file."


def test_a_device_is_refused_without_reading_it(tmp_path):
    (tmp_path / "endless.md").symlink_to("/dev/zero")
    assert refusal(tmp_path / "endless.md") == "endless.md is not a file."


def test_a_socket_is_refused(tmp_path):
    with socket.socket(socket.AF_UNIX) as listening:
        # Its address has room for a short path only.
        listening.bind(f"/proc/self/fd/{(descriptor := os.open(tmp_path, os.O_RDONLY))}/socket.md")
        os.close(descriptor)
        assert refusal(tmp_path / "socket.md") == "socket.md is not a file."


def test_a_name_with_a_line_break_is_shown_on_one_line(write):
    assert refusal(write("a\nb.md", b"\xff")).startswith("a\N{REPLACEMENT CHARACTER}b.md:1:")
