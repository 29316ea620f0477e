"""A small roadmap as a source says it, and importing it: for the tests of importing again."""

from roadmap.content.choices import Horizon
from roadmap.models import Roadmap
from roadmap.techdocs import apply, make_plan
from roadmap.working_copies.to_content import preview
from tests import make
from tests.techdocs import rows

NOW = make.at("2026-03-24")
WEIGH = rows.item(
    "Weigh a parcel",
    "Software can weigh a parcel on the depot's scales and send us the weight in grams.",
    journey="Sending",
    apis=(rows.api("Parcel API", "v1", "https://example.gov.uk/parcel"),),
)
ROUTE = rows.item(
    "Choose a route", "Customers choose between three routes on a map and see the price of each.", journey="Planning"
)
LABEL = rows.item("Print a label", "A label with the name of the receiver is printed from any browser.")
JUNE, LATER = rows.release("June 2026"), rows.release("Later", horizon=Horizon.LONG)
FIRST = {"releases": [(JUNE, [WEIGH, ROUTE]), (LATER, [LABEL])]}


def plan(choices=None, **said):
    return make_plan(rows.parsed(**said), slug="parcel-tax", choices=choices)


def bring(choices=None, **said) -> Roadmap:
    return apply(plan=plan(choices, **said), now=NOW)


def references(roadmap: Roadmap) -> dict[str, str]:
    return dict(roadmap.items.values_list("title", "reference"))


def board(roadmap: Roadmap) -> list[tuple[str, str]]:
    """What a reader finds, top to bottom."""
    return [(one.release.title if one.release else "", one.content.title) for one in preview(roadmap).items]


def but(part, **values):
    return rows._at(part, **values)
