"""An editor asks for drafts to be published; publishers see it, and who agreed, and whether that still fits."""

import datetime
import threading

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse

from roadmap.models import Agreement, ReadyNote
from roadmap.previews import links
from roadmap.publishing import SecondPersonNeeded, pending, publish
from roadmap.publishing.audit_trail import record_save
from tests import make
from tests.admin.press import filled
from tests.admin.publish.conftest import TUESDAY
from tests.smtp import text

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")


def plain(response):
    return " ".join(response.content.decode().split())


def person(name, role, **fields):
    made = make.user(username=name, is_superuser=False, **fields)
    made.groups.set(Group.objects.filter(name=role))
    return made


@pytest.fixture
def roadmap(clock):
    clock(TUESDAY)
    made = make.roadmap(slug="vat-mtd", title="VAT")
    make.item(made, title="Agents", live="June 2026")
    make.edition(made, at=make.at("2026-03-23"))
    made.items.get(title="Agents").milestones.update(when="May 2026")
    make.item(made, title="Losses")
    return made


@pytest.fixture
def editor():
    return person("kim", "Editors", first_name="Kim", last_name="Lee", email="kim@example.gov.uk")


@pytest.fixture
def boss():
    return person("sam", "Publishers", email="sam@example.gov.uk")


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(roadmap):
    return reverse("admin:roadmap_roadmap_ready", args=[roadmap.pk])


def ask(client, roadmap, **typed):
    return client.post(address(roadmap), filled(client.get(address(roadmap)), **typed), follow=True)


@pytest.fixture
def post(smtp, settings):
    settings.EMAIL_TIMEOUT = 0.5
    return smtp.use(settings)


def test_it_is_one_link_and_one_button_and_publishers_are_told(client, roadmap, editor, boss, post):
    signed_in(client, editor)
    assert f'href="{address(roadmap)}"' in plain(client.get(INDEX))
    told = plain(ask(client, roadmap, note="Agreed with policy"))
    assert "2 changes marked as ready to publish." in told
    assert "An email is on its way to sam." in told
    (message,) = came(post)
    assert (message["To"], message["Subject"]) == ("sam@example.gov.uk", "VAT: 2 changes ready to publish")
    assert "Kim Lee has marked 2 changes of VAT as ready to publish." in text(message)
    assert "Note: Agreed with policy" in text(message)
    review = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    assert f"Review and publish: http://testserver{review}\n" in text(message)
    seen = plain(signed_in(client, boss).get(INDEX))
    assert "<strong>Kim Lee</strong> marked 2 changes as ready to publish on 24 March 2026" in seen
    assert "“Agreed with policy”" in seen


def came(post):
    """All mail that there is, once what goes beside an answer went."""
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(20)
    return post.messages


def mark_only(client, roadmap, title):
    """Ticks that one alone."""
    others = [f"{one.uid}={one.mark}" for one in pending(roadmap) if one.title != title]
    return plain(ask(client, roadmap, untick=tuple(("ready", value) for value in others)))


def test_publishers_get_one_mail_and_not_one_for_each_press(client, roadmap, editor, boss, post, clock):
    signed_in(client, editor)
    assert "An email is on its way to sam." in mark_only(client, roadmap, "Losses")
    assert "Sam had an email about VAT within the hour" in mark_only(client, roadmap, "Agents")
    for note in ("Please before Thursday", ""):
        ask(client, roadmap, note=note)
    assert len(came(post)) == 1
    # What was marked twice is one note, and what was said of it stays.
    assert [(len(one.seen), one.note) for one in ReadyNote.objects.order_by("pk")] == [
        (1, ""),
        (1, ""),
        (2, "Please before Thursday"),
    ]
    # Another hour, or after something was published: what is marked then is news again.
    clock(TUESDAY + datetime.timedelta(hours=1, seconds=1))
    ask(client, roadmap)
    assert len(came(post)) == 2
    make.edition(roadmap, at=TUESDAY + datetime.timedelta(hours=1, minutes=1))
    roadmap.items.get(title="Agents").milestones.update(when="July 2026")
    ask(client, roadmap)
    assert len(came(post)) == 3
    assert {message["To"] for message in post.messages} == {"sam@example.gov.uk"}


