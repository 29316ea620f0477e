"""Every address of the admin and its form, asked and sent by those whom it is not for: the list is the site's own.

A new address fails here until it stands in EXPECTED: who may have an answer of it. What is theirs, the roadmap of a
team that none of these people is in, is never shown and never changed, whatever the address says.
"""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLResolver, get_resolver

from roadmap.models import Agreement, PreviewLink, Roadmap, Save
from roadmap.previews.links import current_time, make_link
from tests import make
from tests.admin.test_permissions import member, sign_in
from tests.transfer.another import exported

pytestmark = pytest.mark.django_db

CANARY = "Sekret"
NOBODY, NO_ROLE, AUDITOR, EDITOR, PUBLISHER = "nobody", "no role", "auditor", "editor", "publisher"
SIGNED_IN = {NO_ROLE, AUDITOR, EDITOR, PUBLISHER}
EVERYBODY = {NOBODY, *SIGNED_IN}
EDITS = {EDITOR, PUBLISHER}
NONE: set[str] = set()

NOUNS = ("item", "page", "release", "field", "changelogentry", "roadmap")
OF_ROADMAP = (
    *("publish", "ready", "discard", "grid", "grid_download", "grid_upload", "to_check", "preview_links", "editions"),
    *("edition_time", "edition_cancel", "edition_undo", "edition_restore", "history_of", "deleted", "import_plan"),
    *("import_again", "imports", "import_report"),
)
# By the name of each address, or its route where it has none: who gets more than a refusal.
EXPECTED = {
    **{f"roadmap_{noun}_{view}": NONE for noun in NOUNS for view in ("history", "delete", "change")},
    **{f"admin/roadmap/{noun}/<path:object_id>/": NONE for noun in NOUNS},
    **{f"roadmap_{noun}_changelist": EDITS for noun in NOUNS},
    **{f"roadmap_{noun}_add": EDITS for noun in NOUNS},
    **{f"roadmap_{noun}_order": NONE for noun in NOUNS[:-1]},
    **{f"roadmap_roadmap_{view}": NONE for view in OF_ROADMAP},
    # What many items are, of these people's own roadmaps only: it asks for another choice.
    **{f"roadmap_item_{view}": EDITS for view in ("mark_deployed", "move", "minor", "bulk")},
    "roadmap_roadmap_add": {PUBLISHER},
    "roadmap_roadmap_import": EDITS,
    # One API is every roadmap's: see tests/admin/test_apis.py for what may be changed of it.
    **{f"roadmap_api_{view}": EDITS for view in ("changelist", "add", "history", "delete", "change")},
    "admin/roadmap/api/<path:object_id>/": EDITS,
    "roadmap_api_alike": {PUBLISHER},
    # How many follow by email, of roadmaps of one's own; whose addresses they are is for a role that nobody here has.
    "roadmap_roadmap_emails": {PUBLISHER},
    "roadmap_roadmap_address": NONE,
    # People are for administrators.
    **{f"auth_user_{view}": NONE for view in ("changelist", "add", "history", "delete", "change", "invite", "locked")},
    "admin/auth/user/<path:object_id>/": NONE,
    "roadmap_securityevent_changelist": {AUDITOR},
    # Each person's own.
    **dict.fromkeys(("index", "password_change", "password_change_done", "jsi18n", "logout"), SIGNED_IN),
    **dict.fromkeys(("admin/(?P<url>.*)$", "app_list", "autocomplete", "view_on_site"), SIGNED_IN),
    **dict.fromkeys(("markdown_preview", "markdown_upload"), EDITS),
    # For whoever is not signed in yet, or asks whether they are.
    **dict.fromkeys(("login", "invitation", "staff_session"), EVERYBODY),
    **{f"sign_in_{step}": EVERYBODY for step in ("code", "set_up", "go_on", "reset")},
    **dict.fromkeys(("openid_start", "openid_back", "admin_password_reset"), EVERYBODY),
    **dict.fromkeys(("own_sign_ins", "own_recovery_codes"), SIGNED_IN),
    **{f"own_second_factor{step}": SIGNED_IN for step in ("", "_new", "_remove")},
    **{f"auth_user_{what}": NONE for what in ("second_factor", "sign_ins")},
}
# Said of drafts, by the same mount at all of these: tests/previews has what they show.
PREVIEWS = ("admin/preview/<int:pk>/", "admin/preview/<int:pk>/edition/<int:edition_pk>/")


