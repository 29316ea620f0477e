"""A page as a test reads it: its words, its links, its headings. What a person would see, not how it is marked up."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Where one ends, so does a word.
APART = {"br", "dd", "div", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol"}
APART |= {"p", "section", "span", "summary", "table", "td", "th", "title", "tr", "ul"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


class Page(HTMLParser):
    """Read with the standard library; an end tag that closes nothing, or in the wrong order, fails the test."""

    def __init__(self, html: str):
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        assert not self._open, f"never closed: {[one.tag for one in self._open]}"

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        self._say(" " if tag in APART else "")

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        # The standard library's own ends even what has no end, such as <meta … />.
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> where <{self._open[-1].tag}> is open"
        self._say(" " if tag in APART else "")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, words: str) -> None:
        for element in self._open:
            element.words.append(words)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements in order. `class_` is one of the classes."""
        class_ = attributes.pop("class_", None)
        return [
            one
            for one in self.elements
            if one.tag == tag
            and all(one.attributes.get(name) == value for name, value in attributes.items())
            and (class_ is None or class_ in one.attributes.get("class", "").split())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def main(self) -> str:
        return self.one("main").text

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(int(one.tag[1]), one.text) for one in self.elements if one.tag in {f"h{n}" for n in range(1, 7)}]

    def links(self, text: str) -> list[str]:
        """The addresses of the links that say this."""
        return [one.attributes["href"] for one in self.all("a") if one.text == text]

    def link(self, text: str) -> str:
        addresses = set(self.links(text))
        assert len(addresses) == 1, f"{text!r} leads to {addresses or 'nothing'}"
        return addresses.pop()


def read(client: Any, url: str, status: int = 200) -> Page:
    """The page at that address, which must answer with that status."""
    response = client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return Page(response.content.decode())
