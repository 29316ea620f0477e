"""How often a password may be tried: asked before it is hashed, by network, by name and by browser."""

import datetime
import logging

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.sign_in import limits
from roadmap.admin.sign_in.addresses import networks_of
from roadmap.models import TryLimit
from tests import make

pytestmark = pytest.mark.django_db

LOGIN = reverse("admin:login")
NOW = make.at("2026-04-01")
RIGHT = "correct horse battery"


@pytest.fixture
def kim():
    return make.user(username="kim", email="kim@example.org", password=RIGHT)


@pytest.fixture
def hashed(monkeypatch):
    """A number for each password that was checked, or would have been for somebody who is not there."""
    count = []
    for name in ("check_password", "make_password"):
        real = getattr(hashers, name)
        monkeypatch.setattr(
            f"django.contrib.auth.base_user.{name}", lambda *args, real=real, **kw: count.append(1) or real(*args, **kw)
        )
    return count


def sign_in(name="kim", password="a wrong password", client=None, **extra):
    return (client or Client()).post(LOGIN, {"username": name, "password": password}, **extra)


def test_two_hundred_names_from_one_address_get_fifteen_passwords_checked(hashed):
    statuses = [sign_in(f"name{n}").status_code for n in range(200)]
    assert (statuses[0], statuses.count(200), len(hashed)) == (200, 15, 15)
    assert statuses.count(429) == 185


def test_a_thousand_addresses_of_one_network_and_twenty_names_share_its_thirty_guesses_an_hour(hashed):
    taken = 0
    for n in range(1000):
        at = NOW + datetime.timedelta(seconds=3.6 * n)
        keys = [
            *(limits.TryKey(share, f"{net}{share.kind}") for share, net in zip(
                (limits.NETWORK, limits.WIDE_NETWORK), networks_of(f"2001:db8:1:2::{n:x}"), strict=True)),
            limits.key(limits.NAME, f"name{n % 20}"),
        ]  # fmt: skip
        taken += limits.take(keys, at) is None
    assert 25 <= taken <= 31


def test_ipv6_is_limited_by_what_one_customer_has_and_by_what_a_provider_gives():
    assert networks_of("2001:db8:1:2:3::4") == ["2001:db8:1:2::/64", "2001:db8:1::/48"]
    assert networks_of("192.0.2.1") == ["192.0.2.1"]
    assert networks_of("nonsense") == [""]


