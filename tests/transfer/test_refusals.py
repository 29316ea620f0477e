"""A file that is not as an export wrote it is refused in words, whoever changed it and however carefully."""

import gzip
import json
import os

import pytest

from roadmap.transfer import TransferRefused, check_file, read_file
from roadmap.transfer.format import FORMAT_VERSION
from tests.cases import each_case
from tests.transfer.tampering import changed, sealed

pytestmark = pytest.mark.django_db

AGAIN = "The file was changed or damaged: export the roadmap again."


# Files that are no export at all


@each_case(
    "content",
    [
        b"",
        b"\n",
        b"# A roadmap\n",
        b"{}\n",
        b"null\n",
        b'{"format": "something else", "format_version": 1}\n',
        b'{"format": "roadmap", "format_version": "1"}\n',
        b'{"format": "roadmap", "format_version": 0}\n',
        b'\xef\xbb\xbf{"format":"roadmap","format_version":1}\n',
        b"\x89PNG\r\n\x1a\n\0\0",
        b"[" * 200_000,
        '[{"model": "roadmap.roadmap"}]'.encode("utf-16"),
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_not_an_export_is_refused_as_that(refused, content):
    assert refused(content) == "roadmap.jsonl is not a roadmap that export_json wrote."


def test_a_newer_format_is_refused_before_anything_is_read(refused, file):
    first, *rest = file.splitlines(keepends=True)
    newer = json.dumps(json.loads(first) | {"format_version": FORMAT_VERSION + 1, "something": "new"}).encode() + b"\n"
    said = refused(newer + b"".join(rest))
    assert said == (
        f"roadmap.jsonl has format {FORMAT_VERSION + 1}, and this software reads {FORMAT_VERSION}: "
        "it was exported by newer software. "
        "Update this installation first."
    )


def test_a_folder_a_pipe_and_a_file_that_is_not_there_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, reason in {
        tmp_path: "is not a file",
        tmp_path / "pipe": "is not a file",
        tmp_path / "nowhere": "does not exist",
    }.items():
        with pytest.raises(TransferRefused, match=reason):
            reading_of(path)


def reading_of(path):
    return [*read_file.Reading(path).records()]


# Files that broke on the way


def test_a_file_that_breaks_off_is_refused_wherever_it_does(refused, file):
    for length in (len(file) - 1, len(file) - 20, len(file) // 2, 5000, 100, 41):
        assert "breaks off" in refused(file[:length])
    lines = file.splitlines(keepends=True)
    assert refused(b"".join(lines[:-1])) == (
        f"roadmap.jsonl breaks off after line {len(lines) - 1}: the end is missing. {AGAIN}"
    )


def test_one_letter_that_changed_on_the_way_is_noticed(refused, file):
    assert file.count(b"Unchanged word") == 0
    assert refused(file.replace(b"The supplier is late.", b"The supplier is lazy.")) == (
        f"roadmap.jsonl is not as it was written: its last line says so. {AGAIN}"
    )


def test_lines_that_were_lost_or_added_are_noticed(refused, file):
    lines = file.splitlines(keepends=True)
    assert "not as it was written" in refused(b"".join(lines[:-2] + lines[-1:]))
    assert "something after the end" in refused(file + lines[-1])
    assert "something after the end" in refused(file + b"\n")


def test_what_is_not_utf_8_is_refused_at_its_line(refused, file):
    lines = file.splitlines()
    lines[3] = lines[3].replace(b"Tax years", b"Tax y\xe9ars")
    assert refused(sealed(lines[:-1])) == f"roadmap.jsonl:4: This line is not UTF-8. {AGAIN}"


def test_a_packed_file_that_broke_is_refused(refused, file):
    packed = gzip.compress(file)
    for broken in (packed[:-4], packed[: len(packed) // 2], packed[:2]):
        assert "cannot be unpacked" in refused(broken)
    # What bytes in its midst unpack to is chance, so the reason is too.
    said = refused(packed[:500] + b"x" * 50 + packed[550:])
    assert said.endswith(AGAIN) or "not a roadmap" in said


# Files that are too large


def test_a_line_without_end_is_not_read_to_its_end(refused, file, monkeypatch):
    monkeypatch.setattr(read_file, "MAX_LINE", 20_000)
    long = sealed([*file.splitlines()[:-1], b'{"record":"picture","name":"' + b"x" * 30_000])
    assert "more than 20,000 bytes" in refused(long)
    assert "is not a roadmap" in refused(gzip.compress(b"0" * 100_000_000))


def test_a_file_that_unpacks_to_too_much_is_refused(refused, file, monkeypatch):
    monkeypatch.setattr(read_file, "MAX_SIZE", 10_000)
    assert refused(gzip.compress(file)) == "roadmap.jsonl has more than 10,000 bytes: too many to read."


def test_too_many_things_or_editions_are_refused(refused, file, monkeypatch):
    monkeypatch.setattr(check_file, "MAX_EDITIONS", 5)
    assert "more than 5 editions" in refused(file)
    monkeypatch.setattr(check_file, "MAX_THINGS", 8)
    assert "more than 8 things" in refused(file)


def test_a_line_that_is_nested_deeply_is_refused_in_no_time(refused, file):
    deep = b'{"record":"picture","name":' + b"[" * 1_000_000
    assert refused(sealed([*file.splitlines()[:-1], deep])).endswith(AGAIN)
    nested = "0"
    for _ in range(50):
        nested = f"[{nested}]"
    hostile = changed(file, "revision", lambda revision: revision["changes"][0].update(before="@@")).replace(
        b'"@@"', nested.encode()
    )
    assert "not of this format" in refused(sealed(hostile.splitlines()[:-1]))
    nested = "[" * 100_000 + "]" * 100_000
    hostile = changed(file, "revision", lambda revision: revision["changes"][0].update(before="@@")).replace(
        b'"@@"', nested.encode()
    )
    assert "not of this format" in refused(sealed(hostile.splitlines()[:-1]))
