"""Discarding what is pending: asked once, with what is lost, and brought back by the history."""

import pytest
from django.urls import reverse

from roadmap.models import Item, Save
from roadmap.publishing import pending
from roadmap.publishing.audit_trail import record_save, restore_save
from tests import make
from tests.admin.press import Form, filled, press
from tests.admin.publish.test_drafts import opened, plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def roadmap():
    """One text reworded, one item new, one page deleted."""
    made = make.roadmap(title="VAT")
    item, gone = make.item(made, title="Agents", description="As it was."), make.page(made, title="Gone", body="Here.")
    make.edition(made)
    item.description = "As it is."
    item.save()
    record_save(item, by=None)
    record_save(make.item(made, title="Fresh", live="June 2026"), by=None)
    gone.delete()
    return made


def asked(client, roadmap, title):
    page = press(client, opened(client, roadmap), f"Discard this change to “{title}”")
    assert page.redirect_chain
    return page


def confirm(client, page):
    return client.post(page.request["PATH_INFO"], filled(page), follow=True)


def titles(roadmap):
    return [thing.title for thing in pending(roadmap)]


def test_it_shows_what_is_lost_and_puts_it_back_once_that_is_confirmed(publisher, roadmap):
    page = asked(publisher, roadmap, "Agents")
    text = plain(page)
    assert "Discard 1 change" in text
    assert "Description reworded" in text
    assert "[removed: </span>was" in text
    assert sorted(titles(roadmap)) == ["Agents", "Fresh", "Gone"]
    response = confirm(publisher, page)
    assert "1 change discarded: the drafts are as readers have them." in plain(response)
    assert roadmap.items.get(title="Agents").description == "As it was."
    assert sorted(titles(roadmap)) == ["Fresh", "Gone"]


def test_what_is_new_is_deleted_and_what_was_deleted_is_made_again(publisher, roadmap):
    page = asked(publisher, roadmap, "Fresh")
    assert "Deleted</strong>" in plain(page)
    confirm(publisher, page)
    assert not roadmap.items.filter(title="Fresh").exists()
    page = asked(publisher, roadmap, "Gone")
    assert "Made again</strong>" in plain(page)
    confirm(publisher, page)
    assert roadmap.pages.get(title="Gone").body == "Here."
    assert titles(roadmap) == ["Agents"]


def test_the_history_has_what_was_discarded_and_brings_it_back(publisher, roadmap):
    uid = roadmap.items.get(title="Fresh").uid
    confirm(publisher, asked(publisher, roadmap, "Fresh"))
    deletion, save = Save.objects.of_thing(str(uid))
    assert (deletion.action, deletion.saved_by.username) == ("Discarded: back to what is published", "pat")
    restore_save(save)
    assert Item.objects.get(uid=uid).milestones.get().when == "June 2026"
    confirm(publisher, asked(publisher, roadmap, "Agents"))
    texts = [one.as_content().description for one in Save.objects.of_thing(str(roadmap.items.get(title="Agents").uid))]
    assert texts == ["As it was.", "As it is."]


def test_a_whole_group_is_discarded_at_once(publisher):
    roadmap = make.roadmap()
    items = [make.item(roadmap, title=f"Item {n}", live="June 2026") for n in range(14)]
    make.edition(roadmap)
    for item in items:
        item.milestones.update(when="July 2026")
    late = "Dates moved later or less certain"
    page = press(publisher, opened(publisher, roadmap), f"Discard all ({late})", note="My note")
    assert "Discard 14 changes" in plain(page)
    response = confirm(publisher, page)
    assert "There is nothing to publish" in plain(response)
    assert titles(roadmap) == []
    assert {*roadmap.items.values_list("milestones__when", flat=True)} == {"June 2026"}
    make.page(roadmap)
    page = opened(publisher, roadmap)
    assert filled(page)["note"] == ["My note"]  # the rest of the review is as it was
    assert "Not pending any more" not in plain(page)


def test_what_another_has_changed_since_is_left_alone_and_said(publisher, roadmap):
    page = asked(publisher, roadmap, "Agents")
    item = roadmap.items.get(title="Agents")
    item.description = "As another has it."
    item.save()
    response = confirm(publisher, page)
    told = "Nothing has been discarded. “Agents” has been changed, published or put back since you looked."
    assert told in plain(response)
    assert roadmap.items.get(title="Agents").description == "As another has it."
    assert "Changed since you reviewed it" in plain(publisher.get(page.request["PATH_INFO"], {"of": str(item.uid)}))


def test_what_another_has_just_published_is_left_alone_and_said(publisher, roadmap):
    page = asked(publisher, roadmap, "Fresh")
    make.edition(roadmap)
    assert "“Fresh” has been changed, published or put back since you looked" in plain(confirm(publisher, page))
    assert roadmap.items.filter(title="Fresh").exists()


