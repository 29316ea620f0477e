"""What a publisher decides thing by thing: what to leave out, what is minor, why a date moves, why a thing goes."""

import pytest
from django.urls import reverse

from roadmap.models import Change, Edition
from roadmap.publishing import pending
from tests import make
from tests.admin.press import filled, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    client.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def opened(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def published(roadmap):
    return set(roadmap.editions.latest("number").revisions.values_list("title", flat=True))


def left_out(*things):
    return {"untick": tuple(("publish", str(one.uid)) for one in things)}


def errors(response):
    """What the summary says, each with the place it leads to."""
    return [(one.text, one.place) for one in response.context["review"].refusals]


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT")
    make.edition(made)
    return made


@pytest.fixture
def slipped():
    """A roadmap that asks for reasons, and an item of it whose live date has moved later."""
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, title="Agents", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="September 2026")
    return roadmap, item


def reason(item, field="milestone.live"):
    return f"reason:{item.uid}:{field}"


def test_what_is_left_out_stays_pending_and_the_page_says_so(publisher, roadmap):
    make.page(roadmap, title="In")
    out = make.page(roadmap, title="Out")
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(out))
    assert "1 of them left out: it stays pending." in page.content.decode()
    assert f'value="{out.uid}" id="publish-{out.uid}">' in page.content.decode()  # and not ticked
    press(publisher, page, "Publish")
    assert "In" in published(roadmap)
    assert [one.title for one in pending(roadmap)] == ["Out"]


def test_all_and_none_are_ticked_at_a_press(publisher, roadmap):
    urgent = make.page(roadmap, title="Urgent")
    for _ in range(3):
        make.page(roadmap)
    page = press(publisher, opened(publisher, roadmap), "Untick all")
    assert "4 of them left out: they stay pending." in page.content.decode()
    assert "publish" not in filled(page)
    press(publisher, press(publisher, page, "Update this page", tick=(("publish", str(urgent.uid)),)), "Publish")
    assert "Urgent" in published(roadmap)
    assert len(pending(roadmap)) == 3
    page = press(publisher, press(publisher, opened(publisher, roadmap), "Untick all"), "Tick all")
    assert len(filled(page)["publish"]) == 3


def test_everything_left_out_is_refused_and_nothing_typed_is_lost(publisher, roadmap):
    out = make.page(roadmap)
    response = press(publisher, opened(publisher, roadmap), "Publish", note="My note", **left_out(out))
    assert errors(response)[0] == (
        "Everything is left out: tick at least one thing to publish.",
        f"publish-{out.uid}",
    )
    assert filled(response)["note"] == ["My note"]
    assert Edition.objects.count() == 1


def test_minor_is_published_and_kept_as_such(publisher, roadmap):
    typo, news = make.page(roadmap, title="Typo"), make.page(roadmap, title="News")
    page = press(publisher, opened(publisher, roadmap), "Update this page", tick=(("minor", str(typo.uid)),))
    assert filled(page)["minor"] == [str(typo.uid)]
    press(publisher, page, "Publish")
    found = dict(Change.objects.filter(revision__noun="page").values_list("revision__title", "is_minor"))
    assert found == {"Typo": True, news.title: False}


# Why a date moves later


def test_a_date_that_moves_later_asks_why_beside_it(publisher, slipped):
    roadmap, item = slipped
    response = press(publisher, opened(publisher, roadmap), "Publish", note="My note")
    assert Edition.objects.count() == 1
    ((text, place),) = errors(response)
    assert text.startswith("“Agents”: say why it moves later")
    assert place == reason(item)
    html = response.content.decode()
    assert f'id="{place}:error">Say why it moves later' in html
    assert f'id="{place}" value="" class="vTextField" aria-invalid="true"' in html
    assert filled(response)["note"] == ["My note"]

    press(publisher, response, "Publish", **{reason(item): "Testing showed a fault."})
    assert Change.objects.get(field="milestone.live").reason == "Testing showed a fault."


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ({"when": "June 2026"}, {"when": "Q3 2026"}, "it moves later"),
        ({"when": "Q2 2026"}, {"when": "2026"}, "it may be later"),
        ({"when": "June 2026"}, {"when": "TBC"}, "it is to be confirmed"),
        ({"when": "June 2025", "is_deployed": True}, {"is_deployed": False}, "it is no longer in production"),
    ],
)
def test_what_a_reason_is_asked_for_is_said_as_it_is(publisher, was, becomes, told):
    roadmap = make.roadmap(asks_reasons=True, live_label="Production")
    item = make.item(roadmap, title="Agents")
    item.milestones.create(environment="live", **was)
    make.edition(roadmap)
    item.milestones.update(**becomes)
    page = opened(publisher, roadmap)
    assert f"Why {told} (needed; readers see this beside the change)" in page.content.decode()
    ((text, _),) = errors(press(publisher, page, "Publish"))
    assert text.startswith(f"“Agents”: say why {told}: ")


