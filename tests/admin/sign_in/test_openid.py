"""Signing in through an identity provider: a real one on loopback, and one that lies."""

import base64
import hmac
import json
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from joserfc.jwk import RSAKey

from roadmap.admin.sign_in.roles import role_of
from roadmap.models import OtherIdentity, SecurityEvent
from tests import make
from tests.admin.press import filled
from tests.cases import each_case
from tests.provider import lying, running

pytestmark = pytest.mark.django_db

LOGIN, START, BACK = reverse("admin:login"), reverse("openid_start"), reverse("openid_back")
ROLES = {"editors": "editor", "publishers": "publisher", "bosses": "administrator"}
PEOPLE = {
    "kim": {"email": "Kim@Example.org", "email_verified": True, "groups": ["staff", "editors"], "given_name": "Kim",
            "family_name": "Lee"},
    "pub": {"email": "pub@example.org", "email_verified": True, "groups": ["editors", "publishers"]},
    "sam": {"email": "sam@example.org", "email_verified": True, "groups": ["staff"]},
    "eve": {"email": "kim@example.org", "email_verified": False, "groups": ["editors"]},
}  # fmt: skip


def use(settings, issuer, **more):
    settings.OIDC_ISSUER = issuer
    for name, value in {**running.SETTINGS, "OIDC_ROLES": ROLES, "SECOND_FACTOR": "publishers", **more}.items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def issuer():
    with running.serving(PEOPLE) as issuer:
        yield issuer


@pytest.fixture
def liar(settings):
    with lying.serving() as liar:
        use(settings, liar.issuer)
        yield liar


def is_in(client):
    return client.get("/admin/").status_code == 200


def through(login, client=None, url="/admin/"):
    client = client or Client()
    sent = client.get(START, {"next": url})
    back = running.sign_in_there(sent["Location"], login)
    return client.get(back.removeprefix("http://testserver"), follow=True)


# A real provider


@pytest.mark.needs("provider")
class TestRealProvider:
    @pytest.fixture(autouse=True)
    def _set_up(self, settings, issuer):
        use(settings, issuer)

    def test_an_editor_comes_in_by_their_group_without_a_second_factor_of_ours(self, client):
        assert "Sign in with HMRC sign-in" in client.get(LOGIN).text
        answer = through("kim", client, "/admin/roadmap/item/")
        assert answer.redirect_chain == [("/admin/roadmap/item/", 302)]
        kim = User.objects.get()
        assert (kim.username, kim.email, kim.get_full_name()) == ("kim@example.org", "kim@example.org", "Kim Lee")
        assert (role_of(kim), kim.is_superuser, kim.has_usable_password()) == ("editor", False, False)
        assert through("kim").status_code == 200
        assert User.objects.count() == 1

    def test_of_several_groups_the_role_that_may_most_counts(self):
        through("pub")
        assert role_of(User.objects.get()) == "publisher"

    def test_somebody_without_a_role_is_told_so_and_not_let_in(self, client):
        told = through("sam", client).text
        assert "none of your groups there has a role on this site" in told
        assert not is_in(client)
        assert not User.objects.exists()

    def test_a_group_that_is_lost_is_a_role_that_is_lost_at_the_next_sign_in(self, settings):
        through("pub")
        settings.OIDC_ROLES = {"editors": "editor"}
        through("pub")
        assert role_of(User.objects.get()) == "editor"
        settings.OIDC_ROLES = {"others": "editor"}
        client = Client()
        through("pub", client)
        assert not is_in(client)

    def test_without_a_map_of_groups_somebody_is_invited_first_and_keeps_the_role_they_were_given(self, settings):
        settings.OIDC_ROLES = {}
        client = Client()
        assert "Nobody has invited kim@example.org to this site." in through("kim", client).text
        make.user(username="kim", email="kim@example.org", password="correct horse battery")
        through("kim", client)
        assert is_in(client)
        kim = User.objects.get()
        assert role_of(kim) == "administrator"
        assert not kim.has_usable_password()

    def test_an_address_that_the_provider_does_not_vouch_for_is_nobodys(self, client):
        make.user(username="kim", email="kim@example.org")
        told = through("eve", client).text
        assert "does not say that kim@example.org is your address" in told
        assert not is_in(client)
        assert not OtherIdentity.objects.exists()

    def test_who_has_left_is_not_let_in(self, client):
        through("kim")
        User.objects.update(is_active=False)
        assert "You may not sign in here any more." in through("kim", client).text
        assert not is_in(client)

    def test_an_answer_is_used_once_and_by_whom_it_was_asked_for(self, client):
        sent = client.get(START)["Location"]
        back = running.sign_in_there(sent, "kim").removeprefix("http://testserver")
        thief = Client()
        assert "used already" in thief.get(back, follow=True).text
        assert not is_in(thief)
        assert is_in(client) or client.get(back).status_code == 302
        assert is_in(client)
        again = Client()
        again.cookies = client.cookies
        client.post(reverse("admin:logout"))
        assert "used already" in again.get(back, follow=True).text
        assert not is_in(again)

    def test_a_form_that_was_sent_too_late_waits_meanwhile(self, client):
        through("kim", client)
        form = "/admin/roadmap/page/add/"
        make.roadmap()
        sent = {**filled(client.get(form)), "title": "Typed"}
        del client.cookies["sessionid"]
        asked = client.post(form, sent)
        assert "Sign in with HMRC sign-in" in asked.text
        kept = json.dumps([["title", "Typed"]])
        page = client.post(START, {"_kept": kept, "next": form})
        assert f'href="{START}"' in page.text
        back = running.sign_in_there(client.get(START)["Location"], "kim")
        answer = client.get(back.removeprefix("http://testserver"))
        assert "You are signed in again." in answer.text
        assert ">\nTyped</textarea>" in answer.text


