"""The page of items with a filter that is wrong: what is said of it, where, and what of the rest is kept."""

import pytest

from roadmap.published import filters
from tests import make
from tests.cases import each_case
from tests.web.pages.test_items_filtered import URL, choices, field, publish_five, ticked, titles
from tests.web.read import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(vat):
    return publish_five(vat)


@each_case("path", ["items/", "changes/", "editions/1/", "at/2026-01-05/items/"])
def test_a_filter_misspelt_is_said_above_the_results_and_any_other_name_is_not(published, reads, path):
    plain = reads(f"/vat-mtd/{path}?kind=api")
    page = reads(f"/vat-mtd/{path}?kind=api&stag=test")
    summary = page.one("div", class_="govuk-error-summary").text
    assert summary == "There is a problem There is no parameter called “stag”. Did you mean “stage”?"
    assert page.main.replace(f"{summary} ", "") == plain.main
    assert links_of(page) == links_of(plain) == links_of(reads(f"/vat-mtd/{path}?kind=api&utm_source=mail&_=1"))
    assert reads(f"/vat-mtd/{path}?utm_source=mail&kind=api").main == plain.main


def links_of(page):
    links = [*page.all("a"), *(one for one in page.all("link") if one.attributes["rel"] != "stylesheet")]
    return [one.attributes["href"] for one in links]


def test_a_filter_misspelt_is_said_beside_what_else_is_wrong(published, reads):
    page = reads(f"{URL}?stag=test&kind=magic", status=400)
    summary = page.one("div", class_="govuk-error-summary").text
    assert "There is no parameter called “stag”. Did you mean “stage”? There is no kind called “magic”." in summary


def test_a_wrong_value_shows_what_is_wrong_and_no_items(published, reads):
    page = reads(f"{URL}?stage=soon&stage=live&kind=api&q=Some+Words&changed_since=soon", status=400)
    assert page.title.startswith("Error: Items - VAT roadmap")
    assert page.headings[:2] == [(2, "There is a problem"), (1, "Items")]
    summary = page.one("div", class_="govuk-error-summary").text
    stage = "There is no stage called “soon”. Choose from Planned, In sandbox, Controlled go-live, Live."
    since = "“soon” is not a date or the number of an edition. Enter a date, like 24 March 2026, or a number, like 12."
    assert summary == f"There is a problem {stage} {since}"
    assert page.link(stage) == "#stage"
    assert page.link(since) == "#changed_since"
    assert [one.text for one in page.all("p", class_="govuk-error-message")] == [f"Error: {stage}", f"Error: {since}"]
    assert titles(page) == []
    # What was typed is kept.
    assert ticked(page) == [("stage", "live"), ("kind", "api")]
    assert field(page, "q") == "Some Words"
    assert field(page, "changed_since") == "soon"
    assert "open" in page.all("details")[0].attributes
    assert "(" not in " ".join(choices(page)).replace("VAT (MTD)", "")  # nothing is counted


@pytest.mark.parametrize("name", [name for name in filters.NAMES if name != "q"])
def test_each_problem_leads_to_a_field_that_is_there(vat, reads, name):
    make.item(vat, title="Bare")  # most filters have nothing to choose
    make.edition(vat, at=make.at("2026-01-05"))
    page = reads(f"{URL}?{name}=wrong", status=400)
    assert [one.attributes["href"] for one in page.all("a") if one.attributes["href"] == f"#{name}"] == [f"#{name}"]
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert ids.count(name) == 1
    assert sorted(ids) == sorted(set(ids))


def test_a_wrong_reference_can_be_corrected(published, reads):
    page = reads(f"{URL}?item=VAT-99", status=400)
    assert field(page, "item") == "VAT-99"


def test_a_wrong_page_is_not_kept_by_caches(published, client):
    assert client.get(f"{URL}?stage=soon")["Cache-Control"] == "no-store"


@each_case(
    ("query", "status"),
    [
        ("q=%F0%9F%98%80", 200),
        ("q=%E2%80%8F%E2%80%AE", 200),
        ("q=%01%1F%7F", 200),
        ("q=%FF%FE", 200),
        ("q=]]>%3Cscript%3E", 200),
        ("q=" + "&q=".join(["a"] * 100), 200),
        ("stage=" + "&stage=".join(["test"] * 100), 200),
        ("stage=" + "&stage=".join(["soon"] * 100), 400),
        ("api=%F0%9F%98%80", 400),
        ("api=%E2%80%AEevil", 400),
        ("release=%07", 400),
        ("item=%00", 400),
        ("q=a%00b", 400),
        ("changed_since=9999-12-31", 400),
        ("changed_since=999+years+ago", 200),
        ("q=!!!&q=%3F...%2F", 200),
        ("from=%07&to=%E2%80%AE", 400),
        ("from=" + "9" * 1000, 400),
        ("from=2027&to=2026", 400),
        ("from=2026" + "&from=2027" * 100, 400),
        ("moved=later" + "&moved=later" * 100, 200),
        ("overdue=yes&overdue=no", 400),
        ("stage=live&overdue=yes&environment=live", 200),
        ("changed_since=999999999", 400),
        ("changed_since=" + "9" * 1000, 400),
        ("q=" + "x" * 201, 400),
        ("q=" + "x" * 100_000, 400),
        ("&" * 1500, 200),
        ("utm_source=mail", 200),
        ("=&=&?", 200),
    ],
)
def test_bad_input_is_answered_in_words(published, client, query, status):
    response = client.get(f"{URL}?{query}")
    assert response.status_code == status
    html = response.content.decode()
    assert "<h1" in html
    assert not any(one in html for one in "\x00\x01\x07\x1f")
    assert "\u202e" not in Page(html).main
    assert "<script>" not in html


def test_a_value_given_a_hundred_times_is_told_once(published, reads):
    page = reads(f"{URL}?stage={'&stage='.join(['soon'] * 100)}", status=400)
    assert len(page.all("li")) < 40
    assert page.main.count("There is no stage called “soon”.") == 2  # in the summary, and beside the field


def test_a_query_too_long_says_so(published, reads):
    page = reads(f"{URL}?q={'x' * 100_000}", status=400)
    assert "what follows the question mark may have 2000 characters" in page.main
