"""Items are called minor from their list; the review begins with that ticked, until they are changed again."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import Item
from tests import make
from tests.admin.press import filled

pytestmark = pytest.mark.django_db


def sign_in(client, group):
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT")
    for title in ("Agents", "Losses", "Penalties"):
        make.item(made, title=title, live="July 2026")
    make.edition(made, at=make.at("2026-01-05"))
    for item in made.items.exclude(title="Penalties"):
        item.milestones.update(when="June 2026")
    return made


def url():
    return f"{reverse('admin:roadmap_item_minor')}?items={','.join(str(item.pk) for item in Item.objects.all())}"


def plain(response):
    return " ".join(response.content.decode().split())


def ticked_minor(client, roadmap):
    page = client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))
    return {str(uid) for uid in filled(page).get("minor", [])}


def test_an_editor_marks_them_and_the_review_begins_so(client, roadmap):
    sign_in(client, "Editors")
    listed = reverse("admin:roadmap_item_changelist")
    chosen = {"action": "mark_as_minor", "_selected_action": [item.pk for item in Item.objects.all()]}
    page = plain(client.post(listed, chosen, follow=True))
    assert "Live brought forward from July 2026 to June 2026" in page
    assert "Of 1 more nothing is to be published." in page
    agents = str(Item.objects.get(title="Agents").uid)
    told = plain(client.post(url(), {"act": "minor", "item": [agents]}, follow=True))
    assert "Marked what is pending of 1 item as minor" in told
    assert "(minor now)" in plain(client.get(url()))
    assert ticked_minor(sign_in(client, "Publishers"), roadmap) == {agents}

    Item.objects.get(title="Agents").milestones.update(when="May 2026")
    assert ticked_minor(client, roadmap) == set()


def test_it_is_taken_back_and_nothing_ticked_is_refused(client, roadmap):
    sign_in(client, "Publishers")
    uids = [str(item.uid) for item in Item.objects.all()]
    client.post(url(), {"act": "minor", "item": uids})
    assert len(ticked_minor(client, roadmap)) == 2
    assert "Tick at least one item." in plain(client.post(url(), {"act": "news"}))
    client.post(url(), {"act": "news", "item": uids})
    assert ticked_minor(client, roadmap) == set()


def test_another_roadmaps_item_is_not_marked_by_its_uid(client, roadmap):
    other = make.roadmap()
    theirs = make.item(other, live="July 2026")
    sign_in(client, "Editors")
    mine = f"{reverse('admin:roadmap_item_minor')}?items={Item.objects.get(title='Agents').pk}"
    assert "Tick at least one item." in plain(client.post(mine, {"act": "minor", "item": [str(theirs.uid)]}))
    assert not other.minor_marks.exists()


def test_where_an_edition_waits_the_mark_is_of_what_comes_after_it(client, roadmap, monkeypatch):
    """Before that edition, what it brings would go out too: that is no minor change."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-03-24"))
    publish_at(roadmap, "2026-03-27")
    agents = Item.objects.get(title="Agents")
    agents.description = "A slip of the pen"
    agents.save()
    sign_in(client, "Publishers")
    page = plain(client.get(url()))
    assert "Description" in page
    assert "Live brought forward" not in page  # that waits
    client.post(url(), {"act": "minor", "item": [str(agents.uid)]})
    assert "(minor now)" in plain(client.get(url()))
    assert ticked_minor(client, roadmap) == set()
    review = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    later = {"timing": "later", "day": "2026-03-28", "time": "09:30", "action": "time"}
    shown = client.post(review, filled(client.get(review)) | later)
    assert {str(uid) for uid in filled(shown).get("minor", [])} == {str(agents.uid)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-03-29"))  # it has appeared
    assert ticked_minor(client, roadmap) == {str(agents.uid)}


def publish_at(roadmap, day):
    make.edition(roadmap, at=make.at(day), now=make.at("2026-03-24"))
