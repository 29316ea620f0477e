import pytest

from roadmap.models import Api, Milestone
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-24", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def steps(page):
    return [one.text for one in page.all("li", class_="app-track__step")]


def current_step(page):
    return [one.text for one in page.all("li", **{"aria-current": "step"})]


def row(page, key):
    """What the summary list says of it."""
    keys, values = page.all("dt"), page.all("dd")
    return next(value.text for name, value in zip(keys, values, strict=True) if name.text == key)


def test_title_stage_reference_track_and_description_come_in_this_order(vat, reads):
    make.item(
        vat,
        title="Carry back",
        test="March 2026",
        deployed=("test",),
        controlled_go_live="N/A",
        live="by June 2026",
        description="Carries **back**.",
    )
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert page.main.startswith("Carry back In sandbox VAT-1 Dates Planned Sandbox March 2026, deployed")
    assert steps(page) == [
        "Planned",
        "Sandbox March 2026, deployed",
        "Controlled go-live Not applicable",
        "Live Expected by June 2026",
    ]
    assert current_step(page) == ["Sandbox March 2026, deployed"]
    assert page.main.index("Expected by June 2026") < page.main.index("Carries back.") < page.main.index("History")
    assert page.title == "Carry back (VAT-1) - VAT roadmap - HMRC Developer Hub"
    assert page.one("meta", name="description").attributes["content"] == "Carries back."


def test_an_item_without_milestones_goes_live_with_its_release(vat, reads):
    release = make.release(vat, title="Near term", when="October 2026", horizon="near")
    make.item(vat, release=release)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert steps(page) == [
        "Planned Near term",
        "Sandbox No date given",
        "Controlled go-live No date given",
        "Live Expected October 2026",
    ]
    assert current_step(page) == ["Planned Near term"]
    assert row(page, "Release") == "Near term October 2026"
    address, anchor = page.link("Near term").split("#")
    assert reads(address).all("div", id=anchor)


def test_a_deployed_release_makes_its_item_live_since_its_date(vat, reads):
    make.item(vat, release=make.release(vat, title="Spring", when="April 2025", is_deployed=True))
    make.edition(vat, at=make.at("2026-03-24"))
    assert current_step(reads("/vat-mtd/items/VAT-1/")) == ["Live April 2025, deployed"]


def test_dates_to_be_confirmed_and_deployed_without_a_date(vat, reads):
    make.item(vat, deployed=("test",), live="TBC")
    make.edition(vat, at=make.at("2026-03-24"))
    assert steps(reads("/vat-mtd/items/VAT-1/"))[1::2] == ["Sandbox Deployed", "Live Date to be confirmed"]


