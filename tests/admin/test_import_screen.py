"""Importing in the admin: a file is taken, its plan shown and decided on, and only then applied."""

import datetime
import html
import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from roadmap.admin import import_form, import_page, import_waiting
from roadmap.admin.import_choices import Sent
from roadmap.admin.import_waiting import Upload
from roadmap.importing.reading import MAX_ZIP_SIZE, Source, SourceDocument, Stretch
from roadmap.models import Edition, Item, Roadmap, Save
from roadmap.models.origins import Origin
from tests import make
from tests.admin.press import Form, press
from tests.importing.sources import real_source, source
from tests.importing.trees import zipped

pytestmark = pytest.mark.django_db

LINE = "| Weigh a parcel | Software weighs a parcel on the depot's scales and sends us the grams. | Businesses |"
ROUTE = "| Choose a route | Customers choose between three routes on a map and see each price. | Agents |"
ADDRESS = 'Write to <a href="mailto:parcels@example.gov.uk">the parcel team</a>.'
PAGE = f"""\
# Parcel tax roadmap

What parcel software can do.

{ADDRESS}

## Near term

| Name | Description | End user |
| --- | --- | --- |
{LINE}
{ROUTE}

## Who we are

We are two teams. See [more](more.html).
"""
WORDS = "Each parcel gets a number of its own, which the receiver types in to see where it is"
NUMBERS = PAGE.replace(f"{LINE}\n{ROUTE}", f"| Number A | {WORDS} by noon | |\n| Number B | {WORDS} at midnight | |")
NUMBER_C = PAGE.replace(f"{LINE}\n{ROUTE}", f"| Number C | {WORDS} at noon | |")

NEW, ACT = "admin:roadmap_roadmap_import", "Apply"


