"""What an import says of itself."""

import json

import pytest

from roadmap.techdocs import Plan, apply, make_plan, parse
from roadmap.techdocs.plan.report import as_json, in_words, steps_in_words
from tests import make
from tests.cases import each_case
from tests.techdocs import rows
from tests.techdocs.example_sources import PAGE, source

pytestmark = pytest.mark.django_db


def plan(text: str = PAGE) -> Plan:
    return make_plan(parse(source(text)), slug="parcel-tax")


# What the person is told


def test_the_report_counts_what_was_made():
    told = in_words(plan())
    assert told[1].startswith("Words: 92 read, 88 kept. The other 4 are said by the site itself: ")
    assert {*told.pop(1).rstrip(".").split(": ")[-1].split(", ")} == {"Changelog", "Description", "Date", "Footer"}
    assert told == [
        "Read index.md.",
        "Roadmap “Parcel Tax Roadmap” at /parcel-tax/: created.",
        "Pages: 2 created.",
        "Changelog entries: 2 created.",
    ]


def test_the_report_of_an_update_tells_what_stays():
    apply(plan=plan())
    assert in_words(plan(PAGE.replace("A depot keeps", "Depots keep")))[2:] == [
        "Roadmap “Parcel Tax Roadmap” at /parcel-tax/: unchanged.",
        "Pages: 1 updated, 1 unchanged.",
        "Changelog entries: 2 unchanged.",
    ]


def test_the_report_says_when_there_is_nothing_to_change():
    apply(plan=plan())
    assert in_words(plan())[2:] == ["Nothing to change: the roadmap at /parcel-tax/ says all of this already."]


def test_the_report_shows_twenty_doubts_and_counts_the_rest():
    table = "|x|y|\n|-|-|\n|1|2|\n\n"
    report = in_words(plan(f"{PAGE}\n## More\n\n{table * 23}"))
    start = report.index("To check (23):")
    assert len(report[start + 1 :]) == 21
    assert report[start + 1] == "  index.md:35: This table was kept as text on the page “More”."
    assert report[-1] == "  and 3 more"


# Plans made by hand


TEXT = "Software can weigh a parcel on the depot's scales and send us the weight in grams."
WEIGH = rows.item("Weigh", TEXT, milestones=(rows.live("June 2026"),), apis=(rows.api("Parcel API"),))
LABEL = rows.item("Print a label", "A label with the name of the receiver is printed from any browser.")
JUNE = rows.release("June 2026")


def made(*items, **said) -> Plan:
    return make_plan(rows.parsed(releases=[(JUNE, items)], **said), slug="parcel-tax")


def test_the_steps_tell_each_change_in_words():
    apply(plan=made(WEIGH, LABEL))
    later = rows._at(WEIGH, title="Weigh it", milestones=(rows.live("July 2026"),))
    track = rows.item("Track", "See where each van is at any hour.")
    assert [*steps_in_words(made(later, track))] == [
        "Item “PARCEL-1 Weigh it” (index.md:100): updated",
        "  Title changed from Weigh to Weigh it",
        "  Live moved from June 2026 to July 2026",
        "Item “Track” (index.md:101): created",
        "Item “PARCEL-2 Print a label” (index.md:101): withdrawn",
    ]


@each_case(
    ("staff", "theirs", "told"),
    [
        (
            {"description": "Ours"},
            {"description": "Software can weigh parcels on the depot's scales and send us the weight."},
            "description: staff have “Ours”, the source says "
            "“Software can weigh parcels on the depot's scales and send us the weight.”.",
        ),
        ({"journey": "Ours"}, {"journey": "Theirs"}, "journey: staff have “Ours”, the source says “Theirs”."),
        ({"audiences": "Agents"}, {"audiences": ("Everybody",)}, "audience: staff have “Agents”"),
        ({"is_breaking": True}, {"is_breaking": False}, "breaking: staff have “yes”, the source says “no”."),
        ({"release": None}, None, "release: staff have nothing"),
    ],
)
def test_a_conflict_is_told_with_what_both_say(staff, theirs, told):
    roadmap = apply(plan=made(WEIGH, LABEL))
    roadmap.items.filter(title="Weigh").update(**staff)
    if theirs is None:
        second = make_plan(rows.parsed(releases=[(JUNE, [LABEL]), (rows.release("Later"), [WEIGH])]), slug="parcel-tax")
    else:
        second = made(rows._at(WEIGH, **theirs), LABEL)
    lines = in_words(second)
    heading = lines.index("Changed by staff since the last import, and left so (1):")
    assert told in lines[heading + 1]


def test_a_conflict_of_dates_names_the_environment_as_the_roadmap_does():
    roadmap = apply(plan=made(WEIGH, environment_labels=(("live", "Production"),)))
    roadmap.items.get().milestones.update(when="May 2026", is_deployed=True)
    second = made(rows._at(WEIGH, milestones=(rows.live("July 2026"),)), environment_labels=(("live", "Production"),))
    assert "Production: staff have “May 2026, deployed”, the source says “July 2026”." in "".join(in_words(second))


def test_the_json_has_a_place_for_everything_that_was_read():
    read = source(PAGE + "\n## More\n\n[a](b.html)\n")
    apply(plan=plan())
    report = as_json(make_plan(parse(read), slug="parcel-tax"), read)
    assert json.loads(json.dumps(report)) == report
    assert report["roadmap"] == {"slug": "parcel-tax", "title": "Parcel Tax Roadmap"}
    assert report["read"]["files"] == [{"path": "index.md", "sha256": read.documents[0].sha256}]
    words = report["read"]["words"]
    assert words["read"] - words["kept"] == len(words["structure"]) == 4
    assert report["understood"]["counts"] == {
        "pages": 3,
        "releases": 0,
        "items": 0,
        "columns": 0,
        "changelog_entries": 2,
    }
    assert [(one["title"], one["line"]) for one in report["kept_as_text"]] == [
        ("What ‘depot’ means", 9),
        ("Who we are", 13),
        ("More", 33),
    ]
    [doubt] = report["doubts"]
    assert (doubt["path"], doubt["line"]) == ("index.md", 35)
    assert {one["how"] for one in report["matches"]} == {"same", "new"}
    assert [one["verb"] for one in report["steps"]].count("created") == 1


def test_the_json_has_every_item_with_its_line_its_match_and_its_conflict():
    roadmap = apply(plan=made(WEIGH, LABEL))
    roadmap.items.filter(title="Weigh").update(title="Staff")
    second = made(rows._at(WEIGH, title="Source", description=TEXT), LABEL)
    report = as_json(second, source(PAGE))
    assert report["understood"]["items"][0] == {
        "title": "Source",
        "path": "index.md",
        "line": 100,
        "release": "June 2026",
    }
    match = next(one for one in report["matches"] if one["key"] == "item:0")
    assert (match["reference"], match["how"], match["line"]) == ("PARCEL-1", "same", 100)
    [conflict] = report["conflicts"]
    assert (conflict["last_import"], conflict["staff"], conflict["source"]) == ("Weigh", "Staff", "Source")
    assert conflict["key"] == f"{roadmap.items.get(title='Staff').uid}:title"


def test_staff_made_things_are_in_no_list():
    roadmap = apply(plan=made(WEIGH))
    make.item(roadmap, title="Ours")
    report = as_json(made(WEIGH), source(PAGE))
    assert "Ours" not in json.dumps(report)
