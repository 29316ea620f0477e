"""Two people at one form. Nobody overwrites what they have not seen, and nothing that was typed is gone."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from django.db import connection, connections
from django.urls import reverse

from roadmap.admin.editing.conflicts import MARK_FIELD
from roadmap.models import Api, Field, FieldValue, Item, Page, Release, Roadmap, Save
from tests import make
from tests.admin.editing.people import rows_of, signed_in
from tests.admin.opened import opened, save
from tests.admin.test_forms import inline, item_form, roadmap_form
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def change_url(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_change", args=[thing.pk])


def page_form(**fields):
    return {"title": "Who we are", "body": "Old text", "position": 0, "slug": "who-we-are", **fields}


def text(response):
    """The page's words, tags taken off."""
    hidden = r'<(script|style)\b.*?</\1>|<span class="visually-hidden">.*?</span>'
    body = re.sub(hidden, "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", body)))


def shown_fields(response):
    """By name, what each field of the form on the page would post again."""
    form = response.context["adminform"].form
    found = {bound.html_name: bound.value() for bound in form}
    for formset in response.context["inline_admin_formsets"]:
        for one in formset.formset.forms:
            found |= {bound.html_name: bound.value() for bound in one}
        found |= {bound.html_name: bound.value() for bound in formset.formset.management_form}
    return found


def again(response, **fields):
    """What a browser posts of the form on the page."""
    posted = {
        name: "" if value is None else value for name, value in shown_fields(response).items() if value is not False
    }
    return {**posted, MARK_FIELD: str(response.context["mark"]), **fields}


@pytest.fixture
def story(ann, bob):
    """Bob has opened a page; Ann has opened, changed and saved it."""
    page = make.page(make.roadmap(), **page_form())
    bobs = opened(bob, change_url(page))
    assert save(ann, change_url(page), page_form(body="Ann's text")).status_code == 302
    return page, bobs


def test_the_second_save_is_refused_and_nothing_is_written(bob, story):
    page, bobs = story
    response = bob.post(change_url(page), {**page_form(body="Bob's text", title="Bob's title"), **bobs})
    assert response.status_code == 409
    page.refresh_from_db()
    assert (page.title, page.body) == ("Who we are", "Ann's text")
    assert "Ann Archer saved this on" in text(response)
    assert "while you were editing" in text(response)
    assert "Error:" in response.content.decode().partition("</title>")[0]


def test_both_texts_are_beside_each_other_with_the_words_marked(bob, story):
    page, bobs = story
    response = bob.post(change_url(page), {**page_form(body="Bob's text"), **bobs})
    (difference,) = response.context["differences"]
    assert difference.label == "Text"
    assert ("".join(run.text for run in difference.left), "".join(run.text for run in difference.right)) == (
        "Ann's text",
        "Bob's text",
    )
    html = unescape(response.content.decode())
    assert re.search(r"<del>.*Ann.*</del>", html)
    assert re.search(r"<ins>.*Bob.*</ins>", html)
    assert "[only here:" in html  # said, not only coloured
    assert "As it is saved now" in html
    assert "As you typed it" in html


def test_a_text_that_differs_by_nothing_that_is_kept_is_no_difference(bob, story):
    page, bobs = story
    Page.objects.filter(pk=page.pk).update(body="One\n\ntwo\u00e9")
    response = bob.post(change_url(page), {**page_form(body="One \r\n\r\ntwoe\u0301\r\n", title="Mine"), **bobs})
    assert [difference.label for difference in response.context["differences"]] == ["Title"]


def test_saving_again_knowingly_keeps_ones_own(bob, story):
    page, bobs = story
    response = bob.post(change_url(page), {**page_form(body="Bob's text"), **bobs})
    assert bob.post(change_url(page), again(response)).status_code == 302
    page.refresh_from_db()
    assert page.body == "Bob's text"
    assert [save.as_content().body for save in Save.objects.of_thing(page.uid)] == [
        "Bob's text",
        "Ann's text",
        "Old text",
    ]


def test_a_third_save_in_between_is_refused_again(ann, bob, story):
    page, bobs = story
    response = bob.post(change_url(page), {**page_form(body="Bob's text"), **bobs})
    save(ann, change_url(page), page_form(body="Ann's second text"))
    response = bob.post(change_url(page), again(response))
    assert response.status_code == 409
    assert "Ann's second text" in text(response)


