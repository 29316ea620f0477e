"""Editing in the admin: what a form offers, what it refuses, and that nothing reaches readers by saving."""

import re

import pytest
from django.urls import reverse

from roadmap.markdown import MAX_MARKDOWN_LENGTH
from roadmap.models import Api, ChangelogEntry, Edition, Field, Item, Page, Release, Roadmap
from roadmap.publishing import standings
from tests import make
from tests.admin.opened import save
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def inline(prefix, *rows, initial=0):
    total = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return total | {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def item_form(of, /, *milestones, apis=(), initial=0, **fields):
    return {
        "roadmap": of.pk,
        "title": "Multiple agents",
        "is_breaking": "unknown",
        "position": 0,
        **fields,
        **inline("milestones", *milestones, initial=initial),
        **inline("item_apis", *apis),
    }


def errors(response):
    """Every message on a form that was shown again, inlines included."""
    context = response.context
    found = [str(message) for messages in context["adminform"].form.errors.values() for message in messages]
    for formset in context["inline_admin_formsets"]:
        for form in formset.formset.errors:
            found += [str(message) for messages in form.values() for message in messages]
        found += [str(message) for message in formset.formset.non_form_errors()]
    return found


def test_an_item_is_made_with_its_milestones_and_apis(staff):
    roadmap, api = make.roadmap(reference_prefix="VAT"), make.api(name="VAT API")
    response = staff.post(
        reverse("admin:roadmap_item_add"),
        item_form(
            roadmap,
            {"environment": "test", "when": "March 2026 (deployed)"},
            {"environment": "controlled_go_live"},
            {"environment": "live", "when": "Q3 2026"},
            apis=[{"api": api.pk, "version": "v2.0", "position": 0}],
        ),
        follow=True,
    )
    item = Item.objects.get()
    assert item.reference == "VAT-1"
    assert [(one.environment, one.when, one.is_deployed) for one in item.milestones.all()] == [
        ("test", "March 2026 (deployed)", True),
        ("live", "Q3 2026", False),
    ]
    assert [str(one) for one in item.item_apis.all()] == ["VAT API v2.0"]
    text = response.content.decode()
    assert "Readers do not see this yet" in text
    assert reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]) in text


