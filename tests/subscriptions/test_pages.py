"""Asking for mails and changing what one gets, by the pages: what a person sees, and what a program does not get."""

import datetime

import pytest
from django.core import mail

from roadmap.models import Often, OutgoingMail, Subscriber, Subscription
from roadmap.published import store
from roadmap.subscriptions import limits
from roadmap.subscriptions.form import STAMP, stamp
from roadmap.subscriptions.links import manage_path
from roadmap.subscriptions.sending import send_all
from tests import make
from tests.cases import each_case
from tests.subscriptions.people import ask, link, subscribed

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
PATH = "/vat-mtd/subscribe/?api=vat-api"


@pytest.fixture
def clock(monkeypatch):
    """clock(at) sets the one that the public side reads."""

    def set_to(at):
        monkeypatch.setattr(store, "now", lambda: at)

    set_to(NOW)
    return set_to


@pytest.fixture
def roadmap(clock):
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    make.item(made, title="Losses", live="June 2026", apis=((make.api(name="VAT API"), "1.0"),))
    make.edition(made, at=NOW - datetime.timedelta(days=1))
    return made


def came(at=NOW):
    mail.outbox.clear()
    send_all(now=lambda: at)
    return [*mail.outbox]


def words(answer):
    return " ".join(answer.content.decode().split())


def test_one_asks_confirms_changes_and_ends(client, roadmap):
    page = client.get(PATH)
    assert page.status_code == 200
    assert "VAT API" in words(page)
    assert "Check your email" in words(ask(client, PATH, NOW))
    (message,) = came()
    assert message.to == ["dev@example.com"]
    confirm = link(message, "confirm")
    assert "Get these emails?" in words(client.get(confirm))
    assert not Subscription.objects.filter(confirmed_at__isnull=False).exists()  # a scanner of links only looks
    yours = client.post(confirm, follow=True)
    assert "You will get these emails from now on" in words(yours)
    assert "dev@example.com" in words(yours)
    one = Subscription.objects.get()
    assert (one.roadmap, one.query, one.how_often, one.since) == (roadmap, "api=vat-api", "edition", NOW)
    place = manage_path(one.subscriber.uid)
    changed = client.post(place, {"act": f"change:{one.pk}", f"how_often:{one.pk}": "weekly"}, follow=True)
    assert "How often we write has been changed" in words(changed)
    assert "paused" in words(client.post(place, {"act": "pause"}, follow=True))
    assert "again from now on" in words(client.post(place, {"act": f"resume:{one.pk}"}, follow=True))
    assert "Your emails have ended" in words(client.post(place, {"act": "end"}))
    assert not Subscriber.objects.exists()
    assert "This link does not work" in words(client.get(place))


def test_no_answer_sets_a_cookie_or_may_be_kept(client, roadmap):
    one = subscribed(NOW, roadmap=roadmap)
    answers = [client.get(PATH), ask(client, PATH, NOW), client.get(manage_path(one.subscriber.uid))]
    assert [answer.cookies for answer in answers] == [{}] * 3
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer["X-Robots-Tag"] for answer in answers} == {"noindex, nofollow"}


def test_the_answer_is_the_same_whoever_is_known_and_only_the_mail_says_more(client, roadmap):
    first = ask(client, PATH, NOW)
    subscribed(NOW, roadmap=roadmap, query="api=vat-api", address="known@example.com")
    second = ask(client, PATH, NOW, address="known@example.com")
    assert first.content == second.content
    subjects = {message.to[0]: message.subject for message in came()}
    assert subjects["dev@example.com"].startswith("Confirm that you want emails")
    assert subjects["known@example.com"].startswith("You get these emails already")


def test_a_link_to_confirm_works_for_a_day(client, roadmap, clock):
    ask(client, PATH, NOW)
    confirm = link(came()[0], "confirm")
    clock(NOW + datetime.timedelta(days=1, seconds=1))
    for answer in (client.get(confirm), client.post(confirm)):
        assert answer.status_code == 410
        assert "Ask for the emails again" in words(answer)
    assert not Subscription.objects.filter(confirmed_at__isnull=False).exists()


def test_one_press_in_a_mail_program_ends_it_without_a_page(client, roadmap):
    one = subscribed(NOW, roadmap=roadmap)
    other = subscribed(NOW, query="api=vat-api")
    from roadmap.subscriptions.links import leave_path

    path = leave_path(one.subscriber.uid, [one.pk])
    assert "End these emails?" in words(client.get(path))
    assert Subscription.objects.count() == 2
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert [*Subscription.objects.all()] == [other]
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200  # pressed twice


