"""How a review puts what is pending together: by what happened, the worst first; and decides for many at once."""

import pytest
from django.urls import reverse

from roadmap.models import Change, Edition
from roadmap.publishing import Choices, pending
from tests import make
from tests.admin.press import Form, filled, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(publisher):
    def opened(roadmap):
        return publisher.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))

    return opened


def told(response):
    """Of each group its heading, and the lines and things in it."""
    return [
        (group.heading, [line.heading or line.things[0].pending.title for line in group.lines])
        for group in response.context["groups"]
    ]


def test_what_comes_back_later_than_it_was_is_among_what_moves_later_and_asks_why(opened):
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, title="Losses", live="June 2026")
    make.edition(roadmap, at=make.at("2026-03-01"))
    uid, reference = item.uid, item.reference
    item.delete()
    make.edition(roadmap, at=make.at("2026-03-02"), choices=Choices(reasons={(str(uid), "existence"): "Not needed."}))
    make.item(roadmap, title="Losses", uid=uid, reference=reference, live="July 2026")
    review = opened(roadmap)
    assert told(review) == [("Dates moved later or less certain", ["Losses"])]
    assert "Added again, after it was withdrawn on 2 March 2026" in review.content.decode()
    assert "Live moved from June 2026 to July 2026" in review.content.decode()
    assert f'name="reason:{uid}:milestone.live"' in review.content.decode()


def words(response):
    return [words for _, words in Form(response.content.decode()).buttons]


@pytest.fixture
def many():
    """14 items with an API more, and three that are new in a release."""
    roadmap, api = make.roadmap(), make.api(name="VAT API")
    items = [make.item(roadmap, title=f"Item {n}") for n in range(14)]
    release = make.release(roadmap, title="Near term")
    make.edition(roadmap)
    for item in items:
        item.item_apis.create(api=api, version="1.0")
    for n in range(3):
        make.item(roadmap, title=f"New {n}", release=release)
    return roadmap


def test_the_worst_comes_first(opened):
    roadmap = make.roadmap()
    titles = ("Gone", "Back", "Later", "Breaks", "Moved", "Sooner", "There", "Reworded", "Other", "Same words")
    made = {title: make.item(roadmap, title=title, description="A text.", live="June 2026") for title in titles}
    made["Back"].milestones.update(is_deployed=True)
    release = make.release(roadmap, title="Near term")
    make.edition(roadmap)
    made["Gone"].delete()
    made["Back"].milestones.update(is_deployed=False, when="July 2026")
    made["Later"].milestones.update(when="July 2026")
    made["Sooner"].milestones.update(when="May 2026")
    made["There"].milestones.update(is_deployed=True)
    for title, values in {
        "Later": {"description": "Another."},
        "Breaks": {"is_breaking": True},
        "Moved": {"release": release},
        "Reworded": {"description": "Another."},
        "Other": {"journey": "Payments"},
        "Same words": {"description": "**A** text."},
    }.items():
        for name, value in values.items():
            setattr(made[title], name, value)
        made[title].save()
    make.page(roadmap, title="New page")
    assert told(opened(roadmap)) == [
        ("Withdrawn", ["Gone"]),
        ("No longer deployed", ["Back"]),
        ("Dates moved later or less certain", ["Later"]),
        ("Now breaking", ["Breaks"]),
        ("Other changes of dates and releases", ["Moved"]),
        ("Dates given, firmer or brought forward", ["Sooner"]),
        ("Deployed", ["There"]),
        ("New", ["New page"]),
        ("Texts reworded", ["Reworded"]),
        ("Other changes", ["Other"]),
        ("No news for readers", ["Same words"]),
    ]


def test_many_that_are_alike_are_one_line_with_their_number(opened, many):
    page = opened(many)
    assert [(group.heading, group.told, group.count) for group in page.context["groups"]] == [
        ("New", "3 new items in “Near term”", 3),
        ("Other changes", "14 items: API added: VAT API 1.0", 14),
    ]
    assert [group.is_open for group in page.context["groups"]] == [False, False]
    text = page.content.decode()
    assert "<summary>14 items: API added: VAT API 1.0<" in text
    assert 'Publish<span class="visually-hidden"> “Item 13”' in text


def test_few_changes_are_open_to_be_read(opened):
    roadmap = make.roadmap()
    make.page(roadmap), make.page(roadmap)
    page = opened(roadmap)
    assert [group.is_open for group in page.context["groups"]] == [True]
    assert len(page.context["groups"][0].lines) == 3


def test_a_group_is_left_out_and_included_at_a_press(publisher, opened, many):
    page = press(publisher, opened(many), "Leave all out (New)")
    assert "3 of them left out" in page.content.decode()
    assert "3 new items in “Near term” (3 left out)" in page.content.decode()
    assert "Leave all out (New)" not in words(page)
    included = press(publisher, page, "Include all (New)")
    assert len(filled(included)["publish"]) == 17
    press(publisher, page, "Publish")
    assert [thing.title for thing in pending(many)] == ["New 0", "New 1", "New 2"]


def test_alike_changes_are_called_minor_at_a_press_and_one_of_them_news_again(publisher, opened, many):
    items = [*many.items.filter(title__startswith="Item")]
    for item in items:
        item.is_breaking = False
        item.save()
    page = opened(many)
    api = make.api(name="Another API")
    items[0].item_apis.create(api=api, version="1.0")
    items[1].item_apis.create(api=api, version="1.0")
    page = opened(many)
    line = next(line.heading for group in page.context["groups"] for line in group.lines if line.count == 12)
    page = press(publisher, page, f"All minor ({line})")
    assert len(filled(page)["minor"]) == 12
    assert "(12 minor)" in page.content.decode()
    assert f"All minor ({line})" not in words(page)
    news = str(many.items.get(title="Item 3").uid)
    assert "minor" not in filled(press(publisher, page, f"None minor ({line})"))
    press(publisher, page, "Publish", untick=(("minor", news),))
    assert Change.objects.filter(is_minor=True, field="apis").count() == 11


def test_what_is_refused_is_open(publisher, opened):
    roadmap = make.roadmap(asks_reasons=True)
    items = [make.item(roadmap, title=f"Item {n}", live="June 2026") for n in range(14)]
    make.edition(roadmap)
    for item in items[1:]:
        item.journey = "Payments"
        item.save()
    items[0].milestones.update(when="July 2026")
    page = opened(roadmap)
    assert [group.is_open for group in page.context["groups"]] == [False, False]
    refused = press(publisher, page, "Publish")
    assert [group.is_open for group in refused.context["groups"]] == [True, False]
    assert Edition.objects.count() == 1


def test_what_somebody_has_open_stays_open(publisher, opened, many):
    page = press(publisher, opened(many), "Update this page", open="new")
    assert [group.is_open for group in page.context["groups"]] == [True, False]


@pytest.mark.parametrize("action", ["out:nothing", "minor:like-nothing", "in:", "out:like-", "news:\x00", "discard:x"])
def test_a_button_that_was_made_up_decides_nothing(publisher, opened, many, action):
    page = opened(many)
    response = publisher.post(page.request["PATH_INFO"], filled(page) | {"action": action}, follow=True)
    assert response.status_code == 200
    assert len(filled(response)["publish"]) == 17
    assert Edition.objects.count() == 1
