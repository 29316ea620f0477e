"""What staff see of the emails that readers asked for: how many, and what the next one says. Addresses: one role."""

import json

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Edition, Letter, OutgoingMail, SecurityEvent, Subscriber
from roadmap.subscriptions.staff import number_of_followers
from tests import make
from tests.admin.press import press
from tests.smtp import text
from tests.subscriptions.people import subscribed

pytestmark = pytest.mark.django_db

EMAILS, ADDRESS = reverse("admin:roadmap_roadmap_emails"), reverse("admin:roadmap_roadmap_address")


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", asks_reasons=True)
    item = make.item(made, title="Losses", live="June 2026")
    make.edition(made, at=make.at("2026-03-02"))
    item.milestones.update(when="September 2026")
    return made


def signed_in(client, **fields):
    user = make.user(email="pat@example.gov.uk", **fields)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def plain(response):
    return " ".join(response.content.decode().split())


def review(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def test_the_review_says_how_many_people_follow_by_one_question(client, roadmap, django_assert_num_queries, settings):
    signed_in(client)
    at = timezone.now()
    assert "Nobody follows this roadmap by email yet" in plain(review(client, roadmap))
    other = make.roadmap(slug="other")
    subscribed(at, roadmap=roadmap, query="api=vat")
    subscribed(at, query="stage=live")  # the same person
    subscribed(at, query="roadmap=vat-mtd&stage=live", how_often="daily", address="b@example.com")
    subscribed(at, query="roadmap=other", address="c@example.com")
    subscribed(at, roadmap=other, address="d@example.com")
    with django_assert_num_queries(1):
        assert number_of_followers(roadmap.pk, "vat-mtd") == {"people": 2, "at_once": 1}
    said = plain(review(client, roadmap))
    assert "2 people follow this roadmap by email" in said
    assert "told 10 minutes after readers see it, 1 of them then and the others once a day or a week" in said
    settings.SENDS_EMAIL = False
    assert "by email" not in plain(review(client, roadmap))


def test_a_publisher_sends_a_test_of_the_coming_mail_to_themselves_and_nothing_is_published(
    client, roadmap, smtp, settings
):
    smtp.use(settings)
    signed_in(client)
    reason = f"reason:{roadmap.items.get().uid}:milestone.live"
    before = Edition.objects.count()
    answer = press(client, review(client, roadmap), "Send me a test of the email", **{reason: "A fault.", "note": "N."})
    assert "A test of the email is on its way to pat@example.gov.uk" in plain(answer)
    assert "A fault." in plain(answer)  # what was typed stays
    (message,) = smtp.messages
    assert message["Subject"] == "Test: VAT (MTD): Losses moves to September 2026"
    assert message["To"] == "pat@example.gov.uk"
    assert "- Live moved from June 2026 to September 2026. Reason: A fault." in text(message)
    assert Edition.objects.count() == before
    assert not Letter.objects.exists()


def test_a_test_of_what_would_be_refused_says_why(client, roadmap, smtp, settings):
    smtp.use(settings)
    signed_in(client)
    answer = press(client, review(client, roadmap), "Send me a test of the email")
    assert "There is a problem" in plain(answer) or "reason" in plain(answer).lower()
    assert smtp.messages == []


def test_numbers_name_nobody(client, roadmap):
    signed_in(client)
    at = timezone.now()
    one = subscribed(at, roadmap=roadmap)
    letter = Letter.objects.create(roadmap=roadmap, kind="edition", subject="S", text="", html="", made_at=at)
    mail = {"subscriber": one.subscriber, "letter": letter, "made_at": at, "due_at": at}
    OutgoingMail.objects.create(period="1", state="sent", sent_at=at, **mail)
    OutgoingMail.objects.create(period="2", state="given up", trouble="550 no such mailbox", **mail)
    said = plain(client.get(EMAILS))
    assert "550 no such mailbox" in said
    assert "<td>2</td><td>1</td>" in said  # made, and sent
    assert "dev@example.com" not in said
    client.post(EMAILS)
    assert OutgoingMail.objects.get(period="2").state == "waiting"


def test_what_a_provider_says_of_an_address_is_kept_without_it(roadmap):
    from roadmap.subscriptions import outbox

    at = timezone.now()
    one = subscribed(at, roadmap=roadmap)
    letter = Letter.objects.create(kind="edition", subject="S", text="", html="", made_at=at)
    OutgoingMail.objects.create(subscriber=one.subscriber, letter=letter, period="1", made_at=at, due_at=at)
    loan = outbox.borrow(at, provider="email", rate=0)
    outbox.note_failed(loan.mails[0], loan, "550 <dev@example.com>: unknown", at)
    assert OutgoingMail.objects.get().trouble == "550 <(an address)>: unknown"


def test_an_address_is_looked_up_exported_and_erased_by_the_role_alone(client, roadmap):
    one = subscribed(timezone.now(), roadmap=roadmap, query="stage=live")
    user = signed_in(client)  # an administrator, and even so
    assert client.post(ADDRESS, {"address": "dev@example.com"}).status_code == 403
    assert "look one up" not in plain(client.get(EMAILS))
    user.groups.add(Group.objects.get(name="Email addresses"))
    assert "look one up" in plain(client.get(EMAILS))
    assert "Nobody gets emails at that address" in plain(client.post(ADDRESS, {"address": "x@example.com"}))
    assert "vat-mtd, stage=live" in plain(client.post(ADDRESS, {"address": " DEV@example.com "}))
    exported = json.loads(client.post(ADDRESS, {"address": "dev@example.com", "action": "export"}).content)
    assert exported["address"] == "dev@example.com"
    assert exported["subscriptions"][0]["selection"] == "stage=live"
    client.post(ADDRESS, {"address": "dev@example.com", "action": "erase"})
    assert not Subscriber.objects.filter(pk=one.subscriber_id).exists()
    told = [event.words for event in SecurityEvent.objects.filter(person=user).order_by("pk")]
    assert told[-3:] == [
        "What is held about one reader was looked up, by their address",
        "What is held about one reader, by their address",
        "All that was held about one reader is erased",
    ]
    assert "dev@example.com" not in str([*SecurityEvent.objects.values_list()])


def test_an_editor_sees_no_numbers(client, roadmap):
    user = signed_in(client, is_superuser=False)
    user.groups.add(Group.objects.get(name="Editors"))
    assert client.get(EMAILS).status_code == 403