def test_saving_publishes_nothing(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Old")
    make.edition(roadmap)
    save(staff, reverse("admin:roadmap_item_change", args=[item.pk]), item_form(roadmap, title="New"))
    item.refresh_from_db()
    assert item.title == "New"
    assert Edition.objects.count() == 1


@each_case(
    ("milestone", "message"),
    [
        ({"environment": "live", "when": "whenever"}, "October 2018"),
        ({"environment": "live", "when": "31 April 2026"}, "30 days"),
        ({"environment": "live", "when": "x" * 101}, "Shorten it to 100"),
        ({"environment": "live", "when": "\x00"}, "cannot be kept (NUL)"),
        ({"environment": "nowhere", "when": "June 2026"}, "not among the choices"),
    ],
)
def test_a_date_that_is_not_understood_is_refused_at_its_field(staff, milestone, message):
    response = staff.post(reverse("admin:roadmap_item_add"), item_form(make.roadmap(), milestone))
    assert response.status_code == 200
    assert message in " ".join(errors(response))
    assert not Item.objects.exists()


OLD_DATE = "2026 to 2027"  # understood when it was published, and refused today


def test_a_date_that_nobody_touched_keeps_no_other_field_from_being_saved(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, live=OLD_DATE)
    milestone = item.milestones.get()
    row = {"id": milestone.pk, "item": item.pk, "environment": "live", "when": OLD_DATE}
    change = reverse("admin:roadmap_item_change", args=[item.pk])
    assert save(staff, change, item_form(roadmap, row, title="New", initial=1)).status_code == 302
    assert (
        save(staff, change, item_form(roadmap, row | {"is_deployed": "on"}, title="New", initial=1)).status_code == 302
    )
    milestone.refresh_from_db()
    item.refresh_from_db()
    assert (item.title, milestone.when, milestone.is_deployed) == ("New", OLD_DATE, True)
    assert OLD_DATE in staff.get(reverse("admin:roadmap_item_changelist")).content.decode()

    typed = {"environment": "test", "when": OLD_DATE}
    refused = save(staff, change, item_form(roadmap, row, typed, initial=1))
    assert any("year" in message for message in errors(refused))
    assert item.milestones.count() == 1
    refused = save(staff, change, item_form(roadmap, row | {"when": "2027 to 2028"}, initial=1))
    assert refused.status_code == 200
    milestone.refresh_from_db()
    assert milestone.when == OLD_DATE


@each_case(
    ("noun", "made"),
    [("release", make.release), ("changelogentry", make.changelog_entry)],
)
def test_an_old_date_of_anything_else_is_left_alone_too_and_not_taken_anew(staff, noun, made):
    thing = made(make.roadmap(), when=OLD_DATE)
    change = reverse(f"admin:roadmap_{noun}_change", args=[thing.pk])
    fields = {"title": "New", "horizon": "", "introduction": "", "body": "", "position": 0}
    assert save(staff, change, fields | {"when": OLD_DATE}).status_code == 302
    thing.refresh_from_db()
    assert (thing.title, thing.when) == ("New", OLD_DATE)
    for typed in ("2027 to 2028", "whenever"):
        refused = save(staff, change, fields | {"when": typed})
        assert "when" in refused.context["adminform"].form.errors
    add = reverse(f"admin:roadmap_{noun}_add")
    assert "when" in staff.post(add, fields | {"when": OLD_DATE}).context["adminform"].form.errors


def test_a_milestone_without_a_date_is_still_told_that_it_needs_one(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, deployed=("live",))
    row = {"id": item.milestones.get().pk, "item": item.pk, "environment": "live", "when": ""}
    response = save(staff, reverse("admin:roadmap_item_change", args=[item.pk]), item_form(roadmap, row, initial=1))
    told = "“Live” has nothing any more: it was “deployed”. To take it away, tick “Remove” beside it. To keep it, enter"
    assert [told in error for error in errors(response)] == [True]


def test_saving_a_form_that_nobody_changed_changes_nothing(staff):
    """A browser sends CR and LF."""
    roadmap = make.roadmap(description="One\ntwo", footer="One  \ntwo")
    item = make.item(roadmap, description="    code\n\n- one  \n  two", live="June 2026")
    page = make.page(roadmap, body="Cafe\n\n- one")
    make.edition(roadmap)
    for noun, thing in (("item", item), ("page", page), ("roadmap", roadmap)):
        opened = staff.get(reverse(f"admin:roadmap_{noun}_change", args=[thing.pk]))
        sent = {"is_breaking": "unknown", **filled(opened)}
        assert any("\r\n" in text for texts in sent.values() for text in texts)
        assert staff.post(opened.request["PATH_INFO"], sent).status_code == 302
    assert standings(roadmap) == {}


def test_an_empty_milestone_row_that_was_ticked_off_is_refused(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, live="June 2026")
    row = {"id": item.milestones.get().pk, "item": item.pk, "environment": "live", "when": ""}
    response = save(staff, reverse("admin:roadmap_item_change", args=[item.pk]), item_form(roadmap, row, initial=1))
    assert [error.partition(" To keep")[0] for error in errors(response)] == [
        "“Live” has nothing any more: it was “June 2026”. To take it away, tick “Remove” beside it."
    ]
    assert item.milestones.get().when == "June 2026"


def test_two_milestones_in_one_environment_are_refused(staff):
    rows = [{"environment": "live", "when": "June 2026"}, {"environment": "live", "when": "July 2026"}]
    response = staff.post(reverse("admin:roadmap_item_add"), item_form(make.roadmap(), *rows))
    assert "Two of these rows have the same environment" in " ".join(errors(response))
    assert not Item.objects.exists()


@each_case(
    ("fields", "message"),
    [
        ({"title": "x" * 10_000}, "This has 10000 characters. Shorten it to 200 or fewer."),
        ({"title": "two\nlines"}, "on one line"),
        ({"title": "null\x00byte"}, "cannot be kept (NUL)"),
        ({"title": "\u202eevil\u202c"}, "invisible sign"),
        ({"title": "  "}, "Fill this in"),
        ({"description": "x" * (MAX_MARKDOWN_LENGTH + 1)}, "200,001"),
        ({"description": "null\x00byte"}, "cannot be kept (NUL)"),
        ({"description": "![](/media/a.png)"}, "Describe"),
        ({"release": "999999"}, "not among the choices"),
        ({"kind": "spaceship"}, "not among the choices"),
        ({"position": "-1"}, "This must be 0 or more."),
        ({"roadmap": "999999"}, "not among the choices"),
    ],
)
def test_what_an_item_cannot_be_is_said_at_the_field_and_nothing_is_saved(staff, fields, message):
    response = staff.post(reverse("admin:roadmap_item_add"), item_form(make.roadmap(), **fields))
    assert response.status_code == 200
    assert message in " ".join(errors(response))
    assert not Item.objects.exists()


@each_case(
    ("fields", "message"),
    [
        ({"contact_email": "team@example.gov.uk\nBcc: all@example.com"}, "Enter an email address"),
        ({"contact_email": "team"}, "Enter an email address"),
        ({"contact_email": ""}, "Fill this in"),
        ({"contact_subject": "one\r\ntwo"}, "on one line"),
        ({"slug": "admin"}, "The site itself uses"),
        ({"slug": "with space"}, "Use only letters, numbers, hyphens and underscores."),
        ({"reference_prefix": "vat"}, "capital letters"),
        ({"reference_prefix": "VAT\n"}, ""),
        ({"test_label": ""}, "Fill this in"),
    ],
)
def test_what_a_roadmap_cannot_be_is_said_at_the_field(staff, fields, message):
    response = staff.post(reverse("admin:roadmap_roadmap_add"), roadmap_form(**fields))
    if message:
        assert response.status_code == 200
        assert message in " ".join(errors(response))
        assert not Roadmap.objects.exists()
    else:  # white space around it is only taken off
        assert Roadmap.objects.get().reference_prefix == "VAT"


def roadmap_form(**fields):
    return {
        "title": "VAT roadmap",
        "slug": "vat-mtd",
        "reference_prefix": "VAT",
        "position": 0,
        "contact_name": "Team",
        "contact_email": "team@example.gov.uk",
        "contact_subject": "Roadmap enquiry",
        "test_label": "Sandbox",
        "controlled_go_live_label": "Controlled go-live",
        "live_label": "Live",
        **fields,
    }


def test_a_subject_with_signs_that_mean_something_in_a_link_is_kept(staff):
    staff.post(reverse("admin:roadmap_roadmap_add"), roadmap_form(contact_subject="50% & more?"))
    assert Roadmap.objects.get().contact_subject == "50% & more?"


def test_an_address_stays_once_it_is_published(staff):
    roadmap = make.roadmap(slug="vat-mtd")
    page = make.page(roadmap, slug="who-we-are")
    change = reverse("admin:roadmap_page_change", args=[page.pk])
    assert 'name="slug"' in staff.get(change).content.decode()
    make.edition(roadmap)
    assert 'name="slug"' not in staff.get(change).content.decode()
    save(staff, change, {"title": "Who we are", "body": "New", "position": 0, "slug": "elsewhere"})
    save(staff, reverse("admin:roadmap_roadmap_change", args=[roadmap.pk]), roadmap_form(slug="elsewhere"))
    page.refresh_from_db()
    roadmap.refresh_from_db()
    assert (page.slug, page.body, roadmap.slug) == ("who-we-are", "New", "vat-mtd")


def test_a_page_gets_its_address_from_its_title(staff):
    roadmap = make.roadmap()
    staff.post(
        reverse("admin:roadmap_page_add"),
        {"roadmap": roadmap.pk, "title": "Who we are", "body": "", "slug": "", "position": 0},
    )
    assert Page.objects.get().slug == "who-we-are"


def test_an_item_offers_only_its_own_roadmaps_releases_and_fields(staff):
    mine, other = make.roadmap(), make.roadmap()
    item = make.item(mine)
    make.release(mine, title="Mine")
    make.release(other, title="Theirs")
    make.field(mine, name="Tax years")
    make.field(other, name="Foreign field")
    text = staff.get(reverse("admin:roadmap_item_change", args=[item.pk])).content.decode()
    assert "Mine" in text
    assert "Tax years" in text
    assert "Theirs" not in text
    assert "Foreign field" not in text


def test_an_item_form_shows_every_environment_under_its_roadmaps_own_name(staff):
    roadmap = make.roadmap(test_label="Test", live_label="Production")
    item = make.item(roadmap, live="June 2026")
    response = staff.get(reverse("admin:roadmap_item_change", args=[item.pk]))
    rows = response.context["inline_admin_formsets"][0].formset.in_order()
    assert [form["when"].value() or "" for form in rows] == ["", "", "June 2026"]
    names = re.findall(r'class="item-date__name">(.*?)<span', response.content.decode())
    assert names == ["Test", "Controlled go-live", "Production"]


def test_a_published_roadmap_cannot_be_deleted(staff):
    roadmap = make.roadmap()
    url = reverse("admin:roadmap_roadmap_delete", args=[roadmap.pk])
    assert staff.get(url).status_code == 200
    make.edition(roadmap)
    assert staff.get(url).status_code == 403
    assert staff.post(url, {"post": "yes"}).status_code == 403


def test_a_release_with_items_is_not_deleted_and_the_page_says_why(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Near term")
    make.item(roadmap, title="Multiple agents", release=release)
    response = staff.post(reverse("admin:roadmap_release_delete", args=[release.pk]), {"post": "yes"})
    assert "Multiple agents" in response.content.decode()
    assert Release.objects.exists()


def test_deleting_a_public_thing_says_what_readers_will_see(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap)
    make.edition(roadmap)
    draft = make.item(roadmap)
    url = "admin:roadmap_item_delete"
    assert "withdrawn" in staff.get(reverse(url, args=[item.pk])).content.decode()
    assert "withdrawn" not in staff.get(reverse(url, args=[draft.pk])).content.decode()


@each_case("model", [Api, ChangelogEntry, Field, Item, Page, Release, Roadmap])
@each_case("view", ["changelist", "add"])
def test_every_screen_asks_for_a_login_and_answers_staff(client, model, view):
    make.roadmap()
    url = reverse(f"admin:roadmap_{model._meta.model_name}_{view}")
    assert client.get(url).status_code == 302
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url).status_code == 200


def test_milestones_stand_in_the_order_of_environments_by_their_names_here(staff):
    item = make.item(make.roadmap(live_label="Production"), live="Q3 2026", controlled_go_live="TBC")
    make.milestone(item, "test", "1/4/26", is_deployed=True)
    milestones = staff.get(reverse("admin:roadmap_item_change", args=[item.pk])).context["inline_admin_formsets"][0]
    assert [str(row.original) for row in milestones if row.original] == [
        "Sandbox: 1 April 2026, deployed",
        "Controlled go-live: To be confirmed",
        "Production: July to September 2026",
    ]


def test_what_follows_is_said_where_a_column_is_deleted(staff):
    column = make.field(make.roadmap(title="VAT", slug="vat"), name="Usable in year?")
    page = staff.post(reverse("admin:roadmap_field_delete", args=[column.pk]), {"post": "yes"}, follow=True)
    assert "Readers do not see this yet." in page.content.decode()
    assert "Review and publish VAT (/vat/)" in page.content.decode()


def test_the_team_that_answers_and_the_people_who_edit_have_names_of_their_own(staff):
    make.roadmap()
    form = staff.get(reverse("admin:roadmap_roadmap_change", args=[Roadmap.objects.get().pk])).context["adminform"].form
    assert (form["contact_name"].label, form["team"].label) == ("Team", "People")
    assert 'type="checkbox"' in str(form["team"])
