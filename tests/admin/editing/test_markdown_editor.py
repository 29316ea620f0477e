"""The Markdown editor as staff use it, in a real browser under the site's own content security policy."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.signing_in import give

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(page, live_site):
    """The form of a new page."""
    page.add_init_script(
        """window.violations = [];
        document.addEventListener("securitypolicyviolation", event => violations.push(event.violatedDirective));"""
    )
    page.goto(f"{live_site.url}/admin/login/?next=/admin/roadmap/page/add/")
    give(page, live_site.username, live_site.password)
    return page


def text(page):
    return page.locator("textarea[name=body]")


def preview(page):
    return page.get_by_role("region", name="Preview")


def choose(page, name, content):
    page.get_by_label("Add an image").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def test_preview_follows_what_is_typed(editor):
    text(editor).fill("## Who we are\n\n<script>document.title = 'changed'</script> A team")
    expect(preview(editor).get_by_role("heading", name="Who we are")).to_be_visible()
    expect(preview(editor)).to_contain_text("<script>document.title = 'changed'</script> A team")
    assert editor.evaluate("violations") == []


def test_text_that_is_too_long_says_so_in_the_preview(editor):
    text(editor).fill("a" * 200_001)
    expect(preview(editor)).to_contain_text("This text has 200,001 characters.")


def test_image_is_put_where_the_cursor_is_with_its_description_selected(editor):
    picture = BytesIO()
    Image.new("RGB", (30, 20), "red").save(picture, "PNG")
    text(editor).fill("Before")
    choose(editor, "map.png", picture.getvalue())
    expect(editor.get_by_role("status")).to_contain_text("Image added. Write what it shows")
    editor.keyboard.type("A map of releases")
    expect(preview(editor).get_by_role("img", name="A map of releases")).to_have_js_property("naturalWidth", 30)
    assert text(editor).input_value().startswith("Before\n\n![A map of releases](/media/markdown/")
    assert editor.evaluate("violations") == []


def test_file_that_is_no_image_leaves_a_message_beside_the_text(editor):
    text(editor).fill("Before")
    choose(editor, "map.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    expect(editor.get_by_role("status")).to_have_text(
        "This file is not an image that can be shown. Use PNG, JPEG, GIF or WebP."
    )
    expect(text(editor)).to_have_value("Before")


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_dropped_or_pasted_file_that_is_no_image_leaves_a_message_too(editor, way):
    text(editor).fill("Before")
    text(editor).evaluate(
        """(editor, way) => {
            const files = new DataTransfer();
            files.items.add(new File(["no image"], "map.png", {type: "image/png"}));
            const options = {bubbles: true, cancelable: true};
            editor.dispatchEvent(way === "drop"
                ? new DragEvent("drop", {...options, dataTransfer: files})
                : new ClipboardEvent("paste", {...options, clipboardData: files}));
        }""",
        way,
    )
    expect(editor.get_by_role("status")).to_contain_text("This file is not an image")
    expect(text(editor)).to_have_value("Before")


def test_tab_key_leaves_the_text_as_it_is(editor):
    text(editor).fill("Before")
    text(editor).press("Tab")
    expect(editor.get_by_role("button", name="Bold")).to_be_focused()
    expect(text(editor)).to_have_value("Before")


def test_link_in_the_preview_does_not_take_the_form_away(editor):
    text(editor).fill("[Items](/nowhere/)")
    with editor.expect_popup() as popup:
        preview(editor).get_by_role("link", name="Items").click()
    expect(popup.value).to_have_url(re.compile("/nowhere/$"))
    expect(text(editor)).to_have_value("[Items](/nowhere/)")


@pytest.mark.parametrize(("width", "is_beside"), [(1600, True), (800, False), (320, False)])
def test_preview_is_beside_the_text_where_there_is_room(editor, width, is_beside):
    editor.set_viewport_size({"width": width, "height": 800})
    text(editor).fill("|" + "A wide cell |" * 30 + "\n" + "|---" * 30 + "|")
    expect(preview(editor).get_by_role("region", name="Table")).to_be_visible()
    written, read = text(editor).bounding_box(), preview(editor).bounding_box()
    assert (read["x"] >= written["x"] + written["width"]) == is_beside
    assert (read["y"] >= written["y"] + written["height"]) != is_beside
    assert read["x"] + read["width"] <= width
    table = preview(editor).get_by_role("region", name="Table")
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
