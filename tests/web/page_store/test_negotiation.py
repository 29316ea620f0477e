"""What a request asks for besides its address, as RFC 9110 reads it."""

import pytest

from roadmap.web.page_store.negotiation import codings, has_etag, moment, part_of
from tests.cases import each_case

# By an Accept-Encoding header, what is taken first of br, gzip and identity.
ACCEPTED = {
    "br, gzip": "br",
    "gzip, br": "br",  # liked as much: the smaller
    "gzip": "gzip",
    "BR": "br",
    "GZip;Q=0.5, br;q=0.4": "gzip",
    "x-gzip": "gzip",
    "br;q=0, gzip": "gzip",
    "br;q=0": "",
    "*": "br",
    "*;q=0.5, br;q=0": "gzip",
    "br;q=0, *": "gzip",
    "*;q=0, gzip": "gzip",
    "identity": "",
    "identity;q=1, gzip;q=0.5": "",
    "gzip ; q=1.000 , br ; q=0.999": "gzip",
    "deflate, zstd": "",
    "": "",
    "identity;q=0, *;q=0": "",  # nothing is taken: the answer is sent as it is
    "br;q=1.001, gzip;q=0.1": "gzip",
    "br;q=2, gzip": "gzip",  # no weight: that member says nothing
    ";;;,,br": "br",
    "brotli": "",
}


@each_case("header, coding", ACCEPTED.items())
def test_the_best_coding_is_taken(header, coding):
    assert codings(header.encode())[0] == coding


def test_there_is_always_a_last_resort():
    assert codings(b"br;q=1, identity;q=0, *;q=0") == ("br", "")


@each_case(
    "listed, is_named",
    [
        (b'"a"', True),
        (b'W/"a"', True),
        (b'"b", "a"', True),
        (b'"b","c"', False),
        (b"*", True),
        (b" * ", True),
        (b'"a-br"', False),
        (b"a", False),
    ],
)
def test_an_entity_tag_is_found_in_a_list(listed, is_named):
    assert has_etag(listed, b'"a"') is is_named


@each_case(
    "header, part",
    [
        (b"bytes=0-4", (0, 5)),
        (b"bytes=5-", (5, 10)),
        (b"bytes=-3", (7, 10)),
        (b"bytes=-30", (0, 10)),
        (b"bytes=0-99", (0, 10)),
        (b"Bytes = 0-0", (0, 1)),
        (b"bytes=0-1,3-4", None),
        (b"items=0-1", None),
        (b"bytes=4-1", None),
        (b"bytes=-", None),
        (b"bytes=a-b", None),
    ],
)
def test_one_part_is_read_and_all_else_ignored(header, part):
    assert part_of(header, 10) == part


@each_case("header", [b"bytes=10-", b"bytes=10-20", b"bytes=-0"])
def test_a_part_that_is_not_there_is_refused(header):
    with pytest.raises(ValueError, match="no such part of 10 bytes"):
        part_of(header, 10)


def test_a_moment_is_read_or_ignored():
    assert moment(b"Sun, 06 Nov 1994 08:49:37 GMT") == 784111777
    assert moment(b"yesterday") is None