def routes(resolver=None, before=""):
    """Every route of the admin, with its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif route.startswith("admin/"):
            yield route, pattern.name or route


def expected_of(route, name):
    return NONE if route.startswith(PREVIEWS) else EXPECTED[name]


@pytest.fixture
def theirs():
    """A roadmap with something of every kind, of a team that nobody here is in; what its addresses are made of."""
    roadmap = make.roadmap(title=f"{CANARY} roadmap", slug="theirs", reference_prefix="SEC")
    roadmap.team.add(make.user(username="them"))
    field, release = make.field(roadmap, name=f"{CANARY} field"), make.release(roadmap, title=f"{CANARY} release")
    api = make.api(name="Shared API")
    item = make.item(roadmap, title=f"{CANARY} item", release=release, live="June 2030", apis=((api, "1.0"),))
    page = make.page(roadmap, title=f"{CANARY} page", slug="them")
    entry = make.changelog_entry(roadmap, title=f"{CANARY} entry")
    make.edition(roadmap, at=make.at("2026-01-05"))
    item.description = f"{CANARY} words"
    item.save()
    waits = make.edition(roadmap, at=make.at("2036-01-05"))
    item.title = f"{CANARY} draft"
    item.save()
    link = make_link(roadmap=roadmap, by=roadmap.team.get(), purpose=CANARY, days=7, now=current_time())
    things = {"roadmap": roadmap, "item": item, "page": page, "release": release, "field": field}
    things |= {"changelogentry": entry, "api": api, "user": User.objects.get(username="them")}
    return things | {"edition": waits, "link": link}


def parts_of(route, theirs):
    """What stands in the places of a route: keys of what is theirs."""
    noun = next((noun for noun in (*NOUNS, "api", "user") if f"/{noun}/<path:object_id>" in route), "roadmap")
    of_user = route.startswith("admin/auth/")
    return {
        "object_id": theirs[noun].pk,
        "pk": theirs["user" if of_user else "roadmap"].pk,
        "edition_pk": theirs["edition"].pk,
        "number": theirs["edition"].number,
        "uid": theirs["item"].uid,
        "reference": theirs["item"].reference,
        "page_slug": theirs["page"].slug,
        "api": "shared-api",
        "what": "date",
        "key": f"import-{theirs['user'].pk}-key",
        "report_pk": 1,
        "content_type_id": 1,
        "uidb64": "MQ",
        "token": "forged",
        "url": "no/such/page",
        "app_label": "roadmap",
    }


def url_of(route, theirs):
    parts = parts_of(route, theirs)
    path = route.replace("^.+/$", "no-such-page/").replace("^", "").replace("$", "")
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: str(parts[found[1]]), path)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(parts[found[1]]), path)


def sent(theirs):
    """What forms of the admin have in them, all at once, about what is theirs."""
    roadmap, item = theirs["roadmap"], theirs["item"]
    return {
        "action": "delete_selected",
        "post": "yes",
        "_save": "Save",
        "title": "Taken",
        "name": "Taken",
        "_selected_action": [thing.pk for name, thing in theirs.items() if name not in ("link", "user")],
        "items": item.pk,
        "releases": theirs["release"].pk,
        "roadmap": roadmap.pk,
        "of": item.uid,
        "revoke": theirs["link"].pk,
        "purpose": "Ours",
        "days": "30",
        "note": "Taken",
        "publish": "1",
        "keep": theirs["api"].pk,
        "gone": theirs["api"].pk,
        "person": theirs["user"].pk,
        "content": "x",
        "order": f"{item.pk}",
        "position": 0,
        "restore": "s1",
        "confirm": "yes",
        "sure": "yes",
        "username": "them",
        "environment": "live",
        "when": "May 2030",
        "date": "May 2030",
        "to": roadmap.pk,
        "role": "administrator",
    }


def state(theirs):
    """All that is theirs, and who may do what."""
    people = [*User.objects.order_by("pk").values_list("pk", "username", "password", "is_active", "is_superuser")]
    groups = [*User.groups.through.objects.order_by("pk").values_list("user", "group")]
    teams = [*Roadmap.team.through.objects.order_by("pk").values_list("roadmap", "user")]
    links = [*PreviewLink.objects.order_by("pk").values_list("pk", "revoked_at")]
    saves = Save.objects.filter(roadmap=theirs["roadmap"]).count()
    return exported("theirs"), people, groups, teams, links, saves, Agreement.objects.count()


def is_refused(answer):
    """Not there for them, the page to sign in at, or the way to another of these addresses. That nothing was done is
    seen by what is theirs."""
    if answer.status_code in (301, 302):
        return answer["Location"].startswith("/admin/")
    return answer.status_code in (403, 404, 405) or (answer.status_code == 200 and 'name="password"' in answer.text)


def test_every_address_of_the_admin_is_expected_and_no_other():
    """One that is missing here is new: say in EXPECTED who gets an answer of it."""
    found = {name for route, name in routes() if not route.startswith(PREVIEWS)}
    assert found - EXPECTED.keys() == set()
    assert EXPECTED.keys() - found == set()


@pytest.mark.parametrize("who", [NOBODY, NO_ROLE, AUDITOR, EDITOR, PUBLISHER])
def test_what_is_theirs_is_neither_shown_nor_changed(client, theirs, who):
    ours = make.roadmap(title="Ours", slug="ours")
    client.raise_request_exception = False
    if who != NOBODY:
        group = {AUDITOR: "Auditors", EDITOR: "Editors", PUBLISHER: "Publishers"}.get(who)
        user = member(group, username=who)
        ours.team.add(user)
        assert group is None or Group.objects.filter(user=user).exists()
    before, wrong = state(theirs), []
    for route, name in routes():
        url, may = url_of(route, theirs), who in expected_of(route, name)
        # Of pages that all go through one mount a form is sent to the first alone.
        methods = ["get"] if route.startswith(PREVIEWS) and name != "home" else ["get", "post"]
        for method in methods:
            if name == "roadmap_api_change" and (who, method) == (PUBLISHER, "post"):
                continue  # may: each roadmap's review shows it
            if who != NOBODY:
                sign_in(client, user)
            answer = getattr(client, method)(url, sent(theirs) if method == "post" else {})
            if answer.status_code >= 500:
                wrong.append(f"{method} {url}: {answer.status_code}")
            elif not may and not is_refused(answer):
                if name == "staff_session":
                    continue
                wrong.append(f"{method} {url} ({name}): {answer.status_code}")
            body = b"" if answer.streaming else answer.content
            if CANARY.encode() in body and not (name == "roadmap_securityevent_changelist" and who == AUDITOR):
                wrong.append(f"{method} {url} ({name}) shows what is theirs")
    assert not wrong, "\n".join(wrong)
    assert state(theirs) == before


def test_another_site_has_nothing_changed_at_any_address(theirs):
    """Through the browser of somebody who may do everything: a form without its token, at every address."""
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://evil.example"})
    client.raise_request_exception = False
    root = make.user(username="root")
    sign_in(client, root)
    before, session, wrong = state(theirs), client.session.session_key, []
    for route, name in routes():
        answer = client.post(url_of(route, theirs), {**sent(theirs), "next": "/admin/", "email": "new@example.org"})
        # 404 and 405: what is only read, and what is not there.
        if answer.status_code not in (403, 404, 405):
            wrong.append(f"{route} ({name}): {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert state(theirs) == before
    assert client.get("/admin/").status_code == 200
    assert client.session.session_key == session
