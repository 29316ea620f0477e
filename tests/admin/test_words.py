"""What staff read is ours: no page of the admin has a word of Django's that is listed here."""

import re
from html import unescape
from pathlib import Path

import django
import polib
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import URLResolver, get_resolver, reverse

from roadmap.models import PreviewLink
from roadmap.previews.links import current_time, make_link
from roadmap_site.words import SOURCE, compile_into
from tests import make
from tests.admin.press import filled

JARGON = [
    *("to change", "By apis", "Field value", "ManagementForm", "protected related", "related objects", "Staff status"),
    *("Superuser", "algorithm", "pbkdf2", "quality time", "Authentication and Authorization", "authenticated"),
    *("successfully", "Add another Field", "object_id", "primary key", "slug", "queryset", "Log out", "log in"),
    *("credentials", "Select this object", "action_checkbox", "Formset", "pk=", "None available", "Recent actions"),
    *("a.m.", "p.m.", "noon", "This field", "valid choice", "Ensure this value", "data for", "Null"),
    *(
        "(total",
        "results",
        "-----",
        "Remove from sorting",
        "Date/time",
        "violated",
        "tampered",
        "Last login",
        "Objects",
    ),
    *("administrators via email", "instance", "inline", "Perhaps it was deleted", "Designates", "ID “"),
]

# A time as a clock has it ("17:30", "12pm"), or a month cut short: GOV.UK writes 5:30pm, midday, 24 March 2026.
NOT_AS_WRITTEN = r"(?<![\d:])12[ap]m\b|\b(?:[01]?\d|2[0-3]):[0-5]\d\b"
NOT_AS_WRITTEN += r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"


def test_every_sentence_that_is_replaced_is_one_of_djangos():
    """Or a newer Django would say it in its own words, and nobody would notice."""
    ours = polib.pofile(str(SOURCE))
    theirs = set()
    for app in ("conf", "contrib/admin", "contrib/auth"):
        found = Path(django.__file__).parent / app / "locale/en/LC_MESSAGES/django.po"
        theirs |= {(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(found))}
    assert [entry.msgid for entry in ours if (entry.msgid, entry.msgid_plural) not in theirs] == []
    assert [entry.msgid for entry in ours if not (entry.msgstr or all(entry.msgstr_plural.values()))] == []


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path, caplog):
    (tmp_path / "en_GB").write_text("a file")
    compile_into(tmp_path)
    assert "could not be written" in caplog.text


def test_they_are_made_anew_when_their_source_changes(tmp_path, monkeypatch):
    source = tmp_path / "django.po"
    source.write_text('msgid "Log out"\nmsgstr "Leave"\n')
    monkeypatch.setattr("roadmap_site.words.SOURCE", source)
    made = tmp_path / "en_GB/LC_MESSAGES/django.mo"
    compile_into(tmp_path)
    first = made.read_bytes()
    source.write_text('msgid "Log out"\nmsgstr "Go"\n')
    compile_into(tmp_path)
    assert made.read_bytes() != first


@pytest.fixture
def addresses(db):
    """Every address of the admin that a browser gets, by name, each of a thing that is there."""
    roadmap = make.roadmap(slug="vat-mtd", title="VAT", reference_prefix="VAT")
    field, api = make.field(roadmap, name="Tax years"), make.api(name="VAT API")
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, title="Agents", release=release, live="June 2026", apis=((api, "1.0"),))
    things = {
        "roadmap": roadmap,
        "item": item,
        "release": release,
        "page": make.page(roadmap, title="About"),
        "changelogentry": make.changelog_entry(roadmap),
        "field": field,
        "api": api,
    }
    make.edition(roadmap, at=make.at("2026-01-05"))
    item.milestones.update(when="May 2026")
    edition = make.edition(roadmap, at=make.at("2026-01-06"))
    person = make.user(username="kim", last_login=make.at("2026-01-06", "18:55"))
    of_api = {"content_type": ContentType.objects.get_for_model(api), "object_id": str(api.pk)}
    LogEntry.objects.create(user=person, action_flag=2, change_message="Changed", **of_api)
    make_link(roadmap=roadmap, by=person, purpose="Policy", days=7, now=current_time())
    assert PreviewLink.objects.count() == 1
    return {**_of_models(things), **_others(roadmap, edition, item, person)}


def _of_models(things):
    found = {}
    for name, thing in things.items():
        for what in ("changelist", "add"):
            found[f"roadmap_{name}_{what}"] = reverse(f"admin:roadmap_{name}_{what}")
        for what in ("change", "delete", "history"):
            found[f"roadmap_{name}_{what}"] = reverse(f"admin:roadmap_{name}_{what}", args=[thing.pk])
    return found


