"""Being told by email, in a real browser and with a real mail server: from the form to the last mail."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import live
from tests.browser.barriers import OF_COLOURS, barriers
from tests.browser.page_kinds import LOOKS
from tests.smtp import text

pytestmark = pytest.mark.browser

BEGIN = """
import datetime
from django.utils import timezone
from tests import make
roadmap = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
api, other = make.api(name="VAT API"), make.api(name="Losses API")
make.item(roadmap, title="Carry back of losses", live="June 2026", test="March 2026", apis=((api, "1.0"),))
make.item(roadmap, title="Penalties", live="July 2026", apis=((api, "1.0"),))
make.item(roadmap, title="Interest on repayments", live="July 2026", apis=((api, "1.0"),))
make.item(roadmap, title="Not asked for", live="July 2026", apis=((other, "1.0"),))
make.edition(roadmap, at=timezone.now() - datetime.timedelta(hours=9))
"""
# Six editions, each long enough ago to be told by now: as if it had been confirmed eight hours ago.
SIX = """
import datetime
from django.utils import timezone
from roadmap.models import Item, Milestone, Roadmap, Subscription
from roadmap.publishing.publish import Choices
from roadmap.publishing.undo import undo
from tests import make
now = timezone.now()
def ago(minutes):
    return now - datetime.timedelta(minutes=minutes)
roadmap = Roadmap.objects.get()
Subscription.objects.update(confirmed_at=ago(480), since=ago(480))
def moved(title, when):
    Milestone.objects.filter(item__title=title, environment="live").update(when=when)
def publish(minutes, **options):
    return make.edition(roadmap, at=ago(minutes), now=ago(minutes), **options)
