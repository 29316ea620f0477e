"""What no browser sends, posted to the previews of forms, to people and to invitations: an answer, and no error."""

import random

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from roadmap.admin.editing.typed_preview import PREVIEW
from roadmap.admin.people import invitation_url
from tests import make
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db

HOSTILE = ["", "\x00", "9" * 30, "-1", "٣", "x" * 5_000, "<script>", "a\r\nBcc: b@example.org", "1,2", "{}", "%00"]


@pytest.fixture
def staff(client):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def addresses():
    roadmap = make.roadmap(reference_prefix="VAT")
    field, api = make.field(roadmap, name="Tax years"), make.api(name="VAT", url="https://example.org/")
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, live="June 2026", release=release, apis=((api, "1.0"),), values={field: "2026"})
    person = make.user(username="kim@example.org", email="kim@example.org")
    things = {"item": item, "release": release, "page": make.page(roadmap), "roadmap": roadmap}
    things["changelogentry"] = make.changelog_entry(roadmap)
    return {
        **{noun: reverse(f"admin:roadmap_{noun}_change", args=[thing.pk]) for noun, thing in things.items()},
        "a new item": f"{reverse('admin:roadmap_item_add')}?roadmap={roadmap.pk}",
        "a person": reverse("admin:auth_user_change", args=[person.pk]),
        "a new person": reverse("admin:auth_user_add"),
    }


def spoilt(sent, chance):
    """Some of the fields with what nobody types, one of them missing."""
    some = chance.sample(sorted(sent), k=min(len(sent), chance.randint(1, 4)))
    wrong = {name: chance.choice(HOSTILE) for name in some}
    left_out = chance.choice(sorted(sent))
    return {name: value for name, value in {**sent, **wrong}.items() if name != left_out or chance.random() < 0.5}


@each_case("what", [*range(3)])
def test_every_form_answers_whatever_is_posted(staff, what):
    chance = random.Random(what)
    for url in addresses().values():
        sent = filled(staff.get(url))
        for _ in range(2):
            posted = {**spoilt(sent, chance), **({PREVIEW: "1"} if "user" not in url else {})}
            assert staff.post(url, posted).status_code < 500, posted


def test_an_invitation_answers_whatever_is_sent(client, staff):
    person = make.user(username="lee@example.org", email="lee@example.org")
    real = invitation_url(person)
    for part in HOSTILE:
        for url in (real.replace(real.split("/")[-2], "x-y"), f"/admin/invitation/{part.strip() or 'x'}/x-y/"):
            assert client.get(url).status_code < 500
            assert client.post(url, {"new_password1": part, "new_password2": part}).status_code < 500
        opened = client.get(real, follow=True)
        answer = client.post(opened.request["PATH_INFO"], {"new_password1": part, "new_password2": part[:3]})
        assert answer.status_code < 500
    for pk in ("0", "9" * 30):
        assert staff.post(f"/admin/auth/user/{pk}/invite/").status_code == 404


def test_an_address_that_is_too_long_to_sign_in_with_is_refused(staff):
    email = f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example.org"
    page = staff.post(
        reverse("admin:auth_user_add"), {"email": email, "role": "editor", "first_name": "", "last_name": ""}
    )
    assert f"This has {len(email)} characters. Give an address of 150 or fewer." in page.content.decode()
    assert not User.objects.filter(email=email).exists()
