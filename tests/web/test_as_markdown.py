"""Each page in its second form: the same words, by an address of its own and by what a request accepts."""

import re

import pytest
from bs4 import BeautifulSoup
from django.urls import get_resolver
from markdown_it import MarkdownIt

from roadmap.previews.links import staff_preview_url
from roadmap.web.as_markdown import is_preferred
from roadmap.web.html_to_markdown import to_markdown
from tests import make
from tests.cases import each_case
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db

LEFT_OUT = ["form", "nav", "script", "svg"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
def published():
    roadmap = whole_roadmap("*now* _here_ <b> 1. [x] `y` | z")
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def words(html):
    document = BeautifulSoup(html, "html.parser")
    main = document.find("main") or document
    for link in main.select(".govuk-skip-link"):
        link.extract()
    around = [parent for element in main.find_all(LEFT_OUT) for parent in element.parents if parent in main.descendants]
    for element in main.find_all(LEFT_OUT):
        element.extract()
    for element in around:
        if not element.find(["a", "dd", "img", "li", "p", "table"]):
            element.extract()  # a heading or a summary, of a form that is left out
    return re.findall(r"[^\W_]+", main.get_text(" "))


def words_of_markdown(text):
    return words(MarkdownIt("commonmark").enable("table").render(text))


@each_case("url", [*ADDRESSES.values(), "/vat-mtd/items/?stage=test", "/vat-mtd/at/2026-03-24/", "/api/v1/"])
def test_it_says_what_the_page_says(published, client, url):
    page = client.get(url)
    path, _, query = url.partition("?")
    text = client.get(f"{path}index.md?{query}")
    assert (text.status_code, text["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert words_of_markdown(text.content.decode()) == words(page.content.decode())
    assert client.get(url, headers={"Accept": "text/markdown, text/html;q=0.5"}).content == text.content


def test_every_address_of_a_page_has_one():
    found = get_resolver().namespace_dict["web"][1].reverse_dict
    names = {name for name in found if isinstance(name, str)}
    pages = {name for name in names if found[name][0][0][0].endswith("/")}
    assert {"roadmaps", "home", "item", "api"} <= pages | {"roadmaps"}
    # What one fills in, for oneself alone, is a form and no text.
    forms = {
        "subscribe",
        "emails",
        "confirm_emails",
        "manage_emails",
        "end_emails",
        "webhook",
        "mail_receipt",
        "mail_report",
    }
    assert {f"{name}_md" for name in pages - forms} <= names


def test_the_two_forms_are_two_representations_of_one_page(published, client):
    page, text = client.get("/vat-mtd/"), client.get("/vat-mtd/", headers={"Accept": "text/markdown"})
    assert page["Vary"] == text["Vary"] == client.get("/vat-mtd/index.md")["Vary"] == "Accept"
    assert page["ETag"] != text["ETag"]
    assert text["Content-Location"] == "http://testserver/vat-mtd/index.md"
    assert text["Link"] == '<http://testserver/vat-mtd/>; rel="canonical"'
    again = client.get("/vat-mtd/index.md", headers={"If-None-Match": text["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/vat-mtd/", headers={"If-None-Match": text["ETag"]}).status_code == 200


def test_of_a_selection_its_own_address_is_that_of_the_selection(published, client):
    """Or what is one item would be said to be all of them (RFC 9110, 8.7)."""
    for url in ("/vat-mtd/items/?q=Caf%C3%A9&view=table", "/vat-mtd/items/index.md?q=Caf%C3%A9&view=table"):
        answer = client.get(url, headers={"Accept": "text/markdown"})
        assert answer["Content-Location"] == "http://testserver/vat-mtd/items/index.md?q=Caf%C3%A9&view=table"


def test_its_links_lead_on_from_wherever_it_is_read(published, client):
    text = client.get("/vat-mtd/items/VAT-1/index.md").content.decode()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    assert {link.split(":")[0] for link in links} <= {"http", "https", "mailto"}
    assert "http://testserver/vat-mtd/items/" in {link.split("#")[0] for link in links}


def test_what_is_not_there_is_said_in_the_form_asked_for(published, client):
    answer = client.get("/vat-mtd/items/VAT-99/index.md")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/markdown; charset=utf-8")
    assert answer.content.decode().startswith("# ")
    assert "Content-Location" not in answer


def test_a_draft_has_one_too(published, admin_client):
    url = staff_preview_url(published.pk)
    answer = admin_client.get(f"{url}index.md")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]


def test_it_is_given_only_to_those_who_prefer_it():
    assert is_preferred("text/markdown")
    assert is_preferred("text/markdown, text/html;q=0.9, */*;q=0.1")
    assert is_preferred("Text/Markdown")
    for accept in ("", "*/*", "text/*", BROWSER, "text/html, text/markdown;q=0.9", "text/markdown;q=0, text/html"):
        assert not is_preferred(accept), accept


def test_what_programs_read_has_no_second_form(published, client):
    for url in ("/vat-mtd/changes.atom", "/vat-mtd/items.csv", "/api/v1/roadmaps", "/robots.txt"):
        plain = client.get(url)
        assert client.get(url, headers={"Accept": "text/markdown"})["Content-Type"] == plain["Content-Type"]
        assert "Accept" not in plain.get("Vary", "")


def test_forms_and_their_headings_are_left_out():
    html = "<main><h1>A</h1><section><h2>Choose</h2><div><form><p>x</p></form></div></section><p>B</p></main>"
    assert to_markdown(html, "https://example.org/") == "# A\n\nB\n"


def test_the_filters_are_left_out_with_their_heading_and_the_link_past_them(published, client):
    text = client.get("/vat-mtd/items/index.md").content.decode()
    assert "Filter items" not in text
    assert "Skip to results" not in text


def test_each_date_of_an_item_in_a_list_begins_a_line(client, clock):
    clock(make.at("2026-08-01"))
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap, title="Losses", test="March 2026", live="June 2026")
    make.edition(roadmap, at=make.at("2026-03-24"))
    page = client.get("/vat-mtd/items/index.md")
    lines = [line.strip() for line in page.content.decode().splitlines()]
    assert "Sandbox expected March 2026: this date has passed" in lines
    assert "Live expected June 2026: this date has passed" in lines


def test_a_list_in_parts_leads_to_the_next_and_the_one_before(client):
    roadmap = make.roadmap(slug="vat-mtd")
    make.edition(roadmap, at=make.at("2026-03-24"))
    for number in range(60):
        make.item(roadmap, title=f"Item {number}")
    make.edition(roadmap, at=make.at("2026-03-25"))
    here, query = "http://testserver/vat-mtd/changes/", "?since=1&until=2"
    first = client.get(f"/vat-mtd/changes/index.md{query}").content.decode()
    assert f"[Next page: Page 2 of 2]({here}{query}&page=2)" in first
    assert "Previous page" not in first
    second = client.get(f"/vat-mtd/changes/index.md{query}&page=2").content.decode()
    assert f"[Previous page: Page 1 of 2]({here}{query})" in second


def test_an_edition_leads_to_those_beside_it(published, client):
    published.pages.update(title="Another title")
    make.edition(published, at=make.at("2026-03-25"))
    assert "(http://testserver/vat-mtd/editions/1/)" in client.get("/vat-mtd/editions/2/index.md").content.decode()


def test_definitions_are_a_list():
    html = (
        "<main><dl><div><dt>Kind</dt><dd>API</dd></div><div><dt>For</dt><dd>Agents\n<b>now</b></dd></div></dl></main>"
    )
    assert to_markdown(html, "https://example.org/") == "- **Kind**: API\n\n- **For**: Agents **now**\n"


def test_texts_that_are_made_to_take_long_do_not():
    """Marks within marks went deeper than Python goes; a gap of that length took minutes."""
    deep = "<em>" * 900 + "said" + "</em>" * 900
    gap = " " * 200_000
    text = to_markdown(f"<main><p>{deep}</p><p>a{gap}b</p><pre>c{' ' * 12}d</pre></main>", "http://testserver/")
    assert "*said*" in text
    assert "a b" in text
    assert f"c{' ' * 12}d" in text


def test_a_table_has_one_row_of_headings_and_goes_on_after_a_heading_within_it():
    head = '<tr><th scope="col">What</th><th scope="col">Before</th></tr>'
    rows = '<tr><th scope="rowgroup" colspan="2">Losses</th></tr><tr><th scope="row">Live</th><td>June 2026</td></tr>'
    html = f"<main><table><thead>{head}</thead><tbody>{rows}</tbody></table></main>"
    text = to_markdown(html, "http://testserver/")
    assert text.count("| --- | --- |") == 1
    assert "| Live | June 2026 |" in text


def test_a_full_stop_behind_a_year_begins_no_list_and_is_as_it_was():
    said = "Edition 1 (5 January 2026) and edition 2 (6 May 2026). It moved to 2027. Why?"
    html = f"<main><p>{said}</p><p>1. Not a list</p></main>"
    assert to_markdown(html, "http://testserver/") == f"{said}\n\n1\\. Not a list\n"