moved("Carry back of losses", "September 2026")
moved("Not asked for", "October 2026")
publish(400, choices=Choices(reason_for_all="Testing took longer."))  # a slip
Milestone.objects.filter(item__title="Carry back of losses", environment="test").update(is_deployed=True)
publish(350)  # a deployment
Item.objects.filter(title="Penalties").update(title="Penaltys")
publish(300)  # a typo
Item.objects.filter(title="Interest on repayments").delete()
publish(250)  # a withdrawal
moved("Carry back of losses", "December 2026")
undo(publish(200), by=None, now=ago(195))  # undone within the wait
moved("Carry back of losses", "October 2026")
make.edition(roadmap, at=ago(60), now=ago(150))  # scheduled, and live since
"""

LATER = """
import datetime
from django.utils import timezone
from roadmap.models import Milestone, Roadmap
from tests import make
at = timezone.now() - datetime.timedelta(minutes=30)
Milestone.objects.update(when="May 2027")
make.edition(Roadmap.objects.get(), at=at, now=at)
"""


@pytest.fixture
def site(_prepared_site, tmp_path, smtp):
    prepared, password = _prepared_site
    with live.serving(prepared, tmp_path, password, EMAIL_URL=smtp.url, EMAIL_FROM="roadmaps@example.org") as running:
        running.manage("shell", "--no-imports", "--command", BEGIN)
        yield running


def link(message, part):
    return re.search(rf"https?://\S+?/emails/{part}/[^\s>]+", f"{text(message)} {message['List-Unsubscribe']}")[0]


def test_from_the_form_to_the_last_mail(site, page: Page, smtp):
    page.goto(f"{site.url}/vat-mtd/items/?api=vat-api")
    page.get_by_role("link", name="Get emails about these").click()
    expect(page.get_by_text("VAT API")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your email address")
    page.get_by_label("Email address").press_sequentially("dev@example.org", delay=180)  # as a person types
    page.get_by_label("Each time something changes").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert page.context.cookies() == []

    site.manage("send_mail")
    (confirmation,) = smtp.messages
    page.goto(link(confirmation, "confirm"))
    page.get_by_role("button", name="Get these emails").click()
    expect(page.get_by_role("status")).to_have_text("You will get these emails from now on.")

    site.manage("shell", "--no-imports", "--command", SIX)
    site.manage("send_mail")
    site.manage("send_mail")  # nothing more
    mails = smtp.messages[1:]
    assert [mail["Subject"] for mail in mails] == [
        "VAT (MTD): Carry back of losses moves to September 2026",
        "VAT (MTD): Carry back of losses is now in sandbox",
        "VAT (MTD): Interest on repayments is withdrawn",
        "VAT (MTD): Carry back of losses moves to October 2026",
    ]
    assert "- Live moved from June 2026 to September 2026. Reason: Testing took longer." in text(mails[0])
    assert "Not asked for" not in "".join(map(text, mails))
    assert len({mail["References"] for mail in mails}) == 1
    assert len({mail["Message-ID"] for mail in mails}) == 4
    assert {mail["To"] for mail in mails} == {"dev@example.org"}

    # The links lead to what they are about; the item's page says that it was withdrawn.
    page.goto(re.search(r"http\S+/items/VAT-3/", text(mails[2]))[0])
    expect(page.get_by_text("withdrawn").first).to_be_visible()

    # One press in a mail program, without a page.
    leave = re.search(r"<(\S+)>", mails[3]["List-Unsubscribe"])[1]
    answer = page.request.post(leave, form={"List-Unsubscribe": "One-Click"})
    assert answer.ok
    page.goto(link(mails[3], "yours"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    site.manage("shell", "--no-imports", "--command", LATER)
    site.manage("send_mail")
    assert len(smtp.messages) == 5


# One of each kind that a page of one's own can hold: chosen by many words, everything, of all, of what is no more.
OF_ONE = """
import datetime
from django.utils import timezone
from roadmap.models import Letter, Roadmap, Subscription, Webhook, WebhookPost
from roadmap.subscriptions.links import confirm_path, leave_path, manage_path
from tests import make
from tests.subscriptions.people import subscribed
now = timezone.now()
ago = lambda days: now - datetime.timedelta(days=days)
roadmap = Roadmap.objects.get()
many = "stage=test&stage=live&api=vat-api&api=losses-api&from=2026-01-01&moved=later&q=" + "obligations" * 12
name = "somebody.with.a.long.name@example.org"
one, two, three, four = (
    subscribed(ago(9), roadmap=roadmap, query=query, how_often=how_often, address=name)
    for query, how_often in ((many, "edition"), ("", "weekly"), ("stage=live", "daily"), ("api=gone", "daily"))
)
Subscription.objects.filter(pk=two.pk).update(paused_at=ago(3))
letter = Letter.objects.create(kind="edition", subject="Losses moves", text="", html="", made_at=ago(2))
url = "https://program.example.org/" + "0123456789abcdef" * 12
failing = Webhook.objects.create(subscription=one, url=url, secret="s", created_at=ago(9), failing_since=ago(2))
for fields in ({"state": "sent"}, {"trouble": "it answered 500"}, {"state": "given up"}, {"state": "waiting"}):
    period = str(fields)
    WebhookPost.objects.create(webhook=failing, letter=letter, period=period, made_at=ago(2), due_at=now, **fields)
ended = {"ended_at": ago(1), "trouble": "it answered 410"}
Webhook.objects.create(subscription=three, url=url, secret="s", created_at=ago(9), **ended)
asked = Subscription.objects.create(subscriber=one.subscriber, query="stage=test", how_often="daily", asked_at=now)
mine = manage_path(one.subscriber.uid)
hooks = [f"{mine}webhook/{each.pk}/" for each in (one, two, three)]
print(*[mine, *hooks, confirm_path(asked.uid), leave_path(one.subscriber.uid, [one.pk])])
"""


def test_the_pages_of_ones_own_have_no_barriers_in_any_look(site, page: Page):
    paths = [line for line in site.manage("shell", "--no-imports", "--command", OF_ONE).split() if line[0] == "/"]
    assert len(paths) == 6
    for path in paths:
        page.goto(site.url + path)
        if (name := page.get_by_label("Address of your program")).count():
            name.fill("http//program")
            page.get_by_role("button", name="Make a webhook").click()
            expect(page.get_by_role("alert")).to_contain_text("Enter a whole address")
        for width, look in ((1280, "light"), *((320, look) for look in LOOKS)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(**LOOKS[look])
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
            found = barriers(page, best_practice=True) if look == "light" else barriers(page, rules=OF_COLOURS)
            assert found == [], (path, width, look)
