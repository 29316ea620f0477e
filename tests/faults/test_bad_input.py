"""Whatever is asked for: no error of ours, and no more memory than is set."""

import random
import re
from pathlib import Path

import pytest

from tests.faults.clients import ask, ask_all
from tests.faults.cluster import children

pytestmark = pytest.mark.needs("postgresql", "styles")

MOST = 60 * 1024  # kB that a process may grow by: its store of 4 MB, Django's templates, what is under way
LETTERS = "abz019/.-_~%&=?;:@!$'()*+,[]{}|\\^\"<>"
PARAMETERS = ("q", "kind", "stage", "page", "day", "since", "changed_since", "api", "sort", "utm_source", "x", "stgae")


@pytest.fixture
def site(serve):
    return serve(PAGE_STORE_MEMORY="4", PAGE_STORE_DISK="1")


def memory(site):
    """kB of the largest process."""
    found = [Path(f"/proc/{pid}/status").read_text("ascii") for pid in children(site.server.pid)]
    return max(int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) for text in found)


def addresses(chance):
    def text(most):
        return "".join(chance.choice(LETTERS) for _ in range(chance.randrange(most)))

    for _ in range(1500):
        start = chance.choice(
            ["/", "/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/at/", "/api/v1/", "/admin/", "/preview/", "/static/"]
        )
        query = "&".join(f"{chance.choice(PARAMETERS)}={text(20)}" for _ in range(chance.randrange(4)))
        yield (start + text(30)).replace("\\", "%5C") + (f"?{query}" if query else "")
    for number in range(3000):
        yield f"/vat-mtd/items.csv?q=word{number}"


def test_nothing_that_is_asked_for_is_an_error_or_takes_memory(site):
    ask_all(site, ["/vat-mtd/", "/vat-mtd/items.csv?q=warm", "/admin/login/"] * 20)
    before = memory(site)
    answers = ask_all(site, addresses(random.Random(12)))
    assert {(a.path, a.status) for a in answers if a.status in (0, *range(500, 600))} == set()
    huge = [
        ask(site, "/vat-mtd/", X_Huge="a" * 7_000),
        ask(site, "/vat-mtd/", X_Huge="a" * 1_000_000),
        ask(site, "/vat-mtd/", Cookie="; ".join(f"a{n}=b" for n in range(1000)), Accept_Encoding="br," * 2000),
        ask(site, "/vat-mtd/?q=" + "a" * 3000),
        ask(site, "/vat-mtd/?" + "a" * 100_000),
        ask(site, "/admin/login/", "POST", b"a" * 30_000_000, Content_Type="application/x-www-form-urlencoded"),
        ask(site, "/vat-mtd/", "POST", b"a" * 30_000_000),
        ask(site, "/vat-mtd/", If_None_Match='"a",' * 1500, Range="bytes=0-1," * 500),
    ]
    assert [a.status for a in huge if a.status >= 500] == []
    assert ask(site, "/vat-mtd/").status == 200
    assert memory(site) - before < MOST
    kept = sum(path.stat().st_size for path in (site.state_dir / "pages").iterdir())
    assert kept < 4 * 1024 * 1024
