"""The whole main job in a real browser: import, edit, see that nothing shows, publish, see that it does."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in
from tests.browser.soon import expect_soon

pytestmark = pytest.mark.browser

SOURCE = """---
weight: 1
---

# Parcel tax (PTAX) roadmap

What is planned for parcel tax.

## Who we are

We are the Parcel Team. Write to
<a href="mailto:parcels@example.gov.uk?Subject=Parcel%20enquiry">parcels@example.gov.uk</a>

## Changelog

Description | Date
 --- | ---
**Guide to parcels v1.0** | **Oct 2018**
Added a drawing of a parcel |

## Footer

Parcels are small.
"""


def test_from_a_tech_docs_page_to_a_published_date(fresh_site, page: Page, tmp_path):
    source = tmp_path / "index.md"
    source.write_text(SOURCE, encoding="utf-8")
    fresh_site.manage("import_techdocs", str(source), "--roadmap", "parcel-tax", "--publish")
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)

    sign_in(page, fresh_site)
    page.goto(f"{fresh_site.url}/admin/roadmap/item/add/")
    page.get_by_label("Title:").fill("Declare a parcel")
    page.get_by_label("Description:").fill("Tell HMRC **what is inside**.")
    expect(page.locator(".markdownx-preview strong")).to_have_text("what is inside")
    page.locator("#id_milestones-2-when").fill("Q3 2026")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Readers do not see this yet")).to_be_visible()

    public = f"{fresh_site.url}/parcel-tax/"
    page.goto(public)
    expect(page.get_by_role("heading", level=1)).to_have_text("Parcel tax (PTAX) roadmap")
    expect(page.get_by_text("Declare a parcel")).to_have_count(0)

    page.goto(f"{fresh_site.url}/admin/")
    page.get_by_role("link", name="Review and publish").first.click()
    expect(page.get_by_text("Declare a parcel").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Publish")).first.click()
    expect(page.get_by_text("Published edition 2")).to_be_visible()

    expect_soon(page, f"{public}items/", "Declare a parcel")
    with page.expect_navigation():
        page.get_by_role("link", name="Declare a parcel").click()
    expect_soon(page, page.url, "July to September 2026")
    expect(page.locator("strong", has_text="what is inside")).to_be_visible()
    mailto = page.locator("a[href^='mailto:']").first.get_attribute("href")
    subject, _, body = (mailto or "").partition("&body=")
    assert subject == "mailto:parcels@example.gov.uk?subject=Parcel%20enquiry%3A%20PARCEL-1%20Declare%20a%20parcel"
    assert unquote(body).strip() == page.url
    page.goto(f"{public}changelog/")
    expect(page.get_by_text("October 2018")).to_be_visible()
    expect(page.get_by_text("Added a drawing of a parcel")).to_be_visible()
    assert refused == []
