"""The built styles: small enough on every page, each class styled where it is used."""

import re
from pathlib import Path

import brotli
import pytest

from tests import make
from tests.cases import each_case
from tests.live import BUILT_STYLES
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.needs("styles")
MOST_BYTES = 7_000  # after brotli, in all that one page loads, with a notice or something wrong too
VIEWS = {"table", "timeline"}  # of items: a page loads one of these sheets at most
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BASE = TEMPLATES / "web" / "_base.html"
# The masthead of either brand, and what a template puts together.
UNSTYLED = ("govuk-header", "govuk-generic-header", "govuk-logo", "govuk-footer__copyright-logo", "govuk-tag--")
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if '"web/_base.html"' in path.read_text(encoding="utf-8"))


def sheets(text: str) -> set[str]:
    """The names of the style sheets that a template or a page links."""
    return set(re.findall(r"styles/([\w-]+)(?:\.[0-9a-f]{12})?\.css", text))


def css(name: str) -> bytes:
    built = BUILT_STYLES / "styles" / f"{name}.css"
    if not built.exists():
        pytest.skip("The styles are not built: run script/test (or script/server) once.")
    return built.read_bytes()


@each_case("path", PAGES, ids=[str(path.relative_to(TEMPLATES)) for path in PAGES])
def test_what_one_page_loads_is_small(path):
    loaded = sheets(BASE.read_text(encoding="utf-8")) | sheets(path.read_text(encoding="utf-8"))
    sizes = {name: len(brotli.compress(css(name))) for name in loaded}
    of_view = max((sizes.pop(name) for name in VIEWS & loaded), default=0)
    above = max(sizes.pop("errors"), sizes.pop("preview"))
    assert sum(sizes.values()) + of_view + above <= MOST_BYTES, sizes


@pytest.mark.django_db
@each_case("url", [*ADDRESSES.values(), "/api/v1/"], ids=[*ADDRESSES, "api"])
def test_every_class_of_a_page_is_styled_by_a_sheet_that_it_links(client, url):
    """A class without a style is a typing mistake, what is left of something, or a sheet forgotten."""
    make.edition(whole_roadmap())
    page = client.get(url).content.decode()
    used = {name for names in re.findall(r'class="([^"]+)"', page) for name in names.split()}
    styled = "".join(css(name).decode() for name in sheets(page))
    plain = {name for name in used if name.startswith(("app-", "govuk-")) and not name.startswith(UNSTYLED)}
    assert sorted(name for name in plain if not re.search(rf"\.{name}(?![a-z])", styled)) == []


def test_every_class_of_ours_in_the_templates_is_styled_or_not_there():
    """In some sheet, also of what the pages above do not show."""
    used = set()
    for path in [*TEMPLATES.glob("web/**/*.html"), *TEMPLATES.glob("previews/*.html")]:
        used |= set(re.findall(r"\b(?:app|govuk)-[a-z_-]+[a-z]", path.read_text(encoding="utf-8")))
    styled = "".join(css(path.stem).decode() for path in (BUILT_STYLES / "styles").glob("*.css"))
    plain = {name for name in used if not name.startswith((*UNSTYLED, "govuk-heading-"))}
    assert sorted(name for name in plain if f".{name}" not in styled) == []