# One that lies


def ask(liar, client=None):
    client = client or Client()
    back = liar.sent_to(client.get(START)["Location"])
    return client, client.get(back, follow=True)


def test_the_truth_is_taken(liar):
    client, _ = ask(liar)
    assert is_in(client)
    assert len(liar.verifiers[0]) >= 43


def test_what_a_provider_changes_of_somebody_is_in_the_security_log(liar):
    liar.claims = {"groups": ["editors"]}
    ask(liar)
    ask(liar)
    liar.claims = {"groups": ["publishers"]}
    ask(liar)
    user = User.objects.get()
    told = SecurityEvent.objects.filter(kind="person", about=user.get_full_name() or user.username).order_by("pk")
    assert [event.words for event in told] == [
        "Signs in through HMRC sign-in from now on",
        "role: none → Editor, by their groups at HMRC sign-in",
        "role: Editor → Publisher, by their groups at HMRC sign-in",
    ]


def test_whoever_comes_from_a_provider_gets_no_password_that_would_outlast_it(liar, client, settings):
    ask(liar)
    user = User.objects.get()
    client.force_login(make.user(username="root"), backend="django.contrib.auth.backends.ModelBackend")
    settings.SECOND_FACTOR = "optional"
    form = reverse("admin:auth_user_change", args=[user.pk])
    assert "They sign in through HMRC sign-in, and have no password here." in client.get(form).text
    assert "Send a" not in client.get(form).text
    told = client.post(reverse("admin:auth_user_invite", args=[user.pk]), follow=True).text
    assert "signs in through HMRC sign-in, and has no password here" in told
    assert "is invited" not in told
    settings.OIDC_ISSUER = settings.OIDC_CLIENT_ID = ""  # the site has left it
    told = client.post(reverse("admin:auth_user_invite", args=[user.pk]), follow=True).text
    assert "is invited." in told


