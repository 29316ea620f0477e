"""An address that takes no mail is ended, by what whoever carries ours says of it, and by nobody else."""

import json

import pytest

from roadmap.models import OutgoingMail, Subscriber, Subscription
from roadmap.subscriptions.sending import send_all
from tests import make
from tests.cases import each_case
from tests.subscriptions.test_sending import waiting

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
TOKEN = "a-token-that-only-notify-knows"


@pytest.fixture
def mails(settings):
    settings.NOTIFY_RECEIPT_TOKEN = TOKEN
    waiting(2)
    assert send_all(now=lambda: NOW).sent == 2
    return [*OutgoingMail.objects.order_by("pk")]


def receipt(client, reference, status="permanent-failure", token=TOKEN):
    """As Notify posts it."""
    told = {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": reference,
        "to": "1@example.com",
        "status": status,
        "created_at": "2026-03-02T09:00:00.000000Z",
        "completed_at": "2026-03-02T09:01:00.000000Z",
        "sent_at": "2026-03-02T09:00:30.000000Z",
        "notification_type": "email",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "template_version": 1,
    }
    return post(client, json.dumps(told), token)


def post(client, body, token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/emails/receipts/", body, content_type="application/json", headers=headers)


def test_an_address_that_takes_no_mail_is_forgotten_and_no_other(client, mails):
    """Of whoever the mail went to: what address the receipt names is not believed."""
    assert receipt(client, mails[0].uid.hex).status_code == 204
    assert [one.address for one in Subscriber.objects.all()] == ["1@example.com"]
    assert Subscription.objects.count() == 1
    gone = OutgoingMail.objects.get(pk=mails[0].pk)
    assert gone.subscriber is None
    assert gone.trouble == "the address takes no mail, and has been ended"
    assert receipt(client, mails[0].uid.hex).status_code == 204  # it is told twice


@each_case("status", ["delivered", "temporary-failure", "technical-failure", ""])
def test_what_is_not_for_good_ends_nobody(client, mails, status):
    assert receipt(client, mails[0].uid.hex, status).status_code == 204
    assert Subscriber.objects.count() == 2


@each_case("reference", [None, "", "nobody", "00000000000000000000000000000000", 7, ["x"]])
def test_a_mail_that_we_do_not_know_ends_nobody(client, mails, reference):
    assert receipt(client, reference).status_code == 204
    assert Subscriber.objects.count() == 2


@each_case("token", ["", "wrong", "é"])
def test_without_the_token_nobody_is_believed(client, mails, settings, token):
    assert receipt(client, mails[0].uid.hex, token=token).status_code == 403
    settings.NOTIFY_RECEIPT_TOKEN = ""
    assert receipt(client, mails[0].uid.hex, token=token).status_code == 403
    assert Subscriber.objects.count() == 2


@each_case("body", ["", "{", "[]", "null", '"x"', "{}", "[" * 100_000, "\xff"])
def test_what_is_no_receipt_is_refused_in_a_line(client, mails, body):
    assert post(client, body).status_code == 400
