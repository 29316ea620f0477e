"""A new password by email: one link, once, for an hour, whoever asks; a server for mail that is away says so."""

import re
import threading

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.sign_in import limits
from roadmap.models import OtherIdentity, SecurityEvent, SignIn
from tests import make
from tests.admin.sign_in.codes import phone_of
from tests.cases import each_case
from tests.smtp import text

pytestmark = pytest.mark.django_db

ASK, LOGIN = reverse("admin_password_reset"), reverse("admin:login")
OLD, NEW = "correct horse battery", "tidal-copper-lantern"


@pytest.fixture
def post(smtp, settings):
    settings.EMAIL_TIMEOUT = 0.5
    return smtp.use(settings)


@pytest.fixture
def kim():
    return make.user(username="kim", email="kim@example.org", password=OLD)


def ask(email="kim@example.org", client=None, **extra):
    answer = (client or Client()).post(ASK, {"email": email}, **extra)
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(20)
    return answer


def link_of(post):
    return re.search(r"http://testserver(/admin/reset/\S+)", text(post.messages[-1]))[1]


def choose(link, password=NEW, client=None):
    client = client or Client()
    page = client.get(link, follow=True)
    if not page.redirect_chain:
        return page
    return client.post(page.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}, follow=True)


def is_in(client):
    return client.get("/admin/").status_code == 200


def test_the_link_of_a_mail_chooses_a_new_password_and_signs_in(post, kim, client):
    elsewhere = Client()
    elsewhere.post(LOGIN, {"username": "kim", "password": OLD})
    assert ASK in client.get(LOGIN).text
    assert "an email with a link is on its way" in ask("Kim@Example.org").text
    (message,) = post.messages
    assert (message["To"], message["Auto-Submitted"]) == ("kim@example.org", "auto-generated")
    assert is_in(elsewhere)  # asking changes nothing
    choose(link_of(post), client=client)
    assert is_in(client)
    assert not is_in(elsewhere)
    kim.refresh_from_db()
    assert kim.check_password(NEW)


def test_the_answer_is_the_same_for_somebody_who_is_not_here(post, kim):
    answers = [ask(email).text for email in ("kim@example.org", "nobody@example.org")]
    plain = [re.sub(r"(kim|nobody)@example.org|csrf\S+ value=\S+", "", answer) for answer in answers]
    assert plain[0] == plain[1]
    assert len(post.messages) == 1
    assert post.connections == 2


@each_case(
    ("origin", "host", "begins"),
    [
        ("", "Testserver:8443", "http://testserver/admin/reset/"),
        ("https://roadmap.example.org", "testserver:8443", "https://roadmap.example.org/admin/reset/"),
    ],
)
def test_whoever_asks_does_not_say_where_the_link_leads(post, kim, settings, origin, host, begins):
    """A port of their own, or another of the names that the site has: the link goes to somebody else."""
    settings.LOCAL, settings.PUBLIC_ORIGIN = False, origin
    assert "is on its way" in ask(headers={"Host": host, "X-Forwarded-Host": "evil.example"}).text
    message = post.messages[-1]
    assert begins in text(message)
    assert "8443" not in str(message)
    assert "evil" not in str(message)


def test_it_does_not_stand_in_for_the_second_factor(post, kim):
    phone_of(kim)
    ask()
    client = Client()
    page = choose(link_of(post), client=client)
    assert page.redirect_chain[-1][0] == reverse("sign_in_code")
    assert not is_in(client)


def dead(answer, post):
    return "This link does not work any more" in answer.text and "Ask for a new link" in answer.text


def test_a_link_that_was_used_is_over(post, kim):
    ask()
    link = link_of(post)
    choose(link)
    other = Client()
    assert dead(choose(link, "another-copper-lantern", other), post)
    assert not is_in(other)
    kim.refresh_from_db()
    assert kim.check_password(NEW)


def test_a_link_of_yesterday_is_over(post, kim, monkeypatch):
    ask()
    link = link_of(post)
    now = timezone.datetime.now()
    later = "roadmap.admin.sign_in.reset.ResetTokens._now"
    monkeypatch.setattr(later, lambda self: now + timezone.timedelta(minutes=58))
    assert not dead(Client().get(link, follow=True), post)
    monkeypatch.setattr(later, lambda self: now + timezone.timedelta(minutes=61))
    assert dead(choose(link), post)


def test_a_link_of_somebody_who_has_left_is_over(post, kim):
    ask()
    link = link_of(post)
    User.objects.update(is_active=False)
    assert dead(choose(link), post)


@each_case("change", [{"email": "kim.lee@example.org"}, {"last_login": "2030-01-01T00:00Z"}])
def test_a_link_from_before_the_address_changed_or_they_signed_in_is_over(post, kim, change):
    ask()
    User.objects.update(**change)
    assert dead(choose(link_of(post)), post)


@each_case("link", ["/admin/reset/MQ/abc-def/", f"/admin/reset/{'x' * 300}/y/", "/admin/reset/MQ/set-password/"])
def test_a_link_that_is_made_up_is_none(kim, link):
    assert dead(Client().get(link, follow=True), None)


