"""The page of a webhook: who makes one, what its secret is, and what is said of an address that cannot be."""

import datetime
import json

import pytest

from roadmap.models import Webhook, WebhookPost
from roadmap.published import store
from roadmap.subscriptions import staff
from roadmap.subscriptions.links import manage_path
from roadmap.subscriptions.webhooks import network
from roadmap.subscriptions.webhooks.posting import post_all
from tests import make
from tests.cases import each_case
from tests.subscriptions.people import subscribed
from tests.subscriptions.webhooks.receiver import door, is_signed, receiving

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
PUBLIC = "93.184.215.14"


@pytest.fixture
def subscription(monkeypatch):
    monkeypatch.setattr(store, "now", lambda: NOW)
    monkeypatch.setattr(network, "OUT", network.Door(look_up=lambda host, port: [PUBLIC]))
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    make.item(made, title="Losses", live="June 2026")
    make.edition(made, at=NOW - datetime.timedelta(days=1))
    return subscribed(NOW, roadmap=made)


def path(subscription):
    return f"{manage_path(subscription.subscriber.uid)}webhook/{subscription.pk}/"


def words(answer):
    return " ".join(answer.content.decode().split())


def test_one_makes_a_webhook_sees_its_secret_once_tries_it_and_takes_it_away(client, subscription):
    manage = client.get(manage_path(subscription.subscriber.uid))
    assert f'href="{path(subscription)}"' in words(manage)
    here = path(subscription)
    assert "Address of your program" in words(client.get(here))
    with receiving() as program:
        made = client.post(here, {"act": "make", "url": "https://program.example/roadmap"})
        webhook = Webhook.objects.get()
        assert webhook.secret in words(made)
        assert "no-store" in made["Cache-Control"]
        assert webhook.secret not in words(client.get(here))
        assert "We post a test" in words(client.post(here, {"act": "test"}, follow=True))
        Webhook.objects.update(url=program.url)
        assert post_all(door=door(), now=lambda: NOW) == 1
        ((headers, body),) = program.came
        assert is_signed(webhook.secret, headers, body)
        assert json.loads(body)["type"] == "roadmap.test"
    assert "came through" in words(client.get(here))
    assert "has been taken away" in words(client.post(here, {"act": "end"}, follow=True))
    assert not Webhook.objects.exists()


def test_there_is_one_of_a_subscription_and_its_address_is_told_to_whoever_asks_what_is_held(client, subscription):
    for name in "ab":
        client.post(path(subscription), {"act": "make", "url": f"https://{name}.example/"})
    assert Webhook.objects.get().url == "https://a.example/"
    assert "https://a.example/" in json.dumps(staff.all_about(subscription.subscriber))


@each_case(
    ("typed", "said"),
    [
        ("", "Enter the address of your program"),
        ("http//program", "Enter a whole address that begins with https://"),
        ("https://u:p@program.example/", "no name or password"),
        ('https://program.example/"><script>', "Enter a whole address"),
        # The same for each: who asks finds out nothing about names inside.
        *((f"https://{name}/", network.NO_WAY) for name in ("127.0.0.1", "inside.example", "nobody.example")),
    ],
)
def test_an_address_that_cannot_be_is_said_at_its_field_and_kept(client, subscription, monkeypatch, typed, said):
    def look_up(host, port):
        if host == "nobody.example":
            raise OSError("none")
        return ["10.0.0.1", PUBLIC] if host != "program.example" else [PUBLIC]

    monkeypatch.setattr(network, "OUT", network.Door(look_up=look_up))
    answer = client.post(path(subscription), {"act": "make", "url": typed})
    assert answer.status_code == 400
    assert said in words(answer)
    assert 'href="#url"' in words(answer)
    assert "<script>" not in words(answer)
    assert not Webhook.objects.exists()


def test_nobody_makes_one_by_another_persons_link(client, subscription):
    other = subscribed(NOW, address="other@example.com")
    there = f"{manage_path(other.subscriber.uid)}webhook/{subscription.pk}/"
    assert client.get(there).status_code == 404
    assert client.post(there, {"act": "make", "url": "https://a.example/"}).status_code == 404
    subscription.confirmed_at = subscription.since = None
    subscription.save()
    assert client.post(path(subscription), {"act": "make", "url": "https://a.example/"}).status_code == 404


def test_nobody_has_us_knock_again_and_again(client, subscription):
    client.post(path(subscription), {"act": "make", "url": "https://a.example/"})
    for _ in range(12):
        answer = client.post(path(subscription), {"act": "test"}, follow=True)
    assert WebhookPost.objects.count() == 10
    assert "ten tests in the last hour" in words(answer)


def test_nor_by_making_one_anew_nor_look_where_names_lead(client, subscription, monkeypatch):
    """The tests of one that was taken away are forgotten with it."""
    asked = []
    monkeypatch.setattr(network, "OUT", network.Door(look_up=lambda host, port: asked.append(host) or [PUBLIC]))
    for number in range(12):
        client.post(path(subscription), {"act": "make", "url": f"https://{number}.example/"})
        answer = client.post(path(subscription), {"act": "end"})
    assert len(asked) == 10
    answer = client.post(path(subscription), {"act": "make", "url": "https://a.example/"})
    assert answer.status_code == 400
    assert "You have tried ten addresses in the last hour. Try again later" in words(answer)
    assert 'value="https://a.example/"' in words(answer)
    monkeypatch.setattr(store, "now", lambda: NOW + datetime.timedelta(hours=1, seconds=1))
    assert client.post(path(subscription), {"act": "make", "url": "https://a.example/"}).status_code == 200
    assert len(asked) == 11
