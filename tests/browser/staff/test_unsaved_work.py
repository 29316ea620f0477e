"""What is typed and not saved survives: a lost session, a closed tab, somebody else's save in between."""

import re

import pytest
from playwright.sync_api import expect

from tests import live
from tests.browser.signing_in import NAME, give

pytestmark = pytest.mark.browser

LONG = "## Who we are\n\nA text that took all morning.\n\n- one\n- two"
WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", event => violations.push(event.violatedDirective));"""


@pytest.fixture(scope="module")
def sample_site(_prepared_site, sample_folder, tmp_path_factory):
    with live.serving(sample_folder, tmp_path_factory.mktemp("unsaved"), _prepared_site[1]) as running:
        yield running


@pytest.fixture
def site(sample_site, sample_folder):
    """The sample as it was loaded, whatever the test before saved."""
    sample_site.put_back(sample_folder)
    return sample_site


@pytest.fixture
def form(page, site):
    """The form of a page of the sample, opened by somebody who signed in."""
    page.add_init_script(WATCH)
    page.goto(f"{site.url}/admin/roadmap/page/")
    sign_in(page, site)
    page.locator("#result_list tbody a").first.click()
    expect(text(page)).to_be_visible()
    return page


def sign_in(page, site):
    give(page, site.username, site.password)


def text(page):
    return page.locator("textarea[name=body]")


def title(page):
    return page.locator("input[name=title]")


def banner(page):
    return page.locator(".unsaved")


def press_save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def lose_session(page):
    page.context.clear_cookies(name="sessionid")


def come_back_later(page, site, address):
    """After the session was lost and the tab left."""
    lose_session(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    sign_in(page, site)


def again(page):
    return page.get_by_role("dialog", name="Sign in again")


def sign_in_again(page, password):
    again(page).get_by_label("Password").fill(password)
    again(page).get_by_role("button", name="Sign in and go on").click()


def no_violations(page):
    assert page.evaluate("violations") == []


def records(page):
    page.wait_for_load_state()  # or the script that forgets what was saved may not have run yet
    return page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('roadmap-unsaved:')).length")


def test_a_lost_session_loses_nothing(form, site):
    address = form.url
    text(form).fill(LONG)
    title(form).fill("Who we are now")
    come_back_later(form, site, address)
    assert form.url == address
    expect(text(form)).not_to_have_value(LONG)
    status = banner(form).get_by_role("status")
    expect(status).to_have_text(re.compile(r"You typed this on \d+ \w+ 20\d\d at [\d:apm]+ and did not save it:"))
    expect(banner(form)).to_contain_text("Text")
    expect(banner(form)).to_contain_text("Title")
    no_violations(form)

    banner(form).get_by_role("button", name="Restore").click()
    expect(text(form)).to_have_value(LONG)
    expect(title(form)).to_have_value("Who we are now")
    expect(status).to_have_text("It is in the form again. It is not saved yet.")
    expect(form.get_by_role("region", name="Preview")).to_contain_text("A text that took all morning.")
    press_save(form)
    expect(form.locator(".messagelist")).to_contain_text("is saved")
    assert records(form) == 0
    form.goto(address)
    expect(text(form)).to_have_value(LONG)
    expect(banner(form)).to_have_count(0)
    no_violations(form)


def test_somebody_whose_session_is_over_signs_in_over_the_form_and_the_save_goes_through(form, site):
    loads = []
    form.on("framenavigated", lambda frame: loads.append(frame.url))
    address = form.url
    text(form).fill(LONG)
    site.manage("shell", "-c", "from roadmap.models import SignIn; SignIn.objects.all().delete()")
    press_save(form)
    expect(again(form)).to_contain_text("You have been signed out. Nothing that you typed is lost")
    expect(again(form).get_by_label(NAME)).to_have_value(site.username)
    expect(again(form).get_by_label("Password")).to_be_focused()
    assert loads == []
    sign_in_again(form, "not the password")
    expect(again(form).get_by_role("alert")).to_contain_text("That name and password do not go together")
    expect(again(form).get_by_label("Password")).to_be_focused()
    sign_in_again(form, site.password)
    expect(form.locator(".messagelist")).to_contain_text("is saved")
    assert len(loads) == 1
    assert records(form) == 0
    no_violations(form)
    form.goto(address)
    expect(text(form)).to_have_value(LONG)
    expect(banner(form)).to_have_count(0)


