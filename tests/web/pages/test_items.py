import pytest

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-24", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def listed(page):
    """What the page lists, beside the filters."""
    return page.one("div", class_="app-filtered__found").text


def test_every_item_is_under_its_stage_and_the_backlog_by_release(vat, reads):
    near = make.release(vat, title="Near term", when="June to July 2026", horizon="near", introduction="Soon *now*.")
    mid = make.release(vat, title="Mid term", when="Autumn 2026", horizon="mid", position=1)
    make.item(vat, title="Second", release=mid)
    make.item(vat, title="First", release=near, kind="api", audiences="Businesses, Agents", live="June 2026")
    make.item(vat, title="Loose")
    make.item(vat, title="Tested", test="May 2025", deployed=("test",))
    make.item(vat, title="Piloted", deployed=("controlled_go_live",))
    make.item(vat, title="Used", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))

    page = reads("/vat-mtd/items/")

    assert page.headings[0] == (1, "6 items")
    assert listed(page) == (
        "List Table Timeline "
        "Planned (3) In sandbox (1) Controlled go-live (1) Live (1) "
        "Planned (3) Near term June to July 2026 Soon now. First API · Businesses and agents Live: June 2026 "
        "Mid term Autumn 2026 Second Not in a release Loose "
        "In sandbox (1) Tested Controlled go-live (1) Piloted Live (1) Used"
    )
    assert page.link("First") == "/vat-mtd/items/VAT-2/"
    assert page.title == "Items - VAT roadmap - HMRC Developer Hub"


def test_a_stage_without_items_says_so(vat, reads):
    make.item(vat, title="Used", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/")
    assert "In sandbox (0) Nothing is here at the moment." in page.main
    assert page.headings[0] == (1, "1 item")
    assert listed(page).startswith("List Table Timeline Planned (0)")


def test_a_roadmap_without_items_says_so_and_shows_no_stages(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/")
    assert page.headings[0] == (1, "0 items")
    assert listed(page) == "Nothing is listed on this roadmap yet."
    assert page.all("form") == []


def test_environments_have_the_roadmaps_own_names(vat, reads):
    vat.test_label, vat.controlled_go_live_label, vat.live_label = "Test", "Private beta", "Production"
    vat.save()
    make.item(vat, title="Tested", deployed=("test",), live="June 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    main = reads("/vat-mtd/items/").main
    assert "In test (1) Tested Production: June 2026" in main
    assert "Private beta (0)" in main
    assert "In production (0)" in main


def test_a_deployed_release_puts_its_items_live_with_its_introduction(vat, reads):
    release = make.release(vat, title="April", when="April 2025", is_deployed=True, introduction="Out now.")
    make.item(vat, title="Used", release=release)
    make.edition(vat, at=make.at("2026-03-24"))
    main = listed(reads("/vat-mtd/items/"))
    assert main.endswith("Live (1) April April 2025 Out now. Used Live: April 2025")


def test_a_release_whose_items_are_in_two_stages_is_introduced_once(vat, reads):
    release = make.release(vat, title="Summer", introduction="Our words.")
    make.item(vat, title="Planned", release=release)
    make.item(vat, title="Tested", release=release, deployed=("test",))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/")
    assert listed(page).count("Our words.") == 1
    assert listed(page).count("Summer") == 2
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))


def test_the_words_of_a_release_without_items_are_not_lost(vat, reads):
    make.item(vat)
    make.release(vat, title="Long term", when="May to October 2027", introduction="Nothing is firm.")
    make.release(vat, title="Empty and done", is_deployed=True)
    make.edition(vat, at=make.at("2026-03-24"))
    main = reads("/vat-mtd/items/").main
    assert "Long term May to October 2027 Nothing is firm. No items are in this release yet." in main
    assert "Empty and done" not in main


def test_the_next_date_is_the_first_still_to_come(vat, reads):
    make.item(vat, title="A", test="May 2025", deployed=("test",), controlled_go_live="N/A", live="by June 2026")
    make.item(vat, title="B", test="March 2026 (TBC)", live="June 2026")
    make.item(vat, title="C", test="March 2026", deployed=("live",), live="TBC")
    make.edition(vat, at=make.at("2026-03-24"))
    main = listed(reads("/vat-mtd/items/"))
    assert "A Live: by June 2026" in main
    assert "B Sandbox: March 2026 (to be confirmed)" in main
    assert main.endswith("C")  # it is live: what was to be confirmed is no longer news


def test_apis_keep_their_names_in_the_line(vat, reads):
    first, second = make.api(name="VAT (MTD)"), make.api(name="Business Details")
    make.item(vat, title="Both", kind="api", apis=((first, "1.0"), (second, "v2.0")))
    make.edition(vat, at=make.at("2026-03-24"))
    assert "Both API · VAT (MTD) 1.0 and Business Details v2.0" in reads("/vat-mtd/items/").main


def test_what_an_editor_typed_in_a_title_is_text(vat, reads):
    make.item(vat, title="<script>alert(1)</script> & <b>bold</b>", audiences="<i>Agents</i>")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/")
    assert "<script>alert(1)</script> & <b>bold</b> <i>Agents</i>" in page.main
    assert page.all("b") == page.all("i") == []
    assert {one.attributes["type"] for one in page.all("script")} == {"application/ld+json"}  # which no browser runs