@each_case(
    "path",
    ["/emails/yours/x:y/", "/emails/confirm/abc/", "/emails/end/1.2:3/", "/emails/yours/%F0%9F%98%80/"],
)
def test_a_forged_link_is_one_clear_page(client, roadmap, path):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert "This link does not work" in words(answer)


def test_a_link_of_one_kind_or_person_is_no_link_of_another(client, roadmap):
    one = subscribed(NOW, roadmap=roadmap)
    token = manage_path(one.subscriber.uid).split("/")[-2]
    assert client.post(f"/emails/end/{token}/").status_code == 404
    stranger = subscribed(NOW, roadmap=roadmap, address="other@example.com")
    client.post(manage_path(one.subscriber.uid), {"act": f"end:{stranger.pk}"})
    assert Subscription.objects.filter(pk=stranger.pk).exists()


@each_case(
    ("typed", "said"),
    [
        ("", "Enter your email address"),
        ("nobody", "Enter an email address in the correct format"),
        ("a@example.com\nBcc: b@example.com", "Enter an email address in the correct format"),
        ("a@example.com, b@example.com", "Enter an email address in the correct format"),
        ('"a b"@example.com', "Enter an email address in the correct format"),
        ("A <a@example.com>", "Enter an email address in the correct format"),
        ("a" * 300 + "@example.com", "254 characters or fewer"),
        ("a\x00b@example.com", "Enter an email address in the correct format"),
        ("josé@example.com", "letters like é"),
        ("a@exa mple.com", "Enter an email address in the correct format"),
        ("a@" + "b" * 70 + ".com", "Enter an email address in the correct format"),
    ],
)
def test_what_is_no_address_is_refused_at_its_field_and_nothing_is_sent(client, roadmap, typed, said):
    answer = ask(client, PATH, NOW, address=typed)
    assert answer.status_code == 400
    assert said in words(answer)
    assert 'href="#address"' in words(answer)
    assert not OutgoingMail.objects.exists()


@each_case(
    ("typed", "kept"),
    [
        ("  dev+vat@example.com ", "dev+vat@example.com"),
        ("dev@bücher.example", "dev@xn--bcher-kva.example"),
        ("o'neill@example.com", "o'neill@example.com"),
    ],
)
def test_what_is_an_address_is_taken(client, roadmap, typed, kept):
    assert ask(client, PATH, NOW, address=typed).status_code == 200
    assert [message.to for message in came()] == [[kept]]


def test_how_often_must_be_chosen_and_what_was_typed_stays(client, roadmap):
    answer = ask(client, PATH, NOW, how_often="hourly")
    assert answer.status_code == 400
    assert "Choose how often we write" in words(answer)
    assert 'value="dev@example.com"' in words(answer)


def test_a_page_sent_at_once_or_after_a_day_asks_for_one_more_press(client, roadmap):
    for opened in (NOW, NOW - datetime.timedelta(days=2), NOW + datetime.timedelta(hours=1)):
        answer = client.post(PATH, {"address": "dev@example.com", "how_often": "daily", STAMP: stamp(opened)})
        assert answer.status_code == 400
        assert "Press the button once more" in words(answer)
        assert 'value="dev@example.com"' in words(answer)
    assert client.post(PATH, {"address": "dev@example.com", "how_often": "daily"}).status_code == 400
    assert not OutgoingMail.objects.exists()


def test_a_program_that_fills_the_field_nobody_sees_is_answered_and_sends_nothing(client, roadmap):
    assert "Check your email" in words(ask(client, PATH, NOW, website="https://spam.example"))
    assert not Subscriber.objects.exists()


def test_nobody_can_send_somebody_else_words_of_their_own(client, roadmap):
    ask(client, "/vat-mtd/subscribe/?q=Buy+pills+at+spam.example", NOW)
    (message,) = came()
    sent = f"{message.subject} {message.body} {message.alternatives[0][0]}"
    assert "pills" not in sent
    assert "with the words that you typed" in sent
    assert "spam.example" not in sent