LIES = {
    "another audience": {"aud": "another-site"},
    "several audiences, and another was asked for": {"aud": ["roadmap", "another-site"], "azp": "another-site"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://id.example.org"},
    "no issuer": {"iss": None},
    "of yesterday": {"iat": time.time() - 90000, "exp": time.time() - 86400},
    "never ends": {"exp": None},
    "another question": {"nonce": "made-up"},
    "no question": {"nonce": None},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a name that is none": {"sub": {"$ne": ""}},
    "a name without end": {"sub": "x" * 300},
}


@each_case("lie", [*LIES])
def test_a_lie_lets_nobody_in_and_is_told_in_one_message(liar, lie):
    liar.claims = LIES[lie]
    client, answer = ask(liar)
    assert "does not let you in" in answer.text
    assert answer.text.count('class="error"') == 1
    assert not is_in(client)
    assert not User.objects.exists()


def test_a_token_that_somebody_else_signed_lets_nobody_in(liar):
    liar.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert not is_in(ask(liar)[0])


@each_case("alg", ["none", "HS256"])
def test_a_token_that_anybody_could_have_made_lets_nobody_in(liar, alg):
    """Signed by nobody, or with the public key as a secret, which everybody knows."""
    client = Client()
    back = liar.sent_to(client.get(START)["Location"])
    claims = {"iss": liar.issuer, "aud": "roadmap", "sub": "x", "iat": 1, "exp": 9**10, "nonce": liar.nonce}
    said = f"{part(json.dumps({'alg': alg, 'kid': 'one'}))}.{part(json.dumps({**claims, 'groups': ['editors']}))}"
    signature = hmac.digest(liar.key.as_pem(private=False), said.encode(), "sha256") if alg == "HS256" else b""
    token = f"{said}.{part(signature)}"
    liar.answers = {"/token": {"access_token": "x", "token_type": "Bearer", "id_token": token}}
    assert "does not let you in" in client.get(back, follow=True).text
    assert not is_in(client)
    liar.answers = {}


def part(value):
    return base64.urlsafe_b64encode(value.encode() if isinstance(value, str) else value).decode().rstrip("=")


@each_case("groups", [None, [], ["staff"], "staff", {"editors": True}, [["editors"]], 7, [None]])
def test_groups_that_are_none_are_no_role(liar, groups):
    liar.claims = {"groups": groups}
    client, answer = ask(liar)
    assert "none of your groups there has a role on this site" in answer.text
    assert not is_in(client)


def test_another_subject_with_the_same_address_is_somebody_else(liar):
    ask(liar)
    liar.claims = {"sub": "kim-2"}
    client, answer = ask(liar)
    assert "Somebody else signs in here as kim@example.org." in answer.text
    assert not is_in(client)


def test_the_same_subject_with_another_address_is_the_same_person(liar):
    ask(liar)
    liar.claims = {"email": "kim.lee@example.org"}
    client, _ = ask(liar)
    assert is_in(client)
    assert User.objects.count() == 1


def test_a_subject_that_is_called_like_somebody_here_is_not_them(liar):
    make.user(username="pat", email="pat@example.org")
    liar.claims = {"sub": "pat", "email": None}
    client, answer = ask(liar)
    assert not is_in(client)
    assert 'class="error"' in answer.text


AWAY = {
    "/.well-known/openid-configuration": ["not JSON", None, [], {}, {"issuer": "https://id.example.org"}],
    "/token": ["not JSON", None, [], {}, {"error": "invalid_grant"}, {"access_token": "x", "token_type": "Bearer"}],
    "/keys": ["not JSON", None, [], {"keys": []}, {"keys": [{"kty": "x"}]}],
}


@each_case("path, answer", [(path, answer) for path, answers in AWAY.items() for answer in answers])
def test_a_provider_that_answers_nonsense_lets_nobody_in(liar, path, answer):
    client = Client()
    if path.startswith("/.well"):
        liar.answers = {path: answer}
        page = client.get(START, follow=True)
    else:
        back = liar.sent_to(client.get(START)["Location"])
        liar.answers = {path: answer}
        page = client.get(back, follow=True)
    assert page.status_code == 200
    assert page.text.count('class="error"') == 1
    assert not is_in(client)
    liar.answers = {}


def test_a_provider_that_is_away_or_hangs_is_said_to_be_and_a_password_still_lets_in(liar, settings, monkeypatch):
    monkeypatch.setattr("roadmap.admin.sign_in.openid.WAIT", 0.5)
    make.user(username="pat", password="correct horse battery", is_superuser=False)
    liar.answers = {"/.well-known/openid-configuration": "hangs"}
    for _ in ("hangs", "away"):
        client = Client()
        page = client.get(START, follow=True).text
        assert "HMRC sign-in cannot be asked who you are at the moment." in page
        settings.OIDC_ISSUER = "http://127.0.0.1:9"
    client.post(LOGIN, {"username": "pat", "password": "correct horse battery"})
    assert is_in(client)


def test_somebody_who_would_rather_not_is_led_back(liar):
    client = Client()
    client.get(START)
    answer = client.get(BACK, {"error": "access_denied", "error_description": "<b>x</b>", "state": "x"}, follow=True)
    assert "You were not signed in by HMRC sign-in." in answer.text
    assert "<b>x</b>" not in answer.text


@each_case(
    "query", [{}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": "x" * 3000}, {"code": "x", "state": "\u0000"}]
)
def test_an_address_that_nobody_was_sent_to_lets_nobody_in(liar, query):
    client = Client()
    assert client.get(BACK, query, follow=True).status_code in (200, 400)
    assert not is_in(client)


@each_case("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_afterwards_nobody_is_led_to_another_site(liar, url):
    client = Client()
    back = liar.sent_to(client.get(START, {"next": url})["Location"])
    assert client.get(back)["Location"] == "/admin/"


def test_where_there_is_no_provider_there_is_no_way_to_one(client):
    assert client.get(START).status_code == client.get(BACK).status_code == 404
    assert "Sign in with" not in client.get(LOGIN).text
