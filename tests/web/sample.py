"""A roadmap with one of everything, for tests that ask something of every public page."""

from roadmap.models import Roadmap
from tests import make


def whole_roadmap(word: str = "", **fields) -> Roadmap:
    """Working copies of every noun, in every stage, each text ending in `word`. Nothing is published yet."""
    roadmap = make.roadmap(
        **{
            "title": f"VAT roadmap {word}".strip(),
            "slug": "vat-mtd",
            "reference_prefix": "VAT",
            "description": f"What comes next. {word}",
            "contact_name": f"Support {word}".strip(),
            "footer": f"## At the foot\n\nFooter {word}",
            **fields,
        }
    )
    near = make.release(
        roadmap, title=f"Near term {word}", when="June 2026", horizon="near", introduction=f"# Soon\n\n{word}"
    )
    api = make.api(name=f"VAT API {word}", url="https://example.org/vat")
    column = make.field(roadmap, name=f"Tax years {word}", explanation=f"## Which years\n\nExplained {word}")
    plain = {"description": f"# What\n\nDescription {word}", "journey": f"Payments {word}", "audiences": "Agents"}
    item = {"kind": "api", "apis": ((api, "1.0"),), "values": {column: f"26-27 {word}"}, **plain}
    make.item(roadmap, title=f"Planned {word}", release=near, live="June 2026", **item)
    make.item(roadmap, title=f"Tested {word}", test="March 2026", deployed=("test",), is_breaking=True, **item)
    make.item(roadmap, title=f"Piloted {word}", deployed=("controlled_go_live",), **item)
    make.item(roadmap, title=f"Used {word}", live="May 2025", deployed=("live",), **item)
    table = "Name | For\n--- | ---\nOne | Agents"
    make.page(roadmap, title=f"Guide {word}", slug="guide", is_on_home=True, body=f"# Read me\n\n{word}\n\n{table}")
    make.page(roadmap, title=f"Who we are {word}", slug="who", body=f"## One\n\n{word}\n\n### In one\n\n## Two\n\nx")
    make.changelog_entry(roadmap, title=f"Guide renamed {word}", when="March 2026", body=f"# Points\n\n- {word}")
    return roadmap


# Of all roadmaps together, and of the site.
OF_SITE = {
    "roadmaps": "/",
    "search": "/search/",
    "all_items": "/items/",
    "follow_all": "/follow/",
    "accessibility": "/accessibility/",
    "privacy": "/privacy/",
}
# Every public page of it, by name in roadmap/web/urls.py.
ADDRESSES = {
    **OF_SITE,
    "home": "/vat-mtd/",
    "items": "/vat-mtd/items/",
    "item": "/vat-mtd/items/VAT-1/",
    "page": "/vat-mtd/pages/who/",
    "apis": "/vat-mtd/apis/",
    "follow": "/vat-mtd/follow/",
    "changelog": "/vat-mtd/changelog/",
    "changes": "/vat-mtd/changes/",
    "dates": "/vat-mtd/dates/",
    "editions": "/vat-mtd/editions/",
    "edition": "/vat-mtd/editions/1/",
}