def signed_in(*, group: str = "", **fields) -> Client:
    user = make.user(is_superuser=not group, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


@pytest.fixture
def staff():
    return signed_in(username="pat")


def file(content, name="parcels.md"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def upload(client, content, name="parcels.md", roadmap=None, **typed):
    """The page that follows: the plan, or the form again."""
    url = reverse(f"{NEW}_again", args=[roadmap.pk]) if roadmap else reverse(NEW)
    fields = typed if roadmap else {"roadmap": "", "slug": "parcel-tax", "contact": "", **typed}
    return client.post(url, {**fields, "file": file(content, name)}, follow=True)


def words(response) -> str:
    """What a person reads, without the marks of what differs."""
    page = response.content.decode().split('id="content-main"', 1)[-1]
    page = re.sub(r'<span class="visually-hidden">[^<]*</span>|</?(?:del|ins)>', "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def imported(client, content=PAGE, **options) -> Roadmap:
    assert "Imported parcels.md." in told(press(client, upload(client, content, **options), ACT))[0]
    return Roadmap.objects.get()


def is_plan(response) -> bool:
    return "This is only the plan: nothing has been changed." in words(response)


# The whole way


def test_a_file_is_shown_as_a_plan_and_nothing_is_changed_before_it_is_applied(staff):
    page = upload(staff, PAGE)
    text = words(page)
    assert is_plan(page)
    assert "What would happen to Parcel tax roadmap at /parcel-tax/" in text
    assert "Items: 2 added." in text
    assert "Weigh a parcel" in text
    assert "Who we are, 8 words parcels.md:14" in text
    assert not Roadmap.objects.exists()
    response = press(staff, page, ACT)
    roadmap = Roadmap.objects.get()
    assert {*roadmap.items.values_list("title", flat=True)} == {"Weigh a parcel", "Choose a route"}
    assert told(response)[0].startswith("Imported parcels.md. The roadmap itself is new. ")
    link = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    assert f'<a href="{link}">Review and publish Parcel tax roadmap</a>' in response.content.decode()
    assert not Edition.objects.exists()


def test_every_doubt_is_shown_at_its_line_with_the_words_of_the_line(staff):
    page = upload(staff, PAGE)
    assert "To check (2)" in words(page)
    assert (
        "This link leads to a file beside the source, more.html: change it. "
        "parcels.md:16 We are two teams. See [more](more.html)."
    ) in words(page)


def test_it_is_recorded_by_whom_it_was_imported(staff):
    roadmap = imported(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    save = Save.objects.of_thing(item.uid).get()
    assert (save.action, save.saved_by.username) == ("Imported from parcels.md", "pat")
    press(staff, upload(staff, PAGE.replace(f"{LINE}\n", ""), roadmap=roadmap), ACT)
    newest = Save.objects.of_thing(item.uid).first()
    assert (newest.action, newest.saved_by.username, newest.content) == ("No longer in parcels.md", "pat", "")


def test_what_changes_is_shown_side_by_side_and_what_goes_where_it_stood(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE.replace("the grams", "the pounds").replace(f"{ROUTE}\n", ""), roadmap=roadmap)
    text = page.content.decode()
    assert '<del><span class="visually-hidden">[only here: </span>grams' in text
    assert '<ins><span class="visually-hidden">[only here: </span>pounds' in text
    assert "Items: 1 changed, 1 withdrawn." in words(page)
    assert re.search(r"Withdrawn \(1\) .* PARCEL-2 Choose a route Item parcels.md:12", words(page))
    assert "Description reworded" in words(page)


def test_the_same_file_again_changes_nothing_and_there_is_nothing_to_apply(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE, roadmap=roadmap)
    assert "Nothing: the roadmap says all of this already." in words(page)
    assert [name for _, name in Form(page.content.decode()).buttons if name == ACT] == []


def test_a_zip_file_of_a_folder_comes_in_with_the_line_of_the_file_that_it_is_in(staff):
    folder = {"parcels/index.md": "# Parcels\n\nText.", "parcels/later.md": PAGE.replace(ADDRESS, "")}
    page = upload(staff, zipped(folder), "parcels.zip", contact="team@example.gov.uk")
    assert "later.md:16 We are two teams." in words(page)
    press(staff, page, ACT)
    assert Roadmap.objects.get().contact_email == "team@example.gov.uk"


def test_cancelling_takes_the_file_away_and_changes_nothing(staff):
    page = upload(staff, PAGE)
    response = press(staff, page, "Cancel")
    assert told(response) == ["Cancelled: nothing of parcels.md was imported."]
    assert not Roadmap.objects.exists()
    assert not Session.objects.filter(session_key__startswith="import-").exists()
    assert "does not wait any more" in told(press(staff, page, ACT))[0]


def test_a_second_press_of_apply_imports_nothing_twice(staff):
    page = upload(staff, PAGE)
    press(staff, page, ACT)
    response = press(staff, page, ACT)
    assert "does not wait any more" in told(response)[0]
    assert Roadmap.objects.count() == 1
    assert Item.objects.count() == 2


def test_the_lists_and_the_roadmap_lead_here(staff):
    roadmap = make.roadmap()
    assert f'href="{reverse(NEW)}"' in staff.get(reverse("admin:roadmap_roadmap_changelist")).content.decode()
    form = staff.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).content.decode()
    assert f'href="{reverse(f"{NEW}_again", args=[roadmap.pk])}"' in form


def test_the_form_says_how_large_a_file_may_be(staff):
    assert "at most 20 MB; or one Markdown file of at most 500 kB" in words(staff.get(reverse(NEW)))


def test_an_existing_roadmap_can_be_chosen_from_the_list(staff):
    roadmap = make.roadmap(title="Old name", slug="old")
    page = staff.post(reverse(NEW), {"roadmap": roadmap.pk, "slug": "", "contact": "", "file": file(PAGE)}, follow=True)
    assert "Title changed from Old name to Parcel tax roadmap" in words(page)
    press(staff, page, ACT)
    assert Roadmap.objects.get().items.count() == 2


# What is asked


def conflicting(client) -> Roadmap:
    """Staff and the source have both changed one description, which the page asks about."""
    roadmap = imported(client)
    roadmap.items.filter(title="Weigh a parcel").update(description="Staff's own words.")
    return roadmap


SOURCE_CHANGED = PAGE.replace("the grams", "the pounds")


def test_a_conflict_is_shown_with_both_texts_and_stays_as_staff_have_it_until_somebody_chooses(staff):
    roadmap = conflicting(staff)
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    assert "Changed by staff and in the source (1)" in words(page)
    assert "“Weigh a parcel”: Description parcels.md:11 | Weigh a parcel | Software weighs" in words(page)
    assert "As staff have it" in words(page)
    assert re.search(
        r"As staff have it Staff's own words. As the source says Software weighs .* pounds. Keep", words(page)
    )
    response = press(staff, page, ACT)
    assert "1 difference from what staff have edited stayed as staff have it" in told(response)[1]
    assert roadmap.items.get(title="Weigh a parcel").description == "Staff's own words."
    assert "Changed by staff and in the source (1)" in words(upload(staff, SOURCE_CHANGED, roadmap=roadmap))


@pytest.mark.parametrize(("choice", "begins"), [("staff", "Staff's own words."), ("source", "Software weighs")])
def test_the_choice_of_an_editor_settles_a_conflict_for_good(staff, choice, begins):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    response = press(staff, page, ACT, **{f"conflict:{item.uid}:description": choice})
    assert told(response)[0].startswith("Imported parcels.md.")
    item.refresh_from_db()
    assert item.description.startswith(begins)
    again = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    assert "Changed by staff" not in words(again)
    assert "Nothing: the roadmap says all of this already." in words(again)


def test_what_was_chosen_is_still_chosen_when_the_plan_is_shown_again(staff):
    roadmap = conflicting(staff)
    name = f"conflict:{roadmap.items.get(title='Weigh a parcel').uid}:description"
    page = press(
        staff, upload(staff, SOURCE_CHANGED, roadmap=roadmap), "Show the plan with what I chose", **{name: "source"}
    )
    assert (name, "source") in Form(page.content.decode()).fields
    assert "Items: 1 changed." in words(page)  # what it does is in the plan
    press(staff, page, ACT)
    assert roadmap.items.get(title="Weigh a parcel").description.endswith("pounds.")


@pytest.mark.parametrize(("choice", "is_left"), [("staff", True), ("source", False), ("", True)])
def test_what_is_gone_from_the_source_but_was_edited_is_asked_about(staff, choice, is_left):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    page = upload(staff, PAGE.replace(f"{LINE}\n", ""), roadmap=roadmap)
    assert "It is not in the source any more, and staff have changed it since the last import (description)." in words(
        page
    )
    press(staff, page, ACT, **{f"conflict:{item.uid}:existence": choice})
    assert Item.objects.filter(pk=item.pk).exists() is is_left


def test_an_unpublished_edit_that_the_source_replaced_is_named(staff):
    roadmap = imported(staff)
    make.edition(roadmap)
    roadmap.items.filter(title="Weigh a parcel").update(description="Staff's own words.")
    name = f"conflict:{roadmap.items.get(title='Weigh a parcel').uid}:description"
    response = press(staff, upload(staff, SOURCE_CHANGED, roadmap=roadmap), ACT, **{name: "source"})
    assert "Unpublished edits were replaced, of “Weigh a parcel”. The history of each thing still has them." in told(
        response
    )


def doubtful(client):
    """Two that are gone, and a new one that might be either: it was taken for one of them."""
    roadmap = imported(client, NUMBERS)
    page = upload(client, NUMBER_C, roadmap=roadmap)
    items = {item.title: item for item in roadmap.items.all()}
    return roadmap, page, items


def left(roadmap) -> dict[str, str]:
    return dict(roadmap.items.values_list("title", "reference"))


def test_a_doubtful_match_offers_this_one_that_one_and_a_new_one(staff):
    roadmap, page, _ = doubtful(staff)
    text = words(page)
    assert "Which item is “Number C”? parcels.md:11 | Number C |" in text
    for title in ("“PARCEL-1 Number A”", "“PARCEL-2 Number B”", "A new item"):
        assert title in text
    assert text.count("(as planned)") == 1
    assert "was taken for the item" not in text  # it is asked, not told a second time
    press(staff, page, ACT)
    assert left(roadmap) == {"Number C": "PARCEL-1"}


def test_another_match_is_planned_anew_and_applied_once_it_was_read(staff):
    roadmap, page, items = doubtful(staff)
    name, other = "match:item:0", str(items["Number B"].uid)
    page = press(staff, page, ACT, **{name: other})
    assert "This is the plan with what you chose. Nothing has been imported yet" in words(page)
    assert left(roadmap) == {"Number A": "PARCEL-1", "Number B": "PARCEL-2"}
    assert (name, other) in Form(page.content.decode()).fields
    assert "Withdrawn (1)" in words(page)
    assert "Title changed from Number B to Number C" in words(page)
    press(staff, page, ACT)
    assert left(roadmap) == {"Number C": "PARCEL-2"}


def test_it_can_be_chosen_that_it_is_a_new_one_and_the_choice_taken_back(staff):
    roadmap, page, _ = doubtful(staff)
    update = "Show the plan with what I chose"
    chosen = press(staff, page, update, **{"match:item:0": "new"})
    assert "Items: 1 added, 2 withdrawn." in words(chosen)
    back = press(staff, chosen, update, **{"match:item:0": ""})
    assert "Items: 1 changed, 1 withdrawn." in words(back)
    press(staff, press(staff, back, update, **{"match:item:0": "new"}), ACT)
    assert left(roadmap) == {"Number C": "PARCEL-3"}


def test_a_match_with_what_is_gone_meanwhile_is_refused_at_its_field(staff):
    roadmap, page, items = doubtful(staff)
    gone = str(items["Number B"].uid)
    Origin.objects.filter(uid=gone).delete()
    items["Number B"].delete()
    response = press(staff, page, ACT, **{"match:item:0": gone})
    assert "What was chosen for “Number C” is not there any more. Choose again." in words(response)
    assert "Number C" not in left(roadmap)


def test_two_rows_cannot_be_chosen_to_be_one_item(staff):
    roadmap, page, items = doubtful(staff)
    two = NUMBER_C.replace("at noon | |", f"at noon | |\n| Number D | {WORDS} at eleven | |")
    page = upload(staff, two, roadmap=roadmap)
    one = str(items["Number A"].uid)
    response = press(staff, page, ACT, **{"match:item:0": one, "match:item:1": one})
    assert "“Number C” and “Number D” cannot both be the same one. Choose another for one of them." in words(response)
    assert {*left(roadmap)} == {"Number A", "Number B"}


def test_a_choice_stays_on_the_page_even_where_nothing_is_in_doubt_any_more(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE, roadmap=roadmap)
    page = press(staff, page, "Show the plan with what I chose", **{"match:item:0": "new"})
    assert "Which item is “Weigh a parcel”?" in words(page)
    assert ("match:item:0", "new") in Form(page.content.decode()).fields
    press(staff, page, ACT)
    assert left(roadmap) == {"Weigh a parcel": "PARCEL-3", "Choose a route": "PARCEL-2"}


# Meanwhile


def test_what_somebody_changed_meanwhile_is_shown_before_anything_is_applied(staff):
    roadmap = conflicting(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    name = f"conflict:{item.uid}:description"
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    Item.objects.filter(pk=item.pk).update(description="Staff's newest words.")
    response = press(staff, page, ACT, **{name: "source"})
    assert "Nothing has been imported: somebody has changed the roadmap since this page was shown." in words(response)
    item.refresh_from_db()
    assert item.description == "Staff's newest words."
    assert (name, "source") in Form(response.content.decode()).fields
    press(staff, response, ACT)
    item.refresh_from_db()
    assert item.description.endswith("pounds.")


def test_a_change_meanwhile_is_told_although_a_match_was_chosen_too(staff):
    roadmap, page, items = doubtful(staff)
    roadmap.pages.update(title="Staff's page")
    response = press(staff, page, ACT, **{"match:item:0": str(items["Number B"].uid)})
    assert "somebody has changed the roadmap since this page was shown" in words(response)


def test_what_staff_made_beside_it_meanwhile_is_no_reason_to_read_it_again(staff):
    roadmap = imported(staff)
    page = upload(staff, SOURCE_CHANGED, roadmap=roadmap)
    make.page(roadmap, title="Quite another thing", slug="other", body="Of which no source says anything at all.")
    assert told(press(staff, page, ACT))[0].startswith("Imported parcels.md.")


def test_an_address_that_somebody_took_meanwhile_does_not_become_their_roadmap(staff):
    page = upload(staff, PAGE)
    roadmap = make.roadmap(slug="parcel-tax", title="Theirs")
    response = press(staff, page, ACT)
    assert "Somebody has made a roadmap at /parcel-tax/ meanwhile." in told(response)[0]
    roadmap.refresh_from_db()
    assert (roadmap.title, roadmap.items.count()) == ("Theirs", 0)


def test_a_roadmap_that_was_deleted_meanwhile_is_told(staff):
    roadmap = make.roadmap()
    page = upload(staff, PAGE, roadmap=roadmap)
    Roadmap.objects.all().delete()
    assert "has been deleted. Nothing was imported." in told(press(staff, page, ACT))[0]
    assert not Roadmap.objects.exists()


# Who may


def test_nobody_who_is_not_signed_in_sees_or_sends_anything():
    for url in (reverse(NEW), reverse(f"{NEW}_plan", args=["import-1-x"])):
        assert "/login/" in Client().get(url)["Location"]
    assert "/login/" in Client().post(reverse(NEW), {"slug": "a", "file": file(PAGE)})["Location"]
    assert not Session.objects.filter(session_key__startswith="import-").exists()


def test_an_editor_imports_into_their_own_roadmaps_and_makes_none():
    editor = signed_in(group="Editors")
    mine, theirs = make.roadmap(title="Mine"), make.roadmap(title="Theirs")
    theirs.team.add(make.user())
    form = editor.get(reverse(NEW))
    assert "Mine" in words(form)
    assert "Theirs" not in words(form)
    assert 'name="slug"' not in form.content.decode()
    assert editor.get(reverse(f"{NEW}_again", args=[theirs.pk])).status_code == 403
    assert upload(editor, PAGE, roadmap=theirs).status_code == 403
    response = editor.post(reverse(NEW), {"roadmap": theirs.pk, "file": file(PAGE)})
    assert "This is not a roadmap that you may edit." in words(response)
    assert "Choose the roadmap that the file is about." in words(
        editor.post(reverse(NEW), {"roadmap": "", "slug": "new", "file": file(PAGE)})
    )
    response = press(editor, upload(editor, PAGE, roadmap=mine), ACT)
    assert "Readers see nothing of it until a publisher has reviewed and published it." in told(response)
    assert mine.items.count() == 2


def test_somebody_who_may_edit_nothing_sees_nothing():
    nobody = signed_in(group="Editors")
    make.roadmap().team.add(make.user())
    assert nobody.get(reverse(NEW)).status_code == 403


def test_whoever_leaves_the_team_meanwhile_applies_nothing():
    editor = signed_in(group="Editors")
    roadmap = make.roadmap()
    page = upload(editor, PAGE, roadmap=roadmap)
    roadmap.team.add(make.user())
    assert press(editor, page, ACT).status_code == 403
    assert roadmap.items.count() == 0


def test_the_plan_of_another_person_is_not_to_be_had(staff):
    page = upload(staff, PAGE)
    other = signed_in()
    url = page.request["PATH_INFO"]
    assert other.get(url, follow=True).redirect_chain[-1][0] == reverse(NEW)
    other.post(url, {"action": "cancel"})
    assert is_plan(staff.get(url))


def test_an_editor_does_not_take_away_what_readers_know(staff):
    roadmap = imported(staff)
    make.edition(roadmap)
    editor = signed_in(group="Editors")
    page = upload(editor, PAGE.replace(f"{ROUTE}\n", ""), roadmap=roadmap)
    assert "You cannot apply this: it takes away what readers know" in words(page)
    assert "It would take away: Choose a route" in words(page)
    assert [name for _, name in Form(page.content.decode()).buttons if name == ACT] == []
    shown = dict(Form(page.content.decode()).fields)
    editor.post(page.request["PATH_INFO"], {"action": "apply", "shown": shown["shown"], "shown_matches": "{}"})
    assert roadmap.items.count() == 2
    publisher = signed_in(group="Publishers")
    press(publisher, upload(publisher, PAGE.replace(f"{ROUTE}\n", ""), roadmap=roadmap), ACT)
    assert roadmap.items.count() == 1


def test_an_editor_does_not_take_away_a_column_that_readers_know(staff):
    with_column = PAGE.replace("| End user |", "| Tax years |").replace("| Businesses |", "| 2026 |")
    roadmap = imported(staff, with_column)
    make.edition(roadmap)
    page = upload(signed_in(group="Editors"), PAGE, roadmap=roadmap)
    assert "It would take away: the column Tax years" in words(page)


def test_a_form_without_its_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(reverse(NEW), {"slug": "parcel-tax", "file": file(PAGE)})
    assert response.status_code == 403
    token = dict(Form(client.get(reverse(NEW)).content.decode()).fields)["csrfmiddlewaretoken"]
    fields = {"slug": "parcel-tax", "file": file(PAGE), "csrfmiddlewaretoken": token}
    assert client.post(reverse(NEW), fields).status_code == 302


# Bad input


def bomb() -> bytes:
    much = "x" * 5_000_000
    return zipped({"a.md": "# A", **{f"{n}.txt": much for n in range(21)}})


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.md", "This file is empty."),
        (b"# Parcels \xa3", "a.md", "a.md:1: this is not UTF-8"),
        (b"\x89PNG\0", "a.md", "a.md is not text"),
        (b"MZ", "a.exe", "a.exe is not Markdown"),
        (b"# A\n" + b"x" * 500_000, "a.md", "is longer than 500,000 bytes"),
        (b"no zip", "a.zip", "is not a zip file that can be read"),
        (zipped({"../a.md": "# A"}), "a.zip", "which leads outside the zip file"),
        (bomb, "a.zip", "unpacks to more than"),
        (zipped({f"{n}.md": "x" for n in range(1001)}), "a.zip", "holds more than 500 files"),
        ("---\na: [\n---\n# A", "a.md", "not YAML"),
        ("---\na: !!python/object/apply:os.system [x]\n---\n# A", "a.md", "a.md:2"),
        ("# A\n\n<%= `id` %>", "a.md.erb", "a.md.erb:3"),
        ("a,b,c\n1,2,3\n", "a.md", "has no title"),
        (f"# {'x' * 300}\n\nText.", "a.md", "a.md:1: title:"),
    ],
)
def test_bad_input_is_refused_at_the_file_with_nothing_lost_and_nothing_kept(staff, content, name, reason):
    content = content() if callable(content) else content  # a large one is made only for its test
    response = upload(staff, content, name, contact="team@example.gov.uk")
    errors = response.context["form"].errors
    assert [*errors] == ["file"]
    assert reason in errors["file"][0]
    assert 'value="parcel-tax"' in response.content.decode()
    assert 'value="team@example.gov.uk"' in response.content.decode()
    assert not Roadmap.objects.exists()
    assert not Session.objects.filter(session_key__startswith="import-").exists()


def test_a_file_that_is_too_large_is_read_over_and_the_rest_of_the_form_is_there(staff):
    response = upload(staff, b"x" * (MAX_ZIP_SIZE + 1), "a.zip")
    assert response.context["form"].errors["file"][0] == import_form.TOO_LONG
    assert 'value="parcel-tax"' in response.content.decode()


def test_of_all_files_together_no_more_is_kept_than_one_may_have():
    taking = import_form.CappedUpload()
    kept = 0
    for name in ("a.zip", "b.zip"):
        taking.new_file("file", name, "application/zip", None)
        for start in range(0, MAX_ZIP_SIZE, MAX_ZIP_SIZE // 4):
            assert taking.receive_data_chunk(b"x" * (MAX_ZIP_SIZE // 4), start) is None
        found = taking.file_complete(MAX_ZIP_SIZE)
        assert (found.name, found.size) == (name, MAX_ZIP_SIZE)
        kept += len(found.read())
    assert kept == MAX_ZIP_SIZE


def test_a_request_far_too_large_is_not_read_at_all(staff):
    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    response = staff.generic(
        "POST",
        reverse(NEW),
        b"",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(import_form.MAX_BODY_SIZE + 1), "wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "This file is larger than 20 MB." in words(response)


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"slug": ""}, "slug", "Give the address of the new roadmap"),
        ({"slug": "admin"}, "slug", "The site itself uses the address"),
        ({"slug": "a/b"}, "slug", "valid"),
        ({"slug": "taken"}, "slug", "A roadmap has this address already."),
        ({"contact": "nobody"}, "contact", "valid email address"),
        ({"contact": "other@example.gov.uk"}, "contact", "The file names parcels@example.gov.uk. Leave this empty"),
    ],
)
def test_what_was_typed_beside_the_file_is_refused_at_its_field(staff, typed, field, reason):
    make.roadmap(slug="taken")
    response = upload(staff, PAGE, **typed)
    errors = response.context["form"].errors
    assert reason in errors[field][0]
    assert "choose it again" in errors["file"][0] if "file" in errors else "choose the file again" in errors[field][0]
    assert Roadmap.objects.count() == 1


def test_a_new_roadmap_whose_source_has_no_address_asks_for_one_at_its_field(staff):
    response = upload(staff, "# Parcels\n\nText.")
    assert "names no email address" in response.context["form"].errors["contact"][0]
    assert is_plan(upload(staff, "# Parcels\n\nText.", contact="team@example.gov.uk"))


def test_no_file_at_all_is_told(staff):
    response = staff.post(reverse(NEW), {"slug": "parcel-tax"})
    assert response.context["form"].errors["file"] == ["Choose a zip file or a Markdown file."]


def test_markup_in_a_source_is_text_on_the_page(staff):
    page = upload(
        staff, PAGE.replace("Weigh a parcel", "<script>alert(1)</script> weigh").replace("[more]", "[<b>m</b>]")
    )
    assert is_plan(page)
    assert "<script>alert" not in page.content.decode()
    assert "<b>m</b>" not in page.content.decode()


def test_a_large_plan_shows_the_first_of_each_list_and_counts_the_rest(staff):
    many = "\n".join(f"| Thing {n} | It does what no other thing does, number {n}. | |" for n in range(250))
    page = upload(staff, PAGE.replace(LINE, many))
    text = words(page)
    assert "Items: 251 added." in text
    count = int(re.search(r"Added \((\d+)\)", text)[1])
    assert page.content.decode().count('class="import-thing"') == import_page.MOST_SHOWN
    assert f"And {count - import_page.MOST_SHOWN} more." in text


@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["match:item:0", "match:page:0", "match:roadmap", "conflict:x:title", "match:", "shown_matches"]
        ),
        st.text(max_size=20) | st.sampled_from(["new", "source", '{"item:0": "new"}', '{"a": 1}', "[]"]),
    ),
    action=st.sampled_from(["apply", "update", ""]),
)
def test_whatever_a_form_sends_nothing_is_applied_that_was_not_shown(fields, action):
    client = signed_in()
    url = upload(client, PAGE, slug="generated").request["PATH_INFO"]
    response = client.post(url, {**fields, "action": action, "shown": "not what was shown"})
    assert response.status_code == 200
    assert is_plan(response)
    assert not Roadmap.objects.filter(slug="generated").exists()


