"""Who sees and does what in the admin: editors, publishers, those in no group. See security/test_outside_the_team."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from roadmap.admin.permissions import editable_roadmaps, may_edit, may_publish
from roadmap.models import Api, Edition, Item, Roadmap
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db

NOUNS = ["roadmap", "page", "release", "item", "changelogentry", "field"]


def member(group, **fields):
    user = make.user(is_superuser=False, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def site(client):
    """Two roadmaps, ours and theirs, each with a public thing of every kind, and a draft of every kind in ours."""
    return Site(client)


class Site:
    def __init__(self, client):
        self.client = client
        self.ours, self.theirs = make.roadmap(title="Our roadmap"), make.roadmap(title="Their roadmap")
        self.public = self.things(self.ours, "Our public")
        self.foreign = self.things(self.theirs, "Their public")
        for roadmap in (self.ours, self.theirs):
            make.edition(roadmap, at=make.at("2026-03-24"))
        self.drafts = self.things(self.ours, "Our draft")
        self.in_release = make.item(self.ours, title="Our item in a release", release=self.public["release"])
        make.item(self.theirs, title="Their item in a release", release=self.foreign["release"])
        self.theirs.team.add(member("Publishers", username="theirs"))

    @staticmethod
    def things(roadmap, words):
        return {
            "roadmap": roadmap,
            "page": make.page(roadmap, title=f"{words} page"),
            "release": make.release(roadmap, title=f"{words} release"),
            "item": make.item(roadmap, title=f"{words} item"),
            "changelogentry": make.changelog_entry(roadmap, title=f"{words} entry"),
            "field": make.field(roadmap, name=f"{words} field"),
        }

    def as_(self, who):
        group = {"editor": "Editors", "publisher": "Publishers"}.get(who)
        user = make.user() if who == "superuser" else member(group, username=who)
        sign_in(self.client, user)
        return user

    def save(self, url, form, **options):
        """Opens the form, then sends it, as a browser does."""
        context = self.client.get(url).context
        opened = {context["mark_field"]: str(context["mark"])} if "mark_field" in context else {}
        return self.client.post(url, form | opened, **options)

    def urls(self, things, noun):
        """Every screen about one thing."""
        pk = things[noun].pk
        yield from (reverse(f"admin:roadmap_{noun}_{view}", args=[pk]) for view in ("change", "delete", "history"))
        if noun == "roadmap":
            yield reverse("admin:roadmap_roadmap_publish", args=[pk])
        if noun == "release":
            yield f"{reverse('admin:roadmap_item_mark_deployed')}?releases={pk}"
        if noun == "item":
            yield f"{reverse('admin:roadmap_item_mark_deployed')}?items={pk}"
            yield f"{reverse('admin:roadmap_item_move')}?items={pk}"


# What each role may do


def test_the_groups_come_with_the_migrations_and_hold_what_they_need():
    found = {
        group.name: {*group.permissions.values_list("content_type__app_label", "codename")}
        for group in Group.objects.all()
    }
    assert {*found} == {"Auditors", "Editors", "Email addresses", "Publishers"}
    assert found["Auditors"] == {("roadmap", "view_securityevent")}
    assert found["Publishers"] - found["Editors"] == {
        ("roadmap", name) for name in ("add_roadmap", "delete_roadmap", "publish_roadmap")
    }
    assert {app for app, _ in found["Publishers"]} == {"roadmap"}  # neither touches users and groups


LISTS = {f"{noun}_changelist": (200, 200, 403) for noun in [*NOUNS, "api"]}
ADDS = {f"{noun}_add": (200, 200, 403) for noun in [*NOUNS, "api"]} | {"roadmap_add": (403, 200, 403)}


@each_case(("name", "expected"), [*(LISTS | ADDS).items()])
def test_lists_and_adding(site, name, expected):
    for who, status in zip(("editor", "publisher", "nobody"), expected, strict=True):
        site.as_(who)
        assert site.client.get(reverse(f"admin:roadmap_{name}")).status_code == status, who


@each_case("noun", NOUNS)
def test_one_thing(site, noun):
    def statuses(things):
        return {url.rstrip("/").rpartition("/")[2]: site.client.get(url).status_code for url in site.urls(things, noun)}

    roadmap = noun == "roadmap"
    site.as_("editor")
    public = statuses(site.public)
    assert public.pop("delete") == 403  # readers know it
    assert public.pop("publish", 200) == 200  # to read: see tests/admin/publish/test_views.py
    assert {*public.values()} == {200}
    draft = statuses(site.drafts)
    assert draft["delete"] == (403 if roadmap else 200)
    site.as_("publisher")
    public = statuses(site.public)
    assert public.pop("delete") == (403 if roadmap else 200)  # a published roadmap stays
    assert {*public.values()} == {200}
    site.as_("nobody")
    assert {*statuses(site.public).values()} == {403}
    site.client.logout()
    assert {*statuses(site.public).values()} == {302}


@pytest.mark.parametrize("url", ["auth_user_changelist", "auth_user_add"])
def test_people_are_for_superusers(site, url):
    for who, status in (("editor", 403), ("publisher", 403), ("superuser", 200)):
        site.as_(who)
        assert site.client.get(reverse(f"admin:{url}")).status_code == status


def test_the_three_questions():
    ours, theirs = make.roadmap(), make.roadmap()
    editor, publisher, nobody, root = member("Editors"), member("Publishers"), member(None), make.user()
    theirs.team.add(make.user(is_superuser=False))
    for user, edits, publishes in (
        (editor, [ours], [ours]),
        (publisher, [ours], [ours]),
        (nobody, [], []),
        (root, [ours, theirs], [ours, theirs]),
    ):
        assert [*editable_roadmaps(user)] == edits
        assert [one for one in (ours, theirs) if may_edit(user, one)] == edits
        publishes = [] if user == editor else publishes
        assert [one for one in (ours, theirs) if may_publish(user, one)] == publishes
    theirs.team.add(editor)
    assert [*editable_roadmaps(editor)] == [ours, theirs]
    theirs.team.add(root)
    assert editable_roadmaps(editor).count() == 2  # a team of three is one roadmap still
    editor.is_active = False
    assert not may_edit(editor, ours)


# Editors


def test_an_editor_is_shown_nothing_that_only_publishers_do(site):
    site.as_("editor")
    pages = ["admin:index", "admin:roadmap_roadmap_changelist"]
    texts = [site.client.get(reverse(page)).content.decode() for page in pages]
    texts.append(site.client.get(reverse("admin:roadmap_roadmap_change", args=[site.ours.pk])).content.decode())
    for text in texts:
        assert "Our roadmap" in text
        assert "Review and publish" not in text
        assert "Undo" not in text
    assert 'name="team"' not in texts[-1]
    assert 'name="asks_reasons"' not in texts[-1]


def test_an_editor_is_told_why_there_is_no_delete_button(site):
    site.as_("editor")
    public = site.client.get(reverse("admin:roadmap_item_change", args=[site.public["item"].pk])).content.decode()
    draft = site.client.get(reverse("admin:roadmap_item_change", args=[site.drafts["item"].pk])).content.decode()
    why = "Readers know this, so only a publisher can take it away."
    assert (why in public, 'class="deletelink"' in public) == (True, False)
    assert (why in draft, 'class="deletelink"' in draft) == (False, True)
    site.as_("publisher")
    public = site.client.get(reverse("admin:roadmap_item_change", args=[site.public["item"].pk])).content.decode()
    assert (why in public, 'class="deletelink"' in public) == (False, True)


def test_an_editor_saves_and_is_told_who_publishes(site):
    site.as_("editor")
    page = site.public["page"]
    url = reverse("admin:roadmap_page_change", args=[page.pk])
    response = site.save(url, page_form(title="Reworded"), follow=True)
    page.refresh_from_db()
    assert page.title == "Reworded"
    told = response.content.decode()
    assert "until a publisher has reviewed and published it" in told
    assert f'{reverse("admin:roadmap_roadmap_ready", args=[page.roadmap_id])}">Ask for it to be published' in told


def page_form(**fields):
    return {"title": "Page", "body": "", "position": 0, "slug": "page", **fields}


def test_an_editor_cannot_change_the_team_or_the_rule_by_a_form_of_their_own(site):
    user = site.as_("editor")
    site.save(
        reverse("admin:roadmap_roadmap_change", args=[site.ours.pk]),
        roadmap_form(title="Renamed", team=[user.pk], asks_reasons="on"),
    )
    site.ours.refresh_from_db()
    assert site.ours.title == "Renamed"
    assert not site.ours.team.exists()
    assert not site.ours.asks_reasons


def roadmap_form(**fields):
    return {
        "title": "Our roadmap",
        "reference_prefix": "OUR",
        "position": 0,
        "contact_name": "Team",
        "contact_email": "team@example.gov.uk",
        "test_label": "Sandbox",
        "controlled_go_live_label": "Controlled go-live",
        "live_label": "Live",
        **fields,
    }


@pytest.mark.parametrize("noun", ["page", "release", "item", "changelogentry", "field"])
def test_an_editor_deletes_drafts_and_nothing_that_readers_know(site, noun):
    site.as_("editor")
    model = type(site.public[noun])
    site.in_release.delete()  # a release with items in it stays anyway
    delete = f"admin:roadmap_{noun}_delete"
    assert site.client.post(reverse(delete, args=[site.public[noun].pk]), {"post": "yes"}).status_code == 403
    assert site.client.post(reverse(delete, args=[site.drafts[noun].pk]), {"post": "yes"}).status_code == 302
    assert model.objects.filter(pk=site.public[noun].pk).exists()
    assert not model.objects.filter(pk=site.drafts[noun].pk).exists()


def bulk_delete(site, noun, *things, **sure):
    url = reverse(f"admin:roadmap_{noun}_changelist")
    form = {"action": "delete_selected", "_selected_action": [one.pk for one in things], **sure}
    return site.client.post(url, form)


def test_a_bulk_delete_with_a_public_thing_in_it_deletes_nothing_for_an_editor(site):
    site.as_("editor")
    public, draft = site.public["item"], site.drafts["item"]
    text = bulk_delete(site, "item", public, draft).content.decode()
    assert "You can delete only what was never published." in text
    assert public.title in text
    assert draft.title not in text
    assert bulk_delete(site, "item", public, draft, post="yes").status_code == 403
    assert Item.objects.filter(pk__in=[public.pk, draft.pk]).count() == 2
    bulk_delete(site, "item", draft, post="yes")
    assert not Item.objects.filter(pk=draft.pk).exists()


def test_a_publisher_withdraws_by_deleting_and_readers_keep_it_until_published(site):
    site.as_("publisher")
    bulk_delete(site, "item", site.public["item"], post="yes")
    assert not Item.objects.filter(pk=site.public["item"].pk).exists()
    assert site.client.get(site.public["item"].get_absolute_url()).status_code == 200
    text = site.client.get(reverse("admin:roadmap_roadmap_publish", args=[site.ours.pk])).content.decode()
    assert "Withdrawn" in text


def test_an_api_stays_while_it_is_used_and_only_publishers_rename_it_then(site):
    site.as_("editor")
    used, free = make.api(name="Used API"), make.api(name="Free API")
    make.item(site.ours, apis=((used, "v1.0"),))
    change = reverse("admin:roadmap_api_change", args=[used.pk])
    site.save(change, {"name": "Renamed API", "url": ""})
    for api in (used, free):
        site.client.post(reverse("admin:roadmap_api_delete", args=[api.pk]), {"post": "yes"})
    assert [api.name for api in Api.objects.all()] == ["Used API"]


# Publishers


def test_a_publisher_publishes_and_an_editor_does_not(site):
    url = reverse("admin:roadmap_roadmap_publish", args=[site.ours.pk])
    site.as_("editor")
    assert site.client.post(url, {"note": ""}).status_code == 403
    assert Edition.objects.filter(roadmap=site.ours).count() == 1
    site.as_("publisher")
    assert site.client.get(url).status_code == 200


def test_a_publisher_adds_a_roadmap_with_a_team_of_staff(site):
    user = site.as_("publisher")
    outside = make.user(is_superuser=False, is_staff=False, username="reader")
    add = reverse("admin:roadmap_roadmap_add")
    form = site.client.get(add).context["adminform"].form
    offered = {one.username for one in form.fields["team"].queryset}
    assert {"publisher", "theirs"} <= offered
    assert "reader" not in offered
    form = roadmap_form(slug="new", reference_prefix="NEW", asks_reasons="on")
    response = site.client.post(add, form | {"team": [outside.pk]})
    assert "not among the choices" in str(response.context["adminform"].form.errors["team"])
    site.client.post(add, form | {"team": [user.pk]})
    roadmap = Roadmap.objects.get(slug="new")
    assert [*roadmap.team.all()] == [user]
    assert roadmap.asks_reasons


def test_a_publisher_cannot_lock_themselves_out_of_a_roadmap(site):
    site.as_("publisher")
    colleague = member("Editors")
    url = reverse("admin:roadmap_roadmap_change", args=[site.ours.pk])
    response = site.save(url, roadmap_form(title="Renamed", team=[colleague.pk]))
    assert "Put yourself in the team too" in str(response.context["adminform"].form.errors["team"])
    assert 'value="Renamed"' in response.content.decode()
    assert not site.ours.team.exists()


def test_saving_takes_nobody_out_of_a_team_who_left_the_staff(site):
    user = site.as_("publisher")
    left = make.user(is_superuser=False, is_staff=False)
    site.ours.team.add(user, left)
    url = reverse("admin:roadmap_roadmap_change", args=[site.ours.pk])
    site.save(url, roadmap_form(team=[user.pk, left.pk]))
    assert {*site.ours.team.all()} == {user, left}


# The migration


@pytest.mark.django_db(transaction=True)
def test_the_roles_can_be_taken_back_and_made_again():
    def migrate(name):
        MigrationExecutor(connection).migrate([("roadmap", name)])

    newest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "roadmap"]
    try:
        Group.objects.get_or_create(name="Translators")
        migrate("0003_saves_and_preview_links")
        assert [*Group.objects.values_list("name", flat=True)] == ["Translators"]
        Permission.objects.filter(content_type__app_label="roadmap").delete()  # as on an empty database
        own = Group.objects.create(name="Editors")
        own.permissions.add(Permission.objects.get(codename="view_user"))
        migrate("0004_roles")
        assert {*Group.objects.values_list("name", flat=True)} == {"Translators", "Editors", "Publishers"}
        assert own.permissions.filter(codename="change_item").exists()
        assert own.permissions.filter(codename="view_user").exists()  # what a group had, it keeps
        named = Permission.objects.get(codename="change_api", content_type__app_label="roadmap")
        assert named.name == "Can change API"
    finally:
        MigrationExecutor(connection).migrate(newest)
