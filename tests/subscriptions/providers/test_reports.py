"""An address that takes no mail is ended by what Postmark or Mailgun says of it, and by nobody who only says so."""

import base64
import hashlib
import hmac
import json

import pytest

from roadmap.models import OutgoingMail, Subscriber
from roadmap.subscriptions.sending import send_all
from tests import make
from tests.cases import each_case
from tests.subscriptions.providers.mail_apis import SECRETS, carrying, set_up
from tests.subscriptions.test_sending import waiting

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
ADDRESS = "/emails/reports/"


class Teller:
    """Tells as the provider does of the first of two mails, with what it was given with it."""

    def __init__(self, client, provider, mails):
        self._client, self.provider, self.mails = client, provider, mails

    def bounced(self, **more):
        mail = self.mails[0].uid.hex
        return postmark_bounce(mail, **more) if self.provider == "postmark" else mailgun_failure(mail, **more)

    def complained(self):
        mail = self.mails[0].uid.hex
        if self.provider == "postmark":
            return {**postmark_bounce(mail), "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001}
        return mailgun_event(mail, event="complained")

    def tell(self, event, secret=None):
        secret = SECRETS[self.provider] if secret is None else secret
        headers = {}
        if self.provider == "postmark":
            headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        else:
            event = signed(event, secret)
        return self._client.post(ADDRESS, json.dumps(event), content_type="application/json", headers=headers)


def postmark_bounce(mail, **more):
    """https://postmarkapp.com/developer/webhooks/bounce-webhook"""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"mail": mail},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "1@example.com",  # which is not whom it went to
        "From": "roadmap@example.org",
        "BouncedAt": "2026-03-02T09:01:00Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "VAT (MTD)",
        **more,
    }


def mailgun_event(mail, **more):
    """https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks/"""
    return {
        "event-data": {
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": 1521233195.375624,
            "log-level": "error",
            "recipient": "1@example.com",  # which is not whom it went to
            "message": {"headers": {"to": "1@example.com", "message-id": "20130503192659.13651.20287@mg.example.org"}},
            "user-variables": {"mail": mail},
            "tags": [],
            **more,
        }
    }


def mailgun_failure(mail, severity="permanent", reason="suppress-bounce"):
    status = {"code": 605, "message": "", "description": "Not delivering to previously bounced address"}
    return mailgun_event(mail, event="failed", severity=severity, reason=reason, **{"delivery-status": status})


def signed(event, key):
    token, timestamp = "50c1d7f5e8b4", "1521233195"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {**event, "signature": {"timestamp": timestamp, "token": token, "signature": signature}}


@pytest.fixture(params=["postmark", "mailgun"])
def teller(request, client, settings):
    with carrying(request.param, settings) as office:
        waiting(2)
        assert send_all(now=lambda: NOW).sent == 2
    mails = [*OutgoingMail.objects.order_by("pk")]
    assert office.sent[0]["Metadata"] == {"mail": mails[0].uid.hex}  # which is what comes back
    return Teller(client, request.param, mails)


def addresses():
    return [one.address for one in Subscriber.objects.order_by("address")]


def test_an_address_that_takes_no_mail_is_forgotten_and_no_other(teller):
    """Of whoever the mail went to: what address the report names is not believed."""
    assert teller.tell(teller.bounced()).status_code == 200
    assert addresses() == ["1@example.com"]
    gone = OutgoingMail.objects.get(pk=teller.mails[0].pk)
    assert (gone.subscriber, gone.trouble) == (None, "the address takes no mail, and has been ended")
    assert teller.tell(teller.bounced()).status_code == 200  # it is told twice
    assert addresses() == ["1@example.com"]


def test_who_complains_of_it_as_spam_is_forgotten(teller):
    assert teller.tell(teller.complained()).status_code == 200
    assert addresses() == ["1@example.com"]


SOFT = {
    "postmark": [
        {"Type": "SoftBounce", "TypeCode": 4096},
        {"Type": "Transient", "TypeCode": 2},
        {"Type": "SpamNotification", "TypeCode": 512},
        {"Type": "Blocked", "TypeCode": 100006},
        {"RecordType": "Delivery", "Type": None},
        {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
        {"RecordType": "Strange"},
    ],
    "mailgun": [
        {"severity": "temporary", "reason": "generic"},
        {"severity": "permanent", "reason": "generic"},
        {"severity": "permanent", "reason": "espblock"},
    ],
}


def test_what_is_not_for_good_or_not_of_the_address_ends_nobody(teller):
    for more in SOFT[teller.provider]:
        assert teller.tell(teller.bounced(**more)).status_code == 200, more
        assert len(addresses()) == 2, more


def test_a_forged_report_ends_nobody(teller, client):
    for secret in ("", "wrong", "roadmap:wrong", "é"):
        for event in (teller.bounced(), teller.complained()):
            assert teller.tell(event, secret).status_code == 403
    unsigned = client.post(ADDRESS, json.dumps(teller.bounced()), content_type="application/json")
    assert unsigned.status_code == 403
    assert len(addresses()) == 2


@each_case("mail", [None, "", "nobody", "0" * 32, 7, ["x"], {"a": 1}])
def test_a_mail_that_we_do_not_know_ends_nobody(client, settings, mail):
    set_up("postmark", settings)
    waiting()
    event = postmark_bounce(mail)
    for one in (event, {**event, "Metadata": None}, {**event, "Metadata": [mail]}, {**event, "Metadata": {}}):
        assert Teller(client, "postmark", []).tell(one).status_code in (200, 400)
    assert addresses() == ["0@example.com"]


@each_case("body", ["", "{", "[]", "null", '"x"', "[" * 100_000, "\xff", '{"RecordType": ["Bounce"]}'])
def test_what_is_no_report_is_refused_in_a_line(client, settings, body):
    set_up("postmark", settings)
    headers = {"Authorization": f"Basic {base64.b64encode(SECRETS['postmark'].encode()).decode()}"}
    answer = client.post(ADDRESS, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.content) == (400, b"It is no report of postmark.")
    set_up("mailgun", settings)
    assert client.post(ADDRESS, body, content_type="application/json").status_code in (400, 403)


def test_only_a_post_tells(client, settings):
    set_up("mailgun", settings)
    assert client.get(ADDRESS).status_code == 405
    assert client.put(ADDRESS).status_code == 405


def test_where_nothing_is_set_there_is_no_such_address(teller, settings):
    settings.ANYMAIL_REPORTS = False
    assert teller.tell(teller.bounced()).status_code == 404
    settings.ANYMAIL_PROVIDER, settings.ANYMAIL = "", {}
    assert teller.tell(teller.bounced()).status_code == 404
    assert len(addresses()) == 2