def test_what_still_needs_a_reason_is_said_before_anything_is_pressed(publisher):
    roadmap = make.roadmap(asks_reasons=True)
    items = [make.item(roadmap, title=f"Item {n}", live="June 2026") for n in range(14)]
    make.edition(roadmap)
    for n, item in enumerate(items):
        item.milestones.update(when="July 2026" if n < 12 else "August 2026")
    page = opened(publisher, roadmap)
    html = page.content.decode()
    group = page.context["groups"][0]
    assert f'<a href="#group-{group.name}" class="review-bar-needed">14 reasons still needed</a>' in html
    assert "(14 reasons needed)" in html
    assert html.count("(needed; readers see this beside the change)") == 14

    page = press(publisher, page, "Update this page", **{reason(items[0]): "Rules", "open": group.name})
    assert "13 reasons still needed" in page.content.decode()
    page = press(publisher, page, "Update this page", publish=str(items[0].uid))  # the others are left out
    assert 'class="review-bar-needed" hidden>0 reasons' in page.content.decode()
    page = press(publisher, opened(publisher, roadmap), "Tick all", reason_for_all="Rules")
    assert 'class="review-bar-needed" hidden>0 reasons' in page.content.decode()


def test_a_release_that_is_taken_back_is_asked_why_too(publisher):
    roadmap = make.roadmap(asks_reasons=True)
    release = make.release(roadmap, is_deployed=True)
    make.edition(roadmap)
    release.is_deployed = False
    release.save()
    assert "Why it is no longer live" in opened(publisher, roadmap).content.decode()


def test_what_readers_cannot_tell_apart_is_minor_of_itself(publisher, roadmap):
    page = make.page(roadmap, title="Page", body="We are *two* teams.")
    make.edition(roadmap)
    page.body = "We are _two_ teams."
    page.save()
    review = opened(publisher, roadmap)
    sent = filled(review)
    assert ("minor" in sent, "announce" in sent, sent["entry_body"]) == (False, False, [""])
    assert "No news: readers see the same words" in review.content.decode()
    assert 'name="minor"' not in review.content.decode()
    assert review.context["entry_notice"] == "There is nothing to announce."
    response = press(publisher, review, "Publish")
    assert "Published edition 3" in response.content.decode()
    assert published(roadmap) == {"Page"}
    assert Change.objects.get(revision__edition__number=3).is_minor


def test_all_that_is_missing_is_said_at_once(publisher, slipped):
    roadmap, item = slipped
    response = press(publisher, opened(publisher, roadmap), "Publish", timing="later", entry_title="")
    assert [place for _, place in errors(response)] == [reason(item), "id_entry_title", "id_day", "id_time"]


def test_one_reason_serves_all(publisher, slipped):
    roadmap, item = slipped
    item.title = "Several agents"
    item.save()
    response = press(publisher, opened(publisher, roadmap), "Publish", reason_for_all="A later release")
    assert "Published edition 2" in response.content.decode()
    reasons = Change.objects.filter(revision__edition__number=2, revision__noun="item").values_list("field", "reason")
    assert dict(reasons) == {"title": "", "milestone.live": "A later release"}


def test_a_slip_that_is_left_out_asks_for_nothing(publisher, slipped):
    roadmap, item = slipped
    make.page(roadmap, title="In")
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(item))
    press(publisher, page, "Publish")
    assert published(roadmap) >= {"In"}
    assert [one.title for one in pending(roadmap)] == ["Agents"]


def test_a_roadmap_that_asks_no_reasons_takes_one_all_the_same(publisher, slipped):
    roadmap, item = slipped
    roadmap.asks_reasons = False
    roadmap.save()
    press(publisher, opened(publisher, roadmap), "Publish", **{reason(item): "Because"})
    assert Change.objects.get(field="milestone.live").reason == "Because"


@pytest.mark.parametrize(
    ("text", "told"),
    [("x" * 10_000, "This has 10,000 characters. Shorten it to 500 or fewer."), ("a\x00b", "Write this on one line")],
)
@pytest.mark.parametrize("where", ["one", "all"])
def test_a_reason_that_cannot_be_kept_is_refused_where_it_was_typed(publisher, slipped, text, told, where):
    roadmap, item = slipped
    name = reason(item) if where == "one" else "reason_for_all"
    response = press(publisher, opened(publisher, roadmap), "Publish", **{name: text})
    found = errors(response)
    assert [place for _, place in found] == [name if where == "one" else "id_reason_for_all"]
    assert told in found[0][0] or "null" in found[0][0].lower()
    assert filled(response)[name][0].strip() == text.strip()
    assert Edition.objects.count() == 1


