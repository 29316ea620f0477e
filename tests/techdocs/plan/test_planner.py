import pytest
from msgspec import to_builtins

from roadmap.content.choices import Noun
from roadmap.content.merge import differing
from roadmap.models import Roadmap
from roadmap.techdocs import ImportRefused, Plan, PlanStep, Verb, apply, make_plan, parse
from tests import make
from tests.cases import each_case
from tests.techdocs.example_sources import PAGE, source

pytestmark = pytest.mark.django_db


def plan(text: str = PAGE, slug: str = "parcel-tax", contact: str = "") -> Plan:
    return make_plan(parse(source(text)), slug=slug, contact=contact)


def outline(made: Plan) -> list[tuple[str, str, str]]:
    return [(step.noun, step.title, step.verb) for step in made.steps]


def changed(step: PlanStep) -> list[str]:
    assert step.before
    assert step.after
    return differing(step.before, step.after)


def roadmap_said(made: Plan) -> dict[str, object]:
    """The roadmap as it would be."""
    return {"reference_prefix": made.prefix, **to_builtins(made.steps[0].after)}


def test_a_roadmap_that_is_not_there_is_created_with_all_that_the_source_says():
    made = plan()
    assert outline(made) == [
        ("roadmap", "Parcel Tax Roadmap", "created"),
        ("page", "What ‘depot’ means", "created"),
        ("page", "Who we are", "created"),
        ("changelog_entry", "Parcel guide v2.0", "created"),
        ("changelog_entry", "Parcel guide v1.0", "created"),
    ]
    assert roadmap_said(made)["slug"] == "parcel-tax"
    assert [step.source for step in made.steps] == [f"index.md:{line}" for line in (5, 9, 13, 23, 26)]


def test_planning_writes_nothing():
    plan()
    assert not Roadmap.objects.exists()


def test_an_imported_roadmap_needs_no_change():
    apply(plan=plan())
    made = plan()
    assert not made.changes_something
    assert {step.verb for step in made.steps} == {"unchanged"}


def test_text_that_a_browser_has_sent_back_needs_no_change():
    page = apply(plan=plan()).pages.get(slug="what-depot-means")
    text = PAGE.replace("A depot keeps", "Two\n\nlines: a depot keeps")
    apply(plan=plan(text))
    page.refresh_from_db()
    page.body = page.body.replace("\n", "\r\n")
    page.save()
    assert not plan(text).changes_something


def test_only_what_differs_is_in_a_step():
    apply(plan=plan())
    made = plan(PAGE.replace("New name |", "Another name |").replace("Dates may", "All dates may"))
    assert [(step.noun, changed(step)) for step in made.steps if step.verb is not Verb.KEEP] == [
        (Noun.ROADMAP, ["footer"]),
        (Noun.CHANGELOG_ENTRY, ["body"]),
    ]


def test_what_the_source_does_not_mention_is_in_no_step():
    roadmap = make.roadmap(slug="parcel-tax", description="Ours", footer="Ours", contact_subject="Ours")
    make.page(roadmap, title="Ours", slug="ours")
    make.changelog_entry(roadmap, title="Ours")
    made = plan("# Parcels\n\n## Depot\n\nText")
    assert outline(made) == [("roadmap", "Parcels", "updated"), ("page", "Depot", "created")]
    assert changed(made.steps[0]) == ["title"]


def test_pages_are_matched_by_address_and_keep_their_place_on_or_off_the_home_page():
    roadmap = make.roadmap(slug="parcel-tax")
    page = make.page(roadmap, title="What “depot” means", slug="what-depot-means", is_on_home=False)
    step = next(step for step in plan().steps if step.title == "What ‘depot’ means")
    assert step.uid == str(page.uid)
    assert changed(step) == ["title", "body"]


def test_entries_are_matched_by_title_and_month_however_the_month_is_typed():
    roadmap = make.roadmap(slug="parcel-tax")
    same = make.changelog_entry(roadmap, title="Parcel guide v2.0", when="October 2018")
    make.changelog_entry(roadmap, title="Parcel guide v1.0", when="June 2016")
    steps = [step for step in plan().steps if step.noun is Noun.CHANGELOG_ENTRY]
    assert [step.uid for step in steps] == [str(same.uid), ""]


