"""Who is locked out, and how one of them is let in again: in the admin, on their form, and from a terminal."""

import pytest
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.security.locks import locked
from roadmap.models import SecurityEvent
from tests import make
from tests.admin.test_permissions import sign_in
from tests.management.run import refusal, run

pytestmark = pytest.mark.django_db
LOGIN = reverse("admin:login")


@pytest.fixture
def people(client):
    """Kim and Lee, both locked out from where the client is, and an administrator."""
    kim = make.user(username="kim@example.org", email="kim@example.org", password="correct horse", first_name="Kim")
    lee = make.user(username="lee", password="correct horse")
    for name in ("kim@example.org", "lee", "nobody-here"):
        for _ in range(5):
            client.post(LOGIN, {"username": name, "password": "wrong"})
    return kim, lee, make.user(username="root")


def can_sign_in(client, name):
    client.logout()
    return client.post(LOGIN, {"username": name, "password": "correct horse"}).status_code == 302


def test_an_administrator_lets_one_person_in_again_and_nobody_else(client, people):
    kim, lee, root = people
    sign_in(client, root)
    page = client.get(reverse("admin:auth_user_locked"))
    assert "Kim" in page.text
    assert "lee" in page.text
    assert "1 name that nobody has here is locked too" in page.text
    assert reverse("admin:auth_user_locked") in client.get(reverse("admin:auth_user_changelist")).text
    told = client.post(reverse("admin:auth_user_locked"), {"person": kim.pk}, follow=True)
    assert "Kim can sign in again." in told.text
    assert [lock.user for lock in locked(timezone.now()).locks] == [lee]
    assert SecurityEvent.objects.get(kind="let_in").about == "Kim"
    assert can_sign_in(client, kim.username)
    assert not can_sign_in(client, lee.username)


def test_their_form_says_that_they_are_locked_out_and_has_the_button(client, people):
    _, lee, root = people
    sign_in(client, root)
    url = reverse("admin:auth_user_change", args=[lee.pk])
    assert "5 wrong passwords came from 127.0.0.1" in client.get(url).text
    told = client.post(reverse("admin:auth_user_locked"), {"person": lee.pk, "from_form": "1"}, follow=True)
    assert told.request["PATH_INFO"] == url
    assert "Lee can sign in again." in told.text
    assert "wrong passwords came" not in told.text
    again = client.post(reverse("admin:auth_user_locked"), {"person": lee.pk}, follow=True)
    assert "Lee was not locked out: nothing has changed." in again.text


@pytest.mark.parametrize("person", ["", "0", "x", "9" * 40, "-1", "²"])
def test_whom_nobody_knows_is_not_let_in(client, person):
    sign_in(client, make.user())
    assert client.post(reverse("admin:auth_user_locked"), {"person": person}).status_code == 404


def test_the_command_frees_the_one_who_is_named(client, people):
    kim, lee, _ = people
    assert run("let_in", "KIM@example.org").out == ["kim@example.org can sign in again."]
    assert "on the server" in SecurityEvent.objects.get(kind="let_in").who
    assert can_sign_in(client, kim.username)
    assert not can_sign_in(client, lee.username)
    assert run("let_in", kim.username).out == ["kim@example.org was not locked out: nothing has changed."]
    assert "Nobody here signs in as “stranger”" in refusal("let_in", "stranger")
