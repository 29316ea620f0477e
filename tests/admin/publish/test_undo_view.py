"""The page that undoes an Edition: it shows what readers will see, fills in the rest, and one button does it."""

import datetime

import pytest
from django.urls import reverse

from roadmap.models import Change, Edition, Save
from roadmap.publishing import pending
from roadmap.publishing.audit_trail import recorded
from tests import make
from tests.admin.press import filled
from tests.admin.publish.conftest import TUESDAY

pytestmark = pytest.mark.django_db

MONDAY = make.at("2026-03-23")


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", title="VAT", asks_reasons=True)
    make.item(made, title="Agents", description="One", live="June 2026")
    make.item(made, title="Losses", description="One", live="July 2026")
    make.edition(made, at=MONDAY)
    return made


def publish_early(roadmap, at=TUESDAY - datetime.timedelta(minutes=5)):
    """An Edition that brings a date forward and rewords another item."""

    def change():
        roadmap.items.get(title="Agents").milestones.update(when="May 2026")
        roadmap.items.filter(title="Losses").update(description="Two")

    recorded(roadmap, change, by=None, action="Saved")
    return make.edition(roadmap, at=at)


def address(edition, **query):
    url = reverse("admin:roadmap_roadmap_edition_undo", args=[edition.roadmap_id, edition.pk])
    return f"{url}?thing={query['thing']}" if query else url


def plain(response):
    return " ".join(response.content.decode().split())


def undo(client, edition, **typed):
    url = address(edition, **({"thing": typed.pop("thing")} if "thing" in typed else {}))
    return client.post(url, filled(client.get(url), **typed), follow=True)


def test_from_the_first_screen_it_is_one_link_and_one_button(publisher, roadmap):
    second = publish_early(roadmap)
    assert f'href="{address(second)}"' in plain(publisher.get(reverse("admin:index")))
    page = plain(publisher.get(address(second)))
    assert "Live moved from May 2026 to June 2026" in page
    assert "Description reworded" in page

    told = plain(undo(publisher, second))

    assert "Edition 2 of VAT is undone: edition 3 takes back what it changed." in told
    assert pending(roadmap) == []
    third = Edition.objects.get(number=3)
    assert (third.note, third.published_by.username) == ("Takes back edition 2", "pat")
    moved = Change.objects.get(revision__edition=third, field="milestone.live")
    assert (moved.reason, moved.is_minor) == ("This takes back edition 2 of 24 March 2026.", True)
    assert {save.action for save in Save.objects.filter(saved_by__username="pat")} == {"Edition 2 undone"}


def test_an_edition_that_readers_have_had_for_hours_is_taken_back_aloud_unless_that_is_chosen(publisher, roadmap):
    second = publish_early(roadmap, at=TUESDAY - datetime.timedelta(hours=2))
    undo(publisher, second)
    assert not Change.objects.filter(revision__edition__number=3, is_minor=True).exists()
    undo(publisher, Edition.objects.get(number=3), is_minor="on")
    assert not Change.objects.filter(revision__edition__number=4, is_minor=False).exists()


def test_a_reason_that_is_taken_out_is_asked_for_and_nothing_typed_is_lost(publisher, roadmap):
    second = publish_early(roadmap)
    told = plain(undo(publisher, second, reason="", note="Sorry"))
    assert "Nothing has been undone. A date moves later" in told
    assert 'value="Sorry"' in told
    assert Edition.objects.count() == 2


def test_one_thing_alone(publisher, roadmap):
    second = publish_early(roadmap)
    uid = str(roadmap.items.get(title="Agents").uid)
    assert f'href="?thing={uid}"' in plain(publisher.get(address(second)))
    page = plain(publisher.get(address(second, thing=uid)))
    assert "Undo “Agents” in edition 2" in page
    assert "Losses" not in page
    undo(publisher, second, thing=uid)
    assert roadmap.items.get(title="Losses").description == "Two"
    assert roadmap.items.get(title="Agents").milestones.get().when == "June 2026"