def test_entries_of_one_title_and_month_are_matched_one_to_one():
    text = PAGE.replace("v1.0** | **Jun 2017", "v2.0** | **Oct 2018")
    apply(plan=plan(text))
    made = plan(text)
    assert len({step.uid for step in made.steps if step.noun is Noun.CHANGELOG_ENTRY}) == 2
    assert not made.changes_something


# New roadmaps


@each_case(
    ("slug", "prefix"),
    [("vat-mtd", "VAT"), ("itsa", "ITSA"), ("2018-plan", "R2018"), ("self_assessment", "SELF"), ("a" * 50, "AAAAAAAA")],
)
def test_the_prefix_of_references_comes_from_the_address(slug, prefix):
    assert roadmap_said(plan(slug=slug))["reference_prefix"] == prefix


def test_a_prefix_that_another_roadmap_has_gets_a_number():
    make.roadmap(reference_prefix="PARCEL")
    make.roadmap(reference_prefix="PARCEL2")
    assert roadmap_said(plan())["reference_prefix"] == "PARCEL3"


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        ("admin", "the site itself uses"),
        ("Not a slug", "letters"),
        ("", "Fill this in"),
        ("a" * 51, "Shorten it to 50"),
    ],
)
def test_an_address_that_no_roadmap_may_have_is_refused(slug, reason):
    with pytest.raises(ImportRefused, match=f"(?i){reason}"):
        plan(slug=slug)


def test_without_an_email_address_a_new_roadmap_is_refused_with_the_way_out():
    with pytest.raises(ImportRefused, match=r"index\.md names no email address.*--contact EMAIL"):
        plan("# Parcels")


def test_an_address_that_is_given_goes_before_the_source():
    contact = plan(contact="given@example.gov.uk").roadmap.contact
    assert (contact.email, contact.subject) == ("given@example.gov.uk", "Parcel roadmap & dates")


def test_without_a_team_there_is_no_name_and_the_address_is_none():
    roadmap = apply(plan=plan("# Parcels\n\nparcels@example.gov.uk"))
    assert (roadmap.contact_name, roadmap.contact_email) == ("", "parcels@example.gov.uk")
    assert plan("# Parcels", contact="given@example.gov.uk").roadmap.contact.name == ""


GUIDE = "# Parcels\n\n## What this tells you\n\n{}\n\nMail parcels@example.org\n"
DEPOTS = "It says which depots open soon."
UNSAID = {
    "the first sentence": ("See when, e.g. now, depots open. Dates may move.", "See when, e.g. now, depots open."),
    "its words alone": ("It says **which** [depots](https://example.org/) open soon.", DEPOTS),
    "its question": ("When do all of the depots open? Soon.", "When do all of the depots open?"),
    "after a list": (f"- a list of some few words.\n\n{DEPOTS}", DEPOTS),
    "a label": ("Depots open soon.", ""),
    "no sentence": ("Which depots open, and when they do", ""),
    "too much": (f"It says which depots open {'and ' * 300}close.", ""),
}  # fmt: skip


@each_case(("prose", "proposed"), UNSAID.values(), ids=UNSAID)
def test_a_source_that_does_not_say_what_the_roadmap_is_has_that_proposed(prose, proposed):
    made = plan(GUIDE.format(prose))
    assert roadmap_said(made).get("description", "") == proposed
    said = [doubt.text for doubt in made.doubts if "what the roadmap is" in doubt.text]
    assert [text for text in said if proposed in text] == said
    assert len(said) == bool(proposed)


def test_what_was_proposed_is_no_change_when_it_is_imported_again_and_what_staff_made_of_it_stays():
    text = GUIDE.format(DEPOTS)
    roadmap = apply(plan=plan(text))
    assert not plan(text).changes_something
    Roadmap.objects.filter(pk=roadmap.pk).update(description="Depots.")
    assert not plan(text).changes_something


def test_a_description_that_staff_have_not_given_is_not_proposed_to_a_roadmap_that_is_there():
    make.roadmap(slug="parcel-tax", title="Parcels", description="")
    assert "description" not in roadmap_said(plan(GUIDE.format(DEPOTS)))
