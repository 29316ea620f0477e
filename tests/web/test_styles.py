"""The built styles: small enough, and of the plain look only what may be shown anywhere."""

import re
from pathlib import Path

import brotli
import pytest

from tests.live import BUILT_STYLES

pytestmark = pytest.mark.needs("styles")
MOST_BYTES = 12 * 1024  # after brotli


@pytest.fixture
def site_css():
    built = BUILT_STYLES / "styles" / "site.css"
    if not built.exists():
        pytest.skip("The styles are not built: run script/test (or script/server) once.")
    return built.read_bytes()


def test_the_readers_styles_are_small(site_css):
    assert len(brotli.compress(site_css)) <= MOST_BYTES


def test_every_class_of_ours_in_the_templates_is_styled_or_not_there(site_css):
    """A class without a style is a typing mistake, or what is left of something."""
    templates = Path(__file__).resolve().parents[2] / "templates"
    used = set()
    for path in [*templates.glob("web/**/*.html"), *templates.glob("previews/*.html")]:
        used |= set(re.findall(r"\b(?:app|govuk)-[a-z_-]+[a-z]", path.read_text(encoding="utf-8")))
    css = site_css.decode()
    plain = {one for one in used if not one.startswith(("govuk-header", "govuk-tag--", "govuk-logo", "govuk-heading-"))}
    assert sorted(one for one in plain if f".{one}" not in css) == []