def test_what_has_changed_again_is_named_and_stays(publisher, roadmap):
    second = publish_early(roadmap)
    roadmap.items.get(title="Agents").milestones.update(when="April 2026")
    make.edition(roadmap, at=TUESDAY - datetime.timedelta(minutes=1))
    page = plain(publisher.get(address(second)))
    assert "“Agents”: Live brought forward from June 2026 to May 2026 This has changed again since" in page
    undo(publisher, second)
    assert roadmap.items.get(title="Agents").milestones.get().when == "April 2026"


def test_what_somebody_publishes_meanwhile_is_shown_before_anything_is_undone(publisher, roadmap):
    second = publish_early(roadmap)
    form = filled(publisher.get(address(second)))
    roadmap.items.filter(title="Losses").update(description="Three")
    make.edition(roadmap, at=TUESDAY - datetime.timedelta(minutes=1))
    told = plain(publisher.post(address(second), form))
    assert "Nothing has been undone. Something has been published since you opened this page." in told
    assert "Description reworded This has changed again since" in told
    assert Edition.objects.count() == 3


def test_drafts_stay_and_are_counted(publisher, roadmap):
    second = publish_early(roadmap)
    make.page(roadmap, title="A draft")
    assert "1 unpublished change stays as it is." in plain(undo(publisher, second))
    assert roadmap.pages.exists()


def test_there_may_be_nothing_left_to_undo(publisher, roadmap):
    second = publish_early(roadmap)
    undo(publisher, second)
    assert "Taken back by edition 3: readers see nothing of it any more." in plain(publisher.get(address(second)))


def test_what_was_undone_is_not_offered_again_and_says_which_edition_took_it_back(publisher, roadmap):
    def editions():
        return plain(publisher.get(reverse("admin:roadmap_roadmap_editions", args=[roadmap.pk])))

    second = publish_early(roadmap)
    assert address(second) in editions()
    page = undo(publisher, second, thing=roadmap.items.get(title="Agents").uid)
    assert "What edition 2 of VAT changed of “Agents” is undone, by edition 3. The rest of it stays." in plain(page)
    assert "Taken back" not in editions()  # the other thing of it is still there
    undo(publisher, second)
    assert address(second) not in editions()
    assert "Taken back by editions 3 and 4: readers see nothing of it any more." in editions()

    for edition in Edition.objects.filter(number__in=(3, 4)).order_by("-number"):
        undo(publisher, edition)  # which gives it back
    assert address(second) in editions()
    assert editions().count("Taken back by edition") == 2


def test_the_first_edition_offers_no_undo_and_what_waits_or_is_elsewhere_has_no_page(publisher, roadmap):
    first = Edition.objects.get()
    assert address(first) not in plain(publisher.get(reverse("admin:index")))
    told = plain(publisher.get(address(first)))
    assert "Edition 1 is the one that made this roadmap public: it cannot be taken back." in told
    assert "Undo edition 1</button>" not in told
    assert told.count("Undo only this") == 2  # its two items, and not the roadmap itself
    sent = publisher.post(address(first), {"note": "Back", "reason": "A slip"})
    assert "Nothing has been undone. Edition 1 is the one that made this roadmap public" in plain(sent)
    assert Edition.objects.get() == first
    roadmap.items.filter(title="Losses").update(description="Two")
    waiting = make.edition(roadmap, at=TUESDAY + datetime.timedelta(days=1), now=TUESDAY)
    assert publisher.get(address(waiting)).status_code == 404
    other = make.edition(make.roadmap(), at=MONDAY)
    elsewhere = reverse("admin:roadmap_roadmap_edition_undo", args=[roadmap.pk, other.pk])
    assert publisher.get(elsewhere).status_code == 404


def test_it_says_what_the_reason_is_for_and_whether_it_is_needed(roadmap, publisher):
    make.item(roadmap, title="Brought by mistake")
    edition = make.edition(roadmap, at=TUESDAY - datetime.timedelta(minutes=5))
    page = plain(publisher.get(address(edition)))
    assert "Reason (needed):" in page
    assert "Used for each date that moves later by this, and for what is withdrawn. Readers see it there." in page
    roadmap.asks_reasons = False
    roadmap.save()
    assert "Reason (optional):" in plain(publisher.get(address(edition)))
