"""Somebody who walked away goes on by hand and comes back: what they wrote is right, and things stay what they are."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from roadmap.content.choices import Environment
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.models import Item, Page, Roadmap
from roadmap.techdocs import ImportRefused, Verb, apply, make_plan
from roadmap.techdocs.export import files as export
from roadmap.working_copies.to_content import contents
from tests import make
from tests.techdocs.export import sites

pytestmark = pytest.mark.django_db


@pytest.fixture
def depot():
    roadmap = make.roadmap(slug="depot", title="Depot", reference_prefix="DEPOT", description="All that comes.")
    years = make.field(roadmap, name="Tax years", explanation="The years that it is for.")
    api = make.api(name="Depot API", url="https://example.gov.uk/depot")
    june = make.release(roadmap, title="June 2026", introduction="Two things.", position=1)
    make.item(
        roadmap,
        title="Send a parcel | twice",
        description="First.\n\n- one\n- two",
        release=june,
        apis=((api, "v2.0"),),
        kind="api",
        is_breaking=True,
        audiences="Businesses, Agents",
        test="March 2026",
        deployed=("test",),
        values={years: "2026 to 2027"},
        position=1,
    )
    make.item(
        roadmap, title="Find a parcel", description="Looks for **it**.", release=june, live="July 2026", position=2
    )
    make.item(roadmap, title="Lose a parcel", description="For `a|b` ever.", position=1)
    make.page(roadmap, title="Who we are", slug="who", body="We are *we*.", is_on_home=True)
    make.page(roadmap, title="Terms", slug="terms", body="Terms.")
    make.changelog_entry(roadmap, title="Begun", when="May 2025", body="- It began.")
    return roadmap


@pytest.fixture
def files(depot):
    """As they were imported last, with nothing to change."""
    made = export(contents(depot))
    sites.imported(made)
    return made


def edited(files, path, *changes):
    text = files[f"source/{path}"].decode()
    for before, after in changes:
        assert text.count(before) == 1, (before, text)
        text = text.replace(before, after)
    return {**files, f"source/{path}": text.encode()}


def changes(files):
    """By title, what importing changes, as the steps say it; and the plan."""
    plan = make_plan(sites.parsed(files), slug="depot")
    steps = [step for step in plan.steps if step.verb is not Verb.KEEP]
    return {step.title: (step.verb, step.reference, step.after) for step in steps}, plan


def test_nothing_changes_where_nobody_wrote_anything(files):
    assert changes(files)[0] == {}


def test_a_description_and_a_title_are_what_somebody_wrote(files):
    found, plan = changes(
        edited(files, "items.html.md", ("Looks for **it**.", "Looks for it & more."), ("| Find a", "| Find **any**"))
    )
    ((title, (verb, reference, after)),) = found.items()
    assert (title, verb, reference) == ("Find any parcel", Verb.UPDATE, "DEPOT-2")
    assert after.description == "Looks for it & more."
    assert plan.doubts == ()


def test_a_list_in_a_cell_is_what_somebody_wrote(files):
    found, _ = changes(edited(files, "items.html.md", ("<br>- two", "<br>- two<br>- three")))
    assert found["Send a parcel | twice"][2].description == "First.\n\n- one\n- two\n- three"


def test_a_description_of_a_page_of_its_own_is_what_somebody_wrote(files):
    found, _ = changes(edited(files, "items/depot-3.html.md", ("For `a|b` ever.", "For `a|b` once.")))
    assert found["Lose a parcel"][2].description == "For `a|b` once."
    found, _ = changes(edited(files, "items.html.md", ("See [DEPOT-3](items/depot-3.html)", "In short:")))
    assert found["Lose a parcel"][2].description == "In short:\n\nFor `a|b` ever."


def test_what_markdown_does_not_show_is_as_it_was_until_its_text_is_changed(files, depot):
    """Two spaces and a carriage return."""
    Item.objects.filter(title="Find a parcel").update(title="Find  a parcel")
    Page.objects.filter(slug="terms").update(body="Terms\r\nof use.")
    made = export(contents(depot))
    assert changes(made)[0] == {}
    sites.imported(made)
    found, _ = changes(edited(made, "pages/terms.html.md", ("Terms\nof use.", "Terms\nof abuse.")))
    assert set(found) == {"Terms"}
    assert found["Terms"][2].body == "Terms\nof abuse."


def test_every_cell_can_be_written_anew(files):
    row = (
        "| API | Businesses, Agents | [Depot API](https://example.gov.uk/depot) v2.0 | Yes | 2026 to 2027 "
        "| March 2026 (deployed) |"
    )
    new = "| Guides | Individuals | Other API | no | 2028 | April 2026 |"
    found, plan = changes(edited(files, "items.html.md", (row, new)))
    after = found["Send a parcel | twice"][2]
    assert after.kind == "guide"
    assert after.audiences == ("Individuals",)
    assert after.apis == (ApiVersion(name="Other API"),)
    assert after.is_breaking is False
    assert after.milestones == (MilestoneContent(environment=Environment.TEST, typed="April 2026"),)
    assert [one.value for one in after.fields] == ["2028"]
    assert plan.doubts == ()


def test_what_a_cell_says_and_nobody_understands_is_in_the_description(files):
    found, plan = changes(
        edited(files, "items.html.md", ("| Yes |", "| perhaps |"), ("| March 2026 (deployed)", "| soonish"))
    )
    after = found["Send a parcel | twice"][2]
    assert after.description == "First.\n\n- one\n- two\n\nBreaking change: perhaps\n\nSandbox: soonish"
    assert (after.is_breaking, [date.typed for date in after.milestones]) == (None, ["TBC"])
    assert [doubt.text for doubt in plan.doubts] == [
        "“perhaps” is not understood under “Breaking change”: it was put into the description.",
        "“soonish” is not understood under “Sandbox”: readers see “Sandbox: To be confirmed”, and all of it in the "
        "description.",
    ]


def test_a_row_without_a_reference_is_a_new_item_of_its_release(files):
    text = files["source/items.html.md"].decode()
    row = next(line for line in text.split("\n") if "Find a parcel" in line)
    found, plan = changes(edited(files, "items.html.md", (row, f"{row}\n| | Sell a parcel | For money. |")))
    ((title, (verb, _, after)),) = found.items()
    assert (title, verb, after.description) == ("Sell a parcel", Verb.CREATE, "For money.")
    assert plan.release_titles[after.release_uid] == "June 2026"
    apply(plan=plan)
    assert Roadmap.objects.get(slug="depot").items.get(title="Sell a parcel").reference == "DEPOT-4"


def test_a_row_that_is_gone_is_withdrawn_once_an_import_had_said_it(files, depot):
    text = files["source/items.html.md"].decode()
    row = next(line for line in text.split("\n") if "Find a parcel" in line)
    found, _ = changes(edited(files, "items.html.md", (row, "")))
    assert [(title, one[0]) for title, one in found.items()] == [("Find a parcel", Verb.WITHDRAW)]


def test_a_row_that_moved_to_another_table_is_the_same_item_in_another_release(files):
    text = files["source/items.html.md"].decode()
    row = next(line for line in text.split("\n") if "Lose a parcel" in line)
    other = next(line for line in text.split("\n") if "Find a parcel" in line)
    found, plan = changes(edited(files, "items.html.md", (row + "\n", ""), (other, f"{other}\n{row}")))
    assert found["Lose a parcel"][:2] == (Verb.UPDATE, "DEPOT-3")
    assert plan.release_titles[found["Lose a parcel"][2].release_uid] == "June 2026"


def test_rows_in_another_order_are_items_in_another_order(files, depot):
    make.item(depot, title="Weigh a parcel", release=depot.releases.get(), live="May 2027", position=3)
    made = export(contents(depot))
    text = made["source/items.html.md"].decode()
    first, second = [line for line in text.split("\n") if "DEPOT-2" in line or "DEPOT-4" in line]
    made["source/items.html.md"] = text.replace(f"{first}\n{second}", f"{second}\n{first}").encode()
    sites.imported(made)
    titles = depot.items.filter(release__isnull=False).order_by("position").values_list("title", flat=True)
    assert list(titles).index("Weigh a parcel") < list(titles).index("Find a parcel")


def test_headings_dates_pages_entries_and_the_contact_are_what_somebody_wrote(files):
    found, plan = changes(
        edited(
            edited(
                edited(
                    files,
                    "items.html.md",
                    ("## June 2026", "## July 2026\n\n**Date:** 7 July 2026<br>**Deployed:** yes"),
                ),
                "index.html.md",
                ("**Team:** Support Team", "**Team:** Other Team"),
                ("We are *we*.", "We are **us**."),
            ),
            "changelog.html.md",
            ("**Date:** May 2025", "**Date:** June 2025"),
        )
    )
    assert (found["July 2026"][2].typed, found["July 2026"][2].is_deployed) == ("7 July 2026", True)
    assert found["July 2026"][2].introduction == "Two things."
    assert found["Depot"][2].contact.name == "Other Team"
    assert found["Who we are"][2].body == "We are **us**."
    assert found["Begun"][2].typed == "June 2025"
    assert plan.doubts == ()


def test_a_column_that_somebody_added_is_a_field(files):
    text = files["source/items.html.md"].decode()
    lines = [
        f"{line} Blue |" if "Find a parcel" in line else f"{line} Colour |" if line.endswith("| Live |") else line
        for line in text.split("\n")
    ]
    found, _ = changes({**files, "source/items.html.md": "\n".join(lines).encode()})
    assert [(one.key, one.value) for one in found["Find a parcel"][2].fields] == [("colour", "Blue")]


def test_an_added_column_of_an_environment_is_its_dates(files):
    text = files["source/items.html.md"].decode()
    lines = [
        f"{line} 3 May 2026 (deployed) |"
        if "Find a parcel" in line
        else f"{line} Controlled go-live |"
        if line.endswith("| Live |")
        else line
        for line in text.split("\n")
    ]
    found, _ = changes({**files, "source/items.html.md": "\n".join(lines).encode()})
    assert found["Find a parcel"][2].milestones == (
        MilestoneContent(environment=Environment.CONTROLLED_GO_LIVE, typed="3 May 2026", is_deployed=True),
        MilestoneContent(environment=Environment.LIVE, typed="July 2026"),
    )


def test_what_somebody_emptied_is_empty(files):
    found, _ = changes(edited(files, "items.html.md", ("| Looks for **it**. |", "| |"), ("| July 2026 |", "| |")))
    after = found["Find a parcel"][2]
    assert (after.description, after.milestones) == ("", ())


def test_a_new_page_and_a_new_entry_are_added(files):
    entries = files["source/changelog.html.md"].decode() + "\n## July 2027\n\n- It ended.\n"
    found, _plan = changes(
        {
            **files,
            "source/changelog.html.md": entries.encode(),
            "source/pages/new.html.md": b"---\nweight: 50\n---\n\n# New page\n\nNews.\n",
        }
    )
    assert {title: one[0] for title, one in found.items()} == {"New page": Verb.CREATE, "July 2027": Verb.CREATE}
    assert found["July 2027"][2].body == "- It ended."


@settings(max_examples=60)
@given(sites.roadmaps(), st.data())
def test_whatever_somebody_does_to_the_lines_is_read_or_refused(roadmap, data):
    """Never an error of ours, and never a word that has no place."""
    made = export(roadmap)
    path = data.draw(st.sampled_from([one for one in made if one.endswith(".md")]))
    lines = made[path].decode().split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "copy", "swap", "type", "cut"])):
            case "drop":
                del lines[at]
            case "copy":
                lines.insert(other, lines[at])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "type":
                lines.insert(at, data.draw(sites.PARAGRAPH))
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        lines = lines or [""]
    try:
        found = sites.parsed({**made, path: "\n".join(lines).encode()})
    except ImportRefused as refused:
        event(str(refused).partition(":")[2][:40])
        refusal = str(refused)
    else:
        refusal = ""
        count = found.word_count
        assert count.kept <= count.read
        assert all(one.release is None or one.release < len(found.releases) for one in found.items)
    assert "fault" not in refusal
    assert "\n" not in refusal


def test_another_site_gives_what_is_taken_there_anew(files):
    """A copy beside the roadmap itself: no thing is two things, and no reference reads like another's."""
    plan, copy = sites.imported(files, slug="copy")
    assert plan.changes_something
    uids = set(copy.items.values_list("uid", flat=True))
    assert uids.isdisjoint(Roadmap.objects.get(slug="depot").items.values_list("uid", flat=True))
    assert copy.reference_prefix == "COPY"
    assert sorted(copy.items.values_list("reference", flat=True)) == ["COPY-1", "COPY-2", "COPY-3"]