def test_somebody_who_would_rather_not_sign_in_now_keeps_the_form_as_it_is(form, site):
    text(form).fill(LONG)
    lose_session(form)
    press_save(form)
    again(form).get_by_label("Password").press("Escape")
    expect(again(form)).to_have_count(0)
    expect(form.get_by_role("button", name="Save", exact=True)).to_be_focused()
    expect(text(form)).to_have_value(LONG)
    press_save(form)
    sign_in_again(form, site.password)
    expect(form.locator(".messagelist")).to_contain_text("is saved")


def test_signing_in_again_in_another_tab_spoils_nothing(form, site):
    """It changes the token that the form came with."""
    text(form).fill(LONG)
    lose_session(form)
    press_save(form)
    with form.expect_popup() as popup:
        again(form).get_by_role("link", name="Sign in in another tab instead").click()
    sign_in(popup.value, site)
    expect(popup.value.get_by_role("heading", name="Your roadmaps")).to_be_visible()
    popup.value.close()
    form.bring_to_front()
    again(form).get_by_role("button", name="Not now").click()
    press_save(form)
    expect(form.locator(".messagelist")).to_contain_text("is saved")


def test_nothing_is_saved_in_another_persons_name_unseen(form, site):
    site.manage(
        "shell", "-c", "from tests import make; make.user(username='dan', password='dans-own-word', first_name='Dan')"
    )
    text(form).fill(LONG)
    lose_session(form)
    press_save(form)
    again(form).get_by_label(NAME).fill("dan")
    sign_in_again(form, "dans-own-word")
    expect(again(form)).to_contain_text("Dan is signed in now")
    again(form).get_by_role("button", name="Not now").click()
    expect(text(form)).to_have_value(LONG)
    press_save(form)
    again(form).get_by_role("button", name="Go on", exact=True).click()
    expect(form.locator(".messagelist")).to_contain_text("is saved")


def test_without_a_script_the_page_for_signing_in_keeps_the_form(new_context, site):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/admin/roadmap/page/")
    sign_in(page, site)
    page.locator("#result_list tbody a").first.click()
    address = page.url
    text(page).fill(LONG)
    lose_session(page)
    press_save(page)
    expect(page.get_by_role("status")).to_contain_text("You have been signed out. Nothing that you typed is lost")
    sign_in(page, site)
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    page.goto(address)
    expect(text(page)).to_have_value(LONG)


def test_a_preview_leaves_the_form_as_it_is(form):
    asked = []
    address = form.url
    text(form).fill(LONG)
    with form.expect_popup() as popup:
        form.get_by_role("button", name="Preview (opens in a new tab)").click()
    expect(popup.value.get_by_role("region", name="Not published")).to_contain_text("It is not saved.")
    expect(popup.value.get_by_role("main")).to_contain_text("A text that took all morning.")
    popup.value.close()
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    expect(text(form)).to_have_value(LONG)
    form.goto(address)
    assert asked == ["beforeunload"]  # it was not taken for saved
    expect(banner(form)).to_have_count(1)


def test_a_preview_after_the_session_is_over_signs_in_first(form, site):
    text(form).fill(LONG)
    lose_session(form)
    form.get_by_role("button", name="Preview (opens in a new tab)").click()
    with form.expect_popup() as popup:
        sign_in_again(form, site.password)
    expect(popup.value.get_by_role("main")).to_contain_text("A text that took all morning.")
    expect(text(form)).to_have_value(LONG)


def test_a_new_thing_is_kept_until_it_is_saved(form, site):
    form.goto(f"{site.url}/admin/roadmap/changelogentry/add/")
    title(form).fill("New things")
    text(form).fill(LONG)
    come_back_later(form, site, form.url)
    banner(form).get_by_role("button", name="Restore").click()
    expect(text(form)).to_have_value(LONG)
    press_save(form)  # no date: the form is shown again, with what was typed, and nothing is offered twice
    expect(form.locator(".errornote")).to_be_visible()
    expect(text(form)).to_have_value(LONG)
    expect(banner(form)).to_have_count(0)
    assert records(form) == 1
    form.locator("input[name=when]").fill("June 2026")
    press_save(form)
    expect(form.locator(".messagelist")).to_contain_text("is added")
    assert records(form) == 0


def test_what_is_discarded_is_not_offered_again(form):
    text(form).fill(LONG)
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(form.url)
    banner(form).get_by_role("button", name="Discard").click()
    expect(banner(form).get_by_role("status")).to_have_text("Discarded.")
    expect(banner(form).get_by_role("status")).to_be_focused()
    form.goto(form.url)
    expect(text(form)).to_be_visible()
    expect(banner(form)).to_have_count(0)