def test_an_invitation_is_no_reset_and_a_reset_no_invitation(post, kim):
    ask()
    link = link_of(post).replace("/reset/", "/invitation/")
    assert "This link does not work any more" in choose(link).text


@pytest.mark.parametrize("who", ["left", "not staff", "signs in elsewhere"])
def test_nothing_goes_to_somebody_who_has_no_password_to_choose(post, kim, who):
    if who == "signs in elsewhere":
        OtherIdentity.objects.create(
            user=kim, issuer="https://id.example.org", subject="1", made_at=make.at("2026-04-01")
        )
    User.objects.update(is_active=who != "left", is_staff=who != "not staff")
    assert "is on its way" in ask().text
    assert post.messages == []


def test_nobody_else_gets_the_link_by_an_address_that_looks_alike(post, kim):
    ask("kım@example.org")
    assert post.messages == []


def test_it_is_asked_for_three_times_an_hour_for_one_address_and_ten_from_one_network(post, kim):
    assert [ask(REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)] == [200] * 3 + [429] * 2
    assert len(post.messages) == 3
    statuses = [ask(f"name{n}@example.org", REMOTE_ADDR="198.51.100.1").status_code for n in range(12)]
    assert (statuses.count(200), statuses.count(429)) == (10, 2)


@each_case("email", ["", "kim", "kim@example.org\nBcc: x@example.org", "x" * 400 + "@example.org"])
def test_what_is_no_address_is_said_at_its_field(post, email):
    answer = ask(email)
    assert 'class="errorlist' in answer.text
    assert post.messages == []


@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_server_that_lets_nobody_in_is_told_of_the_same_for_everybody(post, kim, what):
    setattr(post, what, "EHLO")
    for email in ("kim@example.org", "nobody@example.org"):
        answer = ask(email)
        assert (answer.status_code, "No email can be sent at the moment." in answer.text) == (503, True)
        assert f'value="{email}"' in answer.text
    assert post.messages == []


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_server_that_does_not_take_the_mail_tells_nobody_who_is_known(post, kim, what, step, caplog):
    setattr(post, what, step)
    assert "is on its way" in ask().text
    assert post.messages == []
    assert "A mail could not be sent" in caplog.text
    setattr(post, what, "")
    assert ask().status_code == 200
    assert len(post.messages) == 1


def test_where_no_mail_is_sent_the_page_says_whom_to_ask(client, settings):
    settings.SENDS_EMAIL = False
    assert "This site sends no email" in client.get(ASK).text


def test_it_frees_a_name_that_others_have_tried_too_often(post, kim):
    for n in range(20):
        Client().post(LOGIN, {"username": "kim", "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{n}")
    assert limits.is_held("kim", timezone.now())
    ask()
    choose(link_of(post))
    assert not limits.is_held("kim", timezone.now())
    assert SignIn.objects.filter(user=kim).exists()


# What somebody is told of


def sent_about(post, subject):
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(20)
    return [message for message in post.messages if message["Subject"].startswith(subject)]


def test_its_owner_is_told_of_each_change_of_how_they_sign_in(post, kim, client):
    ask()
    choose(link_of(post), client=client)
    (told,) = sent_about(post, "Password chosen with a link: testserver")
    assert "by you, for kim on testserver." in text(told)
    form = {"old_password": NEW, "new_password1": "walrus-carpet-onion", "new_password2": "walrus-carpet-onion"}
    assert client.post(reverse("admin:password_change"), form).status_code == 302
    assert sent_about(post, "Password changed: testserver")
    phone_of(kim)
    boss = Client()
    boss.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    boss.post(reverse("admin:auth_user_second_factor", args=[kim.pk]))
    (told,) = sent_about(post, "Second factor reset by an administrator")
    assert ", by pat, for kim" in text(told)


def test_a_server_that_hangs_keeps_nobody_from_changing_a_password(post, kim, client):
    post.hangs = "EHLO"
    client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")
    form = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("admin:password_change"), form).status_code == 302


def test_the_present_password_is_not_guessed_by_who_finds_a_browser_open(kim, client):
    url = reverse("admin:password_change")
    client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")
    form = {"new_password1": NEW, "new_password2": NEW}
    own_fault = {"old_password": OLD, "new_password1": "short", "new_password2": "short"}
    assert {client.post(url, own_fault).status_code for _ in range(8)} == {200}  # which is no guess
    statuses = [client.post(url, {**form, "old_password": f"guess {number}"}).status_code for number in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    answer = client.post(url, {**form, "old_password": OLD})
    assert answer.status_code == 429
    assert "Too many wrong passwords. Try again in 10 minutes." in answer.text
    kim.refresh_from_db()
    assert kim.check_password(OLD)
    told = SecurityEvent.objects.filter(kind="refused", about="kim")
    assert [event.words for event in told] == ["Wrong password, where another was to be chosen"] * 6