def test_a_reference_tells_the_item_before_anything_else(files):
    """Rewritten whole, in the place of another, with the name of another: it is what its reference says."""
    text = files["source/items.html.md"].decode()
    made = {
        **files,
        "source/items.html.md": text.replace(
            "| DEPOT-2 | Find a parcel | Looks for **it**. |", "| DEPOT-2 | Lose a parcel | X. |"
        )
        .replace("| DEPOT-3 | Lose a parcel |", "| DEPOT-3 | Find a parcel |")
        .encode(),
    }
    found, plan = changes(made)
    assert {(reference, title) for title, (_, reference, _) in found.items()} == {
        ("DEPOT-2", "Lose a parcel"),
        ("DEPOT-3", "Find a parcel"),
    }
    assert plan.doubts == ()


def test_a_row_copied_with_its_reference_is_another_item(files):
    text = files["source/items.html.md"].decode()
    row = next(line for line in text.split("\n") if "Find a parcel" in line)
    copy = row.replace("Find a parcel", "Find a letter")
    found, plan = changes(edited(files, "items.html.md", (row, f"{row}\n{copy}")))
    assert [(title, one[0], one[2].reference) for title, one in found.items()] == [("Find a letter", Verb.CREATE, "")]
    assert [doubt.text for doubt in plan.doubts] == [
        "“Find a letter” is a new item and gets the next reference: DEPOT-2 is not its own here."
    ]


