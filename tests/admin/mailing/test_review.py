"""How many people the review says will be told: those who are, once it is published so."""

import datetime

import pytest
from django.urls import reverse

from roadmap.admin.mailing.review import in_words
from roadmap.models import OutgoingMail, Webhook, WebhookPost
from roadmap.subscriptions import reach, rounds
from roadmap.subscriptions.reach import Reach
from tests import make
from tests.admin.press import press
from tests.cases import each_case
from tests.subscriptions.people import subscribed

pytestmark = pytest.mark.django_db

EARLIER, TUESDAY = make.at("2026-03-02"), make.at("2026-03-24")
EIGHT_DAYS = datetime.timedelta(days=8)


@pytest.fixture
def roadmap(client, monkeypatch):
    """Three items with a date that has moved, and nobody who has heard of it."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: TUESDAY)
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    vat, losses = make.api(name="VAT"), make.api(name="Losses")
    make.item(made, title="Penalties", live="June 2026", apis=((vat, "1.0"),))
    make.item(made, title="Carry back", live="June 2026", apis=((losses, "1.0"),))
    make.item(made, title="Interest", live="June 2026", kind="guide")
    make.edition(made, at=EARLIER)
    for item in made.items.all():
        item.milestones.update(when="September 2026")
    return made


@pytest.fixture
def people(roadmap):
    """Six who follow it, two of them twice; a seventh has paused, an eighth follows another."""

    def follow(name, query, how_often="edition", of=roadmap, **more):
        one = subscribed(EARLIER, roadmap=of, query=query, how_often=how_often, address=f"{name}@example.com")
        for field, value in more.items():
            setattr(one, field, value)
        one.save()
        return one

    first = follow("a", "api=vat")
    follow("a", "api=losses", "daily")
    second = follow("b", "api=losses")
    follow("c", "api=losses", "weekly")
    follow("c", "kind=guide", "daily")
    follow("d", "", "daily")
    follow("e", "stage=live")  # nothing is
    follow("f", "roadmap=vat-mtd&kind=guide", of=None)
    follow("g", "", paused_at=EARLIER)
    follow("h", "roadmap=other", of=None)
    Webhook.objects.create(subscription=first, url="https://a.example/", secret="s", created_at=EARLIER)
    Webhook.objects.create(
        subscription=second, url="https://b.example/", secret="s", created_at=EARLIER, ended_at=EARLIER
    )


def review(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def plain(response):
    return " ".join(response.content.decode().split())


def told():
    """How many people were told at once, how many later and not at once, and how many programs."""
    rounds.notice(TUESDAY + EIGHT_DAYS)
    mails = [*OutgoingMail.objects.values_list("subscriber", "letter__kind")]
    at_once = {person for person, kind in mails if kind == "edition"}
    posts = WebhookPost.objects.values("webhook").distinct().count()
    return len(at_once), len({person for person, _ in mails} - at_once), posts


@each_case(
    ("left_out", "minor", "said", "numbers"),
    [
        (
            [],
            [],
            "3 people will get an email about this edition 10 minutes after readers see it, 2 more in their daily or "
            "weekly one. 1 program is told too.",
            (3, 2, 1),
        ),
        (
            ["Penalties"],
            [],
            "2 people will get an email about this edition 10 minutes after readers see it, 3 more in their daily",
            (2, 3, 0),
        ),
        (["Penalties", "Interest"], ["Carry back"], "6 people who follow this roadmap by email, none", (0, 0, 0)),
        (
            ["Penalties"],
            ["Carry back"],
            "1 person will get an email about this edition 10 minutes after readers see it, 2 more in their",
            (1, 2, 0),
        ),
    ],
)
def test_it_counts_those_who_are_told_then(client, roadmap, people, left_out, minor, said, numbers):
    uids = {item.title: str(item.uid) for item in roadmap.items.all()}
    page = press(
        client,
        review(client, roadmap),
        "Update this page",
        untick=[("publish", uids[title]) for title in left_out],
        tick=[("minor", uids[title]) for title in minor],
        announce=None,
    )
    assert said in plain(page)
    assert f"Published edition 2 of {roadmap}" in plain(press(client, page, "Publish", announce=None))
    assert told() == numbers


def test_a_changelog_entry_by_itself_is_told_to_those_who_follow_everything(client, roadmap, people):
    uids = [("minor", str(item.uid)) for item in roadmap.items.all()]
    typed = {"announce": "on", "entry_title": "Testing", "entry_when": "24 March 2026", "entry_body": "Words."}
    page = press(client, review(client, roadmap), "Update this page", tick=uids, **typed)
    assert "1 person will read of this edition in their daily or weekly email." in plain(page)
    press(client, page, "Publish")
    assert told() == (0, 1, 0)


def test_it_counts_for_the_time_that_is_chosen(client, roadmap, people):
    make.edition(roadmap, at=TUESDAY + datetime.timedelta(days=1), now=TUESDAY)
    roadmap.items.get(title="Interest").milestones.update(when="October 2026")
    later = {"timing": "later", "day": "2026-03-26", "time": "09:00"}
    page = press(client, review(client, roadmap), "Update this page", **later)
    assert "1 person will get an email about this edition" in plain(page)
    assert "2 more in their daily or weekly one" in plain(page)


def test_each_selection_is_asked_once_and_nobody_is_asked_for_by_name(roadmap, monkeypatch, django_assert_num_queries):
    for number in range(30):
        query = f"api={'vat' if number % 2 else 'losses'}"
        subscribed(EARLIER, roadmap=roadmap, query=query, address=f"{number}@example.com")
    make.edition(roadmap, at=TUESDAY)
    published = rounds.store.newest("vat-mtd", TUESDAY)
    asked = []
    read = reach.selection.read
    monkeypatch.setattr(reach.selection, "read", lambda query, *rest: asked.append(query) or read(query, *rest))
    rounds.store.history_of(published)
    with django_assert_num_queries(1):
        found = reach.reach_of(roadmap.pk, "vat-mtd", lambda: published)
    assert found == Reach(followers=30, at_once=30, later=0, programs=0)
    assert sorted(asked) == ["api=losses", "api=vat"]


def test_nobody_and_no_email(client, roadmap, settings):
    assert "Nobody follows this roadmap by email yet." in plain(review(client, roadmap))
    settings.SENDS_EMAIL = False
    assert "by email" not in plain(review(client, roadmap))


@each_case(
    ("reach", "wait", "said"),
    [
        (Reach(1), 10, "1 person follows this roadmap by email, and asked for nothing that this edition tells."),
        (Reach(1500, 1200), 0, "1,200 people will get an email about this edition as soon as readers see it."),
        (Reach(3, 1), 1, "1 person will get an email about this edition 1 minute after readers see it."),
        (Reach(3, 0, 3), 10, "3 people will read of this edition in their daily or weekly email."),
        (
            Reach(3, 1, 0, 2),
            0,
            "1 person will get an email about this edition as soon as readers see it. 2 programs are told too.",
        ),
    ],
)
def test_in_words(reach, wait, said):
    assert in_words(reach, wait) == said
