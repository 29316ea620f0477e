"""What may stand in rendered HTML: the lists, and nh3, which removes everything else."""

import re

import nh3

INLINE = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "s", "samp"}
    | {"small", "span", "strong", "sub", "sup", "time", "u", "var"}
)
TABLE_PARTS = frozenset({"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"})
BLOCKS = TABLE_PARTS | {
    *("blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "summary", "table", "ul"),
}
VOID = {"br", "col", "hr", "img"}

_SCHEMES = {"http", "https", "mailto", "tel"}
_SEGMENT_END = re.compile(r"[/?#]")
ATTRIBUTES = {
    # A Welsh name in an English page: WCAG 2.2, 3.1.2 Language of parts. Ids are for links to lead to.
    "*": {"lang", "dir", "id"},
    "a": {"href", "title", "name"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
_WITH_LINES = {**ATTRIBUTES, "*": ATTRIBUTES["*"] | {"data-line"}}
_NUMBERS = {"colspan", "rowspan", "width", "height", "start"}
_ID = re.compile(r"[A-Za-z0-9_][\w.:-]{0,99}", re.ASCII)


def is_safe_link(url: str) -> bool:
    """Whether a link may lead there: relative, a #fragment, or one of the schemes http, https, mailto and tel.

    Whatever stands before a colon in the first segment is taken for a scheme, as a relative link must not have a
    colon there (RFC 3986, 4.2): however it is disguised, only the four are let through.
    """
    scheme, colon, _ = _SEGMENT_END.split(url.strip(), maxsplit=1)[0].partition(":")
    return not colon or scheme.lower() in _SCHEMES


def clean(markup: str, *, with_lines: bool = False) -> str:
    """The HTML with the tags and attributes on the lists only, well-formed, as a browser would write it back.

    Cleaned until cleaning changes nothing more, which is nearly always the first time: HTML that a browser reads
    differently from how it was written is how sanitisers are got round. What will not settle becomes plain text.
    """
    for _ in range(4):
        cleaned = nh3.clean(
            markup,
            tags=set(INLINE | BLOCKS),
            clean_content_tags=set(),
            attributes=_WITH_LINES if with_lines else ATTRIBUTES,
            attribute_filter=_wanted_value,
            url_schemes=_SCHEMES,
            link_rel=None,
        )
        # A line break at the start of <pre> is left out by whoever reads it, so it must not be there to be read.
        cleaned = re.sub(r"<pre>\n+", "<pre>", cleaned)
        # A link to nowhere goes before the rest is settled: what it held apart, two headings perhaps, may not touch.
        cleaned = re.sub(r"<a>(.*?)</a>", r"\1", cleaned, flags=re.DOTALL)
        if cleaned == markup:
            return cleaned
        markup = cleaned
    return nh3.clean_text(markup)


def _wanted_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute in _NUMBERS and not re.fullmatch(r"[0-9]{1,4}", value):
        return None
    if attribute == "data-line" and not re.fullmatch(r"[0-9]{1,6}", value):
        return None
    if attribute in {"id", "name"} and not _ID.fullmatch(value):
        return None
    if attribute in {"href", "src"} and not is_safe_link(value):
        return None
    if attribute == "src" and re.match(r"\s*(mailto|tel)\s*:", value, re.IGNORECASE):
        return None
    return None if attribute == "dir" and value not in {"ltr", "rtl", "auto"} else value