def test_a_reason_too_long_of_what_is_left_out_keeps_nobody_from_publishing(publisher, slipped):
    roadmap, item = slipped
    make.page(roadmap, title="In")
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(item))
    press(publisher, page, "Publish", **{reason(item): "x" * 501})
    assert published(roadmap) == {"In", "‘In’ added"}


def test_a_reason_is_kept_only_for_what_asks_for_one(publisher, roadmap):
    page = make.page(roadmap, title="Page")
    press(publisher, opened(publisher, roadmap), "Publish", **{reason(page, "existence"): "made up"})
    assert Change.objects.get(revision__title="Page").reason == ""


# Why a thing goes


def test_a_withdrawal_can_say_why_and_readers_see_it_at_its_address(publisher, client, roadmap):
    item = make.item(roadmap, title="Old things")
    make.edition(roadmap)
    address = item.get_absolute_url()
    uid = item.uid
    item.delete()
    page = opened(publisher, roadmap)
    assert "Why it was withdrawn" in page.content.decode()
    press(publisher, page, "Publish", **{f"reason:{uid}:existence": "Replaced by VAT (MTD) 2.0."})
    response = client.get(address)
    assert response.status_code == 410
    assert "Reason: Replaced by VAT (MTD) 2.0." in response.content.decode()


# What would tear


def test_an_item_without_its_release_is_refused_with_an_offer_to_include_it(publisher, roadmap):
    release = make.release(roadmap, title="June 2026")
    make.item(roadmap, title="Agents", release=release)
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(release))
    response = press(publisher, page, "Publish", note="My note")
    ((text, place),) = errors(response)
    assert "“Agents” is in the release “June 2026”" in text
    assert place == f"publish-{release.uid}"
    assert Edition.objects.count() == 1
    beside = [thing for thing in response.context["things"] if thing.errors]
    assert [thing.pending.title for thing in beside] == ["Agents"]

    page = press(publisher, response, "Include “June 2026”")
    assert Edition.objects.count() == 1  # the button includes, and does not publish
    assert filled(page)["note"] == ["My note"]
    press(publisher, page, "Publish")
    assert published(roadmap) >= {"Agents", "June 2026"}


def test_a_release_withdrawn_under_an_item_offers_the_item(publisher, roadmap):
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, title="Agents", release=release)
    make.edition(roadmap)
    item.release = None
    item.save()
    release.delete()
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(item))
    response = press(publisher, page, "Publish")
    assert errors(response)[0][1] == f"publish-{item.uid}"
    assert "Include “Agents”" in response.content.decode()


def test_several_that_are_missing_are_included_at_once(publisher, roadmap):
    releases = [make.release(roadmap, title=f"Release {n}") for n in range(2)]
    for release in releases:
        make.item(roadmap, release=release)
    page = press(publisher, opened(publisher, roadmap), "Update this page", **left_out(*releases))
    response = press(publisher, page, "Publish")
    page = press(publisher, response, "Include all that is missing")
    assert len(filled(page)["publish"]) == 4


def test_a_roadmap_is_not_published_without_itself(publisher):
    roadmap = make.roadmap(title="VAT")
    make.page(roadmap)
    response = press(publisher, opened(publisher, roadmap), "Publish", **left_out(roadmap))
    assert errors(response) == [
        ("The roadmap itself has not been published: include it.", f"publish-{roadmap.uid}"),
    ]
    assert "Include “VAT”" in response.content.decode()


def test_one_reason_for_all_is_asked_for_where_there_are_several(publisher, roadmap):
    one, other = (make.item(roadmap, title=title, live="June 2026") for title in ("One", "Other"))
    make.edition(roadmap)
    one.milestones.update(when="July 2026")
    assert "One reason for all of these" not in opened(publisher, roadmap).content.decode()
    other.milestones.update(when="July 2026")
    assert "One reason for all of these" in opened(publisher, roadmap).content.decode()


def test_where_readers_see_a_reason_is_so(publisher, roadmap):
    make.item(roadmap, title="Item"), make.changelog_entry(roadmap, title="Entry")
    make.edition(roadmap)
    roadmap.changelog_entries.all().delete()
    assert (
        "Why it was withdrawn (optional; readers see this beside the change)"
        in opened(publisher, roadmap).content.decode()
    )
    roadmap.items.filter(title="Item").delete()
    assert (
        "Why it was withdrawn (optional; readers see this at its address)"
        in opened(publisher, roadmap).content.decode()
    )
