"""What somebody with a preview link, and no account, says of the draft: tied to just what they saw."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.content.meanings import digest
from roadmap.models import Agreement
from roadmap.previews.agree import MOST_SAID
from roadmap.previews.links import addresses_by_link
from roadmap.publishing import pending
from tests import make
from tests.previews.conftest import NOW
from tests.previews.shared import a_link, later
from tests.web.read import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """An item whose date moves and one that is new, on a roadmap that is published; and a link."""
    roadmap = make.roadmap(title="VAT", reference_prefix="VAT")
    make.item(roadmap, title="Agents", live="June 2026")
    make.item(roadmap, title="Losses")
    make.edition(roadmap, at=make.at("2026-01-05"))
    roadmap.items.get(title="Agents").milestones.update(when="May 2026")
    make.item(roadmap, title="Penalties")
    return roadmap


@pytest.fixture
def link(draft):
    return a_link(draft)


def base_of(link):
    return addresses_by_link(link).home


def uid(draft, title):
    return str(draft.items.get(title=title).uid)


def seen_on(client, url):
    return re.search(r'name="seen" value="([^"]*)"', client.get(url).content.decode())[1]


def say(client, url, **typed):
    data = {"seen": seen_on(client, url), "name": "Kim Lee", "comment": "", "answer": "agree", **typed}
    return client.post(url, data)


def test_every_page_of_the_draft_leads_there_and_staff_are_not_asked(client, staff, draft, link):
    home = read(client, base_of(link))
    assert f'href="{base_of(link)}agree/"' in home.html
    item = read(client, f"{base_of(link)}items/VAT-1/")
    assert f'href="{base_of(link)}agree/?about={uid(draft, "Agents")}"' in item.html
    assert "agree/" not in staff.get(f"/admin/preview/{draft.pk}/").content.decode()


def test_what_is_agreed_to_is_all_that_differs_as_it_is(client, draft, link):
    url = f"{base_of(link)}agree/"
    page = client.get(url).content.decode()
    assert "brought forward from June 2026 to May 2026" in page
    assert "Penalties" in page
    assert "Losses" not in page
    answer = say(client, url)
    assert "That you agree is recorded" in answer.content.decode()
    said = Agreement.objects.get()
    assert (said.name, said.is_agreed, said.comment, said.said_at) == ("Kim Lee", True, "", NOW)
    assert said.seen == {thing.uid: thing.after_digest for thing in pending(draft)}
    assert said.seen[uid(draft, "Agents")] == digest(next(t.after for t in pending(draft) if t.title == "Agents"))
    assert "no-store" in answer["Cache-Control"]


def test_one_thing_alone_and_a_comment(client, draft, link):
    url = f"{base_of(link)}agree/?about={uid(draft, 'Agents')}"
    assert "Penalties" not in client.get(url).content.decode()
    answer = say(client, url, answer="comment", comment="Is May\r\nso?")
    assert "Your comment is recorded" in answer.content.decode()
    said = Agreement.objects.get()
    assert [*said.seen] == [uid(draft, "Agents")]
    assert (said.is_agreed, said.comment) == (False, "Is May\nso?")


def test_nobody_agrees_to_a_draft_that_they_have_not_seen_and_nothing_typed_is_lost(client, draft, link):
    url = f"{base_of(link)}agree/"
    seen = seen_on(client, url)
    draft.items.get(title="Agents").milestones.update(when="April 2026")
    answer = say(client, url, seen=seen, comment="Good")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "The draft has changed since you opened this page" in text
    assert "April 2026" in text
    assert 'value="Kim Lee"' in text
    assert ">Good</textarea>" in text
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": " "}, "Enter your name"),
        ({"name": "x" * 101}, "Your name must be 100 characters or fewer"),
        ({"name": "Kim\x00"}, "cannot be kept (NUL)"),
        ({"answer": "comment"}, "Enter your comment"),
        ({"comment": "x" * 2001}, "Your comment must be 2000 characters or fewer"),
        ({"answer": "yes"}, "Choose to agree, or to leave a comment"),
    ],
)
def test_what_is_missing_is_said_at_its_field(client, draft, link, typed, told):
    answer = say(client, f"{base_of(link)}agree/", **typed)
    assert told in answer.content.decode()
    assert "Error: " in answer.content.decode()
    assert not Agreement.objects.exists()


def test_where_nothing_differs_there_is_nothing_to_agree_to(client, draft, link):
    make.edition(draft, at=make.at("2026-02-05"))
    assert "there is nothing to agree to" in client.get(f"{base_of(link)}agree/").content.decode()
    assert "agree/" not in client.get(base_of(link)).content.decode()
    answer = client.post(f"{base_of(link)}agree/", {"seen": "", "name": "Kim", "comment": "", "answer": "agree"})
    assert answer.status_code == 409
    assert not Agreement.objects.exists()


def test_a_link_that_has_ended_takes_no_answer(client, draft, link, clock):
    url = f"{base_of(link)}agree/"
    seen = seen_on(client, url)
    clock(later(days=40))
    answer = client.post(url, {"seen": seen, "name": "Kim", "answer": "agree"})
    assert answer.status_code == 410
    assert "This preview link does not work" in answer.content.decode()
    assert not Agreement.objects.exists()


def _leave(person, roadmap):
    type(person).objects.filter(pk=person.pk).update(is_active=False)


def _lose_the_admin(person, roadmap):
    type(person).objects.filter(pk=person.pk).update(is_staff=False)


def _lose_the_role(person, roadmap):
    person.groups.set(Group.objects.filter(name="Auditors"))


def _lose_the_place_in_the_team(person, roadmap):
    roadmap.team.set([make.user()])


@pytest.mark.parametrize("end", [_leave, _lose_the_admin, _lose_the_role, _lose_the_place_in_the_team])
def test_a_link_ends_when_whoever_made_it_may_not_see_the_draft_any_more(client, draft, link, end):
    maker = link.created_by
    type(maker).objects.filter(pk=maker.pk).update(is_superuser=False)
    maker.groups.add(Group.objects.get(name="Editors"))
    draft.team.add(maker, make.user())
    urls = (base_of(link), f"{base_of(link)}agree/", f"{base_of(link)}items/")
    assert [client.get(url).status_code for url in urls] == [200] * 3
    end(maker, draft)
    assert [client.get(url).status_code for url in urls] == [410] * 3
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    told = client.get(reverse("admin:roadmap_roadmap_preview_links", args=[draft.pk])).text
    assert "whoever made it may not see this draft any more" in told
    assert "No link works at the moment." in told


def test_one_link_takes_so_many_answers_and_no_more(client, draft, link):
    url = f"{base_of(link)}agree/"
    row = {"roadmap": draft, "link": link, "name": "x", "is_agreed": True, "said_at": NOW, "seen": {}}
    Agreement.objects.bulk_create(Agreement(**row) for _ in range(MOST_SAID))
    answer = say(client, url)
    assert answer.status_code == 429
    assert "takes no more answers" in answer.content.decode()
    assert Agreement.objects.count() == MOST_SAID


def test_another_roadmaps_thing_is_not_there(client, draft, link):
    other = make.roadmap()
    foreign = make.item(other, title="Theirs")
    page = client.get(f"{base_of(link)}agree/?about={foreign.uid}").content.decode()
    assert "Theirs" not in page
    assert "Agents" in page
