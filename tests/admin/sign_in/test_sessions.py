"""How long somebody is signed in, and where: seen and ended by themselves."""

import datetime

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.sign_in.sessions import BEGUN, SessionStore, browser_in_words, sign_ins_of
from roadmap.models import SecurityEvent, SignIn
from tests import make
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db

OWN, LOGIN = reverse("own_sign_ins"), reverse("admin:login")
RIGHT = "correct horse battery"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Safari/604.1"


@pytest.fixture
def kim():
    return make.user(username="kim", email="kim@example.org", password=RIGHT)


def signed_in(user_agent=FIREFOX, **extra):
    client = Client(headers={"user-agent": user_agent}, **extra)
    assert client.post(LOGIN, {"username": "kim", "password": RIGHT}).status_code == 302
    return client


def is_in(client):
    return client.get("/admin/").status_code == 200


def pass_by(**time):
    """All sessions were begun and seen so much earlier."""
    for one in SignIn.objects.all():
        for name in ("begun_at", "seen_at", "expire_date"):
            setattr(one, name, getattr(one, name) - datetime.timedelta(**time))
        one.session_data = SessionStore().encode({**one.get_decoded(), BEGUN: one.begun_at.isoformat()})
        one.save()


def test_an_hour_in_which_nothing_is_done_ends_it(kim):
    client = signed_in()
    pass_by(minutes=59)
    assert is_in(client)
    pass_by(minutes=59)
    assert is_in(client)
    pass_by(minutes=60)
    assert not is_in(client)


def test_eight_hours_end_it_whatever_is_done(kim):
    client = signed_in()
    for _ in range(9):
        pass_by(minutes=50)
        assert is_in(client)
    pass_by(minutes=30)
    assert not is_in(client)


def test_a_message_that_is_kept_in_between_makes_it_no_longer(kim):
    """Whatever is written into a session, its beginning stays."""
    client = signed_in()
    for _ in range(9):
        pass_by(minutes=50)
        session = client.session
        session["something"] = 1
        session.save()
    pass_by(minutes=31)
    assert not is_in(client)


def test_reading_costs_a_write_each_minute_at_most(kim, django_assert_num_queries):
    client = signed_in()
    seen = SignIn.objects.get().seen_at
    with django_assert_num_queries(2):  # the session, the person
        client.get(reverse("staff_session"))
    assert SignIn.objects.get().seen_at == seen
    pass_by(minutes=1)
    client.get(reverse("staff_session"))
    assert SignIn.objects.get().seen_at > seen - datetime.timedelta(minutes=1)


def test_a_form_that_is_sent_after_it_ended_loses_nothing(kim):
    client = signed_in()
    form = reverse("admin:roadmap_roadmap_add")
    sent = {**filled(client.get(form)), "title": "Typed"}
    pass_by(hours=2)
    assert "Nothing that you typed is lost" in client.post(form, sent).text


def test_its_owner_sees_where_they_are_signed_in(kim):
    here, phone = signed_in(), signed_in(SAFARI, REMOTE_ADDR="198.51.100.7")
    page = " ".join(here.get(OWN).text.split())
    assert "Firefox on Windows" in page
    assert "Safari on an iPhone" in page
    assert "198.51.100.7" in page
    assert "This browser" in page
    # Whoever reads the page, or a picture of it, is not let in by it.
    assert not any(client.session.session_key in page for client in (here, phone))


def test_one_is_ended_from_elsewhere_and_what_it_was_about_to_save_is_not_lost(kim):
    here, phone = signed_in(), signed_in(SAFARI)
    form = reverse("admin:roadmap_roadmap_add")
    sent = {**filled(phone.get(form)), "title": "Typed"}
    (mark,) = [one.mark for one in SignIn.objects.filter(browser="Safari on an iPhone")]
    told = here.post(OWN, {"end": mark}, follow=True)
    assert "Ended 1 other sign-in. Whoever uses them has to sign in again." in told.text
    assert is_in(here)
    assert not is_in(phone)
    assert "Nothing that you typed is lost" in phone.post(form, sent).text
    assert "had ended already" in here.post(OWN, {"end": mark}, follow=True).text


