"""What stays Markdown on a page, and what of it somebody should look at. Pure."""

from urllib.parse import urlsplit

from roadmap.techdocs.parse.blocks import Blocks, Span


def doubt_kept(document: Blocks, span: Span, title: str) -> None:
    """What stays Markdown on a page although somebody may have meant more by it."""
    for token in document.within(span):
        line = token.map[0] if token.map else 0
        if line in document.taken:
            continue
        if token.type == "table_open":
            document.doubt(line, f"This table was kept as text on the page “{title}”.")
        elif token.type == "html_block":
            document.doubt(line, f"This HTML was kept as it is on the page “{title}”, which shows what is safe of it.")
        elif token.type == "inline":
            for child in token.children or ():
                target = child.attrGet("href") or child.attrGet("src")
                if target and _is_relative(str(target)):
                    where = document.line_of(str(target), token)
                    document.doubt(
                        where, f"This link leads to a file beside the source, {str(target)[:200]}: change it."
                    )


def _is_relative(target: str) -> bool:
    try:
        parts = urlsplit(target)
    except ValueError:  # such as an IPv6 address without its end
        return False
    return not parts.scheme and not parts.netloc and bool(parts.path) and not target.startswith("/")