def test_what_is_not_pending_any_more_leads_back_with_a_message(publisher, roadmap):
    address = reverse("admin:roadmap_roadmap_discard", args=[roadmap.pk])
    for of in ("", "later", "like-x", str(roadmap.uid)):
        response = publisher.get(address, {"of": of}, follow=True)
        assert "There is nothing to discard: it is not pending any more." in plain(response)
    for thing in ("", "x", "=", f"{roadmap.uid}=x VAT"):
        assert "Nothing has been discarded" in plain(publisher.post(address, {"thing": thing}, follow=True))


def test_a_change_that_waits_goes_back_to_what_is_scheduled(publisher, roadmap):
    make.edition(roadmap, at=make.at("2026-03-27"), now=make.at("2026-03-24"))
    item = roadmap.items.get(title="Agents")
    item.description = "Later still."
    item.save()
    page = asked(publisher, roadmap, "Agents")
    assert "the drafts become what was published or scheduled last" in plain(page)
    confirm(publisher, page)
    assert roadmap.items.get(title="Agents").description == "As it is."


def test_a_release_under_items_that_stay_is_refused_with_the_way_out(publisher, roadmap):
    release = make.release(roadmap, title="Near term")
    roadmap.items.filter(title="Fresh").update(release=release)
    text = plain(confirm(publisher, asked(publisher, roadmap, "Near term")))
    assert "“Fresh” would be left in the release “Near term”, which is new: discard that too" in text
    assert roadmap.releases.exists()
    group = press(publisher, opened(publisher, roadmap), "Discard all (New)")
    assert "2 changes discarded" in plain(confirm(publisher, group))
    assert not roadmap.releases.exists()


def test_an_item_whose_release_is_gone_says_what_comes_first(publisher, roadmap):
    release = make.release(roadmap, title="Near term")
    item = roadmap.items.get(title="Agents")
    item.release = release
    item.save()
    make.edition(roadmap)
    item.release = None
    item.save()
    release.delete()
    text = plain(confirm(publisher, asked(publisher, roadmap, "Agents")))
    assert "“Agents” would be in a release that has been deleted: discard that change first." in text
    confirm(publisher, asked(publisher, roadmap, "Near term"))
    confirm(publisher, asked(publisher, roadmap, "Agents"))
    assert titles(roadmap) == []
    assert roadmap.items.get(title="Agents").release.title == "Near term"


def test_a_column_under_items_that_stay_is_refused_and_with_them_discarded(publisher, roadmap):
    make.edition(roadmap)
    column = make.field(roadmap, name="Tax years")
    item = roadmap.items.get(title="Agents")
    item.field_values.create(field=column, value="2027")
    text = plain(confirm(publisher, asked(publisher, roadmap, "VAT")))
    assert "“Agents” would lose what is filled in under a column that is new: discard that first." in text
    assert item.field_values.exists()
    confirm(publisher, asked(publisher, roadmap, "Agents"))
    confirm(publisher, asked(publisher, roadmap, "VAT"))
    assert titles(roadmap) == []


def test_the_name_and_the_address_of_an_api_are_put_right_where_they_are_kept(publisher, roadmap):
    api = make.api(name="VAT API", url="https://example.org/one")
    make.item(roadmap, title="With an API", apis=((api, "1.0"),))
    make.edition(roadmap)
    api.url = "https://example.org/two"
    api.save()
    text = plain(confirm(publisher, asked(publisher, roadmap, "With an API")))
    assert "Nothing has been discarded. “With an API” would still differ from what readers have" in text
    api.name = "Another API"
    api.save()
    text = plain(confirm(publisher, asked(publisher, roadmap, "With an API")))
    assert "would name the API “VAT API”, which is called otherwise now or is gone" in text
    assert len(titles(roadmap)) == 1


def test_what_was_never_published_has_nothing_to_go_back_to(publisher):
    roadmap = make.roadmap()
    make.page(roadmap)
    assert not [words for _, words in Form(opened(publisher, roadmap).content.decode()).buttons if "Discard" in words]
    address = reverse("admin:roadmap_roadmap_discard", args=[roadmap.pk])
    page = publisher.get(address, {"of": "new"})
    assert "has never been published" in plain(confirm(publisher, page))
    assert roadmap.pages.exists()


def test_two_roadmaps_are_apart(publisher, roadmap):
    other = make.roadmap()
    make.edition(other)
    foreign = str(roadmap.items.get(title="Agents").uid)
    address = reverse("admin:roadmap_roadmap_discard", args=[other.pk])
    assert "There is nothing to discard" in plain(publisher.get(address, {"of": foreign}, follow=True))
