"""Five errands of a reader, from the home page, by keyboard alone, with and without script: in at most three steps, and
at most fifteen presses of Tab to each.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests import live

pytestmark = pytest.mark.browser

MOST_STEPS, MOST_TABS = 3, 15

# One that breaks this year and one that breaks later, of two APIs; one in sandbox; one that has moved in the spring.
ROADMAP = """
import datetime
from django.utils import timezone
from roadmap.models import Item, Milestone
from tests import make
year = timezone.localdate().year
roadmap = make.roadmap(title="Losses roadmap", slug="losses", reference_prefix="LOSS", contact_name="Losses team",
    description="What comes next for losses.")
mine, other = make.api(name="Losses API", url="https://example.org/losses"), make.api(name="Gains API")
make.item(roadmap, title="Carried back", live=f"December {year}", is_breaking=True, apis=((mine, "2.0"),))
make.item(roadmap, title="Of another API", live=f"December {year}", is_breaking=True, apis=((other, "2.0"),))
make.item(roadmap, title="To be tried", test=f"January {year}", deployed=("test",), live=f"December {year}",
    apis=((mine, "1.0"),))
for number in range(20):
    make.item(roadmap, title=f"Something else {number}", live=f"May {year + 1}", apis=((other, ""),))
make.edition(roadmap, at=timezone.now() - datetime.timedelta(days=500))
Milestone.objects.filter(item__title="Carried back").update(when=f"November {year}")
make.edition(roadmap, at=timezone.now() - datetime.timedelta(days=450))
Milestone.objects.filter(item__title="Carried back").update(when=f"December {year}")
make.edition(roadmap, at=timezone.now() - datetime.timedelta(minutes=5))
"""


@pytest.fixture(scope="module")
def site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-errands"), ROADMAP)
    with live.serving(prepared, tmp_path_factory.mktemp("errands"), _prepared_site[1]) as site:
        yield site


class Reader:
    """Somebody at a keyboard: counts the pages that they open, and the Tabs that each takes at most."""

    def __init__(self, page: Page, home: str):
        self.page, self.steps, self.tabs = page, 0, 0
        page.goto(home)

    def reach(self, target: Locator) -> None:
        """Until it has the focus; what is in the main part, past all that comes before that."""
        self.page.evaluate("document.activeElement?.blur()")
        for pressed in range(1, MOST_TABS + 1):
            self.page.keyboard.press("Tab")
            if pressed == 1 and target.evaluate("element => element.closest('main') !== null"):
                expect(self.page.get_by_role("link", name="Skip to main content")).to_be_focused()
                self.page.keyboard.press("Enter")
            if target.evaluate("element => element === document.activeElement"):
                self.tabs = max(self.tabs, pressed)
                return
        raise AssertionError(f"{target} is not reached by {MOST_TABS} Tabs on {self.page.url}")

    def follow(self, name: str, role: str = "link") -> None:
        self.reach(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.steps += 1
        assert self.steps <= MOST_STEPS


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def reader(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], site: live.LiveSite) -> Reader:
    page = new_context(java_script_enabled=request.param).new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    return Reader(page, f"{site.url}/losses/")


def test_which_of_my_apis_break_this_year(reader: Reader) -> None:
    reader.follow("APIs")
    reader.follow("Losses API")
    main = reader.page.get_by_role("main")
    expect(main).to_contain_text("1 of them may break software that uses it")
    reader.follow("Carried back")
    expect(reader.page.get_by_role("main")).to_contain_text("Have yours ready before it is live, expected December")


def test_what_can_i_test_now(reader: Reader) -> None:
    heading = reader.page.get_by_role("heading", name="You can test now")
    expect(heading).to_be_visible()
    link = reader.page.get_by_role("link", name="To be tried", exact=True)
    expect(link.first).to_be_visible()


def test_what_moved_since_1_march(reader: Reader) -> None:
    reader.follow("Changes")
    reader.reach(reader.page.get_by_label("Since"))
    reader.page.keyboard.type("1 March")
    with reader.page.expect_navigation():
        reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("since 1 March")
    expect(reader.page.get_by_role("main")).to_contain_text("Carried back: live moved")


def test_put_the_live_dates_in_my_calendar(reader: Reader, tmp_path: Path) -> None:
    """Read back by a calendar program, from the address that the page gives to copy."""
    reader.follow("Follow")
    address = reader.page.locator("code", has_text="environment=live").inner_text()
    reader.reach(reader.page.get_by_role("link", name="Open in your calendar program (Losses roadmap: Live)"))
    found = calendar_of(address, tmp_path)
    assert len([line for line in found if line.startswith("Live: ")]) == 23
    assert not [line for line in found if line.startswith("Sandbox")]


def test_whom_do_i_ask_about_this_item(reader: Reader, site: live.LiveSite) -> None:
    reader.follow("Carried back")
    link = reader.page.get_by_role("main").locator("a[href^='mailto:']")
    reader.reach(link.first)
    said = parse_qs(urlsplit(link.first.get_attribute("href") or "").query)
    assert said["subject"] == ["Roadmap enquiry: LOSS-1 Carried back"]
    assert said["body"][0].strip() == f"{site.url}/losses/items/LOSS-1/"


VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair calendar]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[roadmap]]
path = {folder}/calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


def calendar_of(address: str, folder: Path) -> list[str]:
    """The titles of its events, as vdirsyncer fetches it and khal lists it."""
    for name, text in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
        (folder / name).write_text(text.format(folder=folder, address=address), encoding="utf-8")

    def run(module: str, *arguments: str) -> str:
        command = [
            sys.executable,
            "-m",
            module,
            "-c" if module == "khal" else "--config",
            str(folder / module),
            *arguments,
        ]
        return subprocess.run(command, input="y\n" * 3, capture_output=True, text=True, timeout=60, check=True).stdout

    run("vdirsyncer", "discover")
    run("vdirsyncer", "sync")
    listed = run("khal", "list", "--once", "--format", "{title}", "--day-format", "", "2000-01-01", "20000d")
    return [line for line in listed.splitlines() if line]
