"""What a plan asks of an editor, and what happens to it meanwhile."""

import re

import pytest

from roadmap.models import Item, Roadmap
from roadmap.models.import_origin import Origin
from tests import make
from tests.admin.imports.uploading import (
    ACT,
    LINE,
    NUMBER_C,
    PAGE,
    SOURCE_CHANGED,
    WORDS,
    conflicting,
    doubtful,
    imported,
    left,
    told,
    upload,
    words,
)
from tests.admin.press import Form, press

pytestmark = pytest.mark.django_db


# What is asked


def test_a_conflict_is_shown_with_both_texts_and_stays_as_staff_have_it_until_somebody_chooses(staff):
    roadmap = conflicting(staff)
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    assert "Changed by staff and in the source (1)" in words(page)
    assert "“Weigh a parcel”: Description parcels.md:11 | Weigh a parcel | Software weighs" in words(page)
    assert "As staff have it" in words(page)
    assert re.search(
        r"As staff have it Staff's own words. As the source says Software weighs .* pounds. Keep", words(page)
    )
    response = press(staff, page, ACT)
    assert "1 difference from what staff have edited stayed as staff have it" in told(response)[1]
    assert roadmap.items.get(title="Weigh a parcel").description == "Staff's own words."
    assert "Changed by staff and in the source (1)" in words(upload(staff, SOURCE_CHANGED, roadmap=roadmap))


@pytest.mark.parametrize(("choice", "begins"), [("staff", "Staff's own words."), ("source", "Software weighs")])
def test_the_choice_of_an_editor_settles_a_conflict_for_good(staff, choice, begins):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    response = press(staff, page, ACT, **{f"conflict:{item.uid}:description": choice})
    assert told(response)[0].startswith("Imported parcels.md.")
    item.refresh_from_db()
    assert item.description.startswith(begins)
    again = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    assert "Changed by staff" not in words(again)
    assert "Nothing: the roadmap says all of this already." in words(again)


def test_what_was_chosen_is_still_chosen_when_the_plan_is_shown_again(staff):
    roadmap = conflicting(staff)
    name = f"conflict:{roadmap.items.get(title='Weigh a parcel').uid}:description"
    page = press(
        staff, upload(staff, SOURCE_CHANGED, roadmap=roadmap), "Show the plan with what I chose", **{name: "source"}
    )
    assert (name, "source") in Form(page.content.decode()).fields
    assert "Items: 1 changed." in words(page)  # what it does is in the plan
    press(staff, page, ACT)
    assert roadmap.items.get(title="Weigh a parcel").description.endswith("pounds.")


@pytest.mark.parametrize(("choice", "is_left"), [("staff", True), ("source", False), ("", True)])
def test_what_is_gone_from_the_source_but_was_edited_is_asked_about(staff, choice, is_left):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    page = upload(staff, PAGE.replace(f"{LINE}\n", ""), roadmap=roadmap)
    assert "It is not in the source any more, and staff have changed it since the last import (description)." in words(
        page
    )
    press(staff, page, ACT, **{f"conflict:{item.uid}:existence": choice})
    assert Item.objects.filter(pk=item.pk).exists() is is_left


def test_an_unpublished_edit_that_the_source_replaced_is_named(staff):
    roadmap = imported(staff)
    make.edition(roadmap)
    roadmap.items.filter(title="Weigh a parcel").update(description="Staff's own words.")
    name = f"conflict:{roadmap.items.get(title='Weigh a parcel').uid}:description"
    response = press(staff, upload(staff, SOURCE_CHANGED, roadmap=roadmap), ACT, **{name: "source"})
    assert "Unpublished edits were replaced, of “Weigh a parcel”. The history of each thing still has them." in told(
        response
    )


def test_a_doubtful_match_offers_this_one_that_one_and_a_new_one(staff):
    roadmap, page, _ = doubtful(staff)
    text = words(page)
    assert "Which item is “Number C”? parcels.md:11 | Number C |" in text
    for title in ("“PARCEL-1 Number A”", "“PARCEL-2 Number B”", "A new item"):
        assert title in text
    assert text.count("(as planned)") == 1
    assert "was taken for the item" not in text  # it is asked, not told a second time
    press(staff, page, ACT)
    assert left(roadmap) == {"Number C": "PARCEL-1"}


def test_another_match_is_planned_anew_and_applied_once_it_was_read(staff):
    roadmap, page, items = doubtful(staff)
    name, other = "match:item:0", str(items["Number B"].uid)
    page = press(staff, page, ACT, **{name: other})
    assert "This is the plan with what you chose. Nothing has been imported yet" in words(page)
    assert left(roadmap) == {"Number A": "PARCEL-1", "Number B": "PARCEL-2"}
    assert (name, other) in Form(page.content.decode()).fields
    assert "Withdrawn (1)" in words(page)
    assert "Title changed from Number B to Number C" in words(page)
    press(staff, page, ACT)
    assert left(roadmap) == {"Number C": "PARCEL-2"}


