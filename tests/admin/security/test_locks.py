"""Who is locked out, and how one of them is let in again: in the admin, on their form, and from a terminal."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.security.locks import locked
from roadmap.admin.sign_in import second_factor
from roadmap.models import SecurityEvent
from tests import make
from tests.admin.sign_in.codes import phone_of
from tests.admin.test_permissions import sign_in
from tests.management.run import refusal, run

pytestmark = pytest.mark.django_db
LOGIN, LOCKED = reverse("admin:login"), reverse("admin:auth_user_locked")
CODE = reverse("sign_in_code")


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


def try_wrong(client, name, times, password="wrong", **extra):
    for _ in range(times):
        client.post(LOGIN, {"username": name, "password": password}, **extra)


@pytest.fixture
def root():
    root = Client(REMOTE_ADDR="198.51.100.1")
    sign_in(root, make.user(username="root"))
    return root


def let_in(root, user):
    """As its button does, which is there; what the page says then."""
    page = root.get(LOCKED)
    assert page.text.count(f'name="person" value="{user.pk}"') == 1
    assert "Let in again" in root.get(reverse("admin:auth_user_change", args=[user.pk])).text
    return root.post(LOCKED, {"person": user.pk}, follow=True).text


def test_who_mistyped_in_their_own_browser_is_seen_and_let_in(client, root):
    kim = make.user(username="kim", password="correct horse")
    client.post(LOGIN, {"username": "kim", "password": "correct horse"})
    client.post(reverse("admin:logout"))
    try_wrong(client, "kim", 6)
    answer = client.post(LOGIN, {"username": "kim", "password": "correct horse"})
    assert answer.status_code == 429
    assert "Too many wrong passwords were typed in this browser." in answer.text
    assert "still can" not in answer.text
    assert "came from a browser that this name has signed in with before" in root.get(LOCKED).text
    told = let_in(root, kim)
    assert "Kim can sign in again." in told
    assert "Nobody is locked out." in told
    assert can_sign_in(client, "kim")


def test_who_is_in_a_network_that_is_used_up_is_seen_and_let_in_and_nobody_else_is(client, root):
    kim, lee = (make.user(username=name, password="correct horse") for name in ("kim", "lee"))
    for number in range(20):
        client.post(LOGIN, {"username": f"name{number}", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")
    assert "Nobody is locked out." in root.get(LOCKED).text  # who has not come is kept from nothing
    home = Client(REMOTE_ADDR="192.0.2.7")
    assert not can_sign_in(home, "kim")
    assert not can_sign_in(home, "lee")
    assert "They tried to sign in from 192.0.2.7, from where too many wrong passwords came" in root.get(LOCKED).text
    assert "Kim can sign in again." in let_in(root, kim)
    assert [(lock.user, lock.by) for lock in locked(timezone.now()).locks] == [(lee, "network")]
    assert can_sign_in(home, "kim")
    assert not can_sign_in(home, "lee")
    later = timezone.now() + datetime.timedelta(minutes=10)
    assert locked(later).locks == []  # a try has come back to that network


def test_who_entered_too_many_wrong_codes_is_seen_and_let_in(client, root):
    kim = make.user(username="kim", password="correct horse")
    phone_of(kim)
    right = second_factor.new_recovery_codes(kim)[0]
    client.post(LOGIN, {"username": "kim", "password": "correct horse"})
    statuses = [client.post(CODE, {"code": "abcd-efgh-jkmn"}).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert client.post(CODE, {"code": right}).status_code == 429
    assert "too many codes after it were wrong" in root.get(LOCKED).text
    assert "Kim can sign in again." in let_in(root, kim)
    assert client.post(CODE, {"code": right}).status_code == 302


def test_nobody_is_held_by_a_share_that_is_not_used_up(client, root):
    make.user(username="kim", password="correct horse")
    client.post(LOGIN, {"username": "kim", "password": "correct horse"})
    client.post(reverse("admin:logout"))
    try_wrong(client, "kim", 4)
    assert "Nobody is locked out." in root.get(LOCKED).text


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
