"""Publishing that a team can trust, in a real browser: an editor, a publisher, and a stakeholder without a login.

The set time arrives by moving the waiting edition's time to now, which nobody has seen yet: no test waits for a clock.
The server's own clock says what is still to come, so the time chosen is tomorrow's, whenever that is.
"""

import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import make
from tests.browser.signing_in import NAME, give
from tests.browser.soon import expect_soon

pytestmark = pytest.mark.browser

MAKE = """
from django.contrib.auth.models import Group, User
from roadmap.publishing import publish
from tests import make
from tests.browser.signing_in import NAME, give
for name, group in (("ed", "Editors"), ("pub", "Publishers")):
    user = User.objects.create_user(name, password="correct horse battery", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", asks_reasons=True)
for title in ("Alpha", "Beta", "Gamma"):
    make.item(roadmap, title=title, description=f"{title} as it was", live="June 2026")
make.item(roadmap, title="Delta", description="Teh typo")
make.page(roadmap, title="Who we are", slug="who-we-are", body="We are few.")
publish(roadmap=roadmap, by=None)
"""
ARRIVE = """
from django.utils import timezone
from roadmap.models import Edition
waiting = Edition.objects.scheduled(timezone.now())
waiting.filter(pk=waiting[0].pk).change_unseen(timezone.now(), published_at=timezone.now())
"""


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/admin/")
    give(page, name, "correct horse battery")


def edit(page: Page, url: str, noun: str, title: str, fields: dict[str, str]) -> None:
    page.goto(f"{url}/admin/roadmap/{noun}/?q={title}")
    page.get_by_role("link", name=title, exact=True).click()
    for selector, text in fields.items():
        page.locator(selector).fill(text)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def text_at(page: Page, address: str) -> str:
    """As somebody reads it who reloads a page that they saw a moment before: their browser may hold it for a minute."""
    page.goto(address)
    page.reload()
    return page.locator("main").inner_text()