def test_it_can_be_chosen_that_it_is_a_new_one_and_the_choice_taken_back(staff):
    roadmap, page, _ = doubtful(staff)
    update = "Show the plan with what I chose"
    chosen = press(staff, page, update, **{"match:item:0": "new"})
    assert "Items: 1 added, 2 withdrawn." in words(chosen)
    back = press(staff, chosen, update, **{"match:item:0": ""})
    assert "Items: 1 changed, 1 withdrawn." in words(back)
    press(staff, press(staff, back, update, **{"match:item:0": "new"}), ACT)
    assert left(roadmap) == {"Number C": "PARCEL-3"}


def test_a_match_with_what_is_gone_meanwhile_is_refused_at_its_field(staff):
    roadmap, page, items = doubtful(staff)
    gone = str(items["Number B"].uid)
    Origin.objects.filter(uid=gone).delete()
    items["Number B"].delete()
    response = press(staff, page, ACT, **{"match:item:0": gone})
    assert "What was chosen for “Number C” is not there any more. Choose again." in words(response)
    assert "Number C" not in left(roadmap)


def test_two_rows_cannot_be_chosen_to_be_one_item(staff):
    roadmap, page, items = doubtful(staff)
    two = NUMBER_C.replace("at dawn | |", f"at dawn | |\n| Number D | {WORDS} at eleven | |")
    page = upload(staff, two, roadmap=roadmap)
    one = str(items["Number A"].uid)
    response = press(staff, page, ACT, **{"match:item:0": one, "match:item:1": one})
    assert "“Number C” and “Number D” cannot both be the same one. Choose another for one of them." in words(response)
    assert {*left(roadmap)} == {"Number A", "Number B"}


def test_a_choice_stays_on_the_page_even_where_nothing_is_in_doubt_any_more(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE, roadmap=roadmap)
    page = press(staff, page, "Show the plan with what I chose", **{"match:item:0": "new"})
    assert "Which item is “Weigh a parcel”?" in words(page)
    assert ("match:item:0", "new") in Form(page.content.decode()).fields
    press(staff, page, ACT)
    assert left(roadmap) == {"Weigh a parcel": "PARCEL-3", "Choose a route": "PARCEL-2"}


# Meanwhile


def test_what_somebody_changed_meanwhile_is_shown_before_anything_is_applied(staff):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    name = f"conflict:{item.uid}:description"
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    Item.objects.filter(pk=item.pk).update(description="Staff's newest words.")
    response = press(staff, page, ACT, **{name: "source"})
    assert "Nothing has been imported: somebody has changed the roadmap since this page was shown." in words(response)
    item.refresh_from_db()
    assert item.description == "Staff's newest words."
    assert (name, "source") in Form(response.content.decode()).fields
    press(staff, response, ACT)
    item.refresh_from_db()
    assert item.description.endswith("pounds.")


def test_a_change_meanwhile_is_told_although_a_match_was_chosen_too(staff):
    roadmap, page, items = doubtful(staff)
    roadmap.pages.update(title="Staff's page")
    response = press(staff, page, ACT, **{"match:item:0": str(items["Number B"].uid)})
    assert "somebody has changed the roadmap since this page was shown" in words(response)


def test_what_staff_made_beside_it_meanwhile_is_no_reason_to_read_it_again(staff):
    roadmap = imported(staff)
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    make.page(roadmap, title="Quite another thing", slug="other", body="Of which no source says anything at all.")
    assert told(press(staff, page, ACT))[0].startswith("Imported parcels.md.")


def test_an_address_that_somebody_took_meanwhile_does_not_become_their_roadmap(staff):
    page = upload(staff, PAGE)
    roadmap = make.roadmap(slug="parcel-tax", title="Theirs")
    response = press(staff, page, ACT)
    assert "Somebody has made a roadmap at /parcel-tax/ meanwhile." in told(response)[0]
    roadmap.refresh_from_db()
    assert (roadmap.title, roadmap.items.count()) == ("Theirs", 0)


def test_a_roadmap_that_was_deleted_meanwhile_is_told(staff):
    roadmap = make.roadmap()
    page = upload(staff, PAGE, roadmap=roadmap)
    Roadmap.objects.all().delete()
    assert "has been deleted. Nothing was imported." in told(press(staff, page, ACT))[0]
    assert not Roadmap.objects.exists()
