"""PostgreSQL is stopped, or hangs: readers read on, staff lose nothing, and all is well as soon as it is back."""

import os
import shutil
import signal
from urllib.parse import urlsplit

import pytest

from tests.admin.press import Form
from tests.faults.clients import Staff, ask, ask_all
from tests.faults.cluster import children
from tests.faults.waiting import until
from tests.web.feeds.received import OUTLETS
from tests.web.sample import ADDRESSES

pytestmark = pytest.mark.needs("postgresql", "styles")

READ = [
    *ADDRESSES.values(),
    *(f"/vat-mtd/{outlet}" for outlet in OUTLETS),
    *("/vat-mtd/items/?kind=api", "/vat-mtd/at/2100-01-01/", "/vat-mtd/items/VAT-99/", "/search/?q=planned"),
    *("/api/v1/roadmaps", "/api/v1/roadmaps/vat-mtd", "/api/v1/roadmaps/vat-mtd/items", "/api/v1/openapi.json"),
    *("/api/v1/roadmaps/vat-mtd/changes", "/api/v1/roadmaps/vat-mtd/editions", "/robots.txt", "/favicon.ico"),
]
# What nobody asked for before, and the type in which it says that it cannot be had.
NEVER_MADE = {
    "/vat-mtd/items/?kind=guide": "text/html",
    "/vat-mtd/changes.atom?kind=guide": "application/problem+xml",
    "/vat-mtd/changes.json?kind=guide": "application/problem+json",
    "/vat-mtd/items.csv?kind=guide": "text/plain",
    "/api/v1/roadmaps/vat-mtd/items?kind=guide": "application/problem+json",
}
ITEM = "/admin/roadmap/item/1/change/"
SLOWEST = 0.5  # seconds
TYPED = "As typed: <b>\u00e9</b>\n& \u201cquoted\u201d"
EDIT = """
from roadmap.models import Roadmap
from roadmap.publishing import publish
roadmap = Roadmap.objects.get()
roadmap.items.update(title="After it all")
publish(roadmap=roadmap, by=None)
"""


@pytest.fixture(params=["stopped", "hung"])
def away(request, cluster):
    """away() and back(): the two ways in which a database is none."""
    away, back = (cluster.stop, cluster.start) if request.param == "stopped" else (cluster.hang, cluster.wake)
    is_away = []

    def leave():
        is_away.append(True)
        away()

    def come_back():
        is_away.clear()
        back()

    yield leave, come_back
    if is_away:
        back()


def test_all_is_read_on_and_nothing_is_lost(site, serve, away, tmp_path):
    leave, come_back = away
    first = {answer.path: answer for answer in ask_all(site, READ)}
    kept = site.state_dir / "pages"
    paths = [path for path, answer in first.items() if answer.status in (200, 404)]
    assert len(paths) >= len(READ) - 1
    # Those that nothing else is made of than the software are kept too.
    until(lambda: len([*kept.iterdir()]) >= len(paths) - 3, 10)
    staff = Staff(site)
    form = staff.get(ITEM)
    assert form.status == 200
    # What else the machine does is in all that is timed: how much slower it is than one that has nothing else to do.
    slow = max(1, 2 * max(a.seconds for a in ask_all(site, paths * 10)) / SLOWEST)

    leave()
    during = ask_all(site, paths * 10)  # before anybody knows
    assert {(a.path, a.status) for a in during if a.status != first[a.path].status} == set()
    assert max(a.seconds for a in during) < SLOWEST * slow
    # Several at once, as readers ask then: one after the other may all reach the same process.
    until(lambda: all("Age" in answer.headers for answer in ask_all(site, ["/vat-mtd/"] * 40)), 5)
    read = ask_all(site, paths * 40)
    alive = ask(site, "/healthz")
    assert {(a.path, a.status) for a in read if a.status != first[a.path].status} == set()
    assert {a.path for a in read if a.body != first[a.path].body} == set()
    assert max(a.seconds for a in read) < SLOWEST * slow
    assert (alive.status, alive.seconds < SLOWEST * slow) == (200, True)
    assert ask(site, "/readyz").text == "The database cannot be reached.\n"
    dated = [a for a in read if a.path.startswith("/vat-mtd/") and a.status == 200]
    assert {a.path for a in dated if not a.headers.get("Age", "").isdecimal()} == set()

    never = ask_all(site, NEVER_MADE)
    # What is in memory is enough.
    assert {(a.path, a.status) for a in never if a.status != 200} == set()
    assert max(a.seconds for a in never) < slow
    shutil.copytree(kept, tmp_path / "later" / "pages")
    later = serve.another(tmp_path / "later", site.settings)
    begun = ask_all(later, paths * 3, Host=urlsplit(site.url).netloc)  # what is kept is kept by that too
    assert {a.path for a in begun if a.status != 200 and first[a.path].headers["ETag"]} == set()
    assert {a.status for a in begun} <= {200, 404, 503}
    never = ask_all(later, NEVER_MADE)
    assert [(a.status, a.headers["Retry-After"], a.seconds < slow) for a in never] == [(503, "60", True)] * len(never)
    assert [a.headers.get_content_type() for a in never] == [*NEVER_MADE.values()]

    refused = staff.send(form, title="Typed meanwhile", description=TYPED)
    assert (refused.status, refused.seconds < 2 * slow) == (503, True), refused.seconds
    assert "Nothing that you typed is lost" in refused.text
    crowd = ask_all(site, ["/admin/login/"] * 40, together=40)
    assert {a.status for a in crowd} == {503}
    assert max(a.seconds for a in crowd) < 2 * slow

    workers = children(site.server.pid)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len({*children(site.server.pid)} - {*workers}) == len(workers), 10)
    born = ask_all(site, paths * 3)
    assert {a.path for a in born if a.status not in (first[a.path].status, 503)} == set()
    assert {a.path for a in born if a.status == 503 and "Retry-After" not in a.headers} == set()
    assert {a.path for a in born if a.status == 503 and first[a.path].headers["ETag"]} == set()
    assert max(a.seconds for a in born) < 2 * slow

    come_back()
    seen = []

    def is_back():
        seen.append(staff.get(ITEM).status)
        return seen[-1] == 200

    back = until(is_back, 5)
    assert back < 2 * slow
    assert {*seen} <= {200, 503}
    assert {staff.get(ITEM).status for _ in range(14)} == {200}
    assert Form(refused.text).fields
    saved = staff.send(refused, ITEM)
    assert saved.status == 302
    held = dict(Form(staff.get(ITEM).text).fields)
    assert held["title"] == "Typed meanwhile"
    assert held["description"] == TYPED.replace("\n", "\r\n")

    site.manage("shell", "--no-imports", "--command", EDIT)
    until(lambda: all(b"After it all" in ask(site, "/vat-mtd/items/").body for _ in range(8)), 2 * slow)
    assert {a.status for a in ask_all(site, NEVER_MADE)} == {200}