def test_a_moved_date_says_what_it_was(vat, reads):
    make.item(vat, live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    Milestone.objects.update(when="September 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert steps(reads("/vat-mtd/items/VAT-1/"))[3] == "Live Expected September 2026 (was June 2026)"


def test_a_moved_release_says_what_its_items_live_date_was(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, release=release)
    make.edition(vat, at=make.at("2026-01-05"))
    release.when = "August 2026"
    release.save()
    make.edition(vat, at=make.at("2026-03-24"))
    assert steps(reads("/vat-mtd/items/VAT-1/"))[3] == "Live Expected August 2026 (was June 2026)"


def test_the_summary_says_all_there_is(vat, reads):
    api = make.api(name="VAT (MTD)", url="https://example.org/vat")
    years = make.field(vat, name="Tax years", explanation="For which *years*.")
    make.field(vat, name="Not filled")
    make.item(
        vat,
        journey="Payments",
        kind="user_interface",
        audiences="Businesses, Agents",
        apis=((api, "1.0"), (make.api(name="Plain"), "")),
        is_breaking=True,
        values={years: "26-27+"},
    )
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert row(page, "Journey") == "Payments"
    assert row(page, "Kind") == "User interface"
    assert row(page, "For") == "Businesses and agents"
    assert row(page, "APIs") == "VAT (MTD) 1.0 Plain Documentation of VAT (MTD)"
    assert row(page, "Breaking") == "Yes, software that works today must be changed"
    assert row(page, "Tax years") == "26-27+ What “Tax years” means For which years."
    assert "open" not in page.one("details").attributes
    assert "Not filled" not in page.text


def test_what_is_not_known_has_no_row(vat, reads):
    make.item(vat)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert page.all("dt") == []
    assert "Details" not in page.main


def test_an_api_address_that_no_browser_should_follow_is_not_a_link(vat, reads):
    api = make.api(name="Bad")
    Api.objects.filter(pk=api.pk).update(url="javascript:alert(1)")  # past the form, as an import might
    make.item(vat, apis=((api, ""),))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert row(page, "API") == "Bad"
    assert "javascript:" not in page.html


@pytest.mark.parametrize("reference", ["vat-1", "Vat-1"])
def test_a_reference_in_small_letters_leads_to_the_item(vat, client, reference):
    make.item(vat)
    make.edition(vat, at=make.at("2026-03-24"))
    response = client.get(f"/vat-mtd/items/{reference}/")
    assert (response.status_code, response["Location"]) == (301, "/vat-mtd/items/VAT-1/")


def test_an_item_that_never_was_is_not_found_within_its_roadmap(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    page = reads("/vat-mtd/items/VAT-9/", status=404)
    assert "VAT roadmap has no item at this address." in page.main
    assert page.links("See all items") == ["/vat-mtd/items/"]


def test_a_draft_item_is_not_found(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    make.item(vat, title="Secret")
    assert "Secret" not in reads("/vat-mtd/items/VAT-1/", status=404).text


PASSED = ": this date has passed"
BREAKS = "This may break software that uses it."


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (
            {"test": "March 2026", "deployed": ("test",), "live": "June 2026"},
            "Have yours ready before it is live, expected June 2026. You can test it in sandbox now.",
        ),
        (
            {"test": "April 2026", "live": "by June 2026"},
            "Have yours ready before it is live, expected by June 2026. To test it: Sandbox expected April 2026.",
        ),
        ({"live": "TBC"}, "Have yours ready before it is live, which has no date yet."),
        (
            {"live": "February 2026"},
            f"Have yours ready before it is live, expected February 2026{PASSED}.",
        ),
        ({"live": "3 March 2026", "deployed": ("live",)}, "It has been live since 3 March 2026."),
        ({"deployed": ("live",)}, "It is live."),
    ],
)
def test_what_breaks_says_what_to_do_and_by_when(vat, reads, dates, said):
    make.item(vat, title="Losses", is_breaking=True, **dates)
    make.item(vat, title="Gains", **dates)
    make.edition(vat, at=make.at("2026-03-24"))
    assert reads("/vat-mtd/items/VAT-1/").one("p", class_="app-advice").text == f"{BREAKS} {said}"
    assert reads("/vat-mtd/items/VAT-2/").all("p", class_="app-advice") == []


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (
            {"test": "March 2026", "deployed": ("test",), "live": "June 2026"},
            "On that day it was not live: it was expected June 2026. It could be tested in sandbox then.",
        ),
        ({"live": "TBC"}, "On that day it was not live, and had no date."),
        ({"live": "3 March 2026", "deployed": ("live",)}, "It was live on that day, since 3 March 2026."),
        ({"deployed": ("live",)}, "It was live on that day."),
    ],
)
def test_on_a_day_that_is_over_it_says_what_was_so_then(vat, reads, clock, dates, said):
    clock(make.at("2026-04-01"))
    make.item(vat, title="Losses", is_breaking=True, **dates)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/at/2026-03-25/items/VAT-1/")
    assert page.one("p", class_="app-advice").text == f"{BREAKS} {said}"


def test_a_date_of_its_own_is_not_contradicted_by_its_releases_name(vat, reads):
    release = make.release(vat, title="June 2026")
    make.item(vat, title="Losses", release=release, live="September 2026")
    make.item(vat, title="Gains", release=release)
    make.edition(vat, at=make.at("2026-03-24"))
    assert current_step(reads("/vat-mtd/items/VAT-1/")) == ["Planned"]
    assert current_step(reads("/vat-mtd/items/VAT-2/")) == ["Planned June 2026"]


def test_its_apis_lead_to_their_pages_and_to_their_documentation(vat, reads):
    api, other = make.api(name="VAT API", url="https://example.org/vat"), make.api(name="Other API")
    make.item(vat, apis=((api, "1.0"), (api, "2.0"), (other, "")))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert page.link("VAT API 1.0") == page.link("VAT API 2.0") == "/vat-mtd/apis/vat-api/"
    assert page.link("Documentation of VAT API") == "https://example.org/vat"
    assert page.link("Other API") == "/vat-mtd/apis/other-api/"