def test_all_others_are_ended_with_one_press(kim):
    here, *others = [signed_in() for _ in range(4)]
    assert "Ended 3 other sign-ins" in here.post(OWN, {"end": "others"}, follow=True).text
    assert is_in(here)
    assert not any(is_in(other) for other in others)


@each_case("end", ["", "x", "own", "\u0000", "1"])
def test_nobody_elses_is_ended_nor_seen(kim, end):
    sam = Client(headers={"user-agent": SAFARI}, REMOTE_ADDR="198.51.100.9")
    sam.force_login(make.user(username="sam"), backend="django.contrib.auth.backends.ModelBackend")
    here = signed_in()
    assert "198.51.100.9" not in here.get(OWN).text
    mark = SignIn.objects.get(user__username="sam").mark if end == "x" else end
    mine = SignIn.objects.get(user=kim).mark if end == "own" else mark
    here.post(OWN, {"end": mine})
    assert is_in(sam)
    assert is_in(here)


def test_an_administrator_ends_all_of_somebodys_and_nobody_elses(kim):
    boss, lost, other = Client(), Client(), Client()
    boss.force_login(make.user(username="root"), backend="django.contrib.auth.backends.ModelBackend")
    for client in (lost, other):
        client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")
    form = reverse("admin:auth_user_change", args=[kim.pk])
    assert "They are signed in with 2 browsers." in boss.get(form).text
    end = reverse("admin:auth_user_sign_ins", args=[kim.pk])
    assert "Ended 2 sign-ins of kim." in boss.post(end, follow=True).text
    assert "End all their sign-ins" not in boss.get(form).text
    assert "was not signed in anywhere else" in boss.post(end, follow=True).text
    assert [client.get("/admin/").status_code for client in (boss, lost, other)] == [200, 302, 302]
    event = SecurityEvent.objects.get(kind="session")
    assert (event.who, event.about, event.words) == ("root", "kim", "Ended 2 sign-ins")
    own = User.objects.get(username="root")
    boss.post(reverse("admin:auth_user_sign_ins", args=[own.pk]))
    assert boss.get("/admin/").status_code == 200  # where it was pressed
    assert lost.get(end).status_code != 200


def test_a_new_password_ends_all_others(kim):
    here, other = signed_in(), signed_in(SAFARI)
    form = {"old_password": RIGHT, "new_password1": "tidal-copper-lantern", "new_password2": "tidal-copper-lantern"}
    assert here.post(reverse("admin:password_change"), form).status_code == 302
    assert is_in(here)
    kim.refresh_from_db()
    assert [one.browser for one in sign_ins_of(kim, timezone.now())] == ["Firefox on Windows"]
    assert not is_in(other)


def test_who_has_left_is_let_in_nowhere(kim):
    client = signed_in()
    kim.is_active = False
    kim.save()
    assert not is_in(client)


def test_a_key_that_was_there_before_signing_in_lets_nobody_in_afterwards(kim):
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    fixed = session.session_key
    client.cookies[site.SESSION_COOKIE_NAME] = fixed
    client.post(LOGIN, {"username": "kim", "password": RIGHT})
    assert client.session.session_key != fixed
    other = Client()
    other.cookies[site.SESSION_COOKIE_NAME] = fixed
    assert not is_in(other)


def test_sessions_are_kept_nowhere_else(kim):
    signed_in()
    assert not Session.objects.exists()
    assert SignIn.objects.get().user == kim


@each_case(
    "agent, words",
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on an iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on a Mac"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "An unknown browser"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script>" * 100, "An unknown browser"),
    ],
)
def test_a_browser_in_words(agent, words):
    assert browser_in_words(agent) == words
