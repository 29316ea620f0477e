"""What is sent of an answer that is held."""

from roadmap.web.page_store.answers import Held, made

DATE = "Sun, 29 Nov 2026 10:00:00 GMT"


def test_a_304_says_when_it_was_changed_only_where_it_has_no_etag():
    dated = [("Last-Modified", DATE)]
    for headers, asked, told in (
        (dated, {b"if-modified-since": DATE.encode()}, {b"last-modified"}),
        ([*dated, ("ETag", '"1"')], {b"if-none-match": b'"1"'}, {b"etag"}),
    ):
        start, body = Held(made(200, headers, b"page", None)).messages("GET", asked)
        assert (start["status"], {name for name, _ in start["headers"]}, body["body"]) == (304, told, b"")
