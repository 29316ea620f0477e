"""Writing a text: what is pasted, the buttons and keys, the preview that follows, and the draft in its page."""

import re

import pytest
from playwright.sync_api import expect

from tests import live
from tests.browser.clipboard import AS_WORDS, EXCEL, PASTED, WORD
from tests.browser.signing_in import give
from tests.cases import each_case

pytestmark = pytest.mark.browser

WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", event => violations.push(event.violatedDirective));"""
SCRIPTS = [live.BUILT_STYLES / "scripts" / "turndown.js", live.ROOT / "static" / "public" / "admin-markdown-paste.js"]


@pytest.fixture(scope="module")
def converting(browser):
    """A page that is nowhere, with the scripts that make Markdown of what is pasted."""
    page = browser.new_page()
    for script in SCRIPTS:
        page.add_script_tag(path=script)
    yield page
    page.close()


def converted(page, html):
    return page.evaluate("html => markdownOfHtml(html)", html)


@each_case("program", [*PASTED])
def test_what_a_program_copies_is_pasted_as_markdown(converting, program):
    html, markdown = PASTED[program]
    assert converted(converting, html)["markdown"] == markdown


@each_case("program", [*AS_WORDS])
def test_what_says_no_more_than_its_words_is_left_to_the_browser(converting, program):
    assert converted(converting, AS_WORDS[program]) is None


def test_nothing_of_what_is_pasted_runs_or_is_fetched(converting):
    asked = []
    converting.on("request", lambda request: asked.append(request.url))
    html = (
        '<p>Hello <b>there</b></p><img src="https://example.org/x.png" onerror="window.run = 1"><script>window.run = 1'
        '</script><a href="javascript:window.run=1">a link</a><iframe src="https://example.org/"></iframe>'
        '<svg onload="window.run = 1"></svg>'
    )
    assert converted(converting, html)["markdown"] == "Hello **there**\n\na link"
    assert converting.evaluate("window.run") is None
    assert asked == []


# In a form, under the site's own content security policy


@pytest.fixture
def form(page, live_site):
    """The form of a new page."""
    page.add_init_script(WATCH)
    page.goto(f"{live_site.url}/admin/login/?next=/admin/roadmap/page/add/")
    give(page, live_site.username, live_site.password)
    return page


def text(page):
    return page.locator("textarea[name=body]")


def preview(page):
    return page.get_by_role("region", name="Preview")


def choose(page, words):
    """Selects these words in the text."""
    text(page).evaluate(
        "(area, words) => {const at = area.value.indexOf(words); area.focus(); "
        "area.setSelectionRange(at, at + words.length)}",
        words,
    )


def press(page, button):
    page.get_by_role("toolbar", name="Formatting").get_by_role("button", name=button, exact=True).click()


def paste(page, html="", plain="", picture=False):
    text(page).evaluate(
        """(area, [html, plain, picture]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            data.setData("text/plain", plain);
            if (picture) data.items.add(new File(["no image"], "image.png", {type: "image/png"}));
            area.focus();
            area.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data}));
        }""",
        [html, plain, picture],
    )


def test_word_is_pasted_into_the_text_and_ctrl_z_brings_back_what_was(form):
    text(form).fill("Before after")
    choose(form, " after")
    paste(form, WORD, "Parcel tax")
    expect(text(form)).to_have_value(f"Before\n\n{PASTED['Word'][1]}")
    expect(form.get_by_role("status")).to_contain_text("1 picture was left out. Add what readers need with Image.")
    expect(preview(form).get_by_role("listitem").filter(has_text="in grams").last).to_be_visible()
    expect(preview(form).get_by_role("cell", name="Sandbox for agents")).to_be_visible()
    expect(preview(form)).to_contain_text("<not a tag> and snake_case and #1")
    text(form).press("Control+z")
    expect(text(form)).to_have_value("Before after")
    assert form.evaluate("violations") == []


def test_cells_are_a_table_although_excel_puts_a_picture_of_them_beside_them(form):
    paste(form, EXCEL, "API\tVersion\tLive", picture=True)
    expect(preview(form).get_by_role("columnheader", name="Version")).to_be_visible()
    expect(preview(form).get_by_role("row", name="Parcels 2 June 2026")).to_be_visible()
    expect(preview(form).get_by_role("link", name="letters")).to_have_attribute("href", "https://example.org/letters")


def test_a_sheet_of_1000_rows_is_pasted_whole_and_taken_back_at_once(form):
    """Chromium itself would take ten seconds for a text of so many lines."""
    text(form).fill("Before")
    text(form).press("End")
    paste(form, f"<table>{'<tr><td class=xl65>a cell</td><td>1</td></tr>' * 1000}</table>", "a cell\t1")
    expect(text(form)).to_have_value("Before\n\n| a cell | 1 |\n| --- | --- |" + "\n| a cell | 1 |" * 999)
    text(form).press("Control+z")
    expect(text(form)).to_have_value("Before")


def test_a_picture_alone_is_uploaded_whatever_html_is_beside_it(form):
    paste(form, '<meta charset="utf-8"><img src="https://example.org/map.png" alt="Map">', picture=True)
    expect(form.get_by_role("status")).to_contain_text("This file is not an image that can be shown")
    expect(text(form)).to_have_value("")


