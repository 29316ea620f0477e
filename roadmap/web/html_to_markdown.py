"""The Markdown of a page, made of its HTML."""

import re
from itertools import takewhile
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from markdownify import ATX, MarkdownConverter

_LEFT_OUT = ("form", "nav", "script", "style", "svg")  # what a reader of text has no use for
_IN_ITSELF_NOTHING = ("b", "em", "i", "strong")  # within another such says nothing more
_BLANKS = re.compile(r"[ \t]{9,}")
_NO_LIST = re.compile(r"(?<=[^\n\d\s])(\s*\d{1,9})\\([.)])")
_SAYS_SOMETHING = ("a", "dd", "img", "li", "p", "table")


def to_markdown(html: str, address: str) -> str:
    """What the page says: its main part, without what is for filling in and finding one's way. Links are absolute."""
    document = BeautifulSoup(html, "html.parser")
    main = document.find("main")
    if not isinstance(main, Tag):
        raise ValueError("The page has no main part.")
    for pages in main.select("nav.govuk-pagination"):
        _keep_links(pages)
    for element in [*main.select(".govuk-skip-link"), *main.find_all(_LEFT_OUT)]:
        around = [*takewhile(lambda parent: parent is not main, element.parents)]
        element.extract()
        for parent in around:
            if parent.find(_SAYS_SOMETHING) is None:
                parent.extract()
    for name, attribute in (("a", "href"), ("img", "src")):
        for element in main.find_all(name, attrs={attribute: True}):
            element[attribute] = urljoin(address, str(element[attribute]))
    _simplify(main)
    for cell in main.select("tbody th"):  # Markdown has one row of headings, the first: another would end the table
        cell.name = "td"
    return f"{_Converter(heading_style=ATX, bullets='-', escape_misc=True).convert_soup(main).strip()}\n"


def _keep_links(pages: Tag) -> None:
    """Of a list in parts, the way to the next: without it, whoever reads the text takes this part for all of it."""
    for link in pages.find_all("a"):
        link.string = " ".join(link.get_text().split())
        link.wrap(Tag(name="p"))
    pages.unwrap()


def _simplify(main: Tag) -> None:
    """Takes out what nobody would see and the converter is slow at: it goes into each mark, and back in each gap."""
    for element in main.find_all(_IN_ITSELF_NOTHING):
        if element.find_parent(element.name):
            element.unwrap()
    for text in main.find_all(string=_BLANKS):
        if text.find_parent("pre") is None:
            text.replace_with(_BLANKS.sub(" ", text))


class _Converter(MarkdownConverter):
    """As GitHub's Markdown has it, which has no lists of definitions."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """As it does, but for the full stop behind a year that is within a line: there, it begins no list."""
        return _NO_LIST.sub(r"\1\2", super().escape(text, parent_tags))  # type: ignore[misc]  # its stubs lack it

    def convert_dt(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n- **{text.strip()}**: "

    def convert_dd(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        return " ".join(text.split())
