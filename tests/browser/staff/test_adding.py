"""Adding to one of two roadmaps in a real browser: what was typed is there whenever the form is shown again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in
from tests.browser.staff.test_import import fits, is_without_barriers

pytestmark = pytest.mark.browser

MAKE = """
from roadmap.models import Field, Roadmap
for slug, prefix in (("parcels", "PAR"), ("parcels-2027", "LATER")):
    roadmap = Roadmap.objects.create(
        title="Parcels", slug=slug, reference_prefix=prefix, contact_name="Team", contact_email="team@example.org"
    )
Field.objects.create(roadmap=roadmap, name="Tax years")
"""


def test_the_roadmap_is_asked_for_known_and_changed_and_nothing_typed_is_lost(fresh_site, page: Page):
    fresh_site.manage("shell", "--no-imports", "-c", MAKE)
    admin = f"{fresh_site.url}/admin/roadmap"
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    sign_in(page, fresh_site)

    page.goto(f"{admin}/item/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which roadmap is the new item for?")
    page.set_viewport_size({"width": 320, "height": 640})
    assert is_without_barriers(page, refused)
    assert fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Fill this in")).to_be_visible()
    page.get_by_label("Roadmap:").select_option("Parcels (/parcels/)")
    page.get_by_role("button", name="Continue").click()

    page.get_by_label("Title:").fill("Colour picker")
    page.locator("#id_milestones-2-when").fill("June 2027")
    page.get_by_label("Roadmap:").select_option("Parcels (/parcels-2027/)")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing has been saved yet. The form is for Parcels (/parcels-2027/) now")).to_be_visible()
    expect(page.get_by_label("Title:")).to_have_value("Colour picker")
    expect(page.locator("#id_milestones-2-when")).to_have_value("June 2027")
    page.locator("#id_field_values-0-value").fill("2027")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Readers do not see this yet")).to_be_visible()

    page.goto(f"{fresh_site.url}/admin/")
    page.locator("#content").get_by_role("link", name="Items", exact=True).nth(1).click()
    expect(page.get_by_role("link", name="LATER-1", exact=True)).to_be_visible()
    page.get_by_role("link", name="Add item").click()
    expect(page.get_by_label("Roadmap:").locator("option:checked")).to_have_text("Parcels (/parcels-2027/)")
    with page.expect_popup() as opened:
        page.locator("#add_id_release").click()
    popup = opened.value
    expect(popup.get_by_label("Roadmap:").locator("option:checked")).to_have_text("Parcels (/parcels-2027/)")
    popup.get_by_label("Title:").fill("June 2027")
    popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_release option:checked")).to_have_text("June 2027")
    page.get_by_label("Title:").fill("Brush")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="LATER-2", exact=True)).to_be_visible()
    assert refused == []
