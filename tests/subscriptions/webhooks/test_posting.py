"""What is posted to a webhook, when, and how it ends: by the rounds that make the mails, to a program that is there."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from roadmap.models import Letter, Milestone, Webhook, WebhookPost
from roadmap.published.filters import Filters
from roadmap.publishing import Choices
from roadmap.subscriptions import rounds
from roadmap.subscriptions.sending import send_all
from roadmap.subscriptions.webhooks import acts
from roadmap.subscriptions.webhooks.network import Door
from roadmap.subscriptions.webhooks.posting import post_all
from tests import make
from tests.subscriptions.people import AN_HOUR, WAIT, subscribed
from tests.subscriptions.webhooks.receiver import door, is_signed, receiving

pytestmark = pytest.mark.django_db

BEGIN = make.at("2026-03-02", "09:00")
TOLD_AT = BEGIN + AN_HOUR + WAIT
A_DAY = datetime.timedelta(days=1)
State = WebhookPost.State


@pytest.fixture
def program():
    with receiving() as found:
        yield found


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    api, other = make.api(name="VAT API"), make.api(name="Losses API")
    make.item(made, title="Carry back of losses", live="June 2026", apis=((api, "1.0"),))
    make.item(made, title="Penalties", live="July 2026", apis=((other, "1.0"),))
    make.edition(made, at=BEGIN - 24 * AN_HOUR)
    return made


def hook(program, roadmap, query="", **options):
    made = acts.make(subscribed(BEGIN, roadmap=roadmap, query=query, **options), program.url, BEGIN)
    assert made
    return made


def slip(roadmap, at=BEGIN + AN_HOUR, title="Carry back of losses", when="September 2026"):
    Milestone.objects.filter(item__title=title, environment="live").update(when=when)
    make.edition(roadmap, at=at, now=at)


def posted(at, **options):
    rounds.notice(at)
    return post_all(door=options.pop("door", door()), now=lambda: at, **options)


def written(at):
    mail.outbox.clear()
    send_all(now=lambda: at)
    return [*mail.outbox]


def test_a_program_is_told_what_its_owner_is_in_the_same_words_and_signed(roadmap, program):
    webhook = hook(program, roadmap)
    slip(roadmap)
    assert posted(TOLD_AT) == 1
    ((headers, body),) = program.came
    told = json.loads(body)
    assert told["type"] == "roadmap.changed"
    assert told["data"]["summary"] == "VAT (MTD): Carry back of losses moves to September 2026"
    assert told["data"]["roadmap"]["url"] == "https://roadmaps.example/vat-mtd/"
    (thing,) = told["data"]["things"]
    assert (thing["kind"], thing["reference"]) == ("item", "VAT-1")
    assert thing["url"] == "https://roadmaps.example/vat-mtd/items/VAT-1/"
    (message,) = written(TOLD_AT)
    assert f"- {thing['sentences'][0]}" in message.body
    assert is_signed(webhook.secret, headers, body)
    assert headers["webhook-id"] == f"msg_{WebhookPost.objects.get().uid.hex}"
    assert headers["webhook-timestamp"] == str(int(TOLD_AT.timestamp()))
    assert "dev@example.com" not in f"{headers}{body.decode()}"
    assert posted(TOLD_AT + AN_HOUR) == 0


def test_it_is_what_the_documentation_shows_and_is_checked_by_following_that_alone(roadmap, program):
    page = (Path(__file__).parents[3] / "docs/how-to/webhooks.md").read_text()
    (example,), (code,) = re.findall(r"```json\n(.*?)```", page, re.S), re.findall(r"```python\n(.*?)```", page, re.S)
    webhook = hook(program, roadmap)
    Milestone.objects.filter(item__title="Carry back of losses", environment="live").update(when="September 2026")
    reasons = Choices(
        reasons={(str(roadmap.items.get(reference="VAT-1").uid), "milestone.live"): "Testing took longer."}
    )
    make.edition(roadmap, at=BEGIN + AN_HOUR, choices=reasons)
    posted(TOLD_AT)
    ((headers, body),) = program.came
    shown = (
        example.replace("roadmap.example.org", "roadmaps.example")
        .replace("12/", "2/")
        .replace("Edition 12", "Edition 2")
    )
    assert json.loads(body) == json.loads(shown.replace('"edition": 12', '"edition": 2'))
    names: dict[str, Any] = {}
    exec(code, names)
    is_from_roadmap, now = names["is_from_roadmap"], TOLD_AT.timestamp() + 9
    assert is_from_roadmap(webhook.secret, headers, body, now)
    assert not is_from_roadmap(webhook.secret, headers, body + b" ", now)
    assert not is_from_roadmap(webhook.secret, headers, body, now + 300)


def test_only_what_its_own_filter_has_is_posted_though_its_owner_has_others(roadmap, program):
    hook(program, roadmap, "api=losses-api")
    subscribed(BEGIN, roadmap=roadmap, query="api=vat-api")
    slip(roadmap)
    assert posted(TOLD_AT) == 0
    slip(roadmap, TOLD_AT, "Penalties")
    assert posted(TOLD_AT + WAIT) == 1
    assert "Penalties" in program.came[0][1].decode()


def test_a_filter_is_asked_once_for_all_mails_and_webhooks(roadmap, program, monkeypatch):
    for number in range(3):
        hook(program, roadmap, "api=vat-api", address=f"{number}@example.com")
    slip(roadmap)
    asked, tell = [], Filters.told
    monkeypatch.setattr(Filters, "told", lambda self, edition: asked.append(self) or tell(self, edition))
    rounds.notice(TOLD_AT)
    assert len(asked) == 1
    assert Letter.objects.count() == 1
    assert WebhookPost.objects.count() == 3


def test_what_fails_is_tried_again_ever_later_under_the_same_id(roadmap, program):
    hook(program, roadmap)
    slip(roadmap)
    program.status = 500
    assert posted(TOLD_AT) == 0
    one = WebhookPost.objects.get()
    assert (one.state, one.attempts, one.trouble) == (State.WAITING, 1, "it answered 500")
    minute = datetime.timedelta(minutes=1)
    assert minute <= one.due_at - TOLD_AT <= 1.25 * minute
    posted(one.due_at)
    second = WebhookPost.objects.get()
    assert 5 * minute <= second.due_at - one.due_at <= 1.25 * 5 * minute
    program.status = 204
    assert posted(second.due_at) == 1
    assert len({headers["webhook-id"] for headers, _ in program.came}) == 1
    assert len({body for _, body in program.came}) == 1
    assert Webhook.objects.get().failing_since is None


def test_one_that_asks_for_time_is_given_it(roadmap, program):
    hook(program, roadmap)
    slip(roadmap)
    program.status, program.headers = 429, {"Retry-After": "3600"}
    posted(TOLD_AT)
    assert WebhookPost.objects.get().due_at == TOLD_AT + AN_HOUR


def test_one_that_says_that_it_is_gone_ends_and_its_owner_is_told(roadmap, program):
    hook(program, roadmap)
    slip(roadmap)
    program.status = 410
    rounds.notice(TOLD_AT)
    written(TOLD_AT)
    posted(TOLD_AT)
    assert Webhook.objects.get().ended_at == TOLD_AT
    (message,) = written(TOLD_AT)
    assert message.subject == "Your webhook has stopped: program.example"
    assert "it answered 410, which says that it is gone for good." in message.body
    assert "/emails/yours/" in message.body
    slip(roadmap, TOLD_AT, when="October 2026")
    posted(TOLD_AT + AN_HOUR)
    assert len(program.came) == 1
    assert written(TOLD_AT + AN_HOUR)  # of the slip: emails go on


def test_one_that_has_failed_for_five_days_ends_and_its_owner_is_told_once(roadmap, program):
    hook(program, roadmap)
    program.status = 503
    for day in range(7):
        slip(roadmap, BEGIN + AN_HOUR + day * A_DAY, when=f"{day + 1} October 2026")
        posted(TOLD_AT + day * A_DAY)
        assert (Webhook.objects.get().ended_at is None) == (day < 5)
    assert not WebhookPost.objects.filter(state=State.WAITING).exists()
    subjects = [message.subject for message in written(TOLD_AT + 7 * A_DAY)]
    assert subjects.count("Your webhook has stopped: program.example") == 1


def test_one_that_leads_inside_is_never_reached_and_counts_as_failed(roadmap, program):
    hook(program, roadmap)
    slip(roadmap)
    assert posted(TOLD_AT, door=Door(look_up=lambda host, port: ["127.0.0.1"])) == 0
    assert program.came == []
    assert "not on the public internet" in WebhookPost.objects.get().trouble


def test_what_is_paused_or_ended_before_it_is_posted_is_not(roadmap, program):
    webhook = hook(program, roadmap)
    slip(roadmap)
    rounds.notice(TOLD_AT)
    webhook.subscription.paused_at = TOLD_AT
    webhook.subscription.save()
    assert posted(TOLD_AT) == 0
    assert not WebhookPost.objects.exists()
    acts.test(webhook, TOLD_AT)
    webhook.subscription.delete()
    assert posted(TOLD_AT) == 0
    assert program.came == []
