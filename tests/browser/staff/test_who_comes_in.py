"""Who comes in and who does not, in a browser, with a real server for mail and a real identity provider on loopback.

Invited, with a first password and a second factor, to what is published; through the provider; a reset; a sign-in that
is ended from elsewhere; and as somebody who guesses.
"""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests import live
from tests.admin.sign_in.codes import scan
from tests.browser.signing_in import NAME, give
from tests.provider import running
from tests.smtp import serving as serving_mail
from tests.smtp import text

pytestmark = [pytest.mark.browser, pytest.mark.needs("provider")]

PEOPLE = {"ed": {"email": "ed@example.org", "email_verified": True, "groups": ["editors"], "given_name": "Ed"}}
WORDS, OTHER_WORDS = "tidal copper lantern", "walrus carpet onion"
HALF_A_MINUTE = 30  # the next code of an app counts already: for a second sign-in without waiting


@pytest.fixture(scope="module")
def post():
    with serving_mail() as office:
        yield office


@pytest.fixture(scope="module")
def site(_prepared_site, tmp_path_factory, post):
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-doors"), live.ONE_ROADMAP)
    with running.serving(PEOPLE) as issuer:
        settings = {
            **running.SETTINGS,
            "OIDC_ISSUER": issuer,
            "OIDC_ROLES": "editors=editor,publishers=publisher",
            "EMAIL_URL": post.url,
            "SECOND_FACTOR": "publishers",
        }
        with live.serving(prepared, tmp_path_factory.mktemp("doors"), _prepared_site[1], **settings) as site:
            yield site


@pytest.fixture(scope="module")
def boss(site, browser, browser_context_args):
    """The administrator, with a second factor that they set up when they first came."""
    with browser.new_context(**browser_context_args) as context:
        page = context.new_page()
        page.goto(f"{site.url}/admin/")
        give(page, site.username, site.password)
        set_up(page)
        yield page


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def set_up(page: Page):
    """The second factor, as the page asks; the phone, the recovery codes, and the code that it took."""
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    expect(page.get_by_role("img", name="A code to scan with your app")).to_be_visible()
    phone = scan(page.content())
    taken = phone.code(time.time())
    page.get_by_label("Code that the app shows").fill(taken)
    press(page, "Turn it on and sign in")
    codes = page.locator(".recovery-codes code").all_text_contents()
    assert len(codes) == 10
    press(page, "I have kept them: go on")
    expect(page.get_by_role("heading", name="Your roadmaps")).to_be_visible()
    return phone, codes, taken


def link_in(message):
    return re.search(r"http://127\S+/(?:invitation|reset)/\S+", text(message))[0]


def choose(page, link, password):
    page.goto(link)
    page.locator("#id_new_password1").fill(password)
    page.locator("#id_new_password2").fill(password)
    press(page, "Save and sign in")


def enter(page, code):
    page.get_by_label("Code from your app").fill(code)
    press(page, "Sign in")


def test_from_an_invitation_to_what_is_published_and_to_a_sign_in_that_is_ended_from_elsewhere(
    site, boss, post, page, new_context
):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)

    # Invited by email
    boss.goto(f"{site.url}/admin/auth/user/add/")
    boss.get_by_label("Email address").fill("kim@example.org")
    boss.get_by_label("First name").fill("Kim")
    boss.get_by_label(re.compile("Publisher")).check()
    press(boss, re.compile("^Save$"))
    expect(boss.get_by_text("An email with a link has gone to kim@example.org.")).to_be_visible()
    invitation = link_in(post.wait_for(about="Your invitation")[0])

    # A first password, which has to be a good one; then the second factor
    choose(page, invitation, "Summer2026!!")
    expect(page.get_by_text("This password is too easy to guess.")).to_be_visible()
    choose(page, invitation, WORDS)
    phone, codes, taken = set_up(page)

    # Publish
    page.get_by_role("link", name="Review and publish").first.click()
    press(page, re.compile("^Publish"))
    expect(page.get_by_text("Published edition 1")).to_be_visible()

    # Signed in elsewhere too, with the next code; that is seen, and ended
    elsewhere = new_context().new_page()
    elsewhere.goto(f"{site.url}/admin/roadmap/roadmap/1/change/")
    give(elsewhere, "kim@example.org", WORDS)
    enter(elsewhere, taken)
    expect(elsewhere.get_by_text("That code is not right, or was used already.")).to_be_visible()
    enter(elsewhere, phone.code(time.time() + HALF_A_MINUTE))
    elsewhere.get_by_label("Title:").fill("Parcels and letters")
    page.goto(f"{site.url}/admin/")
    page.get_by_role("link", name="Sign-ins").click()
    expect(page.get_by_role("row")).to_have_count(3)
    press(page, re.compile("^Sign out Chrome"))
    expect(page.get_by_text("Ended 1 other sign-in.")).to_be_visible()

    # Nothing that was typed there is lost: signed in again over the form, with a recovery code
    elsewhere.get_by_role("button", name="Save", exact=True).click()
    again = elsewhere.get_by_role("dialog", name="Sign in again")
    again.get_by_label("Password").fill(WORDS)
    again.get_by_role("button", name="Sign in and go on").click()
    again.get_by_label("Code from your app").fill("000000")
    again.get_by_role("button", name="Sign in and go on").click()
    expect(again.get_by_role("alert")).to_contain_text("That code is not right")
    again.get_by_label("Code from your app").fill(codes[0])
    again.get_by_role("button", name="Sign in and go on").click()
    expect(elsewhere.locator(".messagelist")).to_contain_text("Parcels and letters")
    expect(elsewhere.locator(".messagelist")).to_contain_text("You have 9 left")

    # Forgotten: a new password by email, and still the second factor
    elsewhere.context.clear_cookies(name="sessionid")
    elsewhere.goto(f"{site.url}/admin/")
    elsewhere.get_by_role("link", name="Forgotten").click()
    elsewhere.get_by_label("Email address").fill("kim@example.org")
    press(elsewhere, "Send the link")
    expect(elsewhere.get_by_text("an email with a link is on its way")).to_be_visible()
    reset = link_in(post.wait_for(about="Choose a new password")[-1])
    choose(elsewhere, reset, OTHER_WORDS)
    enter(elsewhere, codes[1])
    expect(elsewhere.get_by_role("heading", name="Your roadmaps")).to_be_visible()
    page.goto(f"{site.url}/admin/")  # whose password was another
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(reset)
    expect(page.get_by_text("It has been used already")).to_be_visible()
    assert refused == []