# Waiting

NOW = make.at("2026-03-24")
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
documents = st.builds(
    SourceDocument,
    text,
    text,
    text,
    st.lists(st.builds(Stretch, st.integers(0, 9), text, st.integers(1, 9)), max_size=2).map(tuple),
)
sources = st.builds(Source, st.lists(documents, max_size=3).map(tuple), st.lists(text, max_size=2).map(tuple), text)


@given(read=sources, name=text, contact=text)
def test_an_upload_is_found_again_as_it_was_until_it_expires(read, name, contact):
    kept = Upload(name, read, None, "parcel-tax", contact)
    key = import_waiting.keep(kept, user_pk=7, now=NOW)
    waiting = import_waiting.find(key, user_pk=7, now=NOW + datetime.timedelta(hours=23))
    assert (waiting.upload, waiting.until) == (kept, NOW + import_waiting.WAITS)
    assert import_waiting.find(key, user_pk=7, now=NOW + import_waiting.WAITS) is None
    assert import_waiting.find(key, user_pk=70, now=NOW) is None


def test_uploads_are_bounded_for_each_person_and_go_when_they_have_expired():
    kept = Upload("a.md", source(PAGE), None, "parcel-tax")
    keys = [
        import_waiting.keep(kept, user_pk=7, now=NOW + datetime.timedelta(minutes=n))
        for n in range(import_waiting.MOST + 2)
    ]
    other = import_waiting.keep(kept, user_pk=70, now=NOW)
    found = [key for key in keys if import_waiting.find(key, user_pk=7, now=NOW)]
    assert found == keys[2:]
    import_waiting.keep(kept, user_pk=8, now=NOW + import_waiting.WAITS + datetime.timedelta(days=1))
    assert Session.objects.filter(session_key__startswith="import-").count() == 1
    assert not Session.objects.filter(session_key=other).exists()


