import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse

from roadmap_site.proxy import address_behind_proxy
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make.user(username="kim", password="correct horse battery")


def sign_in(client, password, **extra):
    return client.post(reverse("admin:login"), {"username": "kim", "password": password}, **extra)


def test_the_right_password_lets_in(client, user):
    assert sign_in(client, "correct horse battery").status_code == 302


def test_five_wrong_passwords_lock_that_name_and_address_out_in_words(client, user):
    answers = [sign_in(client, f"wrong {n}") for n in range(5)]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert answers[4].status_code == 429
    assert "Too many wrong passwords" in answers[4].content.decode()
    assert sign_in(client, "correct horse battery").status_code == 429
    assert sign_in(client, "correct horse battery", REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [("192.0.2.1", "192.0.2.1"), ("made up, 192.0.2.2", "192.0.2.2"), ("", "127.0.0.1")],
)
def test_behind_a_proxy_it_is_the_address_that_the_proxy_added(forwarded, address):
    assert address_behind_proxy(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_the_foot_of_each_page_says_the_version_to_those_who_are_signed_in(client, user):
    told = f"Version {settings.VERSION}"
    assert told not in client.get("/admin/login/").text
    user.is_staff = True
    user.save()
    client.force_login(user)
    assert told in client.get("/admin/").text
