"""Who may import, and what is refused, with nothing lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.admin.imports import plan_page, uploads
from roadmap.admin.imports.capped_upload import CappedUpload
from roadmap.models import Roadmap
from roadmap.techdocs.sources import MAX_ZIP_SIZE
from tests import make
from tests.admin.imports.uploading import (
    ACT,
    LINE,
    NEW,
    PAGE,
    ROUTE,
    file,
    imported,
    is_plan,
    signed_in,
    told,
    upload,
    words,
)
from tests.admin.press import Form, press
from tests.cases import each_case
from tests.techdocs.git.trees import zipped

pytestmark = pytest.mark.django_db


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
    assert "Readers see nothing of it until a publisher has reviewed and published it." in " ".join(told(response))
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


@each_case(
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
        ("# A\n\n<%= partial 'b' %>", "a.md.erb", "a.md.erb:3"),
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
    assert response.context["form"].errors["file"][0] == uploads.TOO_LONG
    assert 'value="parcel-tax"' in response.content.decode()


def test_of_all_files_together_no_more_is_kept_than_one_may_have():
    taking = CappedUpload(None, MAX_ZIP_SIZE)
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
        **{"CONTENT_LENGTH": str(uploads.MAX_BODY_SIZE + 1), "wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "This file is larger than 20 MB." in words(response)


@each_case(
    ("typed", "field", "reason"),
    [
        ({"slug": ""}, "slug", "Give the address of the new roadmap"),
        ({"slug": "admin"}, "slug", "The site itself uses the address"),
        ({"slug": "a/b"}, "slug", "Use only letters"),
        ({"slug": "taken"}, "slug", "A roadmap has this address already."),
        ({"contact": "nobody"}, "contact", "Enter an email address"),
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
    assert page.content.decode().count('class="import-thing"') == plan_page.MOST_SHOWN
    assert f"And {count - plan_page.MOST_SHOWN} more." in text


@settings(max_examples=30)
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
