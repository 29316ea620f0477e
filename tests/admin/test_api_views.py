"""Two names of one API are made one, in every roadmap at once, by whoever may publish them."""

import html

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Api, ItemApi, Save
from tests import make

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:roadmap_api_alike")
LIST = reverse("admin:roadmap_api_changelist")


@pytest.fixture
def apis():
    """The same under two names, in two roadmaps: an item has both."""
    kept, gone = make.api(name="Business Details API"), make.api(name="Business Details (MTD) API")
    first = make.roadmap(title="First", slug="first", reference_prefix="A")
    second = make.roadmap(title="Second", slug="second", reference_prefix="B")
    make.item(first, title="Both", apis=((kept, "1.0"), (gone, "1.0"), (gone, "2.0")))
    make.item(second, title="Of the other name", apis=((gone, "3.0"),))
    make.item(second, title="Of none")
    return kept, gone


def words(response):
    return html.unescape(response.content.decode())


def merge(client, gone, kept):
    return client.post(PAGE, {"pair": f"{kept.pk},{gone.pk}", "keep": kept.pk})


def links():
    return [(link.item.title, str(link)) for link in ItemApi.objects.order_by("item__title", "position", "pk")]


def test_pairs_are_proposed_where_apis_are_listed(apis, staff):
    assert "May be one: 1 pair" in words(staff.get(LIST))
    page = words(staff.get(PAGE))
    assert "Their names differ by words that many have" in page
    assert "2 items" in page


def test_the_kept_name_takes_the_place_of_the_other_everywhere(apis, staff):
    kept, gone = apis
    answer = merge(staff, gone, kept)
    assert answer.status_code == 302
    assert links() == [
        ("Both", "Business Details API 1.0"),
        ("Both", "Business Details API 2.0"),
        ("Of the other name", "Business Details API 3.0"),
    ]
    assert not Api.objects.filter(pk=gone.pk).exists()
    (told,) = [html.unescape(str(message)) for message in get_messages(answer.wsgi_request)]
    assert "“Business Details (MTD) API” is now “Business Details API” in 2 items." in told
    assert told.count("Review and publish") == 2
    saves = Save.objects.filter(action__contains="made one with")
    assert {save.title for save in saves} == {"Both", "Of the other name"}
    assert "No two names look like one API" in words(staff.get(PAGE))


def test_any_two_can_be_chosen(apis, staff):
    kept, other = apis[0], make.api(name="Something else")
    assert staff.post(PAGE, {"keep": kept.pk, "gone": other.pk}).status_code == 302
    assert not Api.objects.filter(pk=other.pk).exists()


NOTHING_CHOSEN = (
    {},
    {"keep": "x"},
    {"pair": "1,2"},
    {"keep": "999999", "gone": "999998"},
    {"pair": "a,b", "keep": "a"},
)


@pytest.mark.parametrize("posted", NOTHING_CHOSEN)
def test_what_is_not_chosen_is_asked_for(apis, staff, posted):
    answer = staff.post(PAGE, posted)
    assert (answer.status_code, Api.objects.count()) == (200, 2)
    assert "Choose which of the two to keep." in words(answer)


def test_one_cannot_take_its_own_place(apis, staff):
    answer = staff.post(PAGE, {"keep": apis[0].pk, "gone": apis[0].pk})
    assert "An API cannot take its own place" in words(answer)


def test_only_who_may_publish_all_that_it_touches_may_do_it(apis, client):
    kept, gone = apis
    for group, team, status, said in (
        ("Editors", [], 403, ""),
        ("Publishers", [make.user()], 200, "which you may not publish"),
        ("Publishers", [], 302, ""),
    ):
        person = make.user(is_superuser=False)
        person.groups.set([Group.objects.get(name=group)])
        ItemApi.objects.get(item__title="Of the other name").item.roadmap.team.set(team)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answer = merge(client, gone, kept)
        assert answer.status_code == status, group
        assert said in words(answer)
        # Nor are drafts of another team called by their name.
        assert "“Busines Details API” is used in Second" not in words(answer)
        assert Api.objects.filter(pk=gone.pk).exists() is (status != 302)


def test_the_list_costs_the_same_however_many_there_are(apis, staff):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            staff.get(PAGE)
        return len(captured)

    before = queries()
    for number in range(20):
        make.api(name=f"Another {number} API")
    assert queries() == before