def test_saving_with_errors_in_the_form_keeps_its_mark(ann, bob):
    page = make.page(make.roadmap(), **page_form())
    digest, second, uid = opened(bob, change_url(page))[MARK_FIELD].split(".")
    an_hour_ago = f"{digest}.{int(second) - 3600}.{uid}"
    response = bob.post(change_url(page), {**page_form(title="", body="Bob's text"), MARK_FIELD: an_hour_ago})
    assert response.status_code == 200
    assert str(response.context["mark"]) == an_hour_ago
    save(ann, change_url(page), page_form(body="Ann's text"))
    assert bob.post(change_url(page), again(response, title="Title")).status_code == 409


def test_a_form_with_errors_that_is_late_says_both(bob, story):
    page, bobs = story
    response = bob.post(change_url(page), {**page_form(title="", body="Bob's text"), **bobs})
    assert response.status_code == 409
    assert "Fill this in" in text(response)
    assert "Ann Archer saved this" in text(response)


def test_ones_own_save_in_another_tab_is_called_that(ann, story):
    page, stale = story
    response = ann.post(change_url(page), {**page_form(body="Other tab"), **stale})
    assert "You, in another tab or window, saved this on" in text(response)


def test_what_nobody_is_known_to_have_changed_is_put_down_to_nobody(ann, bob, story):
    page, _ = story
    bobs = opened(bob, change_url(page))
    Page.objects.update(body="By a script")
    response = bob.post(change_url(page), {**page_form(body="Bob's text"), **bobs})
    assert response.status_code == 409
    assert "By a script" in text(response)
    assert "Somebody changed this while you were editing" in text(response)
    assert "Ann Archer" not in text(response)


@each_case("mark", [None, "", "nonsense", "a.b.c", "..", "x" * 5000])
def test_a_form_without_a_mark_is_refused_as_unknown(bob, mark):
    page = make.page(make.roadmap(), **page_form())
    fields = page_form(body="Bob's text") | ({} if mark is None else {MARK_FIELD: mark})
    response = bob.post(change_url(page), fields)
    assert response.status_code == 409
    assert "does not say how this was when you opened it" in text(response)
    page.refresh_from_db()
    assert page.body == "Old text"
    assert bob.post(change_url(page), again(response)).status_code == 302
    page.refresh_from_db()
    assert page.body == "Bob's text"


def test_an_address_that_was_published_meanwhile_is_not_dropped_in_silence(bob):
    page = make.page(make.roadmap(), **page_form())
    bobs = opened(bob, change_url(page))
    make.edition(page.roadmap)
    response = bob.post(change_url(page), {**page_form(slug="about-us"), **bobs})
    assert response.status_code == 409
    assert "about-us" in text(response)
    assert "cannot be changed any more" in text(response)


# Other nouns


def test_the_team_of_a_roadmap_is_no_content_and_is_not_overwritten_either(ann, bob):
    roadmap = make.roadmap()
    first, second = make.user(), make.user()
    save(ann, change_url(roadmap), roadmap_form())  # from here on the team alone changes
    bobs = opened(bob, change_url(roadmap))
    save(ann, change_url(roadmap), roadmap_form(team=[first.pk]))
    assert [*roadmap.team.all()] == [first]
    response = bob.post(change_url(roadmap), {**roadmap_form(team=[second.pk]), **bobs})
    assert response.status_code == 409
    assert [*roadmap.team.all()] == [first]
    assert "Ann Archer saved this" in text(response)
    (difference,) = [one for one in response.context["differences"] if one.label == "People"]
    assert "".join(run.text for run in difference.right) == second.username


@pytest.mark.parametrize("noun", ["api", "field", "release", "changelog_entry"])
def test_every_form_refuses_the_second_save(ann, bob, noun):
    roadmap = make.roadmap()
    thing = make.api() if noun == "api" else getattr(make, noun)(roadmap)
    name = "name" if noun in ("api", "field") else "title"
    form = {name: "Bob's", "when": "June 2026", "position": 0, "url": "", "explanation": "", "body": ""}
    bobs = opened(bob, change_url(thing))
    assert save(ann, change_url(thing), {**form, name: "Ann's"}).status_code == 302
    response = bob.post(change_url(thing), {**form, **bobs})
    assert response.status_code == 409
    thing.refresh_from_db()
    assert getattr(thing, name) == "Ann's"
    assert "Ann Archer saved this" in text(response)
    assert bob.post(change_url(thing), again(response)).status_code == 302
    thing.refresh_from_db()
    assert getattr(thing, name) == "Bob's"