def test_ctrl_v_keeps_the_formatting_and_ctrl_shift_v_the_words(form):
    form.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
            "text/html": new Blob(["<p>A <strong>bold</strong> word</p>"], {type: "text/html"}),
            "text/plain": new Blob(["A bold word"], {type: "text/plain"}),
        })])"""
    )
    text(form).press("Control+v")
    expect(text(form)).to_have_value("A **bold** word")
    text(form).press("Control+z")
    expect(text(form)).to_have_value("")
    text(form).press("Control+Shift+v")
    expect(text(form)).to_have_value("A bold word")


@each_case(
    ("before", "chosen", "button", "after"),
    [
        ("one two three", "two", "Bold", "one **two** three"),
        ("one two three", "two ", "Bold", "one **two** three"),
        ("one **two** three", "two", "Bold", "one two three"),
        ("one **two** three", "**two**", "Bold", "one two three"),
        ("one *two* three", "two", "Bold", "one ***two*** three"),
        ("one ***two*** three", "two", "Italic", "one **two** three"),
        ("- one\n- two", "- one\n- two", "Bold", "- **one**\n- **two**"),
        ("one two", "two", "Italic", "one *two*"),
        ("see the guide", "the guide", "Link", "see [the guide](https://)"),
        ("see https://example.org/", "https://example.org/", "Link", "see [words of the link](https://example.org/)"),
        ("see [the guide](https://example.org/)", "guide", "Link", "see the guide"),
        ("one\ntwo\n\nthree", "one\ntwo", "Bulleted list", "- one\n- two\n\nthree"),
        ("- one\n- two", "- one\n- two", "Bulleted list", "one\ntwo"),
        ("- one\n- two", "- one\n- two", "Numbered list", "1. one\n2. two"),
        ("Steps\none\ntwo", "one\ntwo", "Numbered list", "Steps\n\n1. one\n2. two"),
        ("Who we are", "we", "Heading", "## Who we are"),
        ("## Who we are", "we", "Heading", "Who we are"),
        ("a\tb\n1\t2|3", "a\tb\n1\t2|3", "Table", "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |"),
        ("Before", "Before", "Table", "Before\n\n| Heading | Heading |\n| --- | --- |\n|  |  |\n|  |  |"),
    ],
)
def test_a_button_does_what_it_says_to_what_is_chosen(form, before, chosen, button, after):
    text(form).fill(before)
    choose(form, chosen)
    press(form, button)
    expect(text(form)).to_have_value(after)


def test_the_usual_keys_do_the_same_and_can_be_undone(form):
    text(form).fill("one two")
    choose(form, "two")
    form.keyboard.press("Control+b")
    expect(text(form)).to_have_value("one **two**")
    form.keyboard.press("Control+b")
    expect(text(form)).to_have_value("one two")
    form.keyboard.press("Control+i")
    expect(text(form)).to_have_value("one *two*")
    form.keyboard.press("Control+z")
    expect(text(form)).to_have_value("one two")
    choose(form, "one")
    form.keyboard.press("Control+k")
    form.keyboard.type("/vat-mtd/")  # the address is selected
    expect(text(form)).to_have_value("[one](/vat-mtd/) two")


def test_the_buttons_are_one_stop_after_the_text(form):
    text(form).fill("one two")
    choose(form, "two")
    form.keyboard.press("Tab")
    buttons = form.get_by_role("toolbar", name="Formatting").get_by_role("button")
    expect(buttons.first).to_be_focused()
    form.keyboard.press("ArrowLeft")
    expect(buttons.last).to_be_focused()
    expect(buttons.last).to_have_text("Image")
    form.keyboard.press("ArrowRight")
    form.keyboard.press("ArrowRight")
    form.keyboard.press("Enter")
    expect(text(form)).to_have_value("one *two*")
    expect(text(form)).to_be_focused()
    form.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Italic")).to_be_focused()
    form.keyboard.press("Tab")
    expect(preview(form)).to_be_focused()
    with form.expect_file_chooser():
        press(form, "Image")


def test_the_preview_follows_the_caret(form):
    paragraphs = [f"Paragraph {number}, with a few words in it." for number in range(60)]
    text(form).fill("\n\n".join([*paragraphs, "| a | b |\n| --- | --- |\n| c | d |"]))
    here = preview(form).locator(".app-markdown__here")
    expect(preview(form)).to_contain_text("Paragraph 59")
    for number in (50, 3):
        choose(form, f"Paragraph {number},")
        form.keyboard.press("ArrowRight")
        expect(here).to_have_text(paragraphs[number])
        frame, block = preview(form).bounding_box(), here.bounding_box()
        assert frame["y"] <= block["y"]
        assert block["y"] + block["height"] <= frame["y"] + frame["height"]
    choose(form, "| c |")
    form.keyboard.press("ArrowRight")
    expect(here).to_have_text(re.compile(r"^\s*c\s*d\s*$"))
    form.get_by_label("Title:").focus()
    expect(here).to_have_count(0)