def test_an_upload_that_was_tampered_with_is_none():
    key = import_waiting.keep(Upload("a.md", source(PAGE), None, "parcel-tax"), user_pk=7, now=NOW)
    Session.objects.filter(session_key=key).update(session_data=Session.objects.encode({"name": "a.md"}))
    assert import_waiting.find(key, user_pk=7, now=NOW) is None


def test_the_key_of_an_upload_is_nobodys_session(staff):
    page = upload(staff, PAGE)
    key = page.request["PATH_INFO"].rstrip("/").rpartition("/")[2]
    stranger = Client()
    stranger.cookies["sessionid"] = key
    assert "/login/" in stranger.get(page.request["PATH_INFO"])["Location"]
    assert is_plan(staff.get(page.request["PATH_INFO"]))


def test_the_page_says_until_when_it_waits(staff):
    page = upload(staff, PAGE)
    row = Session.objects.get(session_key__startswith="import-")
    assert row.expire_date > timezone.now()
    row.expire_date = timezone.now() - datetime.timedelta(seconds=1)
    row.save()
    assert "does not wait any more" in told(staff.get(page.request["PATH_INFO"], follow=True))[0]


def test_sent_reads_no_more_than_the_fields_of_the_form():
    sent = Sent.of(QueryDict("match:item:0=new&conflict:a:title=source&shown_matches=nonsense&other:x=1"))
    assert (sent.matches, sent.answers, sent.shown_matches) == ({"item:0": "new"}, {"a:title": "source"}, {})


# Real ones


@pytest.mark.parametrize(("name", "items"), [("vat-2018-10", 0), ("vat-2018-11", 18), ("itsa-2023-06", 60)])
def test_the_real_roadmaps_come_in_whole(staff, name, items):
    folder = real_source(name)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    page = upload(staff, zipped(files), "real.zip")
    if not is_plan(page):  # one of them names no address
        page = upload(staff, zipped(files), "real.zip", contact="team@example.gov.uk")
    press(staff, page, ACT)
    roadmap = Roadmap.objects.get()
    assert roadmap.items.count() >= items
    again = upload(staff, zipped(files), "real.zip", roadmap=roadmap)
    assert "Nothing: the roadmap says all of this already." in words(again)