def _others(roadmap, edition, item, person):
    of_roadmap = ["publish", "ready", "to_check", "preview_links", "editions", "deleted", "import_again", "imports"]
    of_roadmap += ["grid", "grid_upload"]
    found = {
        f"roadmap_roadmap_{name}": reverse(f"admin:roadmap_roadmap_{name}", args=[roadmap.pk]) for name in of_roadmap
    }
    for name in ("edition_restore", "edition_undo"):
        found[f"roadmap_roadmap_{name}"] = reverse(f"admin:roadmap_roadmap_{name}", args=[roadmap.pk, edition.pk])
    found["roadmap_roadmap_history_of"] = reverse("admin:roadmap_roadmap_history_of", args=[roadmap.pk, item.uid])
    item.description = "More words"
    item.save()
    found["roadmap_roadmap_discard"] = f"{reverse('admin:roadmap_roadmap_discard', args=[roadmap.pk])}?of={item.uid}"
    for name in ("emails", "address"):
        found[f"roadmap_roadmap_{name}"] = reverse(f"admin:roadmap_roadmap_{name}")
    for name in ("own_sign_ins", "own_second_factor", "own_second_factor_new"):
        found[name] = reverse(name)
    found["roadmap_roadmap_import"] = reverse("admin:roadmap_roadmap_import")
    found["roadmap_api_alike"] = reverse("admin:roadmap_api_alike")
    for name in ("item", "release", "page", "changelogentry", "field"):
        found[f"roadmap_{name}_order"] = reverse(f"admin:roadmap_{name}_order", args=[roadmap.pk])
    for name in ("mark_deployed", "move", "minor"):
        found[f"roadmap_item_{name}"] = f"{reverse(f'admin:roadmap_item_{name}')}?items={item.pk}"
    found["roadmap_item_bulk"] = f"{reverse('admin:roadmap_item_bulk', args=['date'])}?items={item.pk}"
    found["roadmap_securityevent_changelist"] = reverse("admin:roadmap_securityevent_changelist")
    for name in ("changelist", "add", "locked"):
        found[f"auth_user_{name}"] = reverse(f"admin:auth_user_{name}")
    found["auth_user_history"] = reverse("admin:auth_user_history", args=[person.pk])
    found["auth_user_change"] = reverse("admin:auth_user_change", args=[person.pk])
    found["a search"] = f"{reverse('admin:roadmap_item_changelist')}?q=nothing"
    found["index"], found["password_change"] = reverse("admin:index"), reverse("admin:password_change")
    return found


# What no browser gets as a page, is asked of a thing in another state, or is refused to everybody.
NOT_A_PAGE = {
    *("login", "logout", "password_change_done", "autocomplete", "jsi18n", "view_on_site", "app_list"),
    *("roadmap_roadmap_import_plan", "roadmap_roadmap_import_report"),
    "roadmap_roadmap_grid_download",
    *("roadmap_roadmap_edition_time", "roadmap_roadmap_edition_cancel"),
    *("auth_user_delete", "auth_user_invite", "auth_user_second_factor", "auth_user_sign_ins"),
}


def _names(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern)
        elif pattern.name:
            yield pattern.name


def words_of(html):
    """What is read: no markup, and of scripts and styles nothing."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_no_address_of_the_admin_is_forgotten(addresses):
    admin = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin")
    assert {*_names(admin)} - NOT_A_PAGE - addresses.keys() == set()


def test_no_page_of_the_admin_has_a_word_of_djangos(client, addresses):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    wrong = {}
    for name, url in addresses.items():
        answer = client.get(url, follow=True)
        if answer.status_code == 403:
            continue  # deleting what is published, say: nobody may
        assert answer.status_code == 200, (name, answer.status_code)
        words = words_of(answer.content.decode())
        if told := re.findall(NOT_AS_WRITTEN, words):
            wrong[f"{name}: when"] = told
        if found := [word for word in JARGON if re.search(rf"(?<!\w){re.escape(word)}", words, re.IGNORECASE)]:
            wrong[name] = found
    assert wrong == {}


def test_what_is_said_after_a_save_and_on_leaving_is_ours(client, addresses):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    url = addresses["roadmap_page_change"]
    told = words_of(client.post(url, filled(client.get(url), title="Who we are"), follow=True).content.decode())
    assert re.search("The page “ ?Who we are ?” is saved.", told)
    left = words_of(client.post(reverse("admin:logout")).content.decode())
    assert "You are signed out. Everything that you saved is kept." in left
    wrong = words_of(client.post(reverse("admin:login"), {"username": "x", "password": "y"}).content.decode())
    assert "do not go together" in wrong
