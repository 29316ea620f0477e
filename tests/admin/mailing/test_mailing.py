"""What staff see of the emails that readers asked for: how many, and what the next one says. Addresses: one role."""

import json

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Letter, OutgoingMail, SecurityEvent, Subscriber
from roadmap.subscriptions.staff import erase
from tests import make
from tests.admin.press import press
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
    found = plain(client.post(ADDRESS, {"address": " DEV@example.com "}))
    assert "<strong>VAT (MTD) roadmap</strong>: Live, each time something changes</li>" in found
    assert "dev@example.com first asked for emails on" in found
    exported = json.loads(client.post(ADDRESS, {"address": "dev@example.com", "action": "export"}).content)
    assert exported["address"] == "dev@example.com"
    assert exported["subscriptions"][0]["selection"] == "stage=live"
    asked = client.post(ADDRESS, {"address": "dev@example.com", "action": "ask"})
    assert "cannot be undone" in plain(asked)
    assert Subscriber.objects.filter(pk=one.subscriber_id).exists()
    press(client, asked, "Yes, erase all of it")
    assert not Subscriber.objects.filter(pk=one.subscriber_id).exists()


def test_the_security_log_has_who_looked_and_no_address(client, roadmap, caplog):
    caplog.set_level("INFO", logger="roadmap.security")
    one = subscribed(timezone.now(), roadmap=roadmap)
    user = signed_in(client, username="kim")
    user.groups.add(Group.objects.get(name="Email addresses"))
    for typed in ({}, {"action": "export"}, {"action": "erase"}, {}):
        answer = client.post(ADDRESS, {"address": "dev@example.com", **typed})
        if not typed and answer.status_code == 200 and "Nobody" not in plain(answer):
            assert f"This is reader {one.subscriber_id} in the security log" in plain(answer)
    client.post(ADDRESS, {"address": ""})
    kept = SecurityEvent.objects.filter(kind="reader").order_by("pk")
    number = f"Reader {one.subscriber_id}"
    assert [*kept.values_list("who", "about", "words")] == [
        ("kim", number, "Looked up"),
        ("kim", number, "Exported"),
        ("kim", number, "Erased"),
        ("kim", "Nobody", "Looked up, and gets no emails"),
    ]
    assert "dev" not in caplog.text
    assert "dev" not in str([*SecurityEvent.objects.values()])


def test_the_number_of_whoever_was_erased_is_nobody_elses(roadmap):
    first = subscribed(timezone.now(), roadmap=roadmap).subscriber_id
    erase(Subscriber.objects.get())
    assert subscribed(timezone.now(), roadmap=roadmap).subscriber_id > first


def test_an_editor_sees_no_numbers(client, roadmap):
    user = signed_in(client, is_superuser=False)
    user.groups.add(Group.objects.get(name="Editors"))
    assert client.get(EMAILS).status_code == 403


def test_whoever_has_that_role_alone_finds_the_page_and_nothing_else(client, roadmap):
    user = signed_in(client, is_superuser=False)
    user.groups.add(Group.objects.get(name="Email addresses"))
    home = plain(client.get(reverse("admin:index")))
    assert f'href="{ADDRESS}"' in home
    assert f'href="{EMAILS}"' not in home
    assert "nothing here that you may see" not in home
    assert client.get(ADDRESS).status_code == 200
    assert client.get(EMAILS).status_code == 403


def test_an_auditor_sees_neither_numbers_nor_addresses(client, roadmap):
    user = signed_in(client, is_superuser=False)
    user.groups.add(Group.objects.get(name="Auditors"))
    assert client.get(EMAILS).status_code == client.post(ADDRESS, {"address": "dev@example.com"}).status_code == 403
    home = plain(client.get(reverse("admin:index")))
    assert ADDRESS not in home
    assert EMAILS not in home