def test_a_publisher_of_another_team_is_told_of_nothing_nor_is_whoever_asks(client, roadmap, editor, boss, post):
    asking = person("pat", "Publishers", email="pat@example.gov.uk")
    person("alex", "Publishers", email="alex@example.gov.uk")
    person("gone", "Publishers", email="gone@example.gov.uk", is_active=False)
    roadmap.team.add(asking, boss)
    ask(signed_in(client, asking), roadmap)
    assert [message["To"] for message in came(post)] == ["sam@example.gov.uk"]


def test_what_has_changed_since_is_named_and_what_was_published_is_gone(client, roadmap, editor, boss):
    ask(signed_in(client, editor), roadmap)
    roadmap.items.get(title="Agents").milestones.update(when="April 2026")
    assert "Changed since: “Agents”." in plain(signed_in(client, boss).get(INDEX))
    make.edition(roadmap, at=TUESDAY)
    assert "marked" not in plain(client.get(INDEX))


def test_only_what_is_ticked_is_marked_and_nothing_ticked_is_refused(client, roadmap, editor, boss):
    signed_in(client, editor)
    uid = str(roadmap.items.get(title="Losses").uid)
    mark = next(thing.mark for thing in pending(roadmap) if thing.uid == uid)
    ask(client, roadmap, untick=(("ready", f"{uid}={mark}"),))
    assert uid not in ReadyNote.objects.get().seen
    told = plain(ask(client, roadmap, ready=None, note="Mine"))
    assert "Tick at least one thing" in told
    assert 'value="Mine"' in told


def test_nobody_asks_for_what_somebody_saved_after_they_looked(client, roadmap, editor):
    page = signed_in(client, editor).get(address(roadmap))
    roadmap.items.filter(title="Losses").update(description="Not read by anybody")
    told = plain(client.post(address(roadmap), {**filled(page), "note": "Mine"}))
    assert "“Losses” has been changed since you opened this page, so nothing is marked." in told
    assert 'value="Mine"' in told
    assert not ReadyNote.objects.exists()


def test_it_is_taken_back_by_whoever_asked_and_by_publishers_but_by_no_other_editor(client, roadmap, editor, boss):
    ask(signed_in(client, editor), roadmap)
    pk = ReadyNote.objects.get().pk
    other = person("alex", "Editors")
    told = plain(signed_in(client, other).post(address(roadmap), {"take_back": pk}, follow=True))
    assert "There is no such note of yours any more." in told
    told = plain(signed_in(client, editor).post(address(roadmap), {"take_back": pk}, follow=True))
    assert "Taken back" in told
    assert not ReadyNote.objects.exists()


@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_mail_server_that_lets_nobody_in_loses_nothing_and_says_whom_to_tell(
    client, roadmap, editor, boss, post, what
):
    for number in range(9):
        person(f"publisher{number}", "Publishers", email=f"publisher{number}@example.gov.uk")
    setattr(post, what, "EHLO")
    told = plain(ask(signed_in(client, editor), roadmap))
    assert "2 changes marked as ready to publish." in told
    assert "No email could be sent to publisher0, publisher1," in told
    assert "on its way" not in told
    assert post.connections == 1  # one wait, however many publishers there are
    # The next time they are told: what did not go does not count.
    setattr(post, what, "")
    ask(client, roadmap)
    assert len(came(post)) == 10


@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_mail_server_that_fails_on_the_way_keeps_nobody_waiting(client, roadmap, editor, boss, post, what, caplog):
    setattr(post, what, "DATA")
    told = plain(ask(signed_in(client, editor), roadmap))
    assert "2 changes marked as ready to publish." in told
    assert came(post) == []
    assert "A mail could not be sent" in caplog.text
    assert ReadyNote.objects.count() == 1


def test_a_site_without_mail_says_so_and_whom_to_tell(client, roadmap, editor, boss, settings):
    settings.SENDS_EMAIL = False
    told = plain(ask(signed_in(client, editor), roadmap))
    assert "This site sends no email: tell sam yourself." in told
    assert "on its way" not in told
    assert mail.outbox == []