def test_what_was_typed_can_be_read_before_deciding_and_without_a_mouse(form):
    text(form).fill(LONG)
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(form.url)
    banner(form).get_by_text("Text", exact=True).press("Enter")
    expect(banner(form).get_by_label("Text, as you typed it")).to_have_value(LONG)
    banner(form).get_by_role("button", name="Restore").press("Enter")
    expect(text(form)).to_be_focused()
    expect(text(form)).to_have_value(LONG)


def test_restored_text_does_not_overwrite_what_somebody_saved_meanwhile(form, new_context, site):
    address = form.url
    text(form).fill(LONG)
    other = new_context().new_page()
    other.goto(address)
    sign_in(other, site)
    text(other).fill("Somebody's text")
    press_save(other)
    expect(other.locator(".messagelist")).to_contain_text("is saved")

    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(address)
    expect(text(form)).to_have_value("Somebody's text")
    banner(form).get_by_role("button", name="Restore").click()
    press_save(form)
    expect(form.locator("#conflict-heading")).to_be_visible()
    expect(form.locator(".conflict")).to_contain_text("Somebody's")
    expect(text(form)).to_have_value(LONG)
    press_save(form)
    expect(form.locator(".messagelist")).to_contain_text("is saved")
    no_violations(form)


def test_a_row_of_an_item_finds_its_place_again(form, site):
    form.goto(f"{site.url}/admin/roadmap/item/")
    form.locator("#result_list tbody th a").first.click()
    date = form.locator("input[name^=milestones-][name$=-when]").first
    date.fill("August 2031")
    form.get_by_label("Journey").fill("Payments")
    name, address = date.get_attribute("name"), form.url
    come_back_later(form, site, address)
    assert form.url == address
    banner(form).get_by_role("button", name="Restore").click()
    expect(form.locator(f"input[name={name}]")).to_have_value("August 2031")
    expect(form.get_by_label("Journey")).to_have_value("Payments")


def test_leaving_with_unsaved_work_warns_and_saving_does_not(form):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", stay)
    address = form.url
    text(form).fill(LONG)
    with form.expect_event("dialog"):
        form.get_by_role("link", name="Home", exact=True).first.click(no_wait_after=True)
    expect(text(form)).to_have_value(LONG)
    assert asked == ["beforeunload"]
    assert form.url == address
    press_save(form)
    expect(form.locator(".messagelist")).to_contain_text("is saved")
    assert asked == ["beforeunload"]


def test_looking_at_a_form_does_not_warn(form):
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    text(form).click()  # without a touch of the page no browser would ask
    text(form).press("End")
    form.goto(form.url)
    expect(text(form)).to_be_visible()
    assert asked == []


def test_what_is_a_month_old_is_forgotten(form):
    text(form).fill(LONG)
    form.evaluate(
        """() => {
            const name = Object.keys(localStorage).find(name => name.startsWith("roadmap-unsaved:"));
            const record = JSON.parse(localStorage.getItem(name));
            record.at -= 30 * 24 * 60 * 60 * 1000;
            localStorage.setItem(name, JSON.stringify(record));
            localStorage.setItem("roadmap-unsaved:broken", "{");
        }"""
    )
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(form.url)
    expect(text(form)).to_be_visible()
    expect(banner(form)).to_have_count(0)
    assert records(form) == 0


def test_nobody_is_offered_what_another_person_typed(form, site):
    site.manage(
        "shell",
        "-c",
        "from django.contrib.auth.models import User; "
        "User.objects.create_superuser('carol', password='carols-own-word')",
    )
    text(form).fill(LONG)
    lose_session(form)
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(form.url)
    give(form, "carol", "carols-own-word")
    expect(text(form)).to_be_visible()
    expect(banner(form)).to_have_count(0)
    assert records(form) == 1


def test_without_storage_the_form_works_as_ever(page, site):
    errors = []
    page.on("pageerror", lambda error: errors.append(error.stack or ""))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }});",
    )
    page.goto(f"{site.url}/admin/roadmap/page/")
    sign_in(page, site)
    page.locator("#result_list tbody a").first.click()
    text(page).fill(LONG)
    press_save(page)
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    assert [error for error in errors if "admin-unsaved" in error] == []  # Django's own theme switch does complain
