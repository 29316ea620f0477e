"""A code beside the password: asked for, set up, lost, and tried by somebody else."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from roadmap.admin.sign_in import second_factor, signals
from roadmap.models import RecoveryCode
from tests import make
from tests.admin.press import filled
from tests.admin.sign_in.codes import phone_of, scan
from tests.cases import each_case

pytestmark = pytest.mark.django_db

LOGIN, CODE, SET_UP = reverse("admin:login"), reverse("sign_in_code"), reverse("sign_in_set_up")
OWN = reverse("own_second_factor")
RIGHT = "correct horse battery"
NOW = 1_800_000_000.0  # seconds


class Clock:
    """What time django-otp takes it to be."""

    now = NOW

    def pass_by(self, seconds):
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def kim(settings):
    settings.SECOND_FACTOR = "publishers"
    return make.user(username="kim", email="kim@example.org", password=RIGHT)


def password(client, **typed):
    return client.post(
        LOGIN, {"username": "kim", "password": RIGHT, "next": "/admin/roadmap/item/", **typed}, follow=True
    )


def is_in(client):
    return client.get("/admin/").status_code == 200


def give(client, code, url=CODE, **typed):
    return client.post(url, {"code": code, **typed})


@pytest.fixture
def words():
    """What the log is told of second factors, as it happens."""
    told = []

    def keep(**sent):
        told.append(sent["words"])

    signals.second_factor_changed.connect(keep)
    yield told
    signals.second_factor_changed.disconnect(keep)


def test_who_may_publish_sets_up_a_second_factor_before_they_are_let_in(client, kim, clock):
    page = password(client)
    assert page.redirect_chain == [(SET_UP, 302)]
    assert "<svg" in page.text
    assert not is_in(client)
    phone = scan(page.text)
    assert "That code is not right" in give(client, "000000", SET_UP).text
    assert not is_in(client)
    assert scan(client.get(SET_UP).text).code(clock.now) == phone.code(clock.now)  # the same key, though asked again
    answer = give(client, phone.code(clock.now), SET_UP)
    codes = re.findall(r"<li><code>([a-z2-9-]{14})</code>", answer.text)
    assert len(codes) == 10
    assert is_in(client)
    gone_on = client.post(reverse("sign_in_go_on"), filled(answer))
    assert (gone_on.status_code, gone_on["Location"]) == (302, "/admin/roadmap/item/")
    assert not any(code.replace("-", "") in str([*RecoveryCode.objects.values_list()]) for code in codes)


def test_whoever_saw_a_key_before_has_none_of_the_codes_of_who_sets_it_up(kim, clock):
    """With the password, or at an open browser: each session has a key of its own, for a while."""
    stranger, client = Client(), Client()
    theirs = scan(password(stranger).text)
    own = scan(password(client).text)
    assert own.code(clock.now) != theirs.code(clock.now)
    assert "That code is not right" in give(client, theirs.code(clock.now), SET_UP).text
    assert give(client, own.code(clock.now), SET_UP).status_code == 200
    assert is_in(client)
    clock.pass_by(30)
    for url in (SET_UP, CODE):
        give(stranger, theirs.code(clock.now), url)
    assert not is_in(stranger)
    assert TOTPDevice.objects.get(user=kim).confirmed


def test_a_key_that_lay_open_for_long_is_another_by_then(client, kim, clock, monkeypatch):
    password(client)
    before, now = scan(client.get(SET_UP).text), timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + second_factor.NEW_FOR / 2)
    assert scan(client.get(SET_UP).text).code(clock.now) == before.code(clock.now)
    session = client.session
    session[second_factor.NEW_KEY] = (session[second_factor.NEW_KEY][0], (now - second_factor.NEW_FOR).isoformat())
    session.save()
    assert scan(client.get(SET_UP).text).code(clock.now) != before.code(clock.now)


def test_afterwards_the_code_is_asked_for_each_time_and_counts_once(kim, clock):
    phone = phone_of(kim)
    first, second = Client(), Client()
    for client in (first, second):
        assert password(client).redirect_chain == [(CODE, 302)]
        assert not is_in(client)
    assert give(first, phone.code(clock.now))["Location"] == "/admin/roadmap/item/"
    again = give(second, phone.code(clock.now))
    assert "That code is not right, or was used already." in again.text
    assert not is_in(second)
    clock.pass_by(30)
    assert give(second, phone.code(clock.now)).status_code == 302
    assert is_in(second)


@each_case(
    "code", ["", "12345", "1234567", "abcdef", "null", "٣٤٥٦٧٨", "-00001", "000000\x00", "a" * 5000, "abcd-efgh-jkmn"]
)
def test_what_is_no_code_of_theirs_lets_nobody_in(kim, code):
    phone_of(kim)
    client = Client()
    password(client)
    assert give(client, code).status_code in (200, 400)
    assert not is_in(client)


def test_a_code_of_long_ago_or_to_come_lets_nobody_in(client, kim, clock):
    phone = phone_of(kim)
    password(client)
    for seconds in (-90, 90):
        give(client, phone.code(clock.now + seconds))
        assert not is_in(client)


def test_codes_are_tried_six_times_and_the_owners_own_browser_has_tries_of_its_own(kim, clock):
    phone = phone_of(kim)
    home = Client()
    password(home)
    give(home, phone.code(clock.now))
    clock.pass_by(30)
    del home.cookies["sessionid"]
    stranger = Client()
    password(stranger)
    statuses = [give(stranger, f"{n:06d}").status_code for n in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    assert "Try again in 10 minutes." in give(stranger, "000000").text
    assert give(stranger, phone.code(clock.now)).status_code == 429
    password(home)
    assert give(home, phone.code(clock.now)).status_code == 302


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(kim, words):
    phone_of(kim)
    code, *_ = second_factor.new_recovery_codes(kim)
    client = Client()
    password(client)
    assert give(client, code.upper().replace("-", " ")).status_code == 302
    assert "You have 9 left" in client.get("/admin/").text
    assert words == ["Recovery code used, 9 left"]
    other = Client()
    password(other)
    assert "was used already" in give(other, code).text
    assert not is_in(other)


def test_somebody_elses_recovery_code_lets_nobody_in(client, kim):
    phone_of(kim)
    second_factor.new_recovery_codes(kim)
    (code, *_) = second_factor.new_recovery_codes(make.user(username="sam"))
    password(client)
    give(client, code)
    assert not is_in(client)


def test_a_step_that_is_asked_for_out_of_turn_begins_again(client, kim):
    for url in (CODE, SET_UP):
        for answer in (client.get(url, follow=True), client.post(url, {"code": "123456"}, follow=True)):
            assert answer.redirect_chain == [(LOGIN, 302)]
            assert "That took too long, or was finished already. Sign in again." in answer.text


@each_case("what", ["is_active", "is_staff", "password"])
def test_who_may_not_sign_in_any_more_meanwhile_is_not_let_in(kim, clock, what):
    phone, client = phone_of(kim), Client()
    password(client)
    if what == "password":
        kim.set_password("another horse battery")
    else:
        setattr(kim, what, False)
    kim.save()
    give(client, phone.code(clock.now))
    assert not is_in(client)


def test_what_was_typed_before_goes_along(client, kim, clock):
    phone = phone_of(kim)
    page = password(client, _kept='[["title", "Typed"]]', next="/admin/roadmap/item/1/change/")
    assert "Nothing that you typed is lost" in page.text
    wrong = give(client, "000000", _kept='[["title", "Typed"]]')
    assert "Nothing that you typed is lost" in wrong.text
    answer = give(client, phone.code(clock.now), _kept='[["title", "Typed"]]')
    assert "You are signed in again." in answer.text
    assert ">\nTyped</textarea>" in answer.text


# Who needs one


@pytest.mark.parametrize(
    ("setting", "needed"),
    [("optional", set()), ("publishers", {"Publishers", "boss"}), ("everyone", {"Editors", "Publishers", "boss"})],
)
def test_the_setting_says_who_needs_one(settings, setting, needed):
    settings.SECOND_FACTOR = setting
    people = {"boss": make.user()}
    for name in ("Editors", "Publishers"):
        people[name] = make.user(is_superuser=False)
        people[name].groups.add(Group.objects.get(name=name))
    assert {name for name, user in people.items() if second_factor.is_needed(user)} == needed


def test_who_became_a_publisher_while_signed_in_signs_in_again_and_loses_nothing(settings):
    settings.SECOND_FACTOR = "publishers"
    user = make.user(username="kim", password=RIGHT, is_superuser=False)
    user.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    password(client)
    assert is_in(client)
    user.groups.set([Group.objects.get(name="Publishers")])
    assert not is_in(client)
    kept = client.post("/admin/roadmap/item/add/", {"title": "Typed"})
    assert "Nothing that you typed is lost" in kept.text


# One's own


def signed_in(kim, clock, **with_codes):
    client, phone = Client(), phone_of(kim)
    password(client)
    give(client, phone.code(clock.now))
    clock.pass_by(30)
    return client, phone


def test_it_is_turned_off_only_with_a_code_and_not_by_whom_it_is_needed(settings, clock, kim, words):
    remove = reverse("own_second_factor_remove")
    client, phone = signed_in(kim, clock)
    assert "Your role needs a second factor" in client.post(remove, {"code": phone.code(clock.now)}, follow=True).text
    settings.SECOND_FACTOR = "optional"
    assert "Nothing has changed" in client.post(remove, {"code": "000000"}).text
    assert second_factor.device_of(kim)
    assert "is off" in client.post(remove, {"code": phone.code(clock.now)}, follow=True).text
    assert (second_factor.device_of(kim), words) == (None, ["Second factor removed"])


def test_another_phone_takes_the_place_of_the_first_with_a_code_of_each(clock, kim):
    new = reverse("own_second_factor_new")
    client, old = signed_in(kim, clock)
    phone = scan(client.get(new).text)
    codes = {"code": "000000", "new_code": phone.code(clock.now)}
    assert "Nothing has changed" in client.post(new, codes).text
    answer = client.post(new, {**codes, "code": old.code(clock.now)})
    assert "Keep your recovery codes" in answer.text
    clock.pass_by(30)
    other = Client()
    password(other)
    assert "not right" in give(other, old.code(clock.now)).text
    assert give(other, phone.code(clock.now)).status_code == 302


def test_a_first_one_is_set_up_with_the_password(settings, clock):
    settings.SECOND_FACTOR = "optional"
    user = make.user(username="kim", password=RIGHT)
    client, new = Client(), reverse("own_second_factor_new")
    password(client)
    assert "It is off" in client.get(OWN).text
    phone = scan(client.get(new).text)
    assert "not your password" in client.post(new, {"password": "x", "new_code": phone.code(clock.now)}).text
    client.post(new, {"password": RIGHT, "new_code": phone.code(clock.now)})
    assert second_factor.device_of(user)
    assert "It is on" in client.get(OWN).text


def test_new_recovery_codes_end_the_old_ones(clock, kim):
    client, phone = signed_in(kim, clock)
    (old, *_) = second_factor.new_recovery_codes(kim)
    page = client.post(reverse("own_recovery_codes"), {"code": phone.code(clock.now)})
    assert len(re.findall(r"<li><code>", page.text)) == 10
    assert (
        f'href="{reverse("own_sign_ins")}"' in page.text.partition("recovery-codes")[2]
    )  # to end what is open elsewhere
    assert second_factor.take_code(kim, old) == ""


def test_an_administrator_resets_it_for_somebody_else_whose_sign_ins_end(clock, kim):
    lost, _ = signed_in(kim, clock)
    boss = Client()
    pat = make.user(username="pat")
    boss.force_login(pat, backend="django.contrib.auth.backends.ModelBackend")
    session = boss.session
    session[second_factor.BY] = second_factor.PASSWORD_AND_CODE
    session.save()
    form = reverse("admin:auth_user_change", args=[kim.pk])
    assert "Reset their second factor" in boss.get(form).text
    told = boss.post(reverse("admin:auth_user_second_factor", args=[kim.pk]), follow=True)
    assert "all their sign-ins have ended" in told.text
    assert not is_in(lost)
    assert password(lost).redirect_chain == [(SET_UP, 302)]
    own = boss.post(reverse("admin:auth_user_second_factor", args=[pat.pk]), follow=True)
    assert "You cannot reset your own second factor here." in own.text


def test_nobody_else_may_reset_it(kim):
    phone_of(kim)
    editor = make.user(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("admin:auth_user_second_factor", args=[kim.pk])).status_code == 403
    assert second_factor.device_of(kim)
