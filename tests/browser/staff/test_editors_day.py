"""One day of staff on one site, each chore held to its count: an Editor, a Publisher, an administrator, a stakeholder.

Each begins on the first screen, with a roadmap of its own, and counts what it costs: pages loaded, presses of a mouse
button, and forms sent. What is counted elsewhere is not counted again: the keyboard on the way to an item's dates and
to Save in test_item_form, and through a review of 110 changes in test_review_of_many.
"""

import email
import re
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests import live
from tests.browser.signing_in import give
from tests.browser.staff.test_review_of_many import MANY

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
MAKE = f"""
{MANY}
from django.contrib.auth.models import Group
for name, group in (("ed", "Editors"), ("pub", "Publishers")):
    user = make.user(username=name, first_name=name.title(), password="{PASSWORD}", email=f"{{name}}@example.org",
        is_superuser=False)
    user.groups.add(Group.objects.get(name=group))

parcels = make.roadmap(title="Parcels", slug="parcels", reference_prefix="PAR", live_label="Production")
make.api(name="Parcel tax")
for number in range(26):
    make.item(parcels, title=f"Thing {{number + 1}}", live="TBC")

for title, prefix in (("Customs", "CUS"), ("Excise", "EXC"), ("Duties", "DUT"), ("Levies", "LEV")):
    roadmap = make.roadmap(title=title, slug=title.lower(), reference_prefix=prefix)
    make.item(roadmap, title="Agents", description="As it was", live="June 2090")
    make.item(roadmap, title="Losses", description="As it was", live="May 2020" if title == "Customs" else "July 2090")
    make.edition(roadmap)
    if title == "Excise":
        roadmap.items.filter(title="Agents").update(description="Wrong")
        make.edition(roadmap, note="The slip")
    if title in ("Excise", "Levies"):
        roadmap.items.filter(title="Losses").update(description="Not ready")
    if title == "Levies":
        roadmap.items.filter(title="Agents").update(description="Ready")
"""


