"""An upload that waits to be applied: whose, how much, until when."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from roadmap.admin.imports import uploads
from roadmap.admin.imports.plan_page import SentChoices
from roadmap.admin.imports.uploads import Upload
from roadmap.techdocs.sources.source import Source, SourceDocument, Stretch
from tests import make
from tests.admin.imports.uploading import PAGE, is_plan, told, upload
from tests.techdocs.example_sources import source

pytestmark = pytest.mark.django_db


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
    key = uploads.keep(kept, user_pk=7, now=NOW)
    waiting = uploads.find(key, user_pk=7, now=NOW + datetime.timedelta(hours=23))
    assert (waiting.upload, waiting.until) == (kept, NOW + uploads.WAITS)
    assert uploads.find(key, user_pk=7, now=NOW + uploads.WAITS) is None
    assert uploads.find(key, user_pk=70, now=NOW) is None


def test_uploads_are_bounded_for_each_person_and_go_when_they_have_expired():
    kept = Upload("a.md", source(PAGE), None, "parcel-tax")
    keys = [uploads.keep(kept, user_pk=7, now=NOW + datetime.timedelta(minutes=n)) for n in range(uploads.MOST + 2)]
    other = uploads.keep(kept, user_pk=70, now=NOW)
    found = [key for key in keys if uploads.find(key, user_pk=7, now=NOW)]
    assert found == keys[2:]
    uploads.keep(kept, user_pk=8, now=NOW + uploads.WAITS + datetime.timedelta(days=1))
    assert Session.objects.filter(session_key__startswith="import-").count() == 1
    assert not Session.objects.filter(session_key=other).exists()


def test_an_upload_that_was_tampered_with_is_none():
    key = uploads.keep(Upload("a.md", source(PAGE), None, "parcel-tax"), user_pk=7, now=NOW)
    Session.objects.filter(session_key=key).update(session_data=Session.objects.encode({"name": "a.md"}))
    assert uploads.find(key, user_pk=7, now=NOW) is None


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
    sent = SentChoices.of(QueryDict("match:item:0=new&conflict:a:title=source&shown_matches=nonsense&other:x=1"))
    assert (sent.matches, sent.answers, sent.shown_matches) == ({"item:0": "new"}, {"a:title": "source"}, {})