def test_a_reference_that_nothing_has_is_not_given(files):
    text = files["source/items.html.md"].decode()
    row = next(line for line in text.split("\n") if "Find a parcel" in line)
    new = (
        row.replace("DEPOT-2", "DEPOT-99").replace("Find a parcel", "Sell a letter").replace("Looks for **it**.", "Y.")
    )
    _, plan = changes(edited(files, "items.html.md", (row, f"{row}\n{new}")))
    apply(plan=plan)
    assert Roadmap.objects.get(slug="depot").items.get(title="Sell a letter").reference == "DEPOT-4"
    assert "DEPOT-99 is not its own here" in plan.doubts[0].text


def test_references_of_more_than_one_roadmap_are_not_kept_by_a_new_one(files, depot):
    text = files["source/items.html.md"].decode().replace("| DEPOT-2 |", "| VAN-2 |")
    Roadmap.objects.filter(pk=depot.pk).update(reference_prefix="OLD")
    depot.items.all().delete()
    plan, copy = sites.imported({**files, "source/items.html.md": text.encode()}, slug="copy")
    assert sorted(copy.items.values_list("reference", flat=True)) == ["COPY-1", "COPY-2", "COPY-3"]
    assert [doubt.text for doubt in plan.doubts if "reference" in doubt.text] == [
        "The references here are not kept: another roadmap has them, or they do not all begin alike."
    ]
