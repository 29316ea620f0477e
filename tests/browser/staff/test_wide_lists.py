"""Lists and tables of staff keep their words whole, however long dates, releases and the names of columns are."""

import pytest
from playwright.sync_api import expect

from tests import live
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

MAKE = """
from tests import make
roadmap = make.roadmap(title="Parcels", slug="parcels", reference_prefix="PAR", live_label="Production")
make.field(roadmap, name="Must be part of legislated quarterly updates?")
later = make.release(roadmap, title="Software for Data Submission (third party products): Planned future deliveries")
for number in range(5):
    title = f"Thing {number + 1}"
    make.item(roadmap, title=title, test="November 2022 to January 2023", deployed=("test",), release=later)
from roadmap.admin.security.log import Kind, record
record(Kind.REFUSED, "Their name, or their network, was tried too often", about="kim.lee@example.gov.uk")
"""
TALLEST = """selector => Math.max(...[...document.querySelectorAll(selector)].map(cell => cell.offsetHeight))"""


@pytest.fixture(scope="module")
def site(_prepared_site, tmp_path_factory):
    folder = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-wide"), MAKE)
    with live.serving(folder, tmp_path_factory.mktemp("wide"), _prepared_site[1]) as running:
        yield running


def test_no_column_is_squeezed_until_its_words_break(page, site):
    sign_in(page, site)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site.url}/admin/roadmap/item/?roadmap__id__exact=1")
    expect(page.get_by_role("link", name="Thing 5")).to_be_visible()
    assert page.evaluate(TALLEST, ".results tbody tr") <= 110  # five or six lines; letter by letter it was twenty
    assert page.evaluate(
        "document.querySelector('.results').scrollWidth <= document.querySelector('.results').clientWidth"
    )
    page.goto(f"{site.url}/admin/roadmap/roadmap/1/grid/")
    expect(page.get_by_role("columnheader", name="Production deployed")).to_be_visible()
    assert page.evaluate(TALLEST, "table.grid thead tr") <= 100


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_security_log_keeps_its_words_whole_on_a_phone_too(page, site, width):
    sign_in(page, site)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site.url}/admin/roadmap/securityevent/")
    expect(page.get_by_role("cell", name="kim.lee@example.gov.uk")).to_be_attached()
    assert page.evaluate(TALLEST, ".results tbody tr") <= 70  # three lines; it was as many as there are words
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # what is wide moves by itself
    assert page.locator("#searchbar").bounding_box()["width"] >= 120


def test_who_gets_emails_is_seen_whole_on_a_phone(page, site):
    sign_in(page, site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.url}/admin/roadmap/roadmap/emails/")
    table = page.get_by_role("region", name="Who gets emails")
    expect(table.get_by_role("columnheader", name="Paused")).to_be_visible()
    assert table.evaluate("region => region.scrollWidth <= region.clientWidth")
    assert page.evaluate(TALLEST, ".results thead th") <= 40  # two lines at most
