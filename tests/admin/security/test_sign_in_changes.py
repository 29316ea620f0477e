"""What is changed of how people sign in is in the security log, and a name that was tried from many places is freed."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.models import SecurityEvent
from tests import make
from tests.admin.sign_in.codes import phone_of

pytestmark = pytest.mark.django_db

LOGIN, RIGHT = reverse("admin:login"), "correct horse battery"


@pytest.fixture
def kim():
    return make.user(username="kim", password=RIGHT)


def kept(kind):
    return [*SecurityEvent.objects.filter(kind=kind).order_by("pk").values_list("who", "about", "words")]


def test_codes_that_were_refused_and_a_second_factor_that_is_removed_are_kept(kim):
    phone, client = phone_of(kim), Client()
    client.post(LOGIN, {"username": "kim", "password": RIGHT})
    client.post(reverse("sign_in_code"), {"code": "000000"})
    assert kept("refused") == [("", "kim", "Wrong code")]
    client.post(reverse("sign_in_code"), {"code": phone.code(time.time())})
    client.post(reverse("own_second_factor_remove"), {"code": phone.code(time.time() + 30)})
    assert kept("second_factor") == [("kim", "kim", "Second factor removed")]
    client.post(reverse("own_sign_ins"), {"end": "others"})
    assert kept("session") == []
    other = Client()
    other.post(LOGIN, {"username": "kim", "password": RIGHT})
    client.post(reverse("own_sign_ins"), {"end": "others"})
    assert kept("session") == [("kim", "kim", "Ended 1 other sign-in")]


def test_a_name_that_was_tried_from_many_places_is_listed_and_let_in_again(kim):
    for number in range(12):
        Client().post(LOGIN, {"username": "kim", "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}")
    stranger = Client(REMOTE_ADDR="198.51.100.1")
    assert stranger.post(LOGIN, {"username": "kim", "password": RIGHT}).status_code == 429
    boss = Client()
    boss.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    page = boss.get(reverse("admin:auth_user_locked")).text
    assert "Too many wrong passwords came from several places." in page
    boss.post(reverse("admin:auth_user_locked"), {"person": kim.pk})
    assert "Nobody is locked out." in boss.get(reverse("admin:auth_user_locked")).text
    assert stranger.post(LOGIN, {"username": "kim", "password": RIGHT}).status_code == 302
