"""Items go to another release of their roadmap, chosen in a list."""

import pytest

from roadmap.models import Item
from tests import make
from tests.admin.bulk.test_release_day_views import ITEMS, action, messages, move_url, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return sign_in(client, "Publishers")


def test_items_move_to_a_release_of_their_roadmap(staff):
    roadmap = make.roadmap()
    near, mid = make.release(roadmap, title="Near term"), make.release(roadmap, title="Mid term")
    make.release(make.roadmap(), title="Foreign")
    item, there, free = (make.item(roadmap, release=release) for release in (near, mid, None))
    asked = staff.get(action(staff, ITEMS, "move_items", item, there, free).url)
    text = asked.content.decode()
    assert "Near term" in text
    assert "Foreign" not in text
    told = messages(staff.post(move_url(item, there, free), {"release": mid.pk}, follow=True))
    assert told[0].startswith("Moved 2 items to the release “Mid term”. 1 item was there already.")
    assert {*Item.objects.values_list("release", flat=True)} == {mid.pk}
    told = messages(staff.post(move_url(item, there, free), {"release": "none"}, follow=True))
    assert told[0].startswith("Moved 3 items to no release.")
    assert {*Item.objects.values_list("release", flat=True)} == {None}
    told = messages(staff.post(move_url(item), {"release": "none"}, follow=True))
    assert told == ["Nothing was changed. 1 item was there already."]


def test_a_release_that_is_not_there_is_refused(staff):
    roadmap = make.roadmap()
    near, gone, foreign = make.release(roadmap), make.release(roadmap), make.release(make.roadmap())
    item = make.item(roadmap, release=near)
    chosen = {"gone": gone.pk, "foreign": foreign.pk, "none": "", "odd": "²"}
    gone.delete()
    for name, release in chosen.items():
        response = staff.post(move_url(item), {"release": release})
        message = "Choose a release" if name == "none" else "This release is not in the roadmap any more."
        assert message in response.content.decode()
        item.refresh_from_db()
        assert item.release == near
