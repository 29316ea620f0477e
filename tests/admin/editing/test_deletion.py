"""Deleting: first what is deleted; then what readers see of it, what goes with it or uses it, and the next step."""

import re

import pytest
from django.urls import reverse

from roadmap.models import Item
from tests import make

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def told(response):
    """The messages, in their order, as text."""
    return [" ".join(re.sub(r"<[^>]+>", " ", str(message)).split()) for message in response.context["messages"]]


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    return places == sorted(places)


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT", slug="vat", reference_prefix="VAT")
    release = make.release(made, title="June 2026")
    make.item(made, title="Agents", release=release, live="June 2026")
    make.edition(made, at=make.at("2026-01-05"))
    make.item(made, title="Losses", live="TBC")
    return made


def test_the_question_comes_before_what_follows_from_it(staff, roadmap):
    agents, losses = (roadmap.items.get(title=title) for title in ("Agents", "Losses"))
    page = words(staff.get(reverse("admin:roadmap_item_delete", args=[agents.pk])))
    assert in_order(
        page, "Delete the item “VAT-1 Agents”?", "Readers see this now.", "What goes with it", "Live: June 2026"
    )
    page = words(staff.get(reverse("admin:roadmap_item_delete", args=[losses.pk])))
    assert in_order(page, "Delete the item “VAT-2 Losses”?", "Readers have never seen it.", "What goes with it")
    assert "Readers see this now" not in page


def test_what_uses_it_is_named_where_that_keeps_it_and_nothing_else_is_said(staff, roadmap):
    answer = staff.get(reverse("admin:roadmap_release_delete", args=[roadmap.releases.get().pk]))
    page = words(answer)
    assert in_order(page, "The release “June 2026” is in use here, so it cannot be deleted", "Agents")
    assert "Readers see this now" not in page
    assert "Delete the release" not in page
    move = re.search(r'href="([^"]+)">Move all of these to another release', answer.content.decode())[1]
    assert "Agents" in words(staff.get(move))
    empty = make.release(roadmap, title="July 2026")
    page = words(staff.get(reverse("admin:roadmap_release_delete", args=[empty.pk])))
    assert "Delete the release “July 2026”?" in page
    assert "What goes with it" not in page


def test_that_it_is_deleted_is_said_first_and_then_the_next_step(staff, roadmap):
    agents, losses = (roadmap.items.get(title=title) for title in ("Agents", "Losses"))
    done = staff.post(reverse("admin:roadmap_item_delete", args=[agents.pk]), {"post": "yes"}, follow=True)
    assert told(done) == [
        "The item “VAT-1 Agents” is deleted.",
        "Readers still see it until you publish. Review and publish VAT (/vat/)",
    ]
    done = staff.post(reverse("admin:roadmap_item_delete", args=[losses.pk]), {"post": "yes"}, follow=True)
    assert told(done) == [
        "The item “VAT-2 Losses” is deleted.",
        "Readers never saw it. To have it back: Deleted things",
    ]
    assert reverse("admin:roadmap_roadmap_deleted", args=[roadmap.pk]) in done.content.decode()
    column = make.field(roadmap, name="Tax years")
    done = staff.post(reverse("admin:roadmap_field_delete", args=[column.pk]), {"post": "yes"}, follow=True)
    assert told(done)[1] == "Readers do not see this yet. Review and publish VAT (/vat/)"


def test_an_api_that_many_items_have_leads_to_them_in_their_list(staff, roadmap):
    api = make.api(name="VAT API")
    make.item(roadmap, title="With it", apis=((api, "1.0"),))
    html = staff.get(reverse("admin:roadmap_api_delete", args=[api.pk])).content.decode()
    listed = words(staff.get(re.search(r'href="([^"]+)">see them as a list', html)[1]))
    assert "With it" in listed
    assert "Losses" not in listed
    assert "Add or remove an API…" in listed


def test_several_are_asked_about_within_their_roadmap_and_kept_there(staff, roadmap):
    make.roadmap(title="PAYE", slug="paye")
    listed = f"{reverse('admin:roadmap_item_changelist')}?roadmap__id__exact={roadmap.pk}"
    chosen = {"action": "delete_selected", "_selected_action": [item.pk for item in roadmap.items.all()]}
    html = staff.post(listed, chosen).content.decode()
    assert 'class="roadmap-bar__title"' in html
    assert f'href="{listed}" class="button cancel-link">Keep them</a>' in html


def test_the_same_is_said_of_several(staff, roadmap):
    other = make.item(make.roadmap(title="PAYE", slug="paye"), title="Their own")
    chosen = {"action": "delete_selected", "_selected_action": [item.pk for item in Item.objects.all()]}
    listed = reverse("admin:roadmap_item_changelist")
    page = words(staff.post(listed, chosen))
    assert in_order(page, "Delete 3 items?", "Nothing changes for readers until", "What goes", "Their own")
    assert 'value="Delete"' in staff.post(listed, chosen).content.decode()
    done = staff.post(listed, {**chosen, "post": "yes"}, follow=True)
    first, *others = told(done)
    assert first == "Deleted 3 items."
    assert sorted(others) == [
        "Readers never saw it. To have it back: Deleted things",
        "Readers still see what they know of them until you publish. Review and publish VAT (/vat/)",
    ]
    assert not Item.objects.filter(pk=other.pk).exists()
