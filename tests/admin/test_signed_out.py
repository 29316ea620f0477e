"""A form that is sent after the session was over, or with the token of before, without any script: nothing is lost."""

import re
from html import unescape

import pytest
from django.test import Client

from roadmap.models import Page
from tests import make
from tests.admin.press import Form, filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}


@pytest.fixture
def kim():
    return make.user(username="kim", password="correct horse battery")


@pytest.fixture
def kims(kim):
    """Kim's browser, which sends the token, and where a form came from."""
    client = Client(enforce_csrf_checks=True, headers=OURS)
    client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def who(kim):
    return make.page(make.roadmap(), title="Who we are", body="Old", slug="who")


def url_of(page):
    return f"/admin/roadmap/page/{page.pk}/change/"


def typed(client, page):
    return {**filled(client.get(url_of(page))), "body": "A text\r\n\r\nthat took <all> morning.", "title": "Typed"}


def lose_session(client):
    client.cookies.pop("sessionid")


def actions(response):
    return re.findall(r'<form[^>]* action="([^"]*)"', response.content.decode())


def send_form(client, response, **changes):
    """Presses the one button of a page."""
    fields = dict(Form(response.content.decode()).fields)
    (action,) = [unescape(action) for action in actions(response) if "search" not in action and "logout" not in action]
    return client.post(action, {**fields, **changes})


def sign_in(client, response, password="correct horse battery"):
    # It belongs to the form from outside it.
    kept = re.search(
        r'<textarea name="_kept" form="login-form" hidden>\n(.*?)</textarea>', response.content.decode(), re.S
    )
    changes = {"_kept": unescape(kept[1])} if kept else {}
    return send_form(client, response, username="kim", password=password, **changes)


def test_a_form_that_was_sent_too_late_is_saved_after_signing_in(kims, who):
    sent = typed(kims, who)
    lose_session(kims)
    answer = kims.post(url_of(who), sent)
    assert "You have been signed out. Nothing that you typed is lost" in answer.content.decode()
    who.refresh_from_db()
    assert who.title == "Who we are"
    answer = sign_in(kims, answer)
    assert "You are signed in again." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert send_form(kims, answer).status_code == 302
    who.refresh_from_db()
    assert (who.title, who.body) == ("Typed", "A text\n\nthat took <all> morning.")


def test_a_wrong_password_in_between_loses_nothing(kims, who):
    sent = typed(kims, who)
    lose_session(kims)
    answer = sign_in(kims, kims.post(url_of(who), sent), password="wrong")
    assert "Nothing that you typed is lost" in answer.content.decode()
    answer = send_form(kims, sign_in(kims, answer))
    who.refresh_from_db()
    assert who.title == "Typed"


def test_what_somebody_saved_meanwhile_is_still_not_overwritten(kims, who):
    sent = typed(kims, who)
    lose_session(kims)
    Page.objects.filter(pk=who.pk).update(title="Somebody's")
    answer = send_form(kims, sign_in(kims, kims.post(url_of(who), sent)))
    assert answer.status_code == 409
    assert "that took &lt;all&gt; morning." in answer.content.decode()


def test_a_form_with_the_token_of_before_is_kept_and_sent_with_one_press(kims, who, kim):
    sent = typed(kims, who)
    other_tab = kims.get("/admin/login/?next=/admin/")
    kims.logout()
    other_tab = kims.get("/admin/login/?next=/admin/")
    assert sign_in(kims, other_tab).status_code == 302  # which changes the token
    answer = kims.post(url_of(who), sent)
    assert answer.status_code == 403
    assert "Nothing that you typed is lost: it is in this page." in answer.content.decode()
    assert "reload" not in answer.content.decode()
    assert send_form(kims, answer).status_code == 302
    who.refresh_from_db()
    assert who.title == "Typed"


@each_case("origin", [None, "null", "https://evil.example", "http://testserver.evil.example"])
def test_another_site_cannot_have_anything_kept_or_sent(kims, who, origin):
    client = Client(enforce_csrf_checks=True, headers={"Origin": origin} if origin else {})
    client.cookies = kims.cookies
    answer = client.post(url_of(who), {"title": "Canary", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "Canary" not in answer.content.decode()
    assert "reload" not in answer.content.decode()


def test_a_password_is_never_kept(kims, who, kim):
    sent = {"password1": "canary-word", "password2": "canary-word"}
    sent["csrfmiddlewaretoken"] = filled(kims.get(url_of(who)))["csrfmiddlewaretoken"][0]
    lose_session(kims)
    answer = kims.post(f"/admin/auth/user/{kim.pk}/password/", sent)
    assert "canary-word" not in answer.content.decode()


def test_a_sign_in_with_the_token_of_before_goes_on_where_it_was_going(kims, who):
    sent = {"username": "kim", "password": "x", "next": url_of(who), "csrfmiddlewaretoken": "x" * 64}
    answer = kims.post("/admin/login/", sent)
    assert (answer.status_code, answer["Location"]) == (302, url_of(who))
    answer = kims.post("/admin/login/", {**sent, "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"
    lose_session(kims)
    answer = kims.post("/admin/login/", {**sent, "_kept": '[["title", "Kept"]]'})
    assert answer.status_code == 200
    assert "Kept" in answer.content.decode()


@each_case(
    "kept", ["", "nonsense", "{}", "1", '["a"]', '[["a", 1]]', "[" * 5000, '[["a", "b", "c"]]', r'[["a", "\ud800"]]']
)
def test_what_is_no_kept_form_is_left_out(kims, kept):
    kims.logout()
    answer = send_form(
        kims, kims.get("/admin/login/?next=/admin/"), username="kim", password="correct horse battery", _kept=kept
    )
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_the_script_learns_who_is_signed_in_and_nothing_else(kims, kim):
    answer = kims.get("/admin/session/")
    assert answer.json()["user"] == str(kim.pk)
    assert "no-store" in answer["Cache-Control"]
    lose_session(kims)
    answer = kims.get("/admin/session/").json()
    assert (answer["user"], answer["name"]) == ("", "")
    assert answer["token"]
    assert kims.post("/admin/session/").status_code in {403, 405}