class Person:
    """Somebody at a browser, who counts what they do."""

    def __init__(self, page: Page, site: live.LiveSite) -> None:
        self.page, self.site = page, site
        self.start()
        page.on("load", lambda _: self._count("loads"))
        page.on("request", self._count_sent)

    def start(self) -> None:
        """A chore begins."""
        self.page.wait_for_load_state()
        self.loads = self.clicks = self.sent = 0

    def _count(self, what: str) -> None:
        setattr(self, what, getattr(self, what) + 1)

    def _count_sent(self, request: Request) -> None:
        if request.method == "POST" and request.is_navigation_request():
            self._count("sent")

    def costs(self) -> dict[str, int]:
        self.page.wait_for_load_state()
        return {"loads": self.loads, "clicks": self.clicks, "sent": self.sent}

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def follow(self, name: str, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            self.click((within or self.page).get_by_role("link", name=name, exact=True))

    def press(self, name: str, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            self.click((within or self.page).get_by_role("button", name=name, exact=True))

    def day(self, roadmap: str) -> Locator:
        """What the first screen, opened before the chore is counted, says of a roadmap."""
        self.page.goto(f"{self.site.url}/admin/")
        self.start()
        return self.page.get_by_role("region", name=re.compile(f"^{roadmap}"))

    def is_told(self, text: str) -> None:
        expect(self.page.locator(".messagelist")).to_contain_text(text)


@pytest.fixture(scope="module")
def site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-day"), MAKE)
    with live.serving(prepared, tmp_path_factory.mktemp("day"), _prepared_site[1]) as site:
        yield site


@pytest.fixture(scope="module")
def somebody(site: live.LiveSite, browser: Browser) -> Iterator[Callable[[], Person]]:
    """Makes people with a browser of their own each, who are not signed in."""
    contexts = []

    def open_browser() -> Person:
        contexts.append(browser.new_context(locale="en-GB", timezone_id="Europe/London"))
        return Person(contexts[-1].new_page(), site)

    yield open_browser
    for context in contexts:
        context.close()


def signed_in(person: Person, name: str, password: str) -> Person:
    person.page.goto(f"{person.site.url}/admin/")
    give(person.page, name, password)
    expect(person.page.get_by_role("heading", name="Your roadmaps")).to_be_visible()
    return person


@pytest.fixture(scope="module")
def editor(somebody: Callable[[], Person]) -> Person:
    return signed_in(somebody(), "ed", PASSWORD)


@pytest.fixture(scope="module")
def publisher(somebody: Callable[[], Person]) -> Person:
    return signed_in(somebody(), "pub", PASSWORD)


def cell(person: Person, number: int, column: str) -> Locator:
    return person.page.get_by_label(f"PAR-{number}, {column}", exact=True)


def mail_to(site: live.LiveSite, address: str) -> str:
    """The text of the newest mail to them."""
    files = sorted((site.state_dir / "mail").iterdir(), key=lambda path: path.stat().st_mtime)
    found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in files]
    return str([message for message in found if message["To"] == address][-1].get_content())


def test_an_editor_sets_five_dates_from_to_be_confirmed_to_a_month(editor: Person) -> None:
    editor.follow("Items as a table", editor.day("Parcels"))
    for number in (1, 3, 5, 7, 9):
        cell(editor, number, "Production date").fill("June 2090")
    editor.press("Save")
    editor.is_told("Saved 5 items.")
    assert editor.costs() == {"loads": 2, "clicks": 2, "sent": 1}
    expect(cell(editor, 9, "Production date")).to_have_value("June 2090")
    expect(cell(editor, 8, "Production date")).to_have_value("TBC")


def test_an_editor_adds_a_column_and_its_value_for_ten_items(editor: Person) -> None:
    editor.follow("Items as a table", editor.day("Parcels"))
    editor.page.get_by_label("Add a column").fill("Tax years")
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    for number in range(1, 11):
        cell(editor, number, "Tax years").fill("2090 to 2091")
    editor.press("Save")
    editor.is_told("Saved 10 items. Added the column “Tax years”.")
    assert editor.costs() == {"loads": 3, "clicks": 2, "sent": 2}  # the first makes room for it, and saves nothing


def test_an_editor_adds_an_api_to_26_items(editor: Person) -> None:
    editor.follow("Items", editor.day("Parcels"))
    editor.click(editor.page.get_by_label("Tick all on this page"))
    editor.page.get_by_label("With what is ticked:").select_option("Add or remove an API…")
    editor.press("Go")
    editor.page.get_by_label("API:").select_option("Parcel tax")
    editor.page.get_by_label("Version:").fill("2.0")
    editor.press("Continue")
    expect(editor.page.get_by_role("checkbox", checked=True)).to_have_count(26)
    expect(editor.page.get_by_text("– → Parcel tax 2.0")).to_have_count(26)
    editor.press("Change them")
    editor.is_told("Add Parcel tax 2.0: done for 26 items.")
    assert editor.costs() == {"loads": 4, "clicks": 5, "sent": 3}  # as many for 2 items: one save, not 26


def test_what_is_overdue_is_on_the_first_screen(editor: Person) -> None:
    customs = editor.day("Customs")
    expect(customs).to_contain_text("1 date has passed")
    expect(customs).to_contain_text("Losses: Live was expected May 2020")
    assert editor.costs()["loads"] == 0
    editor.follow("Losses", customs)
    expect(editor.page.get_by_role("textbox", name="Live date", exact=True)).to_have_value("May 2020")
    assert editor.costs()["loads"] == 1


def test_a_publisher_undoes_what_was_published_a_minute_ago(publisher: Person) -> None:
    excise = publisher.day("Excise")
    expect(excise).to_contain_text("1 unpublished change")
    publisher.follow("Undo edition 2 of Excise", excise)
    expect(publisher.page.get_by_label("Minor: do not announce")).to_be_checked()
    publisher.press("Undo edition 2")
    publisher.is_told("Edition 2 of Excise is undone")
    assert publisher.costs() == {"loads": 2, "clicks": 2, "sent": 1}
    excise = publisher.day("Excise")
    expect(excise).to_contain_text("1 unpublished change")
    expect(excise).to_contain_text("Edition 3 was published")
    publisher.follow("Review and publish", excise)
    expect(publisher.page.get_by_role("heading", name="Losses EXC-2")).to_be_visible()
    publisher.page.goto(f"{publisher.site.url}/excise/items/EXC-1/")
    expect(publisher.page.get_by_role("main")).to_contain_text("As it was")


def test_a_publisher_publishes_110_changes_after_an_import(publisher: Person) -> None:
    publisher.follow("Review and publish", publisher.day("VAT roadmap"))
    expect(publisher.page.get_by_role("heading", name="110 changes to publish")).to_be_visible()
    publisher.page.locator("#id_reason_for_all").fill("More testing is needed.")
    publisher.press("Publish")
    publisher.is_told("Published edition 2")
    assert publisher.costs() == {"loads": 2, "clicks": 2, "sent": 1}


def test_a_publisher_discards_one_change_and_keeps_the_other(publisher: Person) -> None:
    publisher.follow("Review and publish", publisher.day("Levies"))
    publisher.press("Discard this change to “Losses”")
    publisher.press("Discard 1 change")
    publisher.is_told("1 change discarded")
    assert publisher.costs() == {"loads": 3, "clicks": 3, "sent": 2}
    expect(publisher.page.get_by_role("heading", name="1 change to publish")).to_be_visible()
    expect(publisher.page.get_by_label("Publish “Agents”")).to_be_checked()


def reword(person: Person, number: int, text: str) -> None:
    person.page.goto(f"{person.site.url}/admin/roadmap/item/?q=DUT-{number}")
    person.follow(f"DUT-{number}")
    person.page.get_by_label("Description:").fill(text)
    person.press("Save")
    person.is_told("is saved")


def test_a_draft_goes_from_an_editor_to_a_publisher_with_a_stakeholders_yes(
    editor: Person, publisher: Person, somebody: Callable[[], Person]
) -> None:
    reword(editor, 1, "As agreed")
    reword(editor, 2, "As agreed too")
    editor.page.goto(f"{editor.site.url}/admin/")
    editor.follow("Share a preview", editor.day("Duties"))
    editor.page.get_by_label("Who it is for").fill("The policy team")
    editor.press("Make a link")
    link = editor.page.get_by_label("Address of the link for The policy team").input_value()

    stakeholder = somebody()
    stakeholder.page.goto(link)
    stakeholder.start()
    stakeholder.follow("Agree to this draft, or say what you think of it")
    stakeholder.page.get_by_label("Your name").fill("Sam from policy")
    stakeholder.press("I agree")
    expect(stakeholder.page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stakeholder.costs() == {"loads": 2, "clicks": 2, "sent": 1}

    editor.follow("Ask for them to be published", editor.day("Duties"))
    editor.page.get_by_label("Note for publishers").fill("Before Thursday, please.")
    editor.press("Mark as ready to publish")
    editor.is_told("2 changes marked as ready to publish")
    assert editor.costs() == {"loads": 2, "clicks": 2, "sent": 1}
    mail = mail_to(editor.site, "pub@example.org")
    assert "Ed has marked 2 changes of Duties as ready to publish." in mail

    reword(editor, 2, "Otherwise than agreed")
    duties = publisher.day("Duties")
    expect(duties).to_contain_text("Ed marked 2 changes as ready to publish")
    expect(duties).to_contain_text("“Before Thursday, please.” Changed since: “Losses”.")
    publisher.page.goto(re.findall(r"http\S+", mail)[0])
    said = publisher.page.get_by_role("listitem").filter(has_text="Sam from policy agreed to 2 changes")
    expect(said).to_contain_text("Changed since: “Losses”.")
    things = publisher.page.locator(".review-thing")
    expect(things.filter(has_text="DUT-1")).to_contain_text("Sam from policy agreed")
    expect(things.filter(has_text="DUT-2")).to_contain_text("Changed since Sam from policy agreed")


def test_somebody_is_invited_and_in(site: live.LiveSite, somebody: Callable[[], Person]) -> None:
    boss = signed_in(somebody(), site.username, site.password)
    boss.start()
    boss.follow("Users", boss.page.locator("#content"))
    boss.follow("Add user")
    boss.page.get_by_label("Email address:").fill("kim@example.org")
    boss.click(boss.page.get_by_label("Editor: changes drafts and previews them"))
    boss.press("Save")
    boss.is_told("is invited. No email goes out from this machine: what went to kim@example.org is a file in")
    assert boss.costs() == {"loads": 3, "clicks": 4, "sent": 1}

    kim = somebody()
    kim.page.goto(re.findall(r"http\S+", mail_to(site, "kim@example.org"))[0])
    kim.start()
    for label in ("New password:", "The new password again:"):
        kim.page.get_by_label(label).fill(PASSWORD)
    kim.press("Save and sign in")
    assert kim.costs() == {"loads": 1, "clicks": 1, "sent": 1}
    expect(kim.page.get_by_role("link", name="Items as a table").first).to_be_visible()
    expect(kim.page.get_by_role("link", name="Review and publish")).to_have_count(0)
