"""What a row of a table names: the title, journey and description of an item."""

from tests.cases import each_case
from tests.techdocs.parse.test_row_to_item import item, items, read
from tests.techdocs.rows import said


@each_case(
    ("cell", "title", "description"),
    [
        ("**Weigh parcels**<br/> Scales for vans.", "Weigh parcels", "Scales for vans."),
        ("**Weigh parcels** – this is on scales", "Weigh parcels", "This is on scales"),
        ("**Weigh parcels:** on scales", "Weigh parcels", "On scales"),
        ("**Weigh parcels.** Scales.", "Weigh parcels", "Scales."),
        ("__Weigh parcels__ Scales for vans.", "Weigh parcels", "Scales for vans."),
        ("<strong>Weigh parcels</strong><br><br>- [x](https://a.uk)", "Weigh parcels", "[x](https://a.uk)"),
        ("**Weigh parcels**", "Weigh parcels", ""),
        ("Weigh end-to-end parcels.", "Weigh end-to-end parcels", ""),
        ("**Weigh parcels** on scales. More.", "Weigh parcels", None),
        ("**[Weigh parcels](https://a.uk)**<br>On scales.", "Weigh parcels", None),
        ("**Weigh" + " parcels" * 40 + "**<br>On scales.", "Weigh " + "parcels " * 24 + "…", None),
        ("<b>Weigh parcels:</b> on scales", "Weigh parcels", "On scales"),
        ("Weigh parcels<br>on scales", "Weigh parcels", None),
        ("Weigh **heavy** parcels – this puts them on scales", "Weigh heavy parcels", None),
        ("Weigh parcels - this puts them on scales. More.", "Weigh parcels", None),
        ("Weigh parcels on scales, e.g. a few. Then post them.", "Weigh parcels on scales, e.g. a few", None),
        ("[Weigh parcels](https://example.gov.uk/w). More.", "Weigh parcels", None),
        ("**Note:** parcels are weighed.", "Note: parcels are weighed", None),
        ("`POST` parcels", "POST parcels", None),
        ("Weigh " + "parcels " * 40, "Weigh " + "parcels " * 24 + "…", None),
    ],
)
def test_a_title_is_found_in_the_description_and_in_bold_stands_there_once(cell, title, description):
    """The description stays whole, None, where the title is no part by itself."""
    found = item(f"Parcel API | {cell}", "API | Detail")
    assert found.title.replace(" …", "…") == title.replace(" …", "…")
    assert found.description == (cell.strip() if description is None else description)


def test_a_description_that_begins_with_the_name_beside_it_says_it_once():
    assert item("Weigh | **Weigh** – on scales").description == "On scales"
    assert item("Weigh | Weigh").description == ""
    again = read("Name | Description\n-|-\n**Weigh** | **Weigh**\n")
    assert [one.description for one in said(again)] == [""]
    assert "Weigh" in again.word_count.structure
    assert item("Weigh | **Weigh them** – on scales").description == "**Weigh them** – on scales"


def test_a_name_that_comes_again_and_again_is_the_journey():
    rows = "Payments | View **past** payments\nPayments | Pay by card - at once\nReturns | Send\nPayments | Refunds\n"
    found = items(f"Name | Description | End user\n-|-|-\n{rows}")
    assert [(one.title, one.journey) for one in found] == [
        ("View past payments", "Payments"),
        ("Pay by card", "Payments"),
        ("Send", "Returns"),
        ("Refunds", "Payments"),
    ]


def test_a_name_that_is_there_twice_by_accident_is_a_title():
    rows = "".join(f"Function {number} | It does {number}.\n" for number in range(9))
    rows += "Function 1 | It also does more.\n"
    assert [one.title for one in items(f"Name | Description\n-|-\n{rows}")][-1] == "Function 1"


def test_one_name_that_comes_again_makes_no_journeys_of_all():
    found = items("Name | Description\n-|-\nWeigh | Scales.\nWeigh | Vans.\nPost | Letters.\n")
    assert [(one.title, one.journey) for one in found] == [("Weigh", ""), ("Weigh", ""), ("Post", "")]


def test_a_name_of_many_words_without_a_description_is_one():
    text = "**Weigh parcels** " + "on very good scales " * 10
    found = item(f"{text} | Yes", "Change | Breaking")
    assert (found.title, found.description) == ("Weigh parcels", text.strip())


def test_a_link_in_a_name_is_kept_in_the_description():
    found = item("[Weigh](https://example.gov.uk/w) | Scales.")
    assert (found.title, found.description) == ("Weigh", "[Weigh](https://example.gov.uk/w)\n\nScales.")


def test_what_would_begin_a_list_or_heading_stays_text():
    assert [item(f"Weigh | {text}").description for text in ("- a", "1. a", "## a", "> a", "[x]: a")] == [
        "\\- a",
        "1\\. a",
        "\\## a",
        "\\> a",
        "\\[x]: a",
    ]


def test_reference_links_go_with_the_item():
    found = items(
        "Name | Description\n-|-\nWeigh | See [it][w].\n\n## About\n\nText\n\n[w]: https://example.gov.uk/w\n"
    )
    assert found[0].description == "See [it][w].\n\n[w]: https://example.gov.uk/w"
