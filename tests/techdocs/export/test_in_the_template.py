"""What readers of the template's pages see: Redcarpet, with the template's options, shows them no mark of a machine."""

import re
import subprocess
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from roadmap.models import Roadmap
from roadmap.sample import load
from roadmap.techdocs import apply, make_plan, parse, read
from roadmap.techdocs.export import files
from roadmap.working_copies.to_content import contents
from tests.techdocs.example_sources import REAL_SOURCES, real_source
from tests.techdocs.export import sites

# As tech-docs-gem sets them: lib/govuk_tech_docs.rb.
pytestmark = pytest.mark.needs("redcarpet")

RENDER = """
require 'redcarpet'
options = { tables: true, fenced_code_blocks: true, no_intra_emphasis: true }
renderer = Redcarpet::Render::HTML.new(with_toc_data: true)
puts Redcarpet::Markdown.new(renderer, options).render(STDIN.read.force_encoding('utf-8'))
"""
BETWEEN_PAGES = "\n\n<p>what is between two pages</p>\n\n"


class VisibleText(HTMLParser):
    """The words of a page but for its code."""

    def __init__(self, page: str):
        super().__init__()
        self.code, self.parts, self.tables = 0, [], 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.code += tag in ("code", "pre")
        self.tables += tag == "table"

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")

    def handle_data(self, data):
        if not self.code:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.parts)


def rendered(made: dict[str, bytes]) -> VisibleText:
    texts = [text.decode().split("\n---\n", 1)[1] for path, text in made.items() if path.endswith(".md")]
    found = subprocess.run(["ruby", "-e", RENDER], input=BETWEEN_PAGES.join(texts), capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return VisibleText(found.stdout)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sample", *REAL_SOURCES])
def test_no_mark_no_brace_and_no_bar_is_visible(name):
    if name == "sample":
        load()
    else:
        apply(plan=make_plan(parse(read(real_source(name))), slug="depot", contact="team@example.gov.uk"))
    made = files(contents(Roadmap.objects.get()))
    assert not [path for path, text in made.items() if re.search(rb"^\|.*<!--", text, re.MULTILINE)]
    page = rendered(made)
    assert page.tables >= sum(text.count(b"\n| --- |") for text in made.values())
    assert re.findall(r"<!--|-->|[{}|]|&[a-z]+;|<br", page.text) == []


@settings(max_examples=15)
@given(sites.ordinary_roadmaps())
def test_every_table_is_one_and_every_cell_has_its_words(roadmap):
    made = files(roadmap)
    page = rendered(made)
    words = re.findall(r"\w+", page.text)
    for content in roadmap:
        assert set(re.findall(r"\w+", getattr(content, "title", ""))) <= set(words)
    assert "<!--" not in page.text