@each_case("model", [Api, Field, Item, Page, Release, Roadmap])
def test_every_form_carries_a_mark(ann, model):
    roadmap = make.roadmap()
    make.item(roadmap, release=make.release(roadmap), values={make.field(roadmap): "x"}, apis=((make.api(), ""),))
    make.page(roadmap)
    html = ann.get(change_url(model.objects.first())).content.decode()
    assert re.search(rf'<input type="hidden" name="{MARK_FIELD}" value="[0-9a-f]{{64}}\.\d+\.[0-9a-f-]*"', html)


# Deleted meanwhile


def test_what_was_deleted_meanwhile_is_said_and_the_text_is_there_to_copy(ann, bob, item):
    form = item_form(item.roadmap, *rows_of(item), initial=1, title="Bob's title", description="Bob's <long> text")
    bobs = opened(bob, change_url(item))
    ann.post(reverse("admin:roadmap_item_delete", args=[item.pk]), {"post": "yes"})
    response = bob.post(change_url(item), {**form, "milestones-0-when": "August 2026", **bobs})
    assert response.status_code == 410
    words = text(response)
    assert "Ann Archer deleted it on" in words
    for typed in ("Bob's title", "Bob's <long> text", "August 2026"):
        assert typed in words
    assert "<long>" not in response.content.decode()
    history = reverse("admin:roadmap_roadmap_history_of", args=[item.roadmap.pk, item.uid])
    assert f'href="{history}"' in response.content.decode()
    assert bob.get(history).status_code == 200
    assert not Item.objects.exists()


def test_what_never_was_is_answered_as_django_does(bob):
    make.roadmap()
    response = bob.post(reverse("admin:roadmap_item_change", args=[999_999]), {"title": "x"})
    assert response.status_code == 302
    assert bob.post(reverse("admin:roadmap_item_change", args=["nonsense"]), {"title": "x"}).status_code == 302


def test_a_deleted_api_is_said_too(ann, bob):
    api = make.api(name="VAT API")
    bobs = opened(bob, change_url(api))
    ann.post(reverse("admin:roadmap_api_delete", args=[api.pk]), {"post": "yes"})
    response = bob.post(change_url(api), {"name": "Bob's name", "url": "", **bobs})
    assert response.status_code == 410
    assert "Ann Archer deleted it" in text(response)
    assert "Bob's name" in text(response)


def test_who_may_not_change_it_is_refused_before_anything_is_shown(story):
    page, bobs = story
    guest = signed_in(is_superuser=False)
    response = guest.post(change_url(page), {**page_form(body="x"), **bobs})
    assert response.status_code == 403
    assert "Ann's text" not in response.content.decode()


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_instant_one_wins_and_one_is_refused():
    clients = [signed_in(username="ann"), signed_in(username="bob")]
    for round in range(5):
        page = make.page(make.roadmap(), **page_form())
        forms = [
            {**page_form(body=f"Text {n}"), **opened(client, change_url(page))} for n, client in enumerate(clients)
        ]
        barrier = Barrier(2)

        def post(n, page=page, forms=forms, barrier=barrier):
            try:
                barrier.wait(timeout=20)
                return clients[n].post(change_url(page), forms[n]).status_code
            finally:
                connection.close()
                connections.close_all()

        with ThreadPoolExecutor(2) as threads:
            statuses = [*threads.map(post, range(2))]
        assert sorted(statuses) == [302, 409], round
        page.refresh_from_db()
        assert page.body == f"Text {statuses.index(302)}"
        assert [save.as_content().body for save in Save.objects.of_thing(page.uid)] == [page.body, "Old text"]


@pytest.mark.django_db(transaction=True)
def test_of_two_new_rows_at_the_same_instant_one_is_refused():
    clients = [signed_in(username="ann"), signed_in(username="bob")]
    item = make.item(make.roadmap())
    field = make.field(item.roadmap)
    row = inline("field_values", {"item": item.pk, "field": field.pk, "value": "25-26"})
    forms = [{**item_form(item.roadmap), **row, **opened(client, change_url(item))} for client in clients]
    barrier = Barrier(2)

    def post(n):
        try:
            barrier.wait(timeout=20)
            return clients[n].post(change_url(item), forms[n]).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        statuses = [*threads.map(post, range(2))]
    assert sorted(statuses) == [302, 409]
    assert FieldValue.objects.count() == 1