def test_twenty_addresses_that_try_one_name_share_its_ten_guesses_and_its_owner_still_comes_in(kim, hashed):
    home = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(password=RIGHT, client=home).status_code == 302
    hashed.clear()
    statuses = [sign_in(REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(20)]
    assert (statuses.count(200), statuses.count(429), len(hashed)) == (10, 10, 10)
    assert sign_in(password=RIGHT, REMOTE_ADDR="203.0.113.9").status_code == 429  # a browser that nobody knows
    del home.cookies["sessionid"]
    assert sign_in(password=RIGHT, client=home).status_code == 302


def test_a_browser_that_is_known_has_a_share_too_and_only_for_its_own_name(kim):
    home = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(password=RIGHT, client=home)
    del home.cookies["sessionid"]
    statuses = [sign_in(client=home).status_code for _ in range(12)]
    assert (statuses.count(200), statuses.count(429)) == (5, 7)
    make.user(username="sam", password=RIGHT)
    for n in range(20):
        sign_in("sam", REMOTE_ADDR=f"192.0.2.{n}")
    assert sign_in("sam", RIGHT, client=home).status_code == 429
    for n in range(20):
        sign_in(REMOTE_ADDR=f"192.0.2.{n}")
    home.cookies[limits.KNOWN_BROWSER] = home.cookies[limits.KNOWN_BROWSER].value[:-3] + "xyz"
    assert sign_in(password=RIGHT, client=home).status_code == 429


def test_passwords_that_are_right_use_up_nothing(kim):
    assert {sign_in(password=RIGHT).status_code for _ in range(30)} == {302}


def test_what_was_typed_before_is_kept_by_the_page_that_says_to_wait(kim):
    for n in range(15):
        sign_in(f"name{n}")
    answer = Client().post(
        LOGIN, {"username": "kim", "password": RIGHT, "_kept": '[["title", "Typed"]]', "next": "/admin/x/"}
    )
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.text
    assert "Try again in 4 minutes." in answer.text
    assert "[[&quot;title&quot;, &quot;Typed&quot;]]" in answer.text
    assert 'name="next" value="/admin/x/"' in answer.text


def test_a_share_fills_evenly_and_a_clock_that_is_set_back_locks_nobody_out():
    key = [limits.key(limits.NAME, "kim", "kim")]
    assert [limits.take(key, NOW) for _ in range(10)] == [None] * 10
    assert limits.take(key, NOW) == datetime.timedelta(minutes=6)
    assert limits.take(key, NOW + datetime.timedelta(minutes=6)) is None
    assert limits.take(key, NOW + datetime.timedelta(minutes=6)) is not None
    assert limits.take(key, NOW - datetime.timedelta(days=1)) is None


def test_one_name_is_freed_and_others_are_not():
    for name in ("kim", "sam"):
        key = [limits.key(limits.NAME, name, name)]
        while limits.take(key, timezone.now()) is None:
            pass
    assert limits.is_held("Kim", timezone.now())
    assert limits.free("kim") == 1
    assert not limits.is_held("kim", timezone.now())
    assert limits.is_held("sam", timezone.now())


def test_what_was_typed_as_a_name_is_not_kept():
    sign_in("my secret password")
    assert "secret" not in str([*TryLimit.objects.values_list()])


@pytest.mark.parametrize("name", ["x" * 5000, "\u2028", "Kïm", "kim' OR 1=1 --"])
def test_any_name_is_answered_by_the_form(name):
    assert sign_in(name).status_code == 200


def test_who_was_let_in_again_comes_in_from_a_network_that_is_used_up(kim):
    make.user(username="sam", password=RIGHT)
    for n in range(20):
        sign_in(f"name{n}")
    assert sign_in(password=RIGHT).status_code == sign_in("sam", RIGHT).status_code == 429
    limits.free("kim")
    assert sign_in("sam", RIGHT).status_code == 429
    assert [sign_in().status_code for _ in range(7)] == [200] * 4 + [429] * 3  # the fifth closes name and address
    limits.free("kim")
    assert sign_in(password=RIGHT, REMOTE_ADDR="198.51.100.7").status_code == 302


# A proxy that nobody told us of


def test_where_everybody_comes_from_a_proxy_the_page_says_so_and_the_log(client, caplog):
    with caplog.at_level(logging.ERROR):
        page = client.get(LOGIN, HTTP_X_FORWARDED_FOR="192.0.2.1").text
    assert "A proxy stands before this site, and BEHIND_PROXY is not set." in page
    assert "share its limits" in caplog.text
    assert "BEHIND_PROXY" not in client.get(LOGIN).text
    # Anybody can send the header; only a proxy of ours has such an address.
    assert "BEHIND_PROXY" not in client.get(LOGIN, HTTP_X_FORWARDED_FOR="1.1.1.1", REMOTE_ADDR="8.8.8.8").text


def test_two_proxies_are_told_of(client, settings):
    settings.BEHIND_PROXY = True
    settings.AXES_CLIENT_IP_CALLABLE = "roadmap_site.proxy.address_behind_proxy"
    page = client.get(LOGIN, HTTP_X_FORWARDED_FOR="192.0.2.1, 10.0.0.1").text
    assert "Two proxies stand before this site" in page
    assert "proxies" not in client.get(LOGIN, HTTP_X_FORWARDED_FOR="10.0.0.1, 192.0.2.1").text


def test_behind_such_a_proxy_one_persons_guesses_lock_nobody_else_out(kim):
    for n in range(20):
        sign_in(f"name{n}", HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert sign_in(password=RIGHT, HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 302
