import pytest
from django.urls import reverse

from roadmap.models import Milestone
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows(staff, noun="item", **query):
    response = staff.get(reverse(f"admin:roadmap_{noun}_changelist"), query)
    assert response.status_code == 200
    return {row.title: row for row in response.context["cl"].result_list}


def test_each_row_says_whether_readers_have_it(staff):
    roadmap = make.roadmap()
    make.item(roadmap, title="Public")
    changed = make.item(roadmap, title="Changed", live="June 2026")
    make.edition(roadmap)
    make.item(roadmap, title="New")
    Milestone.objects.filter(item=changed).update(when="July 2026")

    found = rows(staff)
    assert {title: row.standing for title, row in found.items()} == {"Public": None, "Changed": "changed", "New": "new"}
    text = staff.get(reverse("admin:roadmap_item_changelist")).content.decode()
    assert text.count("Changed since published") == 1
    assert text.count("New, not public yet") == 1
    assert set(rows(staff, standing="unpublished")) == {"Changed", "New"}
    assert set(rows(staff, standing="public")) == {"Public"}


@pytest.fixture
def scheduled(monkeypatch):
    """A roadmap that is public, and a page of it that readers see from January."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-03-24"))
    roadmap = make.roadmap()
    make.edition(roadmap)
    page = make.page(roadmap, title="Waiting")
    make.edition(roadmap, at=make.at("2027-01-12"), now=make.at("2026-03-24"))
    return page


def test_what_waits_for_its_time_is_said_to_with_its_day_in_lists_and_on_its_form(staff, scheduled):
    form = reverse("admin:roadmap_page_change", args=[scheduled.pk])
    for title, told in {"Waiting": "From 12 January 2027", "Other": "From 12 January 2027, and changed since"}.items():
        scheduled.title = title
        scheduled.save()
        assert (
            f'<td class="field-standing">{told}</td>'
            in staff.get(reverse("admin:roadmap_page_changelist")).content.decode()
        )
        html = staff.get(form).content.decode()
        assert f"Publication: {told}</p>" in html
        assert "See it as readers do" not in html  # there is no page of it yet
    assert set(rows(staff, "page", standing="scheduled")) == {"Other"}
    assert set(rows(staff, "page", standing="public")) == set()


def test_a_form_says_whether_readers_have_it(staff):
    roadmap = make.roadmap()
    page = make.page(roadmap)
    form = reverse("admin:roadmap_page_change", args=[page.pk])
    assert "Publication: New, not public yet</p>" in staff.get(form).content.decode()
    make.edition(roadmap)
    html = staff.get(form).content.decode()
    assert "Publication: Public</p>" in html
    assert "See it as readers do" in html
    page.title = "Other"
    page.save()
    assert "Publication: Changed since published</p>" in staff.get(form).content.decode()


def test_items_are_found_by_stage_kind_release_and_words(staff):
    roadmap = make.roadmap()
    near = make.release(roadmap, title="Near term")
    make.item(roadmap, title="Coming", live="June 2026", release=near, kind="guide", description="Direct Debit")
    make.item(roadmap, title="Tested", deployed=("test",), apis=((make.api(name="Obligations API"), ""),))
    make.item(roadmap, title="There", deployed=("live",))
    assert set(rows(staff, stage="backlog")) == {"Coming"}
    assert set(rows(staff, stage="test")) == {"Tested"}
    assert set(rows(staff, stage="live")) == {"There"}
    assert set(rows(staff, kind__exact="guide")) == {"Coming"}
    assert set(rows(staff, release__id__exact=near.pk)) == {"Coming"}
    assert set(rows(staff, q="direct debit")) == {"Coming"}
    assert set(rows(staff, q="Obligations")) == {"Tested"}
    assert [*rows(staff, o="3")] == ["Coming", "There", "Tested"]


def test_dates_are_shown_as_readers_see_them(staff):
    roadmap = make.roadmap()
    make.item(roadmap, test="2026-03", deployed=("test",), live="Q3 2026")
    text = staff.get(reverse("admin:roadmap_item_changelist")).content.decode()
    assert "March 2026, deployed" in text
    assert "July to September 2026" in text


@each_case("query", [{"q": "\x00"}, {"stage": "\x00"}, {"kind__exact": "\x00"}, {"stage": "spaceship"},
                                   {"standing": "x"}, {"p": "999999"}, {"o": "99"}, {"q": "x" * 10_000},
                                   {"release__id__exact": "x"}])  # fmt: skip
def test_a_list_survives_any_query(staff, query):
    make.item(make.roadmap())
    status = staff.get(reverse("admin:roadmap_item_changelist"), query).status_code
    assert status == 400 if "\x00" in "".join(query.values()) else status in (200, 302)


def test_the_list_costs_the_same_queries_whatever_its_length(staff, django_assert_max_num_queries):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    for _ in range(30):
        make.item(roadmap, live="June 2026", release=release)
    with django_assert_max_num_queries(22):
        rows(staff)


@pytest.mark.parametrize("noun", ["page", "release", "changelogentry", "roadmap"])
def test_every_published_noun_has_its_standing_in_its_list(staff, noun):
    roadmap = make.roadmap(title="R")
    make.page(roadmap)
    make.release(roadmap)
    make.changelog_entry(roadmap)
    assert {row.standing for row in rows(staff, noun).values()} == {"new"}
    make.edition(roadmap)
    assert {row.standing for row in rows(staff, noun).values()} == {None}


def test_the_first_page_counts_what_would_be_withdrawn_too(staff):
    roadmap = make.roadmap()
    page = make.page(roadmap)
    make.edition(roadmap)
    page.delete()
    assert "1 unpublished change." in staff.get(reverse("admin:index")).content.decode()


def test_the_first_page_says_what_is_pending(staff):
    roadmap = make.roadmap(title="VAT roadmap")
    make.page(roadmap)
    index = reverse("admin:index")
    text = staff.get(index).content.decode()
    assert "2 unpublished changes." in text
    assert "Not published yet" in text
    make.edition(roadmap, at=make.at("2026-03-24", "17:30"))
    text = staff.get(index).content.decode()
    assert "Readers see everything that is saved here." in text
    assert "Edition 1 was published on 24 March 2026 at 5:30pm." in text


def test_the_filters_are_headed_in_english(staff):
    make.item(make.roadmap(), apis=((make.api(name="VAT"), ""),))  # a filter without choices is not shown
    for noun, titles in {
        "item": ["problem", "date to be confirmed", "kind", "breaking change", "API"],
        "release": ["problem", "deployment", "term"],
        "page": ["publication", "home page"],
    }.items():
        filters = staff.get(reverse(f"admin:roadmap_{noun}_changelist")).context["cl"].filter_specs
        assert [found.title for found in filters][-len(titles) :] == titles


def test_references_go_by_their_number_and_titles_come_first(staff):
    roadmap = make.roadmap(reference_prefix="VAT")
    for number in range(1, 12):
        make.item(roadmap, title=f"Item {number}")
    make.item(roadmap, title="Imported", reference="GUIDE")
    response = staff.get(reverse("admin:roadmap_item_changelist"), {"o": "2"})
    cl = response.context["cl"]
    assert cl.list_display[1:3] == ["title", "natural_reference"]
    assert [row.reference for row in cl.result_list] == ["GUIDE", *(f"VAT-{number}" for number in range(1, 12))]
    assert [*rows(staff, o="-2")][:2] == ["Item 11", "Item 10"]


def test_each_environment_has_its_column_by_its_name_in_the_roadmap(staff):
    roadmap = make.roadmap(test_label="Trial")
    make.roadmap()
    make.item(roadmap, test="May 2026")
    list_url = reverse("admin:roadmap_item_changelist")
    text = staff.get(list_url, {"roadmap__id__exact": roadmap.pk}).content.decode()
    assert "<span>Trial</span>" in text
    assert '<td class="field-date_test">May 2026</td>' in text
    assert "<span>Sandbox</span>" in staff.get(list_url).content.decode()


def test_the_list_of_a_roadmap_says_what_it_is_filtered_by_and_clears_it_within_the_roadmap(staff):
    roadmap = make.roadmap()
    make.roadmap()
    make.item(roadmap, kind="guide")
    within = {"roadmap__id__exact": roadmap.pk}
    cl = staff.get(reverse("admin:roadmap_item_changelist"), {**within, "kind__exact": "guide"}).context["cl"]
    assert cl.chosen_filters() == ["kind: Guide"]
    assert cl.clear_url() == f"?roadmap__id__exact={roadmap.pk}"
    assert "roadmap" not in [found.title for found in cl.offered_filters()]


def test_what_is_found_is_counted_among_those_of_the_roadmap_that_is_shown(staff):
    roadmap, other = make.roadmap(), make.roadmap()
    for title in ("Agents", "Losses", "Penalties"):
        make.item(roadmap, title=title)
        make.item(other, title=title)
    list_url, within = reverse("admin:roadmap_item_changelist"), {"roadmap__id__exact": roadmap.pk}

    def told(**query):
        return " ".join(staff.get(list_url, query).content.decode().split())

    found = told(**within, q="agents")
    assert f'1 of 3. <a href="?roadmap__id__exact={roadmap.pk}">Show all 3</a>' in found
    assert " of 6" not in found
    assert "Show all" not in told(**within)  # all of them are shown
    assert '2 of 6. <a href="?">Show all 6</a>' in told(q="agents")


def test_items_are_found_by_the_dates_that_are_to_be_confirmed(staff):
    roadmap = make.roadmap(test_label="Trial")
    make.roadmap()
    make.item(roadmap, title="No date yet", live="TBC")
    make.item(roadmap, title="Unsure", test="June 2026 (TBC)", live="July 2026")
    make.item(roadmap, title="Sure", test="June 2026")
    make.item(roadmap, title="There", test="to be confirmed", deployed=("test",))
    make.item(roadmap, title="None")
    assert set(rows(staff, tbc="any")) == {"No date yet", "Unsure"}
    assert set(rows(staff, tbc="live")) == {"No date yet"}
    assert set(rows(staff, tbc="test")) == {"Unsure"}
    assert set(rows(staff, tbc="controlled_go_live")) == set()
    assert len(rows(staff, tbc="moon")) == 5
    listed = staff.get(reverse("admin:roadmap_item_changelist"), {"roadmap__id__exact": roadmap.pk, "tbc": "test"})
    assert listed.context["cl"].chosen_filters() == ["date to be confirmed: Trial"]
    grid = listed.context["grid_url"]
    assert "tbc=test" in grid
    table = staff.get(grid).content.decode()
    assert "Unsure" in table
    assert "No date yet" not in table
