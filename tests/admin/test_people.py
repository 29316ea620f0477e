"""People are invited by email address and role, and choose a password with the link that they are sent."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.admin.press import filled

pytestmark = pytest.mark.django_db

ADD, PEOPLE = reverse("admin:auth_user_add"), reverse("admin:auth_user_changelist")


@pytest.fixture
def boss(client):
    user = make.user(username="pat@example.gov.uk", email="pat@example.gov.uk", first_name="Pat", last_name="Green")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def plain(response):
    return " ".join(response.content.decode().split())


def add(client, **typed):
    sent = {"email": "Kim@Example.gov.uk", "first_name": "Kim", "last_name": "Lee", "role": "editor", **typed}
    return client.post(ADD, filled(client.get(ADD), **sent), follow=True)


def form_of(user):
    return reverse("admin:auth_user_change", args=[user.pk])


def change(client, user, **typed):
    return client.post(form_of(user), filled(client.get(form_of(user)), **typed), follow=True)


def link_in(text):
    return re.search(r"http://testserver(/admin/invitation/\S+?/\S+?/)", text)[1]


def choose(client, link, password="correct horse battery"):
    """As a browser does: the link leads to a page that does not have the token in its address."""
    page = client.get(link, follow=True)
    return client.post(page.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}, follow=True)


def test_somebody_is_invited_by_email_and_signs_in_with_the_password_that_they_choose(boss, client, settings):
    settings.EMAIL_FILE_PATH = None  # as on a real site
    told = plain(add(boss))
    assert "Kim Lee is invited. An email with a link has gone to kim@example.gov.uk." in told
    kim = User.objects.get(email="kim@example.gov.uk")
    assert (kim.username, kim.is_staff, kim.is_superuser) == ("kim@example.gov.uk", True, False)
    assert [group.name for group in kim.groups.all()] == ["Editors"]
    message = mail.outbox[0]
    assert message.to == ["kim@example.gov.uk"]
    assert "Pat Green has invited you" in message.body

    boss.logout()
    answer = choose(client, link_in(message.body))
    assert answer.redirect_chain[-1][0] == reverse("admin:index")
    assert client.session["_auth_user_id"] == str(kim.pk)
    client.logout()
    sign_in = {"username": "kim@example.gov.uk", "password": "correct horse battery"}
    assert client.post(reverse("admin:login"), sign_in).status_code == 302
    client.logout()
    again = plain(client.get(link_in(message.body), follow=True))
    assert "This link does not work any more" in again


def test_on_somebodys_own_machine_it_is_said_where_the_mail_lies(boss, settings):
    settings.EMAIL_FILE_PATH = "/somewhere/mail"
    went = "No email goes out from this machine: what went to kim@example.gov.uk is a file in /somewhere/mail."
    assert went in plain(add(boss))


def test_without_mail_the_link_is_shown_to_be_sent_by_other_means(boss, client, settings):
    settings.SENDS_EMAIL = False
    told = plain(add(boss))
    assert "No email could be sent, so send them this link yourself" in told
    assert mail.outbox == []
    boss.logout()
    assert choose(client, link_in(told)).redirect_chain[-1][0] == reverse("admin:index")


def test_a_password_that_is_too_weak_is_refused_at_its_field(boss, client):
    add(boss)
    link = link_in(mail.outbox[0].body)
    boss.logout()
    page = client.get(link, follow=True)
    url = page.redirect_chain[-1][0]
    answer = client.post(url, {"new_password1": "12345", "new_password2": "12345"})
    assert "too short" in plain(answer)
    assert not User.objects.get(email="kim@example.gov.uk").has_usable_password()


@pytest.mark.parametrize("token", ["abc-def", "x" * 300])
def test_a_link_that_is_not_whole_says_so(client, token):
    answer = client.get(reverse("invitation", args=["MQ", token]), follow=True)
    assert answer.status_code == 200
    assert "This link does not work any more" in plain(answer)


def test_an_invitation_is_over_after_three_days(boss, client, monkeypatch):
    add(boss)
    boss.logout()
    link, now = link_in(mail.outbox[0].body), timezone.datetime.now()
    clock = "django.contrib.auth.tokens.PasswordResetTokenGenerator._now"
    monkeypatch.setattr(clock, lambda self: now + datetime.timedelta(days=2, hours=23))
    assert "Choose a password" in plain(client.get(link, follow=True))
    monkeypatch.setattr(clock, lambda self: now + datetime.timedelta(days=3, hours=1))
    assert "This link does not work any more" in plain(client.get(link, follow=True))


@pytest.mark.parametrize("step", ["EHLO", "RCPT", "DATA"])
@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_server_that_does_not_take_the_invitation_loses_nobody(boss, client, smtp, settings, what, step):
    smtp.use(settings)
    settings.EMAIL_TIMEOUT = 0.3
    setattr(smtp, what, step)
    answer = add(boss)
    assert "No email could be sent, so send them this link yourself" in plain(answer)
    assert smtp.messages == []
    boss.logout()
    choose(client, link_in(answer.text.replace("</span>", " ")))
    assert client.session["_auth_user_id"] == str(User.objects.get(email="kim@example.gov.uk").pk)


def test_who_may_not_sign_in_any_more_has_no_use_for_a_link(boss, client):
    add(boss)
    kim = User.objects.get(email="kim@example.gov.uk")
    change(boss, kim, is_active=None)
    told = plain(boss.post(reverse("admin:auth_user_invite", args=[kim.pk]), follow=True))
    assert "Tick “May sign in” first." in told
    boss.logout()
    assert "does not work any more" in plain(client.get(link_in(mail.outbox[0].body), follow=True))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"email": ""}, "Enter an email address."),
        ({"email": "kim"}, "Enter an email address"),
        ({"email": "PAT@example.gov.uk"}, "Somebody with this email address is here already."),
        ({"email": "kim@example.gov.uk\nBcc: x@example.com"}, "Enter an email address"),
        ({"role": None}, "Choose a role."),
        ({"role": "owner"}, "owner"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nobody_is_invited(boss, typed, told):
    assert told in plain(add(boss, **typed))
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_a_role_is_changed_and_other_groups_and_teams_stay(boss):
    roadmap, other = make.roadmap(title="VAT"), make.roadmap(title="Open to all")
    add(boss)
    kim = User.objects.get(email="kim@example.gov.uk")
    kim.groups.add(Group.objects.create(name="Translators"))
    roadmap.team.add(kim)
    assert "Open to all" not in plain(boss.get(form_of(kim)))
    told = plain(change(boss, kim, role="publisher"))
    assert "Kim Lee is saved." in told
    assert {group.name for group in kim.groups.all()} == {"Publishers", "Translators"}
    assert [*kim.roadmaps.all()] == [roadmap]
    change(boss, kim, role="administrator", teams=None)
    kim.refresh_from_db()
    assert kim.is_superuser
    assert not kim.roadmaps.exists()
    change(boss, kim, role="editor")
    kim.refresh_from_db()
    assert not kim.is_superuser
    assert other.team.count() == 0


def test_somebody_with_an_older_name_keeps_it_and_a_new_address_becomes_the_name_where_it_was(boss):
    old = make.user(username="sam", email="sam@example.gov.uk", is_superuser=False)
    change(boss, old, email="sam.grey@example.gov.uk", role="editor")
    old.refresh_from_db()
    assert (old.username, old.email) == ("sam", "sam.grey@example.gov.uk")
    add(boss)
    kim = User.objects.get(email="kim@example.gov.uk")
    change(boss, kim, email="kim.lee@example.gov.uk")
    kim.refresh_from_db()
    assert kim.username == "kim.lee@example.gov.uk"


def test_nobody_locks_themselves_out(boss):
    me = User.objects.get()
    told = plain(change(boss, me, is_active=None, role="editor"))
    assert "You cannot take away your own access." in told
    assert "You cannot take away your own role." in told
    me.refresh_from_db()
    assert me.is_active
    assert me.is_superuser


def test_it_is_for_administrators_alone_and_nobody_is_deleted(boss, client):
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name="Publishers"))
    assert boss.get(reverse("admin:auth_user_delete", args=[user.pk])).status_code == 403
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for url in (PEOPLE, ADD, form_of(user)):
        assert client.get(url).status_code == 403
    assert client.post(reverse("admin:auth_user_invite", args=[user.pk])).status_code == 403
    assert "Users" not in plain(client.get(reverse("admin:index")))


def test_the_list_says_who_has_which_role(boss):
    make.user(username="nobody", is_superuser=False)
    text = plain(boss.get(PEOPLE))
    assert "Administrator" in text
    assert "None: may do nothing here" in text


@pytest.mark.parametrize(
    ("time", "told"), [("06:55", "24 March 2026 at 6:55am"), ("12:00", "24 March 2026 at midday"), ("", "Never")]
)
def test_when_somebody_signed_in_last_is_said_as_every_other_time(boss, time, told):
    make.user(username="kim", last_login=make.at("2026-03-24", time) if time else None)
    assert f'<td class="field-last_signed_in">{told}</td>' in plain(boss.get(PEOPLE))