def test_review_share_schedule_fix_and_restore(fresh_site, browser: Browser):
    url, public = fresh_site.url, f"{fresh_site.url}/vat-mtd"
    fresh_site.manage("shell", "--no-imports", "-c", MAKE)
    people = {
        name: browser.new_context(locale="en-GB", timezone_id="Europe/London").new_page()
        for name in ("ed", "pub", "other")
    }
    editor, publisher, stakeholder = people.values()
    refused: list[str] = []
    tomorrow = datetime.datetime.now(make.LONDON).date() + datetime.timedelta(days=1)
    for person in people.values():
        person.on(
            "console", lambda message: refused.append(message.text) if "Content Security" in message.text else None
        )

    # An editor edits three items and a page, reads what a publisher will, and may not publish.
    sign_in(editor, url, "ed")
    edit(editor, url, "item", "Alpha", {"#id_milestones-0-when": "September 2026"})
    edit(editor, url, "item", "Beta", {"#id_description": "Beta as it will be"})
    edit(editor, url, "item", "Gamma", {"#id_description": "Gamma is not ready"})
    edit(editor, url, "page", "Who we are", {"#id_body": "We are many."})
    assert editor.get_by_role("link", name="Review and publish").count() == 0
    editor.goto(f"{url}/admin/roadmap/roadmap/1/publish/")
    expect(editor.get_by_role("heading", name="4 changes to publish")).to_be_visible()
    expect(editor.get_by_text("Live moved from June 2026 to September 2026").first).to_be_visible()
    assert editor.locator("#content-main").get_by_role("button").count() == 0
    editor.goto(f"{url}/admin/roadmap/roadmap/1/editions/")
    expect(editor.get_by_role("heading", name="You cannot do this")).to_be_visible()

    # ... and shares a preview link, which a stakeholder opens signed out.
    editor.goto(f"{url}/admin/roadmap/roadmap/1/preview-links/")
    editor.get_by_label("Who it is for").fill("For the policy team")
    editor.get_by_role("button", name="Make a link").click()
    link = editor.locator(".preview-link-address").first.input_value()
    assert "not published" in text_at(stakeholder, link).lower() or "Not published" in stakeholder.content()
    assert "We are many." in text_at(stakeholder, f"{link.rstrip('/')}/pages/who-we-are/")
    assert "We are few." in text_at(stakeholder, f"{public}/pages/who-we-are/")
    stakeholder.goto(f"{url}/admin/")
    expect(stakeholder.get_by_label(NAME)).to_be_visible()

    # A publisher leaves one item out, is asked why a date slipped, and publishes at a time to come.
    sign_in(publisher, url, "pub")
    publisher.goto(f"{url}/admin/roadmap/roadmap/1/publish/")
    expect(publisher.get_by_text("Live moved from June 2026 to September 2026").first).to_be_visible()
    publisher.get_by_label("Publish “Gamma”").uncheck()
    publisher.get_by_label("At a date and time").check()
    publisher.locator("input[type=date]").fill(tomorrow.isoformat())
    publisher.locator("input[type=time]").fill("09:30")
    publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.get_by_role("link", name="say why it moves later")).to_be_visible()
    expect(publisher.get_by_label("Publish “Gamma”")).not_to_be_checked()
    publisher.get_by_label("Why it moves later").fill("More testing is needed.")
    with publisher.expect_navigation():  # or the page that is left would answer the next question
        publisher.get_by_role("button", name="Publish", exact=True).click()
    if publisher.locator(".review-errors").count():  # the list is told anew for the time chosen: read, then publish
        publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".messagelist")).to_contain_text(f"{tomorrow:%-d %B %Y}")
    assert "We are few." in text_at(stakeholder, f"{public}/pages/who-we-are/")

    # A typo is mended in between, with an edition of its own.
    edit(publisher, url, "item", "Delta", {"#id_description": "The typo"})
    publisher.goto(f"{url}/admin/roadmap/roadmap/1/publish/")
    publisher.get_by_label("Publish “Gamma”").uncheck()
    publisher.get_by_label("Add this changelog entry").uncheck()
    publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".messagelist")).to_contain_text("Published edition 2")
    expect_soon(stakeholder, f"{public}/items/VAT-4/", "The typo")
    assert "September 2026" not in text_at(stakeholder, f"{public}/items/VAT-1/")

    # At the set time readers see the three, and the fix; what was left out they do not see.
    fresh_site.manage("shell", "--no-imports", "-c", ARRIVE)
    # What another program did is seen within a second; a form that is saved makes every process look at once.
    edit(publisher, url, "item", "Delta", {"#id_description": "The typo"})
    expect_soon(stakeholder, f"{public}/items/VAT-1/", "September 2026")
    expect(stakeholder.locator("main")).to_contain_text("More testing is needed.")
    expect_soon(stakeholder, f"{public}/items/VAT-2/", "Beta as it will be")
    assert "Gamma as it was" in text_at(stakeholder, f"{public}/items/VAT-3/")
    expect_soon(stakeholder, f"{public}/items/VAT-4/", "The typo")
    expect_soon(stakeholder, f"{public}/pages/who-we-are/", "We are many.")
    assert "Edition 3" in stakeholder.content()

    # The edition before is restored, and published like anything else.
    publisher.goto(f"{url}/admin/roadmap/roadmap/1/editions/")
    publisher.locator("article", has_text="Edition 2:").get_by_role("link", name="Restore this edition").click()
    publisher.get_by_role("button", name="Restore").click()
    expect(publisher.locator(".messagelist .success")).to_be_visible()
    publisher.goto(f"{url}/admin/roadmap/roadmap/1/publish/")
    publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".messagelist")).to_contain_text("Published edition 4")
    expect_soon(stakeholder, f"{public}/pages/who-we-are/", "We are few.")
    expect_soon(stakeholder, f"{public}/items/VAT-1/", "June 2026")
    expect_soon(stakeholder, f"{public}/items/VAT-4/", "The typo")
    assert refused == []