def test_an_editor_comes_in_through_the_identity_provider(site, page):
    page.goto(f"{site.url}/admin/roadmap/item/")
    page.get_by_role("link", name="Sign in with HMRC sign-in").click()
    page.get_by_placeholder("Enter any login").fill("ed")
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    expect(page).to_have_url(f"{site.url}/admin/roadmap/item/")
    expect(page.locator("#user-tools")).to_contain_text("Ed")
    page.goto(f"{site.url}/admin/roadmap/roadmap/1/publish/")
    expect(page.get_by_role("button", name=re.compile("^Publish"))).to_have_count(0)


def is_kept_out(page, name, password):
    """Whether the page for signing in, which is open, says so."""
    give(page, name, password)
    return page.get_by_role("heading", name="Too many wrong passwords").count() == 1


def let_in(boss, site, name, why):
    """As an administrator who is asked for it: they see why, and press the button."""
    boss.goto(f"{site.url}/admin/auth/user/")
    boss.get_by_role("link", name="Locked out").click()
    theirs = boss.locator("form.module").filter(has_text=name)
    expect(theirs).to_contain_text(why)
    with boss.expect_navigation():
        theirs.get_by_role("button", name=f"Let {name} in again").click()
    expect(boss.locator(".messagelist")).to_contain_text(f"{name} can sign in again.")
    expect(boss.get_by_role("button", name=f"Let {name} in again")).to_have_count(0)


EDITORS = f"""
from django.contrib.auth.models import Group
from tests import make
for name in ("lou", "mo"):
    person = make.user(username=name, first_name=name.title(), password={WORDS!r}, is_superuser=False)
    person.groups.set(Group.objects.filter(name="Editors"))
"""


def test_who_is_locked_out_is_let_in_again_by_an_administrator(site, boss, page, new_context):
    site.manage("shell", "--no-imports", "--command", EDITORS)
    page.goto(f"{site.url}/admin/")
    assert [is_kept_out(page, "lou", f"a wrong password {number}") for number in range(5)] == [False] * 4 + [True]
    assert is_kept_out(page, "lou", WORDS)
    let_in(boss, site, "Lou", "wrong passwords came from 127.0.0.1. From there, nobody can sign in with this name")
    give(page, "lou", WORDS)
    expect(page.get_by_role("heading", name="Your roadmaps")).to_be_visible()

    # Somebody else uses up what the whole network may try: then nobody comes in from there who has not been here before
    stranger = new_context().new_page()
    stranger.goto(f"{site.url}/admin/")
    guesses = iter(range(20))
    while not is_kept_out(stranger, f"name{next(guesses)}", "Summer2026"):
        pass
    mo = new_context().new_page()
    mo.goto(f"{site.url}/admin/")
    assert is_kept_out(mo, "mo", WORDS)
    let_in(boss, site, "Mo", "They tried to sign in from 127.0.0.1, from where too many wrong passwords came")
    give(mo, "mo", WORDS)
    expect(mo.get_by_role("heading", name="Your roadmaps")).to_be_visible()
    assert is_kept_out(stranger, "mo2", WORDS)  # and the stranger does not


def test_who_guesses_is_kept_out_and_whose_name_it_is_comes_in(site, boss, page):
    boss.context.clear_cookies(name="sessionid")
    page.goto(f"{site.url}/admin/")
    for number in range(6):
        if page.get_by_role("heading", name="Too many wrong passwords").count():
            break
        give(page, site.username, f"a wrong password {number}")
    expect(page.get_by_role("heading", name="Too many wrong passwords")).to_be_visible()
    give(page, site.username, site.password)
    expect(page.get_by_role("heading", name="Too many wrong passwords")).to_be_visible()
    boss.goto(f"{site.url}/admin/")
    expect(boss.get_by_label(NAME)).to_be_visible()
    give(boss, site.username, site.password)
    expect(boss.get_by_role("heading", name="Enter your code")).to_be_visible()