def test_on_somebodys_own_machine_it_is_said_where_the_mail_lies(client, roadmap, editor, boss, settings):
    settings.EMAIL_FILE_PATH = "/somewhere/mail"
    person("alex", "Publishers")  # whose address nobody knows
    told = plain(ask(signed_in(client, editor), roadmap))
    assert "No email goes out from this machine: what went to sam is a file in /somewhere/mail." in told
    assert "No email could be sent to alex: tell them yourself." in told
    assert "on its way" not in told


def test_it_is_for_those_who_may_edit_this_roadmap(client, roadmap, editor):
    roadmap.team.add(make.user())
    assert signed_in(client, editor).get(address(roadmap)).status_code == 403
    assert client.post(address(roadmap), {"take_back": "1"}).status_code == 403


def test_who_agreed_stands_on_the_first_page_with_what_has_changed_since(client, roadmap, boss):
    link = links.make_link(roadmap=roadmap, by=boss, purpose="Policy", days=7, now=TUESDAY)
    seen = {thing.uid: thing.after_digest for thing in pending(roadmap)}
    row = {"roadmap": roadmap, "link": link, "said_at": TUESDAY, "seen": seen}
    Agreement.objects.create(name="Lou", is_agreed=True, comment="", **row)
    Agreement.objects.create(name="Max", is_agreed=False, comment="Is it <so>?", **row)
    text = plain(signed_in(client, boss).get(INDEX))
    assert "<strong>Lou</strong> agreed to 2 changes on 24 March 2026" in text
    assert "<strong>Max</strong> commented on 24 March 2026 at 9:30am: “Is it &lt;so&gt;?”" in text
    review = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    assert plain(client.get(review)).count(">Lou agreed<") == 2
    roadmap.items.get(title="Agents").milestones.update(when="April 2026")
    assert "Changed since: “Agents”." in plain(client.get(INDEX))
    text = plain(client.get(review))
    assert (text.count(">Lou agreed<"), text.count(">Changed since Lou agreed<")) == (1, 1)


def test_the_review_says_who_asks_for_it_and_who_agreed(client, roadmap, boss, editor):
    ask(signed_in(client, editor), roadmap)
    link = links.make_link(roadmap=roadmap, by=boss, purpose="Policy", days=7, now=TUESDAY)
    seen = {thing.uid: thing.after_digest for thing in pending(roadmap)}
    Agreement.objects.create(name="Lou", is_agreed=True, roadmap=roadmap, link=link, said_at=TUESDAY, seen=seen)
    review = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    for person in (editor, boss):
        text = plain(signed_in(client, person).get(review))
        assert "<strong>Kim Lee</strong> marked 2 changes as ready to publish" in text
        assert "<strong>Lou</strong> agreed to 2 changes" in text


def test_another_person_publishes_where_the_roadmap_asks_for_that(client, roadmap, editor, boss):
    roadmap.asks_second_person = True
    roadmap.save(update_fields=["asks_second_person"])
    record_save(roadmap.items.get(title="Agents"), by=boss, at=TUESDAY)
    with pytest.raises(SecondPersonNeeded, match="You edited “Agents” yourself"):
        publish(roadmap=roadmap, by=boss, now=TUESDAY)
    review = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    assert "You edited “Agents” yourself, and on this roadmap another" in plain(signed_in(client, boss).get(review))
    other = person("pat", "Publishers")
    assert "yourself, and on this roadmap" not in plain(signed_in(client, other).get(review))
    assert publish(roadmap=roadmap, by=other, now=TUESDAY).number == 2
    # What is public already was somebody else's decision: the next change of another is nobody's own.
    item = roadmap.items.get(title="Agents")
    item.milestones.update(when="April 2026")
    record_save(item, by=editor, at=make.at("2026-03-25"))
    assert publish(roadmap=roadmap, by=boss, now=make.at("2026-03-26")).number == 3


def test_the_note_comes_before_a_list_that_may_be_long_and_the_button_stays(client, roadmap, editor, boss):
    page = plain(signed_in(client, editor).get(address(roadmap)))
    assert page.index("Note for publishers") < page.index("What is ready") < page.index('<div class="save-bar">')
