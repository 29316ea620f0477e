import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from roadmap.models import Edition
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    user = make.user(username="pat")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(roadmap):
    return reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])


def reviewed(client, roadmap):
    return client.get(url(roadmap)).context["reviewed"]


def test_it_lists_what_is_pending_in_a_readers_words(publisher):
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Multiple agents", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="September 2026")
    make.page(roadmap, title="Who we are")
    text = publisher.get(url(roadmap)).content.decode()
    assert "2 changes to publish" in text
    assert "Live moved from June 2026 to September 2026" in text
    assert "Who we are" in text


def test_it_publishes_with_the_note_and_says_so(publisher):
    roadmap = make.roadmap(title="VAT roadmap")
    response = publisher.post(
        url(roadmap), {"note": "First edition", "reviewed": reviewed(publisher, roadmap)}, follow=True
    )
    edition = Edition.objects.get()
    assert (edition.note, edition.published_by.username) == ("First edition", "pat")
    text = response.content.decode()
    assert "Published edition 1 of VAT roadmap. Readers see it now." in text
    assert "There is nothing to publish" in text


def test_it_does_not_publish_what_was_saved_after_the_page_was_opened(publisher):
    roadmap = make.roadmap()
    opened = reviewed(publisher, roadmap)
    make.page(roadmap, title="Slipped in")
    response = publisher.post(url(roadmap), {"note": "My note", "reviewed": opened})
    assert not Edition.objects.exists()
    text = response.content.decode()
    assert "What is pending has changed since you opened this page" in text
    assert "Slipped in" in text
    assert 'value="My note"' in text
    publisher.post(url(roadmap), {"note": "My note", "reviewed": response.context["reviewed"]})
    assert Edition.objects.count() == 1


def test_a_second_press_of_the_button_is_told_that_there_is_nothing(publisher):
    roadmap = make.roadmap()
    form = {"note": "", "reviewed": reviewed(publisher, roadmap)}
    publisher.post(url(roadmap), form)
    response = publisher.post(url(roadmap), form, follow=True)
    assert "There is nothing to publish" in response.content.decode()
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("note", ["x" * 501, "two\nlines", "null\x00byte"])
def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_published(publisher, note):
    roadmap = make.roadmap()
    response = publisher.post(url(roadmap), {"note": note, "reviewed": reviewed(publisher, roadmap)})
    assert response.status_code == 200
    assert response.context["form"].errors["note"]
    assert not Edition.objects.exists()


def test_it_is_for_those_who_may_publish(client):
    roadmap = make.roadmap()
    editor = make.user(is_superuser=False)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["view_roadmap", "change_roadmap"]))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url(roadmap)).status_code == 403
    assert client.post(url(roadmap), {"note": ""}).status_code == 403
    assert "Review and publish" not in client.get(reverse("admin:index")).content.decode()
    assert not Edition.objects.exists()


def test_it_asks_for_a_login_and_answers_404_for_no_roadmap(client, publisher):
    assert publisher.get(reverse("admin:roadmap_roadmap_publish", args=[999])).status_code == 404
    publisher.logout()
    assert client.get(reverse("admin:roadmap_roadmap_publish", args=[999])).status_code == 302


def test_titles_are_escaped(publisher):
    roadmap = make.roadmap(title="<script>alert(1)</script>")
    make.page(roadmap, title="<img src=x onerror=alert(1)>")
    text = publisher.get(url(roadmap)).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