class TestLimits:
    def test_one_address_gets_so_many_a_day_and_the_page_says_the_same(self, client, roadmap, clock):
        answers = [ask(client, PATH, NOW) for _ in range(limits.TO_AN_ADDRESS + 2)]
        assert {answer.content for answer in answers} == {answers[0].content}
        assert OutgoingMail.objects.count() == limits.TO_AN_ADDRESS
        later = NOW + datetime.timedelta(days=1, seconds=1)
        clock(later)
        ask(client, PATH, later)
        assert OutgoingMail.objects.count() == limits.TO_AN_ADDRESS + 1

    def test_what_follows_a_plus_sign_is_no_other_mailbox(self, client, roadmap):
        """Whoever thinks of a hundred such addresses fills one mailbox with a hundred mails."""
        for number in range(limits.TO_AN_ADDRESS + 2):
            client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
            ask(client, PATH, NOW, address=f"kim+{number}@example.com")
        assert OutgoingMail.objects.count() == limits.TO_AN_ADDRESS
        ask(client, PATH, NOW, address="kim@example.net")
        assert OutgoingMail.objects.count() == limits.TO_AN_ADDRESS + 1

    def test_one_network_may_ask_so_often_an_hour(self, client, roadmap, monkeypatch):
        monkeypatch.setattr(limits, "FROM_A_NETWORK", 2)
        for number in range(2):
            client.defaults["REMOTE_ADDR"] = f"2001:db8:1:2::{number}"
            assert ask(client, PATH, NOW, address=f"{number}@example.com").status_code == 200
        client.defaults["REMOTE_ADDR"] = "2001:db8:1:2:ffff::1"
        answer = ask(client, PATH, NOW, address="third@example.com")
        assert answer.status_code == 429
        assert "Nothing has been sent" in words(answer)
        client.defaults["REMOTE_ADDR"] = "2001:db8:1:3::1"
        assert ask(client, PATH, NOW, address="third@example.com").status_code == 200

    def test_all_may_ask_so_often_an_hour(self, client, roadmap, monkeypatch):
        monkeypatch.setattr(limits, "IN_ALL", 1)
        ask(client, PATH, NOW)
        client.defaults["REMOTE_ADDR"] = "192.0.2.7"
        assert ask(client, PATH, NOW, address="b@example.com").status_code == 429


def test_a_link_to_all_is_sent_to_whoever_gets_something_and_nobody_learns_who(client, roadmap):
    subscribed(NOW, roadmap=roadmap)
    answers = [ask(client, "/emails/", NOW), ask(client, "/emails/", NOW, address="nobody@example.com")]
    assert answers[0].content == answers[1].content
    (message,) = came()
    assert message.to == ["dev@example.com"]
    assert "dev@example.com" in words(client.get(link(message, "yours")))


def test_a_filter_that_is_not_understood_is_refused_in_words(client, roadmap):
    for answer in (client.get("/vat-mtd/subscribe/?api=nothing"), ask(client, "/vat-mtd/subscribe/?api=nothing", NOW)):
        assert answer.status_code == 400
        assert "nothing" in words(answer)
    assert not Subscriber.objects.exists()


def test_a_selection_that_has_become_meaningless_says_so(client, roadmap):
    one = subscribed(NOW, roadmap=roadmap, query="api=never-was")
    assert "there is nothing to tell you" in words(client.get(manage_path(one.subscriber.uid)))


def test_all_roadmaps_or_some_can_be_asked_for(client, roadmap):
    other = make.roadmap(title="Income Tax", slug="income-tax")
    make.item(other, title="Returns", live="June 2026")
    make.edition(other, at=NOW - datetime.timedelta(days=1))
    assert ask(client, "/subscribe/?roadmap=vat-mtd&stage=backlog", NOW).status_code == 200
    one = Subscription.objects.get()
    assert (one.roadmap, one.query) == (None, "roadmap=vat-mtd&stage=backlog")
    answer = client.post(link(came()[0], "confirm"), follow=True)
    assert '<h2 class="govuk-heading-m">VAT (MTD) roadmap</h2> <p class="govuk-body">Planned</p>' in words(answer)


def test_the_links_are_where_one_reads_and_not_where_no_mail_is_sent(client, roadmap, settings):
    paths = {
        "/vat-mtd/follow/": "/vat-mtd/subscribe/",
        "/vat-mtd/items/VAT-1/": "/vat-mtd/subscribe/?item=VAT-1",
        "/vat-mtd/apis/vat-api/": "/vat-mtd/subscribe/?api=vat-api",
        "/vat-mtd/items/?stage=backlog": "/vat-mtd/subscribe/?stage=backlog",
        "/items/?stage=backlog": "/subscribe/?stage=backlog",
    }
    for path, target in paths.items():
        assert f'href="{target}"' in words(client.get(path)), path
    settings.SENDS_EMAIL = False
    for path in paths:
        assert "subscribe/" not in words(client.get(path)), path
    assert client.get("/vat-mtd/subscribe/").status_code == 404


def test_changing_to_daily_tells_nothing_twice_and_loses_nothing(roadmap):
    from roadmap.subscriptions import acts

    one = subscribed(NOW - datetime.timedelta(days=1), roadmap=roadmap)
    acts.change(one, Often.DAILY, NOW)
    assert one.since == NOW - datetime.timedelta(minutes=10)
